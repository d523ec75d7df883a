"""What the documents say is so: their examples run, their commands print what they print."""

import doctest
import re
import shlex
from pathlib import Path

import pytest
from command_line import hdo

from hdo import InputError, Spec, build_problem, load_spec

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
EXAMPLES = sorted((ROOT / "docs" / "examples").glob("*.toml"))


def blocks(language: str) -> list[tuple[str, str]]:
    """(document, text) of every fenced block in this language."""
    return [
        (f"{path.name}-{number}", text)
        for path in DOCUMENTS
        for number, text in enumerate(
            re.findall(rf"^```{language}\n(.*?)^```", path.read_text(), re.DOTALL | re.MULTILINE)
        )
    ]


def sessions() -> list[tuple[str, str, str]]:
    """(name, command, expected) of every command in a console block."""
    return [
        (name, command, expected)
        for name, text in blocks("console")
        for command, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n?)*)", text, re.MULTILINE)
    ]


@pytest.mark.parametrize(("name", "command", "expected"), sessions())
def test_a_command_prints_what_the_document_shows(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    command: str,
    expected: str,
) -> None:
    """Both streams, and `[exit N]` where N is not 0; `...` stands for anything."""
    monkeypatch.chdir(ROOT)
    program, *arguments = shlex.split(command)
    assert program == "hdo", name
    answer = hdo(capsys, *arguments)
    found = answer.out + answer.err + (f"[exit {answer.code}]\n" if answer.code else "")
    assert doctest.OutputChecker().check_output(expected, found, doctest.ELLIPSIS), found


@pytest.mark.parametrize(("name", "code"), blocks("python"))
def test_python_in_a_document_runs(name: str, code: str) -> None:
    """Its assertions hold."""
    assert "assert" in code
    exec(compile(code, name, "exec"), {})


def test_documents_have_examples_at_all() -> None:
    """The tests above found some, with commands of every kind that takes a spec."""
    assert {command.split()[1] for _, command, _ in sessions()} >= {"claims", "optimum", "moments"}
    assert blocks("python")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_spec_can_be_used(path: Path) -> None:
    """It is read, its problem is built, and it survives the round trip through JSON."""
    spec = load_spec(path)
    assert build_problem(spec).n == spec.population.n
    assert Spec.from_dict(spec.to_dict()) == spec


def known_keys(content: dict[str, dict[str, object]], table: str) -> set[str]:
    """The keys a table may have, as the reader lists them when it meets an unknown one."""
    content = {**content, table: {**content.get(table, {}), "no such key": 0}}
    with pytest.raises(InputError, match="no such key") as caught:
        Spec.from_dict(content)
    return set(re.findall(r"'([\w]+)'", caught.value.expected))


@pytest.mark.parametrize(
    "problem",
    [
        {"kind": "quadratic", "curvature": 1.0},
        {"kind": "quadratic", "curvature_matrix": [[1.0]], "group_centres": {}},
        {"kind": "kinked", "slope_low": 0.0, "slope_high": 1.0},
        {"kind": "cosine", "amplitude": 1.0, "frequency": 1.0},
        {"kind": "softmax", "data": "digits", "regularisation": 0.1},
        {"kind": "ridge", "data": "some.csv", "target": "y", "regularisation": 0.1},
    ],
    ids=lambda problem: problem["kind"],
)
def test_every_key_of_a_spec_is_documented(problem: dict[str, object]) -> None:
    """docs/spec.md has a row for each key the reader knows, and for none it does not."""
    text = (ROOT / "docs" / "spec.md").read_text()
    content: dict[str, dict[str, object]] = {
        "problem": problem,
        "population": {"agents": ["first-order", "first-order"]},
        "method": {"step_size": 0.1},
        "state": {"models": 0.0},
        "parameters": {},
    }
    documented = set(re.findall(r"`(?:\w+\.)?(\w+)`", text))
    for table in content:
        assert known_keys(content, table) - documented == set()


def test_local_links_lead_somewhere() -> None:
    """Every relative link in a document names a file or folder that is there."""
    for path in DOCUMENTS:
        for target in re.findall(r"\]\((?!\w+:)([^)#]+)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
