"""Instances round-trip, print themselves short, and are resolved from drafts at a claim's limit."""

import json
import pickle
import shlex

import pytest
from planted import KINKED, instance

from hdo.errors import InputError
from theory import claim
from verify.hypotheses import HypothesisError, guarded, require, unmet
from verify.instance import Draft, Instance
from verify.resolve import resolve

SHELL = {name: table for name, table in KINKED.items() if name != "method"}


def test_an_instance_survives_json_and_pickle() -> None:
    """What is printed, stored or sent to a worker reads back as the same instance."""
    first = instance()
    assert Instance.from_dict(json.loads(json.dumps(first.to_dict()))) == first
    assert pickle.loads(pickle.dumps(first)) == first
    assert Instance.load(json.dumps(first.to_dict())).key == first.key


def test_the_printed_instance_has_no_defaults() -> None:
    """A reader sees what matters: no default keys, whole numbers as integers in the state."""
    content = instance(problem={"noise": 0.0}).to_dict()
    assert set(content["problem"]) == {"kind", "slope_low", "slope_high"}
    assert set(content["method"]) == {"step_size", "smoothing"}
    assert json.dumps(content["state"]["models"]) == "[[1], [-1], [3]]"


def test_many_agents_are_printed_as_counts() -> None:
    """A list of a hundred names is no witness."""
    found = Instance.from_dict(
        {
            "problem": {"kind": "quadratic", "curvature": [1.0]},
            "population": {"zeroth_order": 60, "first_order": 40},
            "method": {"step_size": 0.1, "smoothing": 0.1},
        }
    )
    content = found.to_dict()
    assert content["population"] == {"zeroth_order": 60, "first_order": 40}
    assert Instance.from_dict(content) == found


def test_the_command_holds_the_instance() -> None:
    """The shell reads the printed command back into the same instance."""
    words = shlex.split(instance().command("lemma-13"))
    assert words[:4] == ["hdo", "verify", "lemma-13", "--instance"]
    assert Instance.load(words[4]) == instance()


def test_an_instance_needs_a_method() -> None:
    """Without eta and nu nothing can be judged; the message has the key's path."""
    with pytest.raises(InputError, match="method"):
        Instance.from_dict(SHELL)


@pytest.mark.parametrize("choice", [{"ratio": 0.125}, {"radius": 0.03125}])
def test_a_whole_fraction_is_the_largest_step_size_that_a_claim_admits(
    choice: dict[str, float],
) -> None:
    """Lemma 11 admits eta = 1/(14 L sqrt(d+4)) and no more: two ulps further it is silent."""
    subject = claim("lemma-11")
    found = resolve(subject, Draft.of(SHELL, fraction=1.0, **choice))
    assert found is not None
    limit = 1 / (14 * 2.0 * 5**0.5)
    assert found.eta == pytest.approx(limit, rel=1e-14)
    assert unmet(subject, found) is None
    beyond = instance(method={"step_size": found.eta * (1 + 1e-12), "smoothing": 1.0})
    assert "must satisfy" in str(unmet(subject, beyond))


def test_a_limit_on_eta_through_c_is_found_with_nu_held_fixed() -> None:
    """Lemma 13 with c = eta/nu reads eta <= l n/(4 L n0 nu (d+3)^{3/2}) at fixed nu."""
    found = resolve(claim("lemma-13"), Draft.of(SHELL, radius=0.25))
    assert found is not None
    assert found.eta == pytest.approx(0.5 * 3 / (4 * 2.0 * 2 * 0.25 * 8), rel=1e-12)


def test_without_a_condition_eta_is_relative_to_the_curvature() -> None:
    """Lemma 2 is claimed for every eta: fraction 10^scale/L."""
    found = resolve(claim("lemma-2"), Draft.of(SHELL, radius=1.0, fraction=0.5, scale=3.0))
    assert found is not None
    assert found.eta == 0.5 * 1000 / 2.0


def test_a_tied_step_size_is_taken_at_the_smallest_horizon() -> None:
    """Theorem 1.1 fixes eta by T: at the T found its conditions hold, at 3/4 of it they do not."""
    table = {
        "problem": {"kind": "quadratic", "curvature": [1.0, 2.0]},
        "population": {"zeroth_order": 2, "first_order": 2},
        "start": [1.0, 1.0],
    }
    subject = claim("theorem-1.1")
    found = resolve(subject, Draft.of(table, radius=1.0, steps=2))
    assert found is not None
    T = found.spec.method.steps
    content = found.to_dict()
    content["method"]["steps"] = 3 * T // 4
    assert unmet(subject, found) is None
    assert "step_size" in str(unmet(subject, Instance.from_dict(content)))


@pytest.mark.parametrize(
    ("key", "changes", "words"),
    [
        (
            "lemma-11",
            {"method": {"step_size": 2.5}},
            ["step_size=2.5 must satisfy eta <=", "0.0159"],
        ),
        ("lemma-13", {"problem": {"slope_low": 0.0}}, ["A1: l=0.0 must be > 0"]),
        ("lemma-3", {"population": {"agents": ["forward-gradient"] * 3}}, ["must be 'two-point'"]),
        ("lemma-8", {"parameters": {"alpha0": 0.5}}, ["alpha0=0.5 must satisfy alpha0 >= alpha1"]),
        ("lemma-2", {"method": {"interaction": "matching"}}, ["must be 'pair'"]),
        ("lemma-5.6", {"parameters": {"agent": 1}}, ["parameters.agent=1"]),
    ],
)
def test_outside_its_hypotheses_a_claim_says_which_and_by_how_much(
    key: str, changes: dict[str, dict[str, object]], words: list[str]
) -> None:
    """The error names the hypothesis, the value and the limit."""
    with pytest.raises(HypothesisError) as caught:
        require(claim(key), instance(**changes))
    for part in words:
        assert part in str(caught.value)


def test_different_curvatures_break_the_balanced_split() -> None:
    """Then vs is infinite and A3 does not hold; Lemma 2 does not need it."""
    content = {
        "problem": {"kind": "quadratic", "curvature": [[1.0], [2.0], [3.0]]},
        "population": KINKED["population"],
        "method": KINKED["method"],
        "state": KINKED["state"],
    }
    found = Instance.from_dict(content)
    assert "A3" in str(unmet(claim("lemma-3"), found))
    assert unmet(claim("lemma-2"), found) is None


def test_a_parameter_that_the_claim_needs_must_be_given() -> None:
    """Lemma 8 without alpha0 is a mistake in the input, not a silent claim."""
    content = {**instance().to_dict(), "parameters": {"alpha1": 1.0}}
    with pytest.raises(InputError, match="alpha0"):
        unmet(claim("lemma-8"), Instance.from_dict(content))


def test_a_guarded_claim_has_the_conditions_its_proof_inherits() -> None:
    """Lemma 12 uses Lemma 11 and so its step size; Lemma 2 uses nothing."""
    subject = claim("lemma-12")
    assert set(guarded(subject).conditions) >= {*subject.conditions, *claim("lemma-11").conditions}
    assert guarded(claim("lemma-2")) is claim("lemma-2")
