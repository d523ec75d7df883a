"""The phase diagram: costs by hand, errors by enumeration, bounds that hold, fair step sizes."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from hdo.population import Population
from hdo.problems import QuadraticProblem
from hdo.spec import Method
from verify.phase import (
    INTERACTIONS,
    NEAR,
    PLANES,
    REGIONS,
    bound_at,
    compared,
    counted,
    noise_ratio,
    region,
    rows,
)
from verify.phase_cases import (
    BUDGETS,
    GRADIENT_COST,
    LARGEST_SHARE,
    START,
    STEP_SIZES,
    Team,
    affordable,
    errors,
    price,
    step_sizes,
)
from verify.trajectory import moments
from verify.trajectory.stationary import spectral_radius

TEAM = Team(n0=2, n1=4, d=5, kappa=4, noise0=1.0, noise1=1.0, directions=3)


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    """The quick profile."""
    return list(rows("quick"))


@pytest.mark.parametrize(
    ("budget", "mixed", "alone", "bought"),
    [
        ("interactions", 1, 1, 1000),
        # two agents step: 2 of 6 ask for 4 values, 4 of 6 for one gradient
        ("oracle calls", 2 * (2 * 4 + 4 * 1) / 6, 2, 500),
        # 2 of 6 cost 4 evaluations, 4 of 6 cost 3
        ("compute cost", 2 * (2 * 4 + 4 * 3) / 6, 6, 900),
        ("parallel time", 1 / 3, 1 / 2, 1500),
    ],
)
def test_costs_by_hand(budget: str, mixed: float, alone: float, bought: int) -> None:
    """rv = 3: a zeroth-order step evaluates F four times, a gradient costs three evaluations."""
    assert GRADIENT_COST == 3
    assert price(TEAM, budget) == pytest.approx(mixed)
    assert price(TEAM.alone, budget) == pytest.approx(alone)
    assert affordable(TEAM, budget, 1000) == bought
    assert affordable(TEAM.alone, budget, 1000) == 1000


def general(team: Team, eta: float, steps: int) -> float:
    """E||mu_T - x*||^2 by the general form: every pair of agents, no types."""
    agents = ("two-point",) * team.n0 + ("first-order",) * team.n1
    population = Population(agents, directions=team.directions)
    problem = QuadraticProblem(
        population=population,
        curvatures=np.tile(team.curvature, (team.n, 1)),
        centres=np.zeros((team.n, team.d)),
        noise=team.noise1,
    )
    method = Method(
        step_size=eta,
        nu=eta / math.sqrt(team.d),
        interaction="pair",
        rounds=steps,
        start=(START / math.sqrt(team.d),) * team.d,
    )
    return float(moments(problem, population, method, form="general").distance_sq[-1])


@pytest.mark.parametrize("team", [TEAM, TEAM.alone, replace(TEAM, n0=7, n1=1, d=1)], ids=str)
def test_errors_are_those_of_the_general_form(team: Team) -> None:
    """For every step size, at two times."""
    for eta, (early, late) in errors(team, (3, 250)).items():
        assert early == pytest.approx(general(team, eta, 3), rel=1e-9)
        assert late == pytest.approx(general(team, eta, 250), rel=1e-9)


def test_noise_of_a_group_by_hand() -> None:
    """One two-point and one first-order agent, d = 1, one step from x: E||mu' - x*||^2.

    mu' = x - (eta/2)(G_0 + G_1), E G_0^2 = 3 (x^2 + s_0^2) + (15/4) nu^2, E G_1^2 = x^2 + s_1^2.
    """
    team = Team(n0=1, n1=1, d=1, kappa=4, noise0=0.5, noise1=7.0, directions=1)
    for eta, (error,) in errors(team, (1,)).items():
        second = 3 * (START**2 + 0.5) + 15 / 4 * eta**2 + START**2 + 7.0 + 2 * START**2
        expected = START**2 - 2 * eta * START**2 + eta**2 / 4 * second
        assert error == pytest.approx(expected, rel=1e-12)


def test_step_sizes_are_one_fixed_grid_below_each_populations_own_limit() -> None:
    """Fair: the same shares of the stability threshold for both."""
    for team in (TEAM, TEAM.alone):
        grid = step_sizes(team)
        assert len(grid) == STEP_SIZES
        assert np.diff(np.log(grid)) == pytest.approx(np.full(STEP_SIZES - 1, -math.log(2) / 2))
        assert spectral_radius(team.system, eta=grid[0], interaction="pair") < 1
        edge = grid[0] / LARGEST_SHARE
        assert spectral_radius(team.system, eta=1.001 * edge, interaction="pair") > 1


def test_the_best_step_sizes_are_inside_the_grid(found: list[dict[str, Any]]) -> None:
    """A best one at the lower end would be no best one."""
    for row in found:
        plane = next(plane for plane in PLANES if plane.name == row["plane"])
        team = plane.team(row["x"], row["d"])
        assert row["eta"] > step_sizes(team)[-1]
        assert row["eta_alone"] > step_sizes(team.alone)[-1]


def test_the_errors_compared_are_the_least_of_each() -> None:
    """No step size of either grid does better, at what the budget buys."""
    for row in compared(TEAM):
        steps = affordable(TEAM, row["budget"], INTERACTIONS)
        assert row["interactions"] == steps
        mixed = [error for (error,) in errors(TEAM, (steps,)).values()]
        alone = [error for (error,) in errors(TEAM.alone, (INTERACTIONS,)).values()]
        assert (row["mixed"], row["alone"]) == (min(mixed), min(alone))


@pytest.mark.parametrize("team", [TEAM, TEAM.alone, replace(TEAM, n0=16, d=1)], ids=str)
def test_the_bound_that_predicts_is_a_bound(team: Team) -> None:
    """Wherever its conditions hold; half of it is not."""
    team, times = replace(team, directions=1), (10, 1000, 10**5)
    tested, tight = 0, math.inf
    for eta, reached in errors(team, times).items():
        for steps, error in zip(times, reached, strict=True):
            bound = bound_at(team, eta, steps)
            if bound is not None:
                tested += 1
                assert bound >= error * (1 - 1e-12)
                tight = min(tight, bound / error)
    assert tested > 10
    assert tight < 2


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((1.0, 2.0, 1.0, 3.0), "mixed wins"),
        ((1.0, 2.0, 3.0, 3.0), "mixed wins, not predicted"),
        ((1.0, 2.0, None, 3.0), "mixed wins, not predicted"),
        ((2.0, 1.0, 4.0, 3.0), "alone wins"),
        ((2.0, 1.0, 2.0, 3.0), "predicted only"),
        ((2.0, 1.0, 2.0, None), "alone wins"),
        ((1.0, 1 + NEAR, 1.0, 3.0), "within 5 %"),
        ((1 + NEAR, 1.0, 1.0, 3.0), "within 5 %"),
        ((1.0, 1 + 1.1 * NEAR, 1.0, 3.0), "mixed wins"),
    ],
)
def test_regions(numbers: tuple[float, float, float | None, float | None], expected: str) -> None:
    """(mixed, alone, bound on mixed, bound on alone)."""
    assert region(*numbers) == expected
    assert f"{NEAR:.0%}" == "5%"


def test_every_point_is_there_once(found: list[dict[str, Any]]) -> None:
    """Each plane and budget has the same points."""
    for plane in PLANES:
        for budget in BUDGETS:
            places = [
                (r["x"], r["d"]) for r in found if (r["plane"], r["budget"]) == (plane.name, budget)
            ]
            assert len(set(places)) == len(places) == len(plane.across[::2]) * len(plane.up[::2])
    assert sum(counted(found).values()) == len(found)
    assert tuple(counted(found)) == REGIONS


def test_the_rule_of_thumb_by_hand() -> None:
    """Equal noise, rv = 1, parallel time: n1 (n0 (d+2) + n1)/n^2, which is 1 at n0/n1 = d."""
    team = Team(n0=32, n1=4, d=8, kappa=4, noise0=1.0, noise1=1.0, directions=1)
    assert noise_ratio(team, "parallel time") == pytest.approx(4 * (32 * 10 + 4) / 36**2)
    assert noise_ratio(team, "parallel time") == pytest.approx(1)
    quiet = replace(team, noise0=0.1)
    assert noise_ratio(quiet, "interactions") == pytest.approx((32 + 4) / 36)
