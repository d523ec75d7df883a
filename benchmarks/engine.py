"""How many interactions a second the engine does; beside rivals in the same run.

    python benchmarks/engine.py [--write docs/benchmarks/engine.md] [--decent-bench PYTHON]

All run the same system, pairs of half two-point, half first-order agents on quadratics in float64.
The rivals take turns, a second or less each, several times over; the table has medians, and ratios
of medians. The hand-written loop needs numba (`pip install numba`) and is left out where that is
not installed: it is the reference limit, not part of the program. It, like the class and the numpy
loop, runs on one core; the engine is shown on one thread and on all.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import draws
import matching
import numpy as np
import scaling

from hdo.engine import run_chunks
from hdo.spec import Spec
from paper_figures.engine_speed import save

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
        start = time.perf_counter()
        run(1)
        few = 20 if time.perf_counter() - start < SLICE_SECONDS else 1
        run(few)
        start = time.perf_counter()
        run(few)
        one = (time.perf_counter() - start) / few
        steps[name] = max(1, int(SLICE_SECONDS / one))
        run(steps[name])
    found: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, (run, replicas) in runs.items():
            start = time.perf_counter()
            run(steps[name])
            found[name].append(steps[name] * replicas / (time.perf_counter() - start))
    return {name: statistics.median(values) for name, values in found.items()}


Rates = dict[str, float]
Size = tuple[int, int, int]


def pair_rates(size: Size) -> Rates:
    """Interactions a second of everyone at (n, d, R)."""
    n, d, R = size
    runs: dict[str, tuple[Run, int]] = {
        "engine, one thread": (engine_run(n, d, R, threads=1), R),
        "engine, all cores": (engine_run(n, d, R, threads=os.cpu_count() or 1), R),
        "numpy loop over replicas": (numpy_run(n, d, R), R),
        "a Python class an agent": (class_run(n, d, R), 1),
    }
    limit = numba_run(n, d, R)
    if limit is not None:
        runs["numba loop, one core"] = (limit, R)
    return rates(runs)


def decent_bench(python: str | None, n: int, d: int) -> Rates:
    """The peer's rate, by an interpreter that has it; empty without one."""
    if python is None:
        return {}
    script = Path(__file__).with_name("peers_decent_bench.py")
    command = [python, str(script), str(n), str(d), "4000"]
    found = [
        float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        for _ in range(3)
    ]
    return {"HDO as a decent-bench algorithm": statistics.median(found)}


def pairs_table(measured: dict[Size, Rates]) -> Iterator[str]:
    """Interactions a second, and what the engine's rate is as a multiple of each rival's."""
    yield "| (n, d, R) | who | interactions/s | engine, all cores / it | engine, one thread / it |"
    yield "|---|---|---|---|---|"
    for size, rate in measured.items():
        for name, value in rate.items():
            both = (rate[f"engine, {who}"] / value for who in ("all cores", "one thread"))
            yield f"| {size} | {name} | {value:.3g} | {' | '.join(f'{r:.2g}' for r in both)} |"


def goals(measured: dict[Size, Rates], rounds: Rates) -> Iterator[str]:
    """What was to be reached on 2 cores, what is, and whether that is enough."""
    first = measured[SIZES[0]]
    ours = first["engine, all cores"]
    wanted = [
        ("(16, 32, 512): a Python class an agent", 60.0, ours / first["a Python class an agent"]),
        ("(16, 32, 512): numpy loop", 3.0, ours / first["numpy loop over replicas"]),
    ]
    for size, rate in measured.items():
        if "numba loop, one core" in rate:
            share = rate["engine, all cores"] / rate["numba loop, one core"]
            wanted.append((f"{size}: numba loop", 0.5, share))
    fast = rounds["engine, one thread"]
    for name, least in (
        ("numba loop, the same shortcut, one core", 0.5),
        ("engine, drawing the directions", 40.0),
    ):
        if name in rounds:
            wanted.append((f"matching: {name}", least, fast / rounds[name]))
    yield "| engine / | goal | measured | |\n|---|---|---|---|"
    for name, least, found in wanted:
        yield f"| {name} | {least:g} | {found:.3g} | {'met' if found >= least else 'NOT MET'} |"


def parts_table() -> Iterator[str]:
    """Microseconds of one interaction of two agents, by who they are: the rest is neither."""
    yield "| (n, d, R) | both first-order | half two-point | both two-point |\n|---|---|---|---|"
    n, _, R = SIZES[-1]
    for size in (*SIZES, (n, SIZES[-1][1], 16 * R), (n, 1, R)):
        kinds = (("first-order",), HALF, ("two-point",))
        runs: dict[str, tuple[Run, int]] = {
            str(kind): (engine_run(*size, threads=1, agents=kind), size[-1]) for kind in kinds
        }
        times = [f"{1e6 / rate:.3g}" for rate in rates(runs).values()]
        yield f"| {size} | {' | '.join(times)} |"
    yield (
        f"\nThe last row is the fixed cost of a step, shared by {R} replicas only; the row before "
        f"it has 16 times as many.\nOf the third column, {SIZES[-1][1]} normals an agent are the "
        "part that the table below prices."
    )


def scaling_table(found: list[tuple[str, tuple[int, ...], list[float], float]]) -> Iterator[str]:
    """Slopes of log time on log size."""
    yield "| against | window | seconds | slope | predicted |\n|---|---|---|---|---|"
    for name, window, times, slope in found:
        span, ends = f"{window[0]} to {window[-1]}", f"{times[0]:.3g} to {times[-1]:.3g}"
        yield f"| {name} | {span} | {ends} | {slope:.2f} | {scaling.PREDICTED[name]} |"


def page(target: Path | None, python: str | None) -> Iterator[str]:
    """The page, line by line; the picture beside `target`."""
    cores = os.cpu_count()
    yield "# The engine\n"
    yield f"Written by `make bench`, {cores} cores, medians of {ROUNDS} turns in one run.\n"
    measured = {size: pair_rates(size) for size in SIZES}
    peer = decent_bench(python, *SIZES[0][:2])
    measured[SIZES[0]].update(peer)
    rounds = rates(matching.runs())
    yield "## Goals, on all cores\n"
    yield from goals(measured, rounds)
    yield "\n## Pairs, half two-point, half first-order agents, own diagonal curvatures\n"
    yield from pairs_table(measured)
    if not peer:
        yield "\nNot measured: decent-bench (Python 3.13, an environment of its own)."
    yield "\n## Matchings: 280 softmax agents, d = 7850, batch 2, rv = 128, one replica\n"
    yield "| who | rounds/s | engine / it |\n|---|---|---|"
    for name, value in rounds.items():
        yield f"| {name} | {value:.3g} | {rounds['engine, one thread'] / value:.3g} |"
    yield "\n## Growth, one thread\n"
    grown = list(scaling.measured())
    yield from scaling_table(grown)
    yield "\n## Where the time goes: microseconds of an interaction, one thread\n"
    yield from parts_table()
    yield "\n## The random numbers alone\n"
    yield from draws.normals_table(rates)
    yield "\n## Averages of rv = 128 forward gradients of given gradients, d = 7850\n"
    yield from draws.shortcut_table(rates)
    if target is not None:
        save(measured, grown, target.with_suffix(".png"))
        yield f"\n![Interactions a second, and growth]({target.with_suffix('.png').name})"


def main() -> None:
    """Print the page as it is measured; write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="also write the page here, a picture beside it")
    parser.add_argument("--decent-bench", metavar="PYTHON", help="an interpreter that has the peer")
    options = parser.parse_args()
    target: Path | None = options.write
    lines = []
    for line in page(target, options.decent_bench):
        print(line, flush=True)
        lines.append(line)
    if target is not None:
        target.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
