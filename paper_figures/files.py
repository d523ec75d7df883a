"""A figure's files: the picture as PNG and PDF, its numbers as CSV."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from experiments import Schema, replacing


def save_picture(figure: Figure, folder: Path, stem: str) -> tuple[Path, Path]:
    """Write the PNG and the PDF, without dates: the same figure gives the same files."""
    png, pdf = (folder / f"{stem}.{suffix}" for suffix in ("png", "pdf"))
    with replacing(png) as temporary:
        figure.savefig(temporary, format="png", dpi=130, metadata={"Software": None})
    # laid out once: it costs more than drawing
    figure.set_layout_engine("none")
    with replacing(pdf) as temporary:
        figure.savefig(temporary, format="pdf", metadata={"CreationDate": None})
    return png, pdf


def save_numbers(
    rows: Sequence[Mapping[str, Any]], schema: Schema, folder: Path, stem: str
) -> Path:
    """Write the schema's columns as CSV."""
    csv = folder / f"{stem}.csv"
    with replacing(csv) as temporary:
        pd.DataFrame(rows, columns=list(schema.columns)).to_csv(temporary, index=False)
    return csv
