"""Statistical verdicts: a claim's two sides on simulated replicas, until they are told apart.

Here claims and replicas meet, as claims and exact evidence do in `verify.judge`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hdo.errors import InputError
from theory import Claim
from verify.balls import Ball
from verify.hypotheses import require, tied_numbers, unmet
from verify.instance import Instance
from verify.optimum import OptimumError
from verify.statistical.bounds import (
    KURTOSIS,
    good_clip,
    lower_bound,
    upper_bound,
)
from verify.statistical.replicas import FIXED, RANDOM, fixed_quantities, run_replicas, widest
from verify.statistical.sides import NotLinear, Sides, measured_names, sides
from verify.verdict import Verdict, replay_command

LEVEL = 1e-6
"""The family-wise error of one run: the chance that any of its verdicts is wrong."""

BUDGET = 4096
"""Replicas of one verdict at most."""

PILOT = 64
"""The first replicas choose where to clip, and are left out of upper bounds."""

LONGEST_WORK = 4e8
"""Interactions of one verdict at most; fewer replicas are run where each is long."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Found:
    """One side's mean over the replicas, and its bounds: lower <= E <= upper."""

    mean: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Decision:
    """Which way the two sides were told apart, if they were, and after how many replicas."""

    outcome: str
    replicas: int
    left: Found
    right: Found
    spread: float

    @property
    def ratio(self) -> float:
        """left/right of the means; NaN where the right-hand side is not positive."""
        return self.left.mean / self.right.mean if self.right.mean > 0 else math.nan


def statistical_verdict(
    claim: Claim,
    instance: Instance,
    *,
    seed: int,
    budget: int = BUDGET,
    level: float = LEVEL,
    transfer: bool = False,
) -> Verdict:
    """HOLDS, REFUTED or INCONCLUSIVE from at most `budget` replicas of the instance's run.

    Wrong with probability at most `level`, whenever it stops: half of it is spent on each of the
    two wrong answers. REFUTED rests on lower bounds of nonnegative quantities alone, unless the
    right-hand side is random; HOLDS, and that case, ASSUME that each side's E Z^2 is at most
    `KURTOSIS` times (E Z)^2. The interval of a side that still straddles the other is INCONCLUSIVE.
    `transfer` asks for the inequality although the interaction is not the claim's (a graph).

    Raises HypothesisError outside the claim's hypotheses, InputError for a claim that is not about
    a trajectory.
    """
    _require_trajectory(claim, budget)
    if transfer:
        _require_transferable(claim, instance)
    else:
        require(claim, instance)
    try:
        form = _form(claim, instance)
    except (OptimumError, NotLinear) as error:
        return undecided(claim, str(error))
    steps = instance.spec.method.steps
    fitting = int(min(budget, LONGEST_WORK // steps))
    if fitting < 2 * PILOT:
        reason = f"T = {steps} is too long for {2 * PILOT} replicas of it"
        return undecided(claim, reason)
    found = decide_replicas(form, instance, seed=seed, budget=fitting, level=level)
    text = _evidence(form, found, seed=seed, level=level, transfer=transfer)
    shown = _witness(claim, instance, found) if found.outcome == "REFUTED" else None
    return _verdict(claim, found.outcome, text, ratio=found.ratio, witness=shown)


def _form(claim: Claim, instance: Instance) -> Sides:
    """The claim's sides with parameters and fixed quantities put in."""
    numbers = tied_numbers(claim, instance)
    needed = measured_names(claim, numbers)
    unknown = [name for name in needed if name not in (*RANDOM, *FIXED)]
    if unknown:
        raise NotLinear(f"{unknown[0]} is not measured on replicas")
    rho = 1 - numbers["eta"] * numbers["l"] / (2 * numbers["n"])
    known = fixed_quantities(instance, rho=rho)
    missing = [name for name in needed if name in FIXED and name not in known]
    if missing:
        raise NotLinear(f"{missing[0]} needs the minimiser, which is not known")
    return sides(claim, numbers, known=known)


def _require_trajectory(claim: Claim, budget: int) -> None:
    if claim.scope != "trajectory":
        raise InputError("KEY", claim.key, "a claim about a trajectory, for statistical evidence")
    if budget < 2 * PILOT:
        raise InputError("budget", budget, f"an integer >= {2 * PILOT}")


def _require_transferable(claim: Claim, instance: Instance) -> None:
    """The claim's hypotheses, but for who meets, on the same instance with random pairs."""
    method = replace(instance.spec.method, interaction="pair", graph=None)
    plain = Instance(replace(instance.spec, method_table=method))
    require(claim, plain)
    if unmet(claim, instance) is None:
        raise InputError("transfer", True, "an interaction that the claim does not speak of")


def decide_replicas(
    form: Sides, instance: Instance, *, seed: int, budget: int, level: float
) -> Decision:
    """Replicas until the sides are told apart at this error level, or `budget` of them."""
    parts: list[tuple[Mapping[str, Array], Mapping[str, Array]]] = []
    sizes = 0
    looked = 0
    decision = None
    for batch in run_replicas(instance, form.names, replicas=budget, seed=seed):
        parts.append(batch)
        sizes += len(next(iter(batch[0].values())))
        if sizes < 2 * PILOT or (sizes < 2 * looked and sizes < budget):
            continue
        looked = sizes
        ends = [_joined(parts, which) for which in (0, 1)]
        decision = decide(form, ends[0], ends[1], level=level)
        if decision.outcome != "INCONCLUSIVE":
            break
    assert decision is not None
    return decision


def _joined(
    parts: list[tuple[Mapping[str, Array], Mapping[str, Array]]], which: int
) -> dict[str, Array]:
    return {name: np.concatenate([part[which][name] for part in parts]) for name in parts[0][0]}


def decide(
    form: Sides, low: Mapping[str, Array], high: Mapping[str, Array], *, level: float
) -> Decision:
    """The decision from replicas whose quantities lie between `low` and `high`, (N,) each."""
    random_right = bool(form.costs)
    alpha = level / (4 if random_right else 2)
    constant = widest(form.constant)
    gains = [_combined(form.gains, ends, upper=k) for k, ends in enumerate((low, high))]
    costs = [_combined(form.costs, ends, upper=k) for k, ends in enumerate((low, high))]
    # clips may depend on the pilot alone
    early = [float(side[1][:PILOT].mean()) for side in (gains, costs)]
    left = _bounded(gains, max(constant[1], 0.0) + early[1], alpha)
    right = Found(constant[0] / 2 + constant[1] / 2, *constant)
    if random_right:
        inner = _bounded(costs, early[0], alpha)
        right = Found(right.mean + inner.mean, constant[0] + inner.lower, constant[1] + inner.upper)
    outcome = "INCONCLUSIVE"
    if left.lower > right.upper:
        outcome = "REFUTED"
    elif left.upper <= right.lower:
        outcome = "HOLDS"
    count = len(gains[0])
    return Decision(outcome, count, left, right, _spread(gains[1]))


def _combined(weights: Mapping[str, Ball], values: Mapping[str, Array], *, upper: int) -> Array:
    """The weighted sum in each replica, rounded outward."""
    some = next(iter(values.values()))
    assert set(weights) <= set(values)
    total = np.zeros(len(some))
    for name, weight in weights.items():
        total = total + widest(weight)[upper] * values[name]
    return total * (1 + (1e-12 if upper else -1e-12))


def _bounded(ends: list[Array], limit: float, alpha: float) -> Found:
    """Bounds on a side from its replicas; the clip comes from the pilot, which is then left out."""
    low, high = ends
    mean = float(low.mean() + high.mean()) / 2
    lower = lower_bound(low, alpha=alpha)
    if not np.all(np.isfinite(high)):
        return Found(mean, lower, math.inf)
    pilot, rest = high[:PILOT], high[PILOT:]
    if not rest.any():
        # E X^2 <= kappa (E X)^2 gives P(X > 0) >= 1/kappa unless E X = 0
        surely = (1 - 1 / KURTOSIS) ** len(rest) <= alpha
        return Found(mean, lower, 0.0 if surely else math.inf)
    clip = good_clip(pilot, max(limit, float(pilot.mean()) * 1.02, math.ulp(0.0)))
    return Found(mean, lower, upper_bound(rest, clip=clip, alpha=alpha))


def _spread(values: Array) -> float:
    """The sample's own E Z^2/(E Z)^2; NaN where all are 0."""
    mean = float(values.mean())
    return float((values**2).mean()) / mean**2 if mean > 0 else math.nan


def _evidence(form: Sides, found: Decision, *, seed: int, level: float, transfer: bool) -> str:
    """What was found and what was assumed, in one line."""
    text = (
        f"statistical, {found.replicas} replicas, seed {seed}, error level {level:.2g}: "
        f"left mean {found.left.mean:.4g} in [{found.left.lower:.4g}, {found.left.upper:.4g}], "
        f"right in [{found.right.lower:.4g}, {found.right.upper:.4g}]; betting bounds, any "
        f"stopping; assumed: float64 within 1e-9"
    )
    if found.outcome == "HOLDS" or form.costs:
        text += f", E Z^2 <= {KURTOSIS:g} (E Z)^2 (sample: {found.spread:.3g})"
    if transfer:
        text += "; outside the claim: asked of another interaction"
    if found.outcome == "INCONCLUSIVE":
        text += "; the intervals overlap"
    return text


def _witness(claim: Claim, instance: Instance, found: Decision) -> dict[str, object]:
    return {
        "instance": instance.to_dict(),
        "lhs": found.left.lower,
        "rhs": found.right.upper,
        "command": f"{replay_command(claim, instance)} --statistical",
        "inherited_conditions_hold": None,
    }


def undecided(claim: Claim, reason: str) -> Verdict:
    """INCONCLUSIVE without a replica, for this reason."""
    return _verdict(claim, "INCONCLUSIVE", f"statistical: {reason}")


def _verdict(
    claim: Claim,
    name: str,
    evidence: str,
    *,
    ratio: float = math.nan,
    witness: Mapping[str, object] | None = None,
) -> Verdict:
    return Verdict(
        claim=claim.key,
        edition=claim.edition,
        verdict=name,
        evidence=evidence,
        instances=int(name != "INCONCLUSIVE"),
        worst_ratio=ratio if math.isfinite(ratio) else None,
        witness=witness,
    )
