"""Where zeroth-order agents help: a mixed population against its first-order agents alone.

Both have the same budget and each its own best step size of a fixed grid up to its own stability
threshold; the error is the exact E||mu_T - x*||^2. Predicted: the same with the sharp edition's
bound on it (`last-iterate`) in place of the error, at the step sizes that its conditions admit.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from theory.claim import Claim
from theory.evaluate import slack, value_of
from theory.registry import claim
from theory.sharp.estimators import forward_gradient
from verify.phase_cases import BUDGETS, START, Team, affordable, errors, price, step_sizes

Row = dict[str, Any]

NEAR = 0.05
"""Errors that differ by at most this share count as equal."""

INTERACTIONS = 10_000
"""What the first-order agents alone have."""

FIRST_ORDER, KAPPA = 4, 4
SHARE = 4
"""n1, L/l, and n0/n1 where it is not varied."""

REGIONS = (
    "mixed wins",
    "mixed wins, not predicted",
    "within 5 %",
    "alone wins",
    "predicted only",
)
"""By measurement; `predicted only`: the bounds say mixed, the first-order agents alone win."""


@dataclass(frozen=True)
class Plane:
    """Two axes, and the team at each point."""

    name: str
    x: str
    across: tuple[float, ...]
    up: tuple[int, ...]

    def team(self, x: float, d: int) -> Team:
        """`shares`: x = n0/n1, equal noise; `noise`: x = s_1^2/s_0^2 with s_1^2 = 1."""
        n0 = round(FIRST_ORDER * (x if self.name == "shares" else SHARE))
        noise0 = 1.0 if self.name == "shares" else 1 / x
        return Team(n0, FIRST_ORDER, d, KAPPA, noise0, 1.0, 1)


DIMENSIONS = (1, 2, 4, 8, 16, 32, 64)
PLANES = (
    Plane("shares", "n0/n1 (s_0^2 = s_1^2)", (0.5, 1, 2, 4, 8, 16, 32, 64, 128), DIMENSIONS),
    Plane("noise", f"s_1^2/s_0^2 (n0 = {SHARE} n1)", (0.25, 1, 4, 16, 64, 256, 1024), DIMENSIONS),
)
"""The dimension goes up in both; the quick profile has every second value."""


def rows(profile: str) -> Iterator[Row]:
    """One row a plane, point and budget."""
    step = 2 if profile == "quick" else 1
    for plane in PLANES:
        for d in plane.up[::step]:
            for x in plane.across[::step]:
                head = {"plane": plane.name, "x_name": plane.x, "x": float(x), "d": d}
                yield from ({**head, **row} for row in compared(plane.team(x, d)))


def compared(team: Team) -> Iterator[Row]:
    """A row a budget: errors and bounds of both at their best step sizes, and the region."""
    counts = tuple(affordable(team, budget, INTERACTIONS) for budget in BUDGETS)
    lone = errors(team.alone, (INTERACTIONS,))
    every = errors(team, counts)
    told_alone = _best_bound(team.alone, INTERACTIONS)
    for place, (budget, count) in enumerate(zip(BUDGETS, counts, strict=True)):
        eta, mixed = _least({eta: found[place] for eta, found in every.items()})
        eta_alone, alone = _least({eta: found[0] for eta, found in lone.items()})
        told = _best_bound(team, count)
        yield {
            "budget": budget,
            "n0": team.n0,
            "n1": team.n1,
            "interactions": count,
            "eta": eta,
            "eta_alone": eta_alone,
            "mixed": mixed,
            "alone": alone,
            "ratio": mixed / alone,
            "bound_mixed": told,
            "bound_alone": told_alone,
            "bound_ratio": None if told is None or told_alone is None else told / told_alone,
            "rule": noise_ratio(team, budget),
            "region": region(mixed, alone, told, told_alone),
        }


def region(mixed: float, alone: float, told: float | None, told_alone: float | None) -> str:
    """One of `REGIONS`; a bound that does not exist predicts nothing."""
    predicted = told is not None and told_alone is not None and told < told_alone
    if abs(mixed - alone) <= NEAR * max(mixed, alone):
        return "within 5 %"
    if mixed < alone:
        return "mixed wins" if predicted else "mixed wins, not predicted"
    return "predicted only" if predicted else "alone wins"


def noise_ratio(team: Team, budget: str) -> float:
    """The rule of thumb: noise of an estimate, averaged over agents, times price; mixed / alone.

    Where noise decides, the error is in proportion to it whatever n is: a step of the mean is
    eta/n, and only that ratio counts.
    """
    q = float(value_of(forward_gradient().q, _numbers(team, 1.0, 1)))
    noise = (team.n0 * q * team.noise0 + team.n1 * team.noise1) / team.n
    return noise / team.noise1 * price(team, budget) / price(team.alone, budget)


def _least(found: Mapping[float, float]) -> tuple[float, float]:
    return min(found.items(), key=lambda pair: pair[1])


@lru_cache(maxsize=1)
def _bound() -> Claim:
    return claim("last-iterate", "sharp")


def bound_at(team: Team, eta: float, steps: int) -> float | None:
    """The sharp bound on E||mu_T - x*||^2; None outside its conditions."""
    subject, numbers = _bound(), _numbers(team, eta, steps)
    if not all(slack(condition, numbers) > 0 for condition in subject.conditions):
        return None
    return float(value_of(subject.rhs, numbers))


def _numbers(team: Team, eta: float, steps: int) -> dict[str, float]:
    curvature = team.curvature
    return {
        "n": float(team.n),
        "n0": float(team.n0),
        "n1": float(team.n1),
        "d": float(team.d),
        "rv": float(team.directions),
        "L": float(curvature.max()),
        "l": float(curvature.min()),
        "eta": eta,
        "nu": eta / team.d**0.5,
        "T": float(steps),
        "a_0_sq": START**2,
        "vs0_sq": 0.0,
        "vs1_sq": 0.0,
        "S_Z": team.n0 * team.noise0,
        "S_F": team.n1 * team.noise1,
    }


def _best_bound(team: Team, steps: int) -> float | None:
    found = (bound_at(team, eta, steps) for eta in step_sizes(team))
    return min((bound for bound in found if bound is not None), default=None)


def counted(found: Iterable[Mapping[str, Any]]) -> Mapping[str, int]:
    """How many rows each region has, in the order of `REGIONS`."""
    seen = Counter(row["region"] for row in found)
    return {name: seen[name] for name in REGIONS}
