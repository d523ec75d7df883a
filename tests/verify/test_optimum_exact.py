"""Optima with a formula: exact stationarity, and other ways to the same minimum."""

from typing import Any

import flint
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from hdo.population import Population
from hdo.problems import CosineProblem, KinkedProblem, QuadraticProblem
from hdo.ring import lift
from verify.optimum import NoMinimiser, OptimumError, optimum, quadratic_minimiser

PAIR = Population(("two-point", "first-order"))
TRIO = Population(("two-point", "first-order", "first-order"))


def quadratic(curvatures: Any, centres: Any, **more: Any) -> QuadraticProblem:
    """Three agents with these curvatures and centres."""
    return QuadraticProblem(
        population=TRIO, curvatures=np.array(curvatures), centres=np.array(centres), **more
    )


@pytest.mark.parametrize("full", [False, True])
def test_a_quadratic_has_gradient_exactly_zero_at_the_rational_minimiser(full: bool) -> None:
    """No rounding at all: sum A_i (x - b_i) = 0 in rationals."""
    rng = np.random.default_rng(0)
    curvatures = rng.uniform(0.5, 2, (3, 4))
    if full:
        factors = rng.normal(size=(3, 4, 4)).round(3)
        curvatures = np.array([f @ f.T for f in factors])
        curvatures = (curvatures + curvatures.transpose(0, 2, 1)) / 2
    problem = quadratic(curvatures, rng.normal(size=(3, 4)))
    x, unique = quadratic_minimiser(problem)
    assert unique
    assert all(component == 0 for component in problem.gradient(x))
    found = optimum(problem)
    exact = flint.arb(problem.value(x))
    assert found.lower <= exact <= found.upper
    assert found.x_ball is not None
    assert all(ball.contains(flint.arb(c)) for ball, c in zip(found.x_ball, x, strict=True))
    assert found.upper - found.lower < 1e-70
    H = curvatures.sum(axis=0) if full else np.diag(curvatures.sum(axis=0))
    pull = np.einsum("kab,kb->a", curvatures, problem.centres) if full else 0
    pull = pull if full else (curvatures * problem.centres).sum(axis=0)
    np.testing.assert_allclose(found.x, np.linalg.solve(H, pull), rtol=1e-10)


@pytest.mark.parametrize(
    "curvatures",
    [[[1.0, 0.0]] * 3, [[[1.0, 1.0], [1.0, 1.0]]] * 3],
    ids=["diagonal", "matrix"],
)
def test_singular_curvature_gives_one_minimiser_of_many(curvatures: Any) -> None:
    """The point is stationary and f* exact, but no ball pretends to hold *the* minimiser."""
    problem = quadratic(curvatures, [[0.1, 0.2], [1.0, 2.0], [4.0, 5.0]])
    x, unique = quadratic_minimiser(problem)
    found = optimum(problem)
    assert not unique
    assert found.x_ball is None
    assert all(component == 0 for component in problem.gradient(x))
    assert found.lower <= flint.arb(problem.value(x)) <= found.upper


def test_random_centres_have_no_definite_optimum() -> None:
    """The message names the key and points to moments."""
    problem = quadratic([[1.0]] * 3, [[0.0]] * 3, centre_variance=(1.0, 0.0))
    with pytest.raises(NoMinimiser, match="group_centres.variance: .*moments"):
        optimum(problem)


offsets = st.lists(
    st.lists(st.integers(-4, 4).map(float), min_size=2, max_size=2), min_size=3, max_size=3
)


@given(offsets=offsets, low=st.sampled_from([0.5, 1.0, 1.5]), steepness=st.sampled_from([1, 2, 7]))
def test_a_kinked_objective_has_derivative_exactly_zero(
    offsets: list[list[float]], low: float, steepness: int
) -> None:
    """Strong convexity makes the zero of the piecewise linear derivative the minimiser."""
    problem = KinkedProblem(
        population=TRIO, offsets=np.array(offsets), slope_low=low, slope_high=low * steepness
    )
    found = optimum(problem)
    assert found.x_ball is not None
    enclosed = problem.gradient(found.x_ball)
    assert all(g.contains(0) and g.rad() < 1e-70 for g in enclosed)
    assert found.lower <= problem.value(found.x_ball).upper()
    assert problem.value(found.x) == pytest.approx(float(found.upper), rel=1e-14, abs=1e-14)


def test_a_flat_side_has_no_unique_minimiser() -> None:
    """slope_low = 0: everything left of the least offset is optimal, with f* = 0."""
    problem = KinkedProblem(
        population=PAIR, offsets=np.array([[0.5], [2.0]]), slope_low=0.0, slope_high=3.0
    )
    found = optimum(problem)
    assert found.x_ball is None
    assert found.x[0] == 0.5
    assert found.lower == found.upper == 0


@given(
    offsets=st.lists(st.floats(-3, 3), min_size=3, max_size=3),
    amplitude=st.sampled_from([0.25, 1.0]),
    frequency=st.sampled_from([0.5, 3.0]),
)
def test_the_cosine_optimum_is_the_least_value_of_a_period(
    offsets: list[float], amplitude: float, frequency: float
) -> None:
    """Against a bounded scalar search around the best point of a grid."""
    problem = CosineProblem(
        population=TRIO,
        offsets=np.array(offsets)[:, None],
        amplitude=amplitude,
        frequency=frequency,
    )
    found = optimum(problem)
    grid = np.linspace(0, 2 * np.pi / frequency, 65)
    values = [problem.value(np.array([x])) for x in grid]
    best = int(np.argmin(values))
    local = minimize_scalar(
        lambda x: problem.value(np.array([x])),
        bounds=(grid[best] - 0.2 / frequency, grid[best] + 0.2 / frequency),
        method="bounded",
        options={"xatol": 1e-10},
    )
    assert found.lower <= float(local.fun) + 1e-15
    assert float(found.upper) == pytest.approx(local.fun, abs=1e-10)
    assert problem.value(found.x) == pytest.approx(float(found.upper), abs=1e-12)
    middle = np.mean(offsets)
    assert abs(found.x[0] - middle) <= np.pi / frequency * (1 + 1e-12)


def test_opposite_phases_cancel_to_a_constant() -> None:
    """Two cosines half a period apart: |p| = 0 up to pi's rounding, f* = a, and no NaN."""
    problem = CosineProblem(
        population=PAIR, offsets=np.array([[0.0], [np.pi]]), amplitude=1.0, frequency=1.0
    )
    found = optimum(problem)
    assert float(found.lower) == pytest.approx(1.0, abs=1e-15)
    assert found.lower <= found.upper


def test_lower_is_a_bound_and_upper_is_reached() -> None:
    """f is above `lower` at random points, and breaks a bound moved up by the width of a float."""
    rng = np.random.default_rng(1)
    problem = quadratic(rng.uniform(0.5, 2, (3, 2)), rng.normal(size=(3, 2)))
    found = optimum(problem)
    points = lift(rng.normal(size=(20, 2)), like=flint.fmpq(0))
    assert all(flint.arb(problem.value(x)) >= found.lower for x in points)
    x, _ = quadratic_minimiser(problem)
    assert not flint.arb(problem.value(x)) >= found.lower + flint.arb(2) ** -50


def test_the_optimum_of_a_problem_is_computed_once() -> None:
    """The same object comes back."""
    problem = quadratic([[1.0]] * 3, [[0.0]] * 3)
    assert optimum(problem) is optimum(problem)


def test_an_impossible_enclosure_cannot_be_built() -> None:
    """lower > upper is refused at construction."""
    from verify.optimum import Optimum

    with pytest.raises(OptimumError, match="must not exceed"):
        Optimum(x=np.zeros(1), x_ball=None, lower=flint.arb(1), upper=flint.arb(0), status="exact")
