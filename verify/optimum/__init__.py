"""Ground truth: the minimiser of f and an enclosure of f*, one certified result a problem.

Exact in rationals or closed form where the problem allows; else cvxpy, polished, certified in
balls.
"""

from verify.optimum.enclosure import NoMinimiser, Optimum, OptimumError
from verify.optimum.exact import quadratic_minimiser
from verify.optimum.find import optimum

__all__ = ["NoMinimiser", "Optimum", "OptimumError", "optimum", "quadratic_minimiser"]
