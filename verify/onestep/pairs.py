"""One interaction of a uniformly random pair: by the identities, and by enumerating the pairs."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from verify.balls import Ball, BallArray, total


@dataclass(frozen=True)
class PairMoments:
    """Exact E_t after one interaction: of ||G_i + G_j||^2, ||mu'-x*||^2, Gamma', ||mu'-mu||^2.

    `mean_step` is E_t mu' - mu, (d,). `a_sq_next` is None without a minimiser, `pair_sq` where all
    agents step.
    """

    pair_sq: Ball | None
    a_sq_next: Ball | None
    Gamma_next: Ball
    mu_step_sq: Ball
    mean_step: BallArray


@dataclass(frozen=True)
class Before:
    """What an interaction starts from: models X (n, d), m (n, d), E||G_i||^2 (n,), eta, x*."""

    X: BallArray
    m: BallArray
    second: BallArray
    eta: Ball
    x_star: BallArray | None

    @property
    def mu(self) -> BallArray:
        """The mean model, (d,)."""
        return self.X.sum(axis=0) / len(self.X)


def by_identities(start: Before) -> PairMoments:
    """The identities for independent estimators and a uniformly random pair (edition sharp)."""
    n, eta, mu = len(start.X), start.eta, start.mu
    S = start.second.sum() / n
    whole = start.m.sum(axis=0)
    pair_sq = 2 * S + 2 * (whole @ whole - (start.m * start.m).sum()) / (n * (n - 1))
    away = start.X - mu
    Gamma, x_dot_m = (away * away).sum() / n, (away * start.m).sum() / n
    step = -2 * eta * whole / (n * n)
    a_sq = None
    if start.x_star is not None:
        off = mu - start.x_star
        a_sq = off @ off + 2 * (off @ step) + eta * eta * pair_sq / (n * n)
    Gamma_next = (
        (n - 2) * Gamma / (n - 1)
        - 2 * eta * (n - 2) * x_dot_m / (n * (n - 1))
        + (n - 2) * eta * eta * pair_sq / (2 * n * n)
    )
    return PairMoments(pair_sq, a_sq, Gamma_next, eta * eta * pair_sq / (n * n), step)


def by_enumeration(start: Before) -> PairMoments:
    """Every pair in turn, straight from Algorithm 1's update; no identity is used."""
    pairs = list(combinations(range(len(start.X)), 2))
    found = [one_pair(start, i, j) for i, j in pairs]
    count = len(pairs)
    a_sq = None
    if start.x_star is not None:
        a_sq = total(f.a_sq_next for f in found if f.a_sq_next is not None) / count
    return PairMoments(
        total(f.pair_sq for f in found if f.pair_sq is not None) / count,
        a_sq,
        total(f.Gamma_next for f in found) / count,
        total(f.mu_step_sq for f in found) / count,
        np.sum([f.mean_step for f in found], axis=0) / count,
    )


def norm_sq_after(point: BallArray, step: BallArray, step_sq: Ball) -> Ball:
    """E||point + xi||^2 for E xi = step, E||xi||^2 = step_sq."""
    return point @ point + 2 * (point @ step) + step_sq


def one_pair(start: Before, i: int, j: int) -> PairMoments:
    """Agents i and j step and both take their average; the others stay."""
    n, eta, X = len(start.X), start.eta, start.X
    both = start.m[i] + start.m[j]
    both_sq = start.second[i] + start.second[j] + 2 * (start.m[i] @ start.m[j])
    origin = start.mu  # distances from a fixed point keep the digits
    others = total((X[k] - origin) @ (X[k] - origin) for k in range(n) if k not in (i, j))
    middle = (X[i] + X[j]) / 2 - origin
    met = norm_sq_after(middle, -eta * both / 2, eta * eta * both_sq / 4)
    mean_step, mean_step_sq = -eta * both / n, eta * eta * both_sq / (n * n)
    a_sq = None
    if start.x_star is not None:
        a_sq = norm_sq_after(start.mu - start.x_star, mean_step, mean_step_sq)
    # mu' - origin is the step of the mean, since mu - origin = 0
    return PairMoments(
        both_sq, a_sq, (others + 2 * met) / n - mean_step_sq, mean_step_sq, mean_step
    )
