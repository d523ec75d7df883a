"""The keys beyond Algorithm 1: read, written back, and refused where they make no sense."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from system_cases import table

from hdo.engine import simulate
from hdo.errors import InputError
from hdo.interactions_graphs import Graph, graph_edges
from hdo.spec import Spec

ACCEPTED: list[dict[str, Any]] = [
    {"interaction": "graph", "graph": "ring"},
    {"interaction": "graph", "graph": "expander", "graph_degree": 2, "graph_seed": 5},
    {"meeting_loss": 0.5, "meeting_delay": 3, "momentum": 0.9},
    {"schedule": "warmup-cosine", "warmup": 2, "final": 0.5},
]
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"graph": "ring"}, r"method\.graph: expected no such key"),
    ({"interaction": "graph"}, r"method\.graph: expected one of"),
    ({"interaction": "graph", "graph": 3}, r"method\.graph: expected one of"),
    ({"interaction": "graph", "graph": "ring", "graph_degree": 4}, "graph_degree: expected no"),
    ({"meeting_loss": 1.5}, r"method\.meeting_loss: expected a finite number >= 0 and <= 1"),
    ({"meeting_delay": -1}, r"method\.meeting_delay: expected an integer >= 0"),
    ({"momentum": 1.0}, r"method\.momentum: expected a number >= 0 and < 1"),
    ({"warmup": 3}, r"method\.warmup: expected no such key"),
    ({"schedule": "theorem"}, r"method\.step_size: expected no step size"),
]


@pytest.mark.parametrize("keys", ACCEPTED, ids=lambda keys: next(iter(keys.values())))
def test_what_is_read_is_written_back(keys: dict[str, Any]) -> None:
    """`Spec.from_dict(spec.to_dict())` is the spec, and the keys are not of Algorithm 1."""
    spec = Spec.from_dict(table(method=keys))
    assert Spec.from_dict(spec.to_dict()) == spec
    assert spec.method.beyond
    assert not Spec.from_dict(table()).method.beyond


@pytest.mark.parametrize(("keys", "message"), REFUSED)
def test_what_makes_no_sense_is_named(keys: dict[str, Any], message: str) -> None:
    """The key by its path, and what is allowed."""
    with pytest.raises(InputError, match=message):
        Spec.from_dict(table(method=keys))


def test_the_theorems_step_size_needs_strong_convexity_and_time() -> None:
    """l = 0 and T = 1 are refused when the run begins."""
    content = table("cosine")
    content["method"] = {"schedule": "theorem", "steps": 9, "smoothing": 0.1}
    with pytest.raises(InputError, match="strongly convex"):
        simulate(Spec.from_dict(content), replicas=1)
    content = table()
    content["method"] = {"schedule": "theorem", "steps": 1, "smoothing": 0.1}
    with pytest.raises(InputError, match="integer >= 2"):
        simulate(Spec.from_dict(content), replicas=1)


@pytest.mark.parametrize(
    ("graph", "n", "message"),
    [
        (Graph("torus"), 10, "a, b >= 3"),
        (Graph("random-regular", degree=3), 5, "n x degree even"),
        (Graph("expander", degree=3), 8, "an even integer"),
        (Graph("nowhere.txt"), 4, "readable edge list"),
    ],
)
def test_graphs_that_cannot_be_are_refused(graph: Graph, n: int, message: str) -> None:
    """With the reason."""
    with pytest.raises(InputError, match=message):
        graph_edges(graph, n)


def test_an_edge_list_is_read_and_its_mistakes_are_named(tmp_path: Path) -> None:
    """Comments, order and repeats do not matter; strangers, loops and islands do."""
    path = tmp_path / "edges.txt"
    path.write_text("# a path\n1 0\n\n1 2  # the middle\n0 1\n")
    assert graph_edges(Graph(str(path)), 3).tolist() == [[0, 1], [1, 2]]
    for text, message in (
        ("0 1\n1 3\n", "line 2"),
        ("0 1\n1 1\n", "line 2"),
        ("0 one\n", "line 1"),
        ("0 1\n", "a connected graph of 3 agents"),
    ):
        path.write_text(text)
        with pytest.raises(InputError, match=message):
            graph_edges(Graph(str(path)), 3)


def test_a_spec_file_finds_its_edge_list_beside_it(tmp_path: Path) -> None:
    """Like data, by a relative path."""
    (tmp_path / "edges.txt").write_text("0 1\n1 2\n")
    content = table(method={"interaction": "graph", "graph": "edges.txt"})
    spec = Spec.from_dict(content, folder=tmp_path)
    assert spec.method.graph == Graph(str(tmp_path / "edges.txt"))


def test_the_complex_step_is_refused_on_kinks_when_a_run_begins() -> None:
    """One sentence, before anything is computed."""
    content = table("kinked", population={"agents": ["complex-step", "first-order", "two-point"]})
    with pytest.raises(InputError, match="extends analytically"):
        simulate(Spec.from_dict(content), replicas=1)


def test_lost_meetings_leave_agents_apart_and_delays_do_not_preserve_the_mean() -> None:
    """Loss 1: Gamma grows as without any averaging; by hand for two agents, one step."""
    content: dict[str, Any] = {
        "problem": {"kind": "quadratic", "curvature": 1.0, "centres": [[1.0], [-1.0]]},
        "population": {"first_order": 2},
        "method": {"step_size": 0.5, "steps": 1, "start": 0.0, "meeting_loss": 1.0},
    }
    found: Any = simulate(Spec.from_dict(content), replicas=2)
    assert np.allclose(found["gamma"]["mean"], [0.0, 0.25])
    content["method"] = {**content["method"], "meeting_loss": 0.0, "meeting_delay": 1}
    found = simulate(Spec.from_dict(content), replicas=2)
    # X_i = (+-0.5 + 0)/2: each averages with the other's start
    assert np.allclose(found["gamma"]["mean"], [0.0, 0.0625])
