"""Every estimator has the mean and second moment registered for it: exactly, by quadrature.

The laws of the directions are replaced by nodes and weights that integrate polynomials of the
degrees that occur exactly, so nothing is drawn: a wrong factor anywhere shows in the sixth digit.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from system_cases import PROBLEMS

from hdo import estimators
from hdo.errors import InputError
from hdo.estimators import FACTORIES, LEAST_TANGENT, REMEMBERING, all_remembering, level_law
from hdo.estimators_analytic import analytic_radius, require_analytic
from hdo.estimators_moments import LAWS, tangent_moment
from hdo.population import ESTIMATORS

NU = 0.5
CURVATURE = np.array([[2.0, 0.75], [0.75, 1.0]])
POINT = np.array([0.5, -1.5])
GRADIENT = CURVATURE @ POINT
OFFSET = 0.375
KEY = np.array([1, 2], dtype=np.uint32)
ONE = {"directions": 1}
Nodes = list[tuple[np.ndarray, float]]


def half_square(x: jax.Array) -> jax.Array:
    """x' A x/2."""
    return x @ jnp.asarray(CURVATURE) @ x / 2


def gaussian_nodes(count: int = 8) -> Nodes:
    """Gauss-Hermite: exact to degree 15 in each of two coordinates."""
    points, weights = np.polynomial.hermite_e.hermegauss(count)
    weights = weights / weights.sum()
    return [
        (np.array([a, b]), float(v * w))
        for a, v in zip(points, weights, strict=True)
        for b, w in zip(points, weights, strict=True)
    ]


def circle_nodes(count: int = 16) -> Nodes:
    """Equal angles: exact for trigonometric polynomials up to degree 15."""
    angles = 2 * np.pi * (np.arange(count) + 0.25) / count
    return [(np.array([math.cos(a), math.sin(a)]), 1 / count) for a in angles]


def tangent_nodes() -> Nodes:
    """Gauss-Legendre above the clip and the atom at it."""
    points, weights = np.polynomial.legendre.leggauss(8)
    above = LEAST_TANGENT + (1 - LEAST_TANGENT) * (points + 1) / 2
    points = np.append(above, LEAST_TANGENT)
    weights = np.append(weights * (1 - LEAST_TANGENT) / 2, LEAST_TANGENT)
    return [
        (np.array([a, b]), float(v * w))
        for a, v in zip(points, weights, strict=True)
        for b, w in zip(points, weights, strict=True)
    ]


def axis_nodes() -> Nodes:
    """The two axes."""
    return [(row, 0.5) for row in np.eye(2)]


DRAWS: dict[str, tuple[str, Callable[[], Nodes]]] = {
    **dict.fromkeys(
        ("two-point", "two-point-central", "forward-gradient", "debiased", "residual"),
        ("gaussian", gaussian_nodes),
    ),
    **dict.fromkeys(("sphere", "sphere-central", "complex-step"), ("spherical", circle_nodes)),
    "coordinate": ("coordinates", axis_nodes),
    "uniform-tangent": ("clipped_uniform", tangent_nodes),
    "first-order": ("gaussian", lambda: [(np.ones(2), 1.0)]),
}


@contextmanager
def drawing(name: str, u: jax.Array, level: int) -> Iterator[None]:
    """The estimator's draw gives the rows `u`; the level of the de-biased one is fixed."""
    law = level_law()
    middle = sum(law[:level]) + law[level] / 2
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimators, DRAWS[name][0], lambda key, count, d: u)
        patch.setattr(estimators, "uniform", lambda key, shape, stream: jnp.full(shape, middle))
        yield


def outcomes(name: str) -> Iterator[tuple[np.ndarray, int, float]]:
    """Directions, levels and their probabilities."""
    levels = list(enumerate(level_law())) if name == "debiased" else [(0, 1.0)]
    for u, weight in DRAWS[name][1]():
        for level, p in levels:
            yield u, level, weight * p


def exact(
    name: str,
    loss: Any = half_square,
    *,
    make: Any = all_remembering,
    nu: float = NU,
    offset: float = OFFSET,
) -> tuple[np.ndarray, float]:
    """E G and E||G||^2 of one direction at POINT."""
    mean, second = np.zeros(2), 0.0
    with jax.enable_x64(True):
        x = jnp.asarray(POINT)
        memory = loss(x) - offset
        by_level: dict[int, list[tuple[np.ndarray, float]]] = {}
        for u, level, p in outcomes(name):
            by_level.setdefault(level, []).append((u, p))
        for level, rows in by_level.items():
            nodes = jnp.asarray([row for row, _ in rows])
            weights = np.array([weight for _, weight in rows])

            def one(v: jax.Array, level: int = level) -> jax.Array:
                with drawing(name, v[None], level):
                    return make(name, nu=nu, **ONE)(loss, x, jnp.asarray(KEY), memory)[0]

            found = np.asarray(jax.vmap(one)(nodes))
            mean += weights @ found
            second += float(weights @ (found**2).sum(axis=1))
    return mean, second


def law_of(name: str) -> tuple[np.ndarray, float]:
    """What is registered."""
    law = LAWS[name]
    second = law.averaged(GRADIENT, CURVATURE, NU, directions=1, offset=OFFSET)
    return law.mean(GRADIENT, CURVATURE, NU), second


def agrees(name: str, *, make: Any = all_remembering) -> bool:
    """Whether mean and second moment are as registered, to 1e-9."""
    mean, second = exact(name, make=make)
    expected, square = law_of(name)
    return np.allclose(mean, expected, rtol=1e-9) and math.isclose(second, square, rel_tol=1e-9)


def test_every_name_has_an_estimator_and_a_law() -> None:
    """The registries and the names a spec may use are the same."""
    assert {*FACTORIES, *REMEMBERING} == set(ESTIMATORS) == set(LAWS) == set(DRAWS)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_on_quadratics_mean_and_second_moment_are_exactly_as_registered(name: str) -> None:
    """Quadrature over the directions and enumeration of the levels, to 1e-9."""
    assert agrees(name)


def _scaled(factor: float) -> Any:
    def make(name: str, **options: Any) -> Any:
        estimate = all_remembering(name, **options)
        return lambda *given: (factor * estimate(*given)[0], None)

    return make


def _other_radius(name: str, *, nu: float, directions: int) -> Any:
    return all_remembering(name, nu=1.01 * nu, directions=directions)


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize("factor", [-1.0, 1.001, 2.0])
def test_scaled_estimators_are_caught(name: str, factor: float) -> None:
    """A sign, a per mille and a factor of 2 show in mean or second moment."""
    assert not agrees(name, make=_scaled(factor))


@pytest.mark.parametrize("name", ["two-point", "sphere", "debiased", "residual"])
def test_a_radius_off_by_one_percent_is_caught(name: str) -> None:
    """Where the second moment on a quadratic depends on nu at all."""
    assert not agrees(name, make=_other_radius)


@pytest.mark.parametrize(
    ("name", "draw"),
    [
        ("two-point", "spherical"),
        ("two-point-central", "spherical"),
        ("sphere", "gaussian"),
        ("sphere-central", "gaussian"),
        ("coordinate", "spherical"),
        ("forward-gradient", "clipped_uniform"),
        ("uniform-tangent", "gaussian"),
    ],
)
def test_directions_of_another_law_are_caught(
    name: str, draw: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unit for Gaussian directions, Gaussian for unit ones, the released tangents: each shows."""
    nodes = {
        "spherical": circle_nodes,
        "gaussian": gaussian_nodes,
        "clipped_uniform": tangent_nodes,
    }
    monkeypatch.setitem(DRAWS, name, (DRAWS[name][0], nodes[draw]))
    mean, second = exact(name)
    expected, square = law_of(name)
    same_second = math.isclose(second, square, rel_tol=1e-6)
    if name == "coordinate":  # axes and circle agree on quadratics: the same two moments
        assert same_second
        return
    assert not (same_second and np.allclose(mean, expected, rtol=1e-6))


def wavy(x: jax.Array) -> jax.Array:
    """sum_k cos x_k + x_1 x_2/4: grad L-smooth with L = 5/4, third derivative <= cosh."""
    return jnp.cos(x).sum() + x[0] * x[1] / 4


WAVY_GRADIENT = -np.sin(POINT) + POINT[::-1] / 4
WAVY_L = 1.25


@pytest.mark.parametrize("name", ESTIMATORS)
@pytest.mark.parametrize("nu", [0.5, 1e-3])
def test_off_quadratics_the_bounds_hold(
    name: str, nu: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bias and second moment on a sum of cosines, by quadrature; some bias is visible at all."""
    law = LAWS[name]
    if DRAWS[name][0] == "gaussian":
        monkeypatch.setitem(DRAWS, name, ("gaussian", lambda: gaussian_nodes(24)))
    mean, second = exact(name, wavy, nu=nu, offset=0.0)
    if law.universal:
        assert np.allclose(mean, law.mean(WAVY_GRADIENT, CURVATURE, nu), rtol=1e-9)
        assert math.isclose(second, law.second(WAVY_GRADIENT, CURVATURE, nu, 0.0), rel_tol=1e-9)
        return
    assert law.bias is not None
    assert law.bound is not None
    size = math.cosh(nu) * math.sqrt(2) if name == "complex-step" else WAVY_L
    bias = float(np.linalg.norm(mean - WAVY_GRADIENT))
    assert bias <= law.bias(size, nu, 2) + 1e-9
    assert second <= law.bound(WAVY_GRADIENT @ WAVY_GRADIENT, size, nu, 2) * (1 + 1e-9)
    if nu == 0.5 and name != "debiased":
        assert bias > 1e-3


def test_the_debiased_estimator_removes_the_bias() -> None:
    """Its mean is that of the two-point estimator with radius nu 2^-16: off by < 1e-4, not 1e-2."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("debiased", "two-point"):
            patch.setitem(DRAWS, name, ("gaussian", lambda: gaussian_nodes(24)))
        left = np.abs(exact("debiased", wavy)[0] - WAVY_GRADIENT).max()
        there = np.abs(exact("two-point", wavy)[0] - WAVY_GRADIENT).max()
    assert left < 1e-9 + LAWS["debiased"].bias(WAVY_L, NU, 2)  # type: ignore[misc]
    assert there > 100 * left


def test_tangent_moments_are_those_of_a_clipped_uniform() -> None:
    """E max(U, c)^k by quadrature, k = 1..4: the clip shows in the sixth digit."""
    points, weights = np.polynomial.legendre.leggauss(8)
    for k in range(1, 5):
        above = LEAST_TANGENT + (1 - LEAST_TANGENT) * (points + 1) / 2
        area = float(weights @ above**k) * (1 - LEAST_TANGENT) / 2
        assert math.isclose(tangent_moment(k), area + LEAST_TANGENT ** (k + 1), rel_tol=1e-13)


def test_the_released_tangents_are_biased_even_for_a_gradient_along_an_axis() -> None:
    """At g = e_1 the mean points elsewhere: (1/3, 1/4) but for the clip, not (1, 0)."""
    mean = LAWS["uniform-tangent"].mean(np.array([1.0, 0.0]), CURVATURE, NU)
    assert np.allclose(mean, [1 / 3, 1 / 4], atol=1e-5)


def test_the_residual_remembers_the_mean_of_its_values() -> None:
    """c' = mean F(x + nu u); a first estimate is the two-point one with the same directions."""
    with jax.enable_x64(True):
        x, key = jnp.asarray(POINT), jnp.asarray(KEY)
        fresh = all_remembering("residual", nu=NU, directions=3)
        found, memory = fresh(half_square, x, key, jnp.asarray(math.nan))
        plain = FACTORIES["two-point"](nu=NU, directions=3)(half_square, x, key)
        u = estimators.gaussian(key, 3, 2)
        values = [float(half_square(x + NU * v)) for v in u]
    assert np.allclose(found, plain, rtol=1e-12)
    assert math.isclose(float(memory), np.mean(values), rel_tol=1e-12)


def test_only_losses_that_extend_analytically_take_the_complex_step() -> None:
    """Kinks are refused, and radii beyond the nearest singularity of a logistic loss."""
    assert analytic_radius(PROBLEMS["cosine"]) == math.inf
    with pytest.raises(InputError, match="problem.kind: expected a kind that extends analytic"):
        require_analytic(PROBLEMS["kinked"], nu=1e-8)
    for kind, spread in (("logistic", 1.0), ("sigmoid", 1.0), ("softmax", math.sqrt(2))):
        problem: Any = PROBLEMS[kind]
        radius = analytic_radius(problem)
        longest = np.sqrt((problem.features**2).sum(axis=1)).max()
        assert math.isclose(radius, math.pi / spread / longest, rel_tol=1e-12)
        require_analytic(problem, nu=0.99 * radius)
        with pytest.raises(InputError, match=r"method\.smoothing: expected a number <"):
            require_analytic(problem, nu=1.01 * radius)


@pytest.mark.parametrize("kind", ["quadratic, matrices", "cosine", "ridge", "logistic", "sigmoid",
                                  "softmax"])  # fmt: skip
def test_the_complex_step_differentiates_every_analytic_kind(kind: str) -> None:
    """At nu = 1e-20 the slope is the derivative to the last digits: no cancellation."""
    problem = PROBLEMS[kind]
    with jax.enable_x64(True):
        x = jnp.linspace(-0.5, 1.0, problem.d)
        u = jnp.linspace(1.0, 0.25, problem.d)
        xi = problem.sample(jax.random.key(3), 1)
        loss = lambda y: problem.loss(y, 1, xi)  # noqa: E731
        found = estimators.complex_difference(1e-20)(loss, x, u)
        expected = estimators.directional_derivative(loss, x, u)
    assert math.isclose(float(found), float(expected), rel_tol=1e-12)
