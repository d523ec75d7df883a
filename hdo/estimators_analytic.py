"""Which losses extend analytically to complex points, and how far: the complex step needs it."""

import math

import numpy as np

from hdo.errors import InputError
from hdo.problems.base import Problem
from hdo.problems.linear import LinearModelProblem
from hdo.problems.separable import KinkedProblem


def analytic_radius(problem: Problem) -> float:
    """A radius r such that every F^i(x + i h u, xi) is analytic in h for |h| < r, ||u|| = 1.

    Quadratic, cosine and ridge losses are entire. log(1 + e^z) and 1/(1 + e^-z) are analytic for
    |Im z| < pi, which |h| ||a|| < pi ensures for the row a; log sum_k e^{z_k} where the imaginary
    parts of the z_k differ by less than pi (the sum then lies in an open half plane), which
    sqrt(2) |h| ||a|| < pi ensures. A kink extends nowhere: 0.
    """
    if isinstance(problem, KinkedProblem):
        return 0.0
    if not isinstance(problem, LinearModelProblem) or problem.kind == "ridge":
        return math.inf
    longest = float(np.sqrt((problem.features**2).sum(axis=1)).max())
    reach = math.sqrt(2) * longest if problem.link.multiclass else longest
    return math.pi / reach if reach > 0 else math.inf


def require_analytic(problem: Problem, *, nu: float) -> None:
    """InputError unless the complex step with this nu stays where the losses are analytic."""
    radius = analytic_radius(problem)
    if radius == 0:
        expected = 'a kind that extends analytically, as "complex-step" agents need it'
        raise InputError("problem.kind", problem.kind, expected)
    if not nu < radius:
        expected = f'a number < {radius:.6g} for "complex-step" agents (the loss is analytic there)'
        raise InputError("method.smoothing", nu, expected)
