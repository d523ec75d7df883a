"""Imports go one way, through one meeting point of prediction and measurement."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

MAY_IMPORT = {
    "theory": set(),
    "hdo": set(),
    "verify": {"theory", "hdo"},
    "experiments": {"hdo", "verify"},
    "paper_figures": {"theory", "experiments"},
    "report": {"theory", "hdo", "verify", "experiments", "paper_figures"},
}
EVIDENCE = (
    "verify.onestep",
    "verify.trajectory",
    "verify.evidence",
    "verify.statistical.bounds",
    "verify.statistical.replicas",
    "verify.own.exact",
    "verify.own.sampled",
)
"""What measures: it never sees a bound."""

MEETING_POINTS = [
    "verify.judge",
    "verify.own.estimator",
    "verify.own.verdicts",
    "verify.statistical.verdicts",
]
"""Where claims meet exact evidence, where they meet replicas, and the two for a user's estimator:
its claims carry what measures it, and meet what was sampled of it."""


def module_name(path: Path) -> str:
    """`verify/onestep/__init__.py` -> `verify.onestep`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(source: str, module: str, *, package: bool) -> Iterator[str]:
    """Every name a module imports, dotted and absolute, wherever in the file the import stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.split(".")
                kept = parts[: len(parts) - node.level + package]
                base = ".".join([*kept, *([base] if base else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def modules(room: str) -> list[tuple[str, set[str]]]:
    """Each module of a room with the names it imports."""
    return [
        (
            module_name(path),
            set(
                imported(
                    path.read_text(encoding="utf-8"),
                    module_name(path),
                    package=path.name == "__init__.py",
                )
            ),
        )
        for path in sorted((ROOT / room).rglob("*.py"))
    ]


def inside(name: str, package: str) -> bool:
    """Whether a dotted name is a package or lies in it."""
    return name == package or name.startswith(f"{package}.")


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_rooms_below_it(room: str) -> None:
    """The rooms are a hierarchy: theory and hdo know nothing of the others, report knows all."""
    found = modules(room)
    assert found
    others = set(MAY_IMPORT) - MAY_IMPORT[room] - {room}
    crossing = [
        (module, name)
        for module, names in found
        for name in names
        for other in others
        if inside(name, other)
    ]
    assert crossing == []


def test_no_room_imports_the_tests() -> None:
    """What ships does not need its tests."""
    found = [
        m
        for room in MAY_IMPORT
        for m, names in modules(room)
        if any(inside(n, "tests") for n in names)
    ]
    assert found == []


def test_evidence_never_sees_a_bound() -> None:
    """What measures imports neither theory nor any module of verify that does."""
    graph = dict(modules("verify"))
    starts = [module for module in graph if any(inside(module, e) for e in EVIDENCE)]
    assert starts
    reached: set[str] = set()
    waiting = list(starts)
    while waiting:
        module = waiting.pop()
        if module in reached:
            continue
        reached.add(module)
        names = graph[module]
        assert not [n for n in names if inside(n, "theory")], module
        waiting += [m for m in graph if any(n == m or n.rpartition(".")[0] == m for n in names)]


def test_prediction_and_measurement_meet_in_one_module_of_each_kind() -> None:
    """Only `verify.judge` imports theory and exact evidence; the others are named above."""
    both = [
        module
        for module, names in modules("verify")
        if any(inside(n, "theory") for n in names)
        and any(inside(n, e) for n in names for e in EVIDENCE)
    ]
    assert both == MEETING_POINTS


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import theory", "theory"),
        ("from theory import claim", "theory.claim"),
        ("def f():\n    from theory.claim import Claim", "theory.claim.Claim"),
        ("from . import judge", "verify.judge"),
        ("from .judge import judge", "verify.judge.judge"),
    ],
)
def test_every_way_to_import_is_seen(source: str, expected: str) -> None:
    """The parser finds plain, from, nested and relative imports: the tests can fail."""
    assert list(imported(source, "verify.search", package=False)) == [expected]
