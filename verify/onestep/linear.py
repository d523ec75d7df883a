"""Linear models: samples by enumeration of rows, directions by one-dimensional quadrature.

One row gives F = s phi(a.x, y) + (r/2)||x||^2. Along u it sees p = a.u/||a|| only, so the two-point
difference is D = psi(p) + r x.u + (r nu/2)||u||^2 with psi(p) = s (phi(z + nu ||a|| p) -
phi(z))/nu. Splitting u into p and the d - 1 coordinates orthogonal to a leaves E[psi^j p^b] and
Gaussian moments.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hdo.population import Population
from hdo.problems import LinearModelProblem
from verify.balls import Ball, BallArray, ball, balls
from verify.onestep.errors import NotExact
from verify.onestep.kinds import AgentMoments, Smoothed, averaged
from verify.onestep.quadrature import rule, widen


@dataclass(frozen=True)
class RowData:
    """Rows as balls: features (m, p), ||a||^2 (m,), ||a|| (m,), targets."""

    a: BallArray
    norm_sq: BallArray
    norm: BallArray
    y: NDArray[np.object_]


@lru_cache(maxsize=64)
def _rows(problem: LinearModelProblem, agent: int) -> RowData:
    chosen = problem.rows[agent]
    a = balls(problem.features[chosen])
    norm_sq = (a * a).sum(axis=1)
    multiclass = problem.link.multiclass
    y = problem.targets[chosen] if multiclass else balls(problem.targets[chosen])
    return RowData(a, norm_sq, np.sqrt(norm_sq), y)


@dataclass(frozen=True)
class RowMoments:
    """psi_b = E[psi p^b], b = 0..4, and E[psi^2], E[psi^2 p^2]; each (m,)."""

    psi: tuple[BallArray, ...]
    square: BallArray
    square_pp: BallArray


def _scale(problem: LinearModelProblem, agent: int) -> Ball:
    return ball(problem.scale[agent])


def row_gradients(problem: LinearModelProblem, agent: int, x: BallArray) -> BallArray:
    """grad F(x, row) of every row of the agent, (m, d)."""
    data = _rows(problem, agent)
    slopes = problem.link.dphi(problem.predictions(data.a, x), data.y)
    if problem.link.multiclass:
        pulled = (slopes[:, :, None] * data.a[:, None, :]).reshape(len(data.a), -1)
    else:
        pulled = slopes[:, None] * data.a
    return _scale(problem, agent) * pulled + ball(problem.regularisation) * x


def _ridge_rows(data: RowData, scale: Ball, slopes: BallArray, nu: Ball) -> RowMoments:
    """psi = s phi' ||a|| p + s nu ||a||^2 p^2/2, a polynomial."""
    one, two = scale * slopes * data.norm, scale * nu * data.norm_sq / 2
    psi = (two, one, 3 * two, 3 * one, 15 * two)
    return RowMoments(psi, one * one + 3 * two * two, 3 * one * one + 15 * two * two)


def _quadrature_rows(
    problem: LinearModelProblem, data: RowData, scale: Ball, z: BallArray, nu: Ball
) -> RowMoments:
    """Certified quadrature for logistic and sigmoid losses.

    On |Im(z + nu ||a|| p)| <= pi/2 the logistic function s has |s'| and |s| at most 1 in modulus,
    so |psi(p)| <= scale ||a|| |p| there; its poles are at twice that height.
    """
    reach = float((nu * max(data.norm, key=float)).upper())
    # a hair below pi/(2 nu ||a||), so that rounding stays inside the strip
    grid = rule(math.pi * (1 - 1e-9) / (2 * reach) if reach > 0 else math.inf)
    base = problem.link.phi(z, data.y)
    shifted = z[:, None] + nu * data.norm[:, None] * grid.nodes[None, :]
    psi = scale / nu * (problem.link.phi(shifted, data.y[:, None]) - base[:, None])
    size = scale * data.norm
    powers = [grid.weights]
    for _ in range(4):
        powers.append(powers[-1] * grid.nodes)
    plain = tuple(widen(psi @ powers[b], size * grid.error(b + 1)) for b in range(5))
    squared = psi * psi
    return RowMoments(
        plain,
        widen(squared @ powers[0], size * size * grid.error(2)),
        widen(squared @ powers[2], size * size * grid.error(4)),
    )


def _row_moments(problem: LinearModelProblem, agent: int, x: BallArray, nu: Ball) -> RowMoments:
    data, scale = _rows(problem, agent), _scale(problem, agent)
    z = problem.predictions(data.a, x)
    if problem.kind == "ridge":
        return _ridge_rows(data, scale, problem.link.dphi(z, data.y), nu)
    return _quadrature_rows(problem, data, scale, z, nu)


def _unit(data: RowData) -> BallArray:
    """a/||a||, zero rows staying zero, (m, p)."""
    safe = balls([length if length > 0 else 1 for length in data.norm])
    return data.a / safe[:, None]


def _row_energies(
    problem: LinearModelProblem, agent: int, x: BallArray, nu: Ball, parts: RowMoments
) -> BallArray:
    """E[D^2 ||u||^2] of each row's two-point difference, (m,).

    With A = psi + alpha p + beta p^2 (alpha = r x.e, beta = r nu/2), R the squared length and y.v
    the regulariser's part in the m' = d - 1 orthogonal coordinates: E[(A + r y.v + beta R)^2 (p^2
    + R)].
    """
    r, others = ball(problem.regularisation), problem.d - 1
    along = _unit(_rows(problem, agent)) @ x
    alpha, beta = r * along, r * nu / 2
    rest = r * r * ((x @ x) - along * along)
    p0, p1, p2, p3, p4 = parts.psi
    mean = p0 + beta
    mean_pp = p2 + 3 * beta
    square = parts.square + alpha * alpha + 3 * beta * beta + 2 * alpha * p1 + 2 * beta * p2
    square_pp = parts.square_pp + 3 * alpha * alpha + 15 * beta * beta
    square_pp = square_pp + 2 * alpha * p3 + 2 * beta * p4
    r1, r2 = others, others * (others + 2)
    r3 = r2 * (others + 4)
    crossed = 2 * beta * (mean_pp * r1 + mean * r2)
    return square_pp + square * r1 + rest * (1 + others + 2) + beta * beta * (r2 + r3) + crossed


def _row_means(
    problem: LinearModelProblem, agent: int, x: BallArray, parts: RowMoments
) -> BallArray:
    """E[D u] = E[psi p] a/||a|| + r x of each row, (m, d)."""
    unit = _unit(_rows(problem, agent))
    return parts.psi[1][:, None] * unit + ball(problem.regularisation) * x


def _mean_norm_sq(rows: BallArray) -> Ball:
    return (rows * rows).sum() / len(rows)


def moments(
    problem: LinearModelProblem, population: Population, agent: int, x: BallArray, nu: Ball
) -> AgentMoments:
    """Exact over samples and directions; softmax and batches of several rows see `enclosed`."""
    if population.agents[agent] == "two-point":
        return _two_point(problem, population, agent, x, nu)
    gradients = row_gradients(problem, agent, x)
    g = gradients.sum(axis=0) / len(gradients)
    sample = _sampled_norm_sq(g, _mean_norm_sq(gradients), population.batch)
    if population.agents[agent] == "first-order":
        return AgentMoments(g, sample)
    return AgentMoments(g, averaged((problem.d + 2) * sample, sample, population.directions))


def _sampled_norm_sq(mean: BallArray, row_norm_sq: Ball, batch: int | None) -> Ball:
    """E||average of `batch` i.i.d. rows' vectors||^2; None is the mean over all rows."""
    centre = mean @ mean
    return centre if batch is None else centre + (row_norm_sq - centre) / batch


def _two_point(
    problem: LinearModelProblem, population: Population, agent: int, x: BallArray, nu: Ball
) -> AgentMoments:
    batch, single = population.batch, len(problem.rows[agent]) == 1
    if problem.link.multiclass or not (batch == 1 or single or problem.kind == "ridge"):
        return _enclosed(problem, population, agent, x, nu)
    parts = _row_moments(problem, agent, x, nu)
    means = _row_means(problem, agent, x, parts)
    m = means.sum(axis=0) / len(means)
    energies = _row_energies(problem, agent, x, nu, parts)
    one = energies.sum() / len(energies)
    if problem.kind == "ridge" and batch != 1:
        whole = _ridge_energy(problem, agent, x, nu)
        one = whole if batch is None else whole + (one - whole) / batch
    mean_sq = _sampled_norm_sq(m, _mean_norm_sq(means), batch)
    return AgentMoments(m, averaged(one, mean_sq, population.directions))


def _ridge_energy(problem: LinearModelProblem, agent: int, x: BallArray, nu: Ball) -> Ball:
    """E[D^2 ||u||^2] of f^i itself: a quadratic with A = (s/m) sum a a' + r I."""
    data, d = _rows(problem, agent), problem.d
    A = _scale(problem, agent) / len(data.a) * (data.a.T @ data.a)
    A = A + ball(problem.regularisation) * balls(np.eye(d, dtype=int))
    g = row_gradients(problem, agent, x).sum(axis=0) / len(data.a)
    trace = np.trace(A)
    bend = nu * nu / 4 * (d + 4) * (trace * trace + 2 * (A * A).sum())
    return (d + 2) * (g @ g) + bend


def _enclosed(
    problem: LinearModelProblem, population: Population, agent: int, x: BallArray, nu: Ball
) -> AgentMoments:
    """By smoothness: G = forward gradient + R u with |R| <= (nu/2) L ||u||^2.

    In the norm sqrt(E||.||^2), averages over directions and samples shorten, so ||G|| is within
    (nu L/2) sqrt(E||u||^6) = (nu L/2) sqrt(d (d+2) (d+4)) of the forward gradient; and ||grad f_nu
    - grad f|| <= nu L sqrt(d). L is that of the agent's single rows.
    """
    d = problem.d
    rows = row_gradients(problem, agent, x)
    g = rows.sum(axis=0) / len(rows)
    sample = _sampled_norm_sq(g, _mean_norm_sq(rows), population.batch)
    forward = averaged((d + 2) * sample, sample, population.directions).sqrt()
    L = row_smoothness(problem, agent)
    away = nu * L / 2 * Ball(d * (d + 2) * (d + 4)).sqrt()
    low, high = (forward - away).lower(), (forward + away).upper()
    low = low if low > 0 else Ball(0)
    return AgentMoments(g, (low * low).union(high * high), nu * L * Ball(d).sqrt())


def row_smoothness(problem: LinearModelProblem, agent: int) -> Ball:
    """L of the agent's single rows: s curvature max ||a||^2 + r."""
    largest = max(_rows(problem, agent).norm_sq, key=float).upper()
    curvature = ball(problem.link.curvature)
    return _scale(problem, agent) * curvature * largest + ball(problem.regularisation)


def smoothed(problem: LinearModelProblem, agent: int, x: BallArray, nu: Ball) -> Smoothed:
    """Smoothing of f^i: gap and gradient row by row; the energy for ridge or a single row."""
    if problem.link.multiclass:
        raise NotExact("smoothing a softmax loss is an integral in as many dimensions as classes")
    parts = _row_moments(problem, agent, x, nu)
    r, count = ball(problem.regularisation), len(parts.square)
    gap = nu * (parts.psi[0].sum() / count + r * nu * problem.d / 2)
    gradient = _row_means(problem, agent, x, parts).sum(axis=0) / count
    if problem.kind == "ridge":
        energy = _ridge_energy(problem, agent, x, nu)
    elif count == 1:
        energy = _row_energies(problem, agent, x, nu, parts)[0]
    else:
        energy = Ball("nan")
    return Smoothed(gap, gradient, energy)
