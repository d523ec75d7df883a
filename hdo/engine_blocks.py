"""Blocks of replicas through time: the compiled program, its chunks, and where they execute."""

import math
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from hdo.engine_random import make_key
from hdo.engine_step import State, Stepper
from hdo.problems.base import Problem
from hdo.spec import Method

BLOCK_NUMBERS = 2**19
"""About how many numbers the models of a block hold: they stay in a core's cache."""

CHUNK_NUMBERS = 2**31
"""About how many numbers one chunk draws: some seconds."""

RECORD_NUMBERS = 2**21
"""At most so many numbers of records a block holds in one chunk."""

MOST_LANES, MOST_SEGMENTS = 256, 256

Values: TypeAlias = Mapping[str, NDArray[np.float64]]
"""What was measured, by name: arrays (times, replicas, ...)."""


@dataclass(frozen=True, eq=False)
class Chunk:
    """Finished work: `values` at the times `t` of the replicas first..first + count - 1.

    `steps` are done by these replicas after it, and with `state` (host arrays) a run goes on from
    here; chunks come in order of replicas, then of time.
    """

    first: int
    count: int
    steps: int
    t: NDArray[np.int64]
    values: Values
    state: tuple[dict[str, NDArray[np.float64]], ...]


def lanes_of(problem: Problem, *, everyone: bool) -> int:
    """B, the replicas of a block: a power of two that depends on the problem alone."""
    fit = BLOCK_NUMBERS // (problem.n * problem.d)
    least = 1 if everyone else 4
    return min(MOST_LANES, max(least, 2 ** int(math.log2(max(fit, 1)))))


@dataclass(frozen=True, eq=False)
class Program:
    """One spec's compiled program: a block through segments of time, measured after each."""

    stepper: Stepper
    wanted: tuple[str, ...]
    segments: int

    def start(self, x_star: jax.Array, f_star: jax.Array) -> tuple[State, dict[str, jax.Array]]:
        """The block before the first interaction and what is measured of it."""
        state = self.stepper.start()
        return state, self._measured(state, x_star, f_star)

    def advance(
        self,
        state: State,
        root: jax.Array,
        first: jax.Array,
        active: jax.Array,
        t: jax.Array,
        lengths: jax.Array,
        count: jax.Array,
        x_star: jax.Array,
        f_star: jax.Array,
    ) -> tuple[State, dict[str, jax.Array]]:
        """`count` segments of `lengths` interactions from t on: the block, (segments, B) values."""
        replicas = first + jnp.arange(self.stepper.lanes)
        empty = jax.eval_shape(partial(self._measured, x_star=x_star, f_star=f_star), state)
        records = {k: jnp.zeros((self.segments, *v.shape), v.dtype) for k, v in empty.items()}

        def segment(k: jax.Array, carry: Any) -> Any:
            state, t, records = carry

            def one(moment: jax.Array, now: State) -> State:
                return self.stepper.step(now, root, replicas, active, moment)

            state = jax.lax.fori_loop(t, t + lengths[k], one, state)
            found = self._measured(state, x_star, f_star)
            records = {name: records[name].at[k].set(found[name]) for name in records}
            return state, t + lengths[k], records

        state, _, records = jax.lax.fori_loop(0, count, segment, (state, t, records))
        return state, records

    def _measured(self, state: State, x_star: jax.Array, f_star: jax.Array) -> dict[str, jax.Array]:
        X = state["models"]
        if self.wanted == ("models",):
            return {"models": X}
        problem = self.stepper.problem
        mu = X.mean(axis=1)
        found = {"gamma": ((X - mu[:, None]) ** 2).sum(axis=(1, 2)) / problem.n}
        if "distance_sq" in self.wanted:
            found["distance_sq"] = ((mu - x_star) ** 2).sum(axis=1)
        if "gap" in self.wanted:
            found["gap"] = jax.vmap(problem.value)(mu) - f_star
        return found


@lru_cache(maxsize=8)
def compiled(
    problem: Problem, method: Method, wanted: tuple[str, ...], shortcuts: bool
) -> tuple[Program, Any, Any]:
    """The program of a problem and a method, and its two functions, to be compiled once."""
    lanes = lanes_of(problem, everyone=method.interaction == "matching")
    stepper = Stepper(problem, method, lanes, shortcuts)
    size = lanes * (problem.n * problem.d if wanted == ("models",) else 1)
    program = Program(stepper, wanted, max(1, min(MOST_SEGMENTS, RECORD_NUMBERS // size)))
    return program, jax.jit(program.start), jax.jit(program.advance, donate_argnums=0)


def _segments(
    after: int, steps: int, every: int, *, most: int, longest: int
) -> Iterator[list[int]]:
    """The stretches of time still to go after `after` steps, in chunks.

    A segment ends at the latest at the next multiple of `every`, or at `steps`; a chunk has at most
    `most` segments and `longest` steps.
    """
    chunk: list[int] = []
    room = longest
    while after < steps:
        length = min(every - after % every, room, steps - after)
        chunk.append(length)
        after, room = after + length, room - length
        if room == 0 or len(chunk) == most:
            yield chunk
            chunk, room = [], longest
    if chunk:
        yield chunk


@dataclass(frozen=True, eq=False, kw_only=True)
class Run:
    """One run's fixed parts: its program, how many replicas, its key, where it executes."""

    program: Program
    start: Any
    advance: Any
    replicas: int
    every: int
    steps: int
    seed: int
    stars: tuple[NDArray[np.float64], NDArray[np.float64]]
    threads: int
    longest: int

    @property
    def lanes(self) -> int:
        """B."""
        return self.program.stepper.lanes

    def begin(self, block: int) -> tuple[Any, Values]:
        """The block at t = 0, and what is measured then: (1, B, ...)."""
        with _on_device(block):
            state, found = self.start(*self.stars)
            return state, {name: np.asarray(found[name])[None] for name in self.program.wanted}

    def go(self, block: int, state: Any, t: int, lengths: list[int]) -> tuple[Any, Values]:
        """The block after these segments of time, and what is measured at the end of each."""
        first = block * self.lanes
        padded = np.zeros(self.program.segments, dtype=np.int64)
        padded[: len(lengths)] = lengths
        counts = (first, min(self.lanes, self.replicas - first), t)
        with _on_device(block):
            numbers = (np.int64(number) for number in counts)
            root, many = make_key(self.seed), np.int64(len(lengths))
            state, records = self.advance(state, root, *numbers, padded, many, *self.stars)
            kept = slice(len(lengths))
            return state, {name: np.asarray(records[name])[kept] for name in self.program.wanted}

    def wave(self, blocks: range, after: Chunk | None, pool: ThreadPoolExecutor) -> Iterator[Chunk]:
        """The chunks of some blocks that advance side by side."""
        first = blocks.start * self.lanes
        count = min(self.replicas, blocks.stop * self.lanes) - first
        opening: list[Values] = []
        if after is None:
            t, begun = 0, list(pool.map(self.begin, blocks))
            states, opening = [state for state, _ in begun], [values for _, values in begun]
        else:
            t, states = after.steps, list(after.state)
        limits = {"most": self.program.segments, "longest": self.longest}
        for lengths in _segments(t, self.steps, self.every, **limits) if self.steps else [[]]:
            jobs = [
                pool.submit(self.go, block, state, t, lengths)
                for block, state in zip(blocks, states, strict=True)
            ]
            done = [job.result() for job in jobs]
            states = [state for state, _ in done]
            ends = t + np.cumsum(lengths, dtype=np.int64)
            kept = (ends % self.every == 0) | (ends == self.steps)
            parts = [{k: v[kept] for k, v in values.items()} for _, values in done]
            if opening:
                ends, kept = np.append(0, ends), np.append(True, kept)
                parts = [_stacked([a, b]) for a, b in zip(opening, parts, strict=True)]
                opening = []
            t += sum(lengths)
            values = {k: v[:, :count] for k, v in _stacked(parts, axis=1).items()}
            host = tuple({k: np.asarray(v) for k, v in state.items()} for state in states)
            yield Chunk(first, count, t, ends[kept], values, host)


def _stacked(parts: Sequence[Values], *, axis: int = 0) -> dict[str, NDArray[np.float64]]:
    return {name: np.concatenate([part[name] for part in parts], axis=axis) for name in parts[0]}


@contextmanager
def _on_device(block: int) -> Iterator[None]:
    """Float64, on the devices in turn."""
    devices = jax.local_devices()
    with jax.enable_x64(True), jax.default_device(devices[block % len(devices)]):
        yield
