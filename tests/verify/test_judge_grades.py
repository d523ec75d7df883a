"""Ratios, excesses and widths of judgements by hand, and what scaling must not change."""

import math
from dataclasses import replace

import pytest
from planted import claim_that, instance

from theory import claim, symbol
from verify.balls import Ball
from verify.judge import Judgement, decide, gather, is_difference, judge

Gamma, a_sq, e = (symbol(name) for name in ("Gamma", "a_sq", "e"))
BOUND = claim_that("Gamma_next", "<=", Gamma)
REVERSED = claim_that("Gamma_next", ">=", Gamma)
IDENTITY = claim_that("Gamma_next", "==", Gamma)
SIGNED = claim_that("drift", "<=", a_sq - e)
REDUCED = claim_that("Gamma_next", "<=", a_sq - e)


def test_a_lower_bound_is_graded_the_other_way_round() -> None:
    """Gamma' >= Gamma with 4 and 3 reads 3/4: a quarter away from failing."""
    found = decide(REVERSED, {"Gamma_next": Ball(4), "Gamma": Ball(3)})
    assert (found.outcome, found.ratio, found.excess) == ("holds", 0.75, -0.25)


@pytest.mark.parametrize(
    ("a", "b", "lhs", "ratio"),
    [(4, 1, 2, 2 / 3), (1, 3, 1, 4.0), (0.25, 0.125, 0.0625, 0.5)],
)
def test_the_ratio_of_a_nonnegative_side_is_to_the_whole_right_hand_side(
    a: float, b: float, lhs: float, ratio: float
) -> None:
    """2 <= 4 - 1 reads 2/3; where the right-hand side is negative its terms are moved over."""
    values = {"a_sq": Ball(a), "e": Ball(b), "Gamma_next": Ball(lhs)}
    assert decide(REDUCED, values).ratio == pytest.approx(ratio)


def test_small_terms_are_moved_over_as_large_ones_are() -> None:
    """-1/16 <= 1/4 - 1/8 reads (1/8)/(1/4 + 1/16) = 2/5, and so with all numbers 64 times."""
    for size in (1, 64):
        values = {"a_sq": Ball(size) / 4, "e": Ball(size) / 8, "drift": -Ball(size) / 16}
        assert decide(SIGNED, values).ratio == pytest.approx(0.4)


def test_the_excess_of_an_identity_is_its_gap_to_scale() -> None:
    """3 = 4 is off by 1 of 7; 0 = 0 by nothing, and it holds."""
    assert decide(IDENTITY, {"Gamma_next": Ball(3), "Gamma": Ball(4)}).excess == pytest.approx(
        1 / 7
    )
    nothing = decide(IDENTITY, {"Gamma_next": Ball(0), "Gamma": Ball(0)})
    assert (nothing.outcome, nothing.excess) == ("holds", 0.0)


@pytest.mark.parametrize("subject", [BOUND, REVERSED, IDENTITY], ids=["<=", ">=", "=="])
@pytest.mark.parametrize("radius", [0.5, 2.0**-20, 2.0**-60, 2.0**-200])
@pytest.mark.parametrize("power", [-300, 300])
def test_no_outcome_depends_on_the_unit(subject: object, radius: float, power: int) -> None:
    """Both sides times 2^300 or 2^-300: relative widths are what counts."""
    unit = Ball(2) ** power
    one = decide(subject, {"Gamma_next": Ball(1, radius), "Gamma": Ball(1)})  # type: ignore[arg-type]
    other = decide(subject, {"Gamma_next": unit * Ball(1, radius), "Gamma": unit})  # type: ignore[arg-type]
    assert one.outcome == other.outcome


def test_an_inequality_between_rounding_and_enclosure_is_undecided_either_way() -> None:
    """A relative width of 2^-60 decides an identity, and no bound."""
    values = {"Gamma_next": Ball(1, 2.0**-60), "Gamma": Ball(1)}
    outcomes = [decide(subject, values).outcome for subject in (BOUND, REVERSED, IDENTITY)]
    assert outcomes == ["undecided", "undecided", "holds"]


def test_what_prints_alike_is_not_visible() -> None:
    """1 and 1 + 2^-200 print alike, 1 and 2 do not, on whichever side."""
    near = Ball(1) + Ball(2) ** -200
    assert not Judgement("violated", lhs=near, rhs=Ball(1)).visible
    assert Judgement("violated", lhs=Ball(2), rhs=Ball(1)).visible
    assert Judgement("holds", lhs=Ball(1), rhs=Ball(2)).visible


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (BOUND, False),
        (claim_that("drift", "<=", a_sq), False),
        (claim_that("drift", "<=", a_sq + e), True),
        (REDUCED, True),
        (claim_that("Gamma_next", "<=", a_sq + e), False),
    ],
    ids=["one term", "signed, one term", "signed, two terms", "subtracted", "sum"],
)
def test_a_difference_has_a_signed_side_or_subtracted_terms(
    subject: object, expected: bool
) -> None:
    """With one term the ratio says all there is to say."""
    assert is_difference(subject) == expected  # type: ignore[arg-type]


def test_a_defect_is_measured_against_the_step_of_the_mean() -> None:
    """E mu' - mu + (2 eta/n) mbar = 0 holds to scale; other claims do not ask for that scale."""
    assert judge(claim("identity-mean-step", "sharp"), instance()).outcome == "holds"
    assert "mu_step_sq" in gather(claim("identity-mean-step", "sharp"), instance())
    assert "mu_step_sq" not in gather(claim("identity-distance", "sharp"), instance())
    zero = replace(BOUND, rhs=0 * Gamma)
    assert "mu_step_sq" not in gather(zero, instance())


def test_nothing_over_nothing_has_no_ratio_and_something_over_nothing_an_infinite_one() -> None:
    """0 <= 0 and 1 <= 0."""
    assert math.isnan(decide(BOUND, {"Gamma_next": Ball(0), "Gamma": Ball(0)}).ratio)
    assert decide(BOUND, {"Gamma_next": Ball(1), "Gamma": Ball(0)}).ratio == math.inf
