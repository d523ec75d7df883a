"""The engine is Algorithm 1: each step against the numpy reference, means against theory."""

import math
from typing import Any

import jax
import numpy as np
import pytest
from reference import Draws, Options, estimate, interact
from system_cases import table

from hdo.engine import DIRECTION, MEETING, SAMPLE, derive_key, simulate, trajectories
from hdo.engine_random import uniform
from hdo.errors import InputError
from hdo.estimators import clipped_uniform, coordinates, gaussian, spherical
from hdo.interactions import make_meet
from hdo.interactions_graphs import graph_edges
from hdo.population import SMOOTHED
from hdo.problems import LinearModelProblem, Problem
from hdo.spec import Spec, build_problem


def sampled_loss(problem: Problem, agent: int, xi: np.ndarray):  # type: ignore[no-untyped-def]
    """F^agent(., xi) and its gradient in numpy, from the formulas of paper and design."""
    if not isinstance(problem, LinearModelProblem):

        def at(x: np.ndarray) -> np.ndarray:
            return np.tile(x, (problem.n, 1))

        return (
            lambda x: problem.values(at(x))[agent] + xi @ x,
            lambda x: problem.gradients(at(x))[agent] + xi,
        )
    rows = problem.rows[agent][xi]
    A, y = problem.features[rows], problem.targets[rows]
    scale = problem.group_sizes[agent] * len(problem.rows[agent]) / len(problem.features)
    reg = problem.regularisation

    def loss(x: np.ndarray) -> Any:
        return scale * problem.link.phi(A @ x, y).mean() + reg / 2 * (x @ x)

    def gradient(x: np.ndarray) -> np.ndarray:
        return np.asarray(scale * (A.T @ problem.link.dphi(A @ x, y)) / len(rows) + reg * x)

    return loss, gradient


def engine_draws(spec: Spec, *, seed: int, replicas: int) -> Any:
    """The engine's own draws, arrays (replicas, steps, ...): (agents, mates), samples, directions.

    Samples and directions are those of all agents, also of those that do not act.
    """
    problem, method, rv = build_problem(spec), spec.method, spec.population.directions
    edges = None if method.graph is None else graph_edges(method.graph, problem.n)
    meet = make_meet(method.interaction, edges=edges, loss=method.loss)

    def draw(replica: jax.Array, t: jax.Array) -> tuple[Any, Any, Any]:
        def mine(i: jax.Array) -> tuple[jax.Array, tuple[jax.Array, ...]]:
            xi = problem.sample(derive_key(seed, replica, i, t, SAMPLE), i)
            key = derive_key(seed, replica, i, t, DIRECTION)
            laws = (gaussian, spherical, coordinates, clipped_uniform)
            return xi, (*(law(key, rv, problem.d) for law in laws), uniform(key, (rv,), stream=1))

        meeting = meet(derive_key(seed, replica, problem.n, t, MEETING), problem.n)
        return meeting, *jax.vmap(mine)(jax.numpy.arange(problem.n))

    with jax.enable_x64(True):
        every_step = jax.vmap(jax.vmap(draw, in_axes=(None, 0)), in_axes=(0, None))
        drawn = jax.jit(every_step)(np.arange(replicas), np.arange(method.steps))
        return jax.tree.map(np.asarray, drawn)


def reference_run(spec: Spec, drawn: Any) -> np.ndarray:
    """X_0, X_1, ... of the reference, fed with the engine's own draws: (times, replicas, n, d)."""
    problem, method, population = build_problem(spec), spec.method, spec.population
    (agents, mates), xi, u = drawn
    replicas, n = len(agents), problem.n
    start = np.tile(method.start_point(problem.d), (n, 1))
    nu = method.smoothing if set(population.agents) & set(SMOOTHED) else math.nan
    paths = [[start] for _ in range(replicas)]
    for r, path in enumerate(paths):
        options = Options(eta_of(spec), method.momentum, method.delay, [start] * method.delay)
        g, memory = np.zeros_like(start), [math.nan] * n
        for t in range(method.steps):
            pairs = list(zip(agents[r, t].tolist(), mates[r, t].tolist(), strict=True))
            X, estimates, acting = path[-1], [], {i for i, _ in pairs}
            for i, name in enumerate(population.agents):
                loss, gradient = sampled_loss(problem, i, xi[r, t, i])
                draws = Draws(*(part[r, t, i] for part in u))
                G, kept = estimate(name, loss, gradient, X[i], draws, nu, memory[i])
                estimates.append(G)
                memory[i] = kept if i in acting else memory[i]
            meet = [(i, j) for i, j in pairs if i <= j]
            path.append(interact(X, g, meet, estimates, t, options))
    return np.array(paths).swapaxes(0, 1)


def eta_of(spec: Spec) -> Any:
    """eta_t, from the definitions in docs/spec.md."""
    method = spec.method
    if method.schedule.kind == "constant":
        return lambda t: method.step_size
    if method.schedule.kind == "theorem":
        l = build_problem(spec).constants().l.value  # noqa: E741
        return lambda t: 4 * spec.population.n * math.log(method.steps) / (method.steps * l)
    warmup, final = method.schedule.warmup, method.schedule.final

    def eta(t: int) -> float:
        if t < warmup:
            return method.step_size * (t + 1) / warmup
        turn = math.pi * (t - warmup) / (method.steps - warmup)
        return method.step_size * (final + (1 - final) * (1 + math.cos(turn)) / 2)

    return eta


CASES = {
    "quadratic, pair": table(problem={"noise": 0.5}, population={"directions": 3}),
    "kinked, matching, odd n": table("kinked", method={"interaction": "matching", "start": 2.0}),
    "logistic, pair, batch 4": table(
        "logistic", problem={"rows": 40}, population={"batch": 4, "directions": 2}
    ),
    "ridge, matching, n = 2": table(
        "ridge",
        problem={"rows": 20},
        population={"agents": ["first-order", "two-point"]},
        method={"interaction": "matching"},
    ),
    "quadratic, n1 = 0, n = 2, d = 1": {
        "problem": {"kind": "quadratic", "curvature": [[1.0], [3.0]], "centres": [[0.0], [2.0]]},
        "population": {"agents": ["two-point", "forward-gradient"]},
        "method": {"step_size": 0.1, "smoothing": 0.2, "steps": 4, "start": 1.0},
    },
    "cosine, the estimators of values": table(
        "cosine",
        problem={"noise": 0.25},
        population={
            "agents": [
                "two-point-central",
                "sphere",
                "sphere-central",
                "coordinate",
                "residual",
                "debiased",
                "complex-step",
                "uniform-tangent",
            ],
            "directions": 2,
        },
        method={"interaction": "matching", "steps": 5, "start": [0.5, -1.0]},
    ),
    "ring with lost meetings, momentum and warm-up": table(
        "cosine",
        population={"agents": ["residual", "first-order"] * 3},
        method={
            "interaction": "graph",
            "graph": "ring",
            "meeting_loss": 0.4,
            "momentum": 0.7,
            "schedule": "warmup-cosine",
            "warmup": 3,
            "final": 0.2,
            "steps": 12,
            "start": [0.5, -1.0],
        },
    ),
    "star, delayed, two kinds of residual": table(
        "cosine",
        population={"agents": ["residual", "two-point", "complex-step"], "directions": 2},
        method={
            "interaction": "graph",
            "graph": "star",
            "meeting_delay": 3,
            "steps": 9,
            "start": [0.5, -1.0],
        },
    ),
    "matching, delayed and lost, odd n, theorem's step size": {
        **table(problem={"curvature": [1.0, 1.5]}),
        "method": {
            "schedule": "theorem",
            "smoothing": 0.1,
            "steps": 12,
            "interaction": "matching",
            "meeting_delay": 2,
            "meeting_loss": 0.3,
            "start": 1.0,
        },
    },
    "sigmoid, complex step": table(
        "sigmoid",
        problem={"rows": 30},
        population={"agents": ["complex-step", "first-order"], "batch": 3},
        method={"smoothing": 0.01},
    ),
    "sigmoid, n0 = 0, no sampling": {
        **table("sigmoid", problem={"rows": 30}),
        "population": {"first_order": 3, "batch": "full"},
    },
}


@pytest.mark.parametrize("name", CASES)
def test_the_engine_takes_the_steps_of_the_reference(name: str) -> None:
    """Fed with the engine's draws, the reference visits the same models to 1e-10, twice.

    The comparison can fail: one percent more step size is far beyond its tolerance.
    """
    spec = Spec.from_dict(CASES[name])
    times, models = trajectories(spec, replicas=2, seed=7, shortcuts=False)
    drawn = engine_draws(spec, seed=7, replicas=2)
    assert times.tolist() == list(range(spec.method.steps + 1))
    size = max(1.0, np.abs(models).max())
    assert np.allclose(models, reference_run(spec, drawn), rtol=1e-10, atol=1e-10 * size)
    assert not np.allclose(models[-1, 0], models[-1, 1])
    method = {
        **CASES[name]["method"],
        "start": 1.01 + spec.method.start_point(build_problem(spec).d)[0],
    }
    if spec.method.step_size:
        method = {**CASES[name]["method"], "step_size": 1.01 * spec.method.step_size}
    longer = Spec.from_dict({**CASES[name], "method": method})
    assert np.abs(models - reference_run(longer, drawn)).max() > 1e-6


def test_the_mean_of_one_step_is_the_identity_of_theory() -> None:
    """E mu' = mu - (2 eta/n) mbar, m_i = grad f^i(0) on quadratics: |z| < 5 in 20,000 runs."""
    spec = Spec.from_dict(table(method={"steps": 1}))
    problem = build_problem(spec)
    _, models = trajectories(spec, replicas=20_000, seed=3)
    mu = models[1].mean(axis=1)
    expected = -2 * 0.05 / 3 * problem.gradients(np.zeros((3, 2))).mean(axis=0)
    z = (mu.mean(axis=0) - expected) / (mu.std(axis=0) / math.sqrt(20_000))
    assert np.all(np.abs(z) < 5)
    assert np.all(np.abs(expected) > 5 * mu.std(axis=0) / math.sqrt(20_000))


def test_records_are_the_quantities_they_name() -> None:
    """gamma, distance_sq and gap recomputed in numpy from the models; the seed is the spec's."""
    spec = Spec.from_dict(table(method={"seed": 9, "start": [1.0, 2.0]}))
    problem = build_problem(spec)
    x_star = np.array([2.0, 3.0])
    record: Any = simulate(spec, replicas=4, x_star=x_star, f_star=-1.0)
    _, models = trajectories(spec, replicas=4, seed=9)
    mu = models.mean(axis=2)
    expected = {
        "gamma": ((models - mu[:, :, None]) ** 2).sum(axis=(2, 3)) / 3,
        "distance_sq": ((mu - x_star) ** 2).sum(axis=2),
        "gap": np.array([[problem.value(m) + 1.0 for m in row] for row in mu]),
    }
    assert list(record) == ["t", *expected]
    for name, values in expected.items():
        assert np.allclose(record[name]["mean"], values.mean(axis=1), rtol=1e-12)
        error = values.std(axis=1, ddof=1) / 2
        assert np.allclose(record[name]["stderr"], error, rtol=1e-6, atol=1e-15)


def test_no_steps_gives_the_start_only() -> None:
    """steps = 0: t = [0], gamma 0, no standard error from one replica; float64 off outside."""
    before = jax.numpy.ones(()).dtype
    record: Any = simulate(Spec.from_dict(table(method={"steps": 0})), replicas=1)
    assert jax.numpy.ones(()).dtype == before
    assert record["t"] == [0]
    assert record["gamma"]["mean"] == [0.0]
    assert math.isnan(record["gamma"]["stderr"][0])


def test_counts_below_one_and_random_centres_are_refused() -> None:
    """simulate names what it cannot use."""
    spec = Spec.from_dict(table())
    for replicas, every in ((0, 1), (1, 0)):
        with pytest.raises(InputError, match="expected an integer >= 1"):
            simulate(spec, replicas=replicas, every=every)
    content = table(problem={"group_centres": {"variance": [0.0, 1.0]}})
    del content["problem"]["centres"]
    with pytest.raises(InputError, match=r"problem\.group_centres\.variance"):
        simulate(Spec.from_dict(content), replicas=1)
