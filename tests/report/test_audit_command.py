"""`hdo audit`: what it stores, prints and returns, and what an interrupt leaves."""

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import hdo

from experiments import read_rows
from experiments.schemas import PRINTED_STEPS, RUN, TIGHTNESS, TRACE, VERDICTS
from report import auditing
from verify.audit import Audit, TightRows
from verify.verdict import Verdict

FILES = {
    "verdicts.parquet",
    "tightness.parquet",
    "printed_steps.parquet",
    "runs.parquet",
    *(f"bound_vs_exact.{suffix}" for suffix in ("parquet", "png", "pdf", "csv")),
}
WITNESS = {"instance": {"population": {}}, "lhs": 2.0, "rhs": 1.0, "command": "hdo verify it"}
USED = {
    **{"claim": "lemma-2", "edition": "published", "scope": "step", "source": "found"},
    **{"share": 0.5, "n": 2.0, "n0": 1.0, "d": 1.0, "L": 1.0, "l": 1.0, "eta": 0.1, "nu": 0.1},
    "witness": None,
}
TRACED = [
    {"panel": panel, "t": t, "series": series, "value": 1.0 + t}
    for panel in ("breast_cancer", "quadratic")
    for series in ("Gamma", "lemma-11")
    for t in range(3)
]

STEPS = [{"step": "eq-34", "location": "Lemma 13", "outcome": "PROVED", "evidence": "made up"}]


def concluded(edition: str) -> tuple[Verdict, ...]:
    """A refuted claim of this edition and one that holds."""
    return (
        Verdict("lemma-2", edition, "REFUTED", "made up", 3, float("inf"), WITNESS, ("axiom",)),
        Verdict("lemma-3", "published", "HOLDS", "made up", 4, 0.5),
    )


@pytest.fixture(autouse=True)
def reported(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """The files that were there when the report was asked for, in place of the report."""
    asked: list[set[str]] = []

    def write(folder: Path) -> Path:
        asked.append({path.name for path in folder.iterdir()})
        return folder / "report.html"

    monkeypatch.setattr(auditing, "write_report", write)
    return asked


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the audit conclude a refutation in this edition."""

    def give(edition: str) -> None:
        found = Audit(concluded(edition), tuple(TRACED), tuple(STEPS))
        monkeypatch.setattr(auditing, "run_audit", lambda **options: found)

    return give


def test_an_audit_stores_its_verdicts_and_the_picture(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, given: Any, reported: list[set[str]]
) -> None:
    """Rows with provenance, picture as png, pdf and csv, then the report, and nothing else."""
    given("published")
    folder = tmp_path / "new" / "out"
    answer = hdo(capsys, "audit", "--out", str(folder), "--seed", "3", "--json", "-")
    assert answer.code == 0
    assert {path.name for path in folder.iterdir()} == FILES
    assert len(reported) == 1
    assert reported[0] >= FILES
    rows = read_rows(folder / "verdicts.parquet", schema=VERDICTS)
    assert [row["claim"] for row in rows] == ["lemma-2", "lemma-3"]
    assert {row["seed"] for row in rows} == {3}
    assert rows[0]["worst_ratio"] == float("inf")
    assert json.loads(rows[0]["witness"]) == WITNESS
    assert json.loads(rows[0]["axioms"]) == ["axiom"]
    assert rows[1]["witness"] is None
    traced = read_rows(folder / "bound_vs_exact.parquet", schema=TRACE)
    assert [{name: row[name] for name in TRACE.columns} for row in traced] == TRACED
    steps = read_rows(folder / "printed_steps.parquet", schema=PRINTED_STEPS)
    assert [{name: row[name] for name in PRINTED_STEPS.columns} for row in steps] == STEPS
    (run,) = read_rows(folder / "runs.parquet", schema=RUN)
    assert (run["profile"], run["taken_over"]) == ("quick", 0)
    assert run["seconds"] >= 0
    assert run["processors"] >= 1
    assert run["processor"]


def test_the_answer_is_the_list_of_verdicts(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, given: Any
) -> None:
    """As JSON, an infinite ratio is a string; as text, verdicts, command and files are named."""
    given("published")
    records = hdo(capsys, "audit", "--out", str(tmp_path), "--json", "-").json
    assert [(r["claim"], r["verdict"]) for r in records] == [
        ("lemma-2", "REFUTED"),
        ("lemma-3", "HOLDS"),
    ]
    assert records[0]["worst_ratio"] == "inf"
    text = hdo(capsys, "audit", "--out", str(tmp_path)).out
    for part in ("REFUTED", "hdo verify it", "Undecided: nothing", "The report: ", *FILES):
        assert part in text


@pytest.mark.parametrize(("edition", "code"), [("published", 0), ("sharp", 1)])
def test_only_a_claim_that_must_hold_fails_an_audit(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, given: Any, edition: str, code: int
) -> None:
    """And what was found is stored all the same."""
    given(edition)
    assert hdo(capsys, "audit", "--out", str(tmp_path)).code == code
    assert {path.name for path in tmp_path.iterdir()} == FILES


def test_profile_and_seed_arrive(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What was asked for is what is run."""
    asked: list[Any] = []

    def note(**options: Any) -> Audit:
        asked.append((options["profile"], options["seed"]))
        return Audit(concluded("published"), tuple(TRACED))

    monkeypatch.setattr(auditing, "run_audit", note)
    hdo(capsys, "audit", "--out", str(tmp_path), "--profile", "full", "--seed", "9")
    assert asked == [("full", 9)]


def test_an_interrupted_audit_goes_on_from_its_verdicts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What was concluded is said to be kept, handed to the next run, and gone after it."""
    first, second = concluded("published")
    rows = TightRows(("lemma-2", "published"), (USED,))
    given: list[Any] = []

    def stopped(*, keep: Any, **options: Any) -> Audit:
        keep(first)
        keep(rows)
        raise KeyboardInterrupt

    def finished(*, known: Any, known_rows: Any, **options: Any) -> Audit:
        given.append((known, known_rows))
        return Audit((first, second), tuple(TRACED), tightness=(USED,))

    monkeypatch.setattr(auditing, "run_audit", stopped)
    answer = hdo(capsys, "audit", "--out", str(tmp_path))
    assert answer.code == 130
    assert "2 results are kept; the same command goes on from there" in answer.err
    monkeypatch.setattr(auditing, "run_audit", finished)
    hdo(capsys, "audit", "--out", str(tmp_path), "--seed", "1")
    assert given == [({}, {})]
    answer = hdo(capsys, "audit", "--out", str(tmp_path))
    assert "2 results of an interrupted audit are taken over" in answer.err
    assert given[1] == ({(first.claim, first.edition): first}, {rows.name: rows})
    (stored,) = read_rows(tmp_path / "tightness.parquet", schema=TIGHTNESS)
    assert {name: stored[name] for name in TIGHTNESS.columns} == USED
    assert {path.name for path in tmp_path.iterdir()} == FILES


def test_an_audit_that_fails_leaves_the_last_one(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    given: Any,
) -> None:
    """An interrupt, or no room on the disk, changes no file of the audit before."""
    given("published")
    hdo(capsys, "audit", "--out", str(tmp_path))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def interrupted(**options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(auditing, "run_audit", interrupted)
    assert hdo(capsys, "audit", "--out", str(tmp_path)).code == 130
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
