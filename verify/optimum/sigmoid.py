"""The sigmoid loss is not convex: a proved lower bound and the best point found."""

import numpy as np
from numpy.typing import NDArray

from hdo.problems import LinearModelProblem
from verify.balls import Ball, balls
from verify.optimum.enclosure import ENCLOSED, Optimum

_STARTS = 8
_SEED = 0


def sigmoid_optimum(problem: LinearModelProblem) -> Optimum:
    """0 <= f* <= f at the best of some descents: every row's loss and the regulariser are >= 0.

    The starts are 0 and Gaussian points of growing size from a fixed seed.
    """
    x = min((_descend(problem, start) for start in _starts(problem)), key=problem.value)
    return Optimum(x=x, x_ball=None, lower=Ball(0), upper=problem.value(balls(x)), status=ENCLOSED)


def _starts(problem: LinearModelProblem) -> list[NDArray[np.float64]]:
    rng = np.random.default_rng(_SEED)
    sizes = 2.0 ** np.arange(_STARTS - 1)
    random = rng.standard_normal((_STARTS - 1, problem.d)) * sizes[:, None] / np.sqrt(problem.d)
    return [np.zeros(problem.d), *random]


def _descend(problem: LinearModelProblem, start: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.optimize import minimize

    found = minimize(problem.value, start, jac=problem.gradient, method="L-BFGS-B")
    return np.asarray(found.x, dtype=float)
