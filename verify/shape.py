"""Operations on the tables of a spec: spell out, drop or repeat agents and coordinates, numbers.

A table is explicit when it has one estimator and one row an agent; or, for agents that are alike
within their group, when it has counts (`zeroth_order`, `first_order`) and `group_centres`.
"""

from collections.abc import Callable, Iterator
from typing import Any

from hdo.problems import CosineProblem, KinkedProblem, QuadraticProblem
from hdo.spec import Spec, build_problem
from verify.instance import Table

Path = tuple[str | int, ...]

POSITIVE = ("curvature", "slope_low", "slope_high", "amplitude", "frequency", "noise")
"""Keys of [problem] whose numbers are >= 0 and are changed by factors."""

_ROWS = (("problem", "centres"), ("problem", "offsets"), ("state", "models"))
_AGENT_NUMBERS = ("agent", "other")


def explicit(table: Table) -> Table:
    """The same content, spelled out: a row an agent, or counts where `group_centres` are given."""
    content = Spec.from_dict({k: v for k, v in table.items() if k != "start"}).to_dict()
    spec = Spec.from_dict(content)
    problem = build_problem(spec)
    own = content["problem"]
    own.pop("dimension", None)
    if isinstance(problem, KinkedProblem | CosineProblem):
        own["offsets"] = problem.offsets.tolist()
    elif isinstance(problem, QuadraticProblem):
        shared = problem.shared_curvature and problem.diagonal
        own.pop("curvature_matrix", None)
        own["curvature"] = (problem.curvatures[0] if shared else problem.curvatures).tolist()
        if "group_centres" in own and shared:
            _spell_out_groups(content, problem)
        else:
            own.pop("group_centres", None)
            own["centres"] = problem.centres.tolist()
    if spec.state is not None:
        content["state"] = {"models": spec.models(problem.d).tolist()}
    if "start" in table:
        start = table["start"]
        content["start"] = start if isinstance(start, list) else [start] * problem.d
    return content


def _spell_out_groups(content: Table, problem: QuadraticProblem) -> None:
    """Counts in place of the list of agents, a whole row for each group's centres."""
    population, groups = problem.population, content["problem"]["group_centres"]
    del groups["variance"]
    for name in ("zeroth_order", "first_order"):
        own = getattr(population, name)
        groups[name] = problem.centres[own[0]].tolist() if len(own) else [0.0] * problem.d
    estimators = {population.agents[i] for i in population.zeroth_order}
    if len(estimators) <= 1:
        content["population"] = {
            "zeroth_order": population.n0,
            "first_order": population.n1,
            "estimator": next(iter(estimators), "two-point"),
            "directions": population.directions,
        }


def counted(table: Table) -> bool:
    """Whether the agents are given by counts."""
    return "agents" not in table["population"]


def with_counts(table: Table, n0: int, n1: int) -> Table:
    """The table (of the form with counts) with these numbers of agents."""
    table["population"]["zeroth_order"], table["population"]["first_order"] = n0, n1
    return table


def has_data(table: Table) -> bool:
    """Whether the problem is on data, so that coordinates cannot be dropped."""
    return "data" in table["problem"]


def agents(table: Table) -> int:
    """The number of agents of an explicit table."""
    population = table["population"]
    if counted(table):
        return int(population["zeroth_order"]) + int(population["first_order"])
    return len(population["agents"])


def dimensions(table: Table) -> int:
    """The dimension of an explicit table, as its rows tell; 0 where only the data tells."""
    if "group_centres" in table["problem"]:
        return len(table["problem"]["group_centres"]["first_order"])
    for name, key in _ROWS:
        if key in table.get(name, {}):
            return len(table[name][key][0])
    return 0


def _row_lists(table: Table) -> Iterator[tuple[Table, str]]:
    for name, key in (*_ROWS, ("problem", "curvature")):
        rows = table.get(name, {}).get(key)
        if isinstance(rows, list) and rows and isinstance(rows[0], list):
            yield table[name], key


def with_agents(table: Table, kept: list[int]) -> Table:
    """The table with the agents `kept`, in this order; an index may be repeated."""
    table["population"]["agents"] = [table["population"]["agents"][i] for i in kept]
    for holder, key in _row_lists(table):
        holder[key] = [_copy(holder[key][i]) for i in kept]
    for name in _AGENT_NUMBERS:
        if name in table.get("parameters", {}):
            old = table["parameters"][name]
            table["parameters"][name] = kept.index(old) if old in kept else len(kept) - 1
    return table


def with_coordinates(table: Table, kept: list[int]) -> Table:
    """The table with the coordinates `kept`; an index may be repeated (not for full matrices)."""

    def chosen(value: Any) -> Any:
        if isinstance(value[0], list):
            return [chosen(row) for row in value]
        return [value[k] for k in kept]

    for holder, key in ((table.get(name, {}), key) for name, key in _ROWS):
        if key in holder:
            holder[key] = chosen(holder[key])
    groups = table["problem"].get("group_centres", {})
    for key in groups:
        groups[key] = chosen(groups[key])
    if "curvature" in table["problem"]:
        curvature = table["problem"]["curvature"]
        picked = chosen(curvature)
        if _depth(curvature) == 3:
            picked = [[row for k, row in enumerate(matrix) if k in kept] for matrix in picked]
        table["problem"]["curvature"] = picked
    if "start" in table:
        table["start"] = chosen(table["start"])
    return table


def _copy(value: Any) -> Any:
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _depth(value: Any) -> int:
    return 1 + _depth(value[0]) if isinstance(value, list) else 0


def numbers(table: Table) -> list[Path]:
    """Paths of the real numbers that may be changed one by one, in a fixed order."""
    groups = table["problem"].get("group_centres", {})
    found: list[Path] = [
        ("problem", "group_centres", *path)
        for name in groups
        for path in ((name, *leaf) for leaf in _leaves(groups[name]))
    ]
    holders = [
        ("problem", [*POSITIVE, "centres", "offsets", "regularisation"]),
        ("state", ["models"]),
        ("parameters", ["alpha0", "alpha1"]),
        ("start", None),
    ]
    for name, keys in holders:
        if name not in table:
            continue
        if keys is None:
            found += [(name, *path) for path in _leaves(table[name])]
            continue
        for key in keys:
            if key in table[name] and not (key == "curvature" and _depth(table[name][key]) == 3):
                found += [(name, key, *path) for path in _leaves(table[name][key])]
    return found


def _leaves(value: Any) -> Iterator[Path]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from ((index, *path) for path in _leaves(item))
    else:
        yield ()


def value_at(table: Table, path: Path) -> float:
    """The number at this path."""
    for step in path:
        table = table[step]  # type: ignore[index]
    return float(table)  # type: ignore[arg-type]


def changed(table: Table, path: Path, change: Callable[[float], float]) -> Table:
    """The table (changed in place) with `change` applied to the number at this path."""
    holder: Any = table
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = change(float(holder[path[-1]]))
    return table


def is_positive(path: Path) -> bool:
    """Whether the number at this path must not be negative."""
    return path[1] in (*POSITIVE, "regularisation", "alpha0", "alpha1") and path[0] != "start"
