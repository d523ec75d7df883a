"""Random convex populations whose every number is known, and all meetings of a few agents."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Round = tuple[float, Floats, Floats]
"""(probability, W, diagonal of D)."""


@dataclass(frozen=True)
class Kinked:
    """f^i(x) = sum_k of slope(i,k)/2 (x_k - b_ik)^2 with one slope left of b_ik and one right."""

    left: Floats
    right: Floats
    centres: Floats

    def slopes(self, X: Floats) -> Floats:
        """The second derivatives, (n, d)."""
        return np.where(self.centres > X, self.left, self.right)

    def gradients(self, X: Floats) -> Floats:
        """grad f^i(X_i), (n, d)."""
        return self.slopes(X) * (X - self.centres)

    def value(self, x: Floats) -> float:
        """f(x), the mean over agents."""
        X = np.broadcast_to(x, self.centres.shape)
        return float((self.slopes(X) * (X - self.centres) ** 2).sum() / 2 / len(X))

    def minimiser(self) -> Floats:
        """By bisection in each coordinate; f' is increasing."""
        low, high = self.centres.min(axis=0), self.centres.max(axis=0)
        for _ in range(200):
            middle = (low + high) / 2
            up = self.gradients(np.broadcast_to(middle, self.centres.shape)).sum(axis=0) > 0
            low, high = np.where(up, low, middle), np.where(up, middle, high)
        return (low + high) / 2

    @property
    def L(self) -> float:
        """Largest curvature."""
        return float(max(self.left.max(), self.right.max()))

    @property
    def l(self) -> float:  # noqa: E743 - the paper's symbol
        """Smallest curvature."""
        return float(min(self.left.min(), self.right.min()))


def kinked(rng: np.random.Generator, n: int, d: int) -> Kinked:
    """Slopes between 0.05 and 1, sometimes only these two; centres sometimes common."""

    def draw() -> Floats:
        return rng.choice([0.05, 1.0, rng.uniform(0.05, 1)], size=(n, d))

    centres = rng.normal(size=(n, d)) * rng.choice([0.0, 0.3, 3.0])
    return Kinked(draw(), draw(), centres)


def pairs(n: int, edges: list[tuple[int, int]] | None = None) -> Iterator[Round]:
    """Every edge (every pair, if none are given) with equal probability."""
    chosen = list(combinations(range(n), 2)) if edges is None else edges
    for i, j in chosen:
        W, active = np.eye(n), np.zeros(n)
        W[np.ix_([i, j], [i, j])] = 0.5
        active[[i, j]] = 1
        yield 1 / len(chosen), W, active


def matchings(n: int) -> Iterator[Round]:
    """Every largest matching with equal probability."""
    found = list(_matchings(tuple(range(n))))
    for matching in found:
        W = np.eye(n)
        for i, j in matching:
            W[np.ix_([i, j], [i, j])] = 0.5
        yield 1 / len(found), W, np.ones(n)


def _matchings(agents: tuple[int, ...]) -> Iterator[list[tuple[int, int]]]:
    if len(agents) < 2:
        yield []
        return
    first, rest = agents[0], agents[1:]
    for other in rest:
        left = tuple(a for a in rest if a != other)
        yield from ([(first, other), *more] for more in _matchings(left))
    if len(agents) % 2:
        yield from _matchings(rest)


def after(
    rounds: Iterator[Round], X: Floats, m: Floats, variance: Floats, eta: float
) -> tuple[Floats, float, float]:
    """(E mu' - mu, E||mu' - mu||^2, E Gamma') straight from X' = W (X - eta D G).

    Estimates are independent with means m (n, d) and total variances `variance` (n,).
    """
    n = len(X)
    J = np.full((n, n), 1 / n)
    drift, moved, spread = np.zeros(X.shape[1]), 0.0, 0.0
    for probability, W, active in rounds:
        step = -eta * active[:, None] * m
        centred = (W - J) @ (X + step)
        noise = (W - J) * active[None]
        drift = drift + probability * step.mean(axis=0)
        moved += probability * float((step.mean(axis=0) ** 2).sum())
        moved += probability * eta**2 * float((active * variance).sum()) / n**2
        spread += probability * float((centred**2).sum()) / n
        spread += probability * eta**2 * float((noise**2 @ variance).sum()) / n
    return drift, moved, spread
