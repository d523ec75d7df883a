"""What is concluded about a claim, and from what."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from theory import OWN, Claim, ancestors, beside, claim, name_of
from verify.bank import (
    Entry,
    Profile,
    Record,
    search_strata,
    size_of,
)
from verify.hypotheses import guarded, require, unmet
from verify.instance import Instance
from verify.judge import Judgement, judge, rounded
from verify.proofs.check import Checked
from verify.proofs.prover import prove
from verify.search import Trial, search
from verify.shrink import shrink

VERDICTS = ("PROVED", "HOLDS", "REFUTED", "INCONCLUSIVE")
"""What a verdict may be; PROVED is for the proof checker alone."""

_METHOD: Mapping[str, str] = MappingProxyType(
    {
        "gaussian": "exact Gaussian moments",
        "function": "exact smoothing",
        "agent": "exact estimator moments",
        "step": "exact one-step",
        "trajectory": "exact trajectory moments",
    }
)


def _method(subject: Claim) -> str:
    return "exact measures of its own" if subject.own_symbols else _METHOD[subject.scope]


class ContradictionError(RuntimeError):
    """The checker accepted a proof, and an instance refutes the claim: an error in this project."""


_CONVEX_READING = "A2 for convex F^i is read with its left-hand side squared"


@dataclass(frozen=True)
class Verdict:
    """The conclusion on one claim.

    `instances`: how many were decided; `worst_ratio`: the largest lhs/rhs among them (rhs/lhs for
    a lower bound; for an identity the one furthest from 1), None if there is none. `witness`: None
    or {instance, lhs, rhs, command, inherited_conditions_hold}. `axioms`: readings taken for
    granted.
    """

    claim: str
    edition: str
    verdict: str
    evidence: str
    instances: int
    worst_ratio: float | None
    witness: Mapping[str, Any] | None = None
    axioms: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise ValueError(f"verdict must be one of {VERDICTS}, got {self.verdict!r}")

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "Verdict":
        """The verdict that `to_json` wrote."""
        return cls(**{**record, "axioms": tuple(record["axioms"])})

    def to_json(self) -> dict[str, Any]:
        """The row of `hdo verify --json`."""
        return {
            "claim": self.claim,
            "edition": self.edition,
            "verdict": self.verdict,
            "evidence": self.evidence,
            "instances": self.instances,
            "worst_ratio": self.worst_ratio,
            "witness": None if self.witness is None else dict(self.witness),
            "axioms": list(self.axioms),
        }


def replay(key: str, edition: str, instance: Instance) -> Verdict:
    """The verdict of this one instance.

    Raises `HypothesisError` where the claim does not speak of it, naming the hypothesis.
    """
    subject = claim(key, edition)
    require(subject, instance)
    found = judge(subject, instance)
    method = f"{_method(subject)}, ball arithmetic, this instance"
    name = {"holds": "HOLDS", "violated": "REFUTED"}.get(found.outcome, "INCONCLUSIVE")
    return Verdict(
        claim=subject.key,
        edition=subject.edition,
        verdict=name,
        evidence=f"{method}: {found.reason}" if found.reason else method,
        instances=int(found.decided),
        worst_ratio=_finite(found.ratio),
        witness=_witness(subject, instance, found) if name == "REFUTED" else None,
        axioms=_axioms(subject),
    )


def conclude(subject: Claim, records: Sequence[Record], *, profile: Profile, seed: int) -> Verdict:
    """Search for a violation from what the bank found, shrink the one found, and say what holds.

    A witness inside the conditions of every claim that the proof uses is looked for first. A claim
    whose proof is accepted is confronted with the bank, and not searched.

    Raises:
        ContradictionError: a proved claim is violated.
    """
    proof = prove(subject)
    strict = guarded(subject)
    tally = _Tally(subject, records, proof)
    if proof is not None and proof.outcome == "accepted":
        violated = next((r.trial for r in records if r.trial.violated), None)
        if violated is not None:
            shown = replay_command(subject, violated.instance)
            raise ContradictionError(f"{name_of(subject)} is proved, and violated: {shown}")
        return tally.proved(proof)
    witness, inside = None, True
    for version in [strict] if strict is subject else [strict, subject]:
        inside = version is strict
        own = [r for r in records if r.inside == inside]
        witness = _violation(version, own, tally, profile=profile, seed=seed)
        if witness is not None:
            break
    if witness is None:
        return tally.verdict()
    smallest = shrink(strict if inside else subject, witness.instance, entropy=seed)
    return tally.verdict(smallest, inside=inside)


def _violation(
    version: Claim, records: Sequence[Record], tally: "_Tally", *, profile: Profile, seed: int
) -> Trial | None:
    """The simplest violation in the bank, or one found by search (not for identities)."""
    found = [r.trial for r in records if r.trial.violated]
    strata = search_strata([r.trial for r in records], most=profile.starts)
    for starts in [] if version.relation == "==" else strata:
        if any(trial.visible for trial in found):
            break
        budget = profile.evaluations(version) // len(strata)
        searched = search(version, starts, budget=budget, entropy=seed)
        tally.add_search(searched.outcomes, searched.worst)
        found += [searched.violated] if searched.violated is not None else []
    return min(found, key=lambda t: (not t.visible, *size_of(t)), default=None)


class _Tally:
    """Counts of outcomes over the bank and the searches, and the worst ratios."""

    def __init__(
        self, subject: Claim, records: Sequence[Record], proof: Checked | None = None
    ) -> None:
        self.subject = subject
        self.proof = proof
        own = [r for r in records if r.inside] + [
            r for r in records if not r.inside and not self._twice(r, records)
        ]
        self.outcomes = Counter(r.trial.judgement.outcome for r in own)
        self.real = len({r.entry for r in own if r.entry.real and r.trial.judgement.decided})
        self.ratios = [r.trial.judgement.ratio for r in own if r.trial.judgement.decided]
        self.inside = [r.trial.judgement for r in records if r.inside and r.trial.judgement.decided]
        self.reasons = Counter(
            r.trial.judgement.reason for r in own if not r.trial.judgement.decided
        )

    @staticmethod
    def _twice(record: Record, records: Sequence[Record]) -> bool:
        """Whether the same instance was judged inside the inherited conditions as well."""
        return any(
            r.inside and r.trial.instance == record.trial.instance
            for r in records
            if r.entry == record.entry
        )

    def add_search(self, outcomes: Mapping[str, int], worst: Trial | None) -> None:
        """Count what a search judged."""
        self.outcomes.update(outcomes)
        if worst is not None and worst.judgement.decided:
            self.ratios.append(worst.judgement.ratio)

    @property
    def decided(self) -> int:
        return self.outcomes["holds"] + self.outcomes["violated"]

    def verdict(self, witness: Instance | None = None, *, inside: bool = True) -> Verdict:
        """The verdict from the counts, or REFUTED by the witness."""
        subject = self.subject
        name = "REFUTED" if witness is not None else "HOLDS"
        if witness is None and (not self.decided or self.outcomes["undecided"]):
            name = "INCONCLUSIVE"
        shown = None
        if witness is not None:
            found = judge(subject, witness)
            shown = _witness(subject, witness, found)
            self.ratios.append(found.ratio)
        return Verdict(
            claim=subject.key,
            edition=subject.edition,
            verdict=name,
            evidence=self._evidence(name, inside=inside),
            instances=self.decided,
            worst_ratio=self._worst(self.ratios),
            witness=shown,
            axioms=_axioms(subject),
        )

    def proved(self, proof: Checked) -> Verdict:
        """The verdict from an accepted proof; the instances confirm it and do not decide it."""
        subject = self.subject
        axioms = sorted({*proof.axioms, *subject.assumptions} - {"convex"})
        confirmed = self._evidence("PROVED", inside=True)
        return Verdict(
            claim=subject.key,
            edition=subject.edition,
            verdict="PROVED",
            evidence=f"exact proof, all parameters; {confirmed}",
            instances=self.decided,
            worst_ratio=self._worst(self.ratios),
            axioms=(*axioms, *_axioms(subject)),
        )

    def _worst(self, ratios: Iterable[float]) -> float | None:
        finite = [r for r in ratios if math.isfinite(r)]
        if not finite:
            return None
        if self.subject.relation == "==":
            return max(finite, key=lambda r: abs(r - 1))
        return max(finite)

    def _evidence(self, name: str, *, inside: bool) -> str:
        text = (
            f"{_method(self.subject)}, ball arithmetic, {self.decided} instances "
            f"({self.real} real data)"
        )
        if self.outcomes["not-exact"]:
            text += f", {self.outcomes['not-exact']} more without exact evidence"
        if name == "REFUTED" and not inside:
            text += f"; {self._inside_text()}"
        if name == "INCONCLUSIVE":
            text += f"; {self._why()}"
        if self.proof is not None and self.proof.outcome != "accepted":
            step, why = self.proof.step, self.proof.reason
            text += f"; its proof is not accepted ({self.proof.outcome}): {step}: {why}"
        return text

    def _inside_text(self) -> str:
        worst = self._worst(j.ratio for j in self.inside)
        shown = "" if worst is None else f", worst ratio {worst:.3g}"
        broken = " or ".join(sorted(_inherited_keys(self.subject)))
        return (
            f"every witness found breaks a condition of {broken}, which the proof uses; inside "
            f"these conditions it holds on {len(self.inside)} instances of the bank{shown}"
        )

    def _why(self) -> str:
        if self.outcomes["undecided"]:
            return f"{self.outcomes['undecided']} instances are undecided"
        if not self.outcomes:
            return "no instance meets its hypotheses"
        return f"none decided: {self.reasons.most_common(1)[0][0]}"


def _inherited_keys(subject: Claim) -> set[str]:
    added = set(guarded(subject).conditions) - set(subject.conditions)
    return {below.key for below in ancestors(subject) if set(below.conditions) & added}


def replay_command(subject: Claim, instance: Instance) -> str:
    """The command that judges the claim on this instance again."""
    file = beside().origin if subject.edition == OWN else ""
    return instance.command(subject.key, edition=subject.edition, file=file)


def _witness(subject: Claim, instance: Instance, found: Judgement) -> dict[str, Any]:
    return {
        "instance": instance.to_dict(),
        "lhs": rounded(found.lhs),
        "rhs": rounded(found.rhs),
        "command": replay_command(subject, instance),
        "inherited_conditions_hold": unmet(guarded(subject), instance) is None,
    }


def _finite(ratio: float) -> float | None:
    return ratio if math.isfinite(ratio) else None


def _axioms(subject: Claim) -> tuple[str, ...]:
    return (_CONVEX_READING,) if "convex" in subject.assumptions else ()


__all__ = ["VERDICTS", "Entry", "Verdict", "conclude", "replay"]
