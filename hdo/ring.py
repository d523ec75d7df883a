"""Formulas written once for three kinds of array: float64, exact or ball objects, and JAX.

An object array holds `flint.arb` balls, or exact `flint.fmpq` or `Fraction` where only + - * / and
`abs` occur. numpy's own functions (`np.exp`, `np.cos`, `np.sqrt`, `@`) call the methods of the
elements, so only what numpy cannot reach is written here. Errors of balls travel with them; the
working precision is the caller's (`flint.ctx.prec`).
"""

import math
import sys
from collections.abc import Sequence
from fractions import Fraction
from types import ModuleType
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

Array = Any
"""An array of any supported ring: float64, numpy objects, or JAX (a type only JAX could name)."""


def is_jax(x: Array) -> bool:
    """Whether `x` is a JAX array or tracer (never true while JAX is not imported)."""
    jax = sys.modules.get("jax")
    return jax is not None and isinstance(x, jax.Array)


def namespace(x: Array) -> ModuleType:
    """The module whose functions act on `x`: `jax.numpy` for JAX arrays, else numpy."""
    return sys.modules["jax.numpy"] if is_jax(x) else np


def is_object(x: Array) -> bool:
    """Whether `x` is an object array (or a bare ball or exact number)."""
    return not is_jax(x) and np.asarray(x).dtype == object


def _exactly(kind: type, value: object) -> object:
    """`value` (a float, an int or an exact number) as an element of the ring `kind`, exactly."""
    if isinstance(value, kind):
        return value
    if isinstance(value, np.integer):
        value = int(value)
    if kind is flint.fmpq and isinstance(value, float):
        return flint.fmpq(*value.as_integer_ratio())
    return kind(value)


def lift(values: Array, *, like: Array) -> Array:
    """The float64 (or integer) array `values` in the ring of `like`, without rounding."""
    if is_jax(like):
        return namespace(like).asarray(values)
    if not is_object(like):
        return np.asarray(values)
    sample = np.asarray(like, dtype=object).ravel()
    kind = type(sample[0]) if sample.size else Fraction
    source = np.asarray(values)
    out = np.empty(source.shape, dtype=object)
    out.ravel()[:] = [_exactly(kind, value) for value in source.ravel().tolist()]
    return out


def stack(parts: Sequence[Array], *, like: Array) -> Array:
    """The parts (scalars or arrays of one shape) stacked along a new first axis, in their ring."""
    if is_jax(like):
        return namespace(like).stack(list(parts))
    if not is_object(like):
        return np.stack(parts)
    out = np.empty((len(parts), *np.shape(parts[0])), dtype=object)
    for index, part in enumerate(parts):
        out[index] = part
    return out


def softplus(z: Array) -> Array:
    """log(1 + e^z), elementwise, without overflow."""
    if is_object(z):
        return np.log1p(np.exp(z))
    xp = namespace(z)
    if xp.iscomplexobj(z):
        # |e^z| <= 1 on the side that is taken, so that tiny imaginary parts survive
        right = z.real > 0
        small = xp.exp(xp.where(right, -z, z))
        return xp.where(right, z, 0 * z) + xp.log1p(small)
    return xp.logaddexp(0.0, z)


def logistic(z: Array) -> Array:
    """The logistic sigmoid 1/(1 + e^-z), elementwise, without overflow."""
    if is_object(z):
        return 1 / (1 + np.exp(-z))
    # tanh saturates instead of overflowing, in both float rings
    return (1 + namespace(z).tanh(z / 2)) / 2


def logsumexp(z: Array) -> Array:
    """log sum_k e^{z_k} along the last axis, without overflow."""
    if is_object(z):
        return np.log(np.exp(z).sum(axis=-1))
    top = z.max(axis=-1)
    return top + namespace(z).log(namespace(z).exp(z - top[..., None]).sum(axis=-1))


def softmax(z: Array) -> Array:
    """e^{z_k} / sum_j e^{z_j} along the last axis, without overflow."""
    shifted = z if is_object(z) else z - z.max(axis=-1)[..., None]
    weights = namespace(z).exp(shifted)
    return weights / weights.sum(axis=-1)[..., None]


def sign(z: Array) -> Array:
    """The sign, elementwise; 0 at 0; a ball that contains 0 gives a ball that covers [-1, 1]."""
    if is_object(z):
        return np.frompyfunc(_sign_of, 1, 1)(z)
    return namespace(z).sign(z)


def _sign_of(value: Any) -> Any:
    if isinstance(value, flint.arb):
        return value.sgn()
    return type(value)((value > 0) - (value < 0))


def round_up(value: flint.fmpq | flint.arb) -> float:
    """The smallest float (for a ball: a close one) that is not below the number."""
    return -round_down(-value)


def round_down(value: flint.fmpq | flint.arb) -> float:
    """The largest float (for a ball: a close one) that is not above the number."""
    exact = value if isinstance(value, flint.fmpq) else _dyadic(value.lower())
    nearest = float(Fraction(int(exact.p), int(exact.q)))
    below = flint.fmpq(*nearest.as_integer_ratio()) <= exact
    return nearest if below else math.nextafter(nearest, -math.inf)


def _dyadic(point: flint.arb) -> flint.fmpq:
    mantissa, exponent = point.mid().man_exp()
    return flint.fmpq(int(mantissa)) * flint.fmpq(2) ** int(exponent)


def inflated(value: float, *, terms: int) -> float:
    """A float not below the true value of a computed sum of `terms` nonnegative products.

    A sum of nonnegative terms, each with a few roundings, is off by at most (terms + 8) eps
    relative to itself (Higham, Accuracy and Stability of Numerical Algorithms, lemma 3.1); twice
    that is added.
    """
    return math.nextafter(value * (1 + 2 * (terms + 8) * np.finfo(float).eps), math.inf)


def frozen(values: NDArray[Any]) -> NDArray[Any]:
    """A read-only copy, so that a frozen dataclass is frozen to its bottom."""
    copy = np.array(values)
    copy.flags.writeable = False
    return copy
