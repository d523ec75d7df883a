"""The maps show the stored ratios, and grey where there is none."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments import provenance, write_rows
from experiments.schemas import MAP
from paper_figures.maps import STEM, UNKNOWN, draw, save, written

RATIOS = {"published": ((50.0, None), (700.0, 20000.0)), "sharp": ((2.5, 1.25), (3.0, 12.0))}
ROWS = [
    {
        "map": name,
        "edition": edition,
        "x_name": "n0/n",
        "y_name": "d",
        "x": float(x),
        "y": 2.0**y,
        "exact": 2.0,
        "bound": None if ratio is None else 2 * ratio,
        "ratio": ratio,
        "cell": "{}",
    }
    for name in ("first", "second")
    for edition, table in RATIOS.items()
    for y, line in enumerate(table)
    for x, ratio in enumerate(line)
]


def test_numbers_are_the_stored_ratios() -> None:
    """Each panel from the top down: the largest y first."""
    panel = draw(ROWS).axes[0]
    assert [text.get_text() for text in panel.texts] == ["700", "2e4", "50"]
    assert [label.get_text() for label in panel.get_yticklabels()] == ["2", "1"]
    assert (panel.get_xlabel(), panel.get_ylabel()) == ("n0/n", "d")


def test_all_panels_share_one_logarithmic_scale_from_1() -> None:
    """The same colour is the same ratio in every panel, whatever is drawn beside it."""
    panels = draw(ROWS).axes[:4]
    norms = {id(panel.collections[0].norm) for panel in panels}
    assert len(norms) == 1
    norm = panels[0].collections[0].norm
    assert (norm.vmin, norm.vmax) == (1, 20000)
    assert norm(np.array([100.0])) == pytest.approx(np.log([100]) / np.log(20000))


def test_what_is_not_claimed_is_grey() -> None:
    """A place without hypotheses has no colour of the scale."""
    panel = draw(ROWS).axes[0]
    shades = panel.collections[0].get_array()
    assert shades is not None
    assert np.ma.getmaskarray(shades).sum() == 1
    assert panel.get_facecolor()[:3] == (float(UNKNOWN),) * 3


def test_files_hold_the_picture_and_its_numbers(tmp_path: Path) -> None:
    """The same rows give the same files."""
    stored = tmp_path / "maps.parquet"
    write_rows(stored, ROWS, schema=MAP, source=provenance({"rows": "made up"}, seed=0))
    paths = save(stored, tmp_path)
    assert {path.name for path in paths} == {f"{STEM}.{s}" for s in ("png", "pdf", "csv")}
    first = [path.read_bytes() for path in paths]
    assert [path.read_bytes() for path in save(stored, tmp_path)] == first
    kept = pd.read_csv(tmp_path / f"{STEM}.csv")["ratio"].to_numpy()
    assert np.array_equal(kept, [row["ratio"] or np.nan for row in ROWS], equal_nan=True)


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(1.2345, "1.23"), (99.94, "99.9"), (99.96, "100"), (1234.4, "1234"), (12345.0, "1e4")],
)
def test_numbers_are_short(ratio: float, text: str) -> None:
    """Three digits, or an order of magnitude."""
    assert written(ratio) == text
