"""The objectives: each evaluates itself in any ring, runs in JAX, and measures its own constants.

Quadratic, kinked and cosine ones carry additive noise; linear models carry data, and sample its
rows.
"""

from hdo.problems.base import AdditiveNoiseProblem, Constant, Constants, Problem
from hdo.problems.linear import LinearModelProblem
from hdo.problems.links import LINKS, Link
from hdo.problems.quadratic import QuadraticProblem
from hdo.problems.separable import CosineProblem, KinkedProblem, SeparableProblem

__all__ = [
    "LINKS",
    "AdditiveNoiseProblem",
    "Constant",
    "Constants",
    "CosineProblem",
    "KinkedProblem",
    "LinearModelProblem",
    "Link",
    "Problem",
    "QuadraticProblem",
    "SeparableProblem",
]
