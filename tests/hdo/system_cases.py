"""Small problems of every kind, and the spec tables the tests of the system start from."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from hdo.population import Population
from hdo.problems import (
    LINKS,
    CosineProblem,
    KinkedProblem,
    LinearModelProblem,
    Problem,
    QuadraticProblem,
)
from hdo.problems.linear import split_rows

MIXED = Population(("two-point", "first-order", "forward-gradient", "first-order", "two-point"))
"""Both groups, interleaved: N0 = {0, 2, 4}, N1 = {1, 3}."""

CENTRES = np.array([[0.5, -1.0], [1.25, 0.0], [-0.75, 2.0], [0.0, 0.25], [3.0, -0.5]])


def linear_model(
    kind: str, *, population: Population = MIXED, rows: int = 9, seed: int = 0, **fields: Any
) -> LinearModelProblem:
    """A linear model on drawn data: 2 features, 3 classes for softmax."""
    rng = np.random.default_rng(seed)
    link = LINKS[kind]
    targets: Any = np.where(rng.random(rows) < 0.5, -1.0, 1.0)
    if kind == "ridge":
        targets = rng.normal(size=rows)
    if kind == "softmax":
        targets = np.arange(rows) % 3
    groups = (population.zeroth_order, population.first_order)
    arguments: dict[str, Any] = {
        "population": population,
        "link": link,
        "features": rng.normal(size=(rows, 2)),
        "targets": targets,
        "rows": split_rows(targets, groups, split="contiguous", seed=0),
        "regularisation": 0.125,
        "classes": 3 if kind == "softmax" else 1,
    }
    return LinearModelProblem(**{**arguments, **fields})


def quadratic(kind: str = "shared", *, population: Population = MIXED) -> QuadraticProblem:
    """A quadratic with a shared diagonal, a diagonal for each agent, or matrices."""
    diagonal = np.array([[1.0, 4.0], [2.0, 0.5], [0.0, 3.0], [1.5, 1.0], [2.5, 2.0]])
    turn = np.array([[2.0, 1.0], [1.0, 1.0]])
    curvatures = {
        "shared": np.tile([1.0, 4.0], (5, 1)),
        "diagonal": diagonal,
        "matrices": np.array([turn + np.diag(row) for row in diagonal]),
        "shared matrix": np.tile(turn, (5, 1, 1)),
    }
    return QuadraticProblem(
        population=population, curvatures=curvatures[kind], centres=CENTRES, noise=0.5
    )


PROBLEMS: Mapping[str, Problem] = MappingProxyType(
    {
        **{f"quadratic, {k}": quadratic(k) for k in ("shared", "diagonal", "matrices")},
        "kinked": KinkedProblem(
            population=MIXED, slope_low=0.25, slope_high=2.0, offsets=CENTRES, noise=0.5
        ),
        "cosine": CosineProblem(
            population=MIXED, amplitude=1.5, frequency=0.75, offsets=CENTRES, noise=0.5
        ),
        **{kind: linear_model(kind) for kind in LINKS},
    }
)
"""One problem of every kind (and layout of curvatures), 5 agents, d = 2 (6 for softmax)."""


def table(kind: str = "quadratic", **changes: Any) -> dict[str, Any]:
    """A valid spec of 3 agents in 2 dimensions, as parsed from a file; `changes` replace keys."""
    problems: dict[str, dict[str, Any]] = {
        "quadratic": {"curvature": [1.0, 4.0], "centres": [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]},
        "kinked": {"slope_low": 0.5, "slope_high": 2.0, "dimension": 2},
        "cosine": {"amplitude": 1.0, "frequency": 2.0, "dimension": 2},
    }
    data = {"data": "diabetes" if kind == "ridge" else "digits", "regularisation": 0.01}
    problem = {"kind": kind, **problems.get(kind, data)}
    if kind in ("logistic", "sigmoid"):
        problem["data"] = "breast_cancer"
    content: dict[str, Any] = {
        "problem": problem,
        "population": {"agents": ["two-point", "first-order", "forward-gradient"]},
        "method": {"step_size": 0.05, "smoothing": 0.1, "steps": 4},
    }
    for name, keys in changes.items():
        content[name] = {**content.get(name, {}), **keys}
    return content
