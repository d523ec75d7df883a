"""What an instance does over time: one simulated path of states, and exact expectations."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hdo.problems import LinearModelProblem
from verify.instance import Instance
from verify.trajectory import Moments, moments

Array = NDArray[np.float64]


def simulated_states(
    instance: Instance, *, every: int, entropy: int
) -> Iterator[tuple[int, Array]]:
    """(t, X_t) for t = 0, every, ... of one run of Algorithm 1 in float64, on a linear model.

    Plain numpy, one row a sample, two-point or first-order agents, one direction; the path only
    chooses the states at which exact evidence is taken.
    """
    problem, method = instance.problem, instance.spec.method
    assert isinstance(problem, LinearModelProblem)
    rng = np.random.default_rng(entropy)
    X = np.tile(method.start_point(problem.d), (problem.n, 1))
    for t in range(method.steps + 1):
        if t % every == 0:
            yield t, X.copy()
        pair = rng.choice(problem.n, size=2, replace=False)
        steps = [_estimate(problem, instance, int(i), X[i], rng) for i in pair]
        X[pair] = np.mean(X[pair] - instance.eta * np.array(steps), axis=0)


def _estimate(
    problem: LinearModelProblem, instance: Instance, agent: int, x: Array, rng: np.random.Generator
) -> Array:
    """One agent's estimate at x from one of its rows."""
    row = rng.choice(problem.rows[agent])
    features, target = problem.features[[row]], problem.targets[[row]]
    scale = float(problem.scale[agent].p) / float(problem.scale[agent].q)
    if problem.population.agents[agent] == "first-order":
        slope = problem.link.dphi(problem.predictions(features, x), target)
        return np.asarray(scale * slope[0] * features[0] + problem.regularisation * x)

    def value(y: Array) -> float:
        loss = problem.link.phi(problem.predictions(features, y), target)[0]
        return float(scale * loss + problem.regularisation * (y @ y) / 2)

    u = rng.standard_normal(problem.d)
    return (value(x + instance.nu * u) - value(x)) / instance.nu * u


def expectations(instance: Instance) -> Moments:
    """Exact moments at every interaction of the instance's run."""
    return moments(instance.problem, instance.spec.population, instance.spec.method, every=1)
