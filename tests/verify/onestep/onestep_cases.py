"""Small specs of every kind, and the plain Monte Carlo that one-step evidence is held against."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hdo import Population, Problem, Spec, build_problem
from hdo.problems import LinearModelProblem
from verify.onestep import StepMeasurement, measure_step
from verify.optimum import optimum

OFFSETS = [[0.1, 0.0, 1.0], [0.3, -1.0, 0.0], [0.0, 0.5, 0.5], [0.2, 0.2, -0.4]]
PROBLEMS: Mapping[str, dict[str, Any]] = {
    "quadratic": {
        "kind": "quadratic",
        "curvature": [[1.0, 2.0, 4.0], [0.5, 2.0, 1.0], [1.0, 0.0, 3.0], [2.0, 2.0, 2.0]],
        "centres": OFFSETS,
        "noise": 0.5,
    },
    "matrix": {
        "kind": "quadratic",
        "curvature_matrix": [[2.0, 0.5, 0.0], [0.5, 1.0, 0.3], [0.0, 0.3, 3.0]],
        "centres": OFFSETS,
        "noise": 0.25,
    },
    "kinked": {
        "kind": "kinked",
        "slope_low": 0.5,
        "slope_high": 3.0,
        "offsets": OFFSETS,
        "noise": 0.3,
    },
    "cosine": {
        "kind": "cosine",
        "amplitude": 1.5,
        "frequency": 2.0,
        "offsets": OFFSETS,
        "noise": 0.2,
    },
    "ridge": {"kind": "ridge", "data": "diabetes", "rows": 14, "regularisation": 0.3},
    "logistic": {"kind": "logistic", "data": "breast_cancer", "rows": 25, "regularisation": 0.3},
    "sigmoid": {"kind": "sigmoid", "data": "breast_cancer", "rows": 25, "regularisation": 0.3},
}
AGENTS = ["two-point", "forward-gradient", "first-order", "two-point"]


def make(kind: str, *, directions: int = 2, batch: int | str = 1, **problem: Any) -> Spec:
    """A spec of four agents of mixed kinds."""
    population: dict[str, Any] = {"agents": AGENTS, "directions": directions}
    table = {**PROBLEMS[kind], **problem}
    if "data" in table:
        population["batch"] = batch
    return Spec.from_dict({"problem": table, "population": population})


def measure(spec: Spec, X: NDArray[np.float64], **options: Any) -> StepMeasurement:
    """One-step evidence with default eta and nu."""
    problem = build_problem(spec)
    settings: dict[str, Any] = {
        "eta": 0.1,
        "nu": 0.3,
        "parameters": {"agent": 0, "other": 1},
    } | options
    return measure_step(problem, spec.population, X, optimum=optimum(problem), **settings)


def gradient_samples(
    problem: Problem,
    population: Population,
    agent: int,
    x: NDArray[np.float64],
    nu: float,
    *,
    count: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Draws of one agent's estimate G, straight from the definitions, (count, d)."""
    out = np.zeros((count, problem.d))
    sample = _samplers(problem, population, agent, x, count, rng)
    if population.agents[agent] == "first-order":
        return sample.gradient(x)
    for _ in range(population.directions):
        u = rng.normal(size=(count, problem.d))
        if population.agents[agent] == "two-point":
            slope = (sample.value(x + nu * u) - sample.value(x)) / nu
        else:
            slope = (sample.gradient(x) * u).sum(axis=1)
        out += slope[:, None] * u
    return out / population.directions


class _samplers:
    """F(., xi_s) of `count` samples at once."""

    def __init__(
        self,
        problem: Any,
        population: Population,
        agent: int,
        x: NDArray[np.float64],
        count: int,
        rng: np.random.Generator,
    ) -> None:
        self.problem = problem
        self.agent, self.count = agent, count
        self.rows: Any = None
        self.noise: Any = None
        if isinstance(problem, LinearModelProblem):
            held = problem.rows[agent]
            size = population.batch or 1
            self.rows = held[rng.integers(len(held), size=(count, size))]
            if population.batch is None:
                self.rows = np.broadcast_to(held, (count, len(held)))
        else:
            scale = np.sqrt(self.problem.noise / problem.d)
            self.noise = scale * rng.normal(size=(count, problem.d))

    def value(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        points = np.broadcast_to(points, (self.count, self.problem.d))
        if self.rows is None:
            mine = [p[self.agent] for p in self.problem.parameters]
            plain = self.problem.row_value(points, *mine)
            return plain + (self.noise * points).sum(axis=1)
        z, y, scale = self._forms(points)
        losses = self.problem.link.phi(z, y)
        return scale * losses.mean(axis=1) + self._half_r() * (points**2).sum(axis=1)

    def gradient(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        points = np.broadcast_to(x, (self.count, self.problem.d))
        if self.rows is None:
            mine = [p[self.agent] for p in self.problem.parameters]
            return self.problem.row_gradient(points, *mine) + self.noise
        z, y, scale = self._forms(points)
        slopes = self.problem.link.dphi(z, y)
        features = self.problem.features[self.rows]
        pulled = (slopes[..., None] * features).mean(axis=1)
        return scale * pulled + 2 * self._half_r() * points

    def _forms(self, points: NDArray[np.float64]) -> tuple[Any, Any, float]:
        problem = self.problem
        z = (problem.features[self.rows] * points[:, None, :]).sum(axis=-1)
        scale = problem.scale[self.agent]
        return z, problem.targets[self.rows], int(scale.p) / int(scale.q)

    def _half_r(self) -> float:
        return float(self.problem.regularisation) / 2
