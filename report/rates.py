"""`hdo rates`: measured exponents beside predicted ones."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments import provenance, write_rows, writing
from experiments.rates import CONFIDENCE, RATE_POINTS, RATES, SEEDS, TOLERANCE, by_name, measured
from hdo.errors import InputError
from paper_figures.rates import save
from report.output import Answer, print_table
from report.progress import progress


def show_rates(only: Sequence[str], *, out: Path, seed: int, json_to: str | None) -> int:
    """Measure the rates (all, if none is named), draw each, print the table; exit code.

    Points are stored in `out`/rates.parquet, pictures beside it as PNG, PDF and CSV.
    """
    answer = Answer(json_to)
    known = by_name()
    for name in only:
        if name not in known:
            raise InputError("--only", name, f"one of {', '.join(known)}")
    chosen = [known[name] for name in dict.fromkeys(only)] or list(RATES)
    begun = time.monotonic()
    records: list[dict[str, Any]] = []
    points: list[dict[str, Any]] = []
    with writing(out, where="--out"), progress() as advance:
        for number, rate in enumerate(chosen):
            if advance is not None:
                advance(rate.name, number, len(chosen))
            found = measured(rate, seed=seed)
            records.append(found.to_json())
            points += found.rows()
            save(rate, records[-1], found.rows(), out)
        source = provenance({"command": "rates", "rates": [r.name for r in chosen]}, seed=seed)
        write_rows(out / "rates.parquet", points, schema=RATE_POINTS, source=source)
    seconds = time.monotonic() - begun

    def show() -> None:
        _print(records)
        print(f"\nIn {seconds:.0f} s. Written to {out}: rates.parquet, and a picture each.")

    answer.give(records, show=show)
    return 0


def _print(records: Sequence[Mapping[str, Any]]) -> None:
    columns = ("rate", "predicted", "measured", "interval", "verdict", "evidence", "source")
    rows = [
        (
            record["rate"],
            f"{record['predicted']:g}",
            f"{record['measured']:.4f}",
            _interval(record),
            record["verdict"],
            record["evidence"],
            record["source"] + (f" ({record['note']})" if record["note"] else ""),
        )
        for record in records
    ]
    print_table(columns, rows)
    print(
        f"\nInterval: {100 * CONFIDENCE:g} % t-interval over {SEEDS} seeds; exact: no sampling. "
        f"Agrees: the interval, widened by {TOLERANCE:g}, holds the prediction."
    )


def _interval(record: Mapping[str, Any]) -> str:
    if record["low"] == record["high"]:
        return "exact"
    return f"[{record['low']:.3f}, {record['high']:.3f}]"
