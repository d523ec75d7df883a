"""`hdo verify`: verdicts on some claims, or one claim judged on one instance."""

from collections.abc import Mapping, Sequence
from typing import Any

from hdo.errors import InputError
from report.claim_pages import editions_of
from report.output import Answer, number, print_table
from report.progress import progress
from theory import claim
from verify.instance import Instance
from verify.verdict import replay, verify_claims

MUST_HOLD = ("sharp",)
"""Editions whose claims must hold: a refutation of one is a failure."""


def judge_claims(
    keys: Sequence[str], *, edition: str | None, profile: str, seed: int, json_to: str | None
) -> int:
    """Print verdicts on these claims (all, if none is named); exit code."""
    answer = Answer(json_to)
    for key in keys:
        editions_of(key, edition)
    with progress() as advance:
        verdicts = verify_claims(tuple(keys), edition, seed=seed, profile=profile, progress=advance)
    records = [verdict.to_json() for verdict in verdicts]
    answer.give(records, show=lambda: print_verdicts(records))
    return exit_code(records)


def exit_code(records: Sequence[Mapping[str, Any]]) -> int:
    """1 if a claim that must hold is refuted, else 0."""
    failed = [r for r in records if r["edition"] in MUST_HOLD and r["verdict"] == "REFUTED"]
    return 1 if failed else 0


def print_verdicts(records: Sequence[Mapping[str, Any]]) -> None:
    """The verdict table, what is undecided, and how to see each witness."""
    rows = [
        (
            record["claim"],
            record["edition"],
            record["verdict"],
            record["evidence"],
            str(record["instances"]),
            number(record["worst_ratio"], 4),
        )
        for record in records
    ]
    print_table(("claim", "edition", "verdict", "evidence", "instances", "worst ratio"), rows)
    undecided = [r["claim"] for r in records if r["verdict"] == "INCONCLUSIVE"]
    print("\nUndecided:", ", ".join(undecided) or "nothing")
    refuted = [record for record in records if record["witness"] is not None]
    if refuted:
        print("\nWitnesses, each shown by its command:")
    for record in refuted:
        witness = Instance.from_dict(record["witness"])
        print(" ", witness.command(record["claim"], edition=record["edition"]))


def judge_instance(
    keys: Sequence[str], *, edition: str | None, instance: str, json_to: str | None
) -> int:
    """Print both sides of one claim on one instance; exit code."""
    answer = Answer(json_to)
    if len(keys) != 1:
        raise InputError("KEY", list(keys), "exactly one claim with --instance")
    subject = claim(keys[0], edition)
    found = replay(subject.key, subject.edition, Instance.load(instance))
    record = {
        "claim": subject.key,
        "edition": subject.edition,
        "verdict": found.verdict,
        "lhs": found.lhs,
        "rhs": found.rhs,
        "ratio": found.ratio,
        "hypotheses": list(found.hypotheses),
    }
    answer.give(record, show=lambda: _print_replay(record))
    return exit_code([record])


def _print_replay(record: Mapping[str, Any]) -> None:
    rows = [(name, _interval(record[name])) for name in ("lhs", "rhs")]
    rows += [("ratio", number(record["ratio"], 10)), ("verdict", record["verdict"])]
    print(f"{record['claim']} ({record['edition']}) on this instance:\n")
    print_table(("side", "value"), rows)
    print("\nHypotheses:")
    for line in record["hypotheses"]:
        print(f"  {line}")


def _interval(bounds: Sequence[float] | None) -> str:
    if bounds is None:
        return "-"
    lower, upper = bounds
    return repr(lower) if lower == upper else f"[{lower!r}, {upper!r}]"
