"""A mixed population beside its first-order agents alone: what a budget buys, and exact errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from verify.trajectory.model import compile_model
from verify.trajectory.powers import advanced_by
from verify.trajectory.stationary import stability_threshold
from verify.trajectory.typed import increment, initial_state, observed, state_size, unpacked
from verify.trajectory.types import TypedQuadratic

Floats = NDArray[np.float64]

GRADIENT_COST = 3
"""A sampled gradient in evaluations of F, the value included: the cost model's only constant."""

BUDGETS = ("interactions", "oracle calls", "compute cost", "parallel time")
"""What both populations have equally much of.

Interactions T. Oracle calls: a first-order step asks for one gradient, a zeroth-order one for rv +
1 values of F. Compute cost, in evaluations of F: `GRADIENT_COST` and rv + 1. Parallel time: T/n, as
n agents meet n/2 pairs at once.
"""

START = 1.0
"""||mu_0 - x*||."""

LARGEST_SHARE, STEP_SIZES = 0.9, 25
"""Step sizes: this share of the stability threshold, and 24 more, each 1/sqrt(2) of the last."""


@dataclass(frozen=True)
class Team:
    """n0 two-point and n1 first-order agents, E||xi||^2 = noise0, noise1, one minimiser.

    Half of the coordinates have curvature 1, the others kappa; with d = 1 the one has 1.
    """

    n0: int
    n1: int
    d: int
    kappa: int
    noise0: float
    noise1: float
    directions: int

    @property
    def n(self) -> int:
        """Agents."""
        return self.n0 + self.n1

    @property
    def alone(self) -> "Team":
        """The first-order agents without the others."""
        return Team(0, self.n1, self.d, self.kappa, 0.0, self.noise1, 1)

    @cached_property
    def curvature(self) -> Floats:
        """The Hessian's diagonal."""
        return np.where(np.arange(self.d) < max(1, self.d // 2), 1.0, float(self.kappa))

    @cached_property
    def system(self) -> TypedQuadratic:
        """The agents by type."""
        groups = (
            (self.n0, "two-point", self.noise0),
            (self.n1, "first-order", self.noise1),
        )
        present = [group for group in groups if group[0]]
        return TypedQuadratic(
            counts=tuple(count for count, _, _ in present),
            estimators=tuple(name for _, name, _ in present),
            curvatures=np.tile(self.curvature, (len(present), 1)),
            centres=np.zeros((len(present), self.d)),
            noise=tuple(noise for _, _, noise in present),
            directions=self.directions,
        )


def price(team: Team, budget: str) -> float:
    """What one interaction costs on average."""
    if budget == "interactions":
        return 1.0
    if budget == "parallel time":
        return 2 / team.n
    gradient = 1 if budget == "oracle calls" else GRADIENT_COST
    return 2 * (team.n0 * (team.directions + 1) + team.n1 * gradient) / team.n


def affordable(team: Team, budget: str, interactions: int) -> int:
    """The interactions of `team` for what `interactions` cost its first-order agents alone."""
    return int(interactions * price(team.alone, budget) / price(team, budget) + 1e-9)


@lru_cache(maxsize=4096)
def step_sizes(team: Team) -> tuple[float, ...]:
    """The fixed grid, from the largest down."""
    edge = stability_threshold(team.system, interaction="pair")
    return tuple(LARGEST_SHARE * edge * 2 ** (-j / 2) for j in range(STEP_SIZES))


@lru_cache(maxsize=4096)
def errors(team: Team, steps: tuple[int, ...]) -> Mapping[float, tuple[float, ...]]:
    """Exact E||mu_T - x*||^2 after each T of `steps`, by step size; nu = eta/sqrt(d)."""
    return {eta: _errors(team, eta, steps) for eta in step_sizes(team)}


def _errors(team: Team, eta: float, steps: tuple[int, ...]) -> tuple[float, ...]:
    model = compile_model(
        team.system,
        eta=eta,
        nu=eta / float(np.sqrt(team.d)),
        start=np.full(team.d, START / np.sqrt(team.d)),
        interaction="pair",
        ring=float,
    )
    matrix = increment(model, unpacked(model, np.eye(state_size(model.m, model.K)))).packed()
    first = initial_state(model).packed()[:, 0]
    reached = (advanced_by(matrix, first, count) for count in steps)
    return tuple(
        float(observed(model, unpacked(model, numbers[:, None]))["distance_sq"][0])
        for numbers in reached
    )
