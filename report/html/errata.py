"""Where the printed text is wrong, and what became of each printed step."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from experiments.schemas import PRINTED_STEPS
from report.html.badges import badge
from report.html.blocks import Column, Table, Text
from report.html.mathml import formula
from report.html.rendering import render
from report.html.section import Rows, Section, rows_section
from theory import Claim, plain
from theory.errata import Case, errata
from theory.render_parts import in_parts
from verify.errata import ledger

KIND_MEANINGS = {
    "slip": "misprinted, and the rest of the paper uses what is meant",
    "gap": "does not follow, or hides a constant, and may still be true",
    "false": "refuted as printed, and relied on",
}


@dataclass(frozen=True)
class Entry:
    """One mistake: its record, and what its cases say, typeset."""

    record: Mapping[str, Any]
    cases: tuple[Case, ...]

    @property
    def shown(self) -> list[tuple[Mapping[str, Any], Markup, Markup]]:
        """Each case's record, with the printed and the corrected statement."""
        return [
            (found, _typeset(case.printed), _typeset(case.mended))
            for found, case in zip(self.record["witness"]["cases"], self.cases, strict=True)
        ]


def _typeset(subject: Claim) -> Markup:
    parts = in_parts(subject)
    label = plain(subject)
    lines = [formula(parts.statement, label=label)]
    lines += [formula(line) for line in parts.named]
    return Markup("").join(lines)


def anchor_of(id: str) -> str:
    """Where an erratum is in the page."""
    return f"erratum-{id}"


def _entries(folder: Path) -> list[Entry]:
    return [Entry(r, e.cases) for r, e in zip(ledger(), errata(), strict=True)]


def _blocks(entries: list[Entry]) -> Iterator[Table | Text]:
    yield Table(
        "errata",
        "Mistakes of the published text: where, of which kind, and what follows from each.",
        (
            Column("id", "id", show=_link),
            Column("kind", "kind"),
            Column("location", "where", width=0.22),
            Column("consequence", "consequence", width=0.5),
        ),
        [
            {name: e.record[name] for name in ("id", "kind", "location", "consequence")}
            for e in entries
        ],
    )
    yield Text(render("errata.html", entries=entries, kinds=KIND_MEANINGS, anchor_of=anchor_of))


def _link(row: Mapping[str, Any]) -> Markup:
    return Markup('<a href="#{}">{}</a>').format(anchor_of(row["id"]), row["id"])


ERRATA = Section(
    "errata",
    "Errata of the published text",
    _entries,
    _blocks,
    made_by="hdo errata",
    intro="Every witness was judged again when this page was made.",
)


def _steps(rows: Rows) -> Iterator[Table]:
    yield Table(
        "printed-steps",
        "Every step of the printed proofs that has numbers in it, and what decided it.",
        (
            Column("step", "step"),
            Column("location", "where", width=0.4),
            Column("outcome", "outcome", show=_outcome),
            Column("evidence", "decided by", width=0.3),
        ),
        rows,
    )


def _outcome(row: Mapping[str, Any]) -> Markup:
    return badge({"verdict": row["outcome"]}, full=False)


STEPS = rows_section(
    id="steps",
    title="The printed proofs, step by step",
    file="printed_steps.parquet",
    schema=PRINTED_STEPS,
    blocks=_steps,
)
