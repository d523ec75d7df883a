"""The measured tables of docs/statistics.md: `python -m report.statistics_page` runs them again.

Statistical verdicts on the bank, and every rate; some minutes. The calibration is written by
benchmarks/calibration.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.rates import RATES, measured
from report.output import number
from report.statistical import on_the_bank

PAGE = Path(__file__).parents[1] / "docs" / "statistics.md"
SEED, BUDGET = 0, 4096


def replaced(page: str, name: str, body: str) -> str:
    """The page with what lies between the marks `name: begin` and `name: end` replaced."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    head, rest = page.split(begin)
    _, tail = rest.split(end)
    return f"{head}{begin}\n{body}\n{end}{tail}"


def _lines(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for row in (heads, ["---"] * len(heads), *rows):
        yield f"| {' | '.join(row)} |"


def bank_table(records: Sequence[Mapping[str, Any]]) -> str:
    """A row a claim and case: verdict, left/right, replicas."""
    rows = [
        [
            f"{r['claim']} ({r['edition']})",
            r["case"],
            r["verdict"],
            number(r["worst_ratio"], 3),
            str(r["instances"]),
            "transfer" if "outside the claim" in r["evidence"] else "",
        ]
        for r in records
    ]
    return "\n".join(_lines(("claim", "case", "verdict", "left/right", "instances", ""), rows))


def rate_table(records: Sequence[Mapping[str, Any]]) -> str:
    """A row a rate: predicted and measured exponent with its interval."""
    rows = [
        [
            r["rate"],
            r["title"],
            f"{r['predicted']:g}",
            rate_cell(r),
            r["verdict"],
            r["source"] + (f" ({r['note']})" if r["note"] else ""),
        ]
        for r in records
    ]
    heads = ("rate", "law", "predicted", "measured", "verdict", "source")
    return "\n".join(_lines(heads, rows))


def rate_cell(record: Mapping[str, Any]) -> str:
    """The exponent as the page shows it."""
    if record["low"] == record["high"]:
        return f"{record['measured']:.4f}, {record['evidence']}"
    return f"{record['measured']:.3f} [{record['low']:.3f}, {record['high']:.3f}]"


def main() -> None:
    """Run both and write the page."""
    records = on_the_bank((), edition=None, seed=SEED, budget=BUDGET)
    page = replaced(PAGE.read_text(encoding="utf-8"), "bank", bank_table(records))
    rates = [measured(rate, seed=SEED).to_json() for rate in RATES]
    PAGE.write_text(replaced(page, "rates", rate_table(rates)), encoding="utf-8")


if __name__ == "__main__":
    main()
