"""Enclosures of two-point moments by smoothness, where no exact value is at hand.

F(x + nu u) - F(x) = nu g.u + nu^2 R with |R| <= B(u)/2, B a bound on the curvature along u: the
estimate is the forward gradient plus nu R u, so by the triangle inequality of sqrt(E||.||^2) its
second moment is known up to that of the latter. Narrow for small nu.
"""

from hdo.population import Population
from hdo.problems import LinearModelProblem
from verify.balls import Ball, BallArray, ball, between
from verify.onestep.kinds import AgentMoments, averaged, sampled_norm_sq
from verify.onestep.linear_rows import largest, row_gradients, rows_of


def _between_squares(centre: Ball, away: Ball) -> Ball:
    """The squares of the numbers >= 0 within `away` of `centre`."""
    low, high = Ball(0).max((centre - away).lower()), (centre + away).upper()
    return between(low * low, high * high)


def enclosed_moments(
    problem: LinearModelProblem, population: Population, agent: int, x: BallArray, nu: Ball
) -> AgentMoments:
    """Moments of a two-point agent on rows with losses of K = `classes` linear forms.

    The row's loss bends by at most s c ||a||^2 ||p||^2 along u, c the link's curvature and p the K
    coordinates of u that it sees, and the regulariser by r ||u||^2. With E[||p||^4 ||u||^2] = K
    (K+2) (d+4) and E||u||^6 = d (d+2) (d+4) that gives the error's size; the samples and directions
    of an average shorten it. The mean errs by the loss only, at most nu s c ||a||^2 E||p||.
    """
    d, K, r = problem.d, problem.classes, ball(problem.regularisation)
    data, rows = rows_of(problem, agent), row_gradients(problem, agent, x)
    g = rows.sum(axis=0) / len(rows)
    sample = sampled_norm_sq(g @ g, (rows * rows).sum() / len(rows), population.batch)
    forward = averaged((d + 2) * sample, sample, population.directions).sqrt()
    bends = data.scale * ball(problem.link.curvature) * data.norm_sq
    loss = ((bends * bends).sum() / len(data) * (K * (K + 2) * (d + 4))).sqrt()
    away = nu / 2 * (loss + r * Ball(d * (d + 2) * (d + 4)).sqrt())
    blur = nu * bends.sum() / len(data) * Ball(K).sqrt()
    return AgentMoments(g, _between_squares(forward, away), blur)


def enclosed_energy(problem: LinearModelProblem, agent: int, g: BallArray, nu: Ball) -> Ball:
    """(1/nu^2) E[(f^i(x + nu u) - f^i(x))^2 ||u||^2] by the rows' smoothness; g = grad f^i(x)."""
    d, data = problem.d, rows_of(problem, agent)
    steepest = data.scale * ball(problem.link.curvature) * largest(data.norm_sq)
    L = steepest + ball(problem.regularisation)
    away = nu * L / 2 * Ball(d * (d + 2) * (d + 4)).sqrt()
    return _between_squares(((d + 2) * (g @ g)).sqrt(), away)
