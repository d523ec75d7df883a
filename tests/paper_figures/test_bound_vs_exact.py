"""The picture shows what was stored, with axes, units and labels, and nothing else."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from experiments import provenance, write_rows
from experiments.schemas import TRACE
from paper_figures.bound_vs_exact import STEM, TITLES, draw, label, save
from theory import NOTATION, claim

SERIES = {
    "breast_cancer": ("Gamma_next", "lemma-2", "lemma-11"),
    "quadratic": ("Gamma", "a_sq", "lemma-11", "lemma-13"),
}
ROWS = [
    {"panel": panel, "t": t, "series": name, "value": 10.0 ** (place - t)}
    for panel, names in SERIES.items()
    for place, name in enumerate(names)
    for t in range(4)
]


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """Trace rows in a file."""
    path = tmp_path / "trace.parquet"
    write_rows(path, ROWS, schema=TRACE, source=provenance({"rows": "made up"}, seed=0))
    return path


def drawn(axes: Axes) -> list[Line2D]:
    """The lines with points (legends bring lines without)."""
    return [line for line in axes.lines if points(line)]


def points(line: Line2D) -> list[list[float]]:
    """[x, y] of each point."""
    return np.asarray(line.get_xydata()).tolist()


def test_lines_are_the_stored_numbers() -> None:
    """Each series of each panel is one line through exactly its stored points."""
    for axes, (panel, names) in zip(draw(ROWS).axes, SERIES.items(), strict=True):
        stored = [
            [
                [row["t"], row["value"]]
                for row in ROWS
                if (row["panel"], row["series"]) == (panel, n)
            ]
            for n in names
        ]
        assert [points(line) for line in drawn(axes)] == stored


def test_axes_are_labelled_with_units_and_the_scale_is_logarithmic() -> None:
    """Both axes say what they show, in which unit."""
    for axes in draw(ROWS).axes:
        assert axes.get_xlabel() == "interactions t"
        assert "squared distance" in axes.get_ylabel()
        assert axes.get_yscale() == "log"
        assert axes.get_title() in TITLES.values()


def test_lines_differ_in_colour_and_in_dashes() -> None:
    """Whoever cannot tell the colours apart can tell the dashes apart."""
    for axes in draw(ROWS).axes:
        lines = drawn(axes)
        assert len({line.get_color() for line in lines}) == len(lines)
        assert len({vars(line)["_unscaled_dash_pattern"] for line in lines}) == len(lines)


def test_legend_names_lemma_and_quantity_in_theorys_words() -> None:
    """The legend is derived from the claims, not written a second time."""
    assert label("lemma-11").startswith("bound of Lemma 11")
    assert claim("lemma-11").title in label("lemma-11")
    assert r"\Gamma_t" in label("Gamma")
    assert NOTATION["Gamma"].meaning in label("Gamma")
    assert label("Gamma_next") == r"exact $E_t\Gamma_{t+1}$"
    legend = draw(ROWS).axes[0].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [
        label(name) for name in SERIES["breast_cancer"]
    ]


def test_values_without_a_logarithm_are_left_out() -> None:
    """A zero (Gamma at a common start) does not become a point somewhere."""
    rows = [{**row, "value": 0.0} if row["t"] == 0 else row for row in ROWS]
    axes = draw(rows).axes[0]
    assert {x for line in drawn(axes) for x, _ in points(line)} == {1, 2, 3}


def test_files_hold_the_picture_and_its_numbers(stored: Path, tmp_path: Path) -> None:
    """A PNG, a PDF and a CSV with the stored rows; nothing else is left in the folder."""
    png, pdf, csv = save(stored, tmp_path)
    assert png.read_bytes().startswith(b"\x89PNG")
    assert pdf.read_bytes().startswith(b"%PDF")
    assert pd.read_csv(csv).to_dict("records") == ROWS
    assert {p.name for p in tmp_path.iterdir()} == {
        "trace.parquet",
        *(f"{STEM}.{s}" for s in ("png", "pdf", "csv")),
    }


def test_the_same_rows_give_the_same_files(stored: Path, tmp_path: Path) -> None:
    """A figure that changed means that numbers changed."""
    first = [path.read_bytes() for path in save(stored, tmp_path)]
    assert [path.read_bytes() for path in save(stored, tmp_path)] == first


def test_drawing_imports_nothing_that_simulates() -> None:
    """A figure is drawn from what is stored, without the engine."""
    script = (
        "import sys, paper_figures\n"
        "print([m for m in sys.modules if m == 'jax' or m.startswith(('hdo.engine', 'verify'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
