"""From drafts to instances: the largest step size a claim admits, and the fraction of it."""

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import sympy as sp

from hdo.interactions_graphs import Graph
from theory import Claim
from verify.balls import ball
from verify.hypotheses import (
    RELATIONS,
    ULP,
    Numbers,
    broken_relation,
    fixed_numbers,
    needed_parameters,
    tied,
    unmet_structure,
)
from verify.instance import Draft, Instance
from verify.meetings import RING, law_numbers

_LARGEST_T = 2**60


@lru_cache(maxsize=512)
def _float_conditions(conditions: tuple[Any, ...]) -> tuple[tuple[Any, tuple[str, ...], Any], ...]:
    """(relation, argument names, lhs - rhs as a float function) for each condition."""
    compiled_conditions = []
    for condition in conditions:
        symbols = sorted(condition.free_symbols, key=lambda s: str(s.name))
        gap = sp.lambdify(symbols, [condition.lhs, condition.rhs], "math")
        names = tuple(str(s.name) for s in symbols)
        compiled_conditions.append((RELATIONS[condition.rel_op], names, gap))
    return tuple(compiled_conditions)


def _nearly_admissible(claim: Claim, values: Mapping[str, float]) -> bool:
    """Whether the conditions hold in float64: a guide for the search, never a verdict."""
    try:
        return all(
            relation(*sides(*(values[name] for name in names)))
            for relation, names, sides in _float_conditions(claim.conditions)
        )
    except (ArithmeticError, ValueError, TypeError):
        return False


def largest_step(claim: Claim, numbers: Numbers, draft: Draft) -> float:
    """The largest eta that the claim's conditions admit: 0 if none, infinity if they set no limit.

    c or nu is held fixed as the draft says; the admissible set is an interval from 0.
    """
    values = {name: float(value.mid()) for name, value in numbers.items()}

    def admits(eta: float) -> bool:
        nu = draft.smoothing(eta)
        return _nearly_admissible(claim, {**values, "eta": eta, "nu": nu, "c": eta / nu})

    low, high = 1e-40 / values["L"], 1e25 / values["L"]
    if not admits(low):
        return 0.0
    if admits(high):
        return math.inf
    for _ in range(64):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if admits(middle) else (low, middle)
    return low


def resolve(claim: Claim, draft: Draft) -> Instance | None:
    """The instance at the draft's fraction of the claim's limit; None where the claim is silent."""
    spec = draft.shell
    problem = draft.problem
    if unmet_structure(claim, problem, spec.population):
        return None
    parameters = _chosen_parameters(claim, draft)
    if parameters is None or (claim.scope == "trajectory" and draft.steps < 2):
        return None
    numbers = fixed_numbers(problem, spec.population, {**spec.parameters, **parameters})
    if any(symbol.name == "eta" for symbol, _ in claim.ties):
        return _resolvetied(claim, draft, numbers, parameters)
    graph = RING if claim.interaction == "graph" else None
    numbers |= law_numbers(claim.interaction, graph, spec.population.n)
    steps = draft.steps if claim.scope == "trajectory" else 0
    if steps:
        numbers["T"] = ball(steps)
    limit = largest_step(claim, numbers, draft)
    eta = draft.fraction * limit
    if limit == math.inf:
        eta = draft.fraction * 10.0**draft.scale / float(numbers["L"].mid())
    for _ in range(6):
        nu = draft.smoothing(eta)
        if not (0 < eta < math.inf and 0 < nu < math.inf):
            return None
        exact = {**numbers, "eta": ball(eta), "nu": ball(nu), "c": ball(eta) / ball(nu)}
        if broken_relation(claim, exact) is None:
            made = draft.instance(eta=eta, nu=nu, steps=steps, parameters=parameters)
            return made if claim.interaction == "pair" else meeting(made, claim.interaction, graph)
        eta *= 1 - 4 * ULP
    return None


def meeting(instance: Instance, interaction: str, graph: Graph | None) -> Instance:
    """The same with other meetings."""
    method = replace(instance.spec.method, interaction=interaction, graph=graph)
    made = Instance(replace(instance.spec, method_table=method))
    made.__dict__["problem"] = instance.problem
    return made


def _chosen_parameters(claim: Claim, draft: Draft) -> dict[str, Any] | None:
    """What the claim needs of [parameters], completed; None where the draft cannot give it."""
    population = draft.shell.population
    given = draft.shell.parameters
    chosen: dict[str, Any] = {}
    for name in needed_parameters(claim):
        if name == "agent":
            group = population.zeroth_order if claim.scope == "agent" else range(population.n)
            chosen[name] = int(group[int(given.get("agent", 0)) % len(group)])
        elif name == "other":
            chosen[name] = int(given.get("other", 1)) % population.n
        elif name not in given:
            return None
    return chosen


def _resolvetied(
    claim: Claim, draft: Draft, numbers: Numbers, parameters: Mapping[str, Any]
) -> Instance | None:
    """Step size and smoothing as tied to T, at the smallest admissible T / fraction."""
    smallest = _smallest_horizon(claim, numbers)
    if smallest is None:
        return None
    for steps in (math.ceil(smallest / draft.fraction), math.ceil(smallest / draft.fraction) + 1):
        exact = tied(claim, {**numbers, "T": ball(steps)})
        if broken_relation(claim, exact) is None:
            eta, nu = float(exact["eta"].mid()), float(exact["nu"].mid())
            return draft.instance(eta=eta, nu=nu, steps=steps, parameters=parameters)
    return None


def _smallest_horizon(claim: Claim, numbers: Numbers) -> int | None:
    """The smallest T, found by doubling, at which the tied step size is admissible, or None."""

    def admits(T: int) -> bool:
        exact = tied(claim, {**numbers, "T": ball(T)})
        return exact["eta"] > 0 and broken_relation(claim, exact) is None

    high = 2
    while not admits(high):
        high *= 2
        if high > _LARGEST_T:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if admits(middle) else (middle, high)
    return high
