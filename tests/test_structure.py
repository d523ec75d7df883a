"""The house rules that a parser can check: sizes, docstrings, paths, promises of the set-up."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("theory", "hdo", "verify", "experiments", "paper_figures", "report")
LONGEST = 400

MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEXTS = sorted(
    path
    for pattern in ("*.md", "*.toml", "Makefile", "*.cff", "docs/**/*.md", "docs/**/*.toml")
    for path in ROOT.glob(pattern)
)
HEAVY = ("numpy", "sympy", "jax", "cvxpy", "pandas", "pyarrow", "scipy", "matplotlib", "flint")


def label(path: Path) -> str:
    """The path as a test's name."""
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [*MODULES, *TESTS], ids=label)
def test_files_are_at_most_400_lines(path: Path) -> None:
    """A module one can read at a sitting."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_public_names_have_docstrings(path: Path) -> None:
    """Modules, public classes and public functions say what they are; tests may rely on names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    bodies: list[ast.Module | ast.ClassDef] = [
        tree,
        *(n for n in tree.body if isinstance(n, ast.ClassDef) and not n.name.startswith("_")),
    ]
    silent = [
        node.name
        for body in bodies
        for node in body.body
        if isinstance(node, kinds) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert ast.get_docstring(tree) is not None
    assert silent == []


@pytest.mark.parametrize("path", [*MODULES, *TESTS, *TEXTS], ids=label)
def test_no_file_names_a_place_on_one_machine(path: Path) -> None:
    """Nothing depends on where its author worked."""
    homes = re.compile(r"(?<![\w.])/(?:home|root|Users|work|mnt|opt)/\w")
    assert not homes.search(path.read_text(encoding="utf-8"))


def test_the_lock_names_no_registry_and_hashes_everything() -> None:
    """The lock is the same wherever it is installed from, and pins content."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert not re.search(r"^\s*--(?!hash=)", lock, flags=re.MULTILINE)
    entries = re.split(r"\n(?=[A-Za-z0-9])", lock.strip())
    assert len(entries) > 10
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_the_lock_covers_every_named_dependency() -> None:
    """What pyproject asks for, the lock provides: a dependency added without `make lock` shows."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[\[<>=!~ ;]", requirement)[0].lower() for requirement in wanted}
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = {line.split("==")[0].lower() for line in lock.splitlines() if "==" in line}
    assert names <= locked


def test_every_dependency_is_justified_in_the_readme() -> None:
    """A dependency needs a sentence why it and not its rival."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `([\w-]+)`", readme, flags=re.MULTILINE))
    wanted = {re.split(r"[\[<>=]", requirement)[0] for requirement in project["dependencies"]}
    assert wanted - named == set()


def test_help_imports_no_heavy_library() -> None:
    """`hdo --help` answers at once, because heavy libraries are imported where they are used."""
    script = (
        "import sys\n"
        "from report.cli import run\n"
        "assert run(['--help']) == 0\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
    assert "audit" in done.stdout
