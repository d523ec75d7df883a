"""Where an answer goes: JSON to a file or standard output, tables to people."""

import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.files import replacing, require_writable

STANDARD_OUTPUT = "-"


@dataclass(frozen=True)
class Answer:
    """The destination of a command's answer, checked before anything is computed.

    `json_to` is None (tables only), `-` (JSON on standard output and nothing else there) or a file
    (JSON in it, tables on standard output). Raises InputError for a file that cannot be written.
    """

    json_to: str | None

    def __post_init__(self) -> None:
        if self.json_to is not None and self.json_to != STANDARD_OUTPUT:
            require_writable(Path(self.json_to), where="--json")

    def give(self, content: Any, *, show: Callable[[], None]) -> None:
        """Write `content` as JSON where asked for; `show` prints it for people."""
        if self.json_to == STANDARD_OUTPUT:
            sys.stdout.write(to_json(content))
            return
        if self.json_to is not None:
            with replacing(Path(self.json_to), where="--json") as temporary:
                temporary.write_text(to_json(content), encoding="utf-8")
        show()


def to_json(content: Any) -> str:
    """Standard JSON: an infinite number is the string "inf" or "-inf", an undefined one null."""
    return json.dumps(_standard(content), indent=1, allow_nan=False, ensure_ascii=False) + "\n"


def _standard(content: Any) -> Any:
    if isinstance(content, Mapping):
        return {str(key): _standard(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_standard(value) for value in content]
    if isinstance(content, float) and not math.isfinite(content):
        return None if math.isnan(content) else str(content)
    return content


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table on standard output: boxed and folded on a terminal, plain and whole when piped."""
    if sys.stdout.isatty():
        _print_boxed(columns, rows)
        return
    widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
    for cells in (columns, *rows):
        line = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        print(line.rstrip())


def _print_boxed(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for name in columns:
        table.add_column(name, overflow="fold")
    for cells in rows:
        table.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in cells))
    Console().print(table)


_STYLES = {
    "PROVED": "bold green",
    "HOLDS": "green",
    "REFUTED": "bold red",
    "INCONCLUSIVE": "yellow",
}


def number(value: float | None, digits: int = 6) -> str:
    """A number for people; a dash where there is none, `1-3e-09` for what is nearly but not 1."""
    if value is None or math.isnan(value):
        return "-"
    short = f"{value:.{digits}g}"
    return f"1{value - 1:+.0e}" if short == "1" and value != 1 else short
