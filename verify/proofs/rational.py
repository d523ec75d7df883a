"""Sympy expressions as quotients of polynomials with rational coefficients, in python-flint."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import sympy as sp
from flint import Ordering, fmpq, fmpq_mpoly_ctx

Polynomial: TypeAlias = Any
"""fmpq_mpoly; flint has no types."""


class NotRationalError(ValueError):
    """An expression that is no quotient of polynomials in its symbols and their square roots."""


class Quotients:
    """Conversion of expressions whose symbols, and square roots of sums, are `generators`."""

    def __init__(self, generators: Iterable[sp.Expr]) -> None:
        self.generators: Sequence[sp.Expr] = tuple(sorted(set(generators), key=str))
        names = tuple(f"g{index}" for index in range(len(self.generators))) or ("g",)
        self.context = fmpq_mpoly_ctx.get(names, Ordering.degrevlex)
        self._known: dict[sp.Expr, tuple[Polynomial, Polynomial]] = {
            g: (value, self.constant(1))
            for g, value in zip(self.generators, self.context.gens(), strict=False)
        }

    @classmethod
    def of(cls, *expressions: sp.Expr) -> "Quotients":
        """For these expressions."""
        return cls(g for e in expressions for g in _generators(e))

    def constant(self, value: Any) -> Polynomial:
        """A polynomial of degree 0."""
        return self.context.constant(value)

    def define(self, values: Mapping[sp.Symbol, sp.Expr]) -> None:
        """From now on these symbols stand for expressions in generators and symbols before them."""
        for name, value in values.items():
            self._known[name] = self(value)

    def __call__(self, expression: sp.Expr) -> tuple[Polynomial, Polynomial]:
        """Numerator and denominator, without common factors."""
        if expression not in self._known:
            self._known[expression] = self._reduced(*self._made(expression))
        return self._known[expression]

    def together(self, expressions: Sequence[sp.Expr]) -> tuple[list[Polynomial], Polynomial]:
        """Numerators over one common denominator."""
        pairs = [self(expression) for expression in expressions]
        common = self.constant(1)
        for _, bottom in pairs:
            common = common * (bottom / common.gcd(bottom))
        return [top * (common / bottom) for top, bottom in pairs], common

    def _made(self, expression: sp.Expr) -> tuple[Polynomial, Polynomial]:
        if expression.is_Rational:
            return self.constant(fmpq(int(expression.p), int(expression.q))), self.constant(1)
        if expression.is_Add:
            return self._sum([self(part) for part in expression.args])
        if expression.is_Mul:
            top, bottom = self.constant(1), self.constant(1)
            for part in expression.args:
                a, b = self(part)
                top, bottom = top * a, bottom * b
            return top, bottom
        if expression.is_Pow and expression.exp.is_Rational and expression.exp.q in (1, 2):
            base = expression.base if expression.exp.q == 1 else sp.sqrt(expression.base)
            top, bottom = self(base)
            power = int(expression.exp.p)
            return (top**power, bottom**power) if power >= 0 else (bottom**-power, top**-power)
        raise NotRationalError(str(expression))

    def _sum(self, parts: Sequence[tuple[Polynomial, Polynomial]]) -> tuple[Polynomial, Polynomial]:
        by_bottom: list[tuple[Polynomial, Polynomial]] = []
        for top, bottom in parts:
            for index, (other, same) in enumerate(by_bottom):
                if same == bottom:
                    by_bottom[index] = (other + top, same)
                    break
            else:
                by_bottom.append((top, bottom))
        top, bottom = self.constant(0), self.constant(1)
        for a, b in by_bottom:
            shared = bottom.gcd(b)
            rest = b / shared
            top, bottom = top * rest + a * (bottom / shared), bottom * rest
        return top, bottom

    @staticmethod
    def _reduced(top: Polynomial, bottom: Polynomial) -> tuple[Polynomial, Polynomial]:
        if bottom.is_constant():
            return top / bottom, bottom / bottom
        shared = top.gcd(bottom)
        return top / shared, bottom / shared


def _generators(expression: sp.Expr) -> set[sp.Expr]:
    """Symbols outside square roots, and square roots of sums."""
    if expression.is_Symbol:
        return {expression}
    if expression.is_Pow and expression.exp.is_Rational and expression.exp.q == 2:
        return {sp.sqrt(expression.base)}
    return {g for part in expression.args for g in _generators(part)}
