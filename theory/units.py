"""Dimensional analysis of expressions in registered symbols: powers of f (value) and x (length)."""

from collections.abc import Mapping
from fractions import Fraction

import sympy as sp

from theory.notation import NOTATION, Notation

Unit = tuple[Fraction, Fraction]
"""Powers of f and x; a gradient is (1, -1), L is (1, -2), eta is (-1, 2)."""

NONE: Unit = (Fraction(0), Fraction(0))


class UnitError(ValueError):
    """Two units in one sum, or a unit where a number must be."""


def unit(expression: sp.Expr, notation: Mapping[str, Notation] = NOTATION) -> Unit | None:
    """The unit of an expression; None for 0, which has every unit.

    Raises:
        UnitError: it adds different units, or takes a function of something with a unit.
    """
    if expression == 0:
        return None
    if expression.is_Number:
        return NONE
    if expression.is_Symbol:
        return _parsed(notation[expression.name].unit)
    parts = [unit(argument, notation) for argument in expression.args]
    if expression.is_Add or isinstance(expression, sp.Max | sp.Min):
        return _same(parts)
    if expression.is_Mul:
        known = [part or NONE for part in parts]
        return sum((p[0] for p in known), Fraction(0)), sum((p[1] for p in known), Fraction(0))
    if expression.is_Pow and expression.exp.is_Rational:
        power = Fraction(int(expression.exp.p), int(expression.exp.q))
        base = parts[0] or NONE
        return base[0] * power, base[1] * power
    if any(part not in (NONE, None) for part in parts):
        raise UnitError(f"{expression.func.__name__} of {expression.args}, which has a unit")
    return NONE


def _same(parts: list[Unit | None]) -> Unit | None:
    found = sorted({part for part in parts if part is not None})
    if len(found) > 1:
        raise UnitError(f"a sum of {' and '.join(map(written, found))}")
    return found[0] if found else None


def require_unit(text: str) -> None:
    """ValueError unless `text` is a unit: products and powers of f and x, and one quotient."""
    try:
        _parsed(text)
    except (KeyError, ValueError):
        raise ValueError(f"unit must be 1, or powers of f and x as f^2/x^2, got {text!r}") from None


def _parsed(text: str) -> Unit:
    """`f^2/x^2` is (2, -2)."""
    powers = {"f": Fraction(0), "x": Fraction(0)}
    for sign, side in zip((1, -1), text.split("/"), strict=False):
        for factor in side.split(" "):
            letter, _, power = factor.partition("^")
            if letter != "1":
                powers[letter] += sign * Fraction(power or "1")
    return powers["f"], powers["x"]


def written(found: Unit) -> str:
    """`f^2 x^-2`, or `1`."""
    named = [(letter, power) for letter, power in zip("fx", found, strict=True) if power]
    return " ".join(letter if p == 1 else f"{letter}^{p}" for letter, p in named) or "1"


def agree(*sides: sp.Expr) -> bool:
    """Whether the sides, and the terms of each, have one unit."""
    return conflict(*sides) is None


def conflict(*sides: sp.Expr, notation: Mapping[str, Notation] = NOTATION) -> str | None:
    """Which units are added or compared that differ; None where all agree."""
    try:
        _same([unit(side, notation) for side in sides])
    except UnitError as error:
        return str(error)
    return None
