"""The audit grid: quadratics on which every exact value is known, and those values.

Half of the coordinates have curvature 1, the others kappa. Within a group the centres are
symmetric, so that either group's mean is f, as where each group holds all data; with one agent in
each group and varsigma^2 = 1 that is impossible, and `apart` says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np

from verify.trajectory.stationary import stability_threshold, stationary
from verify.trajectory.types import TypedQuadratic

KAPPAS, AGENTS, DIMENSIONS = (1, 4, 100), (2, 6, 16, 64), (1, 8, 64)
INTERACTIONS, ESTIMATORS = ("pair", "matching"), ("forward-gradient", "two-point")
LEVELS = (0, 1)
FRACTIONS = (1.0, 1 / 4, 1 / 64)
"""Step sizes as fractions of the stated limit."""


@dataclass(frozen=True)
class Cell:
    """One quadratic population: L = kappa, l = 1, s_i^2 = noise, varsigma_g^2 = split."""

    interaction: str
    estimator: str
    n: int
    n0: int
    d: int
    kappa: int
    noise: int
    split: int

    @property
    def apart(self) -> bool:
        """Whether the groups' mean gradients differ from grad f."""
        return self.split > 0 and self.n0 == 1 and self.n == 2

    @property
    def steady(self) -> bool:
        """Whether nothing keeps the mean from the minimiser: the exact gap is 0.

        Heterogeneity cancels where all step at once and estimates are exact.
        """
        together = self.n0 == 0 and (self.interaction == "matching" or self.n == 2)
        unbiased = self.n0 == 0 or self.estimator != "two-point"
        return self.noise == 0 and unbiased and (self.split == 0 or together)

    @property
    def silent(self) -> bool:
        """Whether the agents agree there too."""
        return self.steady and (self.split == 0 or self.n == 2)


def cells() -> Iterator[Cell]:
    """Every cell: kappa > 1 needs two coordinates; without zeroth-order agents one estimator."""
    shapes = product(INTERACTIONS, ESTIMATORS, AGENTS, DIMENSIONS, KAPPAS, LEVELS, LEVELS)
    for interaction, estimator, n, d, kappa, noise, split in shapes:
        for n0 in (0, n // 2, n):
            if (d > 1 or kappa == 1) and (n0 > 0 or estimator == ESTIMATORS[0]):
                yield Cell(interaction, estimator, n, n0, d, kappa, noise, split)


def population(cell: Cell) -> TypedQuadratic:
    """The cell's agents by type: half of a group at each of two centres, one between if odd."""
    low = max(1, cell.d // 2)
    curvature = np.where(np.arange(cell.d) < low, 1.0, float(cell.kappa))
    offset = np.sqrt(cell.split / cell.d) / curvature
    groups = ((cell.n0, cell.estimator, 1), (cell.n - cell.n0, "first-order", -1))
    types = [
        (count, name, factor)
        for size, name, sign in groups
        for count, factor in _placed(size, cell.split, sign)
    ]
    return TypedQuadratic(
        counts=tuple(count for count, _, _ in types),
        estimators=tuple(name for _, name, _ in types),
        curvatures=np.tile(curvature, (len(types), 1)),
        centres=np.array([factor * offset for _, _, factor in types]),
        noise=float(cell.noise),
    )


def _placed(size: int, split: int, sign: int) -> list[tuple[int, float]]:
    """(agents, centre) with mean 0 and mean square 1, if there are two agents or more."""
    if size == 0:
        return []
    if split == 0:
        return [(size, 0.0)]
    if size == 1:
        return [(1, float(sign))]
    far = float(np.sqrt(size / (size - size % 2)))
    placed = [(size // 2, far), (size // 2, -far)]
    return [*placed, (1, 0.0)] if size % 2 else placed


def settled(cell: Cell, *, eta: float, nu: float) -> dict[str, float]:
    """The exact stationary E Gamma, E||mu-x*||^2, E f(mu) - f*."""
    if cell.silent:
        return {"gamma": 0.0, "distance_sq": 0.0, "gap": 0.0}
    found = stationary(population(cell), eta=eta, nu=nu, interaction=cell.interaction)
    if cell.steady:
        return {"gamma": found["gamma"], "distance_sq": 0.0, "gap": 0.0}
    return {name: found[name] for name in ("gamma", "distance_sq", "gap")}


@lru_cache(maxsize=1024)
def threshold(interaction: str, n: int, n0: int, d: int, kappa: int) -> float:
    """The exact mean-square stability threshold; noise, centres and nu have no part in it."""
    cell = Cell(interaction, "forward-gradient", n, n0, d, kappa, 1, 0)
    return stability_threshold(population(cell), interaction=interaction)
