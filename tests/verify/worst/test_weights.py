"""Best weights and largest contracting steps: hand-made answers, both sides."""

from dataclasses import replace
from fractions import Fraction as F

import pytest

from verify.worst.onestep import Population
from verify.worst.ratio import worst_case
from verify.worst.unstable import LARGEST_DIMENSION, unstable_from
from verify.worst.weights import (
    allowing,
    best_weights,
    largest_step_size,
)

SIX = Population(0, 6, F(1), F(1, 10), F(1, 2))


def test_the_best_weights_beat_those_on_either_side() -> None:
    """Certified with them: less than what is attained with half or twice the weight."""
    found = best_weights(SIX)
    WG = found.weights[1]
    for other in (WG / 4, WG * 8):
        beside = worst_case(replace(SIX, weights=(F(1), other)))
        assert beside.lower is not None
        assert found.found.certified_upper <= beside.lower + 1e-7


def test_equal_models_leave_no_weights_that_do_better() -> None:
    """By hand, one curvature l at equal models: (1 - 2 eta l/n)^2 and WG > 0 only adds to it."""
    least = (1 - 2 * 0.5 * 0.1 / 6) ** 2
    assert allowing(SIX, least * (1 - 1e-6)) is None
    assert allowing(SIX, 1.0) is not None
    assert best_weights(SIX).found.certified_upper > least


@pytest.mark.parametrize(
    "case", [SIX, Population(2, 3, F(1), F(1, 10), F(1, 2), dimension=10, directions=2)]
)
def test_the_largest_step_contracts_and_is_below_instability(case: Population) -> None:
    """Proved at the step; a hundredth more than it has no weights, and quadratics bound it."""
    found = largest_step_size(case)
    assert found.weighted.found.certified_upper < 1
    assert found.unstable_from is not None
    assert found.step_size < found.unstable_from
    beyond = replace(case, step_size=found.step_size * F(101, 100))
    assert allowing(beyond, 1.0) is None
    # what attains it with these weights expands
    worse = worst_case(replace(beyond, weights=found.weighted.weights))
    assert worse.lower is not None
    assert worse.lower > 1


def test_a_first_order_pair_is_unstable_from_two_over_L() -> None:
    """n = 2: gradient descent on the mean; unknown where d is too large."""
    two = Population(0, 2, F(4), F(1), F(1, 10))
    assert unstable_from(two) == pytest.approx(0.5, rel=1e-9)
    many = Population(1, 2, F(1), F(1), F(1, 10), dimension=LARGEST_DIMENSION + 1)
    assert unstable_from(many) is None


def test_a_million_agents_have_weights_and_a_step_too() -> None:
    """The program is as small."""
    many = Population(0, 10**6, F(1), F(1, 10), F(1, 2))
    assert best_weights(many).found.certified_upper < 1
