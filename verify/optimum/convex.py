"""Convex linear models: cvxpy, Newton in float64, Newton in balls, and a certificate in balls.

Nothing the solver says enters the enclosure. The certificate of a point x is the gradient where f
is strongly convex, f* in [f(x) - ||g||^2/(2 l), f(x)] and ||x - x*|| <= ||g||/l, else a point of
the dual.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from hdo.problems import LinearModelProblem
from verify.balls import Ball, BallArray, ball, balls, widened
from verify.optimum.dual import dual_lower_bound, require_attained, ridge_minimiser
from verify.optimum.enclosure import CERTIFIED, Optimum, OptimumError
from verify.optimum.solver import solve

_GAP = 1e-10
"""upper - lower that must be reached, relative to max(1, |f*|)."""

_AIM = Ball(2) ** -200
"""Gradient norm at which the refinement in balls stops."""

_NEWTON_STEPS = 100
_BALL_STEPS = 8
_LEAST_SIZE = 1e-9
_RESOLUTION = 1e-14


def convex_optimum(problem: LinearModelProblem) -> Optimum:
    """Ridge, logistic or softmax; no `x_ball` for the last two without regularisation."""
    if problem.regularisation == 0:
        return _unregularised_optimum(problem)
    x = refined(problem, polished(problem, solve(problem)))
    gradient, value, convexity = problem.gradient(x), problem.value(x), ball(problem.regularisation)
    square = (gradient * gradient).sum()
    radius = square.sqrt() / convexity
    return _accepted(
        Optimum(
            x=_floats(x),
            x_ball=np.array([widened(c, radius) for c in x], dtype=object),
            lower=value - square / (2 * convexity),
            upper=value,
            status=CERTIFIED,
        )
    )


def _unregularised_optimum(problem: LinearModelProblem) -> Optimum:
    if problem.link.name == "ridge":
        x = ridge_minimiser(problem)
        value = problem.value(x)
        found = Optimum(x=_floats(x), x_ball=x, lower=value, upper=value, status=CERTIFIED)
        return _accepted(found)
    require_attained(problem)
    x = refined(problem, polished(problem, solve(problem)))
    lower = dual_lower_bound(problem, x)
    return _accepted(
        Optimum(x=_floats(x), x_ball=None, lower=lower, upper=problem.value(x), status=CERTIFIED)
    )


def _accepted(found: Optimum) -> Optimum:
    """`found`, if its enclosure of f* is finite and as narrow as promised."""
    gap, scale = found.upper - found.lower, max(1.0, abs(float(found.upper)))
    if not gap <= _GAP * scale:
        raise OptimumError(
            f"the enclosure of f* has width {float(gap):.3g}, more than {_GAP:.0e} max(1, |f*|); "
            "raise problem.regularisation, or rescale the features of problem.data"
        )
    return found


def _floats(x: BallArray) -> NDArray[np.float64]:
    return np.array([float(c.mid()) for c in x])


def polished(problem: LinearModelProblem, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Newton's method with step halving in float64, until the gradient no longer halves.

    While f can tell progress (slope above its resolution) it alone decides; then only the gradient
    can.
    """
    value, gradient = problem.value(x), problem.gradient(x)
    for _ in range(_NEWTON_STEPS):
        step = _newton_steps(problem, x)(gradient)
        slope, size = float(gradient @ step), 1.0
        visible = slope > _RESOLUTION * abs(value)
        while visible and not problem.value(x - size * step) <= value - size * slope / 4:
            size /= 2
            visible = size > _LEAST_SIZE
        trial = x - size * step
        new = problem.gradient(trial)
        if not visible and not np.linalg.norm(new) < np.linalg.norm(gradient) / 2:
            break
        x, value, gradient = trial, problem.value(trial), new
    return x


def refined(problem: LinearModelProblem, x: NDArray[np.float64]) -> BallArray:
    """Newton's method with the gradient in balls and one float64 Hessian: exact points (d,).

    Every step multiplies the gradient by about the relative error of the Hessian's solution.
    """
    newton, points = _newton_steps(problem, x), balls(x)
    best = None
    for _ in range(_BALL_STEPS):
        gradient = problem.gradient(points)
        norm = (gradient * gradient).sum().sqrt()
        if best is not None and not norm < best / 2:
            break
        best, kept = norm, points
        if norm < _AIM:
            break
        step = balls(newton(_floats(gradient)))
        points = np.array([(p - s).mid() for p, s in zip(points, step, strict=True)], dtype=object)
    return kept


def _newton_steps(
    problem: LinearModelProblem, x: NDArray[np.float64]
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """The map from a gradient to Newton's step at x, the shortest where the Hessian is singular."""
    hessian = problem.hessian(x)
    if problem.regularisation > 0:
        factor = cho_factor(hessian)
        return lambda gradient: np.asarray(cho_solve(factor, gradient))
    inverse = np.linalg.pinv(hessian, hermitian=True)
    return lambda gradient: np.asarray(inverse @ gradient)
