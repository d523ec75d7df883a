"""Quadratics: every moment of every estimator in closed form.

With u ~ N(0, I): E[(u.g)^2 u u'] = ||g||^2 I + 2 g g', E[(u'Au)^2 u u'] = ((tr A)^2 + 2 tr A^2) I +
4 tr(A) A + 8 A^2, and the cross terms are odd (Isserlis).
"""

from dataclasses import dataclass
from typing import Any

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
    gap = nu * nu * np.trace(A) / 2
    return Smoothed(gap, g, lambda: (problem.d + 2) * (g @ g) + bend(A, nu))


def bend(A: BallArray, nu: Ball) -> Ball:
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
        one = one + bend(curvature_matrix(problem, agent), nu)
    return AgentMoments(g, averaged(one, sample, population.directions))


@dataclass(frozen=True)
class Traces:
    """tr A, tr A^2, tr AH and tr A^2 H of symmetric matrices; balls, or arrays of one shape."""

    a: Ball | BallArray
    aa: Ball | BallArray
    ah: Ball | BallArray
    aah: Ball | BallArray

    @staticmethod
    def of(A: BallArray, H: BallArray) -> "Traces":
        """Of one pair of (d, d) matrices."""
        AH = A @ H
        return Traces(np.trace(A), (A * A).sum(), np.trace(AH), (A * AH).sum())


def form_energy(norm_sq: Any, form: Any, trace_H: Ball, curved: Traces | None, nu: Ball) -> Any:
    """E[G' H G] given the sample, of one direction: balls, or arrays of one shape.

    `norm_sq` is ||g||^2 and `form` g' H g of the sample's gradient; `curved` the sample's curvature
    for a two-point estimate, None for a forward gradient.
    """
    flat = norm_sq * trace_H + 2 * form
    if curved is None:
        return flat
    spread = (curved.a * curved.a + 2 * curved.aa) * trace_H
    return flat + nu * nu / 4 * (spread + 4 * curved.a * curved.ah + 8 * curved.aah)


def energy_in(
    H: BallArray,
    problem: QuadraticProblem,
    population: Population,
    agent: int,
    x: BallArray,
    nu: Ball,
) -> Ball:
    """E_t[G' H G] for a symmetric (d, d) matrix H."""
    g, noise, trace_H = gradient(problem, agent, x), ball(problem.noise), np.trace(H)
    form = g @ H @ g + noise * trace_H / problem.d
    name = population.agents[agent]
    if name == "first-order":
        return form
    curved = None
    if name == "two-point":
        curved = Traces.of(curvature_matrix(problem, agent), H)
    return averaged(
        form_energy(g @ g + noise, form, trace_H, curved, nu), form, population.directions
    )
