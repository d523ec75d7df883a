"""One rate: what was measured over its window, the fitted slope, and the predicted one."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from experiments import replacing
from experiments.rates import Rate

COLUMNS = ("rate", "x", "repeat", "y")


def draw(rate: Rate, record: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Figure:
    """The picture of one rate, both axes logarithmic: points of every seed, fit, prediction.

    `record` is its row of `hdo rates --json`; `rows` are its points.
    """
    data = pd.DataFrame(rows, columns=list(COLUMNS))
    middle = np.exp(np.log(data["y"]).groupby(data["x"]).mean())
    x, y = middle.index.to_numpy(dtype=float), middle.to_numpy(dtype=float)
    centre = np.exp(np.log(x).mean()), np.exp(np.log(y).mean())
    blue, orange, *_ = sns.color_palette("colorblind")
    with sns.axes_style("whitegrid"), sns.plotting_context("paper"):
        figure = Figure(figsize=(5.6, 4.2), layout="constrained")
        axes = figure.subplots()
        axes.plot(data["x"], data["y"], "o", color=blue, label=f"measured ({record['evidence']})")
        fit, told = (centre[1] * (x / centre[0]) ** k for k in (record["measured"], rate.predicted))
        axes.plot(x, fit, color=blue, label=f"fitted exponent {_exponent(record)}")
        axes.plot(
            x, told, color=orange, linestyle="--", label=f"predicted exponent {rate.predicted:g}"
        )
    axes.set(xscale="log", yscale="log", xlabel=rate.x, ylabel=rate.y)
    axes.set_title(f"{rate.title}\n{rate.source}: {record['verdict']}", fontsize="medium")
    axes.legend(title=None, fontsize="small")
    return figure


def _exponent(record: Mapping[str, Any]) -> str:
    low, high = record["low"], record["high"]
    shown = f"{record['measured']:.3f}"
    return shown if low == high else f"{shown} [{low:.3f}, {high:.3f}]"


def save(
    rate: Rate, record: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], folder: Path
) -> tuple[Path, ...]:
    """Write the picture as PNG and PDF, and its points as CSV."""
    png, pdf, csv = (folder / f"{rate.name}.{suffix}" for suffix in ("png", "pdf", "csv"))
    figure = draw(rate, record, rows)
    with replacing(png) as temporary:
        figure.savefig(temporary, format="png", dpi=160, metadata={"Software": None})
    with replacing(pdf) as temporary:
        figure.savefig(temporary, format="pdf", metadata={"CreationDate": None})
    with replacing(csv) as temporary:
        pd.DataFrame(rows, columns=list(COLUMNS)).to_csv(temporary, index=False)
    return png, pdf, csv
