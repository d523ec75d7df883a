"""What ground truth is: a point, balls around the minimiser and around f*."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hdo.errors import InputError
from hdo.ring import frozen
from verify.balls import Ball, BallArray, between

EXACT = "exact"
CERTIFIED = "certified"
ENCLOSED = "enclosed"


class OptimumError(RuntimeError):
    """The ground truth could not be certified; the message says what to do."""


class NoMinimiser(InputError, OptimumError):
    """The input has no definite optimum; the message names the key to change."""


@dataclass(frozen=True, eq=False)
class Optimum:
    """lower <= f* <= upper, and a point x (float64, (d,)) that attains or nearly attains it.

    `x_ball` (d,) encloses the minimiser, or is None where it is not unique or not known. `lower`
    and `upper` are exact balls (radius 0) at the precision of `verify.balls`. `status`: "exact"
    (closed form), "certified" (convex: bounded by the gradient or by the dual), "enclosed"
    (non-convex: proved lower bound, best point found).
    """

    x: NDArray[np.float64]
    x_ball: BallArray | None
    lower: Ball
    upper: Ball
    status: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "x", frozen(np.asarray(self.x, dtype=float)))
        object.__setattr__(self, "lower", self.lower.lower())
        object.__setattr__(self, "upper", self.upper.upper())
        if self.x_ball is not None:
            object.__setattr__(self, "x_ball", frozen(self.x_ball))
        if not self.lower <= self.upper:
            raise OptimumError(f"lower = {self.lower} must not exceed upper = {self.upper}")

    @property
    def f_star(self) -> Ball:
        """The ball that holds f*."""
        return between(self.lower, self.upper)
