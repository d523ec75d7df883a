"""From an instance where a claim fails to a minimal one: fewest agents, shortest numbers."""

import math
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from hdo.checking import depth
from hdo.errors import InputError
from hdo.population import ZEROTH
from theory import Claim
from verify.hypotheses import needed_parameters, with_ties
from verify.instance import Instance, Table
from verify.judge import Judgement, judge
from verify.moves import SAME_SHAPE
from verify.optimum import OptimumError
from verify.search import Judge, draft_at, search
from verify.shape import (
    agents,
    changed,
    counted,
    dimensions,
    explicit,
    has_data,
    is_positive,
    numbers,
    value_at,
    with_agents,
    with_coordinates,
    with_counts,
)

REPAIR_BUDGET, RUN_REPAIR_BUDGET = 60, 20
"""Evaluations spent on making a smaller shape fail again by other numbers; on trajectories."""

_MOST_RUN_REPAIRS = 6
_LISTED_COUNT = 16

_DIGITS = (1, 2, 3, 6)
_MOST_PASSES = 20


def shrink(
    claim: Claim, instance: Instance, *, entropy: int = 0, judged: Judge = judge
) -> Instance:
    """A smallest instance found, by greedy steps, on which the claim is still violated.

    Every step is judged anew, hypotheses included. First the shape: agents down to 2, coordinates
    down to 1, plainer estimators; where a smaller shape holds with the old numbers, a short search
    looks for numbers with which it fails. Then the numbers, to 0, 1 or few digits. Repeated until
    nothing changes.
    """
    fails = _Failing(claim, judged)
    current = fails.read(_spelled_out(instance))
    if current is None:
        raise ValueError(f"{claim.key}: only an instance that violates the claim can be shrunk")
    for _ in range(_MOST_PASSES):
        before = current
        current = _smaller_shape(fails, current, entropy)
        current = _shorter_numbers(fails, current)
        if current == before:
            break
    return current


class _Failing:
    """Tables in, instances that violate the claim out; visibly, once one of them does."""

    def __init__(self, claim: Claim, judged: Judge) -> None:
        self.claim = claim
        self.judged = judged
        self.visible = False
        self.on_runs = claim.scope == "trajectory"

    def read(self, table: Table) -> Instance | None:
        """The instance of this table if the claim is violated there."""
        try:
            instance = with_ties(self.claim, Instance.from_dict(table))
            found: Judgement = self.judged(self.claim, instance)
        except (InputError, OptimumError):
            return None
        if found.outcome != "violated" or (self.visible and not found.visible):
            return None
        self.visible = self.visible or found.visible
        return instance

    def repaired(self, table: Table, entropy: int) -> Instance | None:
        """An instance of the same shape that violates the claim, found by a short search."""
        try:
            start = draft_at(self.claim, Instance.from_dict(table))
        except (InputError, OptimumError, ArithmeticError, ValueError):
            return None
        found = search(
            self.claim,
            [start],
            budget=RUN_REPAIR_BUDGET if self.on_runs else REPAIR_BUDGET,
            entropy=entropy,
            moves=SAME_SHAPE,
            judged=self.judged,
        )
        return None if found.violated is None else found.violated.instance


def _spelled_out(instance: Instance) -> Table:
    """The instance's tables with a row an agent, and eta and nu as numbers."""
    table = instance.spec.to_dict()
    given = table.pop("method")
    method: Table = {"step_size": instance.eta, "smoothing": instance.nu}
    if "steps" in given:
        method["steps"] = given["steps"]
        table["start"] = given["start"]
    content = explicit(table)
    if "steps" in given:
        method["start"] = content.pop("start")
    return {**content, "method": method}


def _smaller_shape(fails: _Failing, current: Instance, entropy: int) -> Instance:
    """The first smaller shape that fails, again and again."""
    found: Instance | None = current
    while found is not None:
        current = found
        options = list(_shapes(_spelled_out(current), fails.claim))
        found = next((i for i in map(fails.read, options) if i is not None), None)
        if found is None:
            worth = (t for t in options if _worth_repair(t, current))
            tried = islice(worth, _MOST_RUN_REPAIRS if fails.on_runs else None)
            repaired = (fails.repaired(table, entropy) for table in tried)
            found = next((i for i in repaired if i is not None and _smaller(i, current)), None)
    return current


def _worth_repair(table: Table, current: Instance) -> bool:
    """Not for another T, which a search cannot keep, nor for less than half of many agents."""
    same_steps = table["method"].get("steps") == current.spec.method.rounds
    return same_steps and (not counted(table) or agents(table) >= current.n // 2)


def _smaller(candidate: Instance, current: Instance) -> bool:
    """Whether the shape is smaller; a repair may have changed more than it was asked to."""
    return _shape(candidate) < _shape(current)


def _shape(instance: Instance) -> tuple[int, ...]:
    """Agents, dimensions, directions, estimators, layers of curvature, steps, parameters."""
    spec = instance.spec
    return (
        instance.n,
        instance.problem.d,
        spec.population.directions,
        sum(1 + (name == "forward-gradient") for name in spec.population.agents if name in ZEROTH),
        depth(spec.problem.get("curvature")),
        spec.method.rounds or 0,
        len(spec.parameters),
    )


def _shapes(table: Table, claim: Claim) -> Iterator[Table]:
    """Smaller tables: an agent, a coordinate, steps or parameters less; plainer estimators."""
    n, d = agents(table), dimensions(table)
    if counted(table):
        for counts in _fewer(table):
            yield with_counts(_fresh(table), *counts)
    elif n > 2:
        for gone in range(n):
            yield with_agents(_fresh(table), [i for i in range(n) if i != gone])
    if d > 1 and not has_data(table):
        for gone in range(d):
            kept = [k for k in range(d) if k != gone]
            shorter = _fresh(table)
            start = shorter["method"].pop("start", None)
            if isinstance(start, list):
                shorter["method"]["start"] = [start[k] for k in kept]
            yield with_coordinates(shorter, kept)
    yield from _plainer(table, claim)


def _fewer(table: Table) -> Iterator[tuple[int, int]]:
    """Smaller numbers of agents in the two groups, the smallest totals first."""
    n0, n1 = (int(table["population"][name]) for name in ("zeroth_order", "first_order"))
    pairs = ((a, b) for a in _fewer_of(n0) for b in _fewer_of(n1))
    yield from (p for p in sorted(pairs, key=sum) if 2 <= sum(p) < n0 + n1)


def _fewer_of(count: int) -> list[int]:
    """Some numbers up to `count`: all up to 3, halves, and close below."""
    close = {count - 1} if count <= _LISTED_COUNT else {count - count // k for k in (2, 4, 8, 32)}
    return sorted({n for n in (0, 1, 2, 3, *close, count) if n <= count})


def _fewer_steps(steps: int) -> list[int]:
    """Round numbers below `steps`, from 2 on; all of them up to 10."""
    small = range(2, min(steps, 11))
    large = (m * 10**k for k in range(1, len(str(steps))) for m in (1, 2, 5))
    return sorted({*small, *(number for number in large if number < steps)})


def _plainer(table: Table, claim: Claim) -> Iterator[Table]:
    if table["population"].get("directions", 1) > 1:
        yield _with(table, ("population", "directions"), 1)
    for index, name in enumerate(table["population"].get("agents", ())):
        if name == "forward-gradient" or (name == "two-point" and claim.estimator == "any"):
            yield _with(table, ("population", "agents", index), "first-order")
    steps = table["method"].get("steps", 0)
    for fewer in _fewer_steps(steps):
        yield _with(table, ("method", "steps"), fewer)
    curvature = table["problem"].get("curvature")
    if isinstance(curvature, list) and isinstance(curvature[0], list):
        row = curvature[0]
        shared = [row[k][k] for k in range(len(row))] if isinstance(row[0], list) else row
        yield _with(table, ("problem", "curvature"), shared)
    for name in table.get("parameters", {}):
        if name not in needed_parameters(claim):
            yield _without(table, "parameters", name)


def _fresh(table: Table) -> Table:
    return {key: _copy(value) for key, value in table.items()}


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _with(table: Table, path: tuple[str | int, ...], value: Any) -> Table:
    fresh = _fresh(table)
    holder: Any = fresh
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return fresh


def _without(table: Table, name: str, key: str) -> Table:
    fresh = _fresh(table)
    del fresh[name][key]
    return fresh


def _shorter_numbers(fails: _Failing, current: Instance) -> Instance:
    """Every number in turn replaced by the simplest one with which the claim still fails."""
    table = _spelled_out(current)
    paths = [*_method_numbers(table), *numbers({k: v for k, v in table.items() if k != "method"})]
    for path in paths:
        old = value_at(table, path)
        for value in _simpler(old, positive=path[0] == "method" or is_positive(path)):
            candidate = changed(_fresh(table), path, _constantly(value))
            found = fails.read(candidate)
            if found is not None:
                current, table = found, candidate
                break
    return current


def _method_numbers(table: Table) -> Iterator[tuple[str | int, ...]]:
    yield from (("method", key) for key in ("step_size", "smoothing"))
    start = table["method"].get("start")
    if isinstance(start, list):
        yield from (("method", "start", k) for k in range(len(start)))


def _constantly(value: float) -> Callable[[float], float]:
    return lambda _: value


def _simpler(value: float, *, positive: bool) -> Iterator[float]:
    """Numbers shorter than `value`, simplest first."""
    candidates = [0.0, 1.0] if positive else [0.0, 1.0, -1.0]
    if value:
        nearest = round(math.log10(abs(value)))
        powers = range(0, nearest + (1 if nearest >= 0 else -1), 1 if nearest >= 0 else -1)
        candidates += [math.copysign(10.0**power, value) for power in powers]
    for digits in _DIGITS:
        rounded = float(f"{value:.{digits}g}")
        unit = 10.0 ** (math.floor(math.log10(abs(value))) - digits + 1) if value else 0.0
        candidates += [rounded, *(float(f"{rounded + s * unit:.{digits}g}") for s in (-1, 1))]
    tried: set[float] = set()
    for candidate in candidates:
        if candidate not in tried and cost(candidate) < cost(value):
            tried.add(candidate)
            yield candidate


def cost(value: float) -> tuple[int, float]:
    """How long a number is to read: digits first, then how far its exponent is from 0."""
    if value == 0:
        return 0, 0.0
    mantissa, exponent = f"{abs(value):.16e}".split("e")
    digits = len(mantissa.replace(".", "").rstrip("0"))
    if digits == 1 and mantissa.startswith("1"):
        return 1, abs(int(exponent)) + (0.5 if value < 0 else 0.0)
    return 1 + digits, abs(int(exponent)) + (0.5 if value < 0 else 0.0)
