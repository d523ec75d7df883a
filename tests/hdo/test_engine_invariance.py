"""The same bits however a run is cut: replicas, chunks, threads, devices, resuming, recording."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from system_cases import table

from hdo import engine_blocks
from hdo.engine import Chunk, joined, run_chunks, simulate
from hdo.engine_blocks import lanes_of
from hdo.interactions_graphs import Graph, graph_edges
from hdo.spec import Spec, build_problem

EVERYTHING = table(
    "cosine",
    problem={"noise": 0.25},
    population={"agents": ["residual", "two-point", "first-order", "sphere"], "directions": 2},
    method={
        "interaction": "graph",
        "graph": "ring",
        "meeting_loss": 0.25,
        "meeting_delay": 2,
        "momentum": 0.5,
        "steps": 23,
        "seed": 3,
    },
)
"""Every part of the state: models, momenta, memory, past."""

MATCHING = table("logistic", problem={"rows": 40}, method={"interaction": "matching", "steps": 11})
CASES = {"everything": EVERYTHING, "matching": MATCHING}


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Four lanes a block, so that a few replicas are several blocks."""
    engine_blocks.compiled.cache_clear()
    monkeypatch.setattr(engine_blocks, "MOST_LANES", 4)
    yield
    engine_blocks.compiled.cache_clear()


def models(content: Any, **options: Any) -> np.ndarray:
    """All models, (times, replicas, n, d)."""
    chunks = run_chunks(Spec.from_dict(content), wanted=("models",), **options)
    return joined(chunks)[1]["models"]


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("name", CASES)
def test_no_cut_changes_a_bit(name: str) -> None:
    """Replicas 3, 7, 13; one or three threads; chunks of one step; every = 1, 3, 5."""
    content = CASES[name]
    whole = models(content, replicas=13)
    assert len(np.unique(whole[-1, :, 0, 0])) == 13
    for replicas in (3, 7):
        assert np.array_equal(models(content, replicas=replicas), whole[:, :replicas])
    for threads in (1, 3):
        assert np.array_equal(models(content, replicas=13, workers=threads), whole)
    assert np.array_equal(models(content, replicas=5, chunk_numbers=1), whole[:, :5])
    for every in (3, 5):
        found = models(content, replicas=5, every=every, chunk_numbers=40)
        last = len(whole) - 1
        kept = [*range(0, last, every), last]
        assert np.array_equal(found, whole[kept, :5])


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("name", CASES)
def test_a_run_goes_on_from_any_of_its_chunks_with_the_same_bits(name: str) -> None:
    """Cut after every chunk in turn, the state taken through bytes; also another thread count."""
    spec = Spec.from_dict(CASES[name])
    options: dict[str, Any] = {"replicas": 10, "every": 2, "chunk_numbers": 200}
    chunks = list(run_chunks(spec, wanted=("models",), workers=2, **options))
    t, whole = joined(chunks)
    assert len(chunks) > 4
    assert t.tolist() == sorted({*range(0, spec.method.steps, 2), spec.method.steps})
    for index in range(len(chunks)):
        state = tuple(
            {k: np.frombuffer(v.tobytes(), v.dtype).reshape(v.shape) for k, v in block.items()}
            for block in chunks[index].state
        )
        kept = chunks[index]
        last = Chunk(kept.first, kept.count, kept.steps, kept.t, kept.values, state)
        rest = run_chunks(spec, wanted=("models",), workers=1 + index % 3, after=last, **options)
        again_t, again = joined([*chunks[: index + 1], *rest])
        assert np.array_equal(again_t, t)
        assert np.array_equal(again["models"], whole["models"])


@pytest.mark.usefixtures("small_blocks")
def test_forgetting_part_of_the_state_is_seen() -> None:
    """The comparison can fail: a state without its past, momenta or memory goes elsewhere."""
    spec = Spec.from_dict(EVERYTHING)
    options: dict[str, Any] = {"replicas": 4, "chunk_numbers": 200, "wanted": ("models",)}
    chunks = list(run_chunks(spec, **options))
    whole = joined(chunks)[1]["models"]
    first = chunks[0]
    for part in ("past", "momenta", "memory"):
        state = ({**first.state[0], part: np.zeros_like(first.state[0][part])},)
        last = Chunk(first.first, first.count, first.steps, first.t, first.values, state)
        again = joined([first, *run_chunks(spec, after=last, **options)])[1]["models"]
        assert not np.array_equal(again, whole), part


def test_progress_ends_at_the_whole_and_interrupts_pass_through() -> None:
    """(done, total) rises to total; a caller that stops gets no more chunks and no exception."""
    seen: list[tuple[int, int]] = []
    spec = Spec.from_dict(EVERYTHING)
    simulate(spec, replicas=300, progress=lambda *given: seen.append(given))
    assert seen == sorted(seen)
    assert seen[-1] == (300 * 23, 300 * 23)
    chunks = run_chunks(spec, replicas=4, chunk_numbers=1)
    next(chunks)
    chunks.close()  # type: ignore[attr-defined]


SCRIPT = """
import json, sys
import jax, numpy as np
from hdo.engine import trajectories
from hdo.spec import Spec
assert len(jax.local_devices()) == int(sys.argv[2])
_, found = trajectories(Spec.from_dict(json.loads(sys.argv[1])), replicas=600, every=23)
print(found[-1].sum(axis=(1, 2)).tobytes().hex())
"""


def test_two_devices_give_the_bits_of_one() -> None:
    """Three blocks over one and over two devices, in fresh processes."""
    import json

    found = []
    for devices in (1, 2):
        flags = f"--xla_force_host_platform_device_count={devices}"
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, json.dumps(EVERYTHING), str(devices)],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "XLA_FLAGS": flags},
        )
        found.append(done.stdout)
    assert found[0] == found[1]
    assert len(found[0]) > 600


def test_blocks_depend_on_the_problem_alone_and_fit() -> None:
    """A power of two between the limits, fewer for larger models."""
    problem = build_problem(Spec.from_dict(EVERYTHING))
    assert lanes_of(problem, everyone=False) == 256
    assert {lanes_of(problem, everyone=e) for e in (True, False)} == {256}


PEAKS = """
import resource
from hdo.engine import trajectories
from hdo.spec import Spec

def peak(steps):
    spec = Spec.from_dict({
        "problem": {"kind": "quadratic", "curvature": [1.0] * 16, "noise": 1.0},
        "population": {"agents": ["two-point", "first-order"] * 4},
        "method": {"step_size": 0.01, "smoothing": 0.1, "steps": steps},
    })
    trajectories(spec, replicas=256, every=steps)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

print(peak(200), peak(200), peak(10_000))
"""


def test_memory_does_not_grow_with_time() -> None:
    """A run 50 times as long peaks within 10 MiB: a number kept a step and replica is 19 MiB."""
    done = subprocess.run([sys.executable, "-c", PEAKS], capture_output=True, text=True, check=True)
    _, short, long = map(int, done.stdout.split())
    unit = 1 if sys.platform == "darwin" else 1024
    assert (long - short) * unit < 10 * 2**20


def test_edges_are_those_of_the_graphs_named() -> None:
    """Degrees and counts: ring 2, torus 4, star 1 and n - 1, regular and expander as asked."""
    shapes = {
        "ring": (12, {2}),
        "torus": (24, {4}),
        "star": (11, {1, 11}),
        "random-regular": (18, {3}),
    }
    for kind, (count, degrees) in shapes.items():
        edges = graph_edges(Graph(kind, degree=3), 12)
        assert len(edges) == len(np.unique(edges, axis=0)) == count
        assert set(np.bincount(edges.ravel(), minlength=12).tolist()) == degrees
        assert np.all(edges[:, 0] < edges[:, 1])
    ramanujan = graph_edges(Graph("expander", degree=4, seed=1), 20)
    adjacency = np.zeros((20, 20))
    adjacency[ramanujan[:, 0], ramanujan[:, 1]] = adjacency[ramanujan[:, 1], ramanujan[:, 0]] = 1
    values = np.sort(np.abs(np.linalg.eigvalsh(adjacency)))
    assert np.isclose(values[-1], 4)
    assert values[-2] <= 2 * np.sqrt(3)
