"""Pictures of rates and of calibration: what is drawn is what was measured."""

from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from experiments.rates import by_name
from paper_figures.calibration import draw as draw_calibration
from paper_figures.rates import draw

RATE = by_name()["floor-d"]
RECORD: dict[str, Any] = {
    "measured": 1.25,
    "low": 1.2,
    "high": 1.3,
    "evidence": "8 replicas",
    "verdict": "DISAGREES",
}
ROWS = [
    {"rate": "floor-d", "x": x, "repeat": repeat, "y": (1 + repeat / 10) * x**1.25}
    for repeat in (0, 1)
    for x in (1.0, 2.0, 4.0)
]


def heights(line: Line2D) -> list[float]:
    """What a line shows."""
    return [float(y) for y in np.asarray(line.get_ydata())]


def labels(axes: Axes) -> list[str]:
    """What a legend says."""
    legend = axes.get_legend()
    assert legend is not None
    return [text.get_text() for text in legend.get_texts()]


def test_a_rate_is_drawn_with_its_fit_and_its_prediction() -> None:
    """Every point, and two lines whose slopes are the fitted and the predicted exponent."""
    (axes,) = draw(RATE, RECORD, ROWS).axes
    points, fit, told = axes.lines
    assert heights(points) == [row["y"] for row in ROWS]
    for line, slope in ((fit, 1.25), (told, RATE.predicted)):
        y = heights(line)
        assert y[2] / y[0] == pytest.approx(4.0**slope)
    assert labels(axes)[1] == "fitted exponent 1.250 [1.200, 1.300]"
    assert "DISAGREES" in axes.get_title()


def test_calibration_is_drawn_beside_its_level() -> None:
    """Rates of each source, a diagonal, and for each twin its median and its ideal."""
    alarms = [
        {"source": name, "level": level, "rate": level / 2}
        for name in ("a", "b")
        for level in (0.1, 0.01, 5e-7)
    ]
    power = [
        {"quantity": "q", "theta": t, "low": 1.0, "median": 2.0, "high": 3.0, "ideal": 1.5}
        for t in (0.5, 0.9)
    ]
    left, right = draw_calibration(alarms, power).axes
    assert set(labels(left)) == {
        "a",
        "b",
        "rate = stated level",
    }
    drawn = {line.get_label(): heights(line) for line in right.lines}
    assert drawn == {"q: median": [2.0, 2.0], "q: known variance": [1.5, 1.5]}
