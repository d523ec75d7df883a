"""`hdo verify --statistical` and `hdo rates`: answers, files, refusals."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from command_line import hdo

from experiments import read_rows
from experiments.rates import RATE_POINTS, by_name

CONTENT: dict[str, Any] = {
    "problem": {
        "kind": "kinked",
        "slope_low": 1.0,
        "slope_high": 2.0,
        "dimension": 2,
        "noise": 0.1,
    },
    "population": {"agents": ["two-point", "first-order"]},
    "method": {"step_size": 0.01, "smoothing": 0.001, "steps": 30, "start": 1.0},
}


def test_a_claim_is_judged_on_an_instance(capsys: pytest.CaptureFixture[str]) -> None:
    """The record of verify, with the case; the evidence says replicas, level and assumption."""
    arguments = ["lemma-18", "--edition", "repaired", "--statistical", "--budget", "512"]
    answer = hdo(capsys, "verify", *arguments, "--instance", json.dumps(CONTENT), "--json", "-")
    assert answer.code == 0, answer.err
    (record,) = answer.json
    assert record["verdict"] == "HOLDS"
    assert record["case"] == "this instance"
    for word in ("512 replicas", "error level 1e-06", "assumed"):
        assert word in record["evidence"]


def test_the_table_says_what_is_undecided(capsys: pytest.CaptureFixture[str]) -> None:
    """A run that is too long is named, and is no failure."""
    long = {**CONTENT, "method": {**CONTENT["method"], "steps": 10**8}}
    arguments = ["lemma-18", "--edition", "repaired", "--statistical"]
    answer = hdo(capsys, "verify", *arguments, "--instance", json.dumps(long))
    assert answer.code == 0, answer.err
    assert "INCONCLUSIVE" in answer.out
    assert "Undecided: lemma-18 (this instance)" in answer.out


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["lemma-2", "--statistical"], "trajectories"),
        (["--statistical", "--instance", json.dumps(CONTENT)], "exactly one claim"),
    ],
)
def test_what_has_no_replicas_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: list[str], named: str
) -> None:
    """A claim about one step, and an instance without a claim."""
    answer = hdo(capsys, "verify", *arguments)
    assert answer.code == 2
    assert named in answer.err


def test_rates_are_printed_stored_and_drawn(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """One row a rate, its points as Parquet, its picture in three files."""
    chosen = ("floor-d", "bias-kinked")
    only = [part for name in chosen for part in ("--only", name)]
    answer = hdo(capsys, "rates", *only, "--out", str(tmp_path), "--json", "-")
    assert answer.code == 0, answer.err
    assert [record["rate"] for record in answer.json] == list(chosen)
    for record in answer.json:
        assert record["verdict"] == "agrees"
        assert record["window"] == list(by_name()[record["rate"]].window)
        for suffix in ("png", "pdf", "csv"):
            assert (tmp_path / f"{record['rate']}.{suffix}").stat().st_size > 0
    stored = read_rows(tmp_path / "rates.parquet", schema=RATE_POINTS)
    drawn = pd.concat(pd.read_csv(tmp_path / f"{name}.csv") for name in chosen)
    assert [row["y"] for row in stored] == pytest.approx(drawn["y"].tolist())
    shown = hdo(capsys, "rates", "--only", "bias-kinked", "--out", str(tmp_path))
    assert "agrees" in shown.out
    assert "exact" in shown.out


def test_an_unknown_rate_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """And the known ones are named."""
    answer = hdo(capsys, "rates", "--only", "nonsense", "--out", str(tmp_path))
    assert answer.code == 2
    assert "floor-d" in answer.err
