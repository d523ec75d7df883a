"""The phase diagram shows the stored regions and ratios."""

from pathlib import Path

import numpy as np
import pandas as pd

from experiments import provenance, write_rows
from experiments.schemas import PHASE
from paper_figures.phase import COLOURS, STEM, draw, save, written
from verify.phase import REGIONS
from verify.phase_cases import BUDGETS

BLANK = dict.fromkeys(PHASE.columns)
ROWS = [
    {
        **BLANK,
        "plane": plane,
        "x_name": f"{plane} axis",
        "x": x,
        "d": d,
        "budget": budget,
        "ratio": x * d,
        "region": REGIONS[(place + i + j) % len(REGIONS)],
    }
    for plane in ("shares", "noise")
    for place, budget in enumerate(BUDGETS)
    for i, x in enumerate((0.5, 1.0, 16.0))
    for j, d in enumerate((1, 2))
]


def test_every_region_has_a_colour_of_its_own() -> None:
    """And the legend names all of them, in order."""
    assert tuple(COLOURS) == REGIONS
    assert len(set(COLOURS.values())) == len(REGIONS)
    (legend,) = draw(ROWS).legends
    assert [text.get_text() for text in legend.get_texts()] == list(REGIONS)


def test_panels_are_budgets_by_planes() -> None:
    """A row of panels a budget; the axes are named."""
    panels = draw(ROWS).axes
    assert [panel.get_title() for panel in panels[::2]] == [f"equal {name}" for name in BUDGETS]
    assert [panel.get_xlabel() for panel in panels[:2]] == ["shares axis", "noise axis"]
    assert {panel.get_ylabel() for panel in panels} == {"d"}


def test_numbers_and_colours_are_the_stored_ones() -> None:
    """From the top down: the largest d first."""
    panel = draw(ROWS).axes[0]
    assert [text.get_text() for text in panel.texts] == ["1", "2", "32", "0.5", "1", "16"]
    assert [label.get_text() for label in panel.get_xticklabels()] == ["1/2", "1", "16"]
    shown = np.asarray(panel.collections[0].get_array()).reshape(2, 3)
    assert shown.tolist() == [[1, 2, 3], [0, 1, 2]]
    scale = panel.collections[0]
    drawn = scale.to_rgba(np.arange(len(REGIONS)))
    assert np.allclose(drawn[:, :3], [tuple(colour) for colour in COLOURS.values()], atol=1 / 255)


def test_numbers_can_be_read_on_their_colour() -> None:
    """White on the dark region, black on the others."""
    panel = draw(ROWS).axes[0]
    assert [text.get_color() for text in panel.texts] == ["black"] * 3 + ["white"] + ["black"] * 2


def test_files_hold_the_picture_and_its_numbers(tmp_path: Path) -> None:
    """One picture in two formats, and every row."""
    stored = tmp_path / "phase.parquet"
    write_rows(stored, ROWS, schema=PHASE, source=provenance({"rows": "made up"}, seed=0))
    paths = save(stored, tmp_path)
    assert {path.name for path in paths} == {f"{STEM}.{s}" for s in ("png", "pdf", "csv")}
    assert pd.read_csv(tmp_path / f"{STEM}.csv")["region"].tolist() == [r["region"] for r in ROWS]


def test_ratios_are_short() -> None:
    """Two digits."""
    assert [written(r) for r in (0.05123, 0.996, 9.94, 9.96, 1102.4)] == [
        "0.051",
        "1",
        "9.9",
        "10",
        "1102",
    ]
