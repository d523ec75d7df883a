"""A section of the report: where its data is, what it shows, and which command makes the data."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments import Schema, read_rows
from report.html.blocks import Block, Table

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Section:
    """One section of the page.

    Args:
        id: its anchor.
        title: its heading.
        load: its data from the folder of results, None where it is not there.
        blocks: what is shown of the data.
        made_by: the command that makes the data.
        intro: a sentence or two before it.
    """

    id: str
    title: str
    load: Callable[[Path], Any | None]
    blocks: Callable[[Any], Iterable[Block]]
    made_by: str = "hdo audit"
    intro: str = ""


@dataclass(frozen=True)
class Shown:
    """A section with its data read; `blocks` is None where there is none."""

    section: Section
    blocks: tuple[Block, ...] | None

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables among its blocks."""
        return tuple(block for block in self.blocks or () if isinstance(block, Table))


def show(section: Section, folder: Path) -> Shown:
    """Read a section's data; InputError if it is there and cannot be used."""
    data = section.load(folder)
    return Shown(section, None if data is None else tuple(section.blocks(data)))


def stored(name: str, schema: Schema) -> Callable[[Path], Rows | None]:
    """Reads the rows of a file in the folder of results; None if there is no such file."""

    def load(folder: Path) -> Rows | None:
        path = folder / name
        return read_rows(path, schema=schema) if path.exists() else None

    return load


def rows_section(
    *,
    id: str,
    title: str,
    file: str,
    schema: Schema,
    blocks: Callable[[Rows], Iterable[Block]],
    made_by: str = "hdo audit",
    intro: str = "",
) -> Section:
    """The usual section: the rows of one Parquet file as tables and pictures."""
    return Section(id, title, stored(file, schema), blocks, made_by, intro)


def by_name(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Rows about claims by (key, edition)."""
    return {(row["claim"], row["edition"]): row for row in rows}
