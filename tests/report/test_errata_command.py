"""`hdo errata` gives the ledger, and docs/ holds pages made from the same objects."""

from pathlib import Path

import pytest
from command_line import hdo

import report
from report.pages import pages
from theory.errata import errata, steps

DOCS = Path(report.__file__).parents[1] / "docs"
KEYS = {"id", "location", "kind", "published", "corrected", "witness", "consequence"}


def test_json_has_the_contract_keys_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    """One record an erratum, in the ledger's order; witnesses with both sides."""
    answer = hdo(capsys, "errata", "--json", "-")
    assert answer.code == 0
    assert [record["id"] for record in answer.json] == [e.id for e in errata()]
    for record in answer.json:
        assert set(record) >= KEYS
        assert record["witness"]["cases"] or record["witness"]["units"]
        for case in record["witness"]["cases"]:
            assert case["lhs"] != case["rhs"]


def test_people_see_every_entry_and_the_steps(capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed, the correction, the reason, the witness and the consequence."""
    page = hdo(capsys, "errata", "--steps").out
    for erratum in errata():
        assert f"{erratum.id} ({erratum.kind}): {erratum.location}" in page
    for name in ("printed", "corrected", "why", "witness", "fails", "consequence"):
        assert page.count(f"\n  {name:<12}") == len(errata())
    for step in steps():
        assert f"{step.key} " in page


@pytest.mark.parametrize("name", ["errata.md", "theorem-1.1.md", "theorem-1.2.md"])
def test_pages_in_docs_are_those_made_from_the_objects(name: str) -> None:
    """Else `python -m report.pages` has to be run again."""
    assert (DOCS / name).read_text(encoding="utf-8") == pages()[name]
