"""Every verdict in one table, and bounds against exact values in one picture."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from experiments.schemas import TRACE, VERDICTS
from paper_figures.bound_vs_exact import TITLES, draw, label
from report.html.badges import MEANINGS, badge, decided_by
from report.html.blocks import Block, Column, Table, Text
from report.html.families import anchor
from report.html.figures import picture
from report.html.rendering import render
from report.html.section import Rows, Section, rows_section
from report.html.witnesses import witness
from theory import claims


def _table(rows: Rows) -> Iterator[Table]:
    yield Table(
        "verdicts",
        "The verdict on each claim, what decided it, how many instances were decided, and the "
        "largest left-hand side over right-hand side among them.",
        (
            Column("claim", "claim", show=claim_link),
            Column("edition", "edition"),
            Column("verdict", "verdict", show=lambda row: badge(row, full=False)),
            Column("decided_by", "decided by", width=0.16),
            Column("instances", "instances", "number"),
            Column("worst_ratio", "worst ratio", "number"),
            Column("evidence", "evidence", width=0.24),
            Column("command", "replay", "code", width=0.2),
        ),
        [_row(row) for row in rows],
    )


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    found = witness(row)
    return {
        **row,
        "decided_by": decided_by(row),
        "command": None if found is None else found.command,
    }


def claim_link(row: Mapping[str, Any]) -> Markup:
    """The claim's key, linked to its statement in the page."""
    if (row["claim"], row["edition"]) not in {(c.key, c.edition) for c in claims()}:
        return Markup("{} (not in this version)").format(row["claim"])
    return Markup('<a href="#{}">{}</a>').format(anchor(row["claim"], row["edition"]), row["claim"])


VERDICT_TABLE = rows_section(
    id="verdicts",
    title="All verdicts",
    file="verdicts.parquet",
    schema=VERDICTS,
    blocks=_table,
)


def _picture(rows: Rows) -> Iterator[Block]:
    panels = [name for name in TITLES if any(row["panel"] == name for row in rows)]
    series = dict.fromkeys(label(str(row["series"])) for row in rows)
    if panels:
        yield picture(
            draw(rows),
            id="bound-vs-exact",
            caption="Published bounds against exact values over the interactions t. A bound far "
            "above its quantity is true and loose.",
            alt=f"Squared distance over t on a logarithmic scale, {len(panels)} panels: "
            + "; ".join(series),
            columns=list(TRACE.columns),
            rows=rows,
        )


BOUND_VS_EXACT = rows_section(
    id="bounds",
    title="Bounds against exact values",
    file="bound_vs_exact.parquet",
    schema=TRACE,
    blocks=_picture,
)


def _legend(_: object) -> Iterator[Text]:
    yield Text(render("legend.html", meanings=MEANINGS))


def _always(folder: Path) -> bool:
    return True


LEGEND = Section("legend", "How to read this page", _always, _legend)
