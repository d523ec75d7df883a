"""A journal keeps what was finished, through interrupts, kills and changes of the work."""

from pathlib import Path
from typing import Any

import pytest

from experiments import Journal
from hdo.errors import InputError

WORK = {"profile": "quick", "seed": 0}
RECORDS: list[dict[str, Any]] = [
    {"claim": "lemma-2", "worst_ratio": float("inf")},
    {"claim": "lemma-3"},
]


def kept(path: Path) -> Journal:
    """A journal with both records."""
    journal = Journal(path, WORK)
    for record in RECORDS:
        journal.add(record)
    return journal


def test_the_same_work_finds_its_records(tmp_path: Path) -> None:
    """And goes on adding to them."""
    kept(tmp_path / "j")
    again = Journal(tmp_path / "j", WORK)
    assert again.records == RECORDS
    again.add({"claim": "lemma-8"})
    assert Journal(tmp_path / "j", WORK).records == [*RECORDS, {"claim": "lemma-8"}]


def test_other_work_begins_afresh(tmp_path: Path) -> None:
    """Another seed, or another state of the source code."""
    kept(tmp_path / "j")
    assert Journal(tmp_path / "j", {**WORK, "seed": 1}).records == []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("experiments.journal._sources", lambda: "changed")
        assert Journal(tmp_path / "j", WORK).records == []


@pytest.mark.parametrize("tail", [b'{"claim": "lemm', b"\xff\xfe", b""])
def test_a_kill_in_the_middle_of_a_line_loses_that_line_only(tmp_path: Path, tail: bytes) -> None:
    """And what is added after it is whole."""
    kept(tmp_path / "j")
    with (tmp_path / "j").open("ab") as file:
        file.write(tail)
    again = Journal(tmp_path / "j", WORK)
    assert again.records == RECORDS
    again.add({"claim": "lemma-8"})
    assert Journal(tmp_path / "j", WORK).records == [*RECORDS, {"claim": "lemma-8"}]


def test_nothing_is_written_before_the_first_record_and_nothing_left_at_the_end(
    tmp_path: Path,
) -> None:
    """An audit that fails at once leaves no file."""
    Journal(tmp_path / "j", WORK).done()
    assert not (tmp_path / "j").exists()
    kept(tmp_path / "j").done()
    assert not (tmp_path / "j").exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """One sentence."""
    with pytest.raises(InputError, match="No such file"):
        Journal(tmp_path / "missing" / "j", WORK).add({})
