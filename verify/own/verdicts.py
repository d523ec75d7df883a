"""Verdicts on a user's claims: the paper's way, and from samples where no mean is exact.

Here what is claimed of an estimator meets what was sampled of it.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from hdo.ring import round_down, round_up
from theory import Claim, beside
from verify.bank import Profile, Record, size_of
from verify.errors import NotExact, blaming
from verify.hypotheses import require
from verify.instance import Instance
from verify.judge import bound_at
from verify.optimum import OptimumError
from verify.own.estimator import moment_of
from verify.own.sampled import ROUNDING, Enclosure, enclosures
from verify.statistical.bounds import KURTOSIS
from verify.statistical.verdicts import LEVEL
from verify.verdict import Verdict, conclude, replay, replay_command

MOST_SAMPLED = 5
"""Instances on which one claim about an estimator is judged by sampling, at most."""

MOST_TRIED = 15
"""Instances that are looked at for these: in some, float64 differences are too rough."""

Interval = tuple[float, float]


def conclude_own(
    subject: Claim, records: Sequence[Record], *, profile: Profile, seed: int
) -> Verdict:
    """The verdict as on a claim of the paper; an estimator is sampled where it is not exact."""
    verdict = conclude(subject, records, profile=profile, seed=seed)
    if moment_of(subject) is None or verdict.verdict == "REFUTED":
        return verdict
    return _with_samples(subject, verdict, records, seed=seed)


def replay_own(
    subject: Claim, instance: Instance, *, seed: int
) -> tuple[Verdict, tuple[Interval, Interval] | None]:
    """The verdict of this one instance, with both sides' bounds where it was sampled."""
    verdict = replay(subject.key, subject.edition, instance)
    if moment_of(subject) is None or verdict.instances:
        return verdict, None
    try:
        return sampled_verdict(subject, instance, seed=seed)
    except NotExact as error:
        return replace(verdict, evidence=f"{verdict.evidence}; sampled: {error}"), None


def sampled_verdict(
    subject: Claim, instance: Instance, *, seed: int
) -> tuple[Verdict, tuple[Interval, Interval]]:
    """HOLDS, REFUTED or INCONCLUSIVE from samples, with the bounds of both sides.

    All such verdicts on a file are wrong with probability at most `LEVEL`. Raises HypothesisError
    outside the claim's hypotheses, NotExact where float64 differences are too rough.
    """
    require(subject, instance)
    bound = bound_at(subject, instance)
    right = round_down(bound.lower()) + 0.0, round_up(bound.upper()) + 0.0
    found, name = None, "INCONCLUSIVE"
    for found in _enclosures(subject, instance, seed):
        if found.low > right[1]:
            name = "REFUTED"
        elif found.high <= right[0]:
            name = "HOLDS"
        if name != "INCONCLUSIVE":
            break
    assert found is not None
    made = Verdict(
        claim=subject.key,
        edition=subject.edition,
        verdict=name,
        evidence=_evidence(found, right, seed),
        instances=int(name != "INCONCLUSIVE"),
        worst_ratio=found.low / right[1] if name == "REFUTED" and right[1] > 0 else None,
        witness=_witness(subject, instance, found, right, seed) if name == "REFUTED" else None,
    )
    return made, ((found.low, found.high), right)


def _enclosures(subject: Claim, instance: Instance, seed: int) -> Iterator[Enclosure]:
    moment = moment_of(subject)
    assert moment is not None
    agent = int(instance.spec.parameters["agent"])
    path = getattr(moment.__code__, "co_filename", beside().origin)
    with blaming(path, f"sampling {subject.key}", passing=(NotExact,)):
        yield from enclosures(
            moment,
            instance.problem,
            agent,
            instance.models[agent],
            instance.nu,
            seed=seed,
            level=_level(),
        )


def _level() -> float:
    """The error level of one sampled verdict: equal shares of all that a file may need."""
    claims = [claim for claim in beside().claims if moment_of(claim) is not None]
    return LEVEL / (MOST_SAMPLED * max(len(claims), 1))


def _evidence(found: Enclosure, right: Interval, seed: int) -> str:
    return (
        f"sampled, {found.estimates} estimates, seed {seed}, error level {_level():.2g}: left in "
        f"[{found.low:.4g}, {found.high:.4g}], right in [{right[0]:.4g}, {right[1]:.4g}]; "
        f"{_ASSUMED}"
    )


_ASSUMED = (
    f"assumed: float64 within {ROUNDING:g}, E X^2 <= {KURTOSIS:g} (E X)^2 for means of batches"
)


def _witness(
    subject: Claim, instance: Instance, found: Enclosure, right: Interval, seed: int
) -> dict[str, Any]:
    seeded = f" --seed {seed}" if seed else ""
    return {
        "instance": instance.to_dict(),
        "lhs": found.low,
        "rhs": right[1],
        "command": f"{replay_command(subject, instance)}{seeded}",
        "inherited_conditions_hold": None,
    }


def _with_samples(
    subject: Claim, verdict: Verdict, records: Sequence[Record], *, seed: int
) -> Verdict:
    """A refutation from samples, or the exact verdict with what samples add to it."""
    outcomes: Counter[str] = Counter()
    for instance in _inexact(records)[:MOST_TRIED]:
        if outcomes.total() == MOST_SAMPLED:
            break
        try:
            found, _ = sampled_verdict(subject, instance, seed=seed)
        except (NotExact, OptimumError):
            continue
        outcomes[found.verdict] += 1
        if found.verdict == "REFUTED":
            instances = verdict.instances + outcomes["HOLDS"] + 1
            return replace(found, instances=instances)
    if not outcomes:
        return verdict
    held, decided = outcomes["HOLDS"], verdict.instances + outcomes["HOLDS"]
    name = "HOLDS" if decided and (verdict.verdict == "HOLDS" or held) else verdict.verdict
    text = (
        f"{verdict.evidence if verdict.instances else 'nothing exact'}; sampled on "
        f"{outcomes.total()} instances, error level {LEVEL:g} for all: holds on {held}, "
        f"undecided on {outcomes['INCONCLUSIVE']}; {_ASSUMED}"
    )
    return replace(verdict, verdict=name, evidence=text, instances=decided)


def _inexact(records: Sequence[Record]) -> list[Instance]:
    """Instances without exact evidence and away from critical points: small, of all kinds."""
    found: dict[str, list[Instance]] = {}
    for trial in sorted((r.trial for r in records), key=size_of):
        if trial.judgement.outcome != "not-exact" or not _slopes(trial.instance):
            continue
        found.setdefault(trial.instance.problem.kind, []).append(trial.instance)
    deepest = max(map(len, found.values()), default=0)
    return [own[k] for k in range(deepest) for own in found.values() if k < len(own)]


def _slopes(instance: Instance) -> bool:
    agent = int(instance.spec.parameters["agent"])
    gradient = instance.problem.gradients(instance.models)[agent]
    size = float(np.linalg.norm(np.asarray(gradient, dtype=float)))
    return 0 < size < math.inf
