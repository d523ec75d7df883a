"""Counter-based random numbers in JAX: the same bits for a key, however calls are batched.

Threefry-2x32 (Salmon, Moraes, Dror, Shaw, Parallel random numbers: as easy as 1, 2, 3, 2011), its
rounds written out, so that the compiler makes one loop of them. A key is a pair of uint32, an array
(..., 2); keys of `jax.random` are taken as well.
"""

import math

import jax
import jax.numpy as jnp

ROUNDS = 13
"""With 13 rounds and more the generator passes BigCrush (Salmon et al. 2011)."""

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = 0x1BD11BDA
_SQRT_HALF_BITS = 0x3FE6A09E667F3BCD
_LOG_TERMS, _SINE_TERMS = 11, 11

Word = jax.Array | int


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
    return _cipher(key[0], key[1], places, jnp.full(shape, stream, dtype=jnp.uint32))


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

    sqrt(-2 ln U) cos(2 pi V) (Box, Muller 1958), U and V uniform on the midpoints of 2^32 equal
    parts; each number has a block of its own, so that drawing is elementwise. The largest is 6.8;
    midpoints make even moments up to the eighth exact to 1e-6, odd ones are 0 by symmetry.
    """
    # held: the compiler would run the cipher once for each of the kernels it makes of the rest
    u, v = jax.lax.optimization_barrier(words(key, shape, stream=stream))
    radius = jnp.sqrt(-2 * _log((u.astype(float) + 0.5) * 2.0**-32))
    turn = (v.astype(jnp.int32).astype(float) + 0.5) * 2.0**-32
    return radius * _sine((0.25 - jnp.abs(turn)) * (2 * math.pi))


def _log(u: jax.Array) -> jax.Array:
    """ln u for normal u > 0: 2 artanh of (m - 1)/(m + 1), m in [1/sqrt 2, sqrt 2), and e ln 2."""
    bits = jax.lax.bitcast_convert_type(u, jnp.int64)
    exponent = (bits - jnp.int64(_SQRT_HALF_BITS)) >> 52
    mantissa = jax.lax.bitcast_convert_type(bits - (exponent << 52), float)
    ratio = (mantissa - 1) / (mantissa + 1)
    square, total = ratio * ratio, jnp.zeros_like(ratio)
    for k in reversed(range(_LOG_TERMS)):
        total = total * square + 1 / (2 * k + 1)
    return exponent.astype(float) * math.log(2) + 2 * ratio * total


def _sine(angle: jax.Array) -> jax.Array:
    """sin on [-pi/2, pi/2] by its Taylor polynomial of degree 21, off by 3e-16."""
    square, total = angle * angle, jnp.zeros_like(angle)
    for k in reversed(range(_SINE_TERMS)):
        total = total * square + (-1) ** k / math.factorial(2 * k + 1)
    return total * angle
