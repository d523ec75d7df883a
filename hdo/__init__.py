"""The system: objectives, estimators, interactions and the engine that runs Algorithm 1.

It runs and measures itself (its constants L, l, s, vs); it knows no bound and imports no other
room.
"""

from hdo.errors import InputError
from hdo.population import ESTIMATORS, ZEROTH, Population
from hdo.problems import Constant, Constants, Problem
from hdo.spec import Method, Spec, build_problem, load_spec

__all__ = [
    "ESTIMATORS",
    "ZEROTH",
    "Constant",
    "Constants",
    "InputError",
    "Method",
    "Population",
    "Problem",
    "Spec",
    "build_problem",
    "load_spec",
]
