"""Exact expectations along a run of Algorithm 1 on quadratics, in the form that fits."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hdo.errors import InputError
from hdo.population import PAPER, Population
from hdo.problems import Problem, QuadraticProblem
from hdo.ring import frozen
from verify.supported import unmeasured_estimator
from verify.trajectory.records import (
    LARGEST_MATRIX,
    Record,
    RunLike,
    general_records,
    record_times,
    typed_records,
)
from verify.trajectory.typed import OBSERVED, state_size
from verify.trajectory.types import TypedQuadratic, rotated_types_of, types_of

Progress = Callable[[int, int], None]
"""Called with (interactions done, interactions in all)."""

LARGEST_GENERAL = 400
"""n d up to which the general form is offered."""

_RECORDS = 200


@dataclass(frozen=True, eq=False)
class Moments:
    """Exact expectations at the interactions `t`, float64 (R,) each.

    `gamma`: E Gamma_t; `distance_sq`: E||mu_t - x*||^2; `gap`: E f(mu_t) - f*; `grad_sq`: E||grad
    f(mu_t)||^2; `M_G`: E M_t^G. With random centres expectations are over them too and x* is their
    mean. A typed population of few types and curvatures is computed with 256 bits and rounded once;
    otherwise the error is about 1e-15 of E||mu_t - x*||^2 + E Gamma_t, so that a Gamma far below it
    is noise.
    """

    t: NDArray[np.int64]
    gamma: NDArray[np.float64]
    distance_sq: NDArray[np.float64]
    gap: NDArray[np.float64]
    grad_sq: NDArray[np.float64]
    M_G: NDArray[np.float64]

    def __post_init__(self) -> None:
        for name in ("t", *OBSERVED):
            object.__setattr__(self, name, frozen(getattr(self, name)))


def moments(
    problem: Problem,
    population: Population,
    method: RunLike,
    *,
    every: int | None = None,
    steps: int | None = None,
    form: str = "auto",
    progress: Progress | None = None,
) -> Moments:
    """E Gamma_t, E||mu_t - x*||^2, E f(mu_t) - f*, ... every `every` interactions and at the last.

    `steps` is the method's unless given; `every` makes about 200 records unless given. `form`:
    "typed" (agents grouped by estimator, curvature and centre; diagonal or shared curvature),
    "general" (n d <= 400), or "auto", whichever can do it cheaper. Raises InputError for a problem
    that is not quadratic or fits no form. An interrupt (KeyboardInterrupt) passes through and
    leaves nothing behind.
    """
    if not isinstance(problem, QuadraticProblem):
        raise InputError("problem.kind", problem.kind, '"quadratic" for exact moments')
    _require_measured(population.agents, method)
    times = _times(method.steps if steps is None else steps, every)
    system, basis = _typed_system(problem, population)
    if system is None or _choose(problem, system, form) == "general":
        _require_general(problem, form)
        return _collected(general_records(problem, population, method, times), times, progress)
    start = method.start_point(problem.d)
    start = start if basis is None else start @ basis
    return _collected(typed_records(system, method, start, times), times, progress)


def typed_moments(
    system: TypedQuadratic,
    method: RunLike,
    *,
    every: int | None = None,
    steps: int | None = None,
    progress: Progress | None = None,
) -> Moments:
    """The same for a population given by its types, so with any number of agents."""
    _require_measured(system.estimators, method)
    times = _times(method.steps if steps is None else steps, every)
    records = typed_records(system, method, method.start_point(system.d), times)
    return _collected(records, times, progress)


def _require_measured(agents: tuple[str, ...], method: RunLike) -> None:
    """InputError for an estimator or a method whose moments are not known here."""
    name = unmeasured_estimator(agents)
    if name is not None:
        raise InputError("population.agents", name, f"for exact moments one of {list(PAPER)}")
    if method.beyond:
        expected = "a constant step and fresh meetings of pairs or matchings, for exact moments"
        raise InputError("method", method.beyond[0], expected)


def _times(steps: int, every: int | None) -> list[int]:
    if steps < 0:
        raise InputError("method.steps", steps, "an integer >= 0")
    if every is not None and every < 1:
        raise InputError("every", every, "an integer >= 1")
    return record_times(steps, max(1, steps // _RECORDS) if every is None else every)


def _typed_system(
    problem: QuadraticProblem, population: Population
) -> tuple[TypedQuadratic | None, NDArray[np.float64] | None]:
    """The types and, where the curvature had to be rotated, the basis; None where there is none."""
    if problem.diagonal:
        return types_of(problem, population), None
    return rotated_types_of(problem, population) if problem.shared_curvature else (None, None)


def _choose(problem: QuadraticProblem, system: TypedQuadratic, form: str) -> str:
    """The form asked for, or the one that can do it, or the cheaper."""
    if form not in ("auto", "typed", "general"):
        raise InputError("form", form, "auto, typed or general")
    if form != "auto":
        return form
    if any(problem.centre_variance) or problem.n * problem.d > LARGEST_GENERAL:
        return "typed"
    return "typed" if state_size(system.m, problem.d) <= LARGEST_MATRIX else "general"


def _require_general(problem: QuadraticProblem, form: str) -> None:
    """Raise InputError unless the general form can do it and was not excluded."""
    if form == "typed":
        raise InputError("form", form, "general, as the agents' curvature matrices differ")
    if problem.n * problem.d > LARGEST_GENERAL:
        found = f"{problem.n} agents in {problem.d} dimensions"
        raise InputError("problem", found, f"n d <= {LARGEST_GENERAL} in the general form")
    if any(problem.centre_variance):
        expected = "0 in the general form (agents of equal curvature allow random centres)"
        raise InputError("problem.group_centres.variance", list(problem.centre_variance), expected)


def _collected(records: Iterator[Record], times: list[int], progress: Progress | None) -> Moments:
    rows = []
    with np.errstate(over="ignore", invalid="ignore"):
        for t, row in records:
            if not all(math.isfinite(value) for value in row.values()):
                expected = "fewer, or a smaller method.step_size: the moments outgrow float64"
                raise InputError("method.steps", t, expected)
            rows.append(row)
            if progress is not None:
                progress(t, times[-1])
    columns = {name: np.array([row[name] for row in rows]) for name in OBSERVED}
    return Moments(t=np.array(times, dtype=np.int64), **columns)
