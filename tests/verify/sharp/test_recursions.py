"""The sharp recursions with free multipliers, against enumeration of all meetings."""

import numpy as np
import pytest
import sympy as sp
from populations import Floats, Kinked, after, kinked, matchings, pairs

from theory.notation import symbols
from theory.sharp.estimators import Estimator, forward_gradient
from theory.sharp.lyapunov import OneStep, Weights, convex_step, nonconvex_step
from theory.sharp.mixing import Mixing, edges, graph, matching, pair

NAMES = "n n0 n1 d rv L l eta vs0_sq vs1_sq S_Z S_F"
FREE = tuple(sp.Symbol(name, positive=True) for name in ("omega", "beta", "kappa", "epsilon"))
TOLERANCE = 1e-9


def ring(n: int) -> list[tuple[int, int]]:
    """The edges of a cycle."""
    return [(i, (i + 1) % n) for i in range(n)] if n > 2 else [(0, 1)]


def laws(n: int) -> dict[str, tuple[Mixing, list[tuple[float, Floats, Floats]]]]:
    """The laws of n agents with all their meetings."""
    gap = (1 - np.cos(2 * np.pi / n)) / n if n > 2 else 1.0
    return {
        "pair": (pair(), list(pairs(n))),
        "matching": (matching(odd=bool(n % 2)), list(matchings(n))),
        "graph": (graph(sp.Float(gap)), list(pairs(n, ring(n)))),
    }


def numbers(outputs: list[sp.Expr], given: dict[str, float], free: list[float]) -> list[float]:
    """The expressions at these parameters and multipliers."""
    found = sp.lambdify([*symbols(NAMES), *FREE], outputs, "numpy")
    return [float(v) for v in found(*(given[name] for name in NAMES.split()), *free)]


def moments(step: OneStep, mix: Mixing) -> list[sp.Expr]:
    """What the tests need of a step and its law."""
    return [mix.p, mix.rho, step.x, step.K, step.N]


@pytest.mark.parametrize("name", ["pair", "matching", "graph"])
@pytest.mark.parametrize("n", [2, 3, 4, 5, 6])
def test_second_moments_of_the_mixing_are_those_of_all_meetings(name: str, n: int) -> None:
    """Distance and consensus recursions: identities for pair and matching, a bound for a graph."""
    rng = np.random.default_rng(n)
    mix, rounds = laws(n)[name]
    X, m, v = rng.normal(size=(n, 2)), rng.normal(size=(n, 2)), rng.uniform(size=n)
    x, eta = X - X.mean(axis=0), 0.3
    drift, moved, spread = after(iter(rounds), X, m, v, eta)
    p, rho, theta, *rest = (
        float(sp.sympify(value).subs(symbols("n")[0], n))
        for value in (mix.p, mix.rho, mix.theta, *mix.mean, *mix.spread)
    )
    apart = ((m - m.mean(axis=0)) ** 2).sum() / n
    second = np.array([v.mean(), apart, (m.mean(axis=0) ** 2).sum()])
    Gamma = (x**2).sum() / n
    assert drift == pytest.approx(-eta * p * m.mean(axis=0))
    if name == "graph":
        cross = 2 * eta * theta * np.sqrt(Gamma * apart)
        bound = rho * Gamma + cross + eta**2 * second @ rest[3:]
        assert moved <= eta**2 * second @ rest[:3] + TOLERANCE
        assert spread <= bound + TOLERANCE
    else:
        exact = rho * Gamma - 2 * eta * theta * (x * m).sum() / n + eta**2 * second @ rest[3:]
        assert moved == pytest.approx(eta**2 * second @ rest[:3])
        assert spread == pytest.approx(exact)


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6])
def test_a_graphs_cross_term_may_be_kept(n: int) -> None:
    """-2 eta theta (1/n) sum <x_i, m_i> costs a little more of the dispersion."""
    rng = np.random.default_rng(n)
    gap = (1 - np.cos(2 * np.pi / n)) / n if n > 2 else 1.0
    mix = edges(sp.Float(gap))
    worth = [float(sp.sympify(v).subs(symbols("n")[0], n)) for v in (mix.theta, *mix.spread)]
    for _ in range(50):
        X, m, v = rng.normal(size=(n, 2)), rng.normal(size=(n, 2)), rng.uniform(size=n)
        eta, x = float(rng.choice([0.1, 1.0, 10.0])), X - X.mean(axis=0)
        *_, spread = after(pairs(n, ring(n)), X, m, v, eta)
        apart = ((m - m.mean(axis=0)) ** 2).sum() / n
        second = np.array([v.mean(), apart, (m.mean(axis=0) ** 2).sum()])
        cross = 2 * eta * worth[0] * (x * m).sum() / n
        bound = (1 - gap) * (x**2).sum() / n - cross + eta**2 * second @ worth[1:]
        assert spread <= bound * (1 + TOLERANCE)


def population(
    rng: np.random.Generator, n: int, n0: int, problem: Kinked, mu: Floats
) -> tuple[dict[str, float], Floats]:
    """Parameters at this mean (A3 is used there alone), and the q of each agent; no noise."""
    d = problem.centres.shape[1]
    h = problem.gradients(np.broadcast_to(mu, problem.centres.shape))
    away = ((h - h.mean(axis=0)) ** 2).sum(axis=1)
    split = [float(away[:n0].mean()) if n0 else 0.0, float(away[n0:].mean()) if n0 < n else 0.0]
    eta = float(rng.choice([1e-3, 0.03, 0.3])) / problem.L
    found = (n, n0, n - n0, d, 1, problem.L, problem.l, eta, *split, 0, 0)
    given = dict(zip(NAMES.split(), map(float, found), strict=True))
    return given, np.where(np.arange(n) < n0, d + 2.0, 1.0)


@pytest.mark.parametrize("name", ["pair", "matching", "graph"])
@pytest.mark.parametrize("seed", range(40))
def test_the_lyapunov_inequalities_hold_for_any_multipliers(name: str, seed: int) -> None:
    """Convex and not, forward gradients beside first-order agents, at random states."""
    rng = np.random.default_rng(seed)
    n, d = int(rng.integers(2, 7)), int(rng.integers(1, 3))
    n0 = int(rng.integers(0, n + 1))
    problem = kinked(rng, n, d)
    best = problem.minimiser()
    mu = best + rng.normal(size=d) * rng.choice([0.0, 0.1, 1.0])
    x = rng.normal(size=(n, d)) * rng.choice([0.0, 0.1, 1.0])
    X = mu + x - x.mean(axis=0)
    given, q = population(rng, n, n0, problem, mu)
    free = [float(rng.choice([0, 0.1, 1, 10])), *(10 ** rng.uniform(-1, 1, size=3))]
    free[2] = float(rng.uniform(0.05, 0.95))
    mix, rounds = laws(n)[name]
    apart = symbols("vs0_sq")[0]
    omega, beta, kappa, epsilon = FREE
    weights = Weights(omega=omega, beta=beta, kappa=kappa, epsilon=epsilon, apart=apart)
    g = problem.gradients(X)
    drift, moved, spread = after(iter(rounds), X, g, (q - 1) * (g**2).sum(axis=1), given["eta"])
    Gamma = float(((X - mu) ** 2).sum() / n)
    y, eta, l = mu - best, given["eta"], given["l"]  # noqa: E741 - the paper's symbol

    step = convex_step(mix, forward_gradient(), weights)
    p, rho, lost, K, N = numbers(moments(step, mix), given, free)
    gap = problem.value(mu) - problem.value(best)
    left = float(2 * y @ drift) + moved + free[0] * (spread - Gamma)
    kept = free[0] * (1 - rho) * (1 - free[2]) + eta * p * l - K
    right = -2 * eta * p * ((1 - lost) * gap + l / 2 * float(y @ y)) - kept * Gamma + eta**2 * N
    assert left <= right + TOLERANCE * (1 + abs(right))

    step = nonconvex_step(mix, forward_gradient(), weights)
    p, rho, lost, K, N = numbers(moments(step, mix), given, free)
    whole, apart_ = (float(sp.sympify(v).subs(symbols("n")[0], n)) for v in mix.mean[:0:-1])
    if eta * given["L"] * (whole - apart_) > p:
        return
    grad = problem.gradients(np.broadcast_to(mu, X.shape)).mean(axis=0)
    left = float(grad @ drift) + given["L"] / 2 * moved + free[0] * (spread - Gamma)
    kept = free[0] * (1 - rho) * (1 - free[2]) - K
    right = -eta * p / 2 * (1 - lost) * float(grad @ grad) - kept * Gamma + eta**2 * N
    assert left <= right + TOLERANCE * (1 + abs(right))


def test_an_estimator_with_a_second_moment_too_small_is_caught() -> None:
    """The inequality sees q: with half of it the convex recursion fails somewhere."""
    half = Estimator("half", forward_gradient().q / 2, forward_gradient().q)
    failed = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        problem = kinked(rng, 2, 2)
        best = problem.minimiser()
        mu = best + rng.normal(size=2)
        X = np.broadcast_to(mu, (2, 2))
        given, q = population(rng, 2, 2, problem, mu)
        given["eta"] = 1.0
        free = [0.0, 0.01, 0.5, 1.0]
        omega, beta, kappa, epsilon = FREE
        zero = sp.Integer(0)
        weights = Weights(omega=omega, beta=beta, kappa=kappa, epsilon=epsilon, apart=zero)
        step = convex_step(pair(), half, weights)
        p, _, lost, _, N = numbers(moments(step, pair()), given, free)
        g = problem.gradients(X)
        drift, moved, _ = after(pairs(2), X, g, (q - 1) * (g**2).sum(axis=1), 1.0)
        gap = problem.value(mu) - problem.value(best)
        y = mu - best
        right = -2 * p * ((1 - lost) * gap + given["l"] / 2 * float(y @ y)) + N
        failed += float(2 * y @ drift) + moved > right + TOLERANCE
    assert failed > 0
