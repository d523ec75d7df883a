"""One-sided confidence bounds for the mean of a nonnegative quantity, valid at all sizes at once.

A bet on "the mean exceeds m": with fraction f of its wealth, W <- W (1 - f + f X/m). Under E X <= m
and X >= 0 each W is a nonnegative supermartingale, and so is the mean of such over a fixed grid of
f; by Ville's inequality it ever reaches 1/alpha with probability at most alpha. So the means m at
which it has reached 1/alpha are excluded at level alpha, however long one looks and whenever one
stops (Waudby-Smith and Ramdas, Estimating means of bounded random variables by betting, JRSS B 86,
2024, sections 4 and 5; the mixture over f is that of Orabona and Jun, IEEE Trans. Inf. Theory 70,
2024). Nothing else is assumed: no variance, no upper limit, no distribution.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from hdo.errors import InputError

Array = NDArray[np.float64]

FRACTIONS: Array = np.append(np.geomspace(2e-4, 0.5, 24), [0.7, 0.85, 0.95, 0.99])
"""The fractions f of the wealth that are bet, each with the same share of the first wealth."""

KURTOSIS = 16.0
"""kappa of the assumption E X^2 <= kappa (E X)^2 that upper bounds rest on."""

_NARROWEST = 1e-14


def log_wealth(values: ArrayLike, mean: float) -> float:
    """ln of the wealth after betting on these values (N,) that their mean exceeds `mean` > 0.

    It does not depend on the order of the values and falls as `mean` grows.
    """
    relative = np.asarray(values, dtype=float) / mean - 1
    return _mixed(np.array([np.log1p(f * relative).sum() for f in FRACTIONS]))


def log_wealth_paths(values: Array, mean: float) -> Array:
    """The same after each of the values (..., N) of many audits: (..., N)."""
    relative = values / mean - 1
    total = np.full(values.shape, -math.inf)
    for f in FRACTIONS:
        total = np.logaddexp(total, np.cumsum(np.log1p(f * relative), axis=-1))
    return np.asarray(total - math.log(len(FRACTIONS)))


def _mixed(logs: Array) -> float:
    return float(np.logaddexp.reduce(logs) - math.log(len(logs)))


def lower_bound(values: ArrayLike, *, alpha: float) -> float:
    """A number that exceeds the mean of the nonnegative `values` (N,) with probability <= alpha.

    The probability is that it ever does, over all N. Values may be replaced by smaller ones, such
    as min(X, b): the bound then holds for the smaller mean and so for the mean. 0 where nothing is
    excluded. Raises InputError for negative values or alpha outside (0, 1).
    """
    found = np.asarray(values, dtype=float)
    _require(found, alpha)
    top = float(found.mean()) if found.size else 0.0
    if not top > 0:
        return 0.0
    wanted = -math.log(alpha)

    def short(log_mean: float) -> float:
        return log_wealth(found, math.exp(log_mean)) - wanted

    low, high = math.log(top) - 30.0, math.log(top)
    if short(low) < 0:
        return 0.0
    root = brentq(short, low, high, xtol=1e-10, rtol=1e-12)
    return float(math.exp(root) * (1 - 1e-9))


def upper_bound_clipped(values: ArrayLike, *, clip: float, alpha: float) -> float:
    """A number below the mean of min(X, clip) with probability <= alpha, over all N at once.

    The lower bound on the mean of clip - min(X, clip) >= 0, from the other side; no assumption.
    """
    if not clip > 0:
        raise InputError("clip", clip, "a number > 0")
    kept = np.minimum(np.asarray(values, dtype=float), clip)
    _require(kept, alpha)
    return clip - lower_bound(clip - kept, alpha=alpha)


def unclipped(bound: float, *, clip: float, kurtosis: float = KURTOSIS) -> float:
    """An upper bound on E X from one on E min(X, clip), if E X^2 <= kurtosis (E X)^2; maybe inf.

    (x - b)^+ <= x^2/(4 b), so E min(X, b) >= m - kappa m^2/(4 b) with m = E X. That is increasing
    in m up to 2 b/kappa, where it is b/kappa; for a larger m the same with cX, c = 2 b/(kappa m) <
    1, says E min(X, b) >= b/kappa. So from E min(X, b) <= U < b/kappa follows m <= 2 b/kappa, and
    then m <= (2 b/kappa) (1 - sqrt(1 - kappa U/b)).
    """
    share = kurtosis * max(bound, 0.0) / clip
    if share >= 1:
        return math.inf
    return 2 * clip / kurtosis * (share / (1 + math.sqrt(1 - share)))


def upper_bound(
    values: ArrayLike, *, clip: float, alpha: float, kurtosis: float = KURTOSIS
) -> float:
    """A number below E X with probability <= alpha, over all N at once; maybe infinite.

    ASSUMES E X^2 <= kurtosis (E X)^2, without which no finite bound exists; `clip` must not be
    chosen from these values (take earlier ones).
    """
    clipped = upper_bound_clipped(values, clip=clip, alpha=alpha)
    return unclipped(clipped, clip=clip, kurtosis=kurtosis)


def good_clip(pilot: ArrayLike, limit: float, *, kurtosis: float = KURTOSIS) -> float:
    """Where to clip so that E X <= `limit` > 0 is soon seen, from earlier values of X.

    What clipping may hide, kappa limit^2/(4 clip), is half of the margin that the pilot shows.
    """
    mean = float(np.mean(np.asarray(pilot, dtype=float)))
    margin = min(max(1 - mean / limit, 0.02), 1.0)
    return kurtosis * limit / (2 * margin)


@dataclass(frozen=True)
class Bounds:
    """lower <= E X, and E X <= upper, each with its error level."""

    lower: float
    upper: float


def _require(values: Array, alpha: float) -> None:
    if not 0 < alpha < 1:
        raise InputError("alpha", alpha, "a number in (0, 1)")
    if values.size and not values.min() >= 0:
        raise InputError("values", float(values.min()), "numbers >= 0")
