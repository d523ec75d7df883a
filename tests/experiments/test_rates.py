"""Rates: fits and comparisons against planted laws, predictions against the claims themselves."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from experiments.rates import RATES, Rate, by_name, compared, fitted, interval, measured
from experiments.rates_measured import MEASURES, SEEDS
from theory import claim

FAST = (
    "error-convex",
    "error-nonconvex",
    "parallel-time",
    "floor-eta",
    "floor-d",
    "floor-rv",
    "floor-share",
    "floor-n",
    "threshold-below",
    "threshold-above",
    "consensus-eta",
    "bias-quadratic",
    "bias-kinked",
)


def test_every_rate_is_measured_and_named_once() -> None:
    """The table and the measurements name the same rates; windows have three points or more."""
    assert len(by_name()) == len(RATES)
    assert set(by_name()) == set(MEASURES)
    for rate in RATES:
        assert len(rate.window) >= 3
        assert list(rate.window) == sorted(set(rate.window))


@pytest.mark.parametrize("name", FAST)
def test_exact_rates_agree_with_their_prediction(name: str) -> None:
    """What is exact on quadratics and smoothings has the predicted exponent on its window."""
    found = measured(by_name()[name])
    assert found.evidence == "exact"
    assert found.low == found.slope == found.high
    assert found.verdict == "agrees", found.to_json()


def test_a_wrong_prediction_is_reported() -> None:
    """The same measurement against an exponent half off disagrees: the test above can fail."""
    rate = by_name()["floor-d"]
    assert measured(replace(rate, predicted=0.5)).verdict == "DISAGREES"
    assert measured(replace(rate, predicted=1.5)).verdict == "better than claimed"


def test_the_logistic_bias_is_of_second_order() -> None:
    """Taylor: grad f_nu - grad f = (nu^2/2) grad of the Laplacian + O(nu^4)."""
    found = measured(by_name()["bias-logistic"])
    assert found.slope == pytest.approx(2.0, abs=0.01)
    assert found.verdict == "better than claimed"


@pytest.mark.parametrize(("name", "d"), [("threshold-below", 4), ("threshold-above", 1024)])
def test_zeroth_order_agents_cost_their_share_of_second_moments(name: str, d: int) -> None:
    """The floor is that without them times 1 + (d + 1) n0/n, as E||G||^2 = (d + 2)||g||^2."""
    found = measured(by_name()[name])
    expected = [1 + (d + 1) * ratio / d for ratio in found.rate.window]
    assert found.y[0] == pytest.approx(expected, rel=1e-4)


def test_a_simulated_rate_has_an_interval() -> None:
    """A short window of the cosine: one slope a seed, and the interval around their mean."""
    rate = replace(by_name()["error-nonconvex-cosine"], window=(64.0, 512.0))
    found = measured(rate, seed=3)
    assert found.y.shape == (SEEDS, 2)
    assert len(found.slopes) == SEEDS
    assert found.low < found.slope < found.high
    assert "replicas" in found.evidence
    again = measured(rate, seed=3)
    assert np.array_equal(found.y, again.y)


def test_a_planted_law_is_recovered() -> None:
    """y = 5 x^-1.5 has slope -1.5, whatever the constant."""
    x = [1.0, 2.0, 5.0, 11.0]
    assert fitted(x, 5 * np.array(x) ** -1.5) == pytest.approx(-1.5, abs=1e-12)


def test_the_interval_is_students() -> None:
    """Slopes 1, 2, 3: 2 +- 4.302653/sqrt(3), from the table of t with two degrees of freedom."""
    mean, low, high = interval([1.0, 2.0, 3.0])
    assert mean == 2.0
    assert high - mean == pytest.approx(4.302653 / math.sqrt(3), rel=1e-6)
    assert mean - low == pytest.approx(high - mean)
    assert interval([1.5]) == (1.5, 1.5, 1.5)


@pytest.mark.parametrize(
    ("better", "low", "high", "verdict"),
    [
        ("lower", 0.9, 1.1, "agrees"),
        ("lower", 1.04, 1.2, "agrees"),
        ("lower", 1.06, 1.2, "DISAGREES"),
        ("lower", 0.5, 0.9, "better than claimed"),
        ("higher", 1.06, 1.2, "better than claimed"),
        ("higher", 0.5, 0.9, "DISAGREES"),
        ("", 1.06, 1.2, "DISAGREES"),
        ("", 0.5, 0.9, "DISAGREES"),
    ],
)
def test_comparisons_know_which_side_is_better(
    better: str, low: float, high: float, verdict: str
) -> None:
    """An upper bound is beaten on one side and broken on the other."""
    rate = Rate(
        name="x",
        title="",
        x="",
        y="",
        predicted=1.0,
        source="",
        window=(1.0, 2.0, 3.0),
        better=better,
    )
    assert compared(rate, low, high) == verdict


BASE = {
    "n": 8.0,
    "n0": 4.0,
    "n1": 4.0,
    "d": 4.0,
    "rv": 1.0,
    "L": 1.0,
    "l": 1.0,
    "T": 2.0**26,
    "eta": 2.0**-20,
    "c": 1e9,
    "nu": 0.0,
    "vs0_sq": 0.0,
    "vs1_sq": 0.0,
    "S_Z": 4.0,
    "S_F": 4.0,
    "a_0_sq": 0.0,
    "f0_gap": 0.0,
    "sum_w_e": 0.0,
    "sum_w": 1.0,
    "sum_grad_sq": 0.0,
}


def slope_of(key: str, edition: str, **changes: Any) -> float:
    """The exponent of a claim's right-hand side when the named parameters change by factors."""
    subject = claim(key, edition)
    changed = {**BASE, **{name: BASE[name] * factor for name, factor in changes.items()}}
    names = {s.name for s in subject.rhs.free_symbols}
    sides = [
        float(subject.evaluate("rhs", {k: v for k, v in values.items() if k in names}))
        for values in (BASE, changed)
    ]
    return math.log2(sides[1] / sides[0]) / math.log2(next(iter(changes.values())))


@pytest.mark.parametrize(
    ("name", "key", "edition", "changes"),
    [
        ("floor-eta", "theorem-1.1-explicit", "repaired", {"eta": 0.5}),
        (
            "floor-n",
            "theorem-1.1-explicit",
            "repaired",
            {"n": 2.0, "n0": 2.0, "n1": 2.0, "S_Z": 2.0, "S_F": 2.0},
        ),
        ("consensus-eta", "lemma-12", "repaired", {"eta": 0.5}),
        ("consensus-eta", "lemma-18", "repaired", {"eta": 0.5}),
        ("consensus-eta-logistic", "lemma-12", "published", {"eta": 0.5}),
        ("floor-eta-logistic", "last-iterate", "sharp", {"eta": 0.5}),
    ],
)
def test_predictions_are_those_of_the_claims(
    name: str, key: str, edition: str, changes: dict[str, float]
) -> None:
    """The exponent of the claim's own right-hand side, where its leading term rules."""
    assert slope_of(key, edition, **changes) == pytest.approx(by_name()[name].predicted, abs=0.01)


def test_predictions_in_d_and_rv_are_those_of_the_claims() -> None:
    """With zeroth-order noise alone and d large: 1 in d, -1 in rv (forward gradients)."""
    large = {"d": 2.0**20, "n0": 8.0, "n1": 0.0, "S_Z": 8.0, "S_F": 0.0, "eta": 2.0**-60}
    found = {}
    for change in ({}, {"d": 2.0**21}, {"rv": 2.0}):
        subject = claim("last-iterate.forward-gradient", "sharp")
        values = {**BASE, **large, **change}
        names = {s.name for s in subject.rhs.free_symbols}
        chosen = {k: v for k, v in values.items() if k in names}
        found[tuple(change)] = float(subject.evaluate("rhs", chosen))
    base = found[()]
    assert math.log2(found[("d",)] / base) == pytest.approx(
        by_name()["floor-d"].predicted, abs=0.01
    )
    assert math.log2(found[("rv",)] / base) == pytest.approx(
        by_name()["floor-rv"].predicted, abs=0.01
    )


def test_error_rates_are_those_of_the_tied_theorems() -> None:
    """Theorems 1.1 and 1.2 at their own step sizes: log T/T, and 1/sqrt(T)."""
    values = {**BASE, "a_0_sq": 1.0, "f0_gap": 1.0}
    ratios = {}
    for key, eta in (
        ("theorem-1.1-explicit", lambda T: 4 * 8 * math.log(T) / T),
        ("theorem-1.2-explicit", lambda T: 8 / math.sqrt(4 * T)),
    ):
        subject = claim(key, "repaired")
        names = {s.name for s in subject.rhs.free_symbols}
        sides = []
        for T in (2.0**40, 2.0**41):
            given = {**values, "T": T, "eta": eta(T)}
            sides.append(subject.evaluate("rhs", {k: v for k, v in given.items() if k in names}))
        ratios[key] = sides[1] / sides[0]
    log_ratio = math.log(2.0**41) / math.log(2.0**40)
    assert math.log2(ratios["theorem-1.1-explicit"] / log_ratio) == pytest.approx(
        by_name()["error-convex"].predicted, abs=0.01
    )
    assert math.log2(ratios["theorem-1.2-explicit"]) == pytest.approx(
        by_name()["error-nonconvex"].predicted, abs=0.01
    )
