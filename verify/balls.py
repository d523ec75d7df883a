"""Ball arithmetic for exact evidence: numpy object arrays of `flint.arb` at one working
precision."""

from collections.abc import Iterable

import flint
import numpy as np
from numpy.typing import ArrayLike, NDArray

PRECISION_BITS = 256
flint.ctx.prec = PRECISION_BITS

Ball = flint.arb
"""A real number known to lie in [mid - rad, mid + rad]; every operation keeps the enclosure."""

BallArray = NDArray[np.object_]
"""A numpy object array whose elements are balls."""


def ball(value: float | int | flint.fmpq | Ball) -> Ball:
    """The ball that holds exactly this number (floats are taken as the dyadic they are)."""
    return value if isinstance(value, Ball) else Ball(value)


def balls(values: ArrayLike) -> BallArray:
    """An object array of balls of the same shape as `values`."""
    source = np.asarray(values, dtype=object)
    out = np.empty(source.shape, dtype=object)
    out.ravel()[:] = [ball(v) for v in source.ravel()]
    return out


def total(values: Iterable[Ball]) -> Ball:
    """The sum of the balls; zero when there are none."""
    return sum(values, start=Ball(0))


def widened(centre: Ball, radius: Ball | float) -> Ball:
    """The ball around `centre` that also covers an error of at most `radius` (>= 0)."""
    return centre + Ball(0, ball(radius).upper())


def between(lower: Ball, upper: Ball) -> Ball:
    """The smallest ball that covers both arguments."""
    return lower.union(upper)
