"""The ledger of mistakes: every witness shows what it says, every step is run."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pytest
import sympy as sp

from experiments.schemas import PRINTED_STEPS
from theory import claims, compiled
from theory.errata import NUMBERS, Case, Erratum, PrintedStep, errata, steps
from verify.balls import Ball, ball
from verify.errata import LedgerError, affected, clashes, consequence, examine, false_claims, shown
from verify.errata_samples import exact, numbers, tied
from verify.hypotheses import RELATIONS
from verify.judge import decide
from verify.proofs.prover import prove

IDS = [erratum.id for erratum in errata()]
CASES = [(e, case) for e in errata() for case in e.cases]


def test_more_than_ten_mistakes_of_every_kind_are_known() -> None:
    """Slips of print, gaps and false statements, under names of their own."""
    assert len(set(IDS)) == len(IDS) > 10
    assert Counter(e.kind for e in errata()).keys() == {"slip", "gap", "false"}


@pytest.mark.parametrize(
    ("erratum", "case"), CASES, ids=[f"{e.id}-{c.printed.key}" for e, c in CASES]
)
def test_the_printed_statement_fails_at_its_witness_and_the_corrected_one_does_not(
    erratum: Erratum, case: Case
) -> None:
    """Both judged in balls; where the correction is a condition, it excludes the witness."""
    found = shown(case)
    assert found.printed.outcome == "violated"
    assert found.mended in ("holds", "silent")


@pytest.mark.parametrize("erratum", [e for e in errata() if e.units], ids=lambda e: e.id)
def test_printed_units_clash_and_corrected_units_agree(erratum: Erratum) -> None:
    """By dimensional analysis of the two sides."""
    assert len(clashes(erratum)) == len(erratum.units)


def test_a_ledger_entry_without_evidence_is_refused() -> None:
    """The corrected statement as if it were the misprint shows nothing; nor do equal units."""
    case = next(case for _, case in CASES if case.numbers is not None)
    with pytest.raises(LedgerError):
        shown(replace(case, printed=case.mended, mended=case.printed))
    erratum = next(e for e in errata() if e.units)
    swapped = tuple(replace(u, printed=u.mended, mended=u.printed) for u in erratum.units)
    with pytest.raises(LedgerError):
        clashes(replace(erratum, units=swapped))


EXACT = [e for e in errata() if e.fails_if]


@pytest.mark.parametrize("erratum", EXACT, ids=lambda e: e.id)
def test_the_region_of_failure_is_exact(erratum: Erratum) -> None:
    """The first case is violated exactly where the stated relations hold, on sampled numbers."""
    printed = erratum.cases[0].printed
    seen = set()
    witness = tied(printed, exact(erratum.cases[0].numbers or {}))
    for values in (witness, *numbers(printed, count=200)):
        sides = [
            (c.rel_op, *(value_at(s, values) for s in (c.lhs, c.rhs))) for c in erratum.fails_if
        ]
        inside = all(bool(RELATIONS[op](left, right)) for op, left, right in sides)
        violated = decide(printed, values).outcome == "violated"
        assert violated == inside, values
        seen.add(violated)
    assert True in seen


def value_at(side: sp.Expr, values: Mapping[str, Ball]) -> Ball:
    """A side in balls."""
    return ball(compiled(side)({"": ball(0), **values}))


STEPS = steps()
examined = cache(examine)
REFUTED = {"eq-15-16-sum", "eq-33b", "eq-37-sum", "eq-39", "eq-40", "eq-43-weight"}
REFUTED |= {"lemma-20-sum", "K-lines", "gathered-K7", "horizon-K2"}


@pytest.mark.parametrize("step", STEPS, ids=lambda s: s.key)
def test_every_printed_step_is_run(step: PrintedStep) -> None:
    """Steps that fail are in the ledger, and the others are proved or hold wherever tried."""
    found = examined(step)
    assert (found.outcome == "REFUTED") == (step.key in REFUTED)
    assert found.outcome != "INCONCLUSIVE"
    assert not step.erratum or step.erratum in IDS
    if found.outcome == "REFUTED":
        assert step.erratum


def test_an_examined_step_is_a_stored_row() -> None:
    """The step, where it is printed, its outcome, and what decided it."""
    step = next(s for s in STEPS if s.key == "eq-37-sum")
    row = examined(step).to_json()
    assert set(row) == set(PRINTED_STEPS.columns)
    assert (row["step"], row["outcome"]) == ("eq-37-sum", "REFUTED")
    assert row["location"] == step.location
    assert row["evidence"].startswith("fails on ")


def test_most_steps_are_proved() -> None:
    """At least thirty of them, for all parameters."""
    assert sum(examined(step).outcome == "PROVED" for step in STEPS) >= 30


@pytest.mark.parametrize(
    "step",
    [s for s in STEPS if s.claim.scope == NUMBERS and s.claim.rhs.free_symbols][:12],
    ids=lambda s: s.key,
)
def test_a_printed_step_made_smaller_is_not_proved(step: PrintedStep) -> None:
    """With half of its right-hand side the outcome changes."""
    twin = replace(step, claim=replace(step.claim, rhs=step.claim.rhs / 2))
    assert examine(twin).outcome != "PROVED"


def test_consequences_follow_dependencies_and_stop_at_what_is_proved() -> None:
    """(15)-(16) touch Lemma 8, which stands, so nothing else; Lemma 13 brings Theorem 1.1 down."""
    by_id = {e.id: e for e in errata()}
    assert [c.key for c in affected(by_id["eq-15-16"])] == ["lemma-8", "lemma-15"]
    assert [c.key for c in affected(by_id["lemma-13"])] == ["lemma-13", "theorem-1.1"]
    assert "stands" in consequence(by_id["eq-15-16"])
    assert "theorem-1.1 (false as printed; repaired: proved)" in consequence(by_id["lemma-13"])
    assert "if eta <= 1/(14*L*sqrt(d + 4))" in consequence(by_id["lemma-12"])


def test_false_claims_are_those_without_a_proof_and_with_a_witness() -> None:
    """No published claim is both proved and in the ledger as false; each unproved one is told."""
    for subject in claims("published"):
        proof = prove(subject)
        proved = proof is not None and proof.outcome == "accepted"
        assert not (proved and subject.key in false_claims())
        if not proved:
            assert subject.key in {*false_claims(), "lemma-1.1", "theorem-1.2"}
