"""Statistical verdicts: what is decided, which way, and what is not."""

from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

from hdo.errors import InputError
from theory import Claim, claim, claims
from verify.balls import ball
from verify.hypotheses import HypothesisError
from verify.instance import Instance
from verify.statistical.bank import CASES, pairs
from verify.statistical.calibration import QUADRATIC, exact_values, simulated
from verify.statistical.sides import NotLinear, Sides, measured_names, sides
from verify.statistical.verdicts import decide, decide_replicas, statistical_verdict

KINKED, STAR = (
    next(case for case in CASES if case.name == name) for name in ("kinked", "kinked on a star")
)
LEMMA_18 = claim("lemma-18", "repaired")
RUNS = [c for c in claims() if c.scope == "trajectory"]


def short(subject: Claim, case: object = KINKED, steps: int = 40) -> Instance:
    """The case's instance with few steps."""
    found = case.instance(subject)  # type: ignore[attr-defined]
    method = replace(found.spec.method, rounds=steps)
    return Instance(replace(found.spec, method_table=method))


@pytest.mark.parametrize("subject", RUNS, ids=lambda c: f"{c.key}-{c.edition}")
def test_sides_are_the_claim_in_another_form(subject: Claim) -> None:
    """At any values of what is measured, rhs - lhs = constant + costs - gains."""
    rng = np.random.default_rng(0)
    names = {s.name for s in subject.lhs.free_symbols | subject.rhs.free_symbols}
    numbers: dict[str, float] = {
        "n": 4,
        "n0": 2,
        "n1": 2,
        "d": 3,
        "rv": 1,
        "L": 2,
        "l": 1,
        "T": 50,
        "c": 1,
        "rho": 1 / 3,
        "gap": 1 / 4,
    }
    numbers |= {"eta": 0.001, "nu": 0.01, "vs0_sq": 1, "vs1_sq": 2, "S_Z": 3, "S_F": 1}
    given = {name: ball(value) for name, value in numbers.items() if name in names}
    form = sides(subject, given)
    point = {name: ball(float(rng.uniform(0, 9))) for name in measured_names(subject, given)}
    left, right = (subject.evaluate(side, {**given, **point}) for side in ("lhs", "rhs"))
    told = form.constant + sum(form.costs[k] * point[k] for k in form.costs)
    told -= sum(form.gains[k] * point[k] for k in form.gains)
    assert told.overlaps(right - left)
    assert abs(told - (right - left)) < 1e-30 * (abs(left) + abs(right))


def test_sides_that_are_not_linear_are_refused() -> None:
    """A product of two measured quantities has no linear form, an identity no one-sided test."""
    numbers = {name: ball(1) for name in ("eta", "L", "n", "T")}
    symbol = claim("lemma-18", "published").lhs
    squared = replace(LEMMA_18, lhs=symbol**2, rhs=sp.Integer(1), conditions=())
    with pytest.raises(NotLinear, match="not linear"):
        sides(squared, numbers)
    with pytest.raises(NotLinear, match="identity"):
        sides(replace(LEMMA_18, relation="=="), numbers)


@pytest.mark.parametrize("key", ["lemma-18", "lemma-12"])
def test_a_true_claim_holds_and_its_twin_is_refuted(key: str) -> None:
    """The repaired lemma on a kinked objective; a millionth of its right-hand side."""
    subject = claim(key, "repaired")
    instance = short(subject)
    found = statistical_verdict(subject, instance, seed=0, budget=512)
    assert found.verdict == "HOLDS", found.evidence
    for word in ("512 replicas", "error level 1e-06", "assumed", "E Z^2 <= 16"):
        assert word in found.evidence
    twin = replace(subject, rhs=subject.rhs / 10**6)
    false = statistical_verdict(twin, instance, seed=0, budget=512)
    assert false.verdict == "REFUTED", false.evidence
    assert false.witness is not None
    assert false.witness["lhs"] > false.witness["rhs"]
    assert false.witness["command"].endswith("--statistical")


def test_the_same_seed_gives_the_same_verdict() -> None:
    """Word for word; another seed gives other numbers."""
    instance = short(LEMMA_18)
    found = [statistical_verdict(LEMMA_18, instance, seed=s, budget=256) for s in (1, 1, 2)]
    assert found[0] == found[1]
    assert found[0].evidence != found[2].evidence


def test_a_graph_is_asked_by_transfer_only() -> None:
    """The claim is about random pairs: without transfer it is silent, with it that is said."""
    instance = short(LEMMA_18, STAR)
    with pytest.raises(HypothesisError, match="interaction"):
        statistical_verdict(LEMMA_18, instance, seed=0, budget=256)
    found = statistical_verdict(LEMMA_18, instance, seed=0, budget=512, transfer=True)
    assert "outside the claim" in found.evidence
    with pytest.raises(InputError, match="transfer"):
        statistical_verdict(LEMMA_18, short(LEMMA_18), seed=0, budget=256, transfer=True)


def test_outside_its_hypotheses_a_claim_is_silent() -> None:
    """A step size beyond the lemma's limit is named."""
    instance = short(LEMMA_18)
    method = replace(instance.spec.method, step_size=5.0)
    large = Instance(replace(instance.spec, method_table=method))
    with pytest.raises(HypothesisError, match="step_size"):
        statistical_verdict(LEMMA_18, large, seed=0)


def test_what_cannot_be_run_is_refused_or_undecided() -> None:
    """A claim of one step and too small a budget are refused; too long a run is undecided."""
    instance = short(LEMMA_18)
    with pytest.raises(InputError, match="trajectory"):
        statistical_verdict(claim("lemma-2"), instance, seed=0)
    with pytest.raises(InputError, match="budget"):
        statistical_verdict(LEMMA_18, instance, seed=0, budget=10)
    found = statistical_verdict(LEMMA_18, short(LEMMA_18, steps=10**7), seed=0)
    assert found.verdict == "INCONCLUSIVE"
    assert "too long" in found.evidence


EXACT = exact_values(QUADRATIC)


@pytest.mark.parametrize(
    ("theta", "outcome"), [(0.8, "REFUTED"), (1.0, "INCONCLUSIVE"), (3.0, "HOLDS")]
)
def test_a_bound_against_the_exact_value(theta: float, outcome: str) -> None:
    """Below the exact mean it is refuted, at it undecided, well above it holds."""
    form = Sides({"a_T_sq": ball(1)}, {}, ball(theta * EXACT["a_T_sq"]))
    found = decide_replicas(form, QUADRATIC, seed=3, budget=2048, level=1e-6)
    assert found.outcome == outcome
    assert found.left.lower <= EXACT["a_T_sq"] <= found.left.upper
    assert found.replicas <= 2048


@pytest.mark.parametrize(
    ("theta", "outcome"), [(0.5, "REFUTED"), (1.0, "INCONCLUSIVE"), (6.0, "HOLDS")]
)
def test_a_random_right_hand_side(theta: float, outcome: str) -> None:
    """E a_T^2 <= c E f(ybar) with c from the exact means: both sides are bounded."""
    slope = theta * EXACT["a_T_sq"] / EXACT["f_ybar_gap"]
    form = Sides({"a_T_sq": ball(1)}, {"f_ybar_gap": ball(slope)}, ball(0))
    values = simulated(QUADRATIC, count=4096, seed=4)
    assert decide(form, values, values, level=1e-6).outcome == outcome


def test_what_has_no_upper_end_never_holds() -> None:
    """An infinite upper end leaves only refutation."""
    form = Sides({"a_T_sq": ball(1)}, {}, ball(100))
    low, high = {"a_T_sq": np.ones(512)}, {"a_T_sq": np.full(512, np.inf)}
    assert decide(form, low, high, level=1e-6).outcome == "INCONCLUSIVE"
    assert decide(form, low, low, level=1e-6).outcome == "HOLDS"


def test_zeros_alone_do_not_show_that_a_mean_is_zero() -> None:
    """Some hundreds of them do, where X > 0 has probability 1/kappa or more."""
    form = Sides({"a_T_sq": ball(1)}, {}, ball(0))
    for count, outcome in ((200, "INCONCLUSIVE"), (512, "HOLDS")):
        zeros = {"a_T_sq": np.zeros(count)}
        assert decide(form, zeros, zeros, level=1e-6).outcome == outcome


def test_the_bank_asks_every_trajectory_claim_on_every_kind() -> None:
    """Each claim on some case, each case for some claim, each at a step size it admits."""
    found = pairs(claims())
    assert {(c.key, c.edition) for c, _, _ in found} == {(c.key, c.edition) for c in RUNS}
    assert {case.name for _, case, _ in found} == {case.name for case in CASES}
