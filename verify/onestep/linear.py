"""Linear models: samples by enumeration of rows, directions by quadrature; see `two_point_rows`.

Softmax of two classes is a logistic loss; of more it is enclosed, see `smoothness`.
"""

from functools import lru_cache

import numpy as np

from hdo.population import Population
from hdo.problems import LinearModelProblem
from verify.balls import Ball, BallArray, ball, balls
from verify.errors import NotExact
from verify.onestep.kinds import AgentMoments, Smoothed, averaged, sampled_norm_sq
from verify.onestep.linear_rows import as_margins, gram, row_gradients, rows_of
from verify.onestep.quadratic import Traces, form_energy
from verify.onestep.smoothness import enclosed_moments
from verify.onestep.two_point_rows import TwoPointRows, mean_curvature


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
        return enclosed_moments(problem, population, agent, x, nu)
    batch = population.batch
    rows = TwoPointRows(problem, agent, x, nu, pairs=batch != 1)
    single = rows.energies.sum() / len(rows.energies)
    one = single if batch == 1 else sampled_norm_sq(rows.energy, single, batch)
    mean_sq = sampled_norm_sq(rows.mean @ rows.mean, _mean_norm_sq(rows.means), batch)
    return AgentMoments(rows.mean, averaged(one, mean_sq, population.directions))


def smoothed(problem: LinearModelProblem, agent: int, x: BallArray, nu: Ball) -> Smoothed:
    """Smoothing of f^i: gap and gradient row by row; the energy, if asked for, by pairs of rows."""
    problem = as_margins(problem)
    if problem.link.multiclass:
        raise NotExact("smoothing a softmax loss is an integral in as many dimensions as classes")
    rows = TwoPointRows(problem, agent, x, nu, pairs=False)
    together = TwoPointRows(problem, agent, x, nu, pairs=True)
    loss = rows.parts.psi[0].sum() / len(rows.data)
    gap = nu * (loss + ball(problem.regularisation) * nu * problem.d / 2)
    return Smoothed(gap, rows.mean, lambda: together.energy)


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
    whole = Traces.of(mean_curvature(problem, agent), H) if name == "two-point" else None
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
