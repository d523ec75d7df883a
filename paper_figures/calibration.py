"""False alarms of statistical verdicts against their level, and their power on falsified twins."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments import replacing

_FLOOR = 3e-5
"""Where a rate of 0 is drawn: below one in ten thousand."""

_MARKERS = "osD^v<>pP*Xd"


def draw(alarms: Sequence[Mapping[str, Any]], power: Sequence[Mapping[str, Any]]) -> Figure:
    """Left: rate of false refutations by level, a line a source; right: replicas against theta.

    `alarms` rows: source, level, rate. `power` rows: quantity, theta, low, median, high, ideal.
    """
    with sns.axes_style("whitegrid"), sns.plotting_context("paper"):
        figure = Figure(figsize=(11, 6), layout="constrained")
        left, right = figure.subplots(1, 2)
        _draw_alarms(left, pd.DataFrame(alarms))
        _draw_power(right, pd.DataFrame(power))
    return figure


def _draw_alarms(axes: Axes, data: pd.DataFrame) -> None:
    shown = data[data["level"] >= 1e-4]
    shown = shown.assign(rate=shown["rate"].clip(lower=_FLOOR))
    blue, orange, *_ = sns.color_palette("colorblind")
    for marker, (name, part) in zip(_MARKERS, shown.groupby("source", sort=False), strict=False):
        colour = orange if str(name).startswith("quadratic") else blue
        axes.plot(
            part["level"], part["rate"], color=colour, marker=marker, linewidth=0.8, label=name
        )
    ends = [shown["level"].min(), shown["level"].max()]
    axes.plot(ends, ends, color="black", linestyle="--", label="rate = stated level")
    axes.set(
        title="True claims at their boundary: false refutations",
        xscale="log",
        yscale="log",
        ylim=(_FLOOR * 0.8, 0.2),
        xlabel="stated error level",
        ylabel=f"rate over the audits ({_FLOOR:g}: none)",
    )
    axes.legend(
        title=None,
        fontsize="small",
        ncols=2,
        frameon=False,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.12),
    )


def _draw_power(axes: Axes, data: pd.DataFrame) -> None:
    colours = sns.color_palette("colorblind", data["quantity"].nunique())
    for colour, marker, (name, part) in zip(
        colours, "osD^v", data.groupby("quantity", sort=False), strict=False
    ):
        gap = 1 - part["theta"]
        axes.plot(gap, part["median"], color=colour, marker=marker, label=f"{name}: median")
        high = part["high"].where(part["high"] < math.inf)
        axes.fill_between(gap, part["low"], high, color=colour, alpha=0.2)
        axes.plot(gap, part["ideal"], color=colour, linestyle=":", label=f"{name}: known variance")
    axes.set(
        title="Falsified twins, bound = theta x exact, level 5e-7",
        xscale="log",
        yscale="log",
        xlabel="1 - theta (band: 10 % to 90 % of the audits)",
        ylabel="replicas until refuted",
    )
    axes.legend(title=None, fontsize="small")


def save(
    alarms: Sequence[Mapping[str, Any]], power: Sequence[Mapping[str, Any]], path: Path
) -> None:
    """Write the picture as PNG."""
    with replacing(path) as temporary:
        draw(alarms, power).savefig(temporary, format="png", dpi=130, metadata={"Software": None})
