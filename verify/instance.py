"""Instances: one concrete situation a claim can be asked about, and drafts of such."""

import json
import math
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hdo.errors import InputError
from hdo.problems import Problem
from hdo.spec import Method, Spec, build_problem, load_spec

Table = dict[str, Any]
"""A spec as parsed from JSON, free to be changed."""

_DROPPABLE = {
    "problem": ("dimension", "noise", "offsets", "centres", "seed", "split"),
    "population": ("directions", "batch"),
    "method": ("interaction", "seed", "start"),
}


@dataclass(frozen=True)
class Instance:
    """A spec with a [method] table; with [state] models it has one step, with steps a trajectory.

    Equal instances have equal canonical JSON, `key`.
    """

    spec: Spec

    def __post_init__(self) -> None:
        if self.spec.method_table is None:
            raise InputError("method", "nothing", "a table with step_size and smoothing")
        _ = self.spec.method.smoothing

    def __reduce__(self) -> tuple[Any, ...]:
        return Instance.from_dict, (self.spec.to_dict(),)

    @staticmethod
    def from_dict(content: Mapping[str, Any]) -> "Instance":
        """The instance of a parsed spec; InputError, with the key's path, where it is none."""
        return Instance(Spec.from_dict(content))

    @staticmethod
    def load(source: str | Path) -> "Instance":
        """The instance in a TOML file or in inline JSON (a string that starts with a brace)."""
        return Instance(load_spec(source))

    def to_dict(self) -> Table:
        """The shortest JSON-able table that reads back as this instance."""
        content = self.spec.to_dict()
        _count_agents(content)
        for table, keys in _DROPPABLE.items():
            for key in keys:
                _drop_default(content, table, key)
        if "models" in content.get("state", {}):
            _shorten_state(content)
        return content

    @cached_property
    def key(self) -> str:
        """The canonical JSON of the spec."""
        return self.spec.to_json()

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Instance) and self.key == other.key

    @cached_property
    def problem(self) -> Problem:
        """The problem, data loaded."""
        return build_problem(self.spec)

    @property
    def n(self) -> int:
        """The number of agents."""
        return self.spec.population.n

    @property
    def eta(self) -> float:
        """The step size."""
        return self.spec.method.step_size

    @property
    def nu(self) -> float:
        """The smoothing radius, a float; the ratio c is read as eta/nu exactly."""
        return self.spec.method.smoothing

    @property
    def models(self) -> NDArray[np.float64]:
        """X_t, (n, d); InputError where the spec has no [state]."""
        return self.spec.models(self.problem.d)

    def command(self, claim: str, *, edition: str = "published", file: str = "") -> str:
        """The shell command that judges `claim`, of a user's `file` if named, here again."""
        chosen = "" if edition == "published" else f" --edition {shlex.quote(edition)}"
        if file:
            chosen = f" --from {shlex.quote(file)}"
        content = json.dumps(self.to_dict())
        return f"hdo verify {shlex.quote(claim)}{chosen} --instance {shlex.quote(content)}"


_LISTED = 8


def _count_agents(content: Table) -> None:
    """Counts in place of a long list of agents, where the groups stand one after the other."""
    agents = content["population"]["agents"]
    zeroth = [a for a in agents if a != "first-order"]
    ordered = agents == zeroth + ["first-order"] * (len(agents) - len(zeroth))
    if len(agents) <= _LISTED or not ordered or len(set(zeroth)) > 1:
        return
    counts = {"zeroth_order": len(zeroth), "first_order": len(agents) - len(zeroth)}
    rest = {k: v for k, v in content["population"].items() if k != "agents"}
    estimator = {"estimator": zeroth[0]} if zeroth and zeroth[0] != "two-point" else {}
    content["population"] = {**counts, **estimator, **rest}


def _drop_default(content: Table, table: str, key: str) -> None:
    """Delete content[table][key] if the spec reads the same without it."""
    if key not in content.get(table, {}):
        return
    shorter = {**content, table: {k: v for k, v in content[table].items() if k != key}}
    try:
        same = Spec.from_dict(shorter) == Spec.from_dict(content)
    except InputError:
        return
    if same:
        del content[table][key]


def _shorten_state(content: Table) -> None:
    """Whole numbers as integers, nowhere else needed: a state is what a reader looks at first."""
    content["state"] = {"models": _integers(content["state"]["models"])}


def _integers(value: Any) -> Any:
    if isinstance(value, list):
        return [_integers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


@dataclass(frozen=True)
class Draft:
    """An instance whose eta and nu are choices relative to what a claim allows.

    `content`: canonical JSON of the tables problem, population, and optionally state, parameters
    and start (of [method]). `fraction` of the claim's largest step size, in (0, 1]; where a claim
    has no largest step size, eta = fraction 10^scale / L. Smoothing is either `ratio` c = eta/nu
    > 0 or `radius` nu > 0. `steps`: T; where a claim ties eta to T, the smallest admissible T is
    divided by `fraction`.
    """

    content: str
    fraction: float = 1.0
    scale: float = 0.0
    ratio: float | None = None
    radius: float | None = None
    steps: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.fraction <= 1:
            raise InputError("fraction", self.fraction, "a number in (0, 1]")
        if (self.ratio is None) == (self.radius is None):
            raise InputError("ratio", self.ratio, "exactly one of ratio and radius")
        chosen = self.radius if self.ratio is None else self.ratio
        if chosen is None or not 0 < chosen < math.inf:
            raise InputError("ratio or radius", chosen, "a finite number > 0")

    def __reduce__(self) -> tuple[Any, ...]:
        choices = (self.fraction, self.scale, self.ratio, self.radius, self.steps)
        return Draft, (self.content, *choices)

    @staticmethod
    def of(table: Table, **choices: Any) -> "Draft":
        """The draft of these tables."""
        return Draft(json.dumps(table, sort_keys=True), **choices)

    @property
    def table(self) -> Table:
        """A fresh copy of the tables."""
        found: Table = json.loads(self.content)
        return found

    @cached_property
    def shell(self) -> Spec:
        """The spec without eta and nu; what problem and constants need."""
        table = self.table
        table.pop("start", None)
        return Spec.from_dict(table)

    @cached_property
    def problem(self) -> Problem:
        """The problem, data loaded."""
        return build_problem(self.shell)

    def with_table(self, table: Table) -> "Draft":
        """The same choices on other tables."""
        return replace(self, content=json.dumps(table, sort_keys=True))

    def smoothing(self, eta: float) -> float:
        """nu at this step size."""
        return self.radius if self.radius is not None else eta / (self.ratio or 1.0)

    def instance(
        self, *, eta: float, nu: float, steps: int = 0, parameters: Mapping[str, Any] | None = None
    ) -> Instance:
        """The instance with these numbers in place of the choices."""
        start = self.table.get("start", 0.0)
        method = Method(
            step_size=eta,
            nu=nu,
            rounds=steps or None,
            start=tuple(map(float, start)) if isinstance(start, list) else start,
        )
        chosen = MappingProxyType({**self.shell.parameters, **(parameters or {})})
        made = Instance(replace(self.shell, method_table=method, parameters=chosen))
        # the draft's own, so that it is not looked up by its JSON again
        made.__dict__["problem"] = self.problem
        return made

    @staticmethod
    def at(instance: Instance) -> "Draft":
        """The draft that keeps an instance's tables and nu; its fraction is to be set."""
        table = instance.spec.to_dict()
        method = table.pop("method")
        if method.get("start", 0.0) != 0.0:
            table["start"] = method["start"]
        return Draft.of(table, radius=instance.nu, steps=method.get("steps", 0))
