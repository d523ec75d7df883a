"""docs/tightness.md, against rows measured again, and what an audit stores."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from experiments import provenance, read_rows, write_rows
from experiments.schemas import MAP, PHASE, SLACK, TIGHTNESS
from hdo.errors import InputError
from report.html.blocks import Picture
from report.html.section import show
from report.html.tightness import MAPS, PHASES, PLACE, SHARES, WATERFALL
from report.tightness import (
    DOCS,
    EDITIONS,
    PICTURES,
    Tightness,
    chains_of,
    measured,
    page,
    ratios,
    store_rows,
)
from verify.slack_cases import VARIED

PAGE = (DOCS / "tightness.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def found() -> Tightness:
    """The quick profile."""
    return measured("quick")


def table(text: str, subject: str) -> list[str]:
    """The cells after a table row's first one."""
    line = next(line for line in text.splitlines() if line.startswith(f"| {subject} |"))
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def test_the_page_states_the_base_population_as_measured(found: Tightness) -> None:
    """Bound / exact value in three editions, to the digits printed."""
    seen = ratios(found.slack)
    for subject in {name for name, _ in seen}:
        for edition, cell in zip(EDITIONS, table(PAGE, subject), strict=True):
            (value,) = seen[subject, edition]
            assert cell.startswith(f"**{value:.4g}** (")
            low, high = (float(part) for part in re.findall(r"[\d.e+]+", cell)[-2:])
            assert low <= value * 1.0005
            assert high >= value / 1.0005
    assert f"over {len(VARIED)} populations" in PAGE


def test_the_page_names_the_costliest_inequalities_as_measured(found: Tightness) -> None:
    """Line by line, for the base population; at most three a chain."""
    costs = [line for line in page(found).splitlines() if re.match(r"[123]\. ", line)]
    assert len(costs) >= 3 * 6
    stated = [line for line in PAGE.splitlines() if re.match(r"[123]\. ", line)]
    assert costs == stated


def test_the_page_counts_every_point(found: Tightness) -> None:
    """The phase table's rows add up to the full planes; the quick points are fewer."""
    for text, share in ((PAGE, 1), (page(found), 2)):
        for line in text.splitlines():
            if re.match(
                r"\| .* \| (interactions|oracle calls|compute cost|parallel time) \|", line
            ):
                total = sum(int(cell) for cell in line.strip("| ").split("|")[2:])
                across, up = (9, 7) if line.startswith("| n0/n1") else (7, 7)
                assert total == len(range(0, across, share)) * len(range(0, up, share))


def test_every_picture_of_the_page_is_there() -> None:
    """PNG files beside it, and no other."""
    named = re.findall(r"\((tightness/[\w.-]+\.png)\)", PAGE)
    assert len(named) == 5
    assert {f"{PICTURES}/{path.name}" for path in (DOCS / PICTURES).iterdir()} == set(named)
    assert all((DOCS / name).read_bytes().startswith(b"\x89PNG") for name in named)


def test_a_bound_that_is_violated_would_show(found: Tightness) -> None:
    """A ratio below 1 stands in the table; a wrong promise is counted."""
    first = chains_of(found.slack)[0]
    broken = [{**row, "bound": 0.5 * row["exact"]} for row in first]
    text = page(replace(found, slack=(*broken, *found.slack[len(first) :])))
    subject = f"Lemma 13, {json.loads(first[0]['cell'])['state']}"
    assert table(text, subject)[0] == "**0.5**"
    promised = ({**found.phase[0], "region": "predicted only"}, *found.phase[1:])
    assert "In 1 points the bounds promise" in page(replace(found, phase=promised))
    assert "never promise" in page(found)


def test_an_unknown_profile_is_refused() -> None:
    """In one sentence, before anything is measured."""
    with pytest.raises(InputError, match="profile"):
        measured("fast")


def test_what_an_audit_stores(found: Tightness, tmp_path: Path) -> None:
    """Rows of three schemas, and their pictures."""
    files = store_rows(found, tmp_path, provenance({"rows": "quick"}, seed=0))
    assert {path.name for path in files} == {path.name for path in tmp_path.iterdir()}
    assert {path.suffix for path in files} == {".parquet", ".png", ".pdf", ".csv"}
    kinds = (
        ("slack", SLACK, found.slack),
        ("maps", MAP, found.maps),
        ("phase", PHASE, found.phase),
    )
    for name, schema, rows in kinds:
        kept = read_rows(tmp_path / f"{name}.parquet", schema=schema)
        assert [{key: row[key] for key in schema.columns} for row in kept] == list(rows)


def test_the_report_shows_them(found: Tightness, tmp_path: Path) -> None:
    """Five pictures with their numbers; three inequalities a chain, counts that add up."""
    source = provenance({"rows": "quick"}, seed=0)
    store_rows(found, tmp_path, source)
    used: dict[str, Any] = {"claim": "lemma-2", "edition": "published", "scope": "step"}
    place = dict.fromkeys(("n", "n0", "d", "L", "l", "eta", "nu"), 1.0)
    rows: list[dict[str, Any]] = [
        {**used, **place, "source": "found", "share": 0.25, "witness": "hdo verify one"},
        {**used, **place, "source": "found", "share": 0.75, "witness": "hdo verify two"},
        {**used, **place, "source": "certified", "share": 0.875, "witness": None},
    ]
    write_rows(tmp_path / "tightness.parquet", rows, schema=TIGHTNESS, source=source)
    parts = [show(s, tmp_path) for s in (SHARES, WATERFALL, MAPS, PHASES)]
    pictures = [b for part in parts for b in part.blocks or () if isinstance(b, Picture)]
    assert len(pictures) == 5
    assert sum(picture.csv.count("\n") - 1 for picture in pictures) == sum(
        map(len, (found.slack, found.maps, found.phase))
    )
    (shares,), (slack,), (), (regions,) = (part.tables for part in parts)
    assert (shares.rows[0]["found"], shares.rows[0]["certified"]) == (0.75, 0.875)
    chains = {(row["claim"], row["edition"], row["state"]) for row in slack.rows}
    assert {claim for claim, _, _ in chains} >= {"lemma-13", "theorem-1.1", "theorem-1.2"}
    assert 2 * len(chains) <= len(slack.rows) <= 3 * len(chains)
    assert all(row["added"] > 0 for row in slack.rows)
    counted = sum(row[name] for row in regions.rows for name in row if name not in PLACE)
    assert counted == len(found.phase)
