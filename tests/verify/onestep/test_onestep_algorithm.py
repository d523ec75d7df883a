"""One interaction of Algorithm 1, drawn many times, against the exact one-step evidence."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from onestep_cases import OFFSETS, PROBLEMS, gradient_samples, measure

from hdo import Population, Problem, Spec, build_problem
from verify.balls import Ball, ball, balls
from verify.onestep import linear, measure_step

DRAWS = 40_000
Z_BOUND = 5.5
"""Standard errors allowed to a Monte Carlo mean: false alarm below 4e-8 a comparison."""

POPULATIONS = {
    2: ("two-point", "first-order"),
    3: ("two-point", "forward-gradient", "two-point"),
    5: ("first-order", "two-point", "two-point", "forward-gradient", "first-order"),
}
NAMES = (
    "Gamma",
    "S",
    "sbar_sq",
    "x_dot_m",
    "Gamma_next",
    "a_sq_next",
    "mu_step_sq",
    "pair_sq",
    "f_step",
    "drift",
)


def case(kind: str, n: int, directions: int) -> tuple[Spec, np.ndarray]:
    """n agents of mixed kinds, scattered."""
    table = {**PROBLEMS[kind]}
    for key in ("offsets", "centres"):
        if key in table:
            table[key] = (OFFSETS + OFFSETS)[:n]
    if kind == "quadratic":
        table["curvature"] = [[1.0, 2.0, 4.0], [0.5, 2.0, 1.0], [1.0, 0.0, 3.0]][:n] + [
            [2.0, 2.0, 2.0]
        ] * (n - 3)
    content = {"agents": list(POPULATIONS[n]), "directions": directions}
    spec = Spec.from_dict({"problem": table, "population": content})
    d = build_problem(spec).d
    return spec, 0.5 * np.random.default_rng(n).normal(size=(n, d))


def one_step_draws(
    spec: Spec, X: np.ndarray, *, eta: float, nu: float, x_star: np.ndarray
) -> dict[str, np.ndarray]:
    """Algorithm 1 as it is written: a random pair, two steps, their average."""
    problem: Problem = build_problem(spec)
    n, rng = problem.n, np.random.default_rng(17)
    draws = [
        gradient_samples(problem, spec.population, i, X[i], nu, count=DRAWS, rng=rng)
        for i in range(n)
    ]
    G = np.stack(draws, axis=1)
    order = np.argsort(rng.random((DRAWS, n)), axis=1)[:, :2]
    now, which = np.broadcast_to(X, G.shape).copy(), np.arange(DRAWS)
    i, j = order.T
    middle = ((X[i] - eta * G[which, i]) + (X[j] - eta * G[which, j])) / 2
    now[which, i], now[which, j] = middle, middle
    mu, after = X.mean(axis=0), now.mean(axis=1)
    values = np.array([problem.value(m) for m in after[:4000]]) - problem.value(mu)
    away = X - mu
    errors = G - np.asarray(problem.gradients(X))
    return {
        "Gamma": np.full(DRAWS, (away**2).sum() / n),
        "S": (G**2).sum(axis=2).mean(axis=1),
        "sbar_sq": (errors**2).sum(axis=2).mean(axis=1),
        "x_dot_m": (G * away).sum(axis=(1, 2)) / n,
        "Gamma_next": ((now - after[:, None]) ** 2).sum(axis=2).mean(axis=1),
        "a_sq_next": ((after - x_star) ** 2).sum(axis=1),
        "mu_step_sq": ((after - mu) ** 2).sum(axis=1),
        "pair_sq": ((G[which, i] + G[which, j]) ** 2).sum(axis=1),
        "drift": (after - mu) @ problem.gradient(mu),
        "f_step": values,
    }


def agrees(draws: np.ndarray, exact: Ball) -> bool:
    """Within the bound of the ball."""
    error = draws.std(ddof=1) / math.sqrt(len(draws))
    slack = Z_BOUND * error + 1e-12
    return float(exact.lower()) - slack <= draws.mean() <= float(exact.upper()) + slack


@pytest.mark.parametrize("kind", ["quadratic", "matrix", "kinked", "cosine", "ridge", "logistic"])
@pytest.mark.parametrize(("n", "directions"), [(2, 3), (3, 1), (5, 3)])
def test_one_interaction_agrees_with_algorithm_1(kind: str, n: int, directions: int) -> None:
    """Gamma', ||mu' - x*||^2, ||mu' - mu||^2, f(mu') - f(mu) over pairs, samples, directions."""
    if kind == "matrix" and n == 5:
        n = 3
    spec, X = case(kind, n, directions)
    found = measure(spec, X, eta=0.2, nu=0.4)
    known = kind != "cosine"
    star = found._state.optimum.x if known and found._state.optimum else np.zeros(X.shape[1])
    draws = one_step_draws(spec, X, eta=0.2, nu=0.4, x_star=star)
    for name in NAMES:
        if name != "a_sq_next" or known:
            assert agrees(draws[name], found[name]), name


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"directions": 1}, "pair_sq"),
        ({"agents": ("first-order",) * 3}, "mu_step_sq"),
    ],
    ids=["directions forgotten", "directions left out"],
)
def test_a_wrong_population_is_told_from_algorithm_1(change: dict[str, Any], name: str) -> None:
    """The comparison above can fail: evidence for another population does not agree."""
    spec, X = case("quadratic", 3, 3)
    other = replace(spec.population, **change)
    problem: Any = replace(build_problem(spec), population=other)
    draws = one_step_draws(spec, X, eta=0.2, nu=0.4, x_star=X[0])
    assert agrees(draws[name], measure(spec, X, eta=0.2, nu=0.4)[name])
    assert not agrees(draws[name], measure_step(problem, other, X, eta=0.2, nu=0.4)[name])


@pytest.mark.parametrize("factor", [0.5, 3.0, -1.0], ids=["1/n dropped", "n too many", "sign"])
def test_a_wrong_step_is_told_from_algorithm_1(factor: float) -> None:
    """The same with eta scaled, as a wrong power of n or a wrong sign would."""
    spec, X = case("quadratic", 3, 1)
    draws = one_step_draws(spec, X, eta=0.2 * factor, nu=0.4, x_star=X[0])
    found = measure(spec, X, eta=0.2, nu=0.4)
    assert not agrees(draws["Gamma_next"], found["Gamma_next"])


def test_ridge_moves_its_objective_as_a_quadratic_does() -> None:
    """E f(mu') - f(mu) of ridge is a narrow ball, inside what the curvature's range encloses."""
    spec, X = case("ridge", 3, 3)
    state = measure(spec, X, eta=0.2, nu=0.4)._state
    low, high = linear.curvature_range(build_problem(spec))
    exact, along = state.objective_step, state.mean_gradient @ state.pair.mean_step
    assert float(exact.rad()) < 1e-60
    assert along + low * state.pair.mu_step_sq / 2 <= exact
    assert exact <= along + high * state.pair.mu_step_sq / 2


def softmax(classes: int) -> tuple[Spec, Any]:
    """A softmax problem on few features, so that balls are quick."""
    levels = [72.0, 178.0, 200.0][:classes]
    table = {"kind": "softmax", "data": "diabetes", "classes": levels, "regularisation": 0.3}
    content = {"agents": ["two-point"] * 2, "directions": 2}
    spec = Spec.from_dict({"problem": table, "population": content})
    return spec, build_problem(spec)


def softmax_draws(problem: Any, population: Population, x: np.ndarray, nu: float) -> np.ndarray:
    """Two-point estimates of agent 0, one row a sample, straight from the loss."""
    rng = np.random.default_rng(23)
    held = problem.rows[0]
    rows = held[rng.integers(len(held), size=DRAWS)]
    features, targets = problem.features[rows], problem.targets[rows]
    scale = float(problem.scale[0].p) / float(problem.scale[0].q)

    def F(points: np.ndarray) -> np.ndarray:
        logits = np.einsum("skp,sp->sk", points.reshape(DRAWS, problem.classes, -1), features)
        penalty = problem.regularisation / 2 * (points**2).sum(axis=1)
        return scale * problem.link.phi(logits, targets) + penalty

    base = np.broadcast_to(x, (DRAWS, problem.d))
    out = np.zeros((DRAWS, problem.d))
    for _ in range(population.directions):
        u = rng.normal(size=out.shape)
        out += ((F(base + nu * u) - F(base)) / nu)[:, None] * u
    return out / population.directions


def test_two_classes_are_exact() -> None:
    """Softmax of two classes is a loss of one margin."""
    spec, problem = softmax(2)
    x = 0.3 * np.random.default_rng(1).normal(size=problem.d)
    found = linear.moments(problem, spec.population, 0, balls(x), ball(0.5))
    draws = softmax_draws(problem, spec.population, x, 0.5)
    assert float(found.second.rad()) < 1e-30 * float(found.second.mid())
    assert agrees((draws**2).sum(axis=1), found.second)
    assert all(agrees(draws[:, k], found.mean[k]) for k in range(problem.d))


@pytest.mark.parametrize("nu", [0.01, 0.3])
def test_three_classes_are_enclosed(nu: float) -> None:
    """Mean and second moment lie in what smoothness in the logits allows."""
    spec, problem = softmax(3)
    x = 0.3 * np.random.default_rng(1).normal(size=problem.d)
    found = linear.moments(problem, spec.population, 0, balls(x), ball(nu))
    draws = softmax_draws(problem, spec.population, x, nu)
    assert agrees((draws**2).sum(axis=1), found.second)
    off = draws.mean(axis=0) - np.array([float(m.mid()) for m in found.mean])
    noise = Z_BOUND * math.sqrt(draws.var(axis=0, ddof=1).sum() / DRAWS)
    assert np.linalg.norm(off) <= float(found.blur.upper()) + noise
    assert float(found.second.rad()) < 20 * nu * float(found.second.mid())
