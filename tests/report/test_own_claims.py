"""`hdo audit FILE` and `--from FILE`: examples, witnesses, interrupts, workers."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from command_line import Answered, hdo
from own_files import FALSE, HEAD, OWN_SYMBOL, SAMPLED, TRUE, Audited, small, small_audits

from experiments import read_rows
from experiments.schemas import VERDICTS
from report import auditing, own
from verify.own import load, read_source

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples"
KOLOSKOVA = EXAMPLES / "consensus_koloskova.py"
SIGN = EXAMPLES / "sign_estimator.py"

NOISE = """{"problem": {"kind": "quadratic", "curvature": 1, "dimension": 1, "noise": 1},
"population": {"first_order": 3}, "method": {"step_size": 0.08, "smoothing": 1},
"state": {"models": 0}}"""
"""All at the minimum: nothing but noise moves Gamma, by (n-2)/n^2 eta^2 (its second moment)."""


@pytest.fixture
def audited(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Audited:
    """The answer of a small audit of a file, or of a text as `mine.py`, in this process."""
    return small_audits(capsys, monkeypatch, tmp_path)


def verdicts(answer: Answered) -> dict[str, str]:
    """Verdict by claim."""
    return {record["claim"]: record["verdict"] for record in answer.json}


def replayed(capsys: pytest.CaptureFixture[str], record: dict[str, Any]) -> Answered:
    """What the witness's command answers."""
    program, *arguments = shlex.split(record["witness"]["command"])
    assert program == "hdo"
    return hdo(capsys, *arguments, "--json", "-")


def test_the_consensus_lemma_is_proved(audited: Audited, tmp_path: Path) -> None:
    """Both claims by the checker, confirmed on instances; verdicts are stored as rows."""
    answer = audited(KOLOSKOVA, "--json", "-")
    assert answer.code == 0
    assert verdicts(answer) == dict.fromkeys(
        ["koloskova-recursion", "koloskova-consensus"], "PROVED"
    )
    assert all(r["edition"] == "own" and r["instances"] > 0 for r in answer.json)
    assert {"A3", "A4", "Gaussian moments"} <= set(answer.json[0]["axioms"])
    (file,) = (tmp_path / "out").glob("*")
    assert re.fullmatch(r"verdicts-consensus_koloskova-[0-9a-f]{8}\.parquet", file.name)
    rows = read_rows(file, schema=VERDICTS)
    assert [(r["claim"], r["verdict"]) for r in rows] == list(verdicts(answer).items())


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("gradients = 3 * (6 + M) * p * eta**2", "gradients = p * eta**2 / 10"),
        ("(1 - p / 2) * Gamma", "(1 - 2 * p) * Gamma"),
    ],
)
def test_a_consensus_lemma_with_a_wrong_constant_is_refuted(
    capsys: pytest.CaptureFixture[str], audited: Audited, right: str, wrong: str
) -> None:
    """Its proof is not accepted, the witness is found, shrunk, and shown by its command."""
    text = KOLOSKOVA.read_text()
    assert right in text
    answer = audited(text.replace(right, wrong), "--json", "-")
    assert answer.code == 1
    found = next(r for r in answer.json if r["claim"] == "koloskova-consensus")
    assert found["verdict"] == "REFUTED"
    assert "its proof is not accepted" in found["evidence"]
    assert len(found["witness"]["instance"]["population"]["agents"]) <= 4
    shown = replayed(capsys, found)
    assert shown.code == 1
    assert shown.json[0]["verdict"] == "REFUTED"
    assert shown.json[0]["difference"][0] > 0


@pytest.mark.parametrize(("factor", "verdict"), [("1", "HOLDS"), ("1 / 10", "REFUTED")])
def test_a_tenth_of_the_noise_is_toosmall(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, factor: str, verdict: str
) -> None:
    """E Gamma' = (1/9) 0.08^2; the bound's noise term is (1/2) 0.08^2, a tenth of it is less."""
    text = KOLOSKOVA.read_text()
    changed = text.replace("* eta**2 * sigma_sq", f"* eta**2 * sigma_sq * {factor}")
    assert changed != text
    (tmp_path / "mine.py").write_text(changed)
    arguments = ("--from", str(tmp_path / "mine.py"), "--instance", NOISE, "--json", "-")
    answer = hdo(capsys, "verify", "koloskova-consensus", *arguments)
    (record,) = answer.json
    assert record["verdict"] == verdict
    assert record["lhs"][0] <= 0.08**2 / 9 <= record["lhs"][1]


def test_a_sign_is_no_estimate_of_the_gradient(
    capsys: pytest.CaptureFixture[str], audited: Audited
) -> None:
    """The same two claims, on the same losses: the central difference passes, its sign fails."""
    answer = audited(SIGN, "--json", "-")
    assert answer.code == 1
    assert verdicts(answer) == {
        "central.bias": "HOLDS",
        "central.second-moment": "HOLDS",
        "sign.bias": "REFUTED",
        "sign.second-moment": "HOLDS",
    }
    by_key = {record["claim"]: record for record in answer.json}
    assert by_key["central.second-moment"]["worst_ratio"] == 1.0
    witness = by_key["sign.bias"]
    shown = replayed(capsys, witness)
    assert (shown.code, shown.json[0]["verdict"]) == (1, "REFUTED")
    assert shown.json[0]["lhs"][0] > 0
    assert shown.json[0]["rhs"] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("right", "wrong", "claim"),
    [
        ("return slope(loss, x, u, nu) * u", "return slope(loss, x, u, nu) * -u", "central.bias"),
        ("/ (2 * nu)", "/ nu", "central.bias"),
        ("(d + 2) * grad_x_sq", "(d + 1) * grad_x_sq", "central.second-moment"),
    ],
)
def test_a_wrong_factor_of_the_right_estimator_is_seen(
    audited: Audited, right: str, wrong: str, claim: str
) -> None:
    """A sign, twice the slope, d + 1 in place of d + 2."""
    text = SIGN.read_text()
    assert right in text
    assert verdicts(audited(text.replace(right, wrong), "--json", "-"))[claim] == "REFUTED"


def test_the_released_code_s_tangents_are_found_biased(audited: Audited) -> None:
    """Uniform ones refuted; of normal ones, which are not, no bias is claimed to be seen."""
    answer = audited(EXAMPLES / "released_tangents.py", "--json", "-")
    assert answer.code == 1
    assert verdicts(answer) == {
        "uniform-tangent.bias": "REFUTED",
        "normal-tangent.bias": "INCONCLUSIVE",
    }


def test_what_has_no_exact_mean_is_sampled(
    capsys: pytest.CaptureFixture[str], audited: Audited
) -> None:
    """A sign along normal directions: biased by samples, with the point, the error level named."""
    answer = audited(SAMPLED, "--json", "-")
    assert verdicts(answer) == {"sign.bias": "REFUTED", "sign.second-moment": "HOLDS"}
    bias, square = answer.json
    assert "sampled" in bias["evidence"]
    assert "error level 1e-07" in bias["evidence"]
    assert "assumed: float64 within 1e-06" in square["evidence"]
    shown = replayed(capsys, bias)
    assert shown.json[0]["verdict"] == "REFUTED"
    assert shown.json[0]["lhs"][0] == bias["witness"]["lhs"]


def test_a_claim_may_bring_a_symbol_with_its_measure(
    capsys: pytest.CaptureFixture[str], audited: Audited, tmp_path: Path
) -> None:
    """Max and mean of the squared distances; the symbol is explained by `hdo claims`."""
    answer = audited(OWN_SYMBOL, "--json", "-")
    assert verdicts(answer) == {
        "mean-below-max": "HOLDS",
        "max-below-mean": "REFUTED",
        "max-below-sum": "HOLDS",
    }
    assert replayed(capsys, answer.json[1]).json[0]["verdict"] == "REFUTED"
    page = hdo(capsys, "claims", "max-below-sum", "--from", str(tmp_path / "mine.py"))
    assert "max_i ||X^i - mu||^2" in page.out


def test_units_that_do_not_agree_are_remarked(audited: Audited) -> None:
    """It is said, and judged all the same."""
    answer = audited(HEAD + "CLAIMS = [claim(rhs=2 * Gamma + M_G)]\n", "--json", "-")
    assert "mine: units do not agree: a sum of x^2 and f^2 x^-2" in answer.err
    assert len(answer.json) == 1


def test_outside_its_file_a_claim_is_not_known(
    capsys: pytest.CaptureFixture[str], audited: Audited, tmp_path: Path
) -> None:
    """And `--from` finds the paper's claims as well, to compare with."""
    audited(TRUE)
    assert hdo(capsys, "claims", "mine").code == 2
    file = str(tmp_path / "mine.py")
    assert hdo(capsys, "claims", "mine", "--from", file).code == 0
    assert hdo(capsys, "claims", "lemma-2", "--from", file).code == 0
    answer = hdo(capsys, "verify", "--from", file, "--json", "-")
    assert list(verdicts(answer)) == ["mine"]


def test_two_files_of_one_name_do_not_clash(
    capsys: pytest.CaptureFixture[str], audited: Audited, tmp_path: Path
) -> None:
    """Neither as modules nor in what they store; what they print leaves the answer alone."""
    other = tmp_path / "other" / "mine.py"
    other.parent.mkdir()
    other.write_text("print('hello')\n" + FALSE)
    assert verdicts(audited(TRUE, "--json", "-")) == {"mine": "HOLDS"}
    answer = audited(other, "--json", "-")
    assert verdicts(answer) == {"mine": "REFUTED"}
    assert "hello" in answer.err
    assert len(list((tmp_path / "out").glob("verdicts-mine-*.parquet"))) == 2
    assert (
        load(read_source(other)).beside.claims[0].rhs
        != load(read_source(tmp_path / "mine.py")).beside.claims[0].rhs
    )


def test_a_file_is_run_once(audited: Audited, tmp_path: Path) -> None:
    """A process runs it one time, however many claims and commands ask."""
    log = tmp_path / "log"
    noted = f"from pathlib import Path\nlog = Path({str(log)!r})\n"
    noted += "log.write_text((log.read_text() if log.exists() else '') + 'run ')\n"
    text = noted + TRUE + "CLAIMS.append(claim('other'))\n"
    audited(text)
    assert log.read_text() == "run "


def test_workers_run_the_file_that_was_read(
    audited: Audited, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spawned workers find its claims and functions, even when the file has changed since."""
    file = tmp_path / "mine.py"
    text = OWN_SYMBOL + f"\nfrom pathlib import Path\nPath({str(file)!r}).write_text('1 / 0')\n"
    monkeypatch.setattr(own, "run_audit", small(workers=2))
    answer = audited(text, "--json", "-")
    assert verdicts(answer)["max-below-mean"] == "REFUTED"


def test_an_interrupted_audit_of_a_file_goes_on(audited: Audited, tmp_path: Path) -> None:
    """From its verdicts, while the file is the same; a changed file is judged anew."""
    text = HEAD + "CLAIMS = [claim('one'), claim('two')]\n"
    kept: list[Any] = []

    def stopped(*, keep: Any, **given: Any) -> Any:
        found = small(workers=1)(**given)
        keep(found.verdicts[0])
        raise KeyboardInterrupt

    def noted(**given: Any) -> Any:
        kept.append(dict(given["known"]))
        return small(workers=1)(**given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(own, "run_audit", stopped)
        answer = audited(text)
        assert answer.code == 130
        assert "1 results are kept; the same command goes on from there" in answer.err
        patch.setattr(own, "run_audit", noted)
        (journal,) = (tmp_path / "out").glob("unfinished-mine-*.jsonl")
        before = journal.read_bytes()
        assert audited(text).code == 0
        journal.write_bytes(before)
        assert audited(text.replace("'two'", "'three'")).code == 0
    assert [list(known) for known in kept] == [[("one", "own")], []]
    assert not list((tmp_path / "out").glob("unfinished-*"))


def test_the_seed_of_a_sampled_witness_is_in_its_command(
    capsys: pytest.CaptureFixture[str], audited: Audited
) -> None:
    """So that the same numbers are drawn again."""
    text = SAMPLED.replace("second_moment=2 * d, ", "")
    record = audited(text, "--seed", "7", "--json", "-").json[0]
    assert record["witness"]["command"].endswith("--seed 7")
    shown = replayed(capsys, record).json[0]
    assert shown["lhs"][0] == record["witness"]["lhs"]


def test_a_row_of_a_verdict_is_that_of_the_main_audit() -> None:
    """One form for both."""
    record = {"witness": {"lhs": 1.0}, "axioms": ["A2"], "claim": "mine"}
    found = auditing.stored(record)
    assert json.loads(found["witness"]) == record["witness"]
    assert json.loads(found["axioms"]) == ["A2"]
