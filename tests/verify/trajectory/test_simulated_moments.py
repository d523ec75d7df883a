"""The engine's means against the exact moments, on specs drawn at random."""

from typing import Any

import numpy as np
import pytest

from hdo.engine import simulate
from hdo.population import PAPER
from hdo.spec import Spec, build_problem
from verify.optimum import optimum
from verify.trajectory import moments

REPLICAS = 3000
ERRORS = 5.0
"""Standard errors allowed: with normal means a right engine fails a comparison once in 10^6."""

QUANTITIES = ("gamma", "distance_sq", "gap")


Table = dict[str, Any]


def drawn_table(seed: int) -> Table:
    """A spec: any quadratics, estimators, numbers of agents (also one group), meetings."""
    rng = np.random.default_rng(seed)
    n, d, steps = int(rng.integers(2, 7)), int(rng.integers(1, 5)), int(rng.integers(2, 13))
    zeroth = str(rng.choice(PAPER[1:]))
    kinds = [zeroth, "first-order"][:: int(rng.choice([1, -1]))]
    agents = [str(rng.choice(kinds)) for _ in range(n)] if seed % 4 else [kinds[0]] * n
    curvature: dict[str, Any] = {"curvature": rng.uniform(0.5, 3, size=(n, d)).tolist()}
    if rng.integers(2):
        A = rng.normal(size=(d, d))
        curvature = {"curvature_matrix": (A @ A.T + np.eye(d)).tolist()}
    return {
        "problem": {
            "kind": "quadratic",
            **curvature,
            "centres": rng.normal(size=(n, d)).tolist(),
            "noise": float(rng.choice([0.0, 1.0])),
        },
        "population": {"agents": agents, "directions": int(rng.integers(1, 4))},
        "method": {
            "step_size": float(rng.uniform(0.005, 0.05)),
            "smoothing": float(rng.choice([1e-3, 0.5])),
            "interaction": str(rng.choice(["pair", "matching"])),
            "steps": steps,
            "start": 1.0,
        },
    }


def worst(table: Table, against: Table | None = None, *, seed: int) -> float:
    """The largest distance of a mean from its exact value, in standard errors."""
    spec, told = Spec.from_dict(table), Spec.from_dict(against or table)
    problem = build_problem(spec)
    star = optimum(problem)
    every = max(1, spec.method.steps // 2)
    drawn = simulate(
        spec,
        replicas=REPLICAS,
        every=every,
        seed=seed,
        x_star=np.asarray(star.x, dtype=float),
        f_star=float(star.lower),
    )
    exact = moments(build_problem(told), told.population, told.method, every=every)
    found = [0.0]
    for name in QUANTITIES:
        record: Any = drawn[name]
        rows = zip(getattr(exact, name), record["mean"], record["stderr"], strict=True)
        for truth, mean, error in list(rows)[1:]:
            slack = 1e-9 * (1.0 + abs(truth))
            found.append(max(0.0, abs(mean - truth) - slack) / max(error, 1e-300))
    return max(found)


@pytest.mark.parametrize("seed", range(12))
def test_simulated_means_are_the_moments(seed: int) -> None:
    """Every quantity at every recorded time, within five standard errors."""
    assert worst(drawn_table(seed), seed=seed) <= ERRORS


@pytest.mark.parametrize(
    ("part", "key", "change"),
    [
        ("method", "step_size", lambda eta: 1.1 * eta),
        ("population", "directions", lambda rv: rv + 1),
        ("problem", "noise", lambda noise: 0.5 * noise),
    ],
    ids=["step size", "directions", "noise"],
)
def test_moments_of_another_run_are_told_apart(part: str, key: str, change: Any) -> None:
    """A tenth of the step size, one direction more, half of the noise: each is seen."""
    table = {**drawn_table(3)}
    table["problem"] = {**table["problem"], "noise": 1.0}
    table["population"] = {"agents": ["forward-gradient"] * 3 + ["first-order"] * 2}
    table["problem"]["centres"] = np.eye(5, 2).tolist()
    table["problem"].pop("curvature_matrix", None)
    table["problem"]["curvature"] = [1.0, 2.0]
    table["population"]["directions"] = 1
    table["method"] = {**table["method"], "step_size": 0.05, "steps": 12}
    other = {**table, part: {**table[part], key: change(table[part][key])}}
    assert worst(table, seed=3) <= ERRORS
    assert worst(table, other, seed=3) > ERRORS
