"""Quadratics: every moment of every estimator in closed form.

With u ~ N(0, I): E[(u.g)^2 u u'] = ||g||^2 I + 2 g g', E[(u'Au)^2 u u'] = ((tr A)^2 + 2 tr A^2) I +
4 tr(A) A + 8 A^2, and the cross terms are odd (Isserlis).
"""

import numpy as np

from hdo.population import Population
from hdo.problems import QuadraticProblem
from hdo.ring import lift
from verify.balls import Ball, BallArray, ball
from verify.errors import NotExact
from verify.onestep.kinds import AgentMoments, Smoothed, averaged

_LIKE = np.array([Ball(0)], dtype=object)


def curvature_matrix(problem: QuadraticProblem, agent: int) -> BallArray:
    """A_i as a (d, d) matrix of balls."""
    stored = lift(problem.curvatures[agent], like=_LIKE)
    return stored * lift(np.eye(problem.d, dtype=int), like=_LIKE) if stored.ndim == 1 else stored


def gradient(problem: QuadraticProblem, agent: int, x: BallArray) -> BallArray:
    """grad f^i(x) = A_i (x - b_i)."""
    if any(problem.centre_variance):
        raise NotExact("one-step evidence needs fixed centres; these are random")
    away = x - lift(problem.centres[agent], like=_LIKE)
    stored = lift(problem.curvatures[agent], like=_LIKE)
    return stored * away if stored.ndim == 1 else stored @ away


def smoothed(problem: QuadraticProblem, agent: int, x: BallArray, nu: Ball) -> Smoothed:
    """f_nu = f + nu^2 tr(A)/2; the gradient stays."""
    g, A = gradient(problem, agent, x), curvature_matrix(problem, agent)
    energy = (problem.d + 2) * (g @ g) + _bend_energy(A, nu)
    return Smoothed(nu * nu * np.trace(A) / 2, g, energy)


def _bend_energy(A: BallArray, nu: Ball) -> Ball:
    """(nu^2/4) E[(u'Au)^2 ||u||^2] = (nu^2/4) (d+4) ((tr A)^2 + 2 tr A^2)."""
    trace = np.trace(A)
    return nu * nu / 4 * (len(A) + 4) * (trace * trace + 2 * (A * A).sum())


def moments(
    problem: QuadraticProblem, population: Population, agent: int, x: BallArray, nu: Ball
) -> AgentMoments:
    """m = grad f^i(x) for every estimator; E||G||^2 in closed form."""
    g, noise, d = gradient(problem, agent, x), ball(problem.noise), problem.d
    sample = g @ g + noise
    name = population.agents[agent]
    if name == "first-order":
        return AgentMoments(g, sample)
    one = (d + 2) * sample
    if name == "two-point":
        one = one + _bend_energy(curvature_matrix(problem, agent), nu)
    return AgentMoments(g, averaged(one, sample, population.directions))


def energy_in(
    H: BallArray,
    problem: QuadraticProblem,
    population: Population,
    agent: int,
    x: BallArray,
    nu: Ball,
) -> Ball:
    """E_t[G' H G] for a symmetric (d, d) matrix H."""
    g, d = gradient(problem, agent, x), problem.d
    trace_H = np.trace(H)
    noise = ball(problem.noise)
    sample_H = g @ H @ g + noise * trace_H / d
    name = population.agents[agent]
    if name == "first-order":
        return sample_H
    one = (g @ g + noise) * trace_H + 2 * sample_H
    if name == "two-point":
        A = curvature_matrix(problem, agent)
        trace = np.trace(A)
        one = one + nu * nu / 4 * (
            (trace * trace + 2 * (A * A).sum()) * trace_H
            + 4 * trace * (A * H).sum()
            + 8 * ((A @ A) * H).sum()
        )
    return averaged(one, sample_H, population.directions)
