"""`hdo audit`: every claim judged; verdicts and the picture stored."""

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments import Provenance, provenance, write_rows, writing
from experiments.schemas import TRACE, VERDICTS
from paper_figures.bound_vs_exact import STEM, save
from report.judging import exit_code, print_verdicts
from report.output import Answer
from report.progress import progress
from verify.audit import run_audit, trace_rows


def audit_all(profile: str, *, out: Path, seed: int, json_to: str | None) -> int:
    """Judge every claim, store verdicts and picture in `out`, print the table; exit code."""
    answer = Answer(json_to)
    begun = time.monotonic()
    with writing(out, where="--out"):
        source = provenance({"command": "audit", "profile": profile}, seed=seed)
        with progress() as advance:
            verdicts = run_audit(profile=profile, seed=seed, progress=advance)
        records = [verdict.to_json() for verdict in verdicts]
        files = store_audit(records, trace_rows(seed), folder=out, source=source)
    seconds = time.monotonic() - begun

    def show() -> None:
        print_verdicts(records)
        print(f"\nIn {seconds:.0f} s. Written:", ", ".join(str(path) for path in files))

    answer.give(records, show=show)
    return exit_code(records)


def store_audit(
    records: Sequence[Mapping[str, Any]],
    trace: Sequence[Mapping[str, Any]],
    *,
    folder: Path,
    source: Provenance,
) -> tuple[Path, ...]:
    """Write the verdicts, the picture's rows and the picture; the files written."""
    verdicts, rows = folder / "verdicts.parquet", folder / f"{STEM}.parquet"
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
    return verdicts, rows, *save(rows, folder)
