"""Exact one-step evidence: E_t of every left-hand side, for agents anywhere, in ball arithmetic.

Pairs by identities and by enumeration; Gaussian directions in closed form or by certified
quadrature; samples by enumeration. Nothing here knows a bound.
"""

from verify.errors import NotExact
from verify.onestep.measure import QUANTITIES, StepMeasurement, measure_step

__all__ = ["QUANTITIES", "NotExact", "StepMeasurement", "measure_step"]
