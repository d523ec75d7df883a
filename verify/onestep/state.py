"""One problem, population and state X_t: what every measured quantity is made of, computed once."""

from collections.abc import Callable, Mapping, Sequence
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
from verify.onestep.meetings import along_edges, matched_by_enumeration, matched_by_partners
from verify.onestep.pairs import Before, PairMoments, by_enumeration, by_identities
from verify.optimum import Optimum
from verify.supported import require_measured

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

    @cached_property
    def bends(self) -> Ball | None:
        """(1/n) sum_i E_t[G_i' H G_i], H the curvature of f, where f is a quadratic; else None."""
        problem = self.problem
        require_measured(self.population.agents)
        if isinstance(problem, QuadraticProblem):
            energy_in: Callable[..., Ball] = quadratic.energy_in
        elif isinstance(problem, LinearModelProblem) and problem.kind == "ridge":
            energy_in = linear.ridge_energy_in
        else:
            return None
        H, population, nu = self.curvature, self.population, self.nu
        each = (energy_in(H, problem, population, i, x, nu) for i, x in enumerate(self.X))
        return total(each) / len(self.X)

    @cached_property
    def curvature(self) -> BallArray:
        """The Hessian of f at mu, (d, d)."""
        return self.problem.hessian(self.mu)

    @cached_property
    def curvature_range(self) -> tuple[Ball, Ball]:
        """Bounds on the eigenvalues of the Hessian of f, wherever it is."""
        if isinstance(self.problem, LinearModelProblem):
            return linear.curvature_range(self.problem)
        found = self.problem.constants()
        high = ball(found.L.value)
        return (ball(found.l.value) if found.convex else -high), high

    def _moments(self, agent: int, x: BallArray) -> AgentMoments:
        require_measured(self.population.agents[agent : agent + 1])
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
    interaction: str = "pair"
    edges: Sequence[tuple[int, int]] = ()

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
        match self.interaction:
            case "pair":
                return by_enumeration(start) if enumerated else by_identities(start)
            case "matching":
                return (matched_by_enumeration if enumerated else matched_by_partners)(start)
            case "graph" if len(self.edges):
                return along_edges(start, self.edges)
        raise NotExact(f"one step of the interaction {self.interaction!r} is not measured")

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
        require_measured(self.population.agents)
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
        """E_t f(mu') - f(mu): exact for quadratic f, else enclosed by the curvature's range."""
        along = self.mean_gradient @ self.pair.mean_step
        mean = self.standing.bends
        if mean is not None:
            return along + self.eta**2 / self.n**2 * self._bend(mean) / 2
        low, high = self.standing.curvature_range
        half = self.pair.mu_step_sq / 2
        return between((along + low * half).lower(), (along + high * half).upper())

    def _bend(self, mean: Ball) -> Ball:
        """E_t g'H g for the sum g of the estimates of those who step; `mean` as in `bends`."""
        H, n, whole = self.standing.curvature, self.n, self.m.sum(axis=0)
        if self.interaction == "graph":
            met = total(self.m[i] @ H @ self.m[j] for i, j in self.edges) / len(self.edges)
            share = Ball(n) / len(self.edges)
            ends = [share * sum(i in edge for edge in self.edges) for i in range(n)]
            if any(not end.overlaps(Ball(2)) for end in ends):
                raise NotExact("agents that are not active equally often")
            return 2 * mean + 2 * met
        crossed = whole @ H @ whole - ((self.m @ H) * self.m).sum()
        if self.interaction == "matching":
            return n * mean + crossed
        # the pair identity in the inner product of H
        return 2 * mean + 2 * crossed / (n * (n - 1))


def make_state(
    problem: Problem,
    population: Population,
    X: Any,
    *,
    eta: float | Ball,
    nu: float | Ball,
    optimum: Optimum | None,
    interaction: str,
    edges: Sequence[tuple[int, int]] = (),
    parameters: Mapping[str, Any] | None,
    route: str,
) -> State:
    """A validated state; shapes and signs are checked once, here."""
    given = np.asarray(X)
    if given.shape != (problem.n, problem.d):
        raise InputError("state.models", given.shape, f"shape {(problem.n, problem.d)}")
    step, smoothing = ball(eta), ball(nu)
    for where, value in (("method.step_size", step), ("method.smoothing", smoothing)):
        if not value > 0:
            raise InputError(where, value, "a number > 0")
    radius = float(smoothing.mid())
    if given.dtype != object and ball(radius) == smoothing:
        rows = tuple(tuple(row) for row in given.astype(float).tolist())
        standing = _standing(problem, population, rows, radius)
    else:
        standing = Standing(problem, population, balls(given), smoothing)
    return State(standing, step, optimum, dict(parameters or {}), route, interaction, edges)
