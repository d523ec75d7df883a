"""How much each inequality of a proof loses: from the exact value to the stated bound."""

import json
import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator

from experiments import read_rows
from experiments.schemas import SLACK
from paper_figures.files import save_numbers, save_picture

STEM = "waterfall"
"""The files are this name, the claim, and .png or .pdf; the numbers are in one .csv."""

GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "lemma-13": ("Lemma 13", ("lemma-13", "distance")),
    "theorem-1.1": ("Theorem 1.1", ("theorem-1.1",)),
    "theorem-1.2": ("Theorem 1.2", ("theorem-1.2",)),
}
"""A picture each: its name and the keys of its claims in the three editions."""

SMALL = 1.02
"""Links whose factor is nearer to 1 are drawn together, as the last bar."""

MARKED = 3
"""The links that add most to the bound have their own colour."""

_WIDTH = 62
_ROOM = 2.0
"""How far beyond the longest bar the axis goes, for its label."""

_PLAIN, _COSTLY, _FALSE = (sns.color_palette("colorblind")[i] for i in (0, 1, 4))


Row = Mapping[str, Any]


@dataclass(frozen=True)
class Bar:
    """What a bar says."""

    label: str
    factor: float
    share: float
    colour: tuple[float, float, float]


def draw(rows: Sequence[Row], group: str) -> Figure:
    """One picture: a panel an edition, a bar a link, on one logarithmic axis.

    Of several cells or states in `rows` the first of each claim is drawn.
    """
    title, keys = GROUPS[group]
    chosen: dict[str, list[Row]] = {}
    for row in rows:
        if row["claim"] in keys:
            part = chosen.setdefault(row["edition"], [])
            if not part or part[0]["cell"] == row["cell"]:
                part.append(row)
    bars = {edition: _bars(part) for edition, part in chosen.items()}
    heights = [len(part) + 2.5 for part in bars.values()]
    with sns.axes_style("whitegrid"), sns.plotting_context("paper"):
        figure = Figure(figsize=(10.5, 0.42 * sum(heights) + 1.2), layout="constrained")
        panels = figure.subplots(len(bars), 1, height_ratios=heights, sharex=True, squeeze=False)
        ends = [
            _draw_panel(axes, bars[edition], f"{edition}: {_ratio(chosen[edition][0])}")
            for axes, edition in zip(panels[:, 0], bars, strict=True)
        ]
        _scale(panels[-1, 0], max(ends))
        figure.suptitle(f"{title}: the slack along the proof\n{_described(chosen['published'][0])}")
        figure.legend(handles=_legend(), loc="outside lower center", ncols=3, frameon=False)
    return figure


def _scale(axes: Axes, end: float) -> None:
    axes.set(
        xlabel="times the exact value (log scale)\n"
        "beside a bar: its factor (its part of bound - exact value)",
        xlim=(None, _ROOM * end),
    )
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter("{x:g}")


def _ratio(row: Row) -> str:
    exact, bound = row["exact"], row["bound"]
    return f"bound / exact value = {bound:.3g} / {exact:.3g} = {bound / exact:.4g}"


def _described(row: Row) -> str:
    cell = json.loads(row["cell"])
    names = {"n0": "n0", "n": "n", "d": "d", "kappa": "L/l", "noise": "s^2", "split": "varsigma^2"}
    said = [f"{names[key]} = {cell[key]}" for key in names]
    said.append(f"eta = {cell['eta']:.3g}")
    said.append(f"T = {cell['T']}" if "T" in cell else f"one step, {cell['state']}")
    return ", ".join(said)


def _bars(part: Sequence[Row]) -> list[Bar]:
    """In the order of the proof, small links together; share: of what all of them add."""
    whole = part[-1]["after"] - part[0]["before"]
    costly = sorted(part, key=_added)[-MARKED:]
    shown, small = [], []
    for row in part:
        if row not in costly and 1 / SMALL < row["factor"] < SMALL:
            small.append(row)
            continue
        colour = _FALSE if row["erratum"] else _COSTLY if row in costly else _PLAIN
        label = textwrap.fill(f"{row['equation']}: {row['step']}", _WIDTH)
        shown.append(Bar(label, row["factor"], _added(row) / whole, colour))
    if small:
        label = f"the other {len(small)} links, each within {SMALL - 1:.0%}"
        factor, added = math.prod(row["factor"] for row in small), sum(map(_added, small))
        shown.append(Bar(label, factor, added / whole, _PLAIN))
    return shown


def _added(row: Row) -> float:
    return float(row["after"] - row["before"])


def _draw_panel(axes: Axes, bars: Sequence[Bar], title: str) -> float:
    """Draw; the largest value that is reached."""
    end = largest = 1.0
    for place, bar in enumerate(bars):
        begin, end = end, end * bar.factor
        largest = max(largest, end)
        axes.barh(place, end - begin, left=begin, height=0.62, color=bar.colour)
        axes.annotate(
            f"x {bar.factor:.{4 if abs(bar.factor - 1) < 0.1 else 3}g}  ({bar.share:.0%})",
            (max(begin, end), place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
        )
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_yticks(range(len(bars)), [bar.label for bar in bars])
    axes.set(xscale="log", title=title)
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.grid(axis="y", visible=False)
    return largest


def _legend() -> list[Patch]:
    return [
        Patch(color=_COSTLY, label="one of the three that add most to the bound"),
        Patch(color=_PLAIN, label="another inequality"),
        Patch(color=_FALSE, label="a step that is false in general (errata)"),
    ]


def save(stored: Path, folder: Path) -> tuple[Path, ...]:
    """Draw the stored rows; writes a PNG and a PDF a claim and the numbers as CSV."""
    rows = read_rows(stored, schema=SLACK)
    written = [
        path
        for group in GROUPS
        for path in save_picture(draw(rows, group), folder, f"{STEM}-{group}")
    ]
    return (*written, save_numbers(rows, SLACK, folder, STEM))
