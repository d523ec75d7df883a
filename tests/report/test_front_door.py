"""Exit codes, sentences on standard error, and what is never on standard output."""

import importlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import hdo

from report import auditing, cli
from report.cli import run
from theory import claims, plain

COMMANDS = (
    "audit",
    "claims",
    "verify",
    "errata",
    "optimum",
    "moments",
    "simulate",
    "rates",
    "worst-case",
    "report",
)
MINIMAL = (
    '{"problem": {"kind": "quadratic", "curvature": 1.0}, "population": {"first_order": 2}, '
    '"method": {"step_size": 0.1, "steps": 2}}'
)


def spec(problem: str) -> str:
    """Inline JSON with this problem."""
    return f'{{"problem": {problem}, "population": {{"first_order": 2}}}}'


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str], command: str) -> None:
    """`--help` names the options every command has, and the exit codes."""
    answer = hdo(capsys, command, "--help")
    assert (answer.code, answer.err) == (0, "")
    for word in ("--json", "Exit status", "--help"):
        assert word in answer.out


def test_help_lists_the_commands_and_no_arguments_is_help(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The six commands, in both."""
    answer = hdo(capsys, "--help")
    assert hdo(capsys) == answer
    listed = re.findall(r"^  ([\w-]+)  ", answer.out.split("Commands:")[1], flags=re.MULTILINE)
    assert listed == list(COMMANDS)


def test_editions_are_those_of_the_claims() -> None:
    """The command line, which must not import theory to say so, offers exactly these."""
    assert {e.value for e in cli.Edition} == {c.edition for c in claims()}


def test_exceptions_with_an_exit_code_exist() -> None:
    """They are named, not imported; here the names are resolved."""
    for name in cli.EXCEPTIONS:
        module, _, kind = name.rpartition(".")
        assert issubclass(getattr(importlib.import_module(module), kind), Exception)


BAD_USAGE = [
    ["nonsense"],
    ["--nonsense"],
    ["audit", "--profile", "slow"],
    ["audit", "--seed", "-1"],
    ["verify", "--edition", "wrong"],
    ["verify", "lemma-99"],
    ["verify", "--instance", MINIMAL],
    ["verify", "lemma-2", "lemma-3", "--instance", MINIMAL],
    ["verify", "lemma-2", "--instance", "{"],
    ["optimum"],
    ["optimum", "missing.toml"],
    ["optimum", "."],
    ["optimum", "{}"],
    ["optimum", spec('1')],
    ["optimum", spec('{"kind": "cubic"}')],
    ["optimum", spec('{"kind": "quadratic", "curvature": [1, NaN]}')],
    ["optimum", spec('{"kind": "quadratic", "curvature": [1, -1]}')],
    ["optimum", spec('{"kind": "ridge", "data": "gone.csv", "target": "y", "regularisation": 1}')],
    ["optimum", MINIMAL, "--json", "/missing/folder/file"],
    ["optimum", MINIMAL, "--json", "/dev/full"],
    ["moments", MINIMAL.replace('"step_size": 0.1', '"step_size": -0.1')],
    ["moments", MINIMAL.replace(', "steps": 2', "")],
    ["moments", MINIMAL, "--every", "0"],
    ["simulate", MINIMAL],
    ["simulate", MINIMAL, "--replicas", "1"],
    ["audit", "--out", "/dev/null/folder"],
]  # fmt: skip


@pytest.mark.parametrize("arguments", BAD_USAGE, ids=" ".join)
def test_bad_input_is_one_sentence_and_exit_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    """On standard error, starting with the program's name; nothing on standard output."""
    answer = hdo(capsys, *arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert re.fullmatch(r"hdo: \S[^\n]*\n", answer.err)


def test_output_that_cannot_be_written_is_refused_before_the_work(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An audit does not compute for a minute and then fail."""
    monkeypatch.setattr(auditing, "run_audit", lambda **options: pytest.fail("computed"))
    for option in ("--json", "--out"):
        (tmp_path / "file").touch()
        answer = hdo(capsys, "audit", option, str(tmp_path / "file" / "below"))
        assert answer.code == 2
        assert option in answer.err


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_an_interrupt_is_one_line_and_a_bug_a_traceback(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    error: type[BaseException],
) -> None:
    """Neither looks like a verdict (exit 1) or like bad input (exit 2); nothing half-written."""

    def stopped(**options: object) -> None:
        raise error

    monkeypatch.setattr(auditing, "run_audit", stopped)
    answer = hdo(capsys, "audit", "--out", str(tmp_path), "--json", "-")
    assert answer.out == ""
    assert list(tmp_path.iterdir()) == []
    if error is KeyboardInterrupt:
        assert answer.code == 130
        assert answer.err.count("\n") == 1
    else:
        assert answer.code == 70
        assert "Traceback" in answer.err


@pytest.mark.parametrize("arguments", [["claims"], ["claims", "--graph"], ["--help"]])
def test_a_closed_pipe_ends_quietly(arguments: list[str]) -> None:
    """`hdo claims | head -1` prints one line and no complaint."""
    script = "from report.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() in (0, -signal.SIGPIPE)


def test_piped_tables_are_plain_text(capsys: pytest.CaptureFixture[str]) -> None:
    """No boxes, no colours, nothing shortened."""
    answer = hdo(capsys, "claims")
    assert answer.out.isascii()
    assert "\x1b" not in answer.out
    assert "..." not in answer.out


def test_terminal_tables_fold_and_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a narrow terminal every statement is still there, character by character."""
    environment = {**os.environ, "COLUMNS": "90", "TERM": "xterm", "NO_COLOR": "1"}
    script = "from report.cli import main; main()"
    reader, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", script, "claims"], stdout=terminal, env=environment
    ) as process:
        os.close(terminal)
        seen = b""
        while True:
            try:
                chunk = os.read(reader, 65536)
            except OSError:  # the other end has closed
                break
            seen += chunk
        os.close(reader)
        assert process.wait() == 0
    text = seen.decode()
    assert "│" in text
    assert max(len(line) for line in text.splitlines() if "│" in line) <= 90
    last_column = [line.rstrip().rstrip("│").rpartition("│")[2] for line in text.splitlines()]
    squeezed = re.sub(r"\s", "", "".join(last_column))
    for subject in claims():
        assert re.sub(r"\s", "", plain(subject)) in squeezed


def test_json_goes_to_a_file_and_tables_to_people(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A file replaces the old one as a whole; `-` is standard output and nothing else is on it."""
    path = tmp_path / "answer.json"
    path.write_text("old")
    table = hdo(capsys, "optimum", MINIMAL)
    with_file = hdo(capsys, "optimum", MINIMAL, "--json", str(path))
    to_output = hdo(capsys, "optimum", MINIMAL, "--json", "-")
    assert with_file == table
    assert json.loads(path.read_text()) == to_output.json
    assert list(tmp_path.iterdir()) == [path]


def test_run_leaves_the_process_as_it_was() -> None:
    """Only the console script changes how signals are handled."""
    before = signal.getsignal(signal.SIGPIPE)
    run(["--version"])
    assert signal.getsignal(signal.SIGPIPE) == before
