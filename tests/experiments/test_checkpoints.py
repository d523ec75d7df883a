"""A killed simulation goes on from its last finished chunk and gives the same bits."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.checkpoints import Checkpoints
from hdo import engine_blocks
from hdo.engine import joined, run_chunks
from hdo.spec import Spec

CONTENT: dict[str, Any] = {
    "problem": {"kind": "quadratic", "curvature": [1.0, 2.0], "noise": 0.5},
    "population": {"agents": ["two-point", "residual", "first-order"]},
    "method": {"step_size": 0.1, "smoothing": 0.1, "steps": 12, "start": 1.0, "momentum": 0.5},
}
OPTIONS: dict[str, Any] = {"replicas": 500, "every": 3, "workers": 1, "chunk_numbers": 4000}


def test_every_chunk_can_be_the_last(tmp_path: Path) -> None:
    """Stored up to chunk k, read back, finished: the bits of the whole run, for every k."""
    spec = Spec.from_dict(CONTENT)
    chunks = list(run_chunks(spec, **OPTIONS))
    whole = joined(chunks)[1]["gamma"]
    assert len(chunks) > 3
    for k in range(1, len(chunks) + 1):
        folder = tmp_path / str(k)
        for chunk in chunks[:k]:
            Checkpoints(folder, CONTENT).add(chunk)
        stored = Checkpoints(folder, CONTENT)
        kept = list(stored.chunks())
        assert len(kept) == k
        assert len(list(folder.glob("state-*.npz"))) == 1
        for chunk in run_chunks(spec, after=kept[-1], **OPTIONS):
            stored.add(chunk)
        assert np.array_equal(joined(Checkpoints(folder, CONTENT).chunks())[1]["gamma"], whole)


def test_other_work_begins_afresh(tmp_path: Path) -> None:
    """Chunks of another seed are not taken."""
    chunk = next(iter(run_chunks(Spec.from_dict(CONTENT), **OPTIONS)))
    Checkpoints(tmp_path, {"seed": 1}).add(chunk)
    assert list(Checkpoints(tmp_path, {"seed": 2}).chunks()) == []


LONG = {**CONTENT, "method": {**CONTENT["method"], "steps": 12_000, "step_size": 0.01}}


def start(folder: Path, answer: Path) -> subprocess.Popen[bytes]:
    """`hdo simulate --resume` in small chunks, in a process of its own."""
    script = (
        "import sys\n"
        "from hdo import engine\n"
        "engine.run_chunks.__kwdefaults__['chunk_numbers'] = 2**20\n"
        "from report.cli import run\n"
        "sys.exit(run(sys.argv[1:]))\n"
    )
    options = ["--replicas", "40", "--every", "2000", "--resume", folder, "--json", answer]
    arguments = ["simulate", json.dumps(LONG), *map(str, options)]
    return subprocess.Popen([sys.executable, "-c", script, *arguments])


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_or_interrupted_simulation_loses_no_finished_chunk(
    blow: signal.Signals, tmp_path: Path
) -> None:
    """Struck after its second chunk, run again: the answer of a run that nobody disturbed."""
    undisturbed = tmp_path / "whole.json"
    assert start(tmp_path / "whole", undisturbed).wait() == 0
    folder, answer = tmp_path / "cut", tmp_path / "cut.json"
    process = start(folder, answer)
    journal = folder / "chunks.jsonl"
    until = time.monotonic() + 60
    while not (journal.exists() and journal.read_bytes().count(b"\n") >= 3):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.01)
    os.kill(process.pid, blow)
    assert process.wait() != 0
    assert not answer.exists()
    kept = journal.read_bytes().count(b"\n")
    assert kept >= 3
    assert start(folder, answer).wait() == 0
    assert json.loads(answer.read_text()) == json.loads(undisturbed.read_text())


def test_blocks_of_the_test_are_several() -> None:
    """500 replicas are two blocks, so that chunks of a second wave occur."""
    assert engine_blocks.MOST_LANES < 500
