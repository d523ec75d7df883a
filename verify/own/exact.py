"""The mean and the second moment of a user's estimator, exactly: by finite sums and polynomials.

The loss is f^i itself, without a sample. It knows no bound.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from flint import fmpq

from hdo.problems import Problem
from hdo.problems.base import AdditiveNoiseProblem
from hdo.ring import Array, lift, namespace
from verify.balls import Ball, ball, between
from verify.errors import NotExact
from verify.onestep.state import State
from verify.own.directions import DIRECTIONS, Atom, Monomial
from verify.own.exact_number import ExactNumber, directions, exactly
from verify.supported import QUADRATIC_KINDS

Loss = Callable[[Array], Array]
Estimate = Callable[[Loss, Array, Array, Any], Array]
"""`estimate(loss, x, u, nu)` is G (d,) along one direction u; `u` is a JAX key for a law "own"."""

OWN_LAW = "own"
"""An estimator that draws what it needs from a key: it can be sampled, and no more."""


@dataclass(frozen=True)
class Moment:
    """||E G - grad f^i|| or E||G||^2 of an estimator at X[agent], as a measure of a state."""

    estimate: Estimate
    law: str
    what: Literal["bias", "second moment"]

    @property
    def __code__(self) -> Any:
        """That of the user's function, which errors are blamed on."""
        return getattr(self.estimate, "__code__", None)

    def __call__(self, state: State) -> Ball:
        """The number; NotExact where the expectation has no exact form."""
        agent = state.row("agent")
        problem, x, nu = state.problem, state.X[agent], state.nu
        if problem.kind in QUADRATIC_KINDS:
            *x, nu = exactly([_rational(value) for value in (*x, nu)])
            x = exactly(x)
        mean, second = moments(self.estimate, self.law, problem, agent, x, nu)
        if self.what == "second moment":
            return _ball(second)
        away = mean - _gradient(problem, agent, x)
        square = _ball((away * away).sum())
        return square.sqrt() if square.lower() >= 0 else between(Ball(0), square.upper().sqrt())


def _ball(number: Any) -> Ball:
    return ball(number.rational) if isinstance(number, ExactNumber) else ball(number)


MOST_ATOMS = 256
"""Directions that are summed over at most."""


@lru_cache(maxsize=64)
def _quadratic(problem: Problem, agent: int) -> tuple[Any, Array, Array]:
    """c, b (d,) and A (d, d) with f^agent(y) = c + b.y + y'Ay, exactly, from its values."""
    loss, d = loss_of(problem, agent), problem.d
    zero, axes = exactly([0] * d), [exactly(row) for row in np.eye(d, dtype=int).tolist()]
    c, ahead = loss(zero), [loss(axis) for axis in axes]
    A = np.empty((d, d), dtype=object)
    for j, one in enumerate(axes):
        A[j, j] = (ahead[j] + loss(-one)) / 2 - c
        for k in range(j):
            A[j, k] = A[k, j] = (loss(one + axes[k]) - ahead[j] - ahead[k] + c) / 2
    return c, exactly([value - c - A[k, k] for k, value in enumerate(ahead)]), A


def _expanded(problem: Problem, agent: int) -> Loss:
    """A quadratic f^agent without its rows of data, in exact numbers."""
    c, b, A = _quadratic(problem, agent)
    return lambda y: c + ((b + A @ y) * y).sum()


def loss_of(problem: Problem, agent: int) -> Loss:
    """f^agent at one point, in every ring."""

    def loss(y: Array) -> Array:
        if isinstance(problem, AdditiveNoiseProblem):
            mine = (lift(p[agent], like=y) for p in problem.parameters)
            return problem.row_value(y, *mine)
        everyone = namespace(y).broadcast_to(y, (problem.n, problem.d))
        return problem.values(everyone)[agent]

    return loss


def _gradient(problem: Problem, agent: int, x: Array) -> Array:
    return problem.gradients(np.broadcast_to(x, (problem.n, problem.d)))[agent]


def _rational(value: Ball) -> fmpq:
    if value.rad() != 0:
        raise NotExact("the point or the radius is not known exactly")
    mantissa, exponent = value.mid().man_exp()
    return fmpq(int(mantissa)) * fmpq(2) ** int(exponent)


def moments(
    estimate: Estimate, law: str, problem: Problem, agent: int, x: Array, nu: Any
) -> tuple[Array, Any]:
    """E G (d,) and E||G||^2 at x in its own ring: exact numbers on quadratics, else balls.

    Raises NotExact where neither a finite sum nor a polynomial is at hand.
    """
    found = DIRECTIONS.get(law)
    if found is None:
        raise NotExact("an estimator that draws from a key is only sampled")

    loss = (_expanded if isinstance(nu, ExactNumber) else loss_of)(problem, agent)

    def value(u: Array) -> Array:
        return _attempt(estimate, loss, x, u, nu)

    if found.atoms is not None:
        if (count := found.count(len(x))) > MOST_ATOMS:
            raise NotExact(f"{count} directions are too many to sum over")
        return _summed(value, found.atoms(len(x)), nu)
    if found.moment is None or not isinstance(nu, ExactNumber):
        raise NotExact(f"no exact expectation over {law} directions for {problem.kind!r}")
    return _integrated(value(directions(len(x))), found.moment)


def _attempt(estimate: Estimate, loss: Loss, x: Array, u: Array, nu: Any) -> Array:
    """One value; functions that only take floats make it inexact."""
    try:
        value = estimate(loss, x, u, nu)
    except (TypeError, AttributeError) as error:
        raise NotExact(f"the estimator is not arithmetic alone: {error}") from None
    require_shape(value, len(x))
    return value


def require_shape(value: Any, d: int) -> None:
    """ValueError unless an estimate is a vector (d,)."""
    if np.shape(value) != (d,):
        raise ValueError(f"expected an estimate of shape ({d},), got {np.shape(value)}")


def _summed(value: Callable[[Array], Array], atoms: Iterator[Atom], nu: Any) -> tuple[Array, Any]:
    parts = []
    for row, probability in atoms:
        u = lift(np.array(row), like=nu)
        found, weight = value(u), type(nu)(probability)
        parts.append((weight * found, weight * (found * found).sum()))
    return sum(mean for mean, _ in parts), sum(second for _, second in parts)


def _integrated(value: Array, moment: Callable[[Monomial], fmpq]) -> tuple[Array, Any]:
    def expectation(number: Any) -> fmpq:
        terms = ExactNumber(number).terms(len(value))
        return sum((c * moment(powers) for powers, c in terms.items()), start=fmpq(0))

    mean = exactly([expectation(number) for number in value])
    return mean, ExactNumber(sum((expectation(g * g) for g in value), start=fmpq(0)))
