"""Bounds on means: exact laws of the wealth, and what clipping and its assumption do."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from hdo.errors import InputError
from verify.statistical.bounds import (
    FRACTIONS,
    KURTOSIS,
    good_clip,
    log_wealth,
    log_wealth_paths,
    lower_bound,
    unclipped,
    upper_bound,
    upper_bound_clipped,
)

SAMPLES = st.lists(st.floats(0, 1e3), min_size=1, max_size=40)


def expected_wealth(*, top: float, chance: float, mean: float, count: int) -> float:
    """E W after `count` values that are `top` with this chance, else 0: all outcomes summed."""
    return sum(
        binom.pmf(k, count, chance) * math.exp(log_wealth([top] * k + [0.0] * (count - k), mean))
        for k in range(count + 1)
    )


@pytest.mark.parametrize(("top", "chance"), [(1.0, 0.5), (4.0, 0.1), (100.0, 0.02)])
def test_the_wealth_is_fair_at_the_mean(top: float, chance: float) -> None:
    """At the true mean the expected wealth is exactly 1, whatever the law: Ville's premise."""
    fair = expected_wealth(top=top, chance=chance, mean=top * chance, count=12)
    assert fair == pytest.approx(1.0, rel=1e-12)


def test_the_wealth_shrinks_above_the_mean_and_grows_below() -> None:
    """A bet that the mean exceeds what it does not reach loses on average, and wins else."""
    assert expected_wealth(top=4.0, chance=0.25, mean=1.2, count=12) < 1
    assert expected_wealth(top=4.0, chance=0.25, mean=0.8, count=12) > 1


def test_the_wealth_of_equal_values_is_a_power() -> None:
    """N values c against m: the mean over f of (1 - f + f c/m)^N."""
    expected = math.log(np.mean([(1 - f + f * 3.0 / 2.0) ** 7 for f in FRACTIONS]))
    assert log_wealth([3.0] * 7, 2.0) == pytest.approx(expected, rel=1e-12)


def test_paths_end_at_the_wealth() -> None:
    """Looking after every value ends where looking once does."""
    values = np.random.default_rng(0).exponential(size=(3, 20))
    ends = [log_wealth(row, 0.7) for row in values]
    assert log_wealth_paths(values, 0.7)[:, -1] == pytest.approx(ends, rel=1e-12)


@given(SAMPLES)
def test_the_lower_bound_is_where_the_wealth_reaches_its_limit(values: list[float]) -> None:
    """Means below it are excluded and means above are not."""
    bound = lower_bound(values, alpha=0.01)
    assert bound <= np.mean(values) * (1 + 1e-12)
    if bound > 0:
        assert log_wealth(values, bound * (1 - 1e-6)) >= math.log(100)
        assert log_wealth(values, bound * (1 + 1e-6)) <= math.log(100)


@given(SAMPLES, st.floats(1e-3, 1e3))
def test_clipping_from_above_only_lowers_a_lower_bound(values: list[float], clip: float) -> None:
    """So it stays valid: what refutes an upper bound does not rest on the clip."""
    clipped = np.minimum(values, clip)
    assert lower_bound(clipped, alpha=0.01) <= lower_bound(values, alpha=0.01) * (1 + 1e-8)


def test_the_lower_bound_tends_to_the_mean() -> None:
    """With 10^5 uniform values it is within 4 standard errors times the usual factor."""
    values = np.random.default_rng(1).uniform(0, 2, 100_000)
    bound = lower_bound(values, alpha=1e-6)
    error = values.std() / math.sqrt(len(values))
    assert values.mean() - 8 * error < bound < values.mean() - 4 * error


LAWS = st.lists(st.tuples(st.floats(0.01, 1e3), st.floats(0.01, 1)), min_size=1, max_size=5)


@given(LAWS, st.floats(0.5, 300))
def test_undoing_the_clip_is_valid_for_every_law(
    law: list[tuple[float, float]], relative_clip: float
) -> None:
    """With kappa = E X^2/(E X)^2 exactly, the bound from E min(X, b) is never below E X."""
    values, weights = np.array(law).T
    weights = weights / weights.sum()
    mean = float(weights @ values)
    kurtosis = float(weights @ values**2) / mean**2 * (1 + 1e-12)
    clip = relative_clip * mean
    kept = float(weights @ np.minimum(values, clip))
    assert unclipped(kept, clip=clip, kurtosis=kurtosis) >= mean * (1 - 1e-9)


def test_undoing_the_clip_is_attained() -> None:
    """X = 2b with probability p, else 0: kappa = 1/p, E min(X, b) = p b, and E X = 2 p b."""
    b, p = 3.0, 0.2
    assert unclipped(p * b * (1 - 1e-12), clip=b, kurtosis=1 / p) == pytest.approx(2 * p * b)
    assert unclipped(p * b * (1 + 1e-12), clip=b, kurtosis=1 / p) == math.inf


def test_an_upper_bound_of_a_clipped_mean_mirrors_the_lower_bound() -> None:
    """On [0, b] the two are one: b - X has the mean b - E X."""
    values = np.random.default_rng(2).uniform(0, 1, 200)
    below = lower_bound(1 - values, alpha=0.01)
    assert upper_bound_clipped(values, clip=1.0, alpha=0.01) == pytest.approx(1 - below)


def test_a_rare_large_value_escapes_an_upper_bound_without_its_assumption() -> None:
    """A hundred zeros say nothing of a law with E X^2 > kappa (E X)^2: the bound is far too low."""
    mean = 1.0
    assert upper_bound([0.0] * 500, clip=1.0, alpha=0.01) < mean  # as of 10^4 with chance 10^-4
    assert KURTOSIS < 1e4


def test_a_good_clip_hides_half_of_the_margin() -> None:
    """kappa K^2/(4 b) = (K - mean)/2."""
    clip = good_clip([1.0, 1.0], 4.0)
    assert KURTOSIS * 4.0**2 / (4 * clip) == pytest.approx((4.0 - 1.0) / 2)


@pytest.mark.parametrize(
    ("values", "alpha", "named"), [([-1.0], 0.1, "values"), ([1.0], 0.0, "alpha")]
)
def test_what_cannot_be_bounded_is_refused(values: list[float], alpha: float, named: str) -> None:
    """Negative values and impossible levels are named."""
    with pytest.raises(InputError, match=named):
        lower_bound(values, alpha=alpha)
    with pytest.raises(InputError, match="clip"):
        upper_bound_clipped([1.0], clip=0.0, alpha=0.1)
