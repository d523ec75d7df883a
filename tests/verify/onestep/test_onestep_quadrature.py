"""Certified quadrature and Hermite series: the error bounds hold, and are of use."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from onestep_cases import PROBLEMS

from hdo import Spec, build_problem
from verify.balls import Ball, BallArray, ball, balls
from verify.onestep import hermite
from verify.onestep.linear_rows import Sampled, gram, row_gradients, sampled
from verify.onestep.quadrature import Rule, hermite_rule, rule, widen
from verify.onestep.smoothness import enclosed_energy
from verify.onestep.two_point_rows import TwoPointRows

D = 4


def rows(kind: str, *, agents: int = 9) -> Any:
    """25 rows of four features, two or three an agent."""
    spec = Spec.from_dict(
        {"problem": PROBLEMS[kind], "population": {"agents": ["two-point"] * agents}}
    )
    whole: Any = build_problem(spec)
    return replace(whole, features=whole.features[:, :D])


def witch(nodes: BallArray) -> BallArray:
    """1/(1 + p^2/4): poles at +-2i, at most 4/3 in modulus in |Im p| <= 1."""
    return 1 / (1 + nodes * nodes / 4)


def integral(grid: Rule, *, bound: float = 4 / 3) -> Ball:
    """E witch(p) by the rule, widened by its bound."""
    plain = (witch(grid.nodes) * grid.weights).sum()
    return widen(np.array([plain]), np.array([bound * grid.error(0)]))[0]


EXACT = Ball(2) * (Ball.pi() / 2).sqrt() * Ball(2).exp() * (Ball(4) / 2).sqrt().erfc()
"""E 1/(1 + p^2/s^2) = s sqrt(pi/2) exp(s^2/2) erfc(s/sqrt 2), here with s = 2."""


@pytest.mark.parametrize("most", [14, 20, 28, 40, 56, 112, 400])
def test_a_coarse_rule_contains_the_exact_value(most: int) -> None:
    """From 15 nodes to many, the ball holds E 1/(1 + p^2/4) in closed form."""
    grid = rule(1.0, most=most)
    found = integral(grid)
    assert len(grid.nodes) <= most + 1
    assert found.contains(EXACT)
    assert float(found.rad()) < 300 * np.exp(-2 * np.pi / grid.step) + 1e-38


@pytest.mark.parametrize("most", [28, 40, 56])
def test_a_smaller_bound_would_be_wrong(most: int) -> None:
    """A rule that claims a strip beyond the pole at 2i misses the exact value."""
    honest = rule(1.0, most=most)
    assert not integral(replace(honest, strip=3.0)).contains(EXACT)


def test_degrees_without_a_proved_bound_are_refused() -> None:
    """The moments used in the bound are those up to the sixth."""
    with pytest.raises(ValueError, match="0 to 6"):
        rule(1.0).error(7)


@pytest.mark.parametrize("kind", ["logistic", "sigmoid"])
@pytest.mark.parametrize("nu", [1e-8, 0.3, 3.0])
def test_a_coarse_rule_contains_the_fine_moments_of_rows(kind: str, nu: float) -> None:
    """All moments of psi: from the rule for series (coarser) and from the rule for moments."""
    problem = rows(kind)
    x = balls([0.2, -0.4, 0.1, 0.7])
    coarse = sampled(problem, 0, x, ball(nu), coarsest=1.0).moments
    fine = sampled(problem, 0, x, ball(nu)).moments
    for first, second in zip(
        (*coarse.psi, coarse.square, coarse.square_pp),
        (*fine.psi, fine.square, fine.square_pp),
        strict=True,
    ):
        assert all(a.overlaps(b) for a, b in zip(first, second, strict=True))


def polynomial_rows() -> tuple[Sampled, BallArray]:
    """psi_r = a_r p + b_r p^2 at the nodes, and three unit vectors."""
    grid = hermite_rule(6.0)
    a, b = balls([1.0, -0.5, 2.0])[:, None], balls([0.5, 1.0, 0.25])[:, None]
    psi = a * grid.nodes + b * grid.nodes * grid.nodes
    slope = a + 2 * b * grid.nodes
    # a bound of 0: only the arithmetic is looked at
    vectors = balls([[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [0.0, -0.6, 0.8]])
    return Sampled(grid, psi, slope, balls([0.0] * 3)), vectors / (
        (vectors * vectors).sum(axis=1)[:, None] ** 0.5
    )


def gaussian_power(vectors: list[BallArray]) -> Ball:
    """E of the product of u.v over the vectors, by Isserlis' theorem."""
    if not vectors:
        return Ball(1)
    if len(vectors) % 2:
        return Ball(0)
    first, others = vectors[0], vectors[1:]
    return sum(
        (first @ v) * gaussian_power(others[:i] + others[i + 1 :]) for i, v in enumerate(others)
    )


def test_series_of_polynomials_agree_with_isserlis() -> None:
    """sum_{r != s} E[psi_r psi_s ||u||^2] for quadratics: the series ends by itself after k = 2."""
    data, e = polynomial_rows()
    found = hermite.crossed_energy(data, gram(e), 3, most=8, scale=Ball(1))
    a, b = (1.0, -0.5, 2.0), (0.5, 1.0, 0.25)
    wanted = Ball(0)
    units = balls(np.eye(3, dtype=int))
    for r, s in product(range(3), repeat=2):
        if r == s:
            continue
        for axis in units:
            square = [axis, axis]
            wanted += a[r] * a[s] * gaussian_power([e[r], e[s], *square])
            wanted += b[r] * b[s] * gaussian_power([e[r], e[r], e[s], e[s], *square])
    assert abs(found.mid() - wanted.mid()) < 1e-25
    assert abs(wanted) > 1


@pytest.mark.parametrize("kind", ["logistic", "sigmoid"])
@pytest.mark.parametrize("nu", [1e-3, 0.3, 3.0])
def test_energy_of_several_rows_agrees_with_tensor_quadrature(kind: str, nu: float) -> None:
    """E[D^2 ||u||^2] of f^i by a float64 product rule in the plane of its two rows."""
    problem = replace(rows(kind, agents=12), regularisation=0.0)
    agent = next(i for i, held in enumerate(problem.rows) if len(held) == 2)
    x = np.array([0.2, -0.4, 0.1, 0.7])
    found = TwoPointRows(problem, agent, balls(x), ball(nu), pairs=True).energy
    A, y = problem.features[problem.rows[agent]], problem.targets[problem.rows[agent]]
    basis = np.linalg.qr(A.T)[0].T
    nodes = np.arange(-240, 241) * 0.05
    weights = 0.05 * np.exp(-(nodes**2) / 2) / np.sqrt(2 * np.pi)
    p, q = nodes[:, None], nodes[None, :]
    D_u = np.zeros((len(nodes), len(nodes)))
    for row, target in zip(A, y, strict=True):
        z, along = row @ x, basis @ row
        shift = nu * (along[0] * p + along[1] * q)
        D_u += (problem.link.phi(z + shift, target) - problem.link.phi(z, target)) / nu
    scale = float(problem.scale[agent].p) / float(problem.scale[agent].q) / len(A)
    inside = scale**2 * D_u**2 * (p * p + q * q + D - 2)
    wanted = (inside * weights[:, None] * weights[None, :]).sum()
    assert abs(float(found.mid()) / wanted - 1) < 1e-9
    assert float(found.rad()) < 1e-18 * wanted


@pytest.mark.parametrize("most", [2, 4, 8, 16])
def test_a_short_series_contains_the_long_one(most: int) -> None:
    """Cut early, the rest that Parseval leaves is in the ball."""
    problem, x = rows("logistic"), balls([0.2, -0.4, 0.1, 0.7])
    data = sampled(problem, 0, x, ball(1.0), coarsest=1.0)
    cosines = gram(TwoPointRows(problem, 0, x, ball(1.0), pairs=True).data.unit)
    short, long = (
        hermite.crossed_energy(data, cosines, D, most=m, scale=Ball(1)) for m in (most, 200)
    )
    assert short.contains(long)
    assert float(long.rad()) < 1e-9 * float(short.rad())


def test_forgetting_the_rest_of_a_series_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail."""
    problem, x = rows("logistic"), balls([0.2, -0.4, 0.1, 0.7])
    data = sampled(problem, 0, x, ball(1.0), coarsest=1.0)
    cosines = gram(TwoPointRows(problem, 0, x, ball(1.0), pairs=True).data.unit)
    long = hermite.crossed_energy(data, cosines, D, most=200, scale=Ball(1))
    monkeypatch.setattr(hermite, "_rest", lambda *_: Ball(0))
    short = hermite.crossed_energy(data, cosines, D, most=4, scale=Ball(1))
    assert not short.overlaps(long)


@pytest.mark.parametrize("kind", ["logistic", "sigmoid"])
@pytest.mark.parametrize("nu", [1e-3, 1.0, 30.0, 300.0])
def test_the_energy_stays_within_its_bracket(kind: str, nu: float) -> None:
    """From Jensen's bound to the triangle inequality, also where no series converges."""
    found = TwoPointRows(rows(kind), 0, balls([0.2, -0.4, 0.1, 0.7]), ball(nu), pairs=True)
    # radii have 30 bits, so an intersection may reach out by as much
    bracket = found._bracket * (1 + Ball(0, 1e-8))
    assert bracket.contains(found.energy)
    assert found.energy.rad() <= found._bracket.rad()


def test_smoothness_encloses_what_the_series_finds() -> None:
    """The fallback for too many rows holds the exact energy, tightly as nu vanishes."""
    problem, x = rows("logistic"), balls([0.2, -0.4, 0.1, 0.7])
    for nu in (1e-6, 1e-2, 1.0):
        exact = TwoPointRows(problem, 0, x, ball(nu), pairs=True)
        g = row_gradients(problem, 0, x).sum(axis=0) / len(exact.data)
        wide = enclosed_energy(problem, 0, g, ball(nu))
        assert wide.contains(exact.energy)
        assert float(wide.rad()) < 100 * nu * float(exact.energy.mid())
