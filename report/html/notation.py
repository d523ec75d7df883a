"""Every symbol: what it means, which values it takes, its unit."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from report.html.blocks import Column, Table
from report.html.mathml import math
from report.html.section import Section
from theory import NOTATION, claims


def _rows(folder: Path) -> list[dict[str, str]]:
    used = {symbol.name for subject in claims() for symbol in subject.free_symbols}
    return [
        {
            "name": entry.name,
            "latex": entry.latex,
            "meaning": entry.meaning,
            "domain": entry.domain,
            "unit": entry.unit,
        }
        for entry in NOTATION.values()
        if entry.name in used
    ]


def _blocks(rows: list[dict[str, str]]) -> Iterator[Table]:
    yield Table(
        "notation",
        "Symbols of the statements. Units: x is a length of models, f a value of the objective.",
        (
            Column("latex", "symbol", "code", show=_symbol, width=0.25),
            Column("name", "name in commands", "code"),
            Column("meaning", "meaning", width=0.4),
            Column("domain", "values"),
            Column("unit", "unit"),
        ),
        rows,
    )


def _symbol(row: Mapping[str, Any]) -> Markup:
    return math(row["latex"])


NOTATION_TABLE = Section("symbols", "Symbols", _rows, _blocks)
