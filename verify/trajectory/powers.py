"""Many steps of a linear map at the cost of a few: powers of I + E through their increments.

Where a step changes little (E of order 1/n), I + E rounds E away; (I + E)^2 = I + (2 E + E E) does
not.
"""

from typing import Any

import flint
import numpy as np

from hdo.ring import Array

_FEW_STEPS = 100

Matrix = Any
"""A square matrix: float64 array or `flint.arb_mat`."""


def as_matrix(entries: Array) -> Matrix:
    """The matrix of a float64 or ball array, in the type that multiplies fastest."""
    if entries.dtype != object:
        return entries
    rows, columns = entries.shape
    return flint.arb_mat(rows, columns, entries.ravel().tolist())


def product(left: Matrix, right: Matrix) -> Matrix:
    """The matrix product."""
    return left @ right if isinstance(left, np.ndarray) else left * right


def composed(first: Matrix, second: Matrix) -> Matrix:
    """The F with I + F = (I + first)(I + second)."""
    return first + second + product(first, second)


def power(increment: Matrix, exponent: int) -> Matrix:
    """The F with I + F = (I + increment)^exponent, in at most 2 log2(exponent) products."""
    result, square = increment * 0, increment
    while exponent:
        if exponent & 1:
            result = composed(result, square)
        exponent >>= 1
        if exponent:
            square = composed(square, square)
    return result


def applied(increment: Matrix, vector: Array) -> Array:
    """(I + increment) vector, for a vector of shape (size,)."""
    if isinstance(increment, np.ndarray):
        return vector + increment @ vector
    column = flint.arb_mat(len(vector), 1, vector.tolist())
    return vector + np.array((increment * column).entries(), dtype=object)


def advanced_by(increment: Matrix, vector: Array, count: int) -> Array:
    """(I + increment)^count vector: few steps one by one, many by repeated squaring.

    Steps cost less than products of matrices, but radii of balls grow with each (wrapping).
    """
    if count > _FEW_STEPS:
        return applied(power(increment, count), vector)
    for _ in range(count):
        vector = applied(increment, vector)
    return vector
