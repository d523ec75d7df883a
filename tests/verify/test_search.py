"""The search finds planted false claims, keeps its budget and repeats itself."""

import numpy as np
import pytest
import sympy as sp
from planted import KINKED, claim_that, instance

from theory import claim, symbol
from verify.instance import Draft
from verify.moves import MOVES, moved, spelled_out
from verify.sampling import sample
from verify.search import attempt, draft_at, search
from verify.strategies import drafts

SHELL = {name: table for name, table in KINKED.items() if name != "method"}
START = Draft.of(SHELL, radius=0.5, fraction=1.0)

Gamma, mu_step = symbol("Gamma"), symbol("mu_step_sq")
SMALL_REGION = claim_that(
    "Gamma_next",
    "<=",
    Gamma * sp.Rational(1, 2) + mu_step * sp.Rational(3, 2) + symbol("eta") ** 2 * 10,
    key="planted-small",
)
"""False only where the gradients are long and opposed, as the agents move apart by more than mu."""


def test_a_planted_claim_with_a_small_region_of_violation_is_found() -> None:
    """No draft of a small bank violates it; the search from there does."""
    bank = sample(drafts("quadratic"), count=12, entropy=3)
    trials = [t for draft in bank if (t := attempt(SMALL_REGION, draft)) is not None]
    tame = [t.draft for t in sorted(trials, key=lambda t: -t.excess) if not t.violated]
    found = search(SMALL_REGION, tame[:3], budget=600, entropy=0)
    assert found.violated is not None
    assert found.violated.judgement.excess > 0


def test_a_true_claim_is_not_violated_by_the_same_search() -> None:
    """Lemma 2 stands up to it, and the search does bring it nearer to failing."""
    subject = claim("lemma-2")
    first = attempt(subject, START)
    found = search(subject, [START], budget=80, entropy=0)
    assert found.violated is None
    assert found.worst is not None
    assert first is not None
    assert found.worst.excess > first.excess


def test_the_search_depends_on_its_arguments_only() -> None:
    """The same seed finds the same instance, another one another."""
    runs = [search(claim("lemma-2"), [START], budget=30, entropy=s).worst for s in (1, 1, 2)]
    keys = [run.instance.key for run in runs if run is not None]
    assert keys[0] == keys[1] != keys[2]


def test_the_budget_is_kept() -> None:
    """However many starts there are, no more is judged than allowed."""
    found = search(claim("lemma-2"), [START, START, START], budget=25, entropy=0)
    assert sum(found.outcomes.values()) <= 25


def test_nothing_to_start_from_is_nothing_found() -> None:
    """An empty list, or a draft on which the claim is silent."""
    silent = Draft.of({**SHELL, "problem": {**SHELL["problem"], "slope_low": 0.0}}, radius=0.5)
    for starts in ([], [silent]):
        found = search(claim("lemma-13"), starts, budget=5, entropy=0)
        assert found.worst is None
        assert found.outcomes == {}


@pytest.mark.parametrize("move", list(MOVES), ids=lambda move: move.__name__)
def test_every_move_makes_valid_drafts_and_changes_something(move: object) -> None:
    """Each move leads from an explicit draft to another one that is a valid spec."""
    rng = np.random.default_rng(0)
    start = spelled_out(
        Draft.of(
            {
                "problem": {"kind": "quadratic", "curvature": [1.0], "noise": 1.0},
                "population": {"zeroth_order": 2, "first_order": 2},
                "start": [1.0],
            },
            radius=0.5,
            steps=10,
        )
        if move.__name__ == "move_steps"  # type: ignore[attr-defined]
        else START
    )
    results = {moved(start, rng, moves={move: 1.0}) for _ in range(20)}  # type: ignore[dict-item]
    assert len(results - {start}) > 0
    for draft in results:
        assert draft.shell.population.n >= 2


def test_the_draft_at_an_instance_resolves_to_it() -> None:
    """Up to the rounding of one fraction, so that a search can go on from a witness."""
    subject = claim("lemma-11")
    given = instance(method={"step_size": 0.003, "smoothing": 0.25})
    trial = attempt(subject, draft_at(subject, given))
    assert trial is not None
    assert trial.instance.eta == pytest.approx(0.003, rel=1e-12)
    assert trial.instance.nu == 0.25
