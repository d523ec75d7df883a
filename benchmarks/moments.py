"""How long exact moments take, and how that grows with n, d and T; beside a rival in the same run.

    python benchmarks/moments.py [--write docs/benchmarks/moments.md]

The rival enumerates the n (n - 1)/2 pairs and rebuilds the (n d) x (n d) second moments for each:
O(n^4 d^2) a step. Times are the least of several repeats, exponents least squares slopes in log2
over sizes that double.
"""

import argparse
import math
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np

from hdo.population import Population
from hdo.problems import QuadraticProblem
from hdo.spec import Method
from verify.trajectory import TypedQuadratic, moments, typed_moments
from verify.trajectory.general import (
    Floats,
    General,
    GeneralState,
    advanced,
    estimate_covariance,
    general_model,
    start_state,
)

REPEATS = 5
LEAST_SECONDS = 0.05


def seconds(action: Callable[[], object]) -> float:
    """The least time of one call over some repeats."""
    start = time.perf_counter()
    action()
    calls = max(1, math.ceil(LEAST_SECONDS / max(time.perf_counter() - start, 1e-9)))
    best = math.inf
    for _ in range(REPEATS):
        start = time.perf_counter()
        for _ in range(calls):
            action()
        best = min(best, (time.perf_counter() - start) / calls)
    return best


def exponent(sizes: list[int], times: list[float]) -> float:
    """The slope of log2 time over log2 size."""
    return float(np.polyfit(np.log2(sizes), np.log2(times), 1)[0])


def population_of(n: int, d: int, *, diagonal: bool) -> QuadraticProblem:
    """Half two-point, half first-order agents, every one with its own curvature and centre."""
    rng = np.random.default_rng(0)
    curvatures = rng.uniform(0.5, 2, (n, d))
    if not diagonal:
        factors = rng.normal(size=(n, d, d))
        curvatures = factors @ factors.transpose(0, 2, 1) / d
        curvatures = (curvatures + curvatures.transpose(0, 2, 1)) / 2
    agents = ("two-point", "first-order") * (n // 2)
    return QuadraticProblem(
        population=Population(agents, directions=2),
        curvatures=curvatures,
        centres=rng.normal(size=(n, d)),
        noise=0.5,
    )


def prepared(n: int, d: int, *, diagonal: bool) -> tuple[General, GeneralState]:
    """The general form after one interaction."""
    problem = population_of(n, d, diagonal=diagonal)
    model = general_model(problem, problem.population, eta=0.01, nu=0.1, interaction="pair")
    return model, advanced(model, start_state(problem, model, np.ones(d)))


def step_seconds(n: int, d: int, *, diagonal: bool) -> float:
    """Seconds of one interaction of the general form."""
    model, state = prepared(n, d, diagonal=diagonal)
    return seconds(lambda: advanced(model, state))


def rival_step(model: General, state: GeneralState) -> Floats:
    """E zz' after one interaction by enumeration of the pairs; curvatures as matrices."""
    n, d = model.centre.shape
    size = n * d
    second, flat = state.second.reshape(size, size), state.mean.ravel()
    covariance = model.eta**2 * estimate_covariance(model, state)
    total = np.zeros((size, size))
    for i, j in combinations(range(n), 2):
        rows = [slice(k * d, (k + 1) * d) for k in (i, j)]
        moved, mean = second.copy(), flat.copy()
        for k, own in zip((i, j), rows, strict=True):
            keep, pull = model.keep[k], model.pull[k]
            moved[own] = keep @ moved[own] + np.outer(pull, mean)
            mean[own] = keep @ mean[own] + pull
            moved[:, own] = moved[:, own] @ keep.T + np.outer(mean, pull)
            moved[own, own] += covariance[k]
        average = (moved[rows[0]] + moved[rows[1]]) / 2
        moved[rows[0]] = moved[rows[1]] = average
        across = (moved[:, rows[0]] + moved[:, rows[1]]) / 2
        moved[:, rows[0]] = moved[:, rows[1]] = across
        total += moved
    return (total / (n * (n - 1) / 2)).reshape(state.second.shape)


def growth(diagonal: bool) -> Iterator[str]:
    """A row for n, for d and for T: times over doubling sizes, and the exponent."""
    shape = "diagonal" if diagonal else "matrices"
    agents, dimensions = [12, 24, 48], [3, 6, 12]
    over_n = [step_seconds(n, 8, diagonal=diagonal) for n in agents]
    over_d = [step_seconds(32, d, diagonal=diagonal) for d in dimensions]
    problem = population_of(16, 4, diagonal=diagonal)
    lengths = [250, 500, 1000]
    run = Method(step_size=0.01, nu=0.1)
    over_t = [
        seconds(
            partial(moments, problem, problem.population, run, steps=t, every=t, form="general")
        )
        for t in lengths
    ]
    for name, sizes, times in (
        ("n (d = 8)", agents, over_n),
        ("d (n = 32)", dimensions, over_d),
        ("T (n = 16, d = 4)", lengths, over_t),
    ):
        cells = ", ".join(f"{s}: {1e3 * t:.3g}" for s, t in zip(sizes, times, strict=True))
        yield f"| {shape} | {name} | {cells} | {exponent(sizes, times):.2f} |"


def against_rival() -> Iterator[str]:
    """Times of both for one interaction, the ratio, and how far apart their results are."""
    ours, theirs, sizes = [], [], [12, 24, 48]
    for n in sizes:
        model, state = prepared(n, 8, diagonal=False)
        found, expected = advanced(model, state).second, rival_step(model, state)
        gap = float(np.abs(found - expected).max() / np.abs(expected).max())
        ours.append(seconds(partial(advanced, model, state)))
        theirs.append(seconds(partial(rival_step, model, state)))
        ratio = theirs[-1] / ours[-1]
        yield f"| {n} | {1e3 * ours[-1]:.3g} | {1e3 * theirs[-1]:.3g} | {ratio:.0f} | {gap:.0e} |"
    yield f"| exponent in n | {exponent(sizes, ours):.2f} | {exponent(sizes, theirs):.2f} | | |"


def long_runs() -> Iterator[str]:
    """The typed form: n = 10^6 agents of two types, d = 8 with 4 different curvatures."""
    system = TypedQuadratic(
        counts=(500_000, 500_000),
        estimators=("two-point", "first-order"),
        curvatures=np.tile([1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0], (2, 1)),
        centres=np.arange(16.0).reshape(2, 8) / 16,
        noise=0.5,
    )
    run = Method(step_size=0.01, nu=0.1)
    for power in (3, 6, 9, 12):
        t = 10**power
        took = seconds(partial(typed_moments, system, run, steps=t, every=t))
        yield f"| 10^{power} | {1e3 * took:.3g} |"


def table() -> Iterator[str]:
    """The page, line by line."""
    yield "# Exact moments\n"
    yield "Written by `python benchmarks/moments.py --write docs/benchmarks/moments.md`, 2 cores.\n"
    yield "## General form: n = 32 agents with curvatures of their own, d = 8, 10^4 steps\n"
    yield "| curvatures | seconds |\n|---|---|"
    for diagonal in (True, False):
        problem = population_of(32, 8, diagonal=diagonal)
        start = time.perf_counter()
        moments(
            problem,
            problem.population,
            Method(step_size=0.01, nu=0.1),
            steps=10_000,
            form="general",
        )
        shape = "diagonal" if diagonal else "matrices"
        yield f"| {shape} | {time.perf_counter() - start:.1f} |"
    yield "\n## Growth: milliseconds of one interaction (for T: of the run)\n"
    yield "| curvatures | in | milliseconds | exponent |\n|---|---|---|---|"
    yield from growth(diagonal=True)
    yield from growth(diagonal=False)
    yield "\nSmall sizes are bound by numpy's calls: exponents are below those of the operations,"
    yield "n^2 d (diagonal), n^2 d^3 (matrices), T."
    yield "\n## One interaction beside enumeration of the pairs (matrices, d = 8)\n"
    yield "| n | ms | enumeration, ms | ratio | relative difference |\n|---|---|---|---|---|"
    yield from against_rival()
    yield "\n## Typed form by repeated squaring: 10^6 agents of two types, d = 8, 256 bits\n"
    yield "| T | ms |\n|---|---|"
    yield from long_runs()


def main() -> None:
    """Print the page as it is measured; write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="also write the page here")
    target: Path | None = parser.parse_args().write
    lines = []
    for line in table():
        print(line, flush=True)
        lines.append(line)
    if target is not None:
        target.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
