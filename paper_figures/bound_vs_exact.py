"""Published bounds against exact values over t, for a mixed population on two problems."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments import read_rows, replacing
from experiments.schemas import TRACE
from theory import NOTATION, claim

STEM = "bound_vs_exact"
"""The files are this name with .png, .pdf and .csv."""

TITLES = {
    "breast_cancer": "Logistic regression, breast cancer:\none step from each state of one path",
    "quadratic": "Quadratic: expectations along the run,\nbounds unrolled from t = 0",
}
"""The panels, in order."""

_EXACT_DASHES = ["", (12, 1)]
_BOUND_DASHES = [(4, 1.5), (1, 1), (6, 1.5, 1, 1.5)]
_COLUMNS = list(TRACE.columns)


def draw(rows: Sequence[Mapping[str, Any]]) -> Figure:
    """The picture of stored trace rows: one panel a problem, squared distance over t, log scale.

    A value that is not positive has no place on a logarithmic axis and is left out.
    """
    data = pd.DataFrame(rows, columns=_COLUMNS)
    panels = [panel for panel in TITLES if panel in set(data["panel"])]
    with sns.axes_style("whitegrid"), sns.plotting_context("paper"):
        figure = Figure(figsize=(5.5 * len(panels), 5.2), layout="constrained")
        for axes, panel in zip(
            figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True
        ):
            _draw_panel(axes, data[data["panel"] == panel], TITLES[panel])
    return figure


def _draw_panel(axes: Axes, data: pd.DataFrame, title: str) -> None:
    exact, bounds = (
        [name for name in dict.fromkeys(data["series"]) if (name in NOTATION) == measured]
        for measured in (True, False)
    )
    labels = {name: label(name) for name in (*exact, *bounds)}
    shown = data[data["value"] > 0].assign(label=lambda part: part["series"].map(labels))
    sns.lineplot(
        shown,
        x="t",
        y="value",
        hue="label",
        style="label",
        hue_order=list(labels.values()),
        style_order=list(labels.values()),
        dashes=[*_EXACT_DASHES[: len(exact)], *_BOUND_DASHES[: len(bounds)]],
        palette=sns.color_palette("colorblind", len(labels)),
        linewidth=2,
        estimator=None,
        ax=axes,
    )
    axes.set(
        title=title, yscale="log", xlabel="interactions t", ylabel="squared distance (unit x²)"
    )
    axes.legend(title=None, loc="upper center", bbox_to_anchor=(0.5, -0.14), frameon=False)


def label(series: str) -> str:
    """What a series is called: a claim's number and title, or an exact quantity's symbol."""
    if series not in NOTATION:
        kind, _, count = series.partition("-")
        return f"bound of {kind.capitalize()} {count}: {claim(series, 'published').title}"
    latex, meaning = NOTATION[series].latex, NOTATION[series].meaning
    bare_latex, bare_meaning = (re.sub(r"\W|_", "", text) for text in (latex, meaning))
    only_repeats = bare_latex == bare_meaning
    return f"exact ${latex}$" + ("" if only_repeats else f": {meaning}")


def save(stored: Path, folder: Path) -> tuple[Path, ...]:
    """Draw the rows stored in a file; writes the PNG, the PDF and the numbers drawn as CSV."""
    rows = read_rows(stored, schema=TRACE)
    figure = draw(rows)
    png, pdf, csv = (folder / f"{STEM}.{suffix}" for suffix in ("png", "pdf", "csv"))
    with replacing(png) as temporary:
        figure.savefig(temporary, format="png", dpi=160, metadata={"Software": None})
    with replacing(pdf) as temporary:
        figure.savefig(temporary, format="pdf", metadata={"CreationDate": None})
    with replacing(csv) as temporary:
        pd.DataFrame(rows, columns=_COLUMNS).to_csv(temporary, index=False)
    return png, pdf, csv
