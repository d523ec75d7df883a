"""Trajectory quantities in balls: against exact fractions, a plain loop, and a mutant."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import pytest
from enumeration import Enumeration
from runs import MIXED, method, quadratic

from hdo.errors import InputError
from hdo.problems import QuadraticProblem
from verify.optimum import optimum, quadratic_minimiser
from verify.trajectory import (
    TRAJECTORY_QUANTITIES,
    NotExact,
    measure_trajectory,
    measured,
    moments,
)


def looped(
    problem: QuadraticProblem, interaction: str, T: int, convexity: float, number: Any
) -> dict[str, Any]:
    """Every quantity by its definition, one interaction and one weight at a time."""
    run = method(interaction, T)
    reference = Enumeration(
        problem,
        eta=run.step_size,
        nu=run.smoothing,
        interaction=interaction,
        start=[2.0] * problem.d,
        number=number,
    )
    rho = 1 - number(run.step_size) * number(convexity) / (2 * problem.n)
    w = [number(1)]
    for _ in range(T):
        w.append(w[-1] / rho)
    exact, _ = quadratic_minimiser(problem)
    x = np.array([number(Fraction(int(c.p), int(c.q))) for c in exact])
    seen = [reference.observed(x)]
    for t in range(1, T + 1):
        reference.step(w[t])
        seen.append(reference.observed(x))
    return {
        "sum_w_Gamma": sum(w[t] * seen[t - 1]["gamma"] for t in range(1, T + 1)),
        "sum_w_e": sum(w[t] * seen[t - 1]["gap"] for t in range(1, T)),
        "sum_w": sum(w[1:T]),
        "sum_Gamma": sum(seen[t]["gamma"] for t in range(T)),
        "sum_grad_sq": sum(seen[t]["grad_sq"] for t in range(T - 1)),
        "mean_grad_sq": sum(seen[t]["grad_sq"] for t in range(T)) / T,
        "a_0_sq": seen[0]["distance_sq"],
        "a_T_sq": seen[T]["distance_sq"],
        "f0_gap": seen[0]["gap"],
        "f_y_gap": reference.weighted_gap(T * w[T], x),
        "f_ybar_gap": reference.weighted_gap(sum(w[1:]), x),
    }


def measure(
    problem: QuadraticProblem, interaction: str, T: int, convexity: float
) -> Mapping[str, Any]:
    """The package's evidence for the same run."""
    run = method(interaction, T)
    return measure_trajectory(problem, problem.population, run, T, l=convexity)


def exact_ball(value: Fraction) -> Any:
    """A rational as a ball of 512 bits."""
    with flint.ctx.workprec(512):
        return flint.arb(flint.fmpq(value.numerator, value.denominator))


@pytest.mark.parametrize("interaction", ["pair", "matching"])
@pytest.mark.parametrize("T", [1, 2, 4])
@pytest.mark.parametrize("n", [2, 3, 4])
def test_the_balls_hold_the_exact_fractions(n: int, T: int, interaction: str) -> None:
    """d = 1, different curvatures and centres for all: definitions summed up in rationals."""
    problem = quadratic(MIXED[:n], 1, directions=3)
    expected = looped(problem, interaction, T, 0.75, lambda v: Fraction(v))
    found = measure(problem, interaction, T, 0.75)
    assert set(found) == set(TRAJECTORY_QUANTITIES)
    for name in TRAJECTORY_QUANTITIES:
        value = exact_ball(Fraction(expected[name]))
        assert found[name].overlaps(value), name
        assert found[name].rad() < 1e-50


@pytest.mark.parametrize("interaction", ["pair", "matching"])
@pytest.mark.parametrize("n", [2, 3])
def test_fifty_interactions_agree_with_a_plain_loop(n: int, interaction: str) -> None:
    """d = 2, T = 50, in float64."""
    problem = quadratic(MIXED[:n], 2, directions=2)
    expected = looped(problem, interaction, 50, 0.5, float)
    found = measure(problem, interaction, 50, 0.5)
    for name in TRAJECTORY_QUANTITIES:
        assert float(found[name]) == pytest.approx(expected[name], rel=1e-11, abs=1e-13), name


def test_long_runs_stay_narrow() -> None:
    """T = 10^6 and weights beyond every float: relative radius below 1e-20; moments agree."""
    problem = quadratic(MIXED[:4], 2, shape="shared")
    T = 10**6
    found = measure(problem, "pair", T, 1.0)
    assert not np.isfinite(float(found["sum_w"]))
    assert all(v.rad() < 1e-20 * abs(v) for v in found.values())
    last = moments(problem, problem.population, method("pair", T), every=T)
    assert float(found["a_T_sq"]) == pytest.approx(last.distance_sq[-1], rel=1e-14)
    # the run is stationary but for its start, so the plain average is the stationary value + O(1/T)
    assert float(found["mean_grad_sq"]) == pytest.approx(last.grad_sq[-1], rel=1e-3)
    assert float(found["sum_Gamma"]) == pytest.approx(T * last.gamma[-1], rel=1e-3)
    # y_T divides by T w_T, which is far more than sum w_t, so that it is close to 0, not to x*
    at_zero = problem.value(np.zeros(2)) - float(optimum(problem).upper)
    assert float(found["f_y_gap"]) == pytest.approx(at_zero, rel=1e-2)


def test_step_size_and_smoothing_may_be_balls() -> None:
    """eta = 1/3 has no float: the ball's result lies between those of its neighbours."""
    problem = quadratic(MIXED[:3], 1, seed=3)
    third, half = flint.arb(1) / 3, flint.arb(1) / 2

    def run(eta: Any) -> Any:
        return measure_trajectory(
            problem, problem.population, method("pair", 3), 3, l=0.5, eta=eta, nu=half
        )["a_T_sq"]

    exact = run(third)
    assert exact.rad() < 1e-60
    below, above = run(np.nextafter(1 / 3, 0)), run(np.nextafter(1 / 3, 1))
    assert min(below, above) < exact < max(below, above)


def test_the_weights_mutant_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A weighted sum whose means forget the pull of the centres is not the definition."""
    problem = quadratic(MIXED[:3], 2, directions=2)
    expected = looped(problem, "pair", 5, 0.5, float)
    true = measured._expected_products
    monkeypatch.setattr(measured, "_expected_products", lambda m, z, c: true(m, z, z))
    found = measure(problem, "pair", 5, 0.5)
    assert abs(float(found["f_ybar_gap"]) / expected["f_ybar_gap"] - 1) > 1e-3


def test_what_is_not_exact_says_why() -> None:
    """Other kinds, curvature matrices, random centres, too many types; and T = 0 is bad input."""
    run = method("pair", 3)
    diagonal = quadratic(MIXED[:3], 2)
    cases = {
        "diagonal curvatures": quadratic(MIXED[:3], 2, shape="matrices"),
        "fixed centres": replace(
            quadratic(MIXED[:3], 2, shape="shared"), centre_variance=(1.0, 0.0)
        ),
        "too large": quadratic(MIXED * 4, 2),
    }
    for reason, problem in cases.items():
        with pytest.raises(NotExact, match=reason):
            measure_trajectory(problem, problem.population, run, 3, l=0.5)
    with pytest.raises(InputError, match="T: expected an integer >= 1"):
        measure_trajectory(diagonal, diagonal.population, run, 0, l=0.5)


def test_the_minimiser_of_types_is_that_of_the_problem() -> None:
    """Also where a coordinate has no curvature."""
    from verify.trajectory import types_of

    problem = replace(quadratic(MIXED[:4], 2), curvatures=np.array([[1.0, 0.0], [2.0, 0.0]] * 2))
    x, unique = quadratic_minimiser(problem)
    assert not unique
    assert list(types_of(problem, problem.population).minimiser()) == list(x)
