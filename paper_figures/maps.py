"""Bound / exact value over pairs of parameters, an edition a row of panels."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from experiments import read_rows
from experiments.schemas import MAP
from paper_figures.files import save_numbers, save_picture

STEM = "maps"
"""The files are this name with .png, .pdf and .csv."""

COLOURS = "cividis_r"
"""Lightness falls with the ratio, for every kind of sight."""

UNKNOWN = "0.8"
"""Grey: the edition's hypotheses do not hold."""

_COLUMNS = list(MAP.columns)


def draw(rows: Sequence[Mapping[str, Any]]) -> Figure:
    """One panel a map and edition, all on one logarithmic colour scale that begins at 1."""
    data = pd.DataFrame(rows, columns=_COLUMNS)
    names, editions = (list(dict.fromkeys(data[key])) for key in ("map", "edition"))
    scale = LogNorm(1, float(data["ratio"].max()))
    with sns.axes_style("white"), sns.plotting_context("paper"):
        figure = Figure(figsize=(4.6 * len(names) + 0.8, 3.1 * len(editions)), layout="constrained")
        panels = figure.subplots(len(editions), len(names), squeeze=False)
        for line, edition in zip(panels, editions, strict=True):
            for axes, name in zip(line, names, strict=True):
                part = data[(data["map"] == name) & (data["edition"] == edition)]
                _draw_panel(axes, part, edition, scale)
        shades = panels[0, 0].collections[0]
        figure.colorbar(
            shades, ax=panels, label="bound / exact stationary gap (log scale)", format="{x:g}"
        )
        figure.suptitle("How tight the noise floor is; grey: the hypotheses do not hold")
    return figure


def _draw_panel(axes: Axes, part: pd.DataFrame, edition: str, scale: LogNorm) -> None:
    table = part.pivot(index="y", columns="x", values="ratio").sort_index(ascending=False)
    sns.heatmap(
        table,
        ax=axes,
        norm=scale,
        cmap=COLOURS,
        cbar=False,
        annot=np.vectorize(written)(table.to_numpy(dtype=float)),
        fmt="",
        linewidths=0.5,
        mask=table.isna(),
        xticklabels=[_tick(x) for x in table.columns.to_numpy(dtype=float)],
        yticklabels=[_tick(y) for y in table.index.to_numpy(dtype=float)],
    )
    axes.set_facecolor(UNKNOWN)
    axes.set(title=edition, xlabel=part["x_name"].iloc[0], ylabel=part["y_name"].iloc[0])
    axes.tick_params(rotation=0)


def written(ratio: float) -> str:
    """Three digits, thousands and more in short."""
    if np.isnan(ratio):
        return ""
    if ratio >= 9999.5:
        return f"{ratio:.0e}".replace("e+0", "e")
    return f"{ratio:.0f}" if ratio >= 99.95 else f"{ratio:.3g}"


def _tick(value: float) -> str:
    if 0 < value < 0.2:
        return f"1/{round(1 / value)}"
    return f"{value:g}"


def save(stored: Path, folder: Path) -> tuple[Path, ...]:
    """Draw the stored rows; writes the PNG, the PDF and the numbers as CSV."""
    rows = read_rows(stored, schema=MAP)
    pictures = save_picture(draw(rows), folder, STEM)
    return (*pictures, save_numbers(rows, MAP, folder, STEM))
