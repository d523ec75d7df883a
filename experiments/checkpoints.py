"""Runs of the engine on disk, chunk by chunk: what is killed loses the chunk it was at."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from experiments.files import refusals, replacing, require_folder
from experiments.journal import Journal
from hdo.engine import Chunk


class Checkpoints:
    """The finished chunks of one run, in a folder.

    Args:
        folder: made if it is not there.
        work: what is run (anything JSON can hold). Chunks of other work, of other versions or of
            other source code are begun afresh.

    A chunk's values, then its state, then a line of the journal are written, each whole; the state
    before is removed last. So the journal's last line always has its files.
    """

    def __init__(self, folder: Path, work: Mapping[str, Any]) -> None:
        require_folder(folder, where="--resume")
        self.folder = folder
        self._journal = Journal(folder / "chunks.jsonl", work)

    def chunks(self) -> Iterator[Chunk]:
        """The chunks that are finished, the last with its state."""
        records = self._journal.records
        for index, record in enumerate(records):
            values = self._load(f"values-{index}.npz")
            t = values.pop("t").astype(np.int64)
            chunk = Chunk(**record, t=t, values=values, state=())
            if index == len(records) - 1:
                chunk = replace(chunk, state=self._state(index))
            yield chunk

    def add(self, chunk: Chunk) -> None:
        """Keep one more chunk; it is on the disk when this returns."""
        index = len(self._journal.records)
        self._save(f"values-{index}.npz", {"t": chunk.t, **chunk.values})
        parts = {
            f"{block}/{name}": value
            for block, state in enumerate(chunk.state)
            for name, value in state.items()
        }
        self._save(f"state-{index}.npz", parts)
        self._journal.add({"first": chunk.first, "count": chunk.count, "steps": chunk.steps})
        (self.folder / f"state-{index - 1}.npz").unlink(missing_ok=True)

    def _state(self, index: int) -> tuple[dict[str, Any], ...]:
        found: dict[int, dict[str, Any]] = {}
        for key, value in self._load(f"state-{index}.npz").items():
            block, name = key.split("/")
            found.setdefault(int(block), {})[name] = value
        return tuple(found[block] for block in sorted(found))

    def _load(self, name: str) -> dict[str, Any]:
        path = self.folder / name
        with refusals(path, "--resume"), np.load(path) as stored:
            return dict(stored)

    def _save(self, name: str, arrays: Mapping[str, Any]) -> None:
        with replacing(self.folder / name, where="--resume") as path, path.open("wb") as file:
            np.savez(file, **arrays)
