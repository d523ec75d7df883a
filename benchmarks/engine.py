"""How many interactions a second the engine does; beside rivals in the same run.

    python benchmarks/engine.py [--write docs/benchmarks/engine.md]

All run the same system, pairs of half two-point, half first-order agents on quadratics in float64.
The rivals take turns, a second or less each, several times over; the table has medians, and ratios
of medians. The hand-written loop needs numba (`pip install numba`) and is left out where that is
not installed: it is the reference limit, not part of the program. It, like the class and the numpy
loop, runs on one core; the engine is shown on one thread and on all.
"""

import argparse
import math
import statistics
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jax
import numpy as np

from hdo.engine import run_chunks
from hdo.engine_random import make_key, normal
from hdo.estimators_shortcuts import averaged_forward_gradient
from hdo.spec import Spec

SIZES = ((16, 32, 512), (64, 256, 64), (256, 1024, 8))
ETA, NU = 0.01, 0.1
ROUNDS = 5
SLICE_SECONDS = 0.25
"""How long one turn of one rival takes."""

Arrays = tuple[np.ndarray, np.ndarray]
Run = Callable[[int], object]
"""Does so many interactions of every replica."""


def arrays(n: int, d: int) -> Arrays:
    """Curvatures and centres, (n, d) each."""
    rng = np.random.default_rng(0)
    return rng.uniform(0.5, 2, (n, d)), rng.normal(size=(n, d))


HALF = ("two-point", "first-order")


def spec_of(n: int, d: int, agents: tuple[str, ...] = HALF, **method: Any) -> Spec:
    """The spec of the system; `agents` is repeated."""
    curvature, centres = arrays(n, d)
    return Spec.from_dict(
        {
            "problem": {
                "kind": "quadratic",
                "curvature": curvature.tolist(),
                "centres": centres.tolist(),
            },
            "population": {"agents": list(agents) * (n // len(agents))},
            "method": {"step_size": ETA, "smoothing": NU, "start": 1.0, **method},
        }
    )


def engine_run(n: int, d: int, R: int, *, threads: int, agents: tuple[str, ...] = HALF) -> Run:
    """The engine: all replicas from the start through so many steps, no record on the way."""

    @cache
    def spec(steps: int) -> Spec:
        return spec_of(n, d, agents, steps=steps)

    def run(steps: int) -> None:
        for _ in run_chunks(spec(steps), replicas=R, every=steps, workers=threads):
            pass

    return run


class Agent:
    """One agent as one would write it first."""

    def __init__(self, curvature: np.ndarray, centre: np.ndarray, zeroth: bool) -> None:
        self.A, self.b, self.zeroth, self.x = curvature, centre, zeroth, np.ones(len(centre))

    def loss(self, x: np.ndarray) -> float:
        """f^i(x)."""
        return float((self.A * (x - self.b) ** 2).sum() / 2)

    def step(self, rng: np.random.Generator) -> None:
        """x <- x - eta G(x)."""
        if self.zeroth:
            u = rng.standard_normal(len(self.x))
            G = (self.loss(self.x + NU * u) - self.loss(self.x)) / NU * u
        else:
            G = self.A * (self.x - self.b)
        self.x = self.x - ETA * G


def class_run(n: int, d: int, R: int) -> Run:
    """A Python object an agent; one replica."""
    A, b = arrays(n, d)
    agents = [Agent(A[i], b[i], i % 2 == 0) for i in range(n)]
    rng = np.random.default_rng(1)

    def run(steps: int) -> None:
        for _ in range(steps):
            first, second = (agents[i] for i in rng.choice(n, size=2, replace=False))
            first.step(rng)
            second.step(rng)
            first.x = second.x = (first.x + second.x) / 2

    return run


def numpy_run(n: int, d: int, R: int) -> Run:
    """A numpy loop over time, all replicas at once."""
    A, b = arrays(n, d)
    rng, X = np.random.default_rng(1), np.ones((R, n, d))
    rows = np.arange(R)

    def run(steps: int) -> None:
        for _ in range(steps):
            i = rng.integers(n, size=R)
            j = rng.integers(n - 1, size=R)
            j += j >= i
            moved = []
            for k in (i, j):
                x, Ak, away = X[rows, k], A[k], X[rows, k] - b[k]
                G = Ak * away
                zeroth = np.flatnonzero(k % 2 == 0)
                u = rng.standard_normal((len(zeroth), d))
                there = away[zeroth] + NU * u
                slope = (Ak[zeroth] * (there**2 - away[zeroth] ** 2)).sum(axis=1) / (2 * NU)
                G[zeroth] = slope[:, None] * u
                moved.append(x - ETA * G)
            X[rows, i] = X[rows, j] = (moved[0] + moved[1]) / 2

    return run


def numba_run(n: int, d: int, R: int) -> Run | None:
    """A hand-written loop with ziggurat normals, one core; None without numba."""
    try:
        import numba
    except ImportError:
        return None

    @numba.njit
    def loop(rng: Any, X: Any, A: Any, b: Any, steps: int) -> None:
        u, y = np.empty(X.shape[2]), np.empty((2, X.shape[2]))
        for r in range(X.shape[0]):
            for _ in range(steps):
                i = rng.integers(0, X.shape[1])
                j = rng.integers(0, X.shape[1] - 1)
                j += j >= i
                for k in range(2):
                    a = i if k == 0 else j
                    x = X[r, a]
                    if a % 2 == 0:
                        change = 0.0
                        for c in range(len(u)):
                            u[c] = rng.standard_normal()
                            away = x[c] - b[a, c]
                            there = away + NU * u[c]
                            change += A[a, c] * (there * there - away * away)
                        slope = change / (2 * NU)
                        for c in range(len(u)):
                            y[k, c] = x[c] - ETA * slope * u[c]
                    else:
                        for c in range(len(u)):
                            y[k, c] = x[c] - ETA * A[a, c] * (x[c] - b[a, c])
                for c in range(len(u)):
                    X[r, i, c] = X[r, j, c] = (y[0, c] + y[1, c]) / 2

    A, b = arrays(n, d)
    rng, X = np.random.default_rng(1), np.ones((R, n, d))
    return lambda steps: loop(rng, X, A, b, steps)


def rates(runs: dict[str, tuple[Run, int]]) -> dict[str, float]:
    """Median interactions a second of each (run, replicas), taking turns."""
    steps = {}
    for name, (run, _) in runs.items():
        run(1)
        run(20)
        start = time.perf_counter()
        run(20)
        one = (time.perf_counter() - start) / 20
        steps[name] = max(4, int(SLICE_SECONDS / one))
        run(steps[name])
    found: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, (run, replicas) in runs.items():
            start = time.perf_counter()
            run(steps[name])
            found[name].append(steps[name] * replicas / (time.perf_counter() - start))
    return {name: statistics.median(values) for name, values in found.items()}


def pairs_table(sizes: tuple[tuple[int, int, int], ...]) -> Iterator[str]:
    """Interactions a second, and what the engine's rate is as a multiple of each rival's."""
    yield "| (n, d, R) | who | interactions/s | engine on one thread / it |\n|---|---|---|---|"
    for n, d, R in sizes:
        runs: dict[str, tuple[Run, int]] = {
            "engine, one thread": (engine_run(n, d, R, threads=1), R),
            "engine, all cores": (engine_run(n, d, R, threads=2), R),
            "numpy loop over replicas": (numpy_run(n, d, R), R),
            "a Python class an agent": (class_run(n, d, R), 1),
        }
        limit = numba_run(n, d, R)
        if limit is not None:
            runs["numba loop, one core"] = (limit, R)
        rate = rates(runs)
        for name, value in rate.items():
            ratio = rate["engine, one thread"] / value
            yield f"| ({n}, {d}, {R}) | {name} | {value:.3g} | {ratio:.2g} |"


def parts_table(sizes: tuple[tuple[int, int, int], ...]) -> Iterator[str]:
    """Microseconds of one interaction of two agents, by who they are: the rest is neither."""
    yield "| (n, d, R) | both first-order | half two-point | both two-point |\n|---|---|---|---|"
    for n, d, R in sizes:
        kinds = (("first-order",), HALF, ("two-point",))
        runs: dict[str, tuple[Run, int]] = {
            str(kind): (engine_run(n, d, R, threads=1, agents=kind), R) for kind in kinds
        }
        times = [f"{1e6 / rate:.3g}" for rate in rates(runs).values()]
        yield f"| ({n}, {d}, {R}) | {' | '.join(times)} |"


def draws_table() -> Iterator[str]:
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
        for name, value in rates(runs).items():
            yield f"| {name} | {value:.3g} |"


def shortcut_table(n: int = 280, d: int = 7850, rv: int = 128) -> Iterator[str]:
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


def page() -> Iterator[str]:
    """The page, line by line."""
    yield "# The engine\n"
    yield f"Written by `make bench`, 2 cores, medians of {ROUNDS} turns in one run.\n"
    yield "## Pairs, half two-point, half first-order agents, own diagonal curvatures\n"
    yield from pairs_table(SIZES)
    yield "\n## Where the time goes: microseconds of an interaction, one thread\n"
    yield from parts_table(SIZES)
    yield "\n## The random numbers alone\n"
    yield from draws_table()
    yield "\n## Averages of rv = 128 forward gradients, d = 7850, 280 agents\n"
    yield from shortcut_table()


def main() -> None:
    """Print the page as it is measured; write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="also write the page here")
    target: Path | None = parser.parse_args().write
    lines = []
    for line in page():
        print(line, flush=True)
        lines.append(line)
    if target is not None:
        target.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
