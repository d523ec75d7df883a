"""Drafts on the real data sets, each in several states."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hdo.data import DATA_FOLDER
from hdo.spec import Spec, build_problem
from verify.instance import Draft, Table
from verify.optimum import optimum


@dataclass(frozen=True)
class RealCase:
    """A problem on data, a population, and the smoothing radius of its zeroth-order agents."""

    problem: Mapping[str, Any]
    population: Mapping[str, Any]
    radius: float
    states: tuple[str, ...] = ("start", "optimum", "scattered")

    @property
    def table(self) -> Table:
        """The tables without a state."""
        return {"problem": dict(self.problem), "population": dict(self.population)}


_HYBRID = {"zeroth_order": 3, "first_order": 3}
_PAIR = {"zeroth_order": 1, "first_order": 1, "batch": "full"}

_LOGISTIC = {"kind": "logistic", "data": "breast_cancer", "regularisation": 0.1}
_RIDGE = {"kind": "ridge", "data": "diabetes", "regularisation": 0.1}
_SOFTMAX = {"kind": "softmax", "data": "digits", "regularisation": 0.1}
_FEW_DIGITS = {**_SOFTMAX, "rows": 150}
_FORWARD = {"zeroth_order": 2, "first_order": 2, "estimator": "forward-gradient", "batch": "full"}

EMBEDDED_CASES = (
    RealCase(_LOGISTIC, _HYBRID, 1e-3),
    RealCase({**_LOGISTIC, "split": "by-label"}, {**_HYBRID, "batch": "full"}, 1e-6),
    RealCase(_LOGISTIC, {"zeroth_order": 0, "first_order": 4}, 1e-3, ("start", "scattered")),
    # one agent a group holds all rows, so that A3 holds; all rows at once, so that A4 does
    RealCase(_RIDGE, _PAIR, 1e-2),
    RealCase(_RIDGE, {"zeroth_order": 2, "first_order": 3}, 1e-4, ("start", "scattered")),
    RealCase(_FEW_DIGITS, _FORWARD, 1e-8, ("start", "scattered")),
    RealCase(_FEW_DIGITS, _PAIR, 1e-8, ("start", "scattered")),
)
"""The data sets that come with scikit-learn."""

WHOLE_DIGITS = RealCase(_SOFTMAX, _PAIR, 1e-8, ("start",))
"""All 1797 digits: half a minute for the optimum alone."""

MNIST_CASE = RealCase({**_FEW_DIGITS, "data": "mnist", "rows": 60}, _PAIR, 1e-8, ("start",))
"""A few rows of MNIST, in 7840 dimensions."""


def real_instances(*, thorough: bool = True, data: str | None = None) -> tuple[Draft, ...]:
    """The cases in their states, of one data set if `data` names it.

    `thorough` adds states, step sizes, all digits and, where its folder is set, MNIST.
    """
    cases = EMBEDDED_CASES
    if thorough:
        cases += (WHOLE_DIGITS, *((MNIST_CASE,) if os.environ.get(DATA_FOLDER) else ()))
    return tuple(
        draft
        for case in cases
        if data is None or case.problem["data"] == data
        for draft in _drafts(case, thorough=thorough)
    )


def _drafts(case: RealCase, *, thorough: bool) -> Iterator[Draft]:
    for state in case.states if thorough else case.states[:2]:
        table = case.table
        table["state"] = {"models": _state(table, state).tolist()}
        table["parameters"] = {"alpha0": 2.0, "alpha1": 1.0, "k": 3, "agent": 0, "other": 1}
        yield Draft.of(table, radius=case.radius, fraction=1.0)
        if thorough:
            yield Draft.of(table, ratio=1.0, fraction=0.1)


def _state(table: Table, name: str) -> NDArray[np.float64]:
    """All at 0; all near the optimum (rounded to 6 digits); or spread around 0."""
    problem = build_problem(Spec.from_dict(table))
    if name == "start":
        return np.zeros((problem.n, problem.d))
    if name == "optimum":
        return np.tile(np.round(optimum(problem).x, 6), (problem.n, 1))
    spread = np.random.default_rng(0).normal(size=(problem.n, problem.d))
    return np.round(spread, 2)
