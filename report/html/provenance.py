"""Where every stored number comes from."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from experiments import Provenance, read_provenance, read_rows
from experiments.schemas import RUN
from report.html.blocks import Block, Column, Table, Text
from report.html.rendering import render
from report.html.section import Section

RUNS = "runs.parquet"


@dataclass(frozen=True)
class Sources:
    """What is stored: each file with its rows and provenance, and the runs that filled it."""

    files: Sequence[tuple[str, int, Provenance]]
    runs: Sequence[dict[str, Any]]


def sources(folder: Path) -> Sources | None:
    """The provenance of every Parquet file of the folder; None where there is none."""
    found = []
    for path in sorted(folder.glob("*.parquet")):
        count, origins = read_provenance(path)
        found += [(path.name, count, origin) for origin in origins]
    path = folder / RUNS
    runs = read_rows(path, schema=RUN) if path.exists() else []
    return Sources(found, runs) if found else None


def _blocks(found: Sources) -> Iterator[Block]:
    yield Table(
        "stored-files",
        "The stored files this page was made from. A commit that ends in +changes is a checkout "
        "with files that differ from it; the hash is of what was asked for.",
        (
            Column("file", "file", "code"),
            Column("rows", "rows", "number"),
            Column("created", "begun (UTC)"),
            Column("seed", "seed", "number"),
            Column("commit", "commit", "code", width=0.2),
            Column("platform", "platform", width=0.15),
            Column("spec_hash", "hash", "code", width=0.2),
        ),
        [{"file": name, "rows": rows, **asdict(origin)} for name, rows, origin in found.files],
    )
    if found.runs:
        yield Table(
            "runs",
            "The run that filled the folder: how long it took, and on what machine.",
            (
                Column("command", "command", "code"),
                Column("profile", "profile"),
                Column("seconds", "seconds", "number"),
                Column("taken_over", "verdicts taken over", "number"),
                Column("processor", "processor", width=0.25),
                Column("processors", "processors", "number"),
            ),
            found.runs,
        )
    versions = dict.fromkeys(origin.versions for _, _, origin in found.files)
    yield Text(render("versions.html", versions=[json.loads(text) for text in versions]))


PROVENANCE = Section(
    "provenance",
    "Where the numbers come from",
    sources,
    _blocks,
    intro="The same seed, profile and commit give the same verdicts.",
)
