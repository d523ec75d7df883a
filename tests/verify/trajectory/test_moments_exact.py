"""Exact moments: both forms against the enumeration of every meeting, and mutants that it
catches."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from enumeration import Enumeration
from runs import MIXED, NAMES, method, quadratic

from hdo.problems import QuadraticProblem
from verify.optimum import optimum
from verify.trajectory import general, model, moments, typed
from verify.trajectory.model import Meeting

STEPS = 5


def enumerated(problem: QuadraticProblem, interaction: str, steps: int = STEPS) -> dict[str, Any]:
    """The reference's quantities after `steps` interactions."""
    run = method(interaction, steps)
    reference = Enumeration(
        problem,
        eta=run.step_size,
        nu=run.smoothing,
        interaction=interaction,
        start=[2.0] * problem.d,
    )
    for _ in range(steps):
        reference.step()
    return reference.observed(optimum(problem).x)


def distance(problem: QuadraticProblem, interaction: str, form: str) -> float:
    """The largest difference from the reference, relative to the size of the run's quantities."""
    expected = enumerated(problem, interaction)
    found = moments(problem, problem.population, method(interaction, STEPS), form=form, every=1)
    return max(abs(getattr(found, k)[-1] - expected[k]) / (1 + abs(expected[k])) for k in NAMES)


CASES = [
    *product([2, 3, 4, 5], [1, 2], ["own"], ["pair", "matching"]),
    *product([3, 4], [2], ["matrices", "shared"], ["pair", "matching"]),
]


@pytest.mark.parametrize(("n", "d", "shape", "interaction"), CASES)
def test_both_forms_equal_the_enumeration_of_meetings(
    n: int, d: int, shape: str, interaction: str
) -> None:
    """Any n >= 2 (odd matchings leave one idle), any estimators, rv = 3: to rounding."""
    problem = quadratic(MIXED[:n], d, shape=shape, directions=3)
    assert distance(problem, interaction, "general") < 1e-13
    if shape != "matrices":
        assert distance(problem, interaction, "typed") < 1e-13


@pytest.mark.parametrize("estimator", ["two-point", "forward-gradient", "first-order"])
@pytest.mark.parametrize("directions", [1, 4])
def test_a_population_of_one_kind_is_exact(estimator: str, directions: int) -> None:
    """n0 = 0, n1 = 0, each estimator alone, with one and several directions."""
    problem = quadratic((estimator,) * 3, 2, directions=directions)
    for interaction, form in product(("pair", "matching"), ("general", "typed")):
        assert distance(problem, interaction, form) < 1e-13


def test_a_shared_curvature_matrix_is_rotated_to_its_eigenbasis() -> None:
    """The typed form of a full matrix against the general one."""
    one = quadratic(MIXED[:4], 3, shape="matrices")
    problem = replace(one, curvatures=np.tile(one.curvatures[0], (4, 1, 1)))
    for interaction in ("pair", "matching"):
        assert distance(problem, interaction, "typed") < 1e-12


def test_two_agents_agree_after_every_interaction() -> None:
    """With n = 2 both models become their average: Gamma is 0 to rounding."""
    problem = quadratic(MIXED[:2], 2)
    for interaction, form in product(("pair", "matching"), ("general", "typed")):
        found = moments(problem, problem.population, method(interaction, 3), form=form, every=1)
        np.testing.assert_allclose(found.gamma, 0, atol=1e-14)


def test_without_noise_at_the_common_centre_nothing_moves() -> None:
    """Start at the minimiser of equal objectives: every quantity stays 0."""
    problem = quadratic(("first-order", "forward-gradient", "forward-gradient"), 2, noise=0.0)
    problem = replace(problem, centres=np.full((3, 2), 2.0))
    found = moments(problem, problem.population, method("matching", 20))
    for name in NAMES:
        np.testing.assert_array_equal(getattr(found, name), 0.0)


def mutant_meeting(**changes: float) -> Any:
    """`meeting` with wrong probabilities."""
    true = model.meeting

    def mutant(interaction: str, n: int, one: Any) -> Meeting:
        factors = {
            name: getattr(true(interaction, n, one), name) * f for name, f in changes.items()
        }
        return replace(true(interaction, n, one), **factors)

    return mutant


@pytest.mark.parametrize(
    ("interaction", "changes"),
    [
        ("matching", {"meet": 3 / 4}),  # 1/n instead of 1/(n - 1)
        ("matching", {"both": 3 / 4}),
        ("pair", {"meet": 3 / 4}),  # 2/n^2 instead of 2/(n (n - 1))
        ("pair", {"gone": 1 / 2}),
    ],
)
@pytest.mark.parametrize("form", ["general", "typed"])
def test_wrong_probabilities_of_meeting_are_caught(
    interaction: str, changes: dict[str, float], form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mutant of the interaction model is far from the enumeration."""
    problem = quadratic(MIXED[:4], 2)
    module = general if form == "general" else model
    monkeypatch.setattr(module, "meeting", mutant_meeting(**changes))
    assert distance(problem, interaction, form) > 1e-3


def test_a_forgotten_term_of_the_estimators_covariance_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """E (u.g)^2 uu' without its 2 gg', and the two-point term without its 8 A^2."""
    problem = quadratic(MIXED[:3], 2)
    true = general.estimate_covariance

    def without_own(chosen: general.General, state: general.GeneralState) -> Any:
        return true(chosen, state) - 2 * chosen.spread[:, None] * general.forces(chosen, state)

    monkeypatch.setattr(general, "estimate_covariance", without_own)
    assert distance(problem, "pair", "general") > 1e-3
    monkeypatch.setattr(general, "estimate_covariance", true)

    def without_squares(A: Any, unit: Any) -> Any:
        trace = A.sum(axis=1, keepdims=True)
        return (trace**2 + 2 * (A * A).sum(axis=1, keepdims=True)) * unit + 4 * trace * A

    monkeypatch.setattr(general, "_fourth_moment", without_squares)
    assert distance(problem, "pair", "general") > 1e-3
    own = typed.covariances

    def typed_without(chosen: model.Model, state: typed.State) -> Any:
        return own(chosen, state) - 2 * chosen.spread[..., None] * typed.forces(chosen, state)

    monkeypatch.setattr(typed, "covariances", typed_without)
    assert distance(problem, "pair", "typed") > 1e-3
