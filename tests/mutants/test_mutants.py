"""The table of mutants is in order, and what it says of a few of them is so."""

import ast
import subprocess
import sys

import pytest
from case import Mutant
from page import with_table
from run import ROOT, copied, originals, outcomes, tried
from table import MUTANTS, ROOMS

QUICK = [mutant for mutant in MUTANTS if mutant.quick]


def name_of(mutant: Mutant) -> str:
    """As a test's id."""
    return mutant.name


def test_there_are_enough_mutants_in_every_room() -> None:
    """At least 40, each with a name of its own, and ten for each of the three rooms."""
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 40
    for room, mutants in ROOMS.items():
        assert len(mutants) >= 10
        assert {mutant.file.partition("/")[0] for mutant in mutants} == {room}


@pytest.mark.parametrize("mutant", MUTANTS, ids=name_of)
def test_a_mutant_changes_one_place_and_can_still_be_read(mutant: Mutant) -> None:
    """Its old text occurs exactly once, and the module parses with the new one."""
    source = (ROOT / mutant.file).read_text(encoding="utf-8")
    changed = mutant.applied(source)
    assert changed != source
    assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(source))


def test_every_killing_test_exists() -> None:
    """pytest finds each by its name, parameters included."""
    named = sorted({mutant.killed_by for mutant in MUTANTS})
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, *named], cwd=ROOT, capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if "not found" in line] == []
    found = [line for line in done.stdout.splitlines() if "::" in line]
    assert sorted(found) == named


def test_some_mutants_are_killed_and_their_tests_pass_without_them(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """One of each room, run as `make mutants` runs all of them."""
    place = copied(tmp_path_factory.mktemp("mutants"))
    assert {mutant.file.partition("/")[0] for mutant in QUICK} == set(ROOMS)
    assert set(originals(place, QUICK).values()) == {"passed"}
    assert {m.name: tried(place, m).outcome for m in QUICK} == {m.name: "assertion" for m in QUICK}


def test_a_mutant_that_is_none_survives_and_an_error_is_no_kill(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """A comment kills nothing; a module that cannot be imported fails no assertion."""
    place = copied(tmp_path_factory.mktemp("mutants"))
    test = "tests/verify/test_balls.py::test_an_empty_total_is_zero"
    file, old = "verify/balls.py", "PRECISION_BITS = 256"
    harmless = Mutant("harmless", file, old, f"{old}  # the same", test, "nothing")
    broken = Mutant("broken", file, old, f"{old} + None", test, "no import")
    assert tried(place, harmless).outcome == "passed"
    assert not tried(place, harmless).killed
    assert not tried(place, broken).killed
    assert outcomes(place, [test]) == {test: "passed"}
    with pytest.raises(ValueError, match="occurs 0 times"):
        Mutant("absent", file, "no such text", "", test, "").applied("text")


def test_the_page_of_mutants_is_current() -> None:
    """docs/mutants.md shows the table as it is: renew it with `run.py --write docs/mutants.md`."""
    page = (ROOT / "docs" / "mutants.md").read_text(encoding="utf-8")
    assert page == with_table(page)
