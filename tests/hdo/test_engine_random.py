"""The generator is Threefry, key for key, and its draws have the laws they are named after."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.extend.random import threefry_2x32
from scipy import stats

from hdo.engine_random import fold, integers, make_key, normal, threefry, uniform, words

COUNT = 1_000_000
LEVEL = 1e-9
"""A right generator fails one of these tests once in 10^9; |z| < 6.1."""


def drawn(draw, **options):  # type: ignore[no-untyped-def]
    """COUNT numbers from one key."""
    with jax.enable_x64(True):
        key = fold(make_key(7), 1, 2)
        return np.asarray(jax.jit(lambda k: draw(k, (COUNT,), **options))(key))


def test_twenty_rounds_are_those_of_jax() -> None:
    """An independent implementation, word for word, on random keys and counters."""
    rng = np.random.default_rng(0)
    numbers = rng.integers(0, 2**32, size=(64, 4), dtype=np.uint32)
    for k0, k1, x0, x1 in numbers:
        theirs = threefry_2x32(jnp.asarray([k0, k1]), jnp.asarray([x0, x1]))
        ours = threefry(jnp.asarray([k0, k1]), x0, x1, rounds=20)
        assert np.array_equal(ours, theirs)


def test_streams_and_keys_share_no_word() -> None:
    """Two streams of a key and the same stream of two keys: all words differ (birthday: 1e-7)."""
    with jax.enable_x64(True):
        keys = [fold(make_key(7), 0, k) for k in range(3)]
        found = [np.stack(words(k, (16,), stream=s)) for k in keys for s in range(3)]
    assert len(np.unique(np.concatenate(found, axis=1), axis=1).T) == 9 * 16


@pytest.mark.parametrize("stream", [0, 1])
def test_uniform_numbers_are_uniform(stream: int) -> None:
    """Kolmogorov-Smirnov sees a distance of 0.4 %; never 0 or 1."""
    found = drawn(uniform, stream=stream)
    assert 0 < found.min() < found.max() < 1
    assert stats.kstest(found, "uniform").pvalue > LEVEL


def test_normal_numbers_are_normal() -> None:
    """Kolmogorov-Smirnov, and the first eight moments to 6 standard errors."""
    found = drawn(normal)
    assert stats.kstest(found, "norm").pvalue > LEVEL
    for k in range(1, 9):
        exact = math.prod(range(1, k, 2)) if k % 2 == 0 else 0
        error = (found**k).std() / math.sqrt(COUNT)
        assert abs((found**k).mean() - exact) < 6.1 * error


@pytest.mark.parametrize("count", [1, 2, 7, COUNT])
def test_normal_numbers_are_those_of_box_and_muller(count: int) -> None:
    """sqrt(-2 ln u) cos(2 pi v), then sin(2 pi v), by numpy's functions, to 1e-14."""
    half = (count + 1) // 2
    with jax.enable_x64(True):
        key = fold(make_key(3), 1, 4)
        u, v = (np.asarray(w) for w in words(key, (half,)))
        found = np.asarray(jax.jit(lambda k: normal(k, (count,)))(key))
    turn = 2 * np.pi * (v.view(np.int32) + 0.5) / 2**32
    radius = np.sqrt(-2 * np.log((u + 0.5) / 2**32))
    expected = np.concatenate([radius * np.cos(turn), radius * np.sin(turn)])[:count]
    assert np.abs(found - expected).max() < 1e-14


def test_the_two_numbers_of_a_block_are_independent() -> None:
    """Correlations of all powers up to the fourth, to 6 standard errors."""
    first, second = drawn(normal).reshape(2, -1)
    for j in range(1, 5):
        for k in range(1, 5):
            left, right = first**j - (first**j).mean(), second**k - (second**k).mean()
            error = left.std() * right.std() / math.sqrt(COUNT / 2)
            assert abs((left * right).mean()) < 6.1 * error


def test_a_normal_that_is_off_is_caught() -> None:
    """Scaled by half a percent, and an average of twelve uniform numbers: both are seen."""
    found = drawn(normal)
    scaled = 1.005 * found
    assert abs((scaled**2).mean() - 1) > 6.1 * (scaled**2).std() / math.sqrt(COUNT)
    with jax.enable_x64(True):
        key = fold(make_key(7), 1, 2)
        sums = np.asarray(uniform(key, (COUNT // 2, 12))).sum(axis=1) - 6
    assert abs((sums**4).mean() - 3) > 6.1 * (sums**4).std() / math.sqrt(COUNT / 2)


@pytest.mark.parametrize("high", [1, 2, 3, 7, 1000])
def test_integers_are_uniform(high: int) -> None:
    """Chi-square over all values."""
    found = drawn(integers, high=high)
    counts = np.bincount(found, minlength=high)
    assert len(counts) == high
    assert high == 1 or stats.chisquare(counts).pvalue > LEVEL


def test_neighbours_are_uncorrelated() -> None:
    """Lags 1 to 8 within a key, and the same place of neighbouring keys."""
    found = drawn(normal)
    for lag in range(1, 9):
        assert abs((found[lag:] * found[:-lag]).mean()) < 6.1 / math.sqrt(COUNT - lag)
    with jax.enable_x64(True):
        keys = jax.vmap(lambda k: fold(make_key(7), k, 0))(np.arange(1001))
        rows = np.asarray(jax.vmap(lambda k: normal(k, (1000,)))(keys))
    assert abs((rows[1:] * rows[:-1]).mean()) < 6.1 / math.sqrt(COUNT)
