"""Checks of arrays at construction, with the key's path in the message."""

import math

import numpy as np
from numpy.typing import NDArray

from hdo.errors import InputError


def check_shape(where: str, values: NDArray[np.float64], shape: tuple[int, ...]) -> None:
    """Raise unless `values` has this shape, with every axis at least 1 long."""
    if values.shape != shape or 0 in shape:
        size = " x ".join(map(str, shape))
        raise InputError(where, f"shape {values.shape}", f"{size} numbers")


def check_finite(where: str, values: NDArray[np.float64]) -> None:
    """Raise for the first entry that is NaN or infinite."""
    for place in np.argwhere(~np.isfinite(values)):
        path = where + "".join(f"[{index}]" for index in place)
        raise InputError(path, float(values[tuple(place)]), "a finite number")


def check_noise(noise: float) -> None:
    """Raise unless the noise is a variance."""
    if not 0 <= noise < math.inf:
        raise InputError("problem.noise", noise, "a finite number >= 0")
