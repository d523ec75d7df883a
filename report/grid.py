"""The audit grid as a table: `python -m report.grid` judges every cell and writes docs/grid.md.

Sharp noise floor over exact stationary value, and stated step-size limit over exact stability
threshold, by what the bound knows of the estimator and by step size.
"""

import multiprocessing
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

from report.progress import progress
from verify.grid import rows
from verify.grid_cases import Cell, cells

MADE = (
    "<!-- made by `python -m report.grid` (`make grid`); edit verify/grid.py, not this file -->\n"
)

INTRODUCTION = """# The audit grid

Bound/exact on quadratics whose exact stationary values are solved for; what is compared, and why
some rows are above 3, is in [sharp.md](sharp.md#the-audit-grid).

- *floor*: of (1-x) e + (l/2) a^2 + (3/2) L Gamma; *gap*: the least bound on e alone; *one Hessian*:
  that for quadratics with one Hessian (unbiased estimators). A dash: no such bound or no ratio.
- *apart*: one agent in each group and varsigma^2 = 1. *steady*: s^2 = varsigma^2 = 0, where only
  the smoothing moves the mean. Rows whose exact floor and bound are both 0 are left out.
- *(k without)*: in k rows the exact value is 0 and the bound is not; counted as above 3.
"""

COLUMNS = (
    ("floor", "ratio"),
    ("gap", "gap_ratio"),
    ("one Hessian", "quadratic_gap_ratio"),
)
WITHIN = 3.0
"""What the floor's ratio is held against."""


def table(chosen: Sequence[Cell], *, workers: int) -> pd.DataFrame:
    """Every row of these cells, in order."""
    found = []
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool, progress() as advance:
        for done, part in enumerate(pool.map(_rows, chosen, chunksize=4), start=1):
            found += part
            if advance is not None:
                advance("cells", done, len(chosen))
    return pd.DataFrame(found)


def _rows(cell: Cell) -> list[dict[str, object]]:
    steady = cell.noise == 0 and cell.split == 0
    return [{**row, "steady": steady} for row in rows([cell])]


def page(frame: pd.DataFrame) -> str:
    """The page as Markdown."""
    return MADE + INTRODUCTION + "\n" + "\n".join(_lines(frame)) + "\n"


def _lines(frame: pd.DataFrame) -> Iterator[str]:
    low, high = frame["limit_ratio"].min(), frame["limit_ratio"].max()
    silent = frame["ratio"].isna()
    yield f"{len(frame)} rows, in {silent.sum()} both values are 0.\n"
    yield f"Step-size limit over stability threshold: {low:.4f} to {high:.4f}.\n"
    ratios = frame[[name for _, name in COLUMNS]].to_numpy()
    least = np.nanmin(np.where(ratios > 0, ratios, np.nan))
    yield f"Least of all ratios: {least:.4f}; one below 1 would be a bound that is violated.\n"
    held = frame.dropna(subset="published")
    worst = (held["sharp_gap"] / held["published"]).max()
    yield f"Published hypotheses hold in {len(held)} rows: sharp gap <= {worst:.2f} D2/D1.\n"
    heads = ["estimator as the bound knows it", "apart", "steady", "eta/limit", "rows"]
    heads += [f"{name}: {what}" for name, _ in COLUMNS for what in ("worst", "median", "above 3")]
    yield f"| {' | '.join(heads)} |\n|{' --- |' * len(heads)}"
    for (model, apart, steady, fraction), part in frame[~silent].groupby(
        ["model", "apart", "steady", "fraction"], sort=True
    ):
        said = [str(model), *("yes" if flag else "no" for flag in (apart, steady))]
        cells_of = [*said, f"1/{round(1 / float(str(fraction)))}", str(len(part))]
        yield f"| {' | '.join([*cells_of, *_columns(part)])} |"


def _columns(part: pd.DataFrame) -> Iterator[str]:
    for _, name in COLUMNS:
        values = part[name].dropna()
        finite = values[np.isfinite(values)]
        if finite.empty:
            yield from ("-", "-", "-")
            continue
        beyond = f" ({len(values) - len(finite)} without)" if len(finite) < len(values) else ""
        yield from (f"{finite.max():.2f}{beyond}", f"{values.median():.2f}")
        yield str(int((values > WITHIN).sum()))


def main() -> None:
    """Judge the whole grid; docs/grid.md and out/grid.parquet."""
    frame = table(list(cells()), workers=2)
    out = Path("out")
    out.mkdir(exist_ok=True)
    frame.to_parquet(out / "grid.parquet")
    text = page(frame)
    (Path(__file__).parents[1] / "docs" / "grid.md").write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
