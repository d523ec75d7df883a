"""The checker accepts what is proved, and nothing that is false or proved wrongly."""

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest
import sympy as sp
from twin_bank import measured_claims

from theory import Claim, claim, claims, name_of
from theory.notation import symbols
from theory.proofs.proof import Axiom, Condition, Earlier, Proof, Range, Step, Summed, Use
from verify.balls import Ball, ball
from verify.judge import decide
from verify.proofs.check import check
from verify.proofs.prover import Prover, all_checked, all_proofs, prove
from verify.twins import Measured

n, n0, eta, L, l, d, alpha0, alpha1 = symbols("n n0 eta L l d alpha0 alpha1")  # noqa: E741
PROVED = list(all_proofs())
IDS = [f"{key}-{edition}" for key, edition in PROVED]
NOT_PROVABLE = ("lemma-12", "lemma-13", "lemma-18", "lemma-20", "theorem-1.1", "theorem-1.2")
"""Published claims that are false, or false without a condition that is not printed."""

PERTURBATIONS = int(os.environ.get("HDO_PERTURBATIONS", "12"))
"""Perturbed claims for each proof; `make perturb` tries ten thousand in all."""


@pytest.mark.parametrize("name", PROVED, ids=IDS)
def test_every_proof_on_record_is_accepted(name: tuple[str, str]) -> None:
    """Exactly, with its axioms named."""
    found = prove(claim(*name))
    assert found is not None
    assert (found.outcome, found.reason) == ("accepted", "")


def test_no_false_published_claim_has_a_proof() -> None:
    """And every claim of the repaired edition has one."""
    assert {(key, "published") for key in NOT_PROVABLE}.isdisjoint(PROVED)
    assert {(c.key, c.edition) for c in claims("repaired")} <= set(PROVED)


def perturbed(subject: Claim, rng: np.random.Generator) -> Claim:
    """One constant, sign, or power of eta, L, d or n changed."""
    index = int(rng.integers(len(subject.terms)))
    kind = int(rng.integers(3))
    if kind == 0:
        factor = sp.Rational(int(rng.integers(-20, 41)), 20)
        return subject.scaled(index, sp.Rational(11, 10) if factor == 1 else factor)
    term = subject.terms[index]
    power = int(rng.choice([-1, 1]))
    symbol = (eta, L, d, n)[int(rng.integers(4))]
    changed = term * (symbol**power if kind == 1 else (symbol + 1) ** power)
    rest = [t for i, t in enumerate(subject.terms) if i != index]
    return replace(subject, rhs=sp.Add(*rest, changed))


def restated(proof: Proof, subject: Claim) -> Proof:
    """The same proof with another statement at its end."""
    old = claim(proof.key, proof.edition)
    last, sides = proof.steps[-1], (subject.rhs, subject.lhs)
    if (last.larger, last.smaller) == (old.rhs**2, old.lhs**2):
        sides = (subject.rhs**2, subject.lhs**2)
    elif subject.relation == ">=":
        sides = (subject.lhs, subject.rhs)
    last = replace(last, larger=sides[0], smaller=sides[1])
    return replace(proof, steps=(*proof.steps[:-1], last))


def false_somewhere(subject: Claim, cases: list[Measured]) -> bool:
    """Whether an exact instance of the unperturbed claim surely violates this one."""
    return any(decide(subject, case.numbers).outcome == "violated" for case in cases)


SURELY_FALSE = 3
"""Claims with a term of the wrong sign, beside those that are drawn."""

NOTHING_TO_PERTURB = ("identity-mean-step", "identity-smoothing-value-lower")
"""Claims whose right-hand side is 0."""


@pytest.mark.parametrize(
    "name", [n for n in PROVED if n[0] not in NOTHING_TO_PERTURB], ids="-".join
)
def test_a_perturbed_claim_that_is_false_somewhere_is_never_accepted(name: tuple[str, str]) -> None:
    """The same proof, restated for it, is refused; the unperturbed claim's is accepted."""
    subject, proof, known = claim(*name), all_proofs()[name], all_checked()
    rng = np.random.default_rng(sum(map(ord, "".join(name))))
    cases = measured_claims()[name]
    refuted = (twin for twin in wrong(subject) if false_somewhere(twin, cases))
    false = list(islice(refuted, SURELY_FALSE))
    assert false
    drawn = (perturbed(subject, rng) for _ in range(tried(subject)))
    false += [twin for twin in drawn if false_somewhere(twin, cases)]
    assert check(restated(proof, subject), proved=known, subject=subject).outcome == "accepted"
    for twin in false:
        assert check(restated(proof, twin), proved=known, subject=twin).outcome != "accepted", (
            twin.rhs
        )


def tried(subject: Claim) -> int:
    """How many perturbed claims; fewer for each of the laws, whose proofs are alike."""
    return PERTURBATIONS if subject.interaction == "pair" else 4 + PERTURBATIONS // 6


def wrong(subject: Claim) -> Iterator[Claim]:
    """The claim with one term after the other of the wrong sign, and large."""
    factor = 1000 if subject.relation == ">=" else -1000
    return (subject.scaled(index, factor) for index in range(len(subject.terms)))


def test_the_harness_sees_a_false_claim() -> None:
    """Lemma 2 without its first term is violated on the bank, so that the test above can fail."""
    cases = measured_claims()["lemma-2", "published"]
    assert false_somewhere(claim("lemma-2").scaled(0, 0), cases)
    assert not false_somewhere(claim("lemma-2"), cases)


def lemma_2(**changes: Any) -> Proof:
    """Its proof with changes."""
    return replace(all_proofs()["lemma-2", "published"], **changes)


def outcome(proof: Proof, subject: Claim | None = None) -> str:
    """The outcome, everything on record being proved."""
    return check(proof, proved=all_checked(), subject=subject).outcome


def refused(proof: Proof, subject: Claim | None = None) -> str:
    """Why a proof is not accepted."""
    found = check(proof, proved=all_checked(), subject=subject)
    assert found.outcome != "accepted"
    return found.reason


def one_step(subject: Claim, *using: tuple[Any, Any], **more: Any) -> Proof:
    """A proof of one step."""
    known = tuple((sp.sympify(factor), source) for factor, source in using)
    step = Step("only", subject.rhs, subject.lhs, known)
    return Proof(subject.key, subject.edition, (step,), **more)


def test_a_negative_multiplier_is_refused() -> None:
    """sum E||G_i||^2 >= sum ||m_i||^2 stands; the converse needs it with multiplier -1."""
    (step,) = lemma_2().steps
    S, sum_sq = symbols("S sum_m_sq")

    def jensen(factor: int) -> tuple[tuple[sp.Expr, Axiom], ...]:
        return tuple((sp.Integer(factor), Axiom("second_moment", (group,))) for group in (0, 1))

    forwards = Step("Jensen", n * S, sum_sq, jensen(1))
    backwards = Step("Jensen", sum_sq, n * S, jensen(-1))
    assert outcome(lemma_2(steps=(forwards, step))) == "accepted"
    found = check(lemma_2(steps=(backwards, step)))
    assert (found.outcome, found.step) == ("refuted", "Jensen")


def test_an_indefinite_form_is_refuted_with_numbers() -> None:
    """Without E||G||^2 >= ||m||^2 nothing bounds the cross term of Lemma 2."""
    (step,) = lemma_2().steps
    found = check(lemma_2(steps=(replace(step, using=()),)))
    assert found.outcome != "accepted"
    gamma_only = replace(claim("lemma-2"), rhs=claim("lemma-2").rhs / 2)
    refuted = check(restated(lemma_2(), gamma_only), subject=gamma_only)
    assert refuted.outcome == "refuted"
    assert refuted.witness


def test_the_last_step_must_be_the_claim() -> None:
    """A true statement of something else proves nothing."""
    (step,) = lemma_2().steps
    other = replace(step, larger=2 * step.larger, smaller=2 * step.smaller)
    found = check(lemma_2(steps=(other,)))
    assert found.outcome != "accepted"
    true = replace(step, larger=step.larger + 1)
    found = check(lemma_2(steps=(true,)))
    assert (found.outcome, found.reason) == ("undecided", "the last step is not the claim")


def test_a_limit_that_the_claim_does_not_print_is_refused() -> None:
    """And one that is printed is needed: Lemma 11 for every step size is not accepted."""
    proof = all_proofs()["lemma-11", "published"]
    assert outcome(proof) == "accepted"
    assert outcome(replace(proof, limits=())) != "accepted"
    upper = proof.limits[0].upper
    assert upper is not None
    longer = Range(eta, sp.Integer(0), 2 * upper)
    assert outcome(replace(proof, limits=(longer,))) != "accepted"
    above = Range(eta, upper / 2, upper)
    assert outcome(replace(proof, limits=(above,))) != "accepted"


def test_an_axiom_outside_its_assumptions_is_refused() -> None:
    """Lemma 15 is for non-convex functions: it may not use ||grad f||^2 <= 2 L (f - f*)."""
    proof = all_proofs()["lemma-8", "published"]
    weaker = replace(claim("lemma-8"), assumptions=frozenset({"A2", "A3"}))
    assert outcome(proof) == "accepted"
    assert outcome(proof, weaker) != "accepted"
    two_point = all_proofs()["lemma-3", "published"]
    assert outcome(two_point, replace(claim("lemma-3"), estimator="any")) != "accepted"


def test_a_claim_that_is_not_proved_may_not_be_used() -> None:
    """Lemma 11 rests on Lemmas 2 and 3."""
    found = check(all_proofs()["lemma-11", "published"], proved={})
    assert "not proved" in found.reason


def test_the_conditions_of_a_claim_that_is_used_are_asked_for() -> None:
    """Lemma 8 needs alpha0 >= alpha1; Lemma 18 needs Lemma 17's limit."""
    lemma_3 = all_proofs()["lemma-3", "published"]
    (step,) = lemma_3.steps
    wrong = Use("lemma-8", chosen=((alpha0, sp.Rational(1, 2)), (alpha1, sp.Integer(1))))
    using = (*step.using[:-1], (step.using[-1][0], wrong))
    assert "of lemma-8" in refused(replace(lemma_3, steps=(replace(step, using=using),)))
    lemma_18 = all_proofs()["lemma-18", "repaired"]
    free = replace(claim("lemma-18", "repaired"), conditions=())
    assert "of lemma-17" in refused(replace(lemma_18, limits=()), free)


def test_only_free_parameters_are_chosen() -> None:
    """Another step size in Lemma 2 would be another statement about another step."""
    subject = claim("lemma-2")
    other = Use("lemma-2", chosen=((eta, 2 * eta),))
    assert "no free parameter" in refused(one_step(subject, (1, other)))


def test_circles_prove_nothing() -> None:
    """Two claims, each by the other."""
    first, second = claim("lemma-2"), claim("lemma-14")
    circle = {
        ("lemma-2", "published"): one_step(first, (1, Use("lemma-14"))),
        ("lemma-14", "published"): one_step(second, (1, Use("lemma-14"))),
    }
    prover = Prover(circle)
    prover("lemma-14", "published")
    assert prover.checked["lemma-14", "published"].outcome != "accepted"


def test_a_condition_that_the_claim_lacks_is_no_source() -> None:
    """Nor is a symbol positive because a proof says so."""
    subject = claim("lemma-2")
    invented = Condition(sp.Le(eta, 1 / L))
    assert "no condition of the claim" in refused(one_step(subject, (1, invented)))
    positive = lemma_2(positive=((sp.Symbol("D", positive=True), 1 - eta * L),))
    assert "no condition of the claim" in refused(positive)


def test_sums_over_time_need_a_recursion() -> None:
    """A second moment is not the next value of anything."""
    subject = claim("theorem-1.2", "sharp")
    wrong = Summed(Use("pair-moment-smooth", "sharp"), "plain", "all")
    assert "is no recursion" in refused(one_step(subject, (1, wrong)))


def test_unknown_labels_and_axioms_are_refused() -> None:
    """A misspelt name is not silently nothing."""
    for source in (Earlier("nowhere"), Axiom("nothing")):
        found = check(one_step(claim("lemma-2"), (1, source)))
        assert found.outcome == "undecided"
        assert "nowhere is no earlier step" in found.reason or "nothing is no axiom" in found.reason


def test_an_identity_holds_both_ways() -> None:
    """The pair identities are computed from Algorithm 1; doubled they are refused."""
    for key in ("identity-consensus", "identity-distance", "identity-pair-second-moment"):
        subject = claim(key, "sharp")
        assert outcome(one_step(subject), subject) == "accepted"
        for index in range(len(subject.terms)):
            for factor in (sp.Rational(1001, 1000), sp.Rational(999, 1000)):
                twin = subject.scaled(index, factor)
                assert outcome(one_step(twin), twin) != "accepted", name_of(subject)


def test_balls_agree_with_rationals_on_a_perturbed_side() -> None:
    """The harness evaluates what the checker reads."""
    subject = claim("lemma-2")
    case = measured_claims()["lemma-2", "published"][0]
    assert bool(ball(subject.evaluate("rhs", case.numbers)).overlaps(Ball(case.rhs)))
