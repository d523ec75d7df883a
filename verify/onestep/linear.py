"""Linear models: samples by enumeration of rows, directions by quadrature; see `linear_rows`.

The two-point difference of one row is D = psi(p) + r x.u + (r nu/2)||u||^2. Splitting u into p and
the d - 1 coordinates orthogonal to a leaves E[psi^j p^b] and Gaussian moments; batches of several
rows need E[psi psi' ||u||^2] for pairs of rows as well, from `hermite`. Ridge is a quadratic, in
closed form; softmax of more than two classes is enclosed, see `smoothness`.
"""

from collections.abc import Callable
from functools import lru_cache

import flint
import numpy as np

from hdo.population import Population
from hdo.problems import LinearModelProblem
from verify.balls import Ball, BallArray, ball, balls
from verify.errors import NotExact
from verify.onestep import smoothness
from verify.onestep.hermite import MOST_TERMS, crossed_energy
from verify.onestep.kinds import AgentMoments, Smoothed, averaged, sampled_norm_sq
from verify.onestep.linear_rows import (
    RowMoments,
    Sampled,
    as_margins,
    ridge_moments,
    row_gradients,
    rows_of,
    sampled,
)
from verify.onestep.quadratic import Traces, bend, form_energy

MOST_PAIR_PRODUCTS = 2_000_000
"""Products that the Hermite series of one agent's pairs of rows may take (half a second)."""

FEWEST_TERMS = 6
"""A shorter series is no better than an enclosure by smoothness."""


def _row_energies(
    problem: LinearModelProblem, agent: int, x: BallArray, nu: Ball, parts: RowMoments
) -> BallArray:
    """E[D^2 ||u||^2] of each row's two-point difference, (m,).

    With A = psi + alpha p + beta p^2 (alpha = r x.e, beta = r nu/2), R the squared length and y.v
    the regulariser's part in the m' = d - 1 orthogonal coordinates: E[(A + r y.v + beta R)^2 (p^2
    + R)].
    """
    r, others = ball(problem.regularisation), problem.d - 1
    along = rows_of(problem, agent).unit @ x
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
    unit = rows_of(problem, agent).unit
    return parts.psi[1][:, None] * unit + ball(problem.regularisation) * x


def _mean_norm_sq(rows: BallArray) -> Ball:
    return (rows * rows).sum() / len(rows)


def moments(
    problem: LinearModelProblem, population: Population, agent: int, x: BallArray, nu: Ball
) -> AgentMoments:
    """Exact over samples and directions; for softmax of three classes and more an enclosure."""
    if population.agents[agent] == "two-point":
        return _two_point(as_margins(problem), population, agent, x, nu)
    gradients = row_gradients(problem, agent, x)
    g = gradients.sum(axis=0) / len(gradients)
    sample = sampled_norm_sq(g @ g, _mean_norm_sq(gradients), population.batch)
    if population.agents[agent] == "first-order":
        return AgentMoments(g, sample)
    return AgentMoments(g, averaged((problem.d + 2) * sample, sample, population.directions))


def _two_point(
    problem: LinearModelProblem, population: Population, agent: int, x: BallArray, nu: Ball
) -> AgentMoments:
    if problem.link.multiclass:
        return smoothness.enclosed_moments(problem, population, agent, x, nu)
    batch, pairs = population.batch, len(rows_of(problem, agent)) > 1
    needs_pairs = batch != 1 and pairs and problem.kind != "ridge"
    parts, grid = _row_moments(problem, agent, x, nu, pairs=needs_pairs)
    means = _row_means(problem, agent, x, parts)
    m = means.sum(axis=0) / len(means)
    energies = _row_energies(problem, agent, x, nu, parts)
    one = energies.sum() / len(energies)
    if batch != 1 and pairs:
        whole = _whole_energy(problem, agent, x, nu, energies, grid)
        one = sampled_norm_sq(whole, one, batch)
    mean_sq = sampled_norm_sq(m @ m, _mean_norm_sq(means), batch)
    return AgentMoments(m, averaged(one, mean_sq, population.directions))


def _row_moments(
    problem: LinearModelProblem, agent: int, x: BallArray, nu: Ball, *, pairs: bool
) -> tuple[RowMoments, Sampled | None]:
    """Moments of psi and, unless it is a polynomial (ridge), what they were computed from."""
    if problem.kind == "ridge":
        return ridge_moments(problem, agent, x, nu), None
    grid = sampled(problem, agent, x, nu, pairs=pairs)
    return grid.moments, grid


def _mean_curvature(problem: LinearModelProblem, agent: int) -> BallArray:
    """A = (s/m) sum a a' + r I of ridge's f^i, (d, d)."""
    data = rows_of(problem, agent)
    return data.scale / len(data) * (data.a.T @ data.a) + ball(problem.regularisation) * balls(
        np.eye(problem.d, dtype=int)
    )


def _whole_energy(
    problem: LinearModelProblem,
    agent: int,
    x: BallArray,
    nu: Ball,
    energies: BallArray,
    grid: Sampled | None,
) -> Ball:
    """E[D^2 ||u||^2] of f^i itself, D = mean_r psi_r + l, l = r x.u + (r nu/2)||u||^2.

    E[D_r D_s ||u||^2] = C_rs + K_r + K_s + E[l^2 ||u||^2] with C_rs = E[psi_r psi_s ||u||^2], one
    series a pair of rows, and K_r = E[psi_r l ||u||^2] known from row r alone.
    """
    data, d, count = rows_of(problem, agent), problem.d, len(energies)
    g = row_gradients(problem, agent, x).sum(axis=0) / count
    if grid is None:
        return (d + 2) * (g @ g) + bend(_mean_curvature(problem, agent), nu)
    most = min(MOST_TERMS, MOST_PAIR_PRODUCTS // (count * count))
    if most < FEWEST_TERMS:
        return smoothness.enclosed_energy(problem, agent, g, nu)
    r = ball(problem.regularisation)
    penalty = (d + 2) * r * r * (x @ x) + nu * nu / 4 * (d + 4) * r * r * (d * d + 2 * d)
    own = grid.moments.square_pp + grid.moments.square * (d - 1)
    crossed = (energies - own - penalty).sum()
    pairs = own.sum()
    if count > 1:
        pairs += crossed_energy(grid, gram(data.unit), d, most=most, scale=pairs)
    return pairs / (count * count) + crossed / count + penalty


def gram(vectors: BallArray) -> BallArray:
    """V V' of the rows of V, (m, m)."""
    matrix = flint.arb_mat(vectors.tolist())
    return np.array((matrix * matrix.transpose()).tolist(), dtype=object)


def smoothed(problem: LinearModelProblem, agent: int, x: BallArray, nu: Ball) -> Smoothed:
    """Smoothing of f^i: gap and gradient row by row; the energy, if asked for, by pairs of rows."""
    problem = as_margins(problem)
    if problem.link.multiclass:
        raise NotExact("smoothing a softmax loss is an integral in as many dimensions as classes")
    parts, _ = _row_moments(problem, agent, x, nu, pairs=False)
    r, count = ball(problem.regularisation), len(parts.square)
    gap = nu * (parts.psi[0].sum() / count + r * nu * problem.d / 2)
    gradient = _row_means(problem, agent, x, parts).sum(axis=0) / count
    return Smoothed(gap, gradient, _energy_of(problem, agent, x, nu))


def _energy_of(
    problem: LinearModelProblem, agent: int, x: BallArray, nu: Ball
) -> Callable[[], Ball]:
    def energy() -> Ball:
        parts, grid = _row_moments(problem, agent, x, nu, pairs=True)
        energies = _row_energies(problem, agent, x, nu, parts)
        return _whole_energy(problem, agent, x, nu, energies, grid)

    return energy


@lru_cache(maxsize=64)
def curvature_range(problem: LinearModelProblem) -> tuple[Ball, Ball]:
    """Bounds on the eigenvalues of the Hessian of f anywhere, from the Frobenius norm of A'A/N.

    The Hessian of the mean loss is between 0 (or its negative, where the loss is not convex) and
    the link's curvature times A'A/N.
    """
    a = balls(problem.features)
    covariance = gram(a.T) / len(a)
    size = ball(problem.link.curvature) * (covariance * covariance).sum().sqrt()
    r = ball(problem.regularisation)
    return (r if problem.link.convex else r - size), r + size


def ridge_energy_in(
    H: BallArray,
    problem: LinearModelProblem,
    population: Population,
    agent: int,
    x: BallArray,
    nu: Ball,
) -> Ball:
    """E_t[G' H G] of ridge for a symmetric (d, d) matrix H.

    Given the sample it is a quadratic form of the sample's gradient and curvature, so a batch of b
    rows has 1/b of the rows' mean and 1 - 1/b of the value for f^i.
    """
    data, trace_H = rows_of(problem, agent), np.trace(H)
    name, rv = population.agents[agent], population.directions
    rows = row_gradients(problem, agent, x)
    g = rows.sum(axis=0) / len(rows)
    single = _row_traces(problem, agent, H) if name == "two-point" else None
    whole = Traces.of(_mean_curvature(problem, agent), H) if name == "two-point" else None
    forms = ((rows @ H) * rows).sum(axis=1)
    form = sampled_norm_sq(g @ H @ g, forms.sum() / len(data), population.batch)
    if name == "first-order":
        return form
    each = form_energy((rows * rows).sum(axis=1), forms, trace_H, single, nu)
    mean = form_energy(g @ g, g @ H @ g, trace_H, whole, nu)
    one = sampled_norm_sq(mean, each.sum() / len(data), population.batch)
    return averaged(one, form, rv)


def _row_traces(problem: LinearModelProblem, agent: int, H: BallArray) -> Traces:
    """For A = s a a' + r I of every row; each (m,)."""
    data, r, d = rows_of(problem, agent), ball(problem.regularisation), problem.d
    stretch, trace_H = data.scale * data.norm_sq, np.trace(H)
    along = data.scale * ((data.a @ H) * data.a).sum(axis=1)
    return Traces(
        stretch + r * d,
        stretch * stretch + 2 * r * stretch + r * r * d,
        along + r * trace_H,
        (stretch + 2 * r) * along + r * r * trace_H,
    )
