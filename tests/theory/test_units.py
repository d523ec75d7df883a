"""Dimensional analysis: which published statements add quantities of different units.

An encoding with a wrong power of a dimensional symbol fails here; so does a misprint of the paper,
and these are listed with the step they come from.
"""

from fractions import Fraction

import pytest
import sympy as sp

import theory

Unit = tuple[Fraction, Fraction]
"""Powers of f (value) and x (length)."""

NONE: Unit = (Fraction(0), Fraction(0))

UNEQUAL = {
    "lemma-13": "(38) has eta^2 where F' - F has eta; (40) uses z <= z^2 + 1/4 for lengths z",
    "theorem-1.1": "uses Lemma 13",
    "lemma-20": "12 L (d+4) eta^2/n^2 should be 12 L^3 (d+4) eta^2/n^2: Lemma 14 with Lemma 16",
    "theorem-1.2": "K3, K5 and K7 use Lemma 20's coefficient",
}
"""Published statements whose terms differ in unit, and why; of the other editions none does."""

UNEQUAL_CONDITIONS = {"lemma-13", "theorem-1.1", "theorem-1.2"}
"""Of these a condition too: 4 B eta <= l/2 with Lemma 10's bound, and K7 <= 1/4."""

UNEQUAL_TIES = {
    ("theorem-1.1", "c"),
    ("theorem-1.1", "nu"),
    ("theorem-1.2", "c"),
    ("theorem-1.2", "nu"),
    ("theorem-1.2", "eta"),
}
"""nu = eta/sqrt(d) and eta = n/sqrt(d T) set lengths and step sizes to bare numbers."""


class UnitError(ValueError):
    """Two units in one sum, or a unit where a number must be."""


def unit(expression: sp.Expr) -> Unit | None:
    """The unit of an expression; None for 0, which has every unit."""
    if expression == 0:
        return None
    if expression.is_Number:
        return NONE
    if expression.is_Symbol:
        return _parsed(theory.NOTATION[expression.name].unit)
    parts = [unit(argument) for argument in expression.args]
    if expression.is_Add:
        return _same(parts)
    if expression.is_Mul:
        return _total([part or NONE for part in parts])
    if expression.is_Pow and expression.exp.is_Rational:
        power = Fraction(int(expression.exp.p), int(expression.exp.q))
        base = parts[0] or NONE
        return base[0] * power, base[1] * power
    if any(part not in (NONE, None) for part in parts):
        raise UnitError(f"{expression.func} of {expression.args}")
    return NONE


def _same(parts: list[Unit | None]) -> Unit | None:
    found = {part for part in parts if part is not None}
    if len(found) > 1:
        raise UnitError(f"a sum of {found}")
    return next(iter(found), None)


def _total(parts: list[Unit]) -> Unit:
    return sum((p[0] for p in parts), Fraction(0)), sum((p[1] for p in parts), Fraction(0))


def _parsed(text: str) -> Unit:
    """`f^2/x^2` is (2, -2)."""
    powers = {"f": Fraction(0), "x": Fraction(0)}
    for sign, side in zip((1, -1), text.split("/"), strict=False):
        for factor in side.split(" "):
            letter, _, power = factor.partition("^")
            if letter != "1":
                powers[letter] += sign * Fraction(power or "1")
    return powers["f"], powers["x"]


def agree(*sides: sp.Expr) -> bool:
    """Whether the sides, and the terms of each, have one unit."""
    try:
        _same([unit(side) for side in sides])
    except UnitError:
        return False
    return True


@pytest.mark.parametrize("subject", theory.claims(), ids=theory.name_of)
def test_both_sides_have_one_unit_unless_listed(subject: theory.Claim) -> None:
    """Statement, conditions and ties, each with the exceptions above and no other."""
    key = subject.key if subject.edition == "published" else ""
    assert agree(subject.lhs, subject.rhs) == (key not in UNEQUAL)
    conditions = [agree(c.lhs, c.rhs) for c in subject.conditions]
    assert all(conditions) == (key not in UNEQUAL_CONDITIONS)
    for fixed, value in subject.ties:
        assert agree(fixed, value) == ((subject.key, fixed.name) not in UNEQUAL_TIES)


def test_units_are_read_and_compared() -> None:
    """The check can fail: L eta is a number, L^2 eta is not, and log needs one."""
    L, eta, Gamma = (theory.symbol(name) for name in ("L", "eta", "Gamma"))
    assert unit(L) == (Fraction(1), Fraction(-2))
    assert agree(1 - L * eta, sp.Integer(1))
    assert not agree(1 - L**2 * eta)
    assert not agree(sp.log(L))
    assert agree(sp.sqrt(Gamma), theory.symbol("nu"))
