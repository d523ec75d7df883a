"""The waterfall shows the stored factors, in the order of the proof, and nothing else."""

import json
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from experiments import provenance, write_rows
from experiments.schemas import SLACK
from paper_figures.waterfall import GROUPS, SMALL, STEM, draw, save

CELL = {"n0": 1, "n": 2, "d": 3, "kappa": 4, "noise": 1, "split": 0, "eta": 0.125}
FACTORS = {"published": (3.0, 1.001, 0.5, 8.0, 1.5, 0.999), "repaired": (2.0, 5.0), "sharp": (1.5,)}


def chain(
    claim: str, edition: str, factors: tuple[float, ...], cell: str
) -> list[dict[str, object]]:
    """Rows whose exact value is 2."""
    value, rows = 2.0, []
    for position, factor in enumerate(factors, start=1):
        before, value = value, value * factor
        rows.append(
            {
                "claim": claim,
                "edition": edition,
                "cell": cell,
                "position": position,
                "step": f"step {position}",
                "equation": f"({position})",
                "erratum": "S_T" if factor == 0.5 else "",
                "factor": factor,
                "before": before,
                "after": value,
            }
        )
    return [{**row, "exact": 2.0, "bound": value} for row in rows]


ROWS = [
    row
    for group, (_, keys) in GROUPS.items()
    for cell in (json.dumps({**CELL, "T": 10}), json.dumps({**CELL, "n": 99, "T": 10}))
    for edition, factors in FACTORS.items()
    for row in chain(keys[-1] if edition == "sharp" else group, edition, factors, cell)
]


def bars(axes: Axes) -> list[tuple[float, float]]:
    """(left end, right end) of each bar, downwards."""
    found = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    return [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in found]


def test_bars_go_from_the_exact_value_to_the_bound() -> None:
    """Each begins where the one before it ends; small factors are one last bar."""
    published, repaired, sharp = draw(ROWS, "theorem-1.1").axes
    last = 3 * 0.5 * 8 * 1.5
    expected = [(1, 3), (3, 1.5), (1.5, 12), (12, 18), (last, last * 1.001 * 0.999)]
    assert bars(published) == [pytest.approx(pair) for pair in expected]
    assert bars(repaired) == [pytest.approx((1, 2)), pytest.approx((2, 10))]
    assert bars(sharp) == [pytest.approx((1, 1.5))]


def test_labels_say_equation_step_and_factor() -> None:
    """In the order of the proof, with the ratio in the title."""
    axes = draw(ROWS, "theorem-1.1").axes[0]
    labels = [text.get_text() for text in axes.get_yticklabels()]
    assert labels[:4] == ["(1): step 1", "(3): step 3", "(4): step 4", "(5): step 5"]
    assert labels[4] == f"the other 2 links, each within {SMALL - 1:.0%}"
    # exact value 2, bound 36: 3 adds 4, 0.5 takes 3.003 of 6.006
    assert [text.get_text() for text in axes.texts][:2] == ["x 3  (12%)", "x 0.5  (-9%)"]
    assert "= 36 / 2 = 18" in axes.get_title().replace("bound / exact value ", "")


def test_the_axis_is_logarithmic_and_shared() -> None:
    """Editions can be compared by eye."""
    figure = draw(ROWS, "theorem-1.2")
    assert {axes.get_xscale() for axes in figure.axes} == {"log"}
    assert len({axes.get_xlim() for axes in figure.axes}) == 1
    assert figure.axes[-1].get_xlabel().startswith("times the exact value (log scale)")


def test_what_adds_most_and_what_is_false_have_their_own_colours() -> None:
    """The three largest additions, and the step with an erratum."""
    axes = draw(ROWS, "theorem-1.1").axes[0]
    colours = [patch.get_facecolor() for patch in axes.patches if isinstance(patch, Rectangle)]
    assert colours[0] == colours[2] == colours[3]
    assert len({colours[0], colours[1], colours[4]}) == 3


def test_the_first_cell_is_drawn_and_named() -> None:
    """Others are left to the tables."""
    figure = draw(ROWS, "theorem-1.1")
    assert "n = 2," in figure.get_suptitle()
    assert "99" not in figure.get_suptitle()


def test_the_sharp_counterpart_of_lemma_13_is_in_its_picture() -> None:
    """It has another key."""
    assert len(draw(ROWS, "lemma-13").axes) == len(FACTORS)


def test_files_hold_the_pictures_and_the_numbers(tmp_path: Path) -> None:
    """A picture a claim, twice, and every row."""
    stored = tmp_path / "slack.parquet"
    write_rows(stored, ROWS, schema=SLACK, source=provenance({"rows": "made up"}, seed=0))
    written = save(stored, tmp_path)
    assert {path.name for path in written} == {
        f"{STEM}.csv",
        *(f"{STEM}-{group}.{suffix}" for group in GROUPS for suffix in ("png", "pdf")),
    }
    assert pd.read_csv(tmp_path / f"{STEM}.csv", keep_default_na=False).to_dict("records") == ROWS
