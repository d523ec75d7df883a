"""The ledger of the published text's mistakes, run: printed steps, witnesses, consequences."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sympy as sp

from theory import Claim, claims
from theory.errata import NUMBERS, Case, Erratum, PrintedStep, errata
from theory.units import conflict
from verify.errata_samples import admitted, exact, instances, numbers, tied
from verify.hypotheses import with_ties
from verify.instance import Instance
from verify.judge import Judgement, decide, judge, rounded
from verify.proofs.check import check
from verify.proofs.prover import all_checked, prove

SAMPLES = 60
"""Sets of numbers that a step about numbers is tried on."""


class LedgerError(RuntimeError):
    """An entry's evidence does not show what the ledger says: an error in this project."""


@dataclass(frozen=True)
class Examined:
    """A printed step: PROVED, REFUTED, HOLDS (on what it was tried on) or INCONCLUSIVE."""

    step: PrintedStep
    outcome: str
    evidence: str

    def to_json(self) -> dict[str, str]:
        """The stored row."""
        return {
            "step": self.step.key,
            "location": self.step.location,
            "outcome": self.outcome,
            "evidence": self.evidence,
        }


def examine(step: PrintedStep) -> Examined:
    """Run a printed step through the checker, else on exact numbers or instances.

    Raises:
        LedgerError: the checker accepts what an instance violates.
    """
    accepted = check(step.proof, proved=all_checked(), subject=step.claim)
    judged = [j for j in tried(step.claim) if j.decided]
    violated = sum(j.outcome == "violated" for j in judged)
    if accepted.outcome == "accepted":
        if violated:
            raise LedgerError(f"{step.key} is proved, and violated on {violated} samples")
        return Examined(step, "PROVED", "exact checker, all parameters")
    kind = "sets of numbers" if step.claim.scope == NUMBERS else "exact instances"
    if violated:
        return Examined(step, "REFUTED", f"fails on {violated} of {len(judged)} {kind}")
    if judged:
        return Examined(step, "HOLDS", f"{len(judged)} {kind}; not proved")
    return Examined(step, "INCONCLUSIVE", f"no {kind} decide it")


def tried(subject: Claim) -> list[Judgement]:
    """What a step says on witnesses of the ledger, and on numbers or instances."""
    cases = (case for erratum in errata() for case in erratum.cases)
    found = [_judged(case, subject) for case in cases if case.printed == subject]
    if subject.scope == NUMBERS:
        return found + [decide(subject, v) for v in numbers(subject, count=SAMPLES)]
    return found + [judge(subject, instance) for instance in instances()]


@dataclass(frozen=True)
class Shown:
    """What one witness shows: both sides of the printed statement, and what the corrected one says.

    `mended` is `holds`, or `silent` where the correction is a further condition.
    """

    case: Case
    printed: Judgement
    mended: str

    def to_json(self) -> dict[str, Any]:
        """The witness, the printed claim's sides and what the correction says there."""
        where: dict[str, Any] = (
            {"numbers": dict(self.case.numbers)}
            if self.case.numbers is not None
            else {"instance": self.case.instance}
        )
        sides = {"lhs": rounded(self.printed.lhs), "rhs": rounded(self.printed.rhs)}
        command = self._command()
        more = {"command": command} if command else {}
        statement = self.case.printed
        text = f"{sp.sstr(statement.lhs)} {statement.relation} {sp.sstr(statement.rhs)}"
        return {"statement": text, **where, **sides, "corrected": self.mended, **more}

    def _command(self) -> str:
        if self.case.instance is None or self.case.printed not in claims():
            return ""
        return Instance.from_dict(self.case.instance).command(self.case.printed.key)


def shown(case: Case) -> Shown:
    """Judge both statements of a case on its witness.

    Raises:
        LedgerError: the printed one is not violated there, or the corrected one is.
    """
    printed, mended = (_judged(case, subject) for subject in (case.printed, case.mended))
    if printed.outcome != "violated" or mended.outcome not in ("holds", "silent"):
        raise LedgerError(
            f"{case.printed.key}: printed {printed.outcome} ({printed.reason}), corrected "
            f"{mended.outcome} ({mended.reason})"
        )
    return Shown(case, printed, mended.outcome)


def _judged(case: Case, subject: Claim) -> Judgement:
    if case.numbers is not None:
        values = tied(subject, exact(case.numbers))
        return decide(subject, values) if admitted(subject, values) else Judgement("silent")
    return judge(subject, with_ties(subject, Instance.from_dict(case.instance or {})))


def clashes(erratum: Erratum) -> list[str]:
    """Which units the printed comparisons mix.

    Raises:
        LedgerError: a printed comparison agrees in its units, or a corrected one does not.
    """
    found = []
    for pair in erratum.units:
        printed, mended = conflict(*pair.printed), conflict(*pair.mended)
        if printed is None or mended is not None:
            raise LedgerError(f"{erratum.id}: units of {pair.printed}: {printed}; {mended}")
        sides = " and ".join(sp.sstr(side) for side in pair.printed)
        found.append(f"{sides}: {printed}")
    return found


@cache
def false_claims() -> Mapping[str, str]:
    """Published claims with a witness in the ledger: the erratum's id by key."""
    cases = ((e, case.printed) for e in errata() for case in e.cases)
    published = claims("published")
    return {c.key: e.id for e, c in cases if c in published}


def affected(erratum: Erratum) -> list[Claim]:
    """The published claims that take the mistake over, or rest on one that it brings down."""
    published = claims("published")
    found: list[str] = []
    waiting = list(erratum.hits)
    while waiting:
        key = waiting.pop(0)
        if key not in found:
            found.append(key)
            if not _stands(next(c for c in published if c.key == key)):
                waiting += [c.key for c in published if key in c.depends_on]
    return [claim for claim in published if claim.key in found]


def _stands(subject: Claim) -> bool:
    """Whether a proof of the claim is accepted."""
    proof = prove(subject)
    return proof is not None and proof.outcome == "accepted"


def consequence(erratum: Erratum) -> str:
    """What falls, what survives, and on what further condition, from dependencies and proofs."""
    stands: list[str] = []
    falls: list[str] = []
    for subject in affected(erratum):
        if _stands(subject):
            stands.append(subject.key)
        else:
            falls.append(_fate(subject))
    parts = []
    if falls:
        parts.append("falls: " + "; ".join(falls))
    if stands:
        parts.append("stands, by a proof that does not use it: " + ", ".join(stands))
    text = ". ".join(parts) or "no lemma or theorem rests on it"
    return f"none if {erratum.unless}; else " + text if erratum.unless else text


def _fate(subject: Claim) -> str:
    """What is left of a published claim without an accepted proof."""
    said = "false as printed" if subject.key in false_claims() else "its printed proof falls"
    mended = next((c for c in claims("repaired") if c.key == subject.key), None)
    if mended is None or not _stands(mended):
        return f"{subject.key} ({said}; nothing is proved in its place)"
    further = [sp.sstr(mended.as_printed(c)) for c in mended.conditions]
    new = [text for text, c in zip(further, mended.conditions, strict=True) if _new(c, subject)]
    condition = f", if {' and '.join(new)}" if new else ""
    return f"{subject.key} ({said}; repaired: proved{condition})"


def _new(condition: Any, subject: Claim) -> bool:
    """Whether no printed condition bounds the same quantity, with whatever constant."""
    printed = subject.conditions
    return not any(condition.lhs == c.lhs or condition.rhs == c.rhs == 0 for c in printed)


def ledger() -> list[dict[str, Any]]:
    """The records of `hdo errata`, every witness judged now."""
    return [_record(erratum) for erratum in errata()]


def _record(erratum: Erratum) -> dict[str, Any]:
    witness: dict[str, Any] = {
        "cases": [shown(case).to_json() for case in erratum.cases],
        "units": clashes(erratum),
        "region": erratum.region,
    }
    return {
        "id": erratum.id,
        "location": erratum.location,
        "kind": erratum.kind,
        "published": erratum.published,
        "corrected": erratum.corrected,
        "why": erratum.why,
        "witness": witness,
        "consequence": consequence(erratum),
    }


def witness_line(record: Mapping[str, Any]) -> str:
    """The first case, or the units, in one line."""
    witness = record["witness"]
    cases: Sequence[Mapping[str, Any]] = witness["cases"]
    if not cases:
        return "units: " + "; ".join(witness["units"])
    first = cases[0]
    at = first.get("numbers", first.get("instance"))
    return f"lhs {first['lhs']:.6g}, rhs {first['rhs']:.6g} at {json.dumps(at)}"
