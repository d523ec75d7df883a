"""One problem, population and state X_t: what every measured quantity is made of, computed once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from hdo.errors import InputError
from hdo.population import Population
from hdo.problems import LinearModelProblem, Problem, QuadraticProblem
from hdo.problems.separable import SeparableProblem
from verify.balls import Ball, BallArray, ball, balls, between, total
from verify.errors import NotExact
from verify.onestep import linear, quadratic, separable
from verify.onestep.kinds import AgentMoments, Smoothed
from verify.onestep.pairs import Before, PairMoments, by_enumeration, by_identities
from verify.optimum import Optimum

ENUMERATED_UP_TO = 8
"""Up to this many agents the pairs are enumerated, independently of the identities."""


@dataclass(frozen=True, eq=False)
class Standing:
    """X_t and nu: all that does not depend on the step size, so that claims can share it."""

    problem: Problem
    population: Population
    X: BallArray
    nu: Ball

    @cached_property
    def mu(self) -> BallArray:
        """The mean model."""
        return self.X.sum(axis=0) / len(self.X)

    @cached_property
    def gradients(self) -> BallArray:
        """grad f^i(X_i), (n, d)."""
        return self.problem.gradients(self.X)

    @cached_property
    def mean_gradient(self) -> BallArray:
        """grad f(mu), (d,)."""
        return self.problem.gradient(self.mu)

    @cached_property
    def mean_value(self) -> Ball:
        """f(mu)."""
        return self.problem.value(self.mu)

    @cached_property
    def agents(self) -> tuple[AgentMoments, ...]:
        """E_t G_i and E_t||G_i||^2 of every agent."""
        return tuple(self._moments(i, x) for i, x in enumerate(self.X))

    def _moments(self, agent: int, x: BallArray) -> AgentMoments:
        if isinstance(self.problem, QuadraticProblem):
            return quadratic.moments(self.problem, self.population, agent, x, self.nu)
        if isinstance(self.problem, SeparableProblem):
            return separable.moments(self.problem, self.population, agent, x, self.nu)
        if isinstance(self.problem, LinearModelProblem):
            return linear.moments(self.problem, self.population, agent, x, self.nu)
        raise NotExact(f"no exact moments for {self.problem.kind!r}")

    def smoothed(self, agent: int, x: BallArray) -> Smoothed:
        """Gaussian smoothing of f^agent at x."""
        if isinstance(self.problem, QuadraticProblem):
            return quadratic.smoothed(self.problem, agent, x, self.nu)
        if isinstance(self.problem, SeparableProblem):
            return separable.smoothed(self.problem, agent, x, self.nu)
        if isinstance(self.problem, LinearModelProblem):
            return linear.smoothed(self.problem, agent, x, self.nu)
        raise NotExact(f"no exact smoothing for {self.problem.kind!r}")


@lru_cache(maxsize=256)
def _standing(
    problem: Problem, population: Population, X: tuple[tuple[float, ...], ...], nu: float
) -> Standing:
    return Standing(problem, population, balls(X), ball(nu))


@dataclass(frozen=True, eq=False)
class State:
    """A standing with a step size; `parameters` are a claim's free ones."""

    standing: Standing
    eta: Ball
    optimum: Optimum | None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    route: str = "automatic"

    @property
    def problem(self) -> Problem:
        """The problem."""
        return self.standing.problem

    @property
    def population(self) -> Population:
        """Who takes part."""
        return self.standing.population

    @property
    def X(self) -> BallArray:
        """The models, (n, d)."""
        return self.standing.X

    @property
    def nu(self) -> Ball:
        """The smoothing radius."""
        return self.standing.nu

    @property
    def n(self) -> int:
        """The number of agents."""
        return len(self.X)

    @property
    def mu(self) -> BallArray:
        """The mean model."""
        return self.standing.mu

    @cached_property
    def away(self) -> BallArray:
        """X_i - mu."""
        return self.X - self.mu

    @property
    def gradients(self) -> BallArray:
        """grad f^i(X_i), (n, d)."""
        return self.standing.gradients

    @property
    def mean_gradient(self) -> BallArray:
        """grad f(mu), (d,)."""
        return self.standing.mean_gradient

    @property
    def agents(self) -> tuple[AgentMoments, ...]:
        """E_t G_i and E_t||G_i||^2 of every agent."""
        return self.standing.agents

    @cached_property
    def m(self) -> BallArray:
        """E_t G_i, (n, d); blurred means are widened in every coordinate."""
        rows = [a.mean if a.blur == 0 else a.mean + Ball(0, a.blur.upper()) for a in self.agents]
        return np.stack(rows)

    @cached_property
    def second(self) -> BallArray:
        """E_t||G_i||^2, (n,)."""
        out = np.empty(self.n, dtype=object)
        out[:] = [a.second for a in self.agents]
        return out

    @cached_property
    def pair(self) -> PairMoments:
        """The interaction's exact moments, by the route asked for."""
        minimiser = None if self.optimum is None else self.optimum.x_ball
        start = Before(self.X, self.m, self.second, self.eta, minimiser)
        enumerated = self.route == "enumeration" or (
            self.route == "automatic" and self.n <= ENUMERATED_UP_TO
        )
        return by_enumeration(start) if enumerated else by_identities(start)

    def row(self, name: str) -> int:
        """The parameter `agent` or `other`."""
        if name not in self.parameters:
            raise NotExact(f"parameters.{name} is needed to say which agent is meant")
        return int(self.parameters[name])

    @cached_property
    def here(self) -> Smoothed:
        """Smoothing of f^agent at x = X[agent], Lemma 1's setting."""
        agent = self.row("agent")
        return self.standing.smoothed(agent, self.X[agent])

    @cached_property
    def bias_bounds(self) -> tuple[Ball, ...]:
        """b_i >= sup_x ||grad f^i(x) - E G^i(x)||: exact for separable kinds, else nu L sqrt(d)."""
        unbiased = isinstance(self.problem, QuadraticProblem) or self.problem.kind == "ridge"
        if unbiased:
            return (Ball(0),) * self.n
        if isinstance(self.problem, SeparableProblem):
            biased = separable.bias_bound(self.problem, self.nu)
        else:
            L = ball(self.problem.constants().L.value)
            biased = self.nu * L * Ball(self.problem.d).sqrt()
        names = self.population.agents
        return tuple(biased if name == "two-point" else Ball(0) for name in names)

    @cached_property
    def objective_step(self) -> Ball:
        """E_t f(mu') - f(mu): exact for quadratics, else enclosed by smoothness and convexity."""
        along = self.mean_gradient @ self.pair.mean_step
        if isinstance(self.problem, QuadraticProblem):
            return along + self._quadratic_bend() / 2
        found = self.problem.constants()
        high = ball(found.L.value)
        low = ball(found.l.value) if found.convex else -high
        half = self.pair.mu_step_sq / 2
        return between((along + low * half).lower(), (along + high * half).upper())

    def _quadratic_bend(self) -> Ball:
        """E (mu'-mu)' H (mu'-mu), H the mean curvature; the pair identity in H's inner product."""
        assert isinstance(self.problem, QuadraticProblem)
        problem, n, m = self.problem, self.n, self.m
        H = problem.hessian(self.mu)
        energies = total(
            quadratic.energy_in(H, problem, self.population, i, x, self.nu)
            for i, x in enumerate(self.X)
        )
        whole = m.sum(axis=0)
        crossed = whole @ H @ whole - ((m @ H) * m).sum()
        return self.eta**2 / (n * n) * (2 * energies / n + 2 * crossed / (n * (n - 1)))


def make_state(
    problem: Problem,
    population: Population,
    X: Any,
    *,
    eta: float | Ball,
    nu: float | Ball,
    optimum: Optimum | None,
    interaction: str,
    parameters: Mapping[str, Any] | None,
    route: str,
) -> State:
    """A validated state; shapes and signs are checked once, here."""
    if interaction != "pair":
        raise NotExact(f"the claims speak of the pair interaction, not of {interaction!r}")
    given = np.asarray(X)
    if given.shape != (problem.n, problem.d):
        raise InputError("state.models", given.shape, f"shape {(problem.n, problem.d)}")
    step, smoothing = ball(eta), ball(nu)
    for where, value in (("method.step_size", step), ("method.smoothing", smoothing)):
        if not value > 0:
            raise InputError(where, value, "a number > 0")
    if given.dtype != object and isinstance(nu, float):
        rows = tuple(tuple(row) for row in given.astype(float).tolist())
        standing = _standing(problem, population, rows, nu)
    else:
        standing = Standing(problem, population, balls(given), smoothing)
    return State(standing, step, optimum, dict(parameters or {}), route)
