"""`hdo audit FILE` and `--from FILE`: examples, witnesses, every refusal, interrupts, workers."""

import json
import re
import shlex
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from command_line import Answered, hdo

from experiments import read_rows
from experiments.schemas import VERDICTS
from report import auditing, judging, own
from verify import audit, bank
from verify.audit import run_audit
from verify.bank import Profile
from verify.own import load, read_source, sampled

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples"
KOLOSKOVA = EXAMPLES / "consensus_koloskova.py"
SIGN = EXAMPLES / "sign_estimator.py"

PARTS = ("quadratic", "quadratic-own", "cosine")
"""Of the bank: the kinds that the examples need."""

NOISE = """{"problem": {"kind": "quadratic", "curvature": 1, "dimension": 1, "noise": 1},
"population": {"first_order": 3}, "method": {"step_size": 0.08, "smoothing": 1},
"state": {"models": 0}}"""
"""All at the minimum: nothing but noise moves Gamma, by (n-2)/n^2 eta^2 (its second moment)."""

Audited = Callable[..., Answered]

HEAD = """import sympy as sp; from functools import reduce
from theory import Claim, own_symbol, symbols
from theory.proofs.proof import Proof
from verify.own import Estimator
n, eta, Gamma, Gamma_next, M_G = symbols("n eta Gamma Gamma_next M_G")
def claim(key="mine", **more):
    given = {"edition": "own", "title": "t", "lhs": Gamma_next, "relation": "<=",
             "rhs": Gamma * (1 - 1 / (2 * n)) + 4 * eta**2 * M_G / n, "scope": "step"}
    return Claim(key=key, **(given | more))
"""
TRUE = HEAD + "CLAIMS = [claim()]\n"
FALSE = HEAD + "CLAIMS = [claim(rhs=Gamma / 4)]\n"


@pytest.fixture
def audited(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Audited:
    """The answer of a small audit of a file, or of a text as `mine.py`, in this process."""
    tiny = Profile(8, 1, 0, False, 1, 40, 40, 5)
    monkeypatch.setattr(audit, "PROFILES", {"smoke": tiny})
    monkeypatch.setattr(audit, "parts", lambda profile: PARTS)
    monkeypatch.setattr(bank, "parts", lambda profile: PARTS)
    monkeypatch.setattr(sampled, "LOOKS", (512, 8192))
    monkeypatch.setattr(own, "run_audit", _small(workers=1))
    monkeypatch.setattr(judging, "run_audit", _small(workers=1))

    def run(file: str | Path, *arguments: str) -> Answered:
        if isinstance(file, str):
            (tmp_path / "mine.py").write_text(file)
            file = tmp_path / "mine.py"
        return hdo(capsys, "audit", str(file), "--out", str(tmp_path / "out"), *arguments)

    return run


def _small(**options: Any) -> Any:
    def run(*, profile: str, **given: Any) -> Any:
        del profile
        return run_audit(profile="smoke", **{**given, **options})

    return run


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
def test_a_tenth_of_the_noise_is_too_small(
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


SAMPLED = """
from hdo.ring import sign
from theory import symbols
from verify.own import Estimator
d, L, nu, grad_x_sq = symbols("d L nu grad_x_sq")
def signed(loss, x, u, nu):
    return sign(loss(x + nu * u) - loss(x)) * u
ESTIMATORS = [Estimator(key="sign", estimate=signed, directions="gaussian", bias=0,
                        second_moment=2 * d, assumptions=frozenset({"quadratic"}))]
"""


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


OWN_SYMBOL = (
    HEAD
    + """
def widest(state):
    return reduce(lambda a, b: a.max(b), (state.away * state.away).sum(axis=1))
top = own_symbol("Gamma_max", "max_i ||X^i - mu||^2", measure=widest, unit="x^2")
CLAIMS = [claim("mean-below-max", lhs=Gamma, rhs=top.symbol, own_symbols=(top,)),
          claim("max-below-mean", lhs=top.symbol, rhs=Gamma, own_symbols=(top,)),
          claim("max-below-sum", lhs=top.symbol, rhs=n * Gamma, own_symbols=(top,))]
"""
)


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


PROOF = 'Proof("mine", "own", ())'
REFUSED = {
    "syntax": ("x = 1\nCLAIMS = [\n", r"mine.py:2: no Python: '\[' was never closed"),
    "no text": ("\0", "no Python"),
    "neither": ("x = 1\n", r"expected CLAIMS = \[Claim\(...\), ...\] or ESTIMATORS"),
    "empty": ("CLAIMS = []\n", "expected at least one claim or estimator, found none"),
    "no list": ("CLAIMS = 3\n", "CLAIMS: expected a list, got int"),
    "no claim": ("CLAIMS = [3]\n", r"CLAIMS\[0\]: expected a Claim, got int"),
    "no estimator": ("ESTIMATORS = [3]\n", r"ESTIMATORS\[0\]: expected an Estimator, got int"),
    "raises": ("x = 1\n1 / 0\n", "mine.py:2: running the file: ZeroDivisionError: division by"),
    "exits": ("raise SystemExit(3)\n", "mine.py:1: running the file: SystemExit: 3"),
    "import": ("import no_such\n", "mine.py:1: running the file: ModuleNotFoundError: No module"),
    "unknown symbol": (
        HEAD + 'x = symbols("Gama")\n',
        "mine.py:10: running the file: UnknownSymbolError: symbol 'Gama' is not in the notation; "
        "close names: Gamma",
    ),
    "foreign symbol": (
        HEAD + 'CLAIMS = [claim(rhs=sp.Symbol("Gamma"))]\n',
        "ValueError: mine: symbol Gamma is not in the notation; take the paper's from",
    ),
    "refused claim": (
        HEAD + 'CLAIMS = [claim(scope="jump")]\n',
        "mine.py:9: running the file: ValueError: mine: scope must be one of",
    ),
    "missing argument": (HEAD + "CLAIMS = [Claim()]\n", "TypeError: .*missing 7 required"),
    "own symbol of a name": (
        HEAD + 'own_symbol("Gamma", "again", measure=float)\n',
        "own symbol Gamma: the notation has this name",
    ),
    "own symbol's unit": (
        HEAD + 'own_symbol("G2", "mine", measure=float, unit="metre")\n',
        "unit must be 1, or powers of f and x",
    ),
    "edition": (
        HEAD + 'CLAIMS = [claim(edition="sharp")]\n',
        r"CLAIMS\[0\]: mine: edition must be 'own', got 'sharp'",
    ),
    "the paper's key": (
        HEAD + 'CLAIMS = [claim("lemma-2")]\n',
        "lemma-2: the paper has a claim of this key",
    ),
    "twice": (HEAD + "CLAIMS = [claim(), claim()]\n", "mine: two claims have this key"),
    "two words": (HEAD + 'CLAIMS = [claim("my own")]\n', "'my own': a key is one word"),
    "rests on nothing": (
        HEAD + 'CLAIMS = [claim(depends_on=("lemma-200",))]\n',
        "mine: depends_on: no claim has the key 'lemma-200'",
    ),
    "proof of another": (TRUE + "PROOFS = {'x': 1}\n", r"PROOFS\['x'\]: no claim of this file"),
    "no proof": (TRUE + "PROOFS = {'mine': 1}\n", r"PROOFS\['mine'\]: expected a Proof, got int"),
    "no proofs": (TRUE + "PROOFS = [1]\n", "PROOFS: expected {key: Proof}, got list"),
    "proof's name": (
        TRUE + "PROOFS = {'mine': Proof('lemma-2', 'published', ())}\n",
        r"expected a proof of 'mine' \(own\), got one of 'lemma-2' \(published\)",
    ),
    "proof without steps": (
        TRUE + f"PROOFS = {{'mine': {PROOF}}}\n",
        "checking the proof of mine: IndexError",
    ),
    "law": (
        HEAD + 'Estimator(key="e", estimate=max, directions="moon", bias=0)\n',
        "mine.py:10: running the file: ValueError: e: directions must be one of",
    ),
    "nothing claimed": (
        HEAD + 'Estimator(key="e", estimate=max, directions="signs")\n',
        "e: nothing is claimed",
    ),
    "measure fails": (
        OWN_SYMBOL.replace("state.away * state.away", "state.aside"),
        "mine.py:12: measuring Gamma_max: AttributeError: 'State' object has no attribute 'aside'",
    ),
    "measure rounds": (
        OWN_SYMBOL.replace("return reduce", "return 1.0 or reduce"),
        "measuring Gamma_max: TypeError: expected a ball or an exact number, got float",
    ),
    "measure leaves its domain": (
        OWN_SYMBOL.replace("return reduce", "return -2 or reduce"),
        "measuring Gamma_max: ValueError: it is -2, and its domain real >= 0",
    ),
    "estimate's shape": (
        SAMPLED.replace("* u\n", "\n"),
        "mine.py: sampling sign.bias: ValueError: expected an estimate of shape",
    ),
}


@pytest.mark.parametrize(("text", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_with_a_file_is_one_sentence(audited: Audited, text: str, said: str) -> None:
    """With the file, the line where there is one, and exit status 2; nothing is stored."""
    answer = audited(text)
    assert answer.code == 2, answer.err
    assert answer.out == ""
    lines = [line for line in answer.err.splitlines() if "units do not" not in line]
    assert len(lines) == 1
    assert "mine.py" in lines[0]
    assert re.search(said, lines[0]), lines[0]


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """By every command that takes one."""
    for command in (["audit", "no.py"], ["verify", "--from", "no.py"], ["claims", "--from", "no"]):
        answer = hdo(capsys, *command)
        assert answer.code == 2
        assert "expected a readable Python file, got 'No such file or directory'" in answer.err


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
    monkeypatch.setattr(own, "run_audit", _small(workers=2))
    answer = audited(text, "--json", "-")
    assert verdicts(answer)["max-below-mean"] == "REFUTED"


def test_an_interrupted_audit_of_a_file_goes_on(audited: Audited, tmp_path: Path) -> None:
    """From its verdicts, while the file is the same; a changed file is judged anew."""
    text = HEAD + "CLAIMS = [claim('one'), claim('two')]\n"
    kept: list[Any] = []

    def stopped(*, keep: Any, **given: Any) -> Any:
        found = _small(workers=1)(**given)
        keep(found.verdicts[0])
        raise KeyboardInterrupt

    def noted(**given: Any) -> Any:
        kept.append(dict(given["known"]))
        return _small(workers=1)(**given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(own, "run_audit", stopped)
        answer = audited(text)
        assert answer.code == 130
        assert "1 verdicts are kept; the same command goes on from there" in answer.err
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
    assert partial(json.loads)(found["axioms"]) == ["A2"]
