"""One expression, three rings: floats, exact rationals, balls."""

import math
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import theory
from theory.evaluate import slack, value_of

EVERY = theory.claims()
IDS = [c.key for c in EVERY]
POSITIVE = st.fractions(Fraction(1, 20), 20, max_denominator=40)
RATIONAL_ROOTS = {"identity-smoothing-gradient": (1, 4, 9)}
"""Dimensions at which every root is rational: of d here, of d + 3 elsewhere."""

L, n = theory.symbol("L"), theory.symbol("n")


@st.composite
def rationals(draw: st.DrawFn, subject: theory.Claim) -> dict[str, int | Fraction]:
    """A positive rational for every symbol, integers where the symbol is one.

    l is small, so that eta l/(2n) <= 1/2 and 1 - eta l/(2n) does not cancel.
    """
    values: dict[str, int | Fraction] = {s.name: draw(POSITIVE) for s in subject.rhs.free_symbols}
    choices: dict[str, st.SearchStrategy[Any]] = {
        "l": st.fractions(Fraction(1, 50), Fraction(1, 10), max_denominator=60),
        "n": st.integers(2, 9),
        "rho": st.fractions(0, Fraction(1, 2), max_denominator=60),
        "gap": st.fractions(Fraction(1, 50), Fraction(1, 9), max_denominator=60),
        "n0": st.integers(0, 5),
        "n1": st.integers(0, 5),
        "rv": st.integers(1, 9),
        "T": st.integers(2, 5),
        "k": st.sampled_from((2, 4, 6)),
        "d": st.sampled_from(RATIONAL_ROOTS.get(subject.key, (1, 6, 13))),
    }
    return values | {name: draw(choices[name]) for name in choices if name in values}


@pytest.mark.parametrize("subject", EVERY, ids=IDS)
@settings(max_examples=30)
@given(data=st.data())
def test_the_ball_contains_the_rational_and_is_near_the_float(
    subject: theory.Claim, data: st.DataObject
) -> None:
    """The rational is inside; the float is within 1e-12 of the size of the terms."""
    values = data.draw(rationals(subject))
    exact = Fraction(subject.evaluate("rhs", values))
    inside = _balls(subject, values)
    with flint.ctx.workprec(4000):
        assert inside.contains(flint.fmpq(*exact.as_integer_ratio()))
    with flint.ctx.workprec(256):
        assert inside.rad() <= abs(inside) * 2.0**-200 + 2.0**-150
    rounded = subject.evaluate("rhs", {name: float(value) for name, value in values.items()})
    parts = [abs(Fraction(value_of(term, values))) for term in subject.terms]
    assert abs(Fraction(rounded) - exact) <= Fraction(1, 10**12) * _size(subject, values, parts)


def _balls(subject: theory.Claim, values: dict[str, Any]) -> flint.arb:
    with flint.ctx.workprec(256):
        lifted = {k: flint.arb(flint.fmpq(*v.as_integer_ratio())) for k, v in values.items()}
        return flint.arb(subject.evaluate("rhs", lifted))


def _size(subject: theory.Claim, values: dict[str, Any], parts: list[Fraction]) -> Fraction:
    """Of the terms; more where a divisor (D1) nearly cancels."""
    size = sum(parts, start=Fraction(0))
    for total in {total for total, _ in subject.divisor_terms}:
        own = [abs(Fraction(value_of(t, values))) for of, t in subject.divisor_terms if of == total]
        size *= 1 + sum(own) / abs(Fraction(value_of(total, values)))
    return size


def test_exact_evaluation_gives_the_rational_itself() -> None:
    """Lemma 2 at n = 3: (5/6) 2 + (4/3)(1/4) 5 = 10/3."""
    values = {"n": 3, "Gamma": 2, "eta": Fraction(1, 2), "M_G": 5}
    assert theory.claim("lemma-2").evaluate("rhs", values) == Fraction(10, 3)
    rationals_of_flint = {"n": 3, "Gamma": 2, "eta": flint.fmpq(1, 2), "M_G": 5}
    assert theory.claim("lemma-2").evaluate("rhs", rationals_of_flint) == flint.fmpq(10, 3)


@pytest.mark.parametrize("ring", [Fraction, flint.fmpq])
def test_exact_evaluation_refuses_an_irrational_value(ring: Any) -> None:
    """sqrt(1+3) is rational, sqrt(2+3) is not; neither are sqrt(2) and log(2) as constants."""
    values = {"L": ring(1), "eta": ring(1), "n0": 1, "n": 2, "c": ring(1)}
    assert theory.claim("lemma-10").evaluate("rhs", values | {"d": 1}) == 2
    with pytest.raises(theory.NotExactError, match="evaluate in float64 or in balls"):
        theory.claim("lemma-10").evaluate("rhs", values | {"d": 2})
    for expression in (sp.sqrt(2) * L, sp.log(2) * L, sp.log(L + 1)):
        with pytest.raises(theory.NotExactError, match="is not a rational number"):
            value_of(expression, {"L": ring(1)})


def test_an_irrational_constant_is_a_ball_among_balls() -> None:
    """A float in its place would make the ball miss the number."""
    with flint.ctx.workprec(256):
        one = flint.arb(1)
        for expression, square in ((sp.sqrt(2) * L, 2), (sp.sqrt(sp.Rational(2, 3)) * L, 2 / 3)):
            found = value_of(expression, {"L": one}) ** 2
            assert abs(float(found.mid()) - square) < 1e-15
            assert 0 < found.rad() < 2.0**-240
        assert value_of(sp.exp(sp.log(2) * L), {"L": one}).contains(2)
        assert value_of(sp.log(2) * L, {"L": one}).overlaps(flint.arb(2).log())


def test_integers_and_fractions_stay_exact_beside_balls() -> None:
    """1/(2n) at n = 3 is the ball of 1/6, not of the float; so is n = 1/3 as a Fraction."""
    one = flint.arb(1)
    rest = {"Gamma": one, "eta": one, "M_G": 0 * one}
    found = theory.claim("lemma-2").evaluate("rhs", {"n": 3, **rest})
    assert found.contains(flint.fmpq(5, 6))
    assert value_of(L * n, {"L": one, "n": Fraction(1, 3)}).contains(flint.fmpq(1, 3))


def test_floats_among_rationals_are_refused() -> None:
    """A float would silently round an exact evaluation."""
    values = {"n": Fraction(3), "Gamma": 2.0, "eta": Fraction(1, 2), "M_G": Fraction(5)}
    with pytest.raises(TypeError, match="one kind of number"):
        theory.claim("lemma-2").evaluate("rhs", values)


def test_a_missing_value_and_a_wrong_side_are_named() -> None:
    """The message lists what is missing; RHS is no side."""
    subject = theory.claim("lemma-2")
    with pytest.raises(KeyError, match="got none for Gamma, M_G"):
        subject.evaluate("rhs", {"n": 3, "eta": 1})
    with pytest.raises(ValueError, match="side must be 'lhs' or 'rhs', got 'RHS'"):
        subject.evaluate("RHS", {})  # type: ignore[arg-type]


def test_the_callable_is_vectorised_and_agrees_with_evaluation() -> None:
    """Lemma 2 over an array of Gamma; the arguments are named, or all in alphabetical order."""
    subject = theory.claim("lemma-2")
    gamma = np.linspace(0.0, 3.0, 4)
    expected = [
        subject.evaluate("rhs", {"n": 4.0, "eta": 0.1, "M_G": 2.0, "Gamma": float(g)})
        for g in gamma
    ]
    named = subject.rhs_callable("n", "eta", "M_G", "Gamma")(4.0, 0.1, 2.0, gamma)
    ordered = subject.rhs_callable()(gamma, 2.0, 0.1, 4.0)
    np.testing.assert_allclose(named, expected, rtol=1e-15)
    np.testing.assert_array_equal(ordered, named)
    with pytest.raises(ValueError, match=r"names must include \['M_G'\]"):
        subject.rhs_callable("n", "eta", "Gamma")


def test_a_condition_on_its_limit_has_no_slack() -> None:
    """eta = 1/(10 l) exactly."""
    (condition,) = theory.claim("lemma-12").conditions
    assert slack(condition, {"eta": Fraction(1, 30), "l": 3}) == 0
    assert slack(condition, {"eta": Fraction(1, 29), "l": 3}) < 0
    assert math.isclose(slack(condition, {"eta": 0.5, "l": 0.0}), 1.0)
