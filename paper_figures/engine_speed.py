"""The engine's speed beside its rivals, and how its time grows."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments import replacing

Size = tuple[int, int, int]
Growth = tuple[str, tuple[int, ...], list[float], float]


def draw(measured: Mapping[Size, Mapping[str, float]], grown: Sequence[Growth]) -> Figure:
    """Left: interactions a second by (n, d, R), a bar a rival; right: time by size, normalised."""
    with sns.axes_style("whitegrid"), sns.plotting_context("paper"):
        figure = Figure(figsize=(11, 5), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(3, 2))
        _draw_rates(left, measured)
        _draw_growth(right, grown)
    return figure


def _draw_rates(axes: Axes, measured: Mapping[Size, Mapping[str, float]]) -> None:
    rows = [
        {"size": str(size), "who": who, "rate": rate}
        for size, found in measured.items()
        for who, rate in found.items()
    ]
    sns.barplot(pd.DataFrame(rows), x="size", y="rate", hue="who", palette="colorblind", ax=axes)
    axes.set(
        title="Interactions a second (median of the turns)",
        xlabel="(agents n, dimension d, replicas R)",
        ylabel="interactions / s",
        yscale="log",
    )
    axes.legend(title=None, fontsize="small")


def _draw_growth(axes: Axes, grown: Sequence[Growth]) -> None:
    palette = sns.color_palette("colorblind")
    for (name, window, times, slope), colour, marker in zip(grown, palette, "osD^", strict=False):
        axes.plot(
            [x / window[0] for x in window],
            [t / times[0] for t in times],
            color=colour,
            marker=marker,
            label=f"{name}: slope {slope:.2f}",
        )
    axes.plot([1, 16], [1, 16], color="black", linestyle="--", label="slope 1")
    axes.set(
        title="Growth of the time, one thread",
        xlabel="size / smallest size",
        ylabel="time / time at the smallest size",
        xscale="log",
        yscale="log",
    )
    axes.legend()


def save(measured: Mapping[Size, Mapping[str, float]], grown: Sequence[Growth], path: Path) -> None:
    """The picture as PNG."""
    with replacing(path) as part:
        draw(measured, grown).savefig(part, format="png", dpi=130)
