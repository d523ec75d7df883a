"""Shortcuts have the law of what they replace, and near misses do not.

Two-sample Kolmogorov-Smirnov at level 1e-9 on several functions of the estimate, 100,000 draws
each: a distance of 1.5 % between distribution functions is seen.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats
from system_cases import linear_model

from hdo.engine import trajectories
from hdo.engine_random import normal
from hdo.estimators import all_remembering
from hdo.estimators_shortcuts import averaged_forward_gradient, projected_differences, shortcut
from hdo.population import Population
from hdo.problems import LinearModelProblem
from hdo.spec import Spec

DRAWS = 100_000
LEVEL = 1e-9
G = np.array([1.0, -2.0, 0.5, 0.0])


def many(draw: Callable[[jax.Array], jax.Array], *, seed: int) -> np.ndarray:
    """DRAWS independent estimates, (DRAWS, d)."""
    with jax.enable_x64(True):
        keys = jax.random.key_data(jax.random.split(jax.random.key(seed), DRAWS))
        return np.asarray(jax.jit(jax.lax.map, static_argnums=0)(
            jax.vmap(draw), keys.reshape(100, -1, 2)
        )).reshape(DRAWS, -1)  # fmt: skip


def worst_pvalue(first: np.ndarray, second: np.ndarray) -> float:
    """The least p-value over coordinates, products of neighbours, the sum and the square norm."""

    def functions(found: np.ndarray) -> np.ndarray:
        around = np.roll(found, 1, axis=1)
        sums = [found.sum(axis=1), (found**2).sum(axis=1)]
        return np.column_stack([found, found * around, *sums])

    columns = zip(functions(first).T, functions(second).T, strict=True)
    return min(float(stats.ks_2samp(a, b, method="asymp").pvalue) for a, b in columns)


def direct(key: jax.Array, rv: int = 3) -> jax.Array:
    """The average itself."""
    estimate = all_remembering("forward-gradient", nu=np.nan, directions=rv)
    g = jnp.asarray(G)
    return estimate(lambda x: g @ x, jnp.zeros(4), key, jnp.asarray(np.nan))[0]


@pytest.mark.parametrize("rv", [2, 3, 16])
def test_averaged_forward_gradients_have_the_law_of_the_average(rv: int) -> None:
    """chi2 along g, a Gaussian across."""
    fast = many(lambda key: averaged_forward_gradient(jnp.asarray(G), key, rv), seed=1)
    assert worst_pvalue(fast, many(lambda key: direct(key, rv), seed=2)) > LEVEL
    square = ((4 + 1) / rv + 1) * (G @ G)
    found = (fast**2).sum(axis=1)
    assert abs(found.mean() - square) < 6.1 * found.std() / np.sqrt(DRAWS)


def _near_miss(key: jax.Array, *, how: str) -> jax.Array:
    g, rv = jnp.asarray(G), 3
    norm = jnp.sqrt(g @ g)
    unit, z, h = g / norm, normal(key, (rv,)), normal(key, (4,), stream=1)
    chi2 = jnp.asarray(3.0) if how == "mean chi2" else (z * z).sum()
    w = h if how == "not projected" else h - (unit @ h) * unit
    length = jnp.sqrt(jnp.asarray(3.0)) if how == "mean length across" else jnp.sqrt(chi2)
    length = chi2 if how == "no root" else length
    return norm / rv * (chi2 * unit + length * w)


@pytest.mark.parametrize("how", ["mean chi2", "not projected", "mean length across", "no root"])
def test_near_misses_of_the_average_are_caught(how: str) -> None:
    """Each of four slips."""
    wrong = many(lambda key: _near_miss(key, how=how), seed=3)
    assert worst_pvalue(wrong, many(direct, seed=4)) < LEVEL


def wide_model(kind: str, *, regularisation: float) -> LinearModelProblem:
    """Six features, two rows a sample, rv = 3."""
    rng = np.random.default_rng(5)
    agents = ("two-point", "two-point-central", "first-order")
    return linear_model(
        kind,
        population=Population(agents, directions=3, batch=2),
        features=rng.normal(size=(9, 6)),
        regularisation=regularisation,
    )


PROJECTED = [
    ("logistic", "two-point", 0.0),
    ("softmax", "two-point", 0.0),
    ("logistic", "two-point-central", 0.7),
    ("softmax", "two-point-central", 0.7),
    ("ridge", "two-point-central", 0.7),
]


def both(problem: LinearModelProblem, name: str, xi: Any, x: Any) -> tuple[Any, Any]:
    """The shortcut and the estimator it replaces, from a key."""
    nu = 0.8

    def fast(key: jax.Array) -> jax.Array:
        options: dict[str, Any] = {"nu": nu, "central": name == "two-point-central"}
        return projected_differences(problem, jnp.asarray(x), 0, xi, key, **options)  # type: ignore[arg-type]

    def plain(key: jax.Array) -> jax.Array:
        estimate = all_remembering(name, nu=nu, directions=3)
        here = jnp.asarray(x)
        return estimate(lambda y: problem.loss(y, 0, xi), here, key, jnp.asarray(np.nan))[0]

    return fast, plain


@pytest.mark.parametrize(("kind", "name", "regularisation"), PROJECTED)
def test_projected_differences_have_the_law_of_the_estimator(
    kind: str, name: str, regularisation: float
) -> None:
    """Different rows, the same row twice (a subspace of lower dimension), and the point 0."""
    problem = wide_model(kind, regularisation=regularisation)
    x = np.linspace(-1.0, 1.5, problem.d)
    for sample, point in (([0, 1], x), ([1, 1], x), ([0, 1], 0 * x)):
        fast, plain = both(problem, name, np.array(sample), point)
        assert worst_pvalue(many(fast, seed=6), many(plain, seed=7)) > LEVEL


def test_a_shortcut_that_forgets_the_point_is_caught() -> None:
    """The same problem with its regulariser left out of the differences."""
    problem = wide_model("logistic", regularisation=0.7)
    without = wide_model("logistic", regularisation=0.0)
    x, xi = np.linspace(-1.0, 1.5, problem.d), np.array([0, 1])
    wrong, _ = both(without, "two-point-central", xi, x)
    _, plain = both(problem, "two-point-central", xi, x)
    assert worst_pvalue(many(wrong, seed=8), many(plain, seed=9)) < LEVEL


def test_shortcuts_are_taken_only_where_they_hold_and_pay() -> None:
    """Not for a forward difference with a regulariser, nor for as many rows as columns."""
    problem = wide_model("logistic", regularisation=0.0)
    assert shortcut("two-point", problem, nu=0.1) is None
    assert shortcut("forward-gradient", problem, nu=0.1) is not None
    many_rv = Population(("two-point", "first-order"), directions=64, batch=2)
    features = np.random.default_rng(0).normal(size=(9, 40))
    options: dict[str, Any] = {"population": many_rv, "features": features}
    plain = linear_model("logistic", regularisation=0.0, **options)
    pulled = linear_model("logistic", regularisation=0.5, **options)
    assert shortcut("two-point", plain, nu=0.1) is not None
    assert shortcut("two-point", pulled, nu=0.1) is None
    assert shortcut("two-point-central", pulled, nu=0.1) is not None
    assert shortcut("sphere", plain, nu=0.1) is None


def test_the_switch_changes_the_bits_and_not_the_law() -> None:
    """Runs with and without: different models, the same distribution of mu_T."""
    spec = Spec.from_dict(
        {
            "problem": {"kind": "quadratic", "curvature": [1.0, 2.0], "centres": 1.0},
            "population": {"agents": ["forward-gradient", "first-order"], "directions": 4},
            "method": {"step_size": 0.1, "steps": 6},
        }
    )
    runs = [
        trajectories(spec, replicas=20_000, every=6, shortcuts=on)[1][-1].mean(axis=1)
        for on in (True, False)
    ]
    assert not np.array_equal(*runs)
    assert worst_pvalue(*runs) > LEVEL
