"""`hdo worst-case`: its keys, what it refuses, and parameters of extreme sizes."""

import json
import math
from pathlib import Path

import pytest
from command_line import Answered, hdo

KEYS = ["ratio", "lower", "certified_upper", "seconds"]
USUAL = {"agents": "6", "smoothness": "1", "strong-convexity": "0.1", "step-size": "0.5"}


def worst(capsys: pytest.CaptureFixture[str], *more: str, **changes: str) -> Answered:
    """The answer as JSON, with other options than the usual."""
    table = USUAL | {name.replace("_", "-"): value for name, value in changes.items()}
    options = [f"--{name}={value}" for name, value in table.items()]
    return hdo(capsys, "worst-case", *options, *more, "--json", "-")


def test_two_agents_do_gradient_descent(capsys: pytest.CaptureFixture[str]) -> None:
    """max((1 - eta l)^2, (1 - eta L)^2), bracketed; nothing but these keys."""
    found = worst(capsys, agents="2").json
    assert list(found) == KEYS
    assert found["lower"] <= 0.95**2 * (1 + 1e-12)
    assert found["certified_upper"] >= 0.95**2 * (1 - 1e-12)
    assert found["certified_upper"] - found["lower"] < 1e-6
    assert found["lower"] - 1e-6 < found["ratio"] < found["certified_upper"] + 1e-6


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "-1", "0"])
@pytest.mark.parametrize("option", ["smoothness", "strong-convexity", "step-size"])
def test_numbers_without_meaning_are_one_sentence(
    capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    """Exit 2, nothing on standard output, one line that says what is expected."""
    answer = worst(capsys, **{option.replace("-", "_"): value})
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.count("\n") == 1
    assert "expected" in answer.err


@pytest.mark.parametrize(
    ("more", "where"),
    [
        (("--weights", "nan", "1"), "--weights"),
        (("--weights", "0", "0"), "--weights"),
        (("--weights", "-1", "1"), "--weights"),
        (("--zeroth-order", "7"), "--agents"),
        (("--zeroth-order", "1", "--dimension", "0"), "--dimension"),
        (("--zeroth-order", "1", "--directions", "0"), "--directions"),
    ],
)
def test_options_without_meaning_are_named(
    capsys: pytest.CaptureFixture[str], more: tuple[str, ...], where: str
) -> None:
    """The one at fault."""
    answer = worst(capsys, *more)
    assert (answer.code, answer.out) == (2, "")
    assert where in answer.err


@pytest.mark.parametrize(
    ("changes", "low", "high"),
    [
        ({"strong_convexity": "1e-8"}, 1 - 1e-6, 1.0 + 1e-6),
        ({"agents": "1000000"}, 1 - 1e-5, 1.0),
        ({"step_size": "1e-9"}, 1 - 1e-6, 1.0 + 1e-7),
        ({"step_size": "40"}, 1.0, math.inf),
        ({"strong_convexity": "1"}, 0.0, 1.0),
    ],
)
def test_extreme_parameters_have_a_certified_answer(
    capsys: pytest.CaptureFixture[str], changes: dict[str, str], low: float, high: float
) -> None:
    """Condition number 1e8, a million agents, steps tiny and far beyond stability, l = L."""
    found = worst(capsys, **changes).json
    assert low <= found["certified_upper"] <= high
    if found["lower"] is not None:
        assert found["lower"] <= found["certified_upper"]


@pytest.mark.parametrize("zeroth", ["0", "6"])
def test_either_group_may_be_empty(capsys: pytest.CaptureFixture[str], zeroth: str) -> None:
    """Nobody zeroth-order, nobody first-order: a small step contracts, certified and attained."""
    more = ("--zeroth-order", zeroth, "--dimension", "12", "--directions", "4")
    found = worst(capsys, *more, step_size="0.01").json
    assert found["certified_upper"] - found["lower"] < 1e-6
    assert 1 - 0.01 < found["lower"] < 1


def test_the_best_weights_are_told_and_better(capsys: pytest.CaptureFixture[str]) -> None:
    """The four keys first, then the weights; no worse than any of three others."""
    found = worst(capsys, "--best-weights").json
    assert list(found) == [*KEYS, "weights"]
    for other in ("0.1", "1", "5"):
        usual = worst(capsys, "--weights", "1", other).json
        assert found["certified_upper"] < usual["certified_upper"] + 1e-7
    assert found["lower"] <= found["certified_upper"]


def test_two_agents_contract_up_to_two_over_L(capsys: pytest.CaptureFixture[str]) -> None:
    """Gradient descent on the mean: below 2/L certified, from 2/L unstable."""
    found = worst(capsys, "--largest-step-size", agents="2", smoothness="2").json
    assert list(found) == [*KEYS, "weights", "step_size", "unstable_from"]
    assert found["certified_upper"] < 1
    assert 1 - 1e-5 < found["step_size"] < 1
    assert found["unstable_from"] == pytest.approx(1, abs=1e-9)


def test_the_instance_is_written_and_the_table_names_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A file that the table mentions, of as many agents."""
    target = tmp_path / "worst.json"
    options = [f"--{name}={value}" for name, value in USUAL.items()]
    answer = hdo(capsys, "worst-case", *options, "--instance", str(target))
    assert answer.code == 0
    assert str(target) in answer.out
    assert len(json.loads(target.read_text())["state"]["models"]) == 6
