"""The audit grid: exact stationary values, sharp floors, stated limits, published floors."""

import math

import pytest

from hdo.spec import Method
from verify.balls import ball
from verify.grid import SPREAD_WEIGHT, bound, limit, rows, values
from verify.grid_cases import AGENTS, Cell, cells, population, settled, threshold
from verify.trajectory import typed_moments
from verify.trajectory.stationary import spectral_radius, stationary

SUBSET = tuple(cells())[::37]


def test_the_grid_covers_what_it_says() -> None:
    """Sizes, shares, dimensions, noise and heterogeneity; kappa > 1 where two curvatures fit."""
    found = list(cells())
    assert {c.n for c in found} == set(AGENTS) == {2, 6, 16, 64}
    assert {c.d for c in found} == {1, 8, 64}
    assert {c.kappa for c in found} == {1, 4, 100}
    assert {(c.noise, c.split) for c in found} == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert {c.n0 / c.n for c in found} == {0, 0.5, 1}


def test_the_mean_is_steady_where_the_grid_says_so() -> None:
    """First-order agents that all step: the solved gap is rounding, the agents still differ."""
    cell = Cell("matching", "forward-gradient", 6, 0, 8, 4, 0, 1)
    found = stationary(population(cell), eta=0.02, nu=0.0, interaction="matching")
    assert cell.steady
    assert abs(found["gap"]) < 1e-12 < found["gamma"]


def test_stationary_values_are_the_limits_of_long_runs() -> None:
    """10^6 interactions by repeated squaring, and the same solved in balls."""
    cell = Cell("matching", "two-point", 6, 3, 8, 4, 1, 1)
    system = population(cell)
    method = Method(step_size=0.02, nu=0.003, interaction="matching", rounds=10**6, start=0.0)
    last = typed_moments(system, method, every=10**6)
    found = stationary(system, eta=0.02, nu=0.003, interaction="matching")
    exact = stationary(system, eta=0.02, nu=0.003, interaction="matching", ring=ball)
    for name, value in found.items():
        assert value == pytest.approx(getattr(last, name)[-1], rel=1e-9)
        assert value == pytest.approx(exact[name], rel=1e-9)


@pytest.mark.parametrize("interaction", ["pair", "matching"])
def test_second_moments_are_bounded_below_the_threshold_only(interaction: str) -> None:
    """The spectral radius passes 1 there."""
    cell = Cell(interaction, "forward-gradient", 6, 3, 8, 4, 1, 0)
    edge = threshold(interaction, 6, 3, 8, 4)
    for factor, stable in ((0.999, True), (1.001, False)):
        radius = spectral_radius(population(cell), eta=factor * edge, interaction=interaction)
        assert (radius < 1) == stable


@pytest.mark.parametrize("cell", SUBSET, ids=str)
def test_the_sharp_floor_is_valid_and_near(cell: Cell) -> None:
    """Never below the exact value; within 3 below the limit if the estimator is known exactly."""
    for row in rows([cell], fractions=(1 / 4, 1 / 64)):
        assert math.isnan(row["ratio"]) or row["ratio"] >= 1 - 1e-9
        assert math.isnan(row["gap_ratio"]) or row["gap_ratio"] >= 1 - 1e-9
        quadratic = row["quadratic_gap_ratio"]
        assert math.isnan(quadratic) or quadratic >= 1 - 1e-9
        assert row["x"] < 1
        assert row["limit_ratio"] >= 0.1
        if row["model"] != "two-point":
            assert math.isnan(row["ratio"]) or row["ratio"] <= 3
        if row["published"] is not None:
            assert row["sharp_gap"] <= row["published"]


@pytest.mark.parametrize("cell", SUBSET[::5], ids=str)
def test_a_floor_with_a_noise_too_small_is_caught(cell: Cell) -> None:
    """A tenth of the bound is below the exact value wherever that is not 0."""
    eta = limit(cell) / 64
    model = "two-point, exact" if cell.estimator == "two-point" else cell.estimator
    x, floor = bound(cell, model, eta, spread=SPREAD_WEIGHT)
    nu = values(cell, eta)["nu"]
    seen = settled(cell, eta=eta, nu=nu)
    exact = (1 - x) * seen["gap"] + seen["distance_sq"] / 2
    exact += SPREAD_WEIGHT * cell.kappa * seen["gamma"]
    assert exact == 0 or floor / 10 < exact <= floor
