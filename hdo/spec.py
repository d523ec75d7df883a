"""Spec files: what to study, as TOML or inline JSON, validated once and frozen."""

import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hdo.checking import Table, choice, matrix, vector
from hdo.errors import MISSING, InputError
from hdo.interactions_graphs import DEFAULT_DEGREE, GRAPHS, Graph
from hdo.population import ESTIMATORS, ZEROTH, Population
from hdo.problem_tables import DATA_KINDS, build, data_stamp, read_problem
from hdo.problems.base import Problem
from hdo.schedules import PLAIN, SCHEDULES, ScheduleKeys

INTERACTIONS = ("pair", "matching", "graph")
"""How agents meet: a uniformly random pair, matching of all, or pair along an edge of a graph."""

_SEED_LIMIT = 2**32 - 1
_RATIO_TOLERANCE = 1e-12
_LONGEST_DELAY = 2**20


@dataclass(frozen=True)
class Method:
    """Step size eta, smoothing nu (or the ratio c = eta/nu), who meets, how long, from where.

    `nu`, `c` and `rounds` are what the file gave, None where it gave nothing; read the properties,
    which derive what can be derived and raise InputError for what is missing. `step_size` is 0
    where the theorem's schedule decides it. `loss` is the probability that a meeting is lost,
    `delay` how many interactions old the mate's model is, `momentum` m of g = m g + (1 - m) G.
    """

    step_size: float
    nu: float | None = None
    c: float | None = None
    interaction: str = "pair"
    rounds: int | None = None
    start: float | tuple[float, ...] = 0.0
    seed: int = 0
    graph: Graph | None = None
    loss: float = 0.0
    delay: int = 0
    momentum: float = 0.0
    schedule: ScheduleKeys = PLAIN

    @property
    def beyond(self) -> tuple[str, ...]:
        """The keys that make this another method than a constant step and fresh, sure meetings."""
        found = {
            "interaction": self.interaction if self.graph is not None else None,
            "meeting_loss": self.loss or None,
            "meeting_delay": self.delay or None,
            "momentum": self.momentum or None,
            "schedule": self.schedule.kind if self.schedule != PLAIN else None,
        }
        return tuple(f"method.{key}={value!r}" for key, value in found.items() if value is not None)

    @property
    def smoothing(self) -> float:
        """nu > 0."""
        if self.nu is not None:
            return self.nu
        if self.c is not None:
            return self.step_size / self.c
        raise InputError("method.smoothing", MISSING, "a number > 0, or method.smoothing_ratio")

    @property
    def smoothing_ratio(self) -> float:
        """c = eta/nu > 0."""
        return self.c if self.c is not None else self.step_size / self.smoothing

    @property
    def steps(self) -> int:
        """The number of interactions."""
        if self.rounds is None:
            raise InputError("method.steps", MISSING, "an integer >= 0")
        return self.rounds

    def start_point(self, d: int) -> NDArray[np.float64]:
        """The common start x_0, shape (d,)."""
        given = list(self.start) if isinstance(self.start, tuple) else self.start
        return np.array(vector("method.start", given, d))


@dataclass(frozen=True)
class Spec:
    """One validated spec: the problem's table, population, method, and what a claim needs.

    `method_table` is None where the file has no [method]; `method` then raises. `state` holds the
    models X_t as given (a number, a row, or n rows); `models(d)` is the (n, d) array. `parameters`
    are the free parameters of a claim.
    """

    problem: Mapping[str, Any]
    population: Population
    method_table: Method | None = None
    state: Any = None
    parameters: Mapping[str, float | int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def method(self) -> Method:
        """The [method] table; InputError where the file has none."""
        if self.method_table is None:
            raise InputError("method", MISSING, "a table with step_size")
        return self.method_table

    def models(self, d: int) -> NDArray[np.float64]:
        """X_t, shape (n, d); InputError where the file has no [state]."""
        if self.state is None:
            raise InputError("state", MISSING, "a table with models, n rows of d numbers")
        return matrix("state.models", _plain(self.state), self.population.n, d)

    @staticmethod
    def from_dict(content: Mapping[str, Any], *, folder: Path | None = None) -> "Spec":
        """The spec of a parsed file; relative data paths are looked for in `folder` first."""
        top = Table("", content)
        population_table = Table("population", top.take("population", "a table"))
        problem_table = Table("problem", top.take("problem", "a table"))
        population = _read_population(population_table)
        problem = read_problem(problem_table, population, folder=folder)
        if problem["kind"] not in DATA_KINDS and population_table.has("batch"):
            raise InputError(
                "population.batch",
                content["population"]["batch"],
                f"no batch for kind {problem['kind']!r}, whose samples are problem.noise",
            )
        method = (
            _read_method(Table("method", top.take("method", "")), folder)
            if top.has("method")
            else None
        )
        state = _read_state(top) if top.has("state") else None
        parameters = _read_parameters(top, population.n) if top.has("parameters") else {}
        top.finish()
        spec = Spec(problem, population, method, state, MappingProxyType(parameters))
        _check_lengths(spec)
        return spec

    def to_dict(self) -> dict[str, Any]:
        """A dictionary JSON can hold exactly; `Spec.from_dict` of it is an equal spec."""
        population: dict[str, Any] = {"agents": list(self.population.agents)}
        population["directions"] = self.population.directions
        if self.problem["kind"] in DATA_KINDS:
            batch = self.population.batch
            population["batch"] = "full" if batch is None else batch
        content: dict[str, Any] = {
            "problem": _plain(self.problem),
            "population": population,
        }
        if self.method_table is not None:
            content["method"] = _method_dict(self.method_table)
        if self.state is not None:
            content["state"] = {"models": _plain(self.state)}
        if self.parameters:
            content["parameters"] = dict(self.parameters)
        return content

    def to_json(self) -> str:
        """The canonical JSON: sorted keys, floats by repr."""
        return json.dumps(self.to_dict(), sort_keys=True)

    @cached_property
    def problem_key(self) -> str:
        """The canonical JSON of what `build_problem` reads."""
        content = self.to_dict()
        return json.dumps({k: content[k] for k in ("problem", "population")}, sort_keys=True)

    def __hash__(self) -> int:
        return hash(self.to_json())


def load_spec(source: str | Path) -> Spec:
    """The spec in a TOML file, or in inline JSON (a string that starts with a brace).

    Raises InputError, naming the file or the key, for whatever cannot be used.
    """
    if isinstance(source, str) and source.lstrip().startswith("{"):
        try:
            content = json.loads(source)
        except ValueError as error:
            raise InputError("inline spec", source, f"a JSON object ({error})") from None
        return Spec.from_dict(content)
    path = Path(source)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(str(path), error.strerror, "a readable spec file") from None
    except ValueError as error:
        raise InputError(str(path), str(error), "a TOML file") from None
    if not content:
        raise InputError(str(path), "an empty file", "the tables [problem] and [population]")
    return Spec.from_dict(content, folder=path.parent)


def build_problem(spec: Spec) -> Problem:
    """The problem of a spec, data loaded; the same object while spec and data are unchanged."""
    return _build_cached(spec.problem_key, data_stamp(spec.problem))


@lru_cache(maxsize=32)
def _build_cached(key: str, stamp: str) -> Problem:
    """`stamp` only tells versions of a data file apart."""
    spec = Spec.from_dict(json.loads(key))
    return build(spec.problem, spec.population)


def _read_population(table: Table) -> Population:
    batch = table.take("batch", "") if table.has("batch") else 1
    if batch == "full":
        batch = None
    elif isinstance(batch, bool) or not isinstance(batch, int) or batch < 1:
        raise InputError(table.path("batch"), batch, 'an integer >= 1 or "full"')
    directions = table.integer("directions", 1, low=1)
    if table.has("agents"):
        names = table.take("agents", "a list of estimators")
        if not isinstance(names, list | tuple):
            raise InputError(
                table.path("agents"), names, f"a list of names from {list(ESTIMATORS)}"
            )
        agents = tuple(
            choice(f"{table.path('agents')}[{i}]", a, ESTIMATORS) for i, a in enumerate(names)
        )
    else:
        if not (table.has("zeroth_order") or table.has("first_order")):
            expected = "a list of estimators, or zeroth_order and first_order counts"
            raise InputError(table.path("agents"), MISSING, expected)
        estimator = table.choice("estimator", ZEROTH, "two-point")
        n0 = table.integer("zeroth_order", 0, low=0)
        agents = (estimator,) * n0 + ("first-order",) * table.integer("first_order", 0, low=0)
    table.finish()
    return Population(agents, directions=directions, batch=batch)


def _read_method(table: Table, folder: Path | None = None) -> Method:
    schedule = _read_schedule(table)
    if schedule.kind == "theorem":
        if table.has("step_size"):
            expected = "no step size beside the theorem's schedule, which decides it"
            raise InputError(table.path("step_size"), table.take("step_size", ""), expected)
        step_size = 0.0
    else:
        step_size = table.number("step_size", low=0, above=True)
    nu = table.number("smoothing", low=0, above=True) if table.has("smoothing") else None
    c = table.number("smoothing_ratio", low=0, above=True) if table.has("smoothing_ratio") else None
    if (
        nu is not None
        and c is not None
        and step_size
        and not math.isclose(nu * c, step_size, rel_tol=_RATIO_TOLERANCE)
    ):
        expected = f"step_size/smoothing = {step_size / nu!r}, or only one of the two keys"
        raise InputError(table.path("smoothing_ratio"), c, expected)
    start = table.nested("start", deepest=1, default=0.0)
    interaction = table.choice("interaction", INTERACTIONS, "pair")
    method = Method(
        step_size=step_size,
        nu=nu,
        c=c,
        interaction=interaction,
        rounds=table.integer("steps", low=0) if table.has("steps") else None,
        start=tuple(start) if isinstance(start, list) else start,
        seed=table.integer("seed", 0, low=0, high=_SEED_LIMIT),
        graph=_read_graph(table, folder) if interaction == "graph" else None,
        loss=table.number("meeting_loss", 0.0, low=0, high=1),
        delay=table.integer("meeting_delay", 0, low=0, high=_LONGEST_DELAY),
        momentum=_read_momentum(table),
        schedule=schedule,
    )
    table.finish()
    return method


def _read_momentum(table: Table) -> float:
    momentum = table.number("momentum", 0.0, low=0)
    if momentum >= 1:
        raise InputError(table.path("momentum"), momentum, "a number >= 0 and < 1")
    return momentum


def _read_schedule(table: Table) -> ScheduleKeys:
    kind = table.choice("schedule", SCHEDULES, "constant")
    if kind != "warmup-cosine":
        return ScheduleKeys(kind)
    warmup = table.integer("warmup", 0, low=0)
    return ScheduleKeys(kind, warmup=warmup, final=table.number("final", 0.0, low=0, high=1))


def _read_graph(table: Table, folder: Path | None) -> Graph:
    kind = table.take("graph", f"one of {sorted(GRAPHS)} or the path of an edge list")
    if not isinstance(kind, str):
        expected = f"one of {sorted(GRAPHS)} or the path of an edge list"
        raise InputError(table.path("graph"), kind, expected)
    if kind not in GRAPHS and folder is not None and (folder / kind).exists():
        kind = str(folder / kind)
    if kind not in ("random-regular", "expander"):
        return Graph(kind)
    return Graph(
        kind,
        degree=table.integer("graph_degree", DEFAULT_DEGREE, low=2),
        seed=table.integer("graph_seed", 0, low=0, high=_SEED_LIMIT),
    )


def _method_dict(method: Method) -> dict[str, Any]:
    graph, schedule = method.graph, method.schedule
    drawn = graph is not None and graph.kind in ("random-regular", "expander")
    warm = schedule.kind == "warmup-cosine"
    given = {
        "step_size": method.step_size or None,
        "smoothing": method.nu,
        "smoothing_ratio": method.c,
        "steps": method.rounds,
        "graph": graph.kind if graph else None,
        "graph_degree": graph.degree if graph and drawn else None,
        "graph_seed": graph.seed if graph and drawn else None,
        "meeting_loss": method.loss or None,
        "meeting_delay": method.delay or None,
        "momentum": method.momentum or None,
        "schedule": schedule.kind if schedule != PLAIN else None,
        "warmup": schedule.warmup if warm else None,
        "final": schedule.final if warm else None,
    }
    return {
        "interaction": method.interaction,
        "start": _plain(method.start),
        "seed": method.seed,
        **{key: value for key, value in given.items() if value is not None},
    }


def _read_state(top: Table) -> Any:
    table = Table("state", top.take("state", "a table"))
    models = table.nested("models", deepest=2)
    table.finish()
    return _frozen(models)


def _read_parameters(top: Table, n: int) -> dict[str, float | int]:
    table = Table("parameters", top.take("parameters", "a table"))
    found: dict[str, float | int] = {}
    for key in ("alpha0", "alpha1"):
        if table.has(key):
            found[key] = table.number(key, low=0, above=True)
    if table.has("k"):
        found["k"] = table.integer("k", low=0)
    for key in ("agent", "other"):
        if table.has(key):
            found[key] = table.integer(key, low=0, high=n - 1)
    table.finish()
    return found


def _check_lengths(spec: Spec) -> None:
    """Start and models against the dimension, where it is known without loading data."""
    d = spec.problem.get("dimension")
    if d is None:
        return
    if spec.method_table is not None:
        spec.method_table.start_point(d)
    if spec.state is not None:
        spec.models(d)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
