"""Running `hdo` inside the test's process, and reading its answer strictly."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from report.cli import run


@dataclass(frozen=True)
class Answered:
    """Exit code and the two streams of one command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as standard JSON: NaN and Infinity are errors."""

        def refuse(name: str) -> None:
            raise ValueError(f"not standard JSON: {name}")

        return json.loads(self.out, parse_constant=refuse)


def hdo(capsys: pytest.CaptureFixture[str], *arguments: str) -> Answered:
    """The answer of `hdo ARGUMENTS`."""
    capsys.readouterr()
    code = run(arguments)
    streams = capsys.readouterr()
    return Answered(code, streams.out, streams.err)
