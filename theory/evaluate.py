"""Evaluation of a sympy expression in any ring: floats, exact rationals, balls."""

import math
from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import sympy as sp

Value = Any
Values = Mapping[str, Value]
Evaluator = Callable[[Values], Value]


class NotExactError(ArithmeticError):
    """An exact rational was asked of an expression that is irrational there."""


def _function(name: str, value: Value) -> Value:
    if isinstance(value, int | float):
        return getattr(math, name)(value)
    method = getattr(value, name, None)
    if method is None:
        raise NotExactError(
            f"{name}({value}) is not a rational number; evaluate in float64 or in balls"
        )
    return method()


def _exact_root(value: Value, order: int) -> Value:
    numerator, denominator = (
        (int(value.numerator), int(value.denominator))
        if hasattr(value, "numerator")
        else (int(value.p), int(value.q))
    )
    roots = [sp.integer_nthroot(part, order) for part in (abs(numerator), denominator)]
    if numerator < 0 or not all(exact for _, exact in roots):
        raise NotExactError(
            f"root {order} of {value} is not a rational number; evaluate in float64 or in balls"
        )
    return type(value)(int(roots[0][0])) / type(value)(int(roots[1][0]))


def _power(base: Value, exponent: Fraction) -> Value:
    p, q = exponent.numerator, exponent.denominator
    if q == 1:
        return base**p if p >= 0 else 1 / base ** (-p)
    if isinstance(base, int | float):
        return float(base) ** (p / q)
    if hasattr(base, "rad"):
        root = base.sqrt() if q == 2 else base.root(q)
        return root**p if p >= 0 else 1 / root ** (-p)
    return _exact_root(base if hasattr(base, "p") else Fraction(base), q) ** p


@cache
def compiled(expression: sp.Expr) -> Evaluator:
    """A closure that evaluates `expression` from values by symbol name, exactly in their ring."""
    if expression.is_Symbol:
        name = str(expression.name)
        return lambda values: values[name]
    if expression.is_Rational:
        p, q = int(expression.p), int(expression.q)
        return (lambda values: p) if q == 1 else (lambda values: _ratio(p, q, values))
    if expression.is_Add or expression.is_Mul:
        return _fold([compiled(a) for a in expression.args], bool(expression.is_Add))
    if expression.is_Pow:
        return _compiled_power(expression)
    if isinstance(expression, sp.log | sp.exp):
        inner, called = _compiled_operand(expression.args[0]), type(expression).__name__
        return lambda values: _function(called, inner(values))
    raise TypeError(
        f"expression: expected sums, products, powers, log or exp, got {expression.func}"
    )


def _ring(values: Values) -> Callable[[Any], Value]:
    return type(next(iter(values.values()), Fraction(1)))


def _ratio(p: int, q: int, values: Values) -> Value:
    return _ring(values)(p) / q


def _compiled_operand(expression: sp.Expr) -> Evaluator:
    """The argument of a root or a function; a constant one is first taken into the ring.

    The square root of the integer 2 would otherwise be a rounded float among balls.
    """
    inner = compiled(expression)
    if expression.free_symbols:
        return inner

    def run(values: Values) -> Value:
        constant = inner(values)
        return _ring(values)(constant) if type(constant) is int else constant

    return run


def _fold(parts: list[Evaluator], adding: bool) -> Evaluator:
    first, rest = parts[0], parts[1:]

    def run(values: Values) -> Value:
        out = first(values)
        for part in rest:
            out = out + part(values) if adding else out * part(values)
        return out

    return run


def _compiled_power(expression: sp.Expr) -> Evaluator:
    base, exponent = expression.args
    inner = _compiled_operand(base)
    if exponent.is_Rational:
        fraction = Fraction(int(exponent.p), int(exponent.q))
        return lambda values: _power(inner(values), fraction)
    outer = compiled(exponent)

    def run(values: Values) -> Value:
        power, value = outer(values), inner(values)
        whole = _as_integer(power)
        return value**power if whole is None else _power(value, Fraction(whole))

    return run


def _as_integer(value: Value) -> int | None:
    """The integer that an exact number is, else None (a ball counts when its radius is zero)."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else None
    if hasattr(value, "unique_fmpz"):
        return int(value.unique_fmpz()) if value.is_exact() and value.is_integer() else None
    return int(value.p) if value.q == 1 else None


def lifted(names: Collection[str], values: Values) -> dict[str, Value]:
    """The named values, all in one ring: balls if any is a ball, else floats, else rationals.

    Integers are exact in every ring; floats become balls exactly.

    Raises:
        KeyError: a name has no value; the message lists all of these.
        TypeError: floats among exact rationals, which would round them.
    """
    try:
        found = {name: values[name] for name in names}
    except KeyError:
        missing = ", ".join(name for name in names if name not in values)
        raise KeyError(
            f"values: expected a number for each symbol, got none for {missing}"
        ) from None
    kinds = {type(value) for value in found.values()} - {int}
    balls = [kind for kind in kinds if hasattr(kind, "rad")]
    if balls:
        kind = balls[0]
    elif len(kinds) > 1:
        raise TypeError(f"values: expected one kind of number, got {sorted(map(str, kinds))}")
    else:
        kind = next(iter(kinds), Fraction)
    return {name: v if type(v) is kind else _into(kind, v) for name, v in found.items()}


def _into(kind: Callable[[Any], Value], value: Value) -> Value:
    if isinstance(value, Fraction):
        return kind(value.numerator) / value.denominator
    return kind(value)


def value_of(expression: sp.Expr, values: Values) -> Value:
    """The expression's value in the ring of the values it needs.

    >>> from fractions import Fraction
    >>> from theory.notation import symbol
    >>> value_of(1 / (2 * symbol("n")), {"n": 3})
    Fraction(1, 6)
    """
    expression = sp.sympify(expression)
    return compiled(expression)(lifted(_names(expression), values))


@cache
def _names(expression: sp.Expr) -> tuple[str, ...]:
    return tuple(sorted(s.name for s in expression.free_symbols))


def slack(relation: sp.core.relational.Relational, values: Values) -> Value:
    """How far a condition is from failing: the larger side less the smaller one.

    Zero is the limit itself; a negative value violates the condition.
    """
    return value_of(relation.gts, values) - value_of(relation.lts, values)
