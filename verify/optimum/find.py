"""One way in: the optimum of any problem."""

from collections.abc import Callable
from functools import lru_cache

from hdo.errors import InputError
from hdo.problems import CosineProblem, KinkedProblem, LinearModelProblem, Problem, QuadraticProblem
from verify.optimum.convex import convex_optimum
from verify.optimum.enclosure import NoMinimiser, Optimum
from verify.optimum.exact import cosine_optimum, kinked_optimum, quadratic_optimum
from verify.optimum.sigmoid import sigmoid_optimum

_REMEMBERED = 64


@lru_cache(maxsize=_REMEMBERED)
def optimum(problem: Problem) -> Optimum:
    """The certified optimum of f = (1/n) sum_i f^i; computed once a problem object.

    Raises `OptimumError` where the solver's status is not "optimal" or the certificate fails, and
    its subclass `NoMinimiser` (an InputError too) where the infimum is not attained; both say what
    to do.
    """
    if isinstance(problem, QuadraticProblem):
        _check_centres_are_fixed(problem)
        return quadratic_optimum(problem)
    if isinstance(problem, KinkedProblem):
        return kinked_optimum(problem)
    if isinstance(problem, CosineProblem):
        return cosine_optimum(problem)
    if isinstance(problem, LinearModelProblem):
        solve: Callable[[LinearModelProblem], Optimum] = (
            convex_optimum if problem.link.convex else sigmoid_optimum
        )
        return solve(problem)
    raise InputError("problem.kind", problem.kind, "a kind whose optimum is known how to certify")


def _check_centres_are_fixed(problem: QuadraticProblem) -> None:
    if any(problem.centre_variance):
        expected = "0 for an optimum (with random centres it is random: use moments)"
        raise NoMinimiser("problem.group_centres.variance", list(problem.centre_variance), expected)
