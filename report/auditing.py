"""`hdo audit`: every claim judged; verdicts and picture stored, the report written."""

import json
import os
import platform
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from experiments import Journal, Provenance, provenance, write_rows, writing
from experiments.schemas import PRINTED_STEPS, RUN, TIGHTNESS, TRACE, VERDICTS
from paper_figures.bound_vs_exact import STEM, save
from report.html import write_report
from report.judging import exit_code, print_verdicts
from report.output import Answer
from report.progress import progress, say
from report.tightness import store_rows
from verify.audit import Audit, Name, TightRows, run_audit
from verify.verdict import Verdict


def audit_all(profile: str, *, out: Path, seed: int, json_to: str | None) -> int:
    """Judge every claim, store verdicts, picture and report in `out`, print the table; exit code.

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
        with keeping(journal), progress() as advance:
            found = run_audit(
                profile=profile,
                seed=seed,
                progress=advance,
                known=known,
                known_rows=known_rows,
                keep=lambda result: journal.add(recorded(result)),
            )
        records = [verdict.to_json() for verdict in found.verdicts]
        seconds = time.monotonic() - begun
        run = run_row(profile, seconds=seconds, taken_over=len(known))
        files = store_audit(records, found, run, folder=out, source=source)
        report_at = write_report(out)
        journal.done()

    def show() -> None:
        print_verdicts(records)
        print(f"\nIn {seconds:.0f} s. Written:", ", ".join(str(path) for path in files))
        print(f"The report: {report_at}")

    answer.give(records, show=show)
    return exit_code(records)


def recorded(result: Verdict | TightRows) -> Mapping[str, Any]:
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
def keeping(journal: Journal) -> Iterator[None]:
    """Say what an interrupted audit leaves behind."""
    try:
        yield
    except BaseException:
        if journal.records:
            say(f"{len(journal.records)} results are kept; the same command goes on from there")
        raise


def run_row(profile: str, *, seconds: float, taken_over: int) -> dict[str, Any]:
    """What is stored of this run: how long it took, and on what machine."""
    return {
        "command": "hdo audit",
        "profile": profile,
        "seconds": seconds,
        "taken_over": taken_over,
        "processor": processor(),
        "processors": os.cpu_count(),
    }


def processor() -> str:
    """The processor's name, or the kind of machine where the system does not tell it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


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
    found: Audit,
    run: Mapping[str, Any],
    *,
    folder: Path,
    source: Provenance,
) -> tuple[Path, ...]:
    """Write verdicts, printed steps, the run, all rows of tightness and the pictures; the files."""
    verdicts, tight, rows, steps, runs = (
        folder / f"{name}.parquet"
        for name in ("verdicts", "tightness", STEM, "printed_steps", "runs")
    )
    write_rows(verdicts, map(stored, records), schema=VERDICTS, source=source)
    write_rows(tight, found.tightness, schema=TIGHTNESS, source=source)
    write_rows(rows, found.trace, schema=TRACE, source=source)
    write_rows(steps, found.steps, schema=PRINTED_STEPS, source=source)
    write_rows(runs, [run], schema=RUN, source=source)
    more = (*save(rows, folder), *store_rows(found, folder, source))
    return verdicts, tight, rows, steps, runs, *more
