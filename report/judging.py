"""`hdo verify`: verdicts on some claims, or one claim judged on one instance."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from hdo.errors import InputError
from hdo.ring import round_down, round_up
from report.claim_pages import editions_of
from report.output import Answer, number, print_table
from report.progress import progress
from theory import OWN, Claim, claim, claims
from verify.audit import run_audit
from verify.balls import Ball
from verify.instance import Instance
from verify.judge import Judgement, judge
from verify.own import Source
from verify.own.verdicts import Interval, replay_own
from verify.proofs.prover import prove

MUST_HOLD = ("repaired", "sharp", OWN)
"""Editions whose claims must hold: a refutation of one is a failure."""


def judge_claims(
    keys: Sequence[str],
    *,
    edition: str | None,
    profile: str,
    seed: int,
    json_to: str | None,
    own: Source | None = None,
) -> int:
    """Print verdicts on these claims (all, if none is named); exit code.

    `own`: the file whose claims stand beside the paper's here.
    """
    answer = Answer(json_to)
    chosen = [c for key in keys for c in editions_of(key, edition)] or list(claims(edition))
    with progress() as advance:
        found = run_audit(subjects=chosen, own=own, profile=profile, seed=seed, progress=advance)
    records = [verdict.to_json() for verdict in found.verdicts]

    def show() -> None:
        print_verdicts(records)
        print_proof_times(chosen)

    answer.give(records, show=show)
    return exit_code(records)


def print_proof_times(chosen: Sequence[Claim]) -> None:
    """How long the proofs of these claims took, checked here from scratch with what they use."""
    begun = time.monotonic()
    proofs = [proof for subject in chosen if (proof := prove(subject)) is not None]
    if proofs:
        seconds = time.monotonic() - begun
        print(f"\nProofs checked: {len(proofs)}, with those they use, in {seconds:.1f} s.")


def exit_code(records: Sequence[Mapping[str, Any]]) -> int:
    """1 if a claim that must hold is refuted, else 0."""
    failed = [r for r in records if r["edition"] in MUST_HOLD and r["verdict"] == "REFUTED"]
    return 1 if failed else 0


def print_verdicts(records: Sequence[Mapping[str, Any]]) -> None:
    """The verdict table, what is undecided, and the command that shows each witness."""
    rows = [
        (
            record["claim"],
            record["edition"],
            record["verdict"],
            str(record["instances"]),
            number(record["worst_ratio"], 4),
            record["evidence"],
        )
        for record in records
    ]
    print_table(("claim", "edition", "verdict", "instances", "worst ratio", "evidence"), rows)
    undecided = [r["claim"] for r in records if r["verdict"] == "INCONCLUSIVE"]
    print("\nUndecided:", ", ".join(undecided) or "nothing")
    proved = [record for record in records if record["verdict"] == "PROVED"]
    if proved:
        print("\nProved from, without proof of these:")
    for record in proved:
        print(
            f"  {record['claim']} ({record['edition']}): {', '.join(record['axioms']) or 'nothing'}"
        )
    refuted = [record for record in records if record["witness"] is not None]
    if refuted:
        print("\nWitnesses, each shown by its command:")
    for record in refuted:
        print(f"  {record['witness']['command']}")


def judge_instance(
    keys: Sequence[str], *, edition: str | None, instance: str, seed: int, json_to: str | None
) -> int:
    """Print both sides of one claim on one instance; exit code."""
    answer = Answer(json_to)
    if len(keys) != 1:
        raise InputError("KEY", list(keys), "exactly one claim with --instance")
    subject, asked = claim(keys[0], edition), Instance.load(instance)
    verdict, sampled = replay_own(subject, asked, seed=seed)
    record = {**verdict.to_json(), **_sides(judge(subject, asked), sampled)}

    def show() -> None:
        print(f"{subject.key} ({subject.edition}) on this instance: {verdict.verdict}\n")
        rows = [("left-hand side", _interval(record["lhs"]))]
        rows += [("right-hand side", _interval(record["rhs"]))]
        rows += [("left - right", _interval(record["difference"]))]
        rows += [("ratio", number(verdict.worst_ratio, 10)), ("evidence", verdict.evidence)]
        print_table(("", "lies in" if sampled else "certain to lie in"), rows)

    answer.give([record], show=show)
    return exit_code([record])


def _sides(
    exact: Judgement, sampled: tuple[Interval, Interval] | None
) -> dict[str, list[float] | None]:
    """What the two sides and their difference are certain to lie in (sampled: are said to)."""
    if sampled is not None:
        left, right = (list(side) for side in sampled)
        return {"lhs": left, "rhs": right, "difference": [left[0] - right[1], left[1] - right[0]]}
    difference = None
    if exact.lhs is not None and exact.rhs is not None:
        difference = exact.lhs - exact.rhs
    return {
        "lhs": _bounds(exact.lhs),
        "rhs": _bounds(exact.rhs),
        "difference": _bounds(difference),
    }


def _bounds(side: Ball | None) -> list[float] | None:
    """The narrowest floats around a ball; None where nothing was measured."""
    if side is None:
        return None
    return [round_down(side.lower()) + 0.0, round_up(side.upper()) + 0.0]


def _interval(bounds: Sequence[float] | None) -> str:
    if bounds is None:
        return "-"
    lower, upper = bounds
    return repr(lower) if lower == upper else f"[{lower!r}, {upper!r}]"
