"""Whatever is wrong with a user's file is one sentence, and nothing is stored."""

import re
from pathlib import Path

import pytest
from command_line import hdo
from own_files import HEAD, OWN_SYMBOL, SAMPLED, TRUE, Audited, small_audits

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


@pytest.fixture
def audited(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Audited:
    """The answer of a small audit of a file, or of a text as `mine.py`, in this process."""
    return small_audits(capsys, monkeypatch, tmp_path)


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
