"""A violated instance shrinks to the fewest agents and dimensions and the shortest numbers."""

import numpy as np
import pytest
from planted import claim_that, instance

from theory import claim, symbol
from verify.instance import Instance
from verify.judge import judge
from verify.shrink import cost, shrink

FALSE = claim_that("Gamma_next", "<=", symbol("eta") ** 2 * symbol("M_G") / 1000)
LARGE = Instance.from_dict(
    {
        "problem": {
            "kind": "quadratic",
            "curvature": np.round(np.linspace(0.37, 2.91, 4), 3).tolist(),
            "centres": np.round(np.random.default_rng(0).normal(size=(5, 4)), 3).tolist(),
            "noise": 1.37,
        },
        "population": {
            "agents": ["two-point", "first-order", "forward-gradient", "first-order", "two-point"],
            "directions": 3,
        },
        "method": {"step_size": 0.0173, "smoothing": 0.731},
        "state": {"models": np.round(np.random.default_rng(1).normal(size=(5, 4)), 3).tolist()},
        "parameters": {"agent": 3},
    }
)


def test_a_planted_false_claim_shrinks_to_a_minimal_witness() -> None:
    """False for three agents and more (a pair of two agrees exactly): n = 3, d = 1 remain."""
    assert judge(FALSE, LARGE).outcome == "violated"
    found = shrink(FALSE, LARGE)
    assert judge(FALSE, found).outcome == "violated"
    assert (found.n, found.problem.d) == (3, 1)
    assert found.spec.population.agents == ("first-order",) * 3
    assert found.spec.parameters == {}
    content = found.to_dict()
    assert "noise" not in content["problem"]
    assert len(str(content)) < 320


def test_two_agents_and_one_dimension_are_reached_where_the_claim_allows() -> None:
    """The mean model moves by more than a thousandth of what Lemma 14 allows, for any pair."""
    subject = claim_that(
        "mu_step_sq", "<=", symbol("eta") ** 2 * symbol("M_G") / symbol("n") ** 2 / 250
    )
    found = shrink(subject, LARGE)
    assert (found.n, found.problem.d) == (2, 1)


def test_every_step_respects_the_hypotheses() -> None:
    """A claim that is false only within its condition keeps its step size within it."""
    eta = symbol("eta")
    subject = claim_that(
        "mu_step_sq", "<=", eta**2 * symbol("M_G") / 1000, conditions=(50 * eta <= 1,)
    )
    found = shrink(subject, LARGE)
    assert found.eta <= 0.02
    assert judge(subject, found).outcome == "violated"


def test_only_a_violation_can_be_shrunk() -> None:
    """Asked to shrink an instance of a claim that holds there, it says so."""
    with pytest.raises(ValueError, match="only an instance that violates"):
        shrink(claim("lemma-2"), instance())


def test_shrinking_twice_gives_the_same() -> None:
    """The same instance, and nothing more to gain from the result."""
    first = shrink(FALSE, LARGE)
    assert shrink(FALSE, LARGE) == first
    assert shrink(FALSE, first) == first


def test_short_numbers_cost_less() -> None:
    """0 before 1 before powers of ten before one digit before two."""
    order = [0.0, 1.0, -1.0, 10.0, 1e-3, 2.0, 30.0, 2.5, 0.731]
    assert sorted(order, key=cost) == order
