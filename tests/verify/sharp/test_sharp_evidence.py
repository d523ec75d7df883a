"""Every sharp claim survives exact evidence, and its falsified twins do not."""

from dataclasses import replace
from functools import cache

import pytest
import sympy as sp

from theory import Claim
from theory.sharp import sharp
from theory.sharp.ladder import ladder, steps
from verify.instance import Instance
from verify.judge import judge_admitted
from verify.resolve import resolve
from verify.sampling import sample
from verify.strategies import drafts, trajectory_drafts
from verify.twins import measure, refuted

STEPS = 100
RUNS = 40


@cache
def instances(subject: Claim) -> tuple[Instance, ...]:
    """Generated instances that the claim speaks of, at fractions of its own step-size limit."""
    if subject.scope == "trajectory":
        # many runs of many agents on a graph are too long for balls
        count = RUNS * (4 if subject.interaction == "graph" else 1)
        found = sample(trajectory_drafts(), count=count, entropy=11)
    else:
        found = sample(drafts(), count=STEPS, entropy=7)
    resolved = (resolve(subject, draft) for draft in found)
    return tuple(instance for instance in resolved if instance is not None)


@pytest.mark.parametrize("subject", sharp(), ids=lambda c: c.key)
def test_sharp_claims_survive_exact_evidence(subject: Claim) -> None:
    """Nothing generated violates a sharp claim, and many instances decide it."""
    outcomes = [judge_admitted(subject, instance).outcome for instance in instances(subject)]
    assert "violated" not in outcomes
    assert outcomes.count("holds") >= 5


@pytest.mark.parametrize("subject", sharp(), ids=lambda c: c.key)
def test_a_sharp_claim_made_too_small_is_caught(subject: Claim) -> None:
    """With a tenth of the right-hand side (ten times it, for a lower bound) some instance fails."""
    factor = 10 if subject.relation == ">=" else sp.Rational(1, 10)
    twin = replace(subject, rhs=factor * subject.rhs)
    found = instances(subject)
    assert any(judge_admitted(twin, instance).outcome == "violated" for instance in found)


@pytest.mark.parametrize("subject", steps(ladder("forward-gradient")), ids=lambda c: c.key)
def test_a_constant_made_too_small_is_caught(subject: Claim) -> None:
    """Of the one-step claims some single constant is refuted too, where twins are defined."""
    exact = [i for i in instances(subject) if judge_admitted(subject, i).decided]
    measured = measure(subject, exact)
    terms = range(len(subject.terms))
    caught = (i for i in terms if next(refuted(subject, i, measured), None) is not None)
    assert subject.relation == ">=" or next(caught, None) is not None
