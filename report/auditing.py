"""`hdo audit`: every claim judged; verdicts and the picture stored."""

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from experiments import Journal, Provenance, provenance, write_rows, writing
from experiments.schemas import TIGHTNESS, TRACE, VERDICTS
from paper_figures.bound_vs_exact import STEM, save
from report.judging import exit_code, print_verdicts
from report.output import Answer
from report.progress import progress, say
from verify.audit import Name, TightRows, run_audit
from verify.verdict import Verdict


def audit_all(profile: str, *, out: Path, seed: int, json_to: str | None) -> int:
    """Judge every claim, store verdicts and picture in `out`, print the table; exit code.

    An audit of the same profile and seed that was interrupted there is taken up where it stopped.
    """
    answer = Answer(json_to)
    begun = time.monotonic()
    with writing(out, where="--out"):
        source = provenance({"command": "audit", "profile": profile}, seed=seed)
        work = {"profile": profile, "seed": seed, "data": os.environ.get("HDO_DATA")}
        journal = Journal(out / f"unfinished-{profile}-{seed}.jsonl", work)
        known, known_rows = _taken_over(journal.records)
        if known or known_rows:
            say(f"{len(journal.records)} results of an interrupted audit are taken over")
        with _kept(journal), progress() as advance:
            found = run_audit(
                profile=profile,
                seed=seed,
                progress=advance,
                known=known,
                known_rows=known_rows,
                keep=lambda result: journal.add(_record(result)),
            )
        records = [verdict.to_json() for verdict in found.verdicts]
        files = store_audit(records, found.trace, found.tightness, folder=out, source=source)
        journal.done()
    seconds = time.monotonic() - begun

    def show() -> None:
        print_verdicts(records)
        print(f"\nIn {seconds:.0f} s. Written:", ", ".join(str(path) for path in files))

    answer.give(records, show=show)
    return exit_code(records)


def _record(result: Verdict | TightRows) -> Mapping[str, Any]:
    """A result as the journal keeps it."""
    if isinstance(result, Verdict):
        return result.to_json()
    claim, edition = result.name
    return {"claim": claim, "edition": edition, "tightness": list(result.rows)}


def _taken_over(
    records: Iterable[Mapping[str, Any]],
) -> tuple[dict[Name, Verdict], dict[Name, TightRows]]:
    """Verdicts and tightness rows of an interrupted audit, by claim."""
    verdicts, rows = {}, {}
    for record in records:
        name = (record["claim"], record["edition"])
        if "tightness" in record:
            rows[name] = TightRows(name, tuple(record["tightness"]))
        else:
            verdicts[name] = Verdict.from_json(record)
    return verdicts, rows


@contextmanager
def _kept(journal: Journal) -> Iterator[None]:
    """Say what an interrupted audit leaves behind."""
    try:
        yield
    except BaseException:
        if journal.records:
            say(f"{len(journal.records)} results are kept; the same command goes on from there")
        raise


def store_audit(
    records: Sequence[Mapping[str, Any]],
    trace: Sequence[Mapping[str, Any]],
    tightness: Sequence[Mapping[str, Any]] = (),
    *,
    folder: Path,
    source: Provenance,
) -> tuple[Path, ...]:
    """Write the verdicts, the picture's rows and the picture, the tightness; the files written."""
    verdicts, rows = folder / "verdicts.parquet", folder / f"{STEM}.parquet"
    tight = folder / "tightness.parquet"
    stored = [
        {
            **record,
            "witness": None if record["witness"] is None else json.dumps(record["witness"]),
            "axioms": json.dumps(record["axioms"]),
        }
        for record in records
    ]
    write_rows(verdicts, stored, schema=VERDICTS, source=source)
    write_rows(rows, trace, schema=TRACE, source=source)
    write_rows(tight, tightness, schema=TIGHTNESS, source=source)
    return verdicts, tight, rows, *save(rows, folder)
