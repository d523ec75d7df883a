"""A journal: records kept on disk one by one while long work goes on, so that none is lost.

An interrupted run leaves it behind and the next run of the same work starts from it; what is in it
when the process is killed in the middle of a line is everything but that line.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments.files import refusals
from experiments.store import versions

_ROOMS = ("theory", "hdo", "verify")
"""What the records follow from: a journal of another state of these is worth nothing."""


class Journal:
    """The records of one piece of work, in a file that exists until the work is done.

    Args:
        path: the file; its folder exists.
        work: what is being done (anything JSON can hold). A journal of other work, of other
            versions or of other source code is begun afresh.

    Raises InputError for whatever the file system refuses.
    """

    def __init__(self, path: Path, work: Mapping[str, Any]) -> None:
        self.path = path
        header = {**work, "versions": versions(), "sources": _sources()}
        found = _lines(path)
        self.records: list[Any] = found[1:] if found[:1] == [header] else []
        """What is kept, from before and since."""
        self._unwritten = [header, *self.records]

    def add(self, record: Mapping[str, Any]) -> None:
        """Keep one more record; it is on the disk when this returns."""
        mode = "w" if self._unwritten else "a"
        with refusals(self.path, None), self.path.open(mode, encoding="utf-8") as file:
            for line in (*self._unwritten, record):
                file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._unwritten = []
        self.records.append(record)

    def done(self) -> None:
        """Remove the file: the work's results are stored."""
        self.path.unlink(missing_ok=True)


def _lines(path: Path) -> list[Any]:
    """The whole records of a journal; none of a file that is not there or is no journal."""
    try:
        *whole, _ = path.read_bytes().split(b"\n")
        return [json.loads(line) for line in whole]
    except (OSError, ValueError):
        return []


def _sources() -> str:
    root, digest = Path(__file__).resolve().parents[1], hashlib.sha256()
    for file in sorted(file for room in _ROOMS for file in (root / room).rglob("*.py")):
        digest.update(file.relative_to(root).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()
