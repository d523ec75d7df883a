"""The random numbers alone: normals, and averages of forward gradients through their law."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import jax
import numpy as np

from hdo.engine_random import make_key, normal
from hdo.estimators_shortcuts import averaged_forward_gradient

Run: TypeAlias = Callable[[int], object]
"""Does its work this many times."""

Rates: TypeAlias = Callable[[dict[str, tuple[Run, int]]], Mapping[str, float]]
"""From runs, with what one turn of each makes, to how many it makes a second."""


def normals_table(rates: Rates) -> Iterator[str]:
    """Standard normals a second, one call for 2^18 of them."""
    yield "| who | normals/s |\n|---|---|"
    count = 2**18
    rng = np.random.default_rng(0)
    with jax.enable_x64(True):
        ours = jax.jit(lambda k: normal(k, (count,)))
        theirs = jax.jit(lambda k: jax.random.normal(k, (count,)))
        key, other = make_key(0), jax.random.key(0)
        runs: dict[str, tuple[Run, int]] = {
            "engine": (lambda s: [ours(key).block_until_ready() for _ in range(s)], count),
            "jax.random": (lambda s: [theirs(other).block_until_ready() for _ in range(s)], count),
            "numpy, one core": (lambda s: [rng.standard_normal(count) for _ in range(s)], count),
        }
        limit = numba_normals(count)
        if limit is not None:
            runs["numba, one core"] = (limit, count)
        for name, value in rates(runs).items():
            yield f"| {name} | {value:.3g} |"


def numba_normals(count: int) -> Run | None:
    """The normals that a hand-written loop draws one by one."""
    try:
        import numba
    except ImportError:
        return None

    @numba.njit
    def loop(rng: Any, out: Any) -> None:
        for c in range(out.shape[0]):
            out[c] = rng.standard_normal()

    rng, out = np.random.default_rng(1), np.empty(count)

    def run(steps: int) -> None:
        for _ in range(steps):
            loop(rng, out)

    return run


def shortcut_table(rates: Rates, n: int = 280, d: int = 7850, rv: int = 128) -> Iterator[str]:
    """Averages of rv forward gradients of n agents: through the law, and by drawing directions."""
    yield "| who | averages/s |\n|---|---|"
    with jax.enable_x64(True):
        g = jax.numpy.asarray(np.random.default_rng(0).normal(size=(n, d)))
        keys = jax.random.key_data(jax.random.split(jax.random.key(0), n))

        def through_law(given: tuple[jax.Array, jax.Array]) -> jax.Array:
            return averaged_forward_gradient(*given, rv)

        # four at a time, as the engine's tiles have it
        fast = jax.jit(lambda g, keys: jax.lax.map(through_law, (g, keys), batch_size=4))

        def average(given: tuple[jax.Array, jax.Array]) -> jax.Array:
            u = normal(given[1], (rv, d))
            return (u @ given[0]) @ u / rv

        slow = jax.jit(lambda g, keys: jax.lax.map(average, (g, keys)))
        few = max(1, n // 40)
        runs: dict[str, tuple[Run, int]] = {
            "shortcut": (lambda s: [fast(g, keys).block_until_ready() for _ in range(s)], n),
            "drawing the directions": (
                lambda s: [slow(g[:few], keys[:few]).block_until_ready() for _ in range(s)],
                few,
            ),
        }
        limit = numba_shortcut(np.asarray(g), rv)
        if limit is not None:
            runs["numba loop, the same shortcut"] = (limit, n)
        for name, value in rates(runs).items():
            yield f"| {name} | {value:.3g} |"


def numba_shortcut(g: np.ndarray, rv: int) -> Run | None:
    """The same law by a hand-written loop, one core."""
    try:
        import numba
    except ImportError:
        return None

    @numba.njit
    def loop(rng: Any, g: Any, out: Any) -> None:
        for a in range(g.shape[0]):
            size, chi2, along = 0.0, 0.0, 0.0
            for c in range(g.shape[1]):
                size += g[a, c] * g[a, c]
            size = math.sqrt(size)
            for _ in range(rv):
                chi2 += rng.standard_normal() ** 2
            for c in range(g.shape[1]):
                out[a, c] = rng.standard_normal()
                along += out[a, c] * g[a, c] / size
            root = math.sqrt(chi2)
            for c in range(g.shape[1]):
                w = out[a, c] - along * g[a, c] / size
                out[a, c] = size / rv * (chi2 * g[a, c] / size + root * w)

    rng, out = np.random.default_rng(1), np.empty_like(g)

    def run(steps: int) -> None:
        for _ in range(steps):
            loop(rng, g, out)

    return run
