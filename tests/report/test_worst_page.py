"""The table of factors: rows of its schema, both sides in order, and a page that tells them all."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from experiments.schemas import WORST
from hdo.errors import InputError
from report.worst_page import page
from theory import claim
from verify.worst.table import USUAL, factor_row, one_step_bounds, worst_rows

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def rows() -> Rows:
    """The quick ones."""
    return list(worst_rows("quick"))


def test_rows_have_the_schema_and_their_sides_are_in_order(rows: Rows) -> None:
    """Every claim here is true, so that nothing certified is above 1 but for rounding."""
    assert len(rows) == len(one_step_bounds("quick"))
    for row in rows:
        assert list(row) == list(WORST.columns)
        assert row["attained"] <= row["certified"] <= 1 + 1e-6
        assert row["certified"] - row["attained"] < 1e-4


def test_the_page_has_a_line_for_every_row(rows: Rows) -> None:
    """With both numbers, or that nothing was certified."""
    failed = {**rows[0], "certified": None, "attained": None, "why_not": "no room"}
    lines = page([*rows, failed]).splitlines()
    told = [line for line in lines if line.startswith("| ") and "| claim" not in line]
    assert len(told) == len(rows) + 1
    assert all(f"| {row['certified']:.9f} |" in line for row, line in zip(rows, told, strict=False))
    assert "not certified" in told[-1]


def test_what_the_page_says_is_what_is_committed() -> None:
    """Else `python -m report.worst_page` has to be run again; its numbers take minutes."""
    committed = (Path(__file__).resolve().parents[2] / "docs" / "worst-case.md").read_text()
    start, end = page([]).split("|---|---|---|---|---|---|---|\n")
    assert committed.startswith(start)
    assert committed.endswith(end)
    for subject in one_step_bounds("full"):
        assert f"| {subject.key} | {subject.edition} |" in committed


def test_a_claim_is_silent_outside_its_conditions() -> None:
    """No row, rather than one about nothing."""
    numbers = {**USUAL, "n": 4, "eta": Fraction(1)}
    assert factor_row(claim("lemma-11", "published"), numbers) is None


def test_another_profile_is_refused() -> None:
    """One sentence."""
    found: Iterator[dict[str, Any]] = worst_rows("slow")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="^profile: expected one of"):
        next(found)
