"""Verdicts say what was found, from how many instances, and replay to the same numbers."""

import dataclasses
import json
import shlex
from typing import Any

import pytest
from planted import claim_that, instance

from theory import claim, symbol
from verify import verdict as verdicts
from verify.bank import PROFILES, Entry, judge_bank, make_part
from verify.hypotheses import HypothesisError
from verify.instance import Draft, Instance
from verify.judge import Judgement, judge
from verify.sampling import sample
from verify.strategies import drafts
from verify.verdict import ContradictionError, Verdict, conclude, replay

SMOKE = PROFILES["smoke"]
EMPTY_GROUP: dict[str, Any] = {
    "problem": {"kind": "quadratic", "curvature": [1.0], "centres": [[0.0], [2.0]], "noise": 1.0},
    "population": {"agents": ["first-order", "first-order"]},
    "method": {"step_size": 0.01, "smoothing": 1.0},
    "state": {"models": [[1.0], [3.0]]},
}


def bank(*parts: str) -> tuple[Entry, ...]:
    """A small bank."""
    return tuple(entry for part in parts for entry in make_part(part, SMOKE, entropy=0))


def verdict_on(subject: Any, *parts: str) -> Verdict:
    """The verdict from a small bank."""
    records = judge_bank([subject], bank(*parts))
    return conclude(subject, records[subject.key, subject.edition], profile=SMOKE, seed=0)


def test_a_claim_with_a_proof_is_proved_and_confronted_with_instances() -> None:
    """With its axioms, the number of instances, the worst ratio below 1, and no witness."""
    found = verdict_on(claim("lemma-2"), "quadratic", "kinked")
    assert found.verdict == "PROVED"
    assert found.axioms == ("Jensen",)
    assert found.instances > 15
    assert found.worst_ratio is not None
    assert 0.5 < found.worst_ratio < 1
    assert found.witness is None
    assert found.evidence.startswith("exact proof, all parameters")
    assert "exact one-step, ball arithmetic" in found.evidence


def test_a_claim_without_a_proof_holds_where_nothing_violates_it() -> None:
    """Lemma 1's moments of any order."""
    found = verdict_on(claim("lemma-1.1"), "quadratic", "kinked")
    assert found.verdict == "HOLDS"
    assert found.witness is None


def test_a_proved_claim_that_an_instance_violates_is_an_error() -> None:
    """Then the checker or the evidence is wrong, and no verdict is given."""
    records = judge_bank([claim("lemma-2")], bank("quadratic"))["lemma-2", "published"]
    trial = dataclasses.replace(records[0].trial, judgement=Judgement("violated", ""))
    records[0] = dataclasses.replace(records[0], trial=trial)
    with pytest.raises(ContradictionError, match="lemma-2"):
        conclude(claim("lemma-2"), records, profile=SMOKE, seed=0)


def test_the_printed_command_reproduces_both_sides() -> None:
    """The witness of a published theorem that is false as printed, replayed from its command."""
    found = verdict_on(claim("theorem-1.1"), "runs-0")
    assert found.verdict == "REFUTED"
    assert found.witness is not None
    words = shlex.split(found.witness["command"])
    again = replay(words[2], "published", Instance.load(words[words.index("--instance") + 1]))
    assert again.verdict == "REFUTED"
    assert again.witness is not None
    assert {k: again.witness[k] for k in ("lhs", "rhs")} == {
        k: found.witness[k] for k in ("lhs", "rhs")
    }
    assert found.witness["lhs"] > found.witness["rhs"]
    assert found.witness["instance"] == again.witness["instance"]
    json.dumps(found.to_json(), allow_nan=False)


def test_the_json_has_exactly_the_promised_keys() -> None:
    """As the table of commands says."""
    keys = ["claim", "edition", "verdict", "evidence", "instances", "worst_ratio", "witness"]
    assert list(replay("lemma-2", "published", instance()).to_json()) == [*keys, "axioms"]


def test_an_empty_group_is_judged() -> None:
    """n0 = 0: the smoothing terms vanish and every one-step lemma still speaks."""
    found = Instance.from_dict(EMPTY_GROUP)
    for key in ("lemma-2", "lemma-3", "lemma-11", "lemma-13", "lemma-16", "lemma-19", "lemma-20"):
        assert replay(key, "published", found).verdict == "HOLDS", key


def test_replay_outside_the_hypotheses_raises() -> None:
    """It names the condition and its source."""
    with pytest.raises(HypothesisError, match=r"step_size=2\.5 must satisfy eta <= .*Lemma 11"):
        replay("lemma-11", "published", instance(method={"step_size": 2.5}))


def test_a_claim_that_never_speaks_is_inconclusive() -> None:
    """And says that no instance meets its hypotheses."""
    impossible = claim_that("Gamma_next", "<=", symbol("Gamma"), conditions=(symbol("n") >= 99,))
    found = verdict_on_planted(impossible)
    assert found.verdict == "INCONCLUSIVE"
    assert "no instance meets its hypotheses" in found.evidence
    assert (found.instances, found.worst_ratio) == (0, None)


def test_an_undecided_instance_makes_a_verdict_inconclusive() -> None:
    """However many others hold."""
    subject = claim("lemma-1.1")
    records = judge_bank([subject], bank("quadratic"))[subject.key, "published"]
    trial = dataclasses.replace(records[0].trial, judgement=Judgement("undecided", "overlap"))
    records[0] = dataclasses.replace(records[0], trial=trial)
    found = conclude(subject, records, profile=SMOKE, seed=0)
    assert found.verdict == "INCONCLUSIVE"
    assert "1 instances are undecided" in found.evidence


def verdict_on_planted(subject: Any, guard: Any = None) -> Verdict:
    """The verdict on a claim that no registry knows, with `guard` as its inherited conditions."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("verify.bank", "verify.verdict"):
            patch.setattr(f"{module}.guarded", lambda c: guard if c is subject and guard else c)
        patch.setattr(verdicts, "_inherited_keys", lambda c: {"lemma-x"})
        entries = [Entry(d) for d in sample(drafts("quadratic"), count=25, entropy=0)]
        records = judge_bank([subject], entries)[subject.key, subject.edition]
        return conclude(subject, records, profile=SMOKE, seed=0)


def test_a_witness_outside_the_inherited_conditions_is_said_to_be_outside() -> None:
    """False for large steps only: inside the condition that the proof uses it holds."""
    eta, n = symbol("eta"), symbol("n")
    subject = claim_that("mu_step_sq", "<=", eta * symbol("M_G") / n**2)
    guard = dataclasses.replace(subject, conditions=(4 * eta <= 1,))
    found = verdict_on_planted(subject, guard=guard)
    assert found.verdict == "REFUTED"
    assert found.witness is not None
    assert found.witness["inherited_conditions_hold"] is False
    assert "every witness found breaks a condition of lemma-x" in found.evidence
    assert found.witness["instance"]["method"]["step_size"] > 0.25


def test_a_witness_inside_the_inherited_conditions_is_preferred() -> None:
    """False everywhere: the witness is one that no missing condition excuses."""
    eta, n = symbol("eta"), symbol("n")
    subject = claim_that("mu_step_sq", "<=", eta**2 * symbol("M_G") / n**2 / 1000)
    guard = dataclasses.replace(subject, conditions=(4 * eta <= 1,))
    found = verdict_on_planted(subject, guard=guard)
    assert found.verdict == "REFUTED"
    assert found.witness is not None
    assert "breaks" not in found.evidence
    assert found.witness["instance"]["method"]["step_size"] <= 0.25


def test_only_known_verdicts_exist() -> None:
    """A typing mistake is no verdict."""
    with pytest.raises(ValueError, match="verdict must be one of"):
        Verdict("lemma-2", "published", "TRUE", "", 0, None)


def test_the_bank_is_judged_under_inherited_conditions_and_without() -> None:
    """Lemma 18 prints no step size; Lemma 17, which it uses, does."""
    records = judge_bank([claim("lemma-18")], bank("runs-0"))["lemma-18", "published"]
    assert {r.inside for r in records} == {True, False}
    limited = [r.trial.instance.eta for r in records if r.inside]
    free = [r.trial.instance.eta for r in records if not r.inside]
    assert max(free) > max(limited)


def test_a_draft_without_steps_is_not_for_trajectories() -> None:
    """And one with steps not for one step."""
    from verify.bank import speaks_of

    step = Draft.of({"problem": {}, "population": {}}, radius=1.0)
    run = dataclasses.replace(step, steps=5)
    assert [speaks_of(claim("lemma-2"), d) for d in (step, run)] == [True, False]
    assert [speaks_of(claim("lemma-12"), d) for d in (step, run)] == [False, True]
    assert judge(claim("lemma-2"), instance()).decided
