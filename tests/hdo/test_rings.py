"""The formulas mean the same in float64, in exact rationals, in balls and in JAX."""

import math
from fractions import Fraction

import flint
import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from system_cases import PROBLEMS

from hdo import ring
from hdo.problems import Problem
from verify.balls import balls

REALS = st.floats(-1e6, 1e6)


@given(numerator=st.integers(), denominator=st.integers(min_value=1))
def test_rounding_of_a_rational_is_outward_and_by_less_than_one_float(
    numerator: int, denominator: int
) -> None:
    """round_up gives the least float above, round_down the greatest below."""
    value = flint.fmpq(numerator, denominator)
    exact = Fraction(numerator, denominator)
    above, below = ring.round_up(value), ring.round_down(value)
    assert Fraction(below) <= exact <= Fraction(above)
    assert Fraction(math.nextafter(above, -math.inf)) < exact
    assert Fraction(math.nextafter(below, math.inf)) > exact


def test_rounding_of_a_ball_leaves_the_whole_ball_inside() -> None:
    """The upper end of [1 - r, 1 + r] rounds up, the lower end down."""
    value = flint.arb(1, 1e-3)
    assert ring.round_up(value) >= 1.001
    assert ring.round_down(value) <= 0.999


@given(value=REALS)
def test_lifting_a_float_is_exact_in_every_ring(value: float) -> None:
    """A float is a dyadic number, and stays that number."""
    for like in (flint.fmpq(0), Fraction(0), flint.arb(0)):
        (lifted,) = ring.lift(np.array([value]), like=like)
        assert type(lifted) is type(like)
        exact = flint.fmpq(*value.as_integer_ratio())
        assert lifted == (Fraction(value) if isinstance(like, Fraction) else exact)


@pytest.mark.parametrize("z", [-800.0, -30.0, -1.0, 0.0, 2.5, 40.0, 800.0])
def test_logistic_functions_in_floats_agree_with_balls(z: float) -> None:
    """softplus and the sigmoid are right to 1e-15 and do not overflow, where e^z does."""
    floats, exact = np.array([z]), balls([z])
    for function in (ring.softplus, ring.logistic):
        assert abs(function(floats)[0] - float(function(exact)[0])) <= 1e-15 * (1 + abs(z))


def test_logsumexp_and_softmax_in_floats_agree_with_balls() -> None:
    """Also for logits whose exponentials overflow."""
    z = np.array([[1.0, -2.0, 3.0], [800.0, 790.0, -800.0]])
    for function in (ring.logsumexp, ring.softmax):
        exact = function(balls(z))
        assert np.allclose(function(z), exact.astype(float), rtol=1e-15, atol=1e-15)


def test_the_sign_of_a_ball_around_zero_covers_both_signs() -> None:
    """So a Hessian at an uncertain side of a kink is an enclosure."""
    (uncertain,) = ring.sign(np.array([flint.arb(0, 1)], dtype=object))
    assert uncertain.contains(1)
    assert uncertain.contains(-1)
    assert ring.sign(np.array([flint.fmpq(-3, 2)], dtype=object))[0] == -1


def _points(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return rng.normal(size=(problem.n, problem.d)), rng.normal(size=problem.d)


@pytest.mark.parametrize("name", PROBLEMS)
def test_floats_and_jax_agree_with_balls(name: str) -> None:
    """Values, gradients and Hessians, to the rounding of float64."""
    problem = PROBLEMS[name]
    X, x = _points(problem)
    for method, point in (
        ("values", X),
        ("gradients", X),
        ("value", x),
        ("gradient", x),
        ("hessian", x),
    ):
        function = getattr(problem, method)
        exact = np.asarray(function(balls(point)), dtype=object).astype(float)
        assert np.allclose(function(point), exact, rtol=1e-13, atol=1e-13), method
        with jax.enable_x64(True):
            traced = np.asarray(jax.jit(function)(jax.numpy.asarray(point)))
        assert traced.dtype == np.float64
        assert np.allclose(traced, exact, rtol=1e-13, atol=1e-13), method


@pytest.mark.parametrize("name", [n for n in PROBLEMS if n.startswith(("quad", "kink", "ridge"))])
def test_rational_kinds_are_exact_in_rationals(name: str) -> None:
    """Quadratic, kinked and ridge objectives need only + - * / and |.|; balls contain them."""
    problem = PROBLEMS[name]
    X, x = _points(problem)
    for method, point in (("values", X), ("gradients", X), ("hessian", x), ("value", x)):
        function = getattr(problem, method)
        exact = np.ravel(function(ring.lift(point, like=flint.fmpq(0))))
        enclosed = np.ravel(function(balls(point)))
        for value, ball in zip(exact, enclosed, strict=True):
            assert isinstance(value, flint.fmpq)
            assert ball.contains(value)
            assert ball.rad() < 1e-60


@pytest.mark.parametrize("name", PROBLEMS)
def test_gradients_and_hessians_are_derivatives(name: str) -> None:
    """Central differences at 256 bits, with step 2^-70: error of order 1e-42, tolerance 1e-35."""
    problem = PROBLEMS[name]
    X, x = _points(problem)
    h = flint.arb(2) ** -70
    gradients, hessian = problem.gradients(balls(X)), problem.hessian(balls(x))
    for k in range(problem.d):
        step = h * balls(np.eye(problem.d, dtype=int)[k])
        slopes = (problem.values(balls(X) + step) - problem.values(balls(X) - step)) / (2 * h)
        bends = (problem.gradient(balls(x) + step) - problem.gradient(balls(x) - step)) / (2 * h)
        assert all(abs(a - b) < 1e-35 for a, b in zip(slopes, gradients[:, k], strict=True))
        assert all(abs(a - b) < 1e-35 for a, b in zip(bends, hessian[:, k], strict=True))


@pytest.mark.parametrize("name", PROBLEMS)
def test_gradients_are_jax_gradients_of_the_values(name: str) -> None:
    """The derivative written by hand equals the one JAX finds."""
    problem = PROBLEMS[name]
    X, _ = _points(problem)
    with jax.enable_x64(True):
        found = jax.jit(jax.grad(lambda Y: problem.values(Y).sum()))(jax.numpy.asarray(X))
        assert np.allclose(found, problem.gradients(X), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_objective_is_the_mean_over_agents(name: str) -> None:
    """f = (1/n) sum_i f^i, value and gradient, as overlapping balls of radius below 1e-60."""
    problem = PROBLEMS[name]
    _, x = _points(problem)
    everywhere = balls(np.tile(x, (problem.n, 1)))
    means = [problem.values(everywhere).sum() / problem.n]
    means += list(problem.gradients(everywhere).sum(axis=0) / problem.n)
    direct = [problem.value(balls(x)), *problem.gradient(balls(x))]
    for mean, value in zip(means, direct, strict=True):
        assert mean.overlaps(value)
        assert mean.rad() < 1e-60


def test_a_ball_across_a_kink_encloses_both_sides() -> None:
    """Value, slope and second derivative of the kinked h on [-1, 1] contain those at -1 and 1."""
    problem = PROBLEMS["kinked"]
    across, sides = np.array([flint.arb(0, 1)], dtype=object), (balls([-1.0]), balls([1.0]))
    for name in ("h", "dh", "ddh"):
        (enclosure,) = getattr(problem, name)(across)
        for side in sides:
            assert enclosure.contains(getattr(problem, name)(side)[0])
