"""The [problem] table: validated and normalised, then built into a `Problem`."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hdo.checking import Table, depth, matrix, number, vector
from hdo.data import (
    DATA_FOLDER,
    DATASETS,
    coded_targets,
    is_csv,
    load_dataset,
    scaled_features,
    select,
)
from hdo.errors import InputError
from hdo.population import Population
from hdo.problems.base import Problem
from hdo.problems.linear import LinearModelProblem, split_rows
from hdo.problems.links import LINKS
from hdo.problems.quadratic import QuadraticProblem
from hdo.problems.separable import CosineProblem, KinkedProblem

DATA_KINDS = tuple(LINKS)
"""Kinds that need data."""

SPLITS = ("iid", "contiguous", "by-label")
"""How the rows go to the agents of a group."""

_SEED_LIMIT = 2**32 - 1


def read_problem(
    table: Table, population: Population, *, folder: Path | None = None
) -> Mapping[str, Any]:
    """The validated table with its defaults filled in; `dimension` is there for kinds without data.

    Kinds without data are built once here, so that every mistake in them shows at loading. Data
    files are not opened: `build` does.
    """
    kind = table.choice("kind", sorted([*_READERS, *DATA_KINDS]))
    if kind in DATA_KINDS:
        config = {"kind": kind, **_read_data(table, kind, folder)}
        table.finish()
    else:
        config = {
            "kind": kind,
            **_READERS[kind](table),
            "noise": table.number("noise", 0.0, low=0),
        }
        table.finish()
        config["dimension"] = build(config, population).d
    return MappingProxyType(config)


def build(config: Mapping[str, Any], population: Population) -> Problem:
    """The problem of a validated table, with its data loaded."""
    builder = _BUILDERS.get(config["kind"], _build_linear)
    return builder(config, population)


def data_stamp(config: Mapping[str, Any]) -> str:
    """What identifies the present content of the data file: it changes when the file may have."""
    name = config.get("data", "")
    if is_csv(name):
        try:
            status = Path(name).stat()
        except OSError:
            return "missing"
        return f"{status.st_mtime_ns} {status.st_size}"
    return os.environ.get(DATA_FOLDER, "") if name == "mnist" else ""


def _read_quadratic(table: Table) -> dict[str, Any]:
    config: dict[str, Any] = {}
    if table.has("dimension"):
        config["dimension"] = table.integer("dimension", low=1)
    if table.has("curvature_matrix"):
        if table.has("curvature"):
            expected = "only one of curvature and curvature_matrix"
            raise InputError(table.path("curvature_matrix"), "both", expected)
        config["curvature_matrix"] = table.nested("curvature_matrix", deepest=2)
    else:
        config["curvature"] = table.nested("curvature", deepest=3)
    if table.has("group_centres"):
        if table.has("centres"):
            raise InputError(
                table.path("group_centres"),
                "both",
                "only one of centres and group_centres",
            )
        config["group_centres"] = _read_group_centres(table)
    else:
        config["centres"] = table.nested("centres", deepest=2, default=0.0)
    return config


def _read_group_centres(table: Table) -> dict[str, Any]:
    path = table.path("group_centres")
    groups = Table(path, table.take("group_centres", "a table"))
    variance = groups.nested("variance", deepest=1, default=0.0)
    found = {
        "zeroth_order": groups.nested("zeroth_order", deepest=1, default=0.0),
        "first_order": groups.nested("first_order", deepest=1, default=0.0),
        "variance": [
            number(f"{path}.variance[{index}]", value, low=0)
            for index, value in enumerate(vector(f"{path}.variance", variance, 2))
        ],
    }
    groups.finish()
    return found


def _build_quadratic(config: Mapping[str, Any], population: Population) -> Problem:
    groups = config.get("group_centres")
    d = _quadratic_dimension(config)
    curvatures = _curvatures(config, population.n, d)
    if groups is None:
        centres = matrix("problem.centres", config["centres"], population.n, d)
        variance = (0.0, 0.0)
    else:
        centres = np.empty((population.n, d))
        for name in ("zeroth_order", "first_order"):
            row = vector(f"problem.group_centres.{name}", groups[name], d)
            centres[getattr(population, name)] = row
        variance = tuple(groups["variance"])
    return QuadraticProblem(
        population=population,
        curvatures=curvatures,
        centres=centres,
        centre_variance=variance,
        noise=config["noise"],
    )


def _quadratic_dimension(config: Mapping[str, Any]) -> int:
    """The dimension, from the first of these that tells: `dimension`, a curvature, a centre."""
    if "dimension" in config:
        return int(config["dimension"])
    groups = config.get("group_centres", {})
    candidates = [
        config.get("curvature_matrix"),
        config.get("curvature"),
        config.get("centres"),
    ]
    for values in [*candidates, groups.get("zeroth_order"), groups.get("first_order")]:
        while isinstance(values, list):
            if not isinstance(values[0], list):
                return len(values)
            values = values[0]
    return 1


def _curvatures(config: Mapping[str, Any], n: int, d: int) -> NDArray[np.float64]:
    """(n, d) diagonals or (n, d, d) matrices."""
    if "curvature_matrix" in config:
        given = config["curvature_matrix"]
        if depth(given) != 2:
            raise InputError("problem.curvature_matrix", given, f"a {d} x {d} matrix")
        return np.tile(_square("problem.curvature_matrix", given, d), (n, 1, 1))
    given = config["curvature"]
    if depth(given) < 3:
        return matrix("problem.curvature", given, n, d)
    if len(given) != n:
        raise InputError(
            "problem.curvature", f"{len(given)} matrices", f"{n} matrices, one an agent"
        )
    return np.array([_square(f"problem.curvature[{i}]", m, d) for i, m in enumerate(given)])


def _square(where: str, values: Any, d: int) -> NDArray[np.float64]:
    if not isinstance(values, list) or len(values) != d:
        raise InputError(where, values, f"a {d} x {d} matrix")
    return np.array([vector(f"{where}[{row}]", numbers, d) for row, numbers in enumerate(values)])


def _read_separable(table: Table, keys: tuple[str, ...]) -> dict[str, Any]:
    config: dict[str, Any] = {key: table.number(key) for key in keys}
    offsets = config["offsets"] = table.nested("offsets", deepest=2, default=0.0)
    while isinstance(offsets, list) and isinstance(offsets[0], list):
        offsets = offsets[0]
    natural = len(offsets) if isinstance(offsets, list) else 1
    config["dimension"] = table.integer("dimension", natural, low=1)
    return config


def _read_kinked(table: Table) -> dict[str, Any]:
    return _read_separable(table, ("slope_low", "slope_high"))


def _read_cosine(table: Table) -> dict[str, Any]:
    return _read_separable(table, ("amplitude", "frequency"))


def _separable_arguments(config: Mapping[str, Any], population: Population) -> dict[str, Any]:
    offsets = matrix("problem.offsets", config["offsets"], population.n, config["dimension"])
    return {"population": population, "offsets": offsets, "noise": config["noise"]}


def _build_kinked(config: Mapping[str, Any], population: Population) -> Problem:
    return KinkedProblem(
        slope_low=config["slope_low"],
        slope_high=config["slope_high"],
        **_separable_arguments(config, population),
    )


def _build_cosine(config: Mapping[str, Any], population: Population) -> Problem:
    return CosineProblem(
        amplitude=config["amplitude"],
        frequency=config["frequency"],
        **_separable_arguments(config, population),
    )


def _read_data(table: Table, kind: str, folder: Path | None) -> dict[str, Any]:
    name = table.take("data", f"one of {list(DATASETS)} or the path of a CSV file")
    if not isinstance(name, str) or (name not in DATASETS and not is_csv(name)):
        expected = f"one of {list(DATASETS)} or a path that ends in .csv"
        raise InputError(table.path("data"), name, expected)
    config: dict[str, Any] = {"data": name}
    if is_csv(name):
        if folder is not None and (folder / name).exists():
            config["data"] = str(folder / name)
        config["target"] = table.take("target", "the name of the target column")
        if not isinstance(config["target"], str):
            raise InputError(
                table.path("target"), config["target"], "the name of the target column"
            )
    if table.has("rows"):
        config["rows"] = table.integer("rows", low=2)
    if table.has("classes"):
        config["classes"] = _read_classes(table, kind)
    config["split"] = table.choice("split", SPLITS, "iid")
    config["seed"] = table.integer("seed", 0, low=0, high=_SEED_LIMIT)
    config["regularisation"] = table.number("regularisation", low=0)
    return config


def _read_classes(table: Table, kind: str) -> list[float]:
    classes = table.nested("classes", deepest=1)
    two = kind in ("logistic", "sigmoid")
    distinct = isinstance(classes, list) and len(set(classes)) == len(classes)
    if not distinct or len(classes) < 2 or (two and len(classes) > 2):
        raise InputError(
            table.path("classes"),
            classes,
            f"{'two' if two else 'at least two'} distinct targets",
        )
    return list(classes)


def _build_linear(config: Mapping[str, Any], population: Population) -> Problem:
    classes = config.get("classes")
    data = load_dataset(config["data"], target=config.get("target"))
    data = select(data, classes=classes, rows=config.get("rows"))
    targets, count = coded_targets(data, config["kind"], classes=classes)
    groups = (population.zeroth_order, population.first_order)
    return LinearModelProblem(
        population=population,
        link=LINKS[config["kind"]],
        features=scaled_features(data),
        targets=targets,
        rows=split_rows(targets, groups, split=config["split"], seed=config["seed"]),
        regularisation=config["regularisation"],
        classes=count,
    )


_READERS: Mapping[str, Callable[[Table], dict[str, Any]]] = MappingProxyType(
    {"quadratic": _read_quadratic, "kinked": _read_kinked, "cosine": _read_cosine}
)
_BUILDERS: Mapping[str, Callable[[Mapping[str, Any], Population], Problem]] = MappingProxyType(
    {
        "quadratic": _build_quadratic,
        "kinked": _build_kinked,
        "cosine": _build_cosine,
    }
)
