"""Runs on a graph in balls, and weights of a matching, against definitions and enumeration."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import pytest
from enumeration import Enumeration
from runs import MIXED, method, quadratic

from hdo.problems import QuadraticProblem
from verify.balls import Ball, ball
from verify.errors import NotExact
from verify.optimum import quadratic_minimiser
from verify.trajectory import measure_on_graph, measure_trajectory, on_graph

PATH = [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)]
"""Edges with which the agents are active unequally often."""


def looped(
    problem: QuadraticProblem, edges: list[tuple[int, int]], T: int, convexity: Any, number: Any
) -> dict[str, Any]:
    """Every quantity by its definition, one interaction and one weight at a time."""
    run = method("graph", T)
    reference = Enumeration(
        problem,
        eta=run.step_size,
        nu=run.smoothing,
        interaction="graph",
        start=[2.0] * problem.d,
        number=number,
        edges=edges,
    )
    q = 1 - number(run.step_size) * number(convexity) / (2 * problem.n)
    exact, _ = quadratic_minimiser(problem)
    x = np.array([number(Fraction(int(c.p), int(c.q))) for c in exact])
    w, seen = [number(1)], [reference.observed(x)]
    for _ in range(T):
        w.append(w[-1] / q)
        reference.step(w[-1])
        seen.append(reference.observed(x))
    return {
        "mean_grad_sq": sum(seen[t]["grad_sq"] for t in range(T)) / T,
        "a_0_sq": seen[0]["distance_sq"],
        "a_T_sq": seen[T]["distance_sq"],
        "f0_gap": seen[0]["gap"],
        "f_ybar_gap": reference.weighted_gap(sum(w[1:]), x),
    }


def measure(
    problem: QuadraticProblem, edges: list[tuple[int, int]], T: int, convexity: float
) -> Mapping[str, Ball]:
    """The package's evidence for the same run."""
    run = method("graph", T)
    return measure_on_graph(
        problem,
        problem.population,
        edges,
        T,
        start=np.full(problem.d, 2.0),
        l=ball(convexity),
        eta=ball(run.step_size),
        nu=ball(run.smoothing),
    )


def exact_ball(value: Fraction) -> Ball:
    """A rational as a ball of 512 bits."""
    with flint.ctx.workprec(512):
        return Ball(flint.fmpq(value.numerator, value.denominator))


@pytest.mark.parametrize("edges", [[(0, 1)], [(0, 1), (1, 2), (0, 2)], PATH], ids=len)
@pytest.mark.parametrize("T", [1, 2, 4])
def test_the_balls_hold_the_exact_fractions(edges: list[tuple[int, int]], T: int) -> None:
    """d = 1, different agents: definitions summed up in rationals."""
    problem = quadratic(MIXED[: 1 + max(map(max, edges))], 1, directions=3)
    expected = looped(problem, edges, T, 0.75, Fraction)
    found = measure(problem, edges, T, 0.75)
    assert set(found) == set(expected)
    for name, value in expected.items():
        assert found[name].overlaps(exact_ball(Fraction(value))), name
        assert found[name].rad() < 1e-50


@pytest.mark.parametrize("edges", [PATH], ids=len)
def test_two_coordinates_agree_with_a_plain_loop(edges: list[tuple[int, int]]) -> None:
    """d = 2, T = 30, in float64: directions couple the coordinates."""
    problem = quadratic(MIXED[:4], 2, directions=2)
    expected, found = looped(problem, edges, 30, 0.5, float), measure(problem, edges, 30, 0.5)
    for name, value in expected.items():
        assert float(found[name]) == pytest.approx(value, rel=1e-11), name


def test_many_steps_are_a_power_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """By repeated squaring as one by one; and without strong convexity all weights are 1."""
    problem = quadratic(MIXED[:3], 1)
    ring = [(0, 1), (1, 2), (0, 2)]
    slow = measure(problem, ring, 300, 0.0)
    monkeypatch.setattr(on_graph, "MOST_WORK", 0)
    fast = measure(problem, ring, 300, 0.0)
    for name, value in slow.items():
        assert value.overlaps(fast[name]), name
        assert fast[name].rad() < 1e-30 * abs(value)


def test_all_pairs_are_the_complete_graph() -> None:
    """The typed form with a random pair gives the same."""
    problem, T = quadratic(MIXED[:3], 2), 12
    found = measure(problem, [(0, 1), (1, 2), (0, 2)], T, 0.5)
    pair = measure_trajectory(problem, problem.population, method("pair", T), T, l=0.5)
    assert all(value.overlaps(pair[name]) for name, value in found.items())


def test_what_is_too_long_or_no_diagonal_quadratic_is_refused() -> None:
    """With a reason."""
    with pytest.raises(NotExact, match="too long"):
        measure(quadratic(MIXED * 4, 2), [(0, 1)], 10**6, 0.5)
    with pytest.raises(NotExact, match="diagonal"):
        measure(quadratic(MIXED[:2], 2, shape="matrices"), [(0, 1)], 3, 0.5)


def test_a_matchings_weights_grow_with_its_own_rate() -> None:
    """eta l/4 in place of eta l/(2n) is l made n/2 times as large."""
    problem, T = quadratic(MIXED[:4], 1), 6
    run = method("matching", T)
    eta, l = ball(run.step_size), ball(0.5)  # noqa: E741 - the paper's symbol
    found = measure_trajectory(problem, problem.population, run, T, l=l, rate=eta * l / 4)
    other = measure_trajectory(problem, problem.population, run, T, l=2 * l)
    assert found["f_ybar_gap"].overlaps(other["f_ybar_gap"])
    plain = measure_trajectory(problem, problem.population, run, T, l=l)
    assert not found["f_ybar_gap"].overlaps(plain["f_ybar_gap"])
