"""`hdo verify --statistical`: claims about trajectories, judged on simulated replicas."""

from collections.abc import Mapping, Sequence
from typing import Any

from hdo.errors import InputError
from report.claim_pages import editions_of
from report.judging import exit_code
from report.output import Answer, number, print_table
from report.progress import progress
from theory import claim, claims
from verify.instance import Instance
from verify.statistical.bank import statistical_verdicts
from verify.statistical.verdicts import LEVEL, statistical_verdict


def judge_statistically(
    keys: Sequence[str],
    *,
    edition: str | None,
    instance: str | None,
    seed: int,
    budget: int,
    json_to: str | None,
) -> int:
    """Print statistical verdicts on an instance, or on the bank's; exit code.

    The records are those of `hdo verify`, with `case` beside them: what was run.
    """
    answer = Answer(json_to)
    if instance is not None:
        if len(keys) != 1:
            raise InputError("KEY", list(keys), "exactly one claim with --instance")
        subject, asked = claim(keys[0], edition), Instance.load(instance)
        graph = asked.spec.method.interaction == "graph"
        verdict = statistical_verdict(subject, asked, seed=seed, budget=budget, transfer=graph)
        records = [{"case": "this instance", **verdict.to_json()}]
    else:
        records = on_the_bank(keys, edition=edition, seed=seed, budget=budget)
    answer.give(records, show=lambda: _print(records))
    own = [r for r in records if "outside the claim" not in r["evidence"]]
    return exit_code(own)


def on_the_bank(
    keys: Sequence[str], *, edition: str | None, seed: int, budget: int
) -> list[dict[str, Any]]:
    """The records of `hdo verify --statistical` for these claims (all, if none is named)."""
    chosen = [c for key in keys for c in editions_of(key, edition)] or list(claims(edition))
    runs = [c for c in chosen if c.scope == "trajectory"]
    if not runs:
        raise InputError("KEY", list(keys), "claims about trajectories with --statistical")
    records = []
    with progress() as advance:
        for case, verdict, done, total in statistical_verdicts(
            runs, seed=seed, budget=budget, level=LEVEL
        ):
            records.append({"case": case.name, **verdict.to_json()})
            if advance is not None:
                advance(verdict.claim, done, total)
    return records


def _print(records: Sequence[Mapping[str, Any]]) -> None:
    columns = ("claim", "edition", "case", "verdict", "left/right", "evidence")
    rows = [
        [*(r[name] for name in columns[:4]), number(r["worst_ratio"], 3), r["evidence"]]
        for r in records
    ]
    print_table(columns, rows)
    undecided = [f"{r['claim']} ({r['case']})" for r in records if r["verdict"] == "INCONCLUSIVE"]
    print("\nUndecided:", ", ".join(undecided) or "nothing")
    print(f"All verdicts together are wrong with probability at most {LEVEL:g}.")
    for record in records:
        if record["witness"] is not None:
            print(f"  {record['witness']['command']}")
