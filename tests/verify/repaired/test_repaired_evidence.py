"""Every repaired claim on a fixed bank of exact instances, and its falsified twins."""

from functools import cache

import pytest

from theory import Claim
from theory.repaired import repaired
from verify.bank import Profile, make_part, speaks_of
from verify.instance import Draft
from verify.judge import judge
from verify.search import Trial, attempt, search
from verify.twins import constants, measure, refuted

PROFILE = Profile(80, 4, 64, False, 1, 0, 0, 0)
STEPS = ("quadratic", "quadratic-own", "kinked", "cosine", "ridge")
RUNS = ("runs-0", "runs-1", "runs-2", "runs-3")
REPAIRED = {claim.key: claim for claim in repaired()}


@cache
def bank() -> tuple[Draft, ...]:
    """A few hundred drafts, states and runs."""
    parts = (make_part(part, PROFILE, entropy=5) for part in (*STEPS, *RUNS))
    return tuple(entry.draft for part in parts for entry in part)


@cache
def trials(subject: Claim) -> tuple[Trial, ...]:
    """What the claim says on the bank."""
    found = (attempt(subject, draft) for draft in bank() if speaks_of(subject, draft))
    return tuple(trial for trial in found if trial is not None)


@pytest.mark.parametrize("key", REPAIRED)
def test_a_repaired_claim_holds_wherever_it_is_decided(key: str) -> None:
    """None is violated, nearly all are decided."""
    found = trials(REPAIRED[key])
    assert not [t.instance.key for t in found if t.violated]
    decided = [t for t in found if t.judgement.decided]
    assert len(decided) >= (25 if REPAIRED[key].scope == "trajectory" else 80)
    assert len(decided) >= 0.9 * len(found)


@pytest.mark.parametrize("key", REPAIRED)
def test_a_repaired_claim_stands_up_to_a_search(key: str) -> None:
    """Climbing from the drafts nearest to failing finds no violation."""
    nearest = sorted(trials(REPAIRED[key]), key=lambda t: -t.excess)[:3]
    budget = 40 if REPAIRED[key].scope == "trajectory" else 250
    found = search(REPAIRED[key], [t.draft for t in nearest], budget=budget, entropy=1)
    assert found.worst is not None
    assert found.violated is None


TWINS = [(key, index) for key, claim in REPAIRED.items() for index in constants(claim)]


@pytest.mark.parametrize(("key", "index"), TWINS, ids=[f"{k}-term{i}" for k, i in TWINS])
def test_every_constant_made_smaller_is_refuted(key: str, index: int) -> None:
    """The twin is violated on an instance of the bank on which the claim holds."""
    subject = REPAIRED[key]
    decided = dict.fromkeys(t.instance for t in trials(subject) if t.judgement.decided)
    (twin,) = refuted(subject, index, measure(subject, decided))
    assert twin.judgement.outcome == "violated"
    assert judge(subject, twin.instance).outcome == "holds"
