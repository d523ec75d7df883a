"""Random changes of a draft: its numbers, its choices, its agents, coordinates and states."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from hdo.errors import InputError
from hdo.population import PAPER
from hdo.spec import Spec, build_problem
from verify.instance import Draft, Table
from verify.optimum import optimum
from verify.shape import (
    agents,
    changed,
    counted,
    dimensions,
    explicit,
    has_data,
    is_positive,
    numbers,
    with_agents,
    with_coordinates,
    with_counts,
)

Generator = np.random.Generator
Move = Callable[[Draft, Generator], Draft]

LARGEST_N, LARGEST_D = 8, 6
"""Agents and dimensions that a move will not exceed."""

LARGEST_COUNT = 4096
"""The same for agents of a group that are alike."""

LARGEST_N_OF_RUN, LARGEST_D_OF_RUN = 3, 2
"""The same for trajectories of agents that are not: their exact moments cost most."""

_SIZES = (0.01, 0.1, 0.5, 2.0)


def move_number(draft: Draft, rng: Generator) -> Draft:
    """One number of the tables, by a factor or by a step, or set to 0."""
    table = draft.table
    paths = numbers(table)
    if not paths:
        return draft
    path = paths[rng.integers(len(paths))]
    size = float(rng.choice(_SIZES))
    draw, zero = float(rng.normal()), bool(rng.random() < 0.1)
    if path[0] == "parameters":
        factor = math.exp(abs(draw)) if path[1] == "alpha0" else 1.0
        return draft.with_table(changed(table, path, lambda old: old * factor))
    if is_positive(path):
        if zero and path[1] in ("noise", "slope_low"):
            return draft.with_table(changed(table, path, lambda old: 0.0 if old else 1.0))
        changed(table, path, lambda old: old * math.exp(size * 2 * draw))
        return draft.with_table(_ordered_slopes(table))
    spread = abs(draw) * size
    change = 0.0 if zero else draw * size
    return draft.with_table(
        changed(table, path, lambda old: 0.0 if zero else old + change * (1 + abs(old) * spread))
    )


def _ordered_slopes(table: Table) -> Table:
    problem = table["problem"]
    if problem.get("slope_low", 0.0) > problem.get("slope_high", math.inf):
        problem["slope_low"] = problem["slope_high"]
    return table


def move_choice(draft: Draft, rng: Generator) -> Draft:
    """The fraction, the scale, or c or nu, by a factor."""
    factor = math.exp(float(rng.choice((0.1, 1.0, 3.0))) * float(rng.normal()))
    pick = rng.integers(3)
    if pick == 0:
        return replace(draft, fraction=min(1.0, draft.fraction * factor))
    if pick == 1:
        scale = min(9.0, max(-9.0, draft.scale + math.log10(factor)))
        return replace(draft, scale=scale)
    if draft.ratio is not None:
        return replace(draft, ratio=min(1e3, max(1e-3, draft.ratio * factor)))
    return replace(draft, radius=min(1e4, max(1e-8, (draft.radius or 1.0) * factor)))


def move_alike(draft: Draft, rng: Generator) -> Draft:
    """One source of slack removed: noise, unequal offsets, unequal models, unlike estimators."""
    table = draft.table
    problem, pick = table["problem"], rng.integers(4)
    if pick == 0 and problem.get("noise"):
        problem["noise"] = 0.0
    elif pick == 1:
        for key in ("offsets", "centres"):
            if key in problem:
                row = problem[key][int(rng.integers(len(problem[key])))]
                problem[key] = [list(row) for _ in problem[key]]
    elif pick == 2 and "state" in table:
        rows = table["state"]["models"]
        row = rows[int(rng.integers(len(rows)))]
        table["state"]["models"] = [list(row) for _ in rows]
    elif pick == 3 and not counted(table):
        names = table["population"]["agents"]
        table["population"]["agents"] = [names[int(rng.integers(len(names)))]] * len(names)
    return draft.with_table(table)


_LENGTHS = ("centres", "offsets", "group_centres", "models")


def move_units(draft: Draft, rng: Generator) -> Draft:
    """Other units of length and of value: x -> a x, f -> b f, with everything else in proportion.

    A claim whose two sides have the same units cannot tell.
    """
    a, b = (math.exp(2 * float(rng.normal())) for _ in range(2))
    factors = {"slope_low": b / a**2, "slope_high": b / a**2, "curvature": b / a**2}
    factors |= {"noise": (b / a) ** 2, "amplitude": b, "frequency": 1 / a}
    factors |= dict.fromkeys(_LENGTHS, a)
    table = draft.table
    if has_data(table):
        return draft
    for holder in ("problem", "state"):
        for key, value in table.get(holder, {}).items():
            if key in factors:
                table[holder][key] = _times(value, factors[key])
    if "start" in table:
        table["start"] = _times(table["start"], a)
    moved_draft = draft.with_table(table)
    if draft.radius is not None:
        return replace(moved_draft, radius=min(1e4, max(1e-8, draft.radius * a)))
    return moved_draft


def _times(value: Any, factor: float) -> Any:
    if isinstance(value, dict):
        return {key: _times(item, factor) for key, item in value.items()}
    return [_times(item, factor) for item in value] if isinstance(value, list) else value * factor


def move_smoothing_kind(draft: Draft, rng: Generator) -> Draft:
    """From a fixed c to a fixed nu, or back."""
    if draft.ratio is not None:
        return replace(draft, ratio=None, radius=10.0 ** float(rng.uniform(-8, 2)))
    return replace(draft, radius=None, ratio=10.0 ** float(rng.uniform(-3, 3)))


def move_agent(draft: Draft, rng: Generator) -> Draft:
    """One agent left out, repeated, or given another estimator."""
    table = draft.table
    if counted(table):
        return draft.with_table(with_counts(table, *_moved_counts(table, rng)))
    n, pick = agents(table), rng.integers(3)
    everyone, chosen = list(range(n)), int(rng.integers(n))
    if pick == 0 and n > 2:
        return draft.with_table(with_agents(table, [i for i in everyone if i != chosen]))
    if pick == 1 and n < (LARGEST_N_OF_RUN if draft.steps else LARGEST_N):
        return draft.with_table(with_agents(table, [*everyone, chosen]))
    table["population"]["agents"][chosen] = str(rng.choice(PAPER[:2]))
    return draft.with_table(table)


def _moved_counts(table: Table, rng: Generator) -> tuple[int, int]:
    """One group's count by one or by a factor; 2 agents at least in all."""
    counts = [int(table["population"][name]) for name in ("zeroth_order", "first_order")]
    group = int(rng.integers(2))
    factor = math.exp(float(rng.normal()))
    count = counts[group] + int(rng.choice((-1, 1))) if rng.random() < 0.5 else None
    counts[group] = round(counts[group] * factor) if count is None else count
    counts[group] = min(LARGEST_COUNT, max(0, 2 - counts[1 - group], counts[group]))
    return counts[0], counts[1]


def move_coordinate(draft: Draft, rng: Generator) -> Draft:
    """One coordinate left out or repeated."""
    table = draft.table
    d = dimensions(table)
    if has_data(table) or d == 0:
        return draft
    chosen = int(rng.integers(d))
    if d > 1 and rng.random() < 0.5:
        return draft.with_table(with_coordinates(table, [k for k in range(d) if k != chosen]))
    most = LARGEST_D_OF_RUN if draft.steps else LARGEST_D
    if d < most and isinstance(table["problem"].get("curvature", [0.0])[0], float):
        return draft.with_table(with_coordinates(table, [*range(d), chosen]))
    return draft


def move_state(draft: Draft, rng: Generator) -> Draft:
    """The models: all alike, moved, spread out or drawn together; their mean at the optimum."""
    table = draft.table
    key = "state" if "state" in table else "start"
    if key not in table:
        return draft
    rows = np.array(table["state"]["models"] if key == "state" else [table["start"]])
    size = float(rng.choice(_SIZES))
    pick = rng.integers(4)
    if pick == 0 and rng.random() < 0.5:
        rows = np.broadcast_to(rows.mean(axis=0), rows.shape)
    elif pick == 0 and not has_data(table):
        rows = rows - rows.mean(axis=0) + optimum(build_problem(Spec.from_dict(_shell(table)))).x
    elif pick == 1:
        rows = rows + size * rng.normal(size=rows.shape[1])
    elif pick == 2:
        rows = rows.mean(axis=0) + (rows - rows.mean(axis=0)) * math.exp(2 * float(rng.normal()))
    elif has_data(table):
        rows = rows * math.exp(float(rng.normal()))
    else:
        x = optimum(build_problem(Spec.from_dict(_shell(table)))).x
        rows = x + (rows - x) * math.exp(2 * float(rng.normal()))
    found = rows.tolist()
    table["state" if key == "state" else "start"] = (
        {"models": found} if key == "state" else found[0]
    )
    return draft.with_table(table)


def _shell(table: Table) -> Table:
    return {name: table[name] for name in ("problem", "population")}


def move_steps(draft: Draft, rng: Generator) -> Draft:
    """T, by a factor; only for trajectories."""
    if draft.steps < 2:
        return draft
    return replace(draft, steps=max(2, min(10**7, round(draft.steps * math.exp(rng.normal())))))


MOVES: Mapping[Move, float] = MappingProxyType(
    {
        move_number: 0.35,
        move_choice: 0.2,
        move_units: 0.1,
        move_alike: 0.08,
        move_state: 0.15,
        move_agent: 0.07,
        move_coordinate: 0.05,
        move_smoothing_kind: 0.04,
        move_steps: 0.04,
    }
)
"""The moves of the search and how often each is tried."""

SAME_SHAPE: Mapping[Move, float] = MappingProxyType(
    {move_number: 0.5, move_choice: 0.25, move_state: 0.15, move_units: 0.1}
)
"""The moves that keep agents, coordinates and the meaning of the choices."""


def moved(draft: Draft, rng: Generator, *, moves: Mapping[Move, float] = MOVES) -> Draft:
    """The draft after one to three random moves; the same draft where they lead to none."""
    options, weights = list(moves), np.array(list(moves.values()))
    current = draft
    try:
        for _ in range(1 + min(2, int(rng.geometric(0.6)) - 1)):
            move = options[int(rng.choice(len(options), p=weights / weights.sum()))]
            current = move(current, rng)
        _ = current.shell
    except InputError:
        return draft
    return current


def spelled_out(draft: Draft) -> Draft:
    """The draft with explicit tables, as the moves need them."""
    return draft.with_table(explicit(draft.table))
