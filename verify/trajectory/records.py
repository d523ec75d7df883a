"""Moments at chosen times, one form each: an iterator that the caller may stop at any time."""

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hdo.population import Population
from hdo.problems import QuadraticProblem
from hdo.ring import Array
from verify.balls import ball, balls
from verify.trajectory.general import advanced, general_model, general_observed, start_state
from verify.trajectory.model import Model, Ring, compile_model
from verify.trajectory.powers import Matrix, applied, as_matrix, power
from verify.trajectory.typed import (
    OBSERVED,
    increment,
    initial_state,
    observed,
    state_size,
    unpacked,
)
from verify.trajectory.types import TypedQuadratic

LARGEST_PRECISE = 128
"""State size up to which the typed form computes with the 256 bits of `verify.balls`."""

LARGEST_MATRIX = 1000
"""State size up to which the typed form jumps by powers of its matrix; beyond, it steps."""

Record = tuple[int, Mapping[str, float]]
"""The number of interactions, and the quantities of `OBSERVED` there."""


class RunLike(Protocol):
    """What is read of a method, as of `hdo.spec.Method`; `smoothing` for two-point agents only."""

    @property
    def step_size(self) -> float:
        """eta."""

    @property
    def smoothing(self) -> float:
        """nu."""

    @property
    def interaction(self) -> str:
        """pair or matching."""

    @property
    def steps(self) -> int:
        """Interactions."""

    @property
    def beyond(self) -> tuple[str, ...]:
        """What is not a constant step and fresh, sure meetings."""

    def start_point(self, d: int) -> NDArray[np.float64]:
        """The common start."""


def record_times(steps: int, stride: int) -> list[int]:
    """0, stride, 2 stride, ... and the last interaction."""
    times = list(range(0, steps + 1, stride))
    return times if times[-1] == steps else [*times, steps]


def general_records(
    problem: QuadraticProblem,
    population: Population,
    method: RunLike,
    times: list[int],
) -> Iterator[Record]:
    """The general form, one interaction at a time."""
    model = general_model(
        problem,
        population,
        eta=method.step_size,
        nu=_smoothing(population.agents, method),
        interaction=method.interaction,
    )
    state, done = start_state(problem, model, method.start_point(problem.d)), 0
    for t in times:
        for _ in range(t - done):
            state = advanced(model, state)
        done = t
        yield t, general_observed(model, state)


def _smoothing(estimators: tuple[str, ...], method: RunLike) -> float:
    return method.smoothing if "two-point" in estimators else 0.0


def typed_records(
    system: TypedQuadratic,
    method: RunLike,
    start: NDArray[np.float64],
    times: list[int],
) -> Iterator[Record]:
    """The typed form: powers of its matrix, with 256 bits if it is small; steps if it is large."""
    blocks = len(np.unique(system.curvatures, axis=1).T)
    size = state_size(system.m, blocks)
    ring: Ring = ball if size <= LARGEST_PRECISE else float
    model = compile_model(
        system,
        eta=ring(method.step_size),
        nu=ring(_smoothing(system.estimators, method)),
        start=start,
        interaction=method.interaction,
        ring=ring,
    )
    advance = _jumps(model, ring) if size <= LARGEST_MATRIX else _walk(model)
    numbers, done = initial_state(model).packed()[:, 0], 0
    for t in times:
        numbers, done = advance(numbers, t - done), t
        seen = observed(model, unpacked(model, numbers[:, None]))
        yield t, {name: float(seen[name][0]) for name in OBSERVED}


Advance = Callable[[Array, int], Array]


def _jumps(model: Model, ring: Ring) -> Advance:
    """Advance by powers of the one-step matrix, each computed once."""
    identity = np.eye(state_size(model.m, model.K))
    basis = unpacked(model, balls(identity) if ring is ball else identity)
    matrix = as_matrix(increment(model, basis).packed())
    known: dict[int, Matrix] = {}

    def advance(numbers: Array, count: int) -> Array:
        if count not in known:
            known[count] = power(matrix, count)
        return _without_radii(applied(known[count], numbers))

    return advance


def _walk(model: Model) -> Advance:
    """Advance one interaction at a time, without the matrix."""

    def advance(numbers: Array, count: int) -> Array:
        for _ in range(count):
            change = increment(model, unpacked(model, numbers[:, None])).packed()[:, 0]
            numbers = _without_radii(numbers + change)
        return numbers

    return advance


def _without_radii(numbers: Array) -> Array:
    """The centres of balls: over thousands of steps radii grow (wrapping), these stay accurate."""
    if numbers.dtype != object:
        return numbers
    return np.array([number.mid() for number in numbers], dtype=object)
