"""The engine: replicas of a run in blocks of a fixed size, chunk by chunk, in JAX and float64.

Float64 is switched on inside runs only (`jax.enable_x64` as a context), never globally. Blocks are
aligned: replica r is always lane r mod B of its block, with B a function of the problem alone, and
one compiled program advances a block through any stretch of time. So the bits of a replica do not
depend on how many there are, on chunks, on devices, or on where a run was taken up again.
"""

import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeAlias

import jax
import numpy as np
from numpy.typing import ArrayLike, NDArray

from hdo.engine_blocks import CHUNK_NUMBERS, Chunk, Run, compiled
from hdo.engine_step import (
    DIRECTION,
    MEETING,
    SAMPLE,
    derive_key,
    make_estimates,
    require_runnable,
)
from hdo.spec import Spec, build_problem

__all__ = [
    "DIRECTION",
    "MEETING",
    "SAMPLE",
    "Chunk",
    "derive_key",
    "make_estimates",
    "quantities",
    "run_chunks",
    "simulate",
    "summarised",
    "trajectories",
]

Record: TypeAlias = dict[str, list[int] | dict[str, list[float]]]
Progress: TypeAlias = Callable[[int, int], None]
"""Called with (interactions done, interactions in all), summed over replicas."""


def run_chunks(
    spec: Spec,
    *,
    replicas: int,
    every: int = 1,
    seed: int | None = None,
    wanted: Sequence[str] = ("gamma",),
    x_star: ArrayLike | None = None,
    f_star: float | None = None,
    after: Chunk | None = None,
    shortcuts: bool = True,
    workers: int | None = None,
    chunk_numbers: int = CHUNK_NUMBERS,
    progress: Progress | None = None,
) -> Iterator[Chunk]:
    """The run's chunks in order, as they are finished; with `after`, those that follow that one.

    `wanted` names what is measured at t = 0, every, 2 every, ..., steps: ("models",), or some of
    gamma, distance_sq (needs `x_star`), gap (needs `f_star`). A chunk is `workers` blocks of
    replicas (default: the cores) through so many steps that about `chunk_numbers` are drawn; how a
    run is cut changes no bit of it. Raises InputError as `simulate` does.
    """
    run = _prepared(
        spec,
        replicas=replicas,
        every=every,
        seed=spec.method.seed if seed is None else seed,
        wanted=wanted,
        shortcuts=shortcuts,
        workers=workers or os.cpu_count() or 1,
        chunk_numbers=chunk_numbers,
        x_star=x_star,
        f_star=f_star,
    )
    block, blocks = 0, math.ceil(replicas / run.lanes)
    if after is not None:
        block = after.first // run.lanes
        if after.steps >= run.steps:
            block, after = block + len(after.state), None
    with ThreadPoolExecutor(run.threads) as pool:
        while block < blocks:
            side = run.threads if after is None else len(after.state)
            wave = range(block, min(blocks, block + side))
            for chunk in run.wave(wave, after, pool):
                yield chunk
                if progress is not None:
                    done = chunk.first * run.steps + chunk.count * chunk.steps
                    progress(done, replicas * run.steps)
            block, after = wave.stop, None


def _prepared(
    spec: Spec,
    *,
    replicas: int,
    every: int,
    seed: int,
    wanted: Sequence[str],
    shortcuts: bool,
    workers: int,
    chunk_numbers: int,
    x_star: ArrayLike | None,
    f_star: float | None,
) -> Run:
    problem = build_problem(spec)
    require_runnable(problem, replicas=replicas, every=every)
    with jax.enable_x64(True):
        method = spec.method
        # one program for all seeds and, where the step size is constant, for all lengths
        timeless = None if method.schedule.kind == "constant" else method.rounds
        method = replace(method, seed=0, rounds=timeless)
        program, start, advance = compiled(problem, method, tuple(wanted), shortcuts)
    directions = problem.population.directions
    drawn = program.stepper.lanes * program.stepper.acting * problem.d * directions
    target = np.zeros(problem.d) if x_star is None else np.asarray(x_star, dtype=float)
    return Run(
        program=program,
        start=start,
        advance=advance,
        replicas=replicas,
        every=every,
        steps=spec.method.steps,
        seed=seed,
        stars=(target, np.asarray(0.0 if f_star is None else f_star)),
        threads=workers,
        longest=max(1, chunk_numbers // drawn),
    )


def trajectories(
    spec: Spec, *, replicas: int, every: int = 1, seed: int | None = None, shortcuts: bool = True
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Times t = 0, every, 2 every, ..., steps, and the models there: (times, replicas, n, d)."""
    t, values = joined(
        run_chunks(
            spec,
            replicas=replicas,
            every=every,
            seed=seed,
            wanted=("models",),
            shortcuts=shortcuts,
        )
    )
    return t, values["models"]


def simulate(
    spec: Spec,
    *,
    replicas: int,
    every: int = 1,
    seed: int | None = None,
    x_star: ArrayLike | None = None,
    f_star: float | None = None,
    shortcuts: bool = True,
    progress: Progress | None = None,
) -> Record:
    """Monte Carlo of Algorithm 1: `t`, and {mean, stderr} lists over replicas, each `every` steps
    and at the last.

    `gamma` is Gamma_t = (1/n) sum_i ||X_i - mu||^2; `distance_sq` is ||mu_t - x*||^2 and `gap` is
    f(mu_t) - f*, each given only with the caller's `x_star` (d,) and `f_star`. `seed` None takes
    method.seed. The standard error is NaN with a single replica. Raises InputError for random
    centres, counts below 1, missing keys, or losses an estimator cannot take.
    """
    return summarised(
        run_chunks(
            spec,
            replicas=replicas,
            every=every,
            seed=seed,
            wanted=quantities(x_star=x_star, f_star=f_star),
            x_star=x_star,
            f_star=f_star,
            shortcuts=shortcuts,
            progress=progress,
        )
    )


def quantities(*, x_star: ArrayLike | None, f_star: float | None) -> tuple[str, ...]:
    """What can be measured with these."""
    there = {"distance_sq": x_star is not None, "gap": f_star is not None}
    return ("gamma", *(name for name, given in there.items() if given))


def joined(chunks: Iterable[Chunk]) -> tuple[NDArray[np.int64], dict[str, NDArray[np.float64]]]:
    """All times, and the values of all replicas there: (times, replicas, ...)."""
    waves: dict[int, list[Chunk]] = {}
    for chunk in chunks:
        waves.setdefault(chunk.first, []).append(replace(chunk, state=()))
    whole = [
        {k: np.concatenate([c.values[k] for c in wave]) for k in wave[0].values}
        for _, wave in sorted(waves.items())
    ]
    t = np.concatenate([c.t for c in next(iter(waves.values()))])
    return t, {k: np.concatenate([values[k] for values in whole], axis=1) for k in whole[0]}


def summarised(chunks: Iterable[Chunk]) -> Record:
    """The record of `simulate` from a run's chunks."""
    t, values = joined(chunks)
    record: Record = {"t": t.tolist()}
    record.update({name: _mean_and_error(found) for name, found in values.items()})
    return record


def _mean_and_error(values: NDArray[np.float64]) -> dict[str, list[float]]:
    replicas = values.shape[1]
    spread = values.std(axis=1, ddof=1) if replicas > 1 else np.full(len(values), math.nan)
    return {
        "mean": values.mean(axis=1).tolist(),
        "stderr": (spread / math.sqrt(replicas)).tolist(),
    }
