"""`hdo optimum`, `moments` and `simulate` agree with what can be worked out by hand."""

import json
import math
from pathlib import Path

import pytest
from command_line import hdo

from report.output import number, to_json

TWO_MINIMA = (
    '{"problem": {"kind": "quadratic", "curvature": 1.0, "centres": [[1.0], [-1.0]]}, '
    '"population": {"first_order": 2}, '
    '"method": {"step_size": 0.5, "steps": 4, "start": 2.0}}'
)
NOISY = TWO_MINIMA.replace('"curvature"', '"noise": 0.5, "curvature"')
FLAT = NOISY.replace('1.0, "centres": [[1.0], [-1.0]]', '[1.0, 0.0], "centres": 0.0')
MIXED = (
    '{"problem": {"kind": "quadratic", "curvature": [1.0, 2.0], "noise": 0.5, '
    '"centres": [[1, 0], [0, 1], [-1, 0]]}, '
    '"population": {"agents": ["two-point", "forward-gradient", "first-order"]}, '
    '"method": {"step_size": 0.1, "smoothing": 0.1, "steps": 12, "start": 1.0}}'
)


def test_optimum_of_two_parabolas(capsys: pytest.CaptureFixture[str]) -> None:
    """f = ((x-1)^2 + (x+1)^2)/4 = (x^2 + 1)/2, so f* = 1/2 at 0."""
    assert hdo(capsys, "optimum", TWO_MINIMA, "--json", "-").json == {
        "f_star": 0.5,
        "lower": 0.5,
        "upper": 0.5,
        "x_star": [0.0],
        "status": "exact",
    }


def test_the_printed_interval_holds_a_value_no_float_holds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """f* = (1.1/2)^2/2 for the double nearest 0.1 has too many digits: lower < upper, one ulp."""
    spec = TWO_MINIMA.replace("[1.0]", "[0.1]")
    found = hdo(capsys, "optimum", spec, "--json", "-").json
    assert found["lower"] < found["upper"] == math.nextafter(found["lower"], math.inf)
    assert found["lower"] <= found["f_star"] <= found["upper"]


def test_moments_of_two_agents_without_noise(capsys: pytest.CaptureFixture[str]) -> None:
    """n = 2: the pair always meets, both hold mu, and mu_{t+1} = mu_t - eta mu_t = mu_t/2."""
    found = hdo(capsys, "moments", TWO_MINIMA, "--json", "-").json
    assert found["t"] == [0, 1, 2, 3, 4]
    assert found["gamma"] == pytest.approx([0.0] * 5, abs=1e-12)
    distances = [4.0 * 0.25**t for t in range(5)]
    assert found["distance_sq"] == pytest.approx(distances, rel=1e-12)
    assert found["gap"] == pytest.approx([a / 2 for a in distances], rel=1e-12)


def test_every_thins_the_reports(capsys: pytest.CaptureFixture[str]) -> None:
    """`--every 2` reports 0, 2, 4 in both commands."""
    for command in (["moments"], ["simulate", "--replicas", "2"]):
        found = hdo(capsys, *command, TWO_MINIMA, "--every", "2", "--json", "-").json
        assert found["t"] == [0, 2, 4]


def test_simulation_estimates_the_moments(capsys: pytest.CaptureFixture[str]) -> None:
    """Means of 4000 runs are within 5 standard errors of the exact values, which are 5 % wide."""
    exact = hdo(capsys, "moments", MIXED, "--every", "4", "--json", "-").json
    drawn = hdo(capsys, "simulate", MIXED, "--replicas", "4000", "--every", "4", "--json", "-").json
    assert set(exact) == set(drawn) == {"t", "gamma", "distance_sq", "gap"}
    assert drawn["t"] == exact["t"] == [0, 4, 8, 12]
    for name in ("gamma", "distance_sq", "gap"):
        rows = zip(exact[name], drawn[name]["mean"], drawn[name]["stderr"], strict=True)
        for truth, mean, error in list(rows)[1:]:
            assert abs(mean - truth) <= 5 * error
            assert error <= 0.05 * truth


def test_the_seed_decides_the_simulation(capsys: pytest.CaptureFixture[str]) -> None:
    """The same seed repeats it to the last digit, another one does not."""

    def drawn(seed: int) -> str:
        options = ("--replicas", "8", "--seed", str(seed), "--every", "4", "--json", "-")
        return hdo(capsys, "simulate", NOISY, *options).out

    assert drawn(1) == drawn(1) != drawn(2)


def test_a_flat_minimum_has_no_distance(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Where the minimiser is not unique the distance to it is null, the gap still a number."""
    path = tmp_path / "simulated.json"
    table = hdo(capsys, "simulate", FLAT, "--replicas", "2", "--json", str(path)).out
    found = json.loads(path.read_text())
    assert found["distance_sq"] is None
    assert len(found["gap"]["mean"]) == 5
    assert "||mu_t - x*||" not in table


def test_json_has_no_number_that_json_does_not_know() -> None:
    """Infinity is a string, an undefined number null."""
    text = to_json({"a": [math.inf, -math.inf, math.nan, 0.1]})
    assert text.split() == ["{", '"a":', "[", '"inf",', '"-inf",', "null,", "0.1", "]", "}"]


def test_numbers_for_people() -> None:
    """Few digits, but whether a ratio reaches 1 can be seen."""
    shown = [number(value, 4) for value in (None, math.nan, 0.12345, 1.0, 1 - 3e-9, 1 + 2e-6)]
    assert shown == ["-", "-", "0.1235", "1", "1-3e-09", "1+2e-06"]
    assert number(math.inf) == "inf"
