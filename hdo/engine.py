"""The engine: Algorithm 1 on many replicas, in JAX and float64.

Float64 is switched on inside `simulate` only (`jax.enable_x64` as a context), never globally. Every
draw comes from a key folded from (seed, replica, agent, step, purpose), so that results do not
depend on batching, and no two agents, steps or purposes share a stream.
"""

import math
from collections.abc import Callable
from typing import TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike, NDArray

from hdo.errors import InputError
from hdo.estimators import FACTORIES
from hdo.interactions import INTERACTIONS
from hdo.problems.base import Problem
from hdo.problems.quadratic import QuadraticProblem
from hdo.spec import Method, Spec, build_problem

SAMPLE, DIRECTION, MEETING = 0, 1, 2
"""Purposes of a draw: the sample xi, the directions u, who meets."""

Integer: TypeAlias = int | jax.Array
Record: TypeAlias = dict[str, list[int] | dict[str, list[float]]]
Step: TypeAlias = Callable[[jax.Array, jax.Array, jax.Array], jax.Array]


def derive_key(
    seed: int, replica: Integer, agent: Integer, step: Integer, purpose: Integer
) -> jax.Array:
    """The key of one draw. Meetings concern no single agent and take `agent` = n."""
    key = jax.random.key(seed)
    for part in (replica, agent, step, purpose):
        key = jax.random.fold_in(key, part)
    return key


def make_estimate(problem: Problem, method: Method) -> Callable[..., jax.Array]:
    """`estimate(x, agent, sample_key, direction_key)`: one draw of G^agent(x), (d,) -> (d,)."""
    population = problem.population
    names = sorted(set(population.agents))
    needs_nu = "two-point" in names
    nu = method.smoothing if needs_nu else math.nan
    estimators = [FACTORIES[name](nu=nu, directions=population.directions) for name in names]
    codes = np.array([names.index(name) for name in population.agents])

    def estimate(
        x: jax.Array, agent: jax.Array, sample_key: jax.Array, direction_key: jax.Array
    ) -> jax.Array:
        xi = problem.sample(sample_key, agent)

        def loss(y: jax.Array) -> jax.Array:
            return problem.loss(y, agent, xi)

        branches = [lambda y, key, g=g: g(loss, y, key) for g in estimators]
        return jax.lax.switch(jnp.asarray(codes)[agent], branches, x, direction_key)

    return estimate


def make_step(problem: Problem, method: Method, *, seed: int) -> Step:
    """`step(X, t, replica)`: one interaction of Algorithm 1, (n, d) -> (n, d).

    Those who act take X <- X - eta G(X), each with its own estimator; then each takes the mean of
    its own new model and its mate's. With `pair` two agents act, with `matching` all of them.
    """
    n = problem.n
    estimate = make_estimate(problem, method)
    meet = INTERACTIONS[method.interaction]

    def step(X: jax.Array, t: jax.Array, replica: jax.Array) -> jax.Array:
        agents, mates = meet(derive_key(seed, replica, n, t, MEETING), n)

        def move(agent: jax.Array) -> jax.Array:
            sample_key = derive_key(seed, replica, agent, t, SAMPLE)
            direction_key = derive_key(seed, replica, agent, t, DIRECTION)
            return X[agent] - method.step_size * estimate(
                X[agent], agent, sample_key, direction_key
            )

        moved = X.at[agents].set(jax.vmap(move)(agents))
        return moved.at[agents].set((moved[agents] + moved[mates]) / 2)

    return step


def trajectories(
    spec: Spec, *, replicas: int, every: int = 1, seed: int | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Times t = 0, every, 2 every, ... <= steps, and the models there: (times, replicas, n, d)."""
    times, found = _run(spec, lambda X: {"models": X}, replicas=replicas, every=every, seed=seed)
    return times, found["models"]


def simulate(
    spec: Spec,
    *,
    replicas: int,
    every: int = 1,
    seed: int | None = None,
    x_star: ArrayLike | None = None,
    f_star: float | None = None,
) -> Record:
    """Monte Carlo of Algorithm 1: `t`, and {mean, stderr} lists over replicas, each `every` steps.

    `gamma` is Gamma_t = (1/n) sum_i ||X_i - mu||^2; `distance_sq` is ||mu_t - x*||^2 and `gap` is
    f(mu_t) - f*, each given only with the caller's `x_star` (d,) and `f_star`. `seed` None takes
    method.seed. The standard error is NaN with a single replica. Raises InputError for random
    centres, counts below 1, or missing keys.
    """
    problem = build_problem(spec)
    target = None if x_star is None else np.asarray(x_star, dtype=float)

    def measure(X: jax.Array) -> dict[str, jax.Array]:
        mu = X.mean(axis=0)
        found = {"gamma": ((X - mu) ** 2).sum() / problem.n}
        if target is not None:
            found["distance_sq"] = ((mu - target) ** 2).sum()
        if f_star is not None:
            found["gap"] = problem.value(mu) - f_star
        return found

    times, measured = _run(spec, measure, replicas=replicas, every=every, seed=seed)
    record: Record = {"t": times.tolist()}
    for name in ("gamma", "distance_sq", "gap"):
        if name in measured:
            record[name] = _mean_and_error(measured[name])
    return record


def _mean_and_error(values: NDArray[np.float64]) -> dict[str, list[float]]:
    replicas = values.shape[1]
    spread = values.std(axis=1, ddof=1) if replicas > 1 else np.full(len(values), math.nan)
    return {
        "mean": values.mean(axis=1).tolist(),
        "stderr": (spread / math.sqrt(replicas)).tolist(),
    }


def _run(
    spec: Spec,
    measure: Callable[[jax.Array], dict[str, jax.Array]],
    *,
    replicas: int,
    every: int,
    seed: int | None,
) -> tuple[NDArray[np.int64], dict[str, NDArray[np.float64]]]:
    """Times, and what `measure` says of the (n, d) models then: arrays (times, replicas, ...)."""
    problem, method = build_problem(spec), spec.method
    _check_run(problem, replicas=replicas, every=every)
    periods = method.steps // every
    with jax.enable_x64(True):
        step = make_step(problem, method, seed=method.seed if seed is None else seed)
        start = jnp.tile(jnp.asarray(method.start_point(problem.d)), (problem.n, 1))

        def one_replica(replica: jax.Array) -> dict[str, jax.Array]:
            def advance(X: jax.Array, t: jax.Array) -> tuple[jax.Array, None]:
                return step(X, t, replica), None

            def period(X: jax.Array, first: jax.Array) -> tuple[jax.Array, dict[str, jax.Array]]:
                X, _ = jax.lax.scan(advance, X, first + jnp.arange(every))
                return X, measure(X)

            _, later = jax.lax.scan(period, start, every * jnp.arange(periods))
            now = measure(start)
            return {name: jnp.concatenate([now[name][None], later[name]]) for name in now}

        measured = jax.jit(jax.vmap(one_replica, out_axes=1))(jnp.arange(replicas))
        found = {name: np.asarray(values) for name, values in measured.items()}
    return every * np.arange(periods + 1), found


def _check_run(problem: Problem, *, replicas: int, every: int) -> None:
    for name, value in (("replicas", replicas), ("every", every)):
        if value < 1:
            raise InputError(name, value, "an integer >= 1")
    if isinstance(problem, QuadraticProblem) and any(problem.centre_variance):
        where = "problem.group_centres.variance"
        raise InputError(where, list(problem.centre_variance), "[0, 0] to simulate one population")
