"""What has no exact evidence is refused, never measured as something else."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from hdo.errors import InputError
from hdo.interactions_graphs import Graph
from hdo.population import ESTIMATORS, PAPER, Population
from hdo.problems import CosineProblem, Problem, QuadraticProblem
from hdo.schedules import ScheduleKeys
from hdo.spec import Method
from verify.errors import NotExact
from verify.onestep import measure_step
from verify.trajectory import measure_trajectory, moments

OTHERS = [name for name in ESTIMATORS if name not in PAPER]
METHOD = Method(step_size=0.1, nu=0.5, rounds=3)
BEYOND: dict[str, dict[str, Any]] = {
    "graph": {"interaction": "graph", "graph": Graph("ring")},
    "loss": {"loss": 0.5},
    "delay": {"delay": 1},
    "momentum": {"momentum": 0.5},
    "schedule": {"schedule": ScheduleKeys("warmup-cosine")},
    "theorem": {"schedule": ScheduleKeys("theorem")},
}


def quadratic(*agents: str) -> QuadraticProblem:
    """Two dimensions."""
    shape = (len(agents), 2)
    return QuadraticProblem(
        population=Population(agents), curvatures=np.ones(shape), centres=np.zeros(shape)
    )


def cosine(*agents: str) -> CosineProblem:
    """Two dimensions."""
    return CosineProblem(
        population=Population(agents),
        amplitude=1.0,
        frequency=1.0,
        offsets=np.zeros((len(agents), 2)),
    )


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("make", [quadratic, cosine])
def test_one_step_of_another_estimator_is_not_exact(name: str, make: Any) -> None:
    """Second moments, the step of Gamma, biases: NotExact names the estimator."""
    problem: Problem = make(name, "first-order", "two-point")
    found = measure_step(problem, problem.population, np.ones((3, 2)), eta=0.1, nu=0.5)
    for quantity in ("M_G", "Gamma_next", "B", "f_step", "sbar_sq"):
        with pytest.raises(NotExact, match=name):
            found[quantity]


@pytest.mark.parametrize("name", OTHERS)
def test_trajectories_of_another_estimator_are_refused(name: str) -> None:
    """In balls by NotExact, for `hdo moments` by a sentence about the key."""
    problem = quadratic(name, "first-order", "two-point")
    with pytest.raises(NotExact, match=name):
        measure_trajectory(problem, problem.population, METHOD, 3, l=1.0)
    with pytest.raises(InputError, match="population.agents"):
        moments(problem, problem.population, METHOD)


@pytest.mark.parametrize("what", BEYOND)
def test_trajectories_of_another_method_are_refused(what: str) -> None:
    """Graphs, lost and late meetings, momentum, schedules."""
    problem = quadratic("first-order", "two-point", "two-point")
    method = replace(METHOD, **BEYOND[what])
    with pytest.raises(NotExact):
        measure_trajectory(problem, problem.population, method, 3, l=1.0)
    with pytest.raises(InputError, match="method"):
        moments(problem, problem.population, method)


def test_the_papers_own_are_measured() -> None:
    """The refusals do not reach what has evidence."""
    problem = quadratic(*PAPER)
    found = measure_step(problem, problem.population, np.ones((3, 2)), eta=0.1, nu=0.5)
    assert found["M_G"] > 0
    assert measure_trajectory(problem, problem.population, METHOD, 3, l=1.0)
    assert len(moments(problem, problem.population, METHOD).t) == 4
