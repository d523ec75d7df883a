"""The audit: every claim gets a verdict, the false ones a witness, and the picture its numbers."""

import json
import multiprocessing
import os
import shlex
import time

import pytest

from theory import NOTATION, claim, claims
from verify.audit import TightRows, WorkerLostError, run_audit, trace_rows
from verify.instance import Instance
from verify.real import MNIST_CASE, real_instances
from verify.search import attempt
from verify.verdict import Verdict, replay

FALSE = ("lemma-13", "lemma-20", "theorem-1.1")
"""Published claims for which the quick audit of seed 0 finds a witness by itself."""


def test_the_audit_finds_the_false_claims_and_their_witnesses_replay() -> None:
    """Lemma 13 (bias terms), Lemma 20 (units) and Theorem 1.1 (weights), each small and inside."""
    subjects = [claim(key) for key in FALSE]
    for verdict in run_audit(profile="quick", seed=0, workers=1, subjects=subjects).verdicts:
        assert verdict.verdict == "REFUTED", verdict.claim
        assert verdict.witness is not None
        assert verdict.witness["inherited_conditions_hold"]
        words = shlex.split(verdict.witness["command"])
        found = Instance.load(words[-1])
        assert found.n <= 3
        assert found.problem.d == 1
        assert replay(verdict.claim, "published", found).verdict == "REFUTED"


def test_progress_counts_every_task_once() -> None:
    """From 1 to the total, with the claim's key among the names."""
    seen: list[tuple[str, int, int]] = []
    run_audit(
        profile="smoke",
        workers=1,
        subjects=[claim("lemma-1.1")],
        progress=lambda name, done, total: seen.append((name, done, total)),
    )
    assert [done for _, done, _ in seen] == list(range(1, len(seen) + 1))
    assert {total for *_, total in seen} == {len(seen)}
    assert seen[-1][0] == "lemma-1.1"


def test_workers_do_not_change_the_verdicts() -> None:
    """Two processes conclude what one does."""
    keys = ["lemma-1.1", "identity-sixth-moment"]
    subjects = [claim(key) for key in keys]
    one, two = (run_audit(profile="smoke", workers=w, subjects=subjects) for w in (1, 2))
    assert one == two
    assert [v.claim for v in one.verdicts] == keys


def test_another_seed_judges_other_instances() -> None:
    """And the same seed the same."""
    ratios = [
        run_audit(profile="smoke", seed=seed, workers=1, subjects=[claim("lemma-1.1")]).verdicts
        for seed in (1, 1, 2)
    ]
    assert ratios[0] == ratios[1] != ratios[2]


def test_an_interrupted_audit_keeps_what_was_concluded_and_goes_on_from_there() -> None:
    """Stopped after the first verdict; the second run judges only what is missing."""
    subjects = [claim(key) for key in ("lemma-1.1", "identity-sixth-moment")]
    kept: dict[tuple[str, str], Verdict] = {}

    def keep(verdict: Verdict | TightRows) -> None:
        assert isinstance(verdict, Verdict)
        kept[verdict.claim, verdict.edition] = verdict
        if len(kept) == 1:
            raise KeyboardInterrupt

    before = multiprocessing.active_children()
    with pytest.raises(KeyboardInterrupt):
        run_audit(profile="smoke", workers=2, subjects=subjects, keep=keep)
    assert len(kept) == 1
    deadline = time.monotonic() + 20
    while multiprocessing.active_children() != before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert multiprocessing.active_children() == before
    seen: list[str] = []
    resumed = run_audit(
        profile="smoke",
        workers=1,
        subjects=subjects,
        known=dict(kept),
        keep=keep,
        progress=lambda name, done, total: seen.append(name),
    )
    assert resumed == run_audit(profile="smoke", workers=1, subjects=subjects)
    (first,) = list(kept)[:1]
    assert first[0] not in seen
    assert len(kept) == 2


def test_a_killed_worker_is_one_sentence() -> None:
    """Not a traceback of the pool, and no waiting for ever."""

    def kill_another(name: str, done: int, total: int) -> None:
        for child in multiprocessing.active_children():
            child.kill()

    with pytest.raises(WorkerLostError, match="run the same command again"):
        run_audit(profile="smoke", workers=2, subjects=[claim("lemma-1.1")], progress=kill_another)


def test_real_data_is_judged() -> None:
    """Every embedded data set decides at least one lemma on one step."""
    decided: set[str] = set()
    for draft in real_instances(thorough=False):
        name = draft.table["problem"]["data"]
        trial = attempt(claim("lemma-14"), draft)
        if trial is not None and trial.judgement.outcome == "holds":
            decided.add(name)
    assert decided == {"breast_cancer", "diabetes", "digits"}


def test_mnist_is_audited_only_where_its_folder_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without HDO_DATA the case is left out, not an error."""
    monkeypatch.delenv("HDO_DATA", raising=False)
    assert "HDO_DATA" not in os.environ
    names = {d.table["problem"]["data"] for d in real_instances(thorough=True, data="mnist")}
    assert names == set()
    assert MNIST_CASE.problem["data"] == "mnist"


def test_the_picture_has_both_panels_and_no_bound_is_crossed() -> None:
    """Exact values and bounds at the same t; series are quantities or claims; bounds lie above."""
    rows = trace_rows(0)
    json.dumps(rows, allow_nan=False)
    values = {(r["panel"], r["t"], r["series"]): r["value"] for r in rows}
    assert {panel for panel, *_ in values} == {"breast_cancer", "quadratic"}
    keys = {c.key for c in claims("published")}
    assert all(series in NOTATION or series in keys for *_, series in values)
    pairs = {
        "breast_cancer": [("Gamma_next", "lemma-2"), ("Gamma_next", "lemma-11")],
        "quadratic": [("Gamma", "lemma-11"), ("a_sq", "lemma-13")],
    }
    for panel, t, _ in list(values):
        for exact, bound in pairs[panel]:
            assert values[panel, t, exact] <= values[panel, t, bound]
    assert values["quadratic", 0, "Gamma"] == 0
