"""Exact expectations over whole runs on quadratics: no sampling, and T at the cost of log T.

float64 for `hdo moments`, balls for the claims about trajectories. It knows no bound.
"""

from verify.errors import NotExact
from verify.trajectory.measured import TRAJECTORY_QUANTITIES, measure_trajectory
from verify.trajectory.moments import Moments, moments, typed_moments
from verify.trajectory.on_graph import measure_on_graph
from verify.trajectory.types import TypedQuadratic, types_of

__all__ = [
    "TRAJECTORY_QUANTITIES",
    "Moments",
    "NotExact",
    "TypedQuadratic",
    "measure_on_graph",
    "measure_trajectory",
    "moments",
    "typed_moments",
    "types_of",
]
