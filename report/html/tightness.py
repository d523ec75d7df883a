"""How tight: shares of bounds, slack along the proofs, maps, and the phase diagram."""

import json
from collections.abc import Iterator
from typing import Any

from experiments.schemas import MAP, PHASE, SLACK, TIGHTNESS
from paper_figures import maps, phase, waterfall
from report.html.blocks import Block, Column, Table
from report.html.figures import picture
from report.html.section import Rows, rows_section
from report.html.verdicts import claim_link
from report.shares import summarise
from report.tightness import chains_of
from verify.slack import costliest


def _shares(rows: Rows) -> Iterator[Block]:
    yield Table(
        "shares",
        "The share of each bound that is used: at most, by certified multipliers; the largest at "
        "states found by gradients and judged exactly; the median on real data. Negative: what the "
        "bound subtracts is more than it needs. The commands that show what was found are in "
        "tightness.parquet.",
        (
            Column("claim", "claim", show=claim_link),
            Column("edition", "edition"),
            Column("certified", "certified", "number"),
            Column("found", "largest found", "number"),
            Column("real", "median on real data", "number"),
            Column("settings", "settings", "number"),
        ),
        summarise(rows),
    )


SHARES = rows_section(
    id="tightness",
    title="How much of each bound is used",
    file="tightness.parquet",
    schema=TIGHTNESS,
    blocks=_shares,
    intro="A share of 1 means that the bound is attained; 0.1 that it is ten times too large.",
)


def _slack(rows: Rows) -> Iterator[Block]:
    yield Table(
        "slack",
        "The three inequalities of each proof that add most to bound - exact value.",
        (
            Column("claim", "claim", show=claim_link),
            Column("edition", "edition"),
            Column("state", "state"),
            Column("ratio", "bound / exact", "number"),
            Column("equation", "where", width=0.15),
            Column("step", "inequality", width=0.3),
            Column("added", "share of the slack", "number"),
            Column("factor", "factor", "number"),
        ),
        list(_costly(rows)),
    )
    for group, (title, keys) in waterfall.GROUPS.items():
        part = [row for row in rows if row["claim"] in keys]
        if part:
            yield picture(
                waterfall.draw(rows, group),
                id=f"waterfall-{group}",
                caption=f"{title}: from the exact value to the bound, one bar an inequality of "
                "the proof; the factors multiply to the whole.",
                alt=f"Bars of the factors of {len(part)} inequalities, a panel an edition.",
                columns=list(SLACK.columns),
                rows=part,
            )


def _costly(rows: Rows) -> Iterator[dict[str, Any]]:
    """Of the first population of each claim, edition and state."""
    seen: set[tuple[Any, ...]] = set()
    for part in chains_of(rows):
        first = part[0]
        state = json.loads(first["cell"]).get("state", "")
        if (name := (first["claim"], first["edition"], state)) in seen:
            continue
        seen.add(name)
        slack = first["bound"] - first["exact"]
        for row in costliest(part):
            added = (row["after"] - row["before"]) / slack
            yield {
                **row,
                "state": state,
                "ratio": first["bound"] / first["exact"],
                "added": added,
            }


WATERFALL = rows_section(
    id="slack",
    title="Where the slack comes from",
    file="slack.parquet",
    schema=SLACK,
    blocks=_slack,
    intro="Each bound is the exact value and what every inequality of its proof adds.",
)


def _maps(rows: Rows) -> Iterator[Block]:
    yield picture(
        maps.draw(rows),
        id="maps-picture",
        caption="Noise floor of the bound over the exact stationary gap. Grey: the edition's "
        "hypotheses do not hold.",
        alt="Heat maps of bound over exact value by edition and pair of parameters.",
        columns=list(MAP.columns),
        rows=rows,
    )


MAPS = rows_section(
    id="maps", title="Tightness maps", file="maps.parquet", schema=MAP, blocks=_maps
)


def _phase(rows: Rows) -> Iterator[Block]:
    yield Table(
        "phase-regions",
        "In how many points of each plane the mixed population wins, at equal what.",
        tuple(Column(name, name, "number" if name not in PLACE else "text") for name in _REGIONS),
        _counted(rows),
    )
    yield picture(
        phase.draw(rows),
        id="phase-picture",
        caption="Exact error of the mixed population over that of its first-order agents alone, "
        "each at its own best step size: below 1 the zeroth-order agents help.",
        alt="Maps of who wins, by dimension and by the share or the noise of the agents.",
        columns=list(PHASE.columns),
        rows=rows,
    )


PLACE = ("varied", "equal")
"""What says which points a row of the table counts."""

_REGIONS = (
    *PLACE,
    "mixed wins",
    "mixed wins, not predicted",
    "within 5 %",
    "alone wins",
    "predicted only",
)


def _counted(rows: Rows) -> list[dict[str, Any]]:
    places = dict.fromkeys((row["x_name"], row["budget"]) for row in rows)
    return [
        {
            "varied": varied,
            "equal": equal,
            **{
                region: sum(
                    (row["x_name"], row["budget"], row["region"]) == (varied, equal, region)
                    for row in rows
                )
                for region in _REGIONS[2:]
            },
        }
        for varied, equal in places
    ]


PHASES = rows_section(
    id="phase",
    title="Do zeroth-order agents help?",
    file="phase.parquet",
    schema=PHASE,
    blocks=_phase,
    intro="The paper's question, on quadratics where every error is known exactly.",
)
