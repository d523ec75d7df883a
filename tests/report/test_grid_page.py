"""The page of the audit grid, against cells judged again."""

import math
from pathlib import Path

import pandas as pd
import pytest

from report.grid import COLUMNS, page, table
from verify.grid_cases import cells

PAGE = Path(__file__).parents[2] / "docs" / "grid.md"
SUBSET = tuple(cells())[::97]


def rows(text: str) -> dict[tuple[str, ...], list[str]]:
    """The table's rows by estimator, apart, steady, eta/limit."""
    lines = [line for line in text.splitlines() if line.startswith("| ")][1:]
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {tuple(row[:4]): row[4:] for row in found if set(row[0]) != {"-"}}


@pytest.fixture(scope="module")
def judged() -> pd.DataFrame:
    """Some cells, judged again."""
    return table(SUBSET, workers=1)


def test_no_cell_is_above_the_worst_that_the_page_states(judged: pd.DataFrame) -> None:
    """Class by class and column by column, as printed."""
    stated = rows(PAGE.read_text(encoding="utf-8"))
    seen = rows(page(judged))
    assert len(seen) >= 10
    for name, values in seen.items():
        assert int(values[0]) <= int(stated[name][0])
        for column in range(len(COLUMNS)):
            worst, said = values[1 + 3 * column], stated[name][1 + 3 * column]
            if worst != "-":
                assert float(worst.split()[0]) <= float(said.split()[0])


def test_the_page_counts_the_whole_grid() -> None:
    """Its rows are those of all cells, models and step sizes but the silent ones."""
    text = PAGE.read_text(encoding="utf-8")
    total, silent = (int(text.split(mark)[0].split()[-1]) for mark in (" rows, in", " both values"))
    models = {"forward-gradient": 1, "two-point": 2}
    assert total == 3 * sum(models[cell.estimator] for cell in cells())
    assert sum(int(values[0]) for values in rows(text).values()) == total - silent


def test_a_violated_bound_shows(judged: pd.DataFrame) -> None:
    """A ratio below 1 is the least of all ratios on the page; an infinite one is counted."""
    broken = judged.copy()
    broken.loc[broken["ratio"].first_valid_index(), "ratio"] = 0.5
    assert "Least of all ratios: 0.5000" in page(broken)
    without = judged.copy()
    without.loc[without["ratio"].first_valid_index(), "ratio"] = math.inf
    assert "(1 without)" in page(without)
