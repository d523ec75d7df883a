"""Whether statistical verdicts err as rarely as they say, and what they can see.

Simulated audits of a true claim E X <= K at its boundary K = E X: how often is it refuted, how
often is its twin E X < K confirmed? Audits look after every replica, more often than verdicts do,
so that these rates are upper bounds of theirs. Then falsified twins, K = theta E X: how many
replicas until they are refuted?
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.instance import Instance
from verify.statistical.bounds import KURTOSIS, good_clip, log_wealth_paths
from verify.statistical.replicas import run_replicas
from verify.statistical.verdicts import PILOT
from verify.trajectory import measure_trajectory

Array = NDArray[np.float64]
Draw = Callable[[np.random.Generator, tuple[int, ...]], NDArray[np.floating[Any]]]

LAWS: Mapping[str, tuple[Draw, float]] = {
    "uniform on [0, 2]": (lambda rng, size: rng.uniform(0, 2, size), 4 / 3),
    "0 or 2": (lambda rng, size: 2.0 * rng.integers(0, 2, size), 2.0),
    "exponential": (lambda rng, size: rng.exponential(1.0, size), 2.0),
    "chi-square, 1 degree": (lambda rng, size: rng.chisquare(1, size), 3.0),
    "lognormal, sigma 1": (lambda rng, size: rng.lognormal(-0.5, 1, size), math.e),
    "10 with probability 1/10": (lambda rng, size: 10.0 * (rng.random(size) < 0.1), 10.0),
    "100 with probability 1/100": (lambda rng, size: 100.0 * (rng.random(size) < 0.01), 100.0),
    "lognormal, sigma 2": (lambda rng, size: rng.lognormal(-2, 2, size), math.exp(4)),
}
"""Nonnegative laws of mean 1, each with E X^2; the last two break the assumption on E X^2."""

LEVELS = (0.1, 0.05, 0.01, 0.001, 5e-7)
"""Error levels of one side; the last is that of a single verdict at 1e-6."""

QUADRATIC = Instance.from_dict(
    {
        "problem": {"kind": "quadratic", "curvature": [1.0, 2.0], "noise": 0.5},
        "population": {"agents": ["two-point", "forward-gradient", "first-order", "first-order"]},
        "method": {"step_size": 0.1, "smoothing": 0.1, "steps": 10, "start": [1.0, 2.0]},
    }
)
"""An instance on which every expectation is known exactly."""

MEASURED = ("a_T_sq", "f_ybar_gap", "sum_Gamma", "mean_grad_sq")


@dataclass(frozen=True)
class Alarms:
    """How many of `audits` at a boundary were wrong at this level, on each side."""

    source: str
    second_moment: float
    level: float
    audits: int
    refuted: int
    confirmed: int

    @property
    def assumed(self) -> bool:
        """Whether E X^2 <= KURTOSIS (E X)^2, which confirmations rest on."""
        return self.second_moment <= KURTOSIS


def refutation_paths(values: Array, bound: float) -> Array:
    """The largest ln wealth so far against E X <= bound, after each value (audits, N)."""
    return np.maximum.accumulate(log_wealth_paths(values, bound), axis=-1)


def confirmation_paths(values: Array, bound: float) -> Array:
    """The same against E X > bound, where E X^2 <= KURTOSIS (E X)^2; the pilot is left out.

    E X <= bound is confirmed when E min(X, b) <= bound - KURTOSIS bound^2/(4 b) is, for the clip b
    that the pilot chooses (`unclipped` inverted).
    """
    clips = np.array([good_clip(row[:PILOT], bound) for row in values])[:, None]
    least = bound - KURTOSIS * bound**2 / (4 * clips)
    kept = clips - np.minimum(values[:, PILOT:], clips)
    return np.maximum.accumulate(log_wealth_paths(kept / (clips - least), 1.0), axis=-1)


def alarms(source: str, batches: Sequence[Array] | Iterator[Array], bound: float) -> list[Alarms]:
    """False alarms at each of `LEVELS` over all audits of the batches, (audits, N) each."""
    peaks: list[list[Array]] = [[], []]
    squares = []
    for values in batches:
        peaks[0].append(refutation_paths(values, bound)[:, -1])
        peaks[1].append(confirmation_paths(values, bound)[:, -1])
        squares.append(float((values**2).mean()) / bound**2)
    refuted, confirmed = (np.concatenate(side) for side in peaks)
    return [
        Alarms(
            source=source,
            second_moment=float(np.mean(squares)),
            level=level,
            audits=len(refuted),
            refuted=int((refuted >= -math.log(level)).sum()),
            confirmed=int((confirmed >= -math.log(level)).sum()),
        )
        for level in LEVELS
    ]


def law_batches(law: str, *, audits: int, size: int, seed: int) -> Iterator[Array]:
    """Audits of one law's values, some hundreds at a time."""
    draw, _ = LAWS[law]
    rng = np.random.default_rng([seed, list(LAWS).index(law)])
    for first in range(0, audits, 500):
        yield np.asarray(draw(rng, (min(500, audits - first), size)), dtype=float)


def exact_values(instance: Instance) -> dict[str, float]:
    """The exact means of `MEASURED` on a quadratic instance."""
    l = instance.problem.constants().l.value  # noqa: E741 - the paper's symbol
    spec = instance.spec
    found = measure_trajectory(
        instance.problem, spec.population, spec.method, spec.method.steps, l=l
    )
    return {name: float(found[name].mid()) for name in MEASURED}


def simulated(instance: Instance, *, count: int, seed: int) -> dict[str, Array]:
    """`count` replicas of `MEASURED` of the instance's run, (count,) each."""
    parts = [low for low, _ in run_replicas(instance, MEASURED, replicas=count, seed=seed)]
    return {name: np.concatenate([part[name] for part in parts]) for name in MEASURED}


@dataclass(frozen=True)
class Power:
    """Replicas until the twin bound = theta x exact is refuted; `needed` is sorted, inf: never.

    `ideal`: what a test of one fixed size that knows the variance needs for power 1/2.
    """

    quantity: str
    theta: float
    level: float
    needed: tuple[float, ...]
    ideal: float

    def quantile(self, share: float) -> float:
        """The number that this share of the audits needed at most."""
        return self.needed[min(len(self.needed) - 1, math.ceil(share * len(self.needed)) - 1)]


def power(
    quantity: str, pool: Array, exact: float, *, theta: float, level: float, audits: int, seed: int
) -> Power:
    """The power of refutation on a twin; audits draw from a pool of replicas, with replacement."""
    from scipy.stats import norm

    spread = float(pool.std()) / (exact * (1 - theta))
    ideal = float(norm.isf(level)) ** 2 * spread**2
    size = int(min(4 * len(pool), 64 + 6 * ideal))
    rng = np.random.default_rng([seed, round(1000 * theta)])
    wanted = -math.log(level)
    needed = []
    for _ in range(audits):
        path = log_wealth_paths(rng.choice(pool, size=size), theta * exact)
        passed = np.flatnonzero(path >= wanted)
        needed.append(float(passed[0]) + 1 if passed.size else math.inf)
    return Power(quantity, theta, level, tuple(sorted(needed)), ideal)
