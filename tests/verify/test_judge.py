"""Only what the balls leave no doubt about is decided."""

import math
import pickle

import pytest
from planted import claim_that, instance

from theory import claim, symbol
from verify.balls import Ball
from verify.judge import Judgement, decide, gather, judge

Gamma, a_sq, e = (symbol(name) for name in ("Gamma", "a_sq", "e"))
BOUND = claim_that("Gamma_next", "<=", Gamma)
REVERSED = claim_that("Gamma_next", ">=", Gamma)
IDENTITY = claim_that("Gamma_next", "==", Gamma)
WIDE = Ball(1, 0.5)
ROUNDED = Ball(1, 2.0**-200)


@pytest.mark.parametrize(
    ("subject", "lhs", "rhs", "outcome"),
    [
        (BOUND, Ball(1), Ball(2), "holds"),
        (BOUND, Ball(2), Ball(1), "violated"),
        (BOUND, Ball(0), Ball(0), "holds"),
        (BOUND, ROUNDED, Ball(1), "holds"),
        (BOUND, Ball(1, 2.0**-60), Ball(1), "undecided"),
        (BOUND, WIDE, Ball(1), "not-exact"),
        (BOUND, Ball(0, 1e-70), Ball(0), "not-exact"),
        (BOUND, Ball(1) + Ball(2) ** -200, Ball(1), "violated"),
        (REVERSED, Ball(2), Ball(1), "holds"),
        (REVERSED, Ball(1), Ball(2), "violated"),
        (IDENTITY, ROUNDED, Ball(1), "holds"),
        (IDENTITY, Ball(1) + Ball(2) ** -200, Ball(1), "violated"),
        (IDENTITY, WIDE, Ball(1), "not-exact"),
        (IDENTITY, WIDE, Ball(3), "violated"),
        (BOUND, Ball(math.inf), Ball(1), "not-exact"),
    ],
)
def test_balls_decide(subject: object, lhs: Ball, rhs: Ball, outcome: str) -> None:
    """Surely below, surely above, equal to the rounding bound, or too wide to tell."""
    found = decide(subject, {"Gamma_next": lhs, "Gamma": rhs})  # type: ignore[arg-type]
    assert found.outcome == outcome
    assert found.decided == (outcome in ("holds", "violated"))


def test_swapped_sides_are_caught() -> None:
    """A judge that compares the wrong way round contradicts this one on either side."""
    values = {"Gamma_next": Ball(1), "Gamma": Ball(2)}
    assert decide(BOUND, values).outcome == "holds"
    assert decide(REVERSED, values).outcome == "violated"


def test_the_ratio_of_a_plain_bound_is_lhs_over_rhs() -> None:
    """3/4, and its excess is a quarter below 0."""
    found = decide(BOUND, {"Gamma_next": Ball(3), "Gamma": Ball(4)})
    assert (found.ratio, found.excess) == (0.75, -0.25)


def test_the_ratio_of_a_signed_claim_moves_the_subtracted_terms_over() -> None:
    """drift <= a - e with a = 2, e = 3: at drift = -1 it reads 3/3, at drift = 1 it reads 4/2."""
    subject = claim_that("drift", "<=", a_sq - e)
    values = {"a_sq": Ball(2), "e": Ball(3)}
    assert decide(subject, {**values, "drift": Ball(-1)}).ratio == 1.0
    assert decide(subject, {**values, "drift": Ball(1)}).ratio == 2.0


def test_the_excess_of_a_recursion_does_not_vanish_with_the_step() -> None:
    """a' <= a - eta e: half the promised decrease is an excess of 1/3, however small eta is."""
    subject = claim_that("a_sq_next", "<=", a_sq - symbol("eta") * e)
    for eta in (Ball(1), Ball(2) ** -100):
        values = {"a_sq": Ball(8), "e": Ball(2), "eta": eta, "a_sq_next": 8 - eta}
        assert decide(subject, values).excess == pytest.approx(1 / 3)


def test_nothing_measured_has_no_ratio() -> None:
    """0 <= 0 holds and says nothing."""
    found = decide(BOUND, {"Gamma_next": Ball(0), "Gamma": Ball(0)})
    assert found.outcome == "holds"
    assert math.isnan(found.ratio)


def test_a_factor_that_vanishes_does_not_hide_the_scale() -> None:
    """With n = 2 the consensus identity reads 0 = 0 up to rounding of terms that are not 0."""
    subject = claim_that("Gamma_next", "==", (symbol("n") - 2) * Gamma)
    values = {"n": Ball(2), "Gamma": Ball(1), "Gamma_next": Ball(0, 1e-70)}
    assert decide(subject, values).outcome == "holds"


def test_a_true_lemma_holds_and_its_opposite_is_violated_on_a_real_measurement() -> None:
    """Lemma 14 and its reverse, on exact evidence."""
    subject = claim("lemma-14")
    opposite = claim_that("mu_step_sq", ">=", 2 * subject.rhs)
    assert judge(subject, instance()).outcome == "holds"
    assert judge(opposite, instance()).outcome == "violated"


def test_a_claim_outside_its_hypotheses_is_silent() -> None:
    """Beyond the step size of Lemma 11 nothing is said, with the reason."""
    found = judge(claim("lemma-11"), instance(method={"step_size": 2.5}))
    assert found.outcome == "silent"
    assert "2.5" in found.reason


def test_evidence_that_is_not_exact_is_said_to_be() -> None:
    """The distance to a minimiser that is not unique is not defined."""
    flat = instance(problem={"slope_low": 0.0})
    found = judge(claim("identity-distance"), flat)
    assert found.outcome == "not-exact"
    assert "minimiser" in found.reason


def test_c_is_eta_over_nu_exactly() -> None:
    """Not the float quotient: 1/3 is none."""
    numbers = gather(claim("lemma-16"), instance(method={"step_size": 1.0, "smoothing": 3.0}))
    assert (numbers["c"] * 3).overlaps(Ball(1))
    assert numbers["c"].rad() < 2.0**-200


def test_tied_parameters_are_exactly_tied() -> None:
    """Theorem 1.2 is judged at nu = eta/sqrt(d), not at the nearest float."""
    from verify.instance import Draft
    from verify.resolve import resolve

    table = {
        "problem": {"kind": "quadratic", "curvature": [1.0, 2.0]},
        "population": {"zeroth_order": 2, "first_order": 2},
        "start": [1.0, 1.0],
    }
    subject = claim("theorem-1.2")
    found = resolve(subject, Draft.of(table, radius=1.0, steps=2))
    assert found is not None
    numbers = gather(subject, found)
    assert (numbers["nu"] ** 2 * 2).overlaps(numbers["eta"] ** 2)
    assert not (Ball(found.nu) ** 2 * 2).overlaps(Ball(found.eta) ** 2)
    assert judge(subject, found).outcome == "holds"


def test_a_judgement_survives_pickle() -> None:
    """Workers return balls to the last bit."""
    found = judge(claim("lemma-2"), instance())
    copy = pickle.loads(pickle.dumps(found))
    assert isinstance(copy, Judgement)
    assert copy.lhs is not None
    assert found.lhs is not None
    assert copy.lhs.mid() == found.lhs.mid()
    assert copy.lhs.rad() == found.lhs.rad()
