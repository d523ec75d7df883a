"""`hdo verify`: what is printed and returned, from verdicts given to it."""

import json
import shlex
from collections.abc import Sequence
from typing import Any

import pytest
from command_line import hdo

from report import judging
from theory import Claim, claims
from verify.audit import Audit
from verify.instance import Instance
from verify.verdict import Verdict

KEYS = {
    "claim",
    "edition",
    "verdict",
    "evidence",
    "instances",
    "worst_ratio",
    "witness",
    "axioms",
}
STEP: dict[str, Any] = {
    "problem": {"kind": "quadratic", "curvature": [1.0]},
    "population": {"agents": ["first-order", "first-order"]},
    "method": {"step_size": 0.5, "smoothing": 1.0},
    "state": {"models": [[1], [-1]]},
}
COMMAND = Instance.from_dict(STEP).command("lemma-2")
WITNESS = {"instance": STEP, "lhs": 2.0, "rhs": 1.0, "command": COMMAND}


def verdict(claim: str, edition: str, conclusion: str) -> Verdict:
    """A verdict as the rooms below would give it."""
    refuted = conclusion == "REFUTED"
    return Verdict(
        claim=claim,
        edition=edition,
        verdict=conclusion,
        evidence="made up",
        instances=3,
        worst_ratio=2.0 if refuted else None,
        witness=WITNESS if refuted else None,
        axioms=("an axiom",),
    )


PUBLISHED_FALSE = (
    verdict("lemma-2", "published", "REFUTED"),
    verdict("lemma-3", "published", "INCONCLUSIVE"),
    verdict("identity-distance", "sharp", "HOLDS"),
)
SHARP_FALSE = (verdict("identity-distance", "sharp", "REFUTED"),)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the commands conclude these verdicts."""

    def give(verdicts: Sequence[Verdict]) -> None:
        def chosen(*, subjects: Sequence[Claim], **options: Any) -> Audit:
            names = {(c.key, c.edition) for c in subjects}
            return Audit(tuple(v for v in verdicts if (v.claim, v.edition) in names))

        monkeypatch.setattr(judging, "run_audit", chosen)

    return give


def test_verify_gives_the_contract_records(capsys: pytest.CaptureFixture[str], given: Any) -> None:
    """The list of verdicts, with exactly the contract's keys."""
    given(PUBLISHED_FALSE)
    answer = hdo(capsys, "verify", "--json", "-")
    assert [set(record) for record in answer.json] == [KEYS] * 3
    assert answer.json == [v.to_json() for v in PUBLISHED_FALSE]


def test_verify_asks_for_the_claims_that_were_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Key, edition, seed and profile arrive; without a key all claims of the edition are judged."""
    asked: list[Any] = []

    def note(*, subjects: Sequence[Claim], seed: int, profile: str, **_: Any) -> Audit:
        asked.append(([(c.key, c.edition) for c in subjects], seed, profile))
        return Audit(())

    monkeypatch.setattr(judging, "run_audit", note)
    hdo(capsys, "verify", "lemma-3", "lemma-2", "--seed", "5", "--profile", "full")
    hdo(capsys, "verify")
    named = [("lemma-3", "published"), ("lemma-2", "published")]
    everything = [(c.key, c.edition) for c in claims()]
    assert asked == [(named, 5, "full"), (everything, 0, "quick")]


def test_a_refuted_published_claim_is_a_finding_and_a_refuted_identity_a_failure(
    capsys: pytest.CaptureFixture[str], given: Any
) -> None:
    """Exit 0 and 1."""
    given(PUBLISHED_FALSE)
    assert hdo(capsys, "verify").code == 0
    given(SHARP_FALSE)
    assert hdo(capsys, "verify").code == 1


def test_the_table_names_what_is_undecided_and_how_to_see_a_witness(
    capsys: pytest.CaptureFixture[str], given: Any
) -> None:
    """The command stands whole on a line of its own, ready to be copied."""
    given(PUBLISHED_FALSE)
    lines = hdo(capsys, "verify").out.splitlines()
    assert "Undecided: lemma-3" in lines
    assert f"  {COMMAND}" in lines
    assert lines[1].split()[:5] == ["lemma-2", "published", "REFUTED", "3", "2"]


def test_a_printed_command_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """Two agents at 1 and -1, eta = 1/2 on x^2/2: both move half-way, meet at 0, Gamma' = 0.

    Lemma 2 allows (1 - 1/4) 1 + (4/2) (1/4) 1 = 5/4.
    """
    program, *arguments = shlex.split(COMMAND)
    assert program == "hdo"
    answer = hdo(capsys, *arguments, "--json", "-")
    (record,) = answer.json
    assert answer.code == 0
    assert record["verdict"] == "HOLDS"
    assert record["lhs"] == [0.0, 0.0]
    assert record["rhs"] == [1.25, 1.25]
    assert record["difference"] == [-1.25, -1.25]
    assert set(record) == {*KEYS, "lhs", "rhs", "difference"}
    table = hdo(capsys, *arguments).out
    assert "1.25" in table
    assert "HOLDS" in table


def test_a_claim_outside_its_hypotheses_is_not_judged(capsys: pytest.CaptureFixture[str]) -> None:
    """eta = 1/2 exceeds 1/(14 L sqrt(d + 4)): exit 2, and a sentence that names the hypothesis."""
    answer = hdo(capsys, "verify", "lemma-11", "--instance", json.dumps(STEP))
    assert (answer.code, answer.out) == (2, "")
    assert "Lemma 11" in answer.err
    assert answer.err.count("\n") == 1
