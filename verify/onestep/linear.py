"""Linear models: samples by enumeration of rows, directions by one-dimensional quadrature.

One row gives F = s phi(a.x, y) + (r/2)||x||^2. Along u it sees p = a.u/||a|| only, so the two-point
difference is D = psi(p) + r x.u + (r nu/2)||u||^2 with psi(p) = s (phi(z + nu ||a|| p) -
phi(z))/nu. Splitting u into p and the d - 1 coordinates orthogonal to a leaves E[psi^j p^b] and
Gaussian moments.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from hdo.population import Population
from hdo.problems import LinearModelProblem
from verify.balls import Ball, BallArray, ball, balls, widened
from verify.errors import NotExact
from verify.onestep.kinds import AgentMoments, Smoothed, averaged
from verify.onestep.quadrature import Rule, rule, widen


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
    grid = _grid(data, nu)
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


def _grid(data: RowData, nu: Ball) -> Rule:
    """The rule for these rows: the strip ends a hair below pi/(2 nu ||a||), against rounding."""
    reach = float((nu * max(data.norm, key=float)).upper())
    return rule(math.pi * (1 - 1e-9) / (2 * reach) if reach > 0 else math.inf)


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
    """Exact over samples and directions; for softmax and long batches see `_enclosed`."""
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
    affordable = batch == 1 or single or problem.kind == "ridge"
    if not affordable and not problem.link.multiclass:
        affordable = pair_nodes(problem, agent, nu) <= MOST_PAIR_NODES
    if problem.link.multiclass or not affordable:
        return _enclosed(problem, population, agent, x, nu)
    parts = _row_moments(problem, agent, x, nu)
    means = _row_means(problem, agent, x, parts)
    m = means.sum(axis=0) / len(means)
    energies = _row_energies(problem, agent, x, nu, parts)
    one = energies.sum() / len(energies)
    if batch != 1 and not single:
        whole = _whole_energy(problem, agent, x, nu, parts, energies)
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


def _whole_energy(
    problem: LinearModelProblem,
    agent: int,
    x: BallArray,
    nu: Ball,
    parts: RowMoments,
    energies: BallArray,
) -> Ball:
    """E[D^2 ||u||^2] of f^i itself, D = mean_r psi_r + l, l = r x.u + (r nu/2)||u||^2.

    E[D_r D_s ||u||^2] = C_rs + K_r + K_s + E[l^2 ||u||^2] with C_rs = E[psi_r psi_s ||u||^2], one
    two-dimensional integral a pair of rows, and K_r = E[psi_r l ||u||^2] known from row r alone.
    """
    if problem.kind == "ridge":
        return _ridge_energy(problem, agent, x, nu)
    r, d, count = ball(problem.regularisation), problem.d, len(energies)
    penalty = (d + 2) * r * r * (x @ x) + nu * nu / 4 * (d + 4) * r * r * (d * d + 2 * d)
    own = parts.square_pp + parts.square * (d - 1)
    crossed = (energies - own - penalty).sum()
    pairs = own.sum() + 2 * sum(
        (_pair_integral(problem, agent, x, nu, i, j) for i, j in combinations(range(count), 2)),
        start=Ball(0),
    )
    return pairs / (count * count) + crossed / count + penalty


MOST_PAIR_NODES = 400_000
"""Evaluations that the pairs of rows of one agent may cost (a second); beyond, see `_enclosed`."""


def pair_nodes(problem: LinearModelProblem, agent: int, nu: Ball) -> int:
    """Evaluations that the two-dimensional integrals of all pairs of the agent's rows take."""
    count = len(problem.rows[agent])
    return count * (count - 1) // 2 * len(_grid(_rows(problem, agent), nu).nodes) ** 2


def _pair_integral(
    problem: LinearModelProblem, agent: int, x: BallArray, nu: Ball, i: int, j: int
) -> Ball:
    """E[psi_i psi_j ||u||^2] with a_i.u = ||a_i|| p, a_j.u = ||a_j|| (cos p + sin q)."""
    data, scale, d = _rows(problem, agent), _scale(problem, agent), problem.d
    grid = _grid(data, nu)
    if not (data.norm[i] > 0 and data.norm[j] > 0):
        return Ball(0)
    cosine = data.a[i] @ data.a[j] / (data.norm[i] * data.norm[j])
    rest = 1 - cosine * cosine
    sine = rest.sqrt() if rest > 0 else Ball(0).union(rest.upper().sqrt())
    if d == 1:
        sine = Ball(0)
    p, q = grid.nodes[:, None], grid.nodes[None, :]
    first = _psi(problem, data, scale, nu, x, i, p)
    second = _psi(problem, data, scale, nu, x, j, cosine * p + sine * q)
    norm_sq = p * p + (q * q + (d - 2) if d > 1 else 0 * q)
    values = first * second * norm_sq * grid.weights[:, None] * grid.weights[None, :]
    size = scale * scale * data.norm[i] * data.norm[j]
    return widened(values.sum(), size * grid.error_2d(d))


def _psi(
    problem: LinearModelProblem,
    data: RowData,
    scale: Ball,
    nu: Ball,
    x: BallArray,
    row: int,
    along: BallArray,
) -> BallArray:
    """psi of one row at the given coordinates a.u/||a||."""
    z, y = data.a[row] @ x, data.y[row]
    base = problem.link.phi(np.array([z], dtype=object), y)[0]
    return scale / nu * (problem.link.phi(z + nu * data.norm[row] * along, y) - base)


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
    if problem.kind == "ridge" or pair_nodes(problem, agent, nu) <= MOST_PAIR_NODES:
        energies = _row_energies(problem, agent, x, nu, parts)
        energy = _whole_energy(problem, agent, x, nu, parts, energies)
    else:
        energy = Ball("nan")
    return Smoothed(gap, gradient, energy)
