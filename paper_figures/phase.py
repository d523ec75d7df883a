"""Where a mixed population beats its first-order agents alone: regions by budget."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from experiments import read_rows
from experiments.schemas import PHASE
from paper_figures.files import save_numbers, save_picture

STEM = "phase"
"""The files are this name with .png, .pdf and .csv."""

_PALETTE = sns.color_palette("colorblind")
_PALE = sns.light_palette(_PALETTE[0], 4)[1]

COLOURS = {
    "mixed wins": _PALETTE[0],
    "mixed wins, not predicted": _PALE,
    "within 5 %": (1.0, 1.0, 1.0),
    "alone wins": _PALETTE[1],
    "predicted only": _PALETTE[4],
}
"""The regions, in the order of the legend."""

DARK = ("mixed wins",)
"""Where numbers are white."""

_COLUMNS = list(PHASE.columns)


def draw(rows: Sequence[Mapping[str, Any]]) -> Figure:
    """A row of panels a budget, a column a plane; numbers: error of mixed / error of alone."""
    data = pd.DataFrame(rows, columns=_COLUMNS)
    planes, budgets = (list(dict.fromkeys(data[key])) for key in ("plane", "budget"))
    with sns.axes_style("white"), sns.plotting_context("paper"):
        figure = Figure(figsize=(5.2 * len(planes), 2.9 * len(budgets) + 1.0), layout="constrained")
        panels = figure.subplots(len(budgets), len(planes), squeeze=False)
        for line, budget in zip(panels, budgets, strict=True):
            for axes, plane in zip(line, planes, strict=True):
                part = data[(data["plane"] == plane) & (data["budget"] == budget)]
                _draw_panel(axes, part, budget)
        figure.suptitle(
            "Do zeroth-order agents help? Error of the mixed population / error of its first-order"
            "\nagents alone, for the same budget, each at its own best step size"
        )
        figure.legend(
            handles=[
                Patch(facecolor=colour, edgecolor="black", linewidth=0.5, label=name)
                for name, colour in COLOURS.items()
            ],
            loc="outside lower center",
            ncols=3,
            frameon=False,
        )
    return figure


def _draw_panel(axes: Axes, part: pd.DataFrame, budget: str) -> None:
    codes = part["region"].map({name: code for code, name in enumerate(COLOURS)})
    tables = (
        part.assign(code=codes).pivot(index="d", columns="x", values=name)
        for name in ("code", "ratio")
    )
    code, ratio = (table.sort_index(ascending=False) for table in tables)
    sns.heatmap(
        code,
        ax=axes,
        cmap=ListedColormap(list(COLOURS.values())),
        vmin=-0.5,
        vmax=len(COLOURS) - 0.5,
        cbar=False,
        annot=ratio.map(written),
        annot_kws={"size": 7},
        fmt="",
        linewidths=0.5,
        linecolor="0.6",
        xticklabels=[
            f"{x:g}" if x >= 1 else f"1/{1 / x:g}" for x in code.columns.to_numpy(dtype=float)
        ],
    )
    dark = [name in DARK for name in COLOURS]
    for text, place in zip(axes.texts, code.to_numpy(dtype=int).ravel(), strict=True):
        text.set_color("white" if dark[place] else "black")
    axes.set(title=f"equal {budget}", xlabel=part["x_name"].iloc[0], ylabel="d")
    axes.tick_params(rotation=0)


def written(ratio: float) -> str:
    """Two digits."""
    return f"{ratio:.0f}" if ratio >= 9.95 else f"{ratio:.2g}"


def save(stored: Path, folder: Path) -> tuple[Path, ...]:
    """Draw the stored rows; writes the PNG, the PDF and the numbers as CSV."""
    rows = read_rows(stored, schema=PHASE)
    pictures = save_picture(draw(rows), folder, STEM)
    return (*pictures, save_numbers(rows, PHASE, folder, STEM))
