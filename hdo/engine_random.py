"""Counter-based random numbers in JAX: the same bits for a key, however calls are batched.

Threefry-2x32 (Salmon, Moraes, Dror, Shaw, Parallel random numbers: as easy as 1, 2, 3, 2011), its
rounds written out, so that the compiler makes one loop of them. A key is a pair of uint32, an array
(..., 2); keys of `jax.random` are taken as well.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

import jax
import jax.numpy as jnp

ROUNDS = 13
"""With 13 rounds and more the generator passes BigCrush (Salmon et al. 2011)."""

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = 0x1BD11BDA
_SQRT_HALF_BITS = 0x3FE6A09E667F3BCD

_ARTANH = (
    1.0000000000000002,
    0.3333333333327646,
    0.20000000030870807,
    0.14285708010553835,
    0.11111717273758953,
    0.09060967215607607,
    0.08418829985340244,
)
"""artanh(x)/x in powers of x^2 on [0, (sqrt 2 - 1)/(sqrt 2 + 1)], off by 2e-16."""

_SINE = (
    0.9999999999999999,
    -0.16666666666666072,
    0.008333333333282756,
    -0.00019841269824861897,
    2.7557316609073673e-06,
    -2.505188194671259e-08,
    1.6048168318165643e-10,
    -7.374387503862757e-13,
)
"""sin(x)/x in powers of x^2 on [0, pi/2], off by 3e-16."""

_COSINE = (
    1.0,
    -0.4999999999999997,
    0.04166666666666388,
    -0.001388888888877299,
    2.4801587277414926e-05,
    -2.755731639102575e-07,
    2.0876561839933163e-09,
    -1.1462901901757276e-11,
    4.608977003001797e-14,
)
"""cos(x) in powers of x^2 on [0, pi/2], off by 4e-17."""

Word = jax.Array | int
Tree = TypeVar("Tree")

_GATE: ContextVar[jax.Array | None] = ContextVar("gate", default=None)


@contextmanager
def drawn_once(gate: jax.Array) -> Iterator[None]:
    """Inside, what `held` makes is computed once, not once for each kernel that reads it.

    `gate` is a scalar that is true in every run, which the compiler cannot know: no kernel reaches
    across a conditional. (An optimisation barrier is gone before kernels are made on a CPU.)
    """
    token = _GATE.set(gate)
    try:
        yield
    finally:
        _GATE.reset(token)


def held(make: Callable[[], Tree]) -> Tree:
    """What `make` returns; see `drawn_once`."""
    gate = _GATE.get()
    if gate is None:
        return make()
    shapes = jax.eval_shape(make)

    def zeros() -> Tree:
        return jax.tree.map(lambda part: jnp.zeros(part.shape, part.dtype), shapes)

    return jax.lax.cond(gate, make, zeros)


def _word(value: Word) -> jax.Array:
    return jnp.asarray(value).astype(jnp.uint32)


def threefry(key: jax.Array, first: Word, second: Word, *, rounds: int = ROUNDS) -> jax.Array:
    """The block cipher: a (..., 2) key and two words of a counter, broadcast -> (..., 2) words."""
    pair = _cipher(key[..., 0], key[..., 1], _word(first), _word(second), rounds=rounds)
    return jnp.stack(jnp.broadcast_arrays(*pair), axis=-1)


def _cipher(
    k0: jax.Array, k1: jax.Array, x0: jax.Array, x1: jax.Array, *, rounds: int = ROUNDS
) -> tuple[jax.Array, jax.Array]:
    keys = (k0, k1, k0 ^ k1 ^ jnp.uint32(_PARITY))
    x0, x1 = x0 + k0, x1 + k1
    for index in range(rounds):
        group, place = divmod(index, 4)
        turn = _ROTATIONS[group % 2][place]
        x0 = x0 + x1
        x1 = ((x1 << jnp.uint32(turn)) | (x1 >> jnp.uint32(32 - turn))) ^ x0
        if place == 3:
            x0 = x0 + keys[(group + 1) % 3]
            x1 = x1 + keys[(group + 2) % 3] + jnp.uint32(group + 1)
    return x0, x1


def make_key(seed: Word) -> jax.Array:
    """The root key of a seed in [0, 2^32), (2,)."""
    return jnp.stack([_word(seed), jnp.uint32(0)])


def fold(key: jax.Array, first: Word, second: Word) -> jax.Array:
    """A key for two words under a key: different words give different keys (a bijection)."""
    return threefry(raw(key), first, second)


def raw(key: jax.Array) -> jax.Array:
    """The two words of a key, also of one that `jax.random.key` made."""
    if jnp.issubdtype(key.dtype, jax.dtypes.prng_key):
        return jax.random.key_data(key)
    return key


def words(key: jax.Array, shape: tuple[int, ...], *, stream: int = 0) -> tuple[jax.Array, ...]:
    """Two arrays of independent random words, uint32 of this shape; streams are independent."""
    key = raw(key)
    places = jax.lax.iota(jnp.uint32, max(1, math.prod(shape)))[: math.prod(shape)].reshape(shape)
    streams = jnp.full(shape, stream, dtype=jnp.uint32)
    return held(lambda: _cipher(key[0], key[1], places, streams))


def uniform(key: jax.Array, shape: tuple[int, ...] = (), *, stream: int = 0) -> jax.Array:
    """Uniform on the 2^52 midpoints of equal parts of (0, 1): float64, never 0 or 1."""
    high, low = words(key, shape, stream=stream)
    top = (low >> jnp.uint32(12)).astype(float)
    return (high.astype(float) + (top + 0.5) * 2.0**-20) * 2.0**-32


def integers(key: jax.Array, shape: tuple[int, ...], high: Word, *, stream: int = 0) -> jax.Array:
    """Uniform on {0, ..., high - 1}, high < 2^31: int32; probabilities are off by 2^-64 at most.

    The integer part of high times a binary fraction of 64 digits.
    """
    top, low = (w.astype(jnp.uint64) for w in words(key, shape, stream=stream))
    many = jnp.asarray(high).astype(jnp.uint64)
    carried = (low * many) >> jnp.uint64(32)
    return ((top * many + carried) >> jnp.uint64(32)).astype(jnp.int32)


def normal(key: jax.Array, shape: tuple[int, ...], *, stream: int = 0) -> jax.Array:
    """Standard normal, float64 of this shape.

    sqrt(-2 ln U) times cos(2 pi V), then times sin(2 pi V) (Box, Muller 1958), U and V uniform on
    the midpoints of 2^32 equal parts: number k and number k + h share a block, h half of them. The
    largest is 6.8; midpoints make even moments up to the eighth exact to 1e-6, odd ones are 0 by
    symmetry.
    """
    count = math.prod(shape)
    half = (count + 1) // 2
    u, v = words(key, (half,), stream=stream)
    radius = jnp.sqrt(-2 * _log((u.astype(float) + 0.5) * 2.0**-32))
    turn = (v.astype(jnp.int32).astype(float) + 0.5) * 2.0**-32
    angle = (0.25 - jnp.abs(turn)) * (2 * math.pi)
    square = angle * angle
    along = radius * (angle * _polynomial(_SINE, square))
    across = jnp.sign(turn) * (radius * _polynomial(_COSINE, square))
    return jnp.concatenate([along, across])[:count].reshape(shape)


def _log(u: jax.Array) -> jax.Array:
    """ln u for normal u > 0: 2 artanh of (m - 1)/(m + 1), m in [1/sqrt 2, sqrt 2), and e ln 2."""
    bits = jax.lax.bitcast_convert_type(u, jnp.int64)
    exponent = (bits - jnp.int64(_SQRT_HALF_BITS)) >> 52
    mantissa = jax.lax.bitcast_convert_type(bits - (exponent << 52), float)
    ratio = (mantissa - 1) / (mantissa + 1)
    return exponent.astype(float) * math.log(2) + 2 * ratio * _polynomial(_ARTANH, ratio * ratio)


def _polynomial(coefficients: tuple[float, ...], z: jax.Array) -> jax.Array:
    """sum_k c_k z^k, by Horner; interpolated at Chebyshev nodes."""
    total = jnp.full_like(z, coefficients[-1])
    for value in reversed(coefficients[:-1]):
        total = total * z + value
    return total
