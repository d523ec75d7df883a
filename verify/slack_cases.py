"""The populations on which slack is split, and what is exact about them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from verify.grid_cases import Cell, population
from verify.trajectory.averages import (
    Averages,
    Setting,
    averages,
    settled_quantities,
    start_quantities,
)

BASE = Cell("pair", "two-point", n=6, n0=3, d=8, kappa=4, noise=1, split=1)
"""A mixed population with noise and heterogeneity."""

VARIED: tuple[Mapping[str, Any], ...] = (
    {"n0": 0},
    {"n0": 6},
    {"n": 16, "n0": 8},
    {"n": 64, "n0": 32},
    {"d": 1, "kappa": 1},
    {"d": 64},
    {"kappa": 1},
    {"kappa": 100},
    {"noise": 0, "split": 0},
)
"""One change of `BASE` each."""

STATES = ("at the minimiser", "stationary")
"""Where Lemma 13 is judged: every agent at x*, or the second moments that a step keeps."""


def cells(profile: str) -> tuple[Cell, ...]:
    """`BASE`, and in the full profile each of `VARIED`."""
    if profile == "quick":
        return (BASE,)
    return (BASE, *(Cell(**{**asdict(BASE), **change}) for change in VARIED))


@dataclass(frozen=True)
class Tuned:
    """A cell with its step size and smoothing radius."""

    cell: Cell
    eta: float
    nu: float

    def setting(self, start: float) -> Setting:
        """Everyone starts at distance `start` from the minimiser, which is 0."""
        d = self.cell.d
        point = np.full(d, start / np.sqrt(d))
        return Setting.of(population(self.cell), eta=self.eta, nu=self.nu, start=point)

    def over_a_run(self, *, steps: int, rate: float, start: float) -> Averages:
        """Averages over a run from distance `start`, with weights (1 - rate)^{-t}."""
        return averages(self.setting(start), steps=steps, rate=rate)

    def at(self, state: str) -> Mapping[str, float]:
        """The quantities at one of `STATES`."""
        known = {STATES[0]: start_quantities, STATES[1]: settled_quantities}
        return known[state](self.setting(0.0))
