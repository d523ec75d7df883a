"""Exact evidence for an instance, measured once and shared by every claim judged on it."""

from collections.abc import Collection, Mapping
from functools import lru_cache

from hdo.problems import LinearModelProblem
from verify.balls import Ball, ball
from verify.instance import Instance
from verify.meetings import edges_of
from verify.onestep import NotExact as StepNotExact
from verify.onestep import StepMeasurement, measure_step
from verify.optimum import OptimumError, optimum
from verify.trajectory import NotExact as TrajectoryNotExact
from verify.trajectory import measure_on_graph, measure_trajectory

NOT_EXACT = (StepNotExact, TrajectoryNotExact, OptimumError)
"""Raised where a quantity has no exact evidence on an instance; the message is the reason."""

_REMEMBERED = 512


NEEDS_OPTIMUM = frozenset({"e", "a_sq", "a_sq_next", "mu_dot_m"})
"""Quantities of a step that are relative to the minimiser."""


def measured_step(instance: Instance, names: Collection[str]) -> StepMeasurement:
    """What one step from the instance's state X_t does, by name, computed when asked for.

    `names` are those that will be asked for: the optimum of a problem on data is solved for only
    where one of them is relative to it.
    """
    cheap = not isinstance(instance.problem, LinearModelProblem)
    return _step(instance, cheap or not NEEDS_OPTIMUM.isdisjoint(names))


@lru_cache(maxsize=_REMEMBERED)
def _step(instance: Instance, with_optimum: bool) -> StepMeasurement:
    spec = instance.spec
    return measure_step(
        instance.problem,
        spec.population,
        instance.models,
        eta=ball(instance.eta),
        nu=ball(instance.nu),
        optimum=optimum(instance.problem) if with_optimum else None,
        interaction=spec.method.interaction,
        edges=_edges(instance),
        parameters=spec.parameters,
    )


def _edges(instance: Instance) -> list[tuple[int, int]]:
    found = edges_of(instance.spec.method.graph, instance.n)
    return [] if found is None else [(int(i), int(j)) for i, j in found]


def measured_run(instance: Instance, *, l: Ball, eta: Ball, nu: Ball) -> Mapping[str, Ball]:  # noqa: E741
    """What the instance's whole run does, by name, at exactly this step size and smoothing."""
    return _run(instance, *(_Number(number) for number in (l, eta, nu)))


class _Number:
    """A ball that equals another of the same midpoint and radius, so that runs are remembered."""

    def __init__(self, value: Ball) -> None:
        self.value = value
        self._parts = (*value.mid().man_exp(), *value.rad().man_exp())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Number) and self._parts == other._parts

    def __hash__(self) -> int:
        return hash(tuple(int(part) for part in self._parts))


@lru_cache(maxsize=_REMEMBERED)
def _run(instance: Instance, l: _Number, eta: _Number, nu: _Number) -> Mapping[str, Ball]:  # noqa: E741
    """Weights are w_t = (1 - eta p l/4)^{-t}, p the probability that an agent steps."""
    spec = instance.spec
    numbers = {"l": l.value, "eta": eta.value, "nu": nu.value}
    if spec.method.interaction == "graph":
        start = spec.method.start_point(instance.problem.d)
        steps, edges = spec.method.steps, _edges(instance)
        return measure_on_graph(
            instance.problem, spec.population, edges, steps, start=start, **numbers
        )
    rate = eta.value * l.value / 4 if spec.method.interaction == "matching" else None
    return measure_trajectory(
        instance.problem, spec.population, spec.method, spec.method.steps, rate=rate, **numbers
    )
