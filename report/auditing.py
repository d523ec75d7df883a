"""`hdo audit`: every claim judged; verdicts and the picture stored."""

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from experiments import Journal, Provenance, provenance, write_rows, writing
from experiments.schemas import TRACE, VERDICTS
from paper_figures.bound_vs_exact import STEM, save
from report.judging import exit_code, print_verdicts
from report.output import Answer
from report.progress import progress, say
from verify.audit import run_audit
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
        known = {(r["claim"], r["edition"]): Verdict.from_json(r) for r in journal.records}
        if known:
            say(f"{len(known)} verdicts of an interrupted audit are taken over")
        with keeping(journal), progress() as advance:
            found = run_audit(
                profile=profile,
                seed=seed,
                progress=advance,
                known=known,
                keep=lambda verdict: journal.add(verdict.to_json()),
            )
        records = [verdict.to_json() for verdict in found.verdicts]
        files = store_audit(records, found.trace, folder=out, source=source)
        journal.done()
    seconds = time.monotonic() - begun

    def show() -> None:
        print_verdicts(records)
        print(f"\nIn {seconds:.0f} s. Written:", ", ".join(str(path) for path in files))

    answer.give(records, show=show)
    return exit_code(records)


@contextmanager
def keeping(journal: Journal) -> Iterator[None]:
    """Say what an interrupted audit leaves behind."""
    try:
        yield
    except BaseException:
        if journal.records:
            say(f"{len(journal.records)} verdicts are kept; the same command goes on from there")
        raise


def stored(record: Mapping[str, Any]) -> dict[str, Any]:
    """A verdict as a row: what is nested is JSON."""
    witness = record["witness"]
    return {
        **record,
        "witness": None if witness is None else json.dumps(witness),
        "axioms": json.dumps(record["axioms"]),
    }


def store_audit(
    records: Sequence[Mapping[str, Any]],
    trace: Sequence[Mapping[str, Any]],
    *,
    folder: Path,
    source: Provenance,
) -> tuple[Path, ...]:
    """Write the verdicts, the picture's rows and the picture; the files written."""
    verdicts, rows = folder / "verdicts.parquet", folder / f"{STEM}.parquet"
    write_rows(verdicts, map(stored, records), schema=VERDICTS, source=source)
    write_rows(rows, trace, schema=TRACE, source=source)
    return verdicts, rows, *save(rows, folder)
