"""Whether an expression is nonnegative on a region of parameters, decided exactly.

A region is a list of ranges; each is mapped onto the nonnegative half-line, and an expression whose
numerator and denominator have nonnegative coefficients there is nonnegative. Where coefficients do
not tell, the orthant is divided, then squares are sought; where some point makes the expression
negative, that point is the witness; else it is undecided.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import islice
from typing import Literal

import sympy as sp
from flint import arb, fmpq

from theory.evaluate import compiled
from theory.notation import symbol
from theory.proofs.proof import Range
from verify.proofs.rational import NotRationalError, Polynomial, Quotients
from verify.proofs.squares import sum_of_squares

Outcome = Literal["accepted", "refuted", "undecided"]

d = symbol("d")
ROOT = sp.Dummy("sqrt_d_plus_4", positive=True)
"""sqrt(d + 4), which takes the place of d where it occurs."""

_DEEPEST, _MOST_PARTS, _TERMS_A_PART = 4, 100, 40
_PROBES = (fmpq(1, 100), fmpq(1, 3), fmpq(1), fmpq(7), fmpq(200))
_MOST_PROBES = 3000


@dataclass(frozen=True)
class Sign:
    """The decision, and where it is negative the values of the parameters."""

    outcome: Outcome
    witness: Mapping[str, sp.Expr] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.outcome == "accepted"


ACCEPTED, UNDECIDED = Sign("accepted"), Sign("undecided")


@dataclass(frozen=True)
class Region:
    """All values of the ranges' symbols; any other symbol must be nonnegative by itself.

    `above`: symbols that are > 0, though their domain has 0.
    """

    ranges: tuple[Range, ...]
    above: frozenset[sp.Symbol] = frozenset()

    @cached_property
    def _mapped(self) -> dict[sp.Symbol, sp.Expr]:
        """Each symbol in a variable of the half-line and in symbols before it."""
        found = {}
        for index, part in enumerate(self.ranges):
            s = _variable(index)
            above = part.lower + s
            if part.upper is not None:
                above = (part.lower + part.upper * s) / (1 + s)
            found[part.symbol] = above
        return found

    def sign(self, expression: sp.Expr) -> Sign:
        """Whether the expression is >= 0 on the whole region."""
        expression = sp.sympify(expression)
        if not expression.free_symbols:
            return self.at(expression, {})
        try:
            mapped = self.mapped([expression])
        except NotRationalError:
            return UNDECIDED
        (top,) = mapped.tops
        if not mapped.defined:
            return UNDECIDED
        if mapped.visibly_nonnegative(top):
            return ACCEPTED
        known = mapped.negative(top)
        if known is not None:
            return self.at(expression, known)
        return ACCEPTED if mapped.certified(top) else UNDECIDED

    def mapped(self, expressions: Sequence[sp.Expr]) -> "Mapped":
        """The expressions as quotients in the orthant's variables, with one denominator.

        Raises:
            NotRationalError: one is no quotient of polynomials, or has a symbol of any sign.
        """
        if any(map(self._needs_root, expressions)):
            rooted = [e.xreplace({d: ROOT**2 - 4}) for e in expressions]
            return self._with_root().mapped(rooted)
        free = {s for e in expressions for s in e.free_symbols} - set(self._mapped)
        if not all(s.is_nonnegative for s in free):
            raise NotRationalError(f"{free}: of any sign")
        quotients = Quotients.of(*expressions, *self._mapped.values())
        quotients.define(self._mapped)
        tops, bottom = quotients.together(expressions)
        if _one_sign(-bottom):
            tops, bottom = [-top for top in tops], -bottom
        return Mapped(self, quotients.generators, tuple(tops), bottom)

    def positive(self, expression: sp.Expr) -> bool:
        """Whether the expression is > 0 on the whole region with its ends: one may divide by it."""
        expression = sp.sympify(expression)
        if self._needs_root(expression):
            return self._with_root().positive(expression.xreplace({d: ROOT**2 - 4}))
        if expression.is_Mul or (expression.is_Pow and expression.exp.is_Rational):
            parts = expression.args if expression.is_Mul else (expression.base,)
            return all(self.positive(part) for part in parts)
        if not expression.free_symbols:
            return self.at(expression, {}).outcome == "accepted" and expression != 0
        faces = [expression]
        for end in (r for r in reversed(self.ranges) if r.upper is not None):
            faces += [face.xreplace({end.symbol: end.upper}) for face in faces]
        return all(self._inside(face) for face in set(faces))

    def _inside(self, expression: sp.Expr) -> bool:
        """Whether coefficients show that it is > 0 but, perhaps, at the upper ends of ranges."""
        if not all(s.is_nonnegative for s in expression.free_symbols):
            return False
        for known in ({}, self._mapped):
            try:
                quotients = Quotients.of(expression, *known.values())
                quotients.define(known)
                top, bottom = quotients(expression)
            except NotRationalError:
                return False
            strict = [self._above(g) for g in quotients.generators]
            terms = (m for m, value in top.to_dict().items() if value != 0)
            if not (_one_sign(bottom) and _one_sign(top)):
                continue
            if any(all(a or not p for a, p in zip(strict, m, strict=False)) for m in terms):
                return True
        return False

    def _above(self, generator: sp.Expr) -> bool:
        """Whether a variable is > 0, an orthant's one where its range starts above 0."""
        if not generator.is_Symbol:
            return self.positive(generator.base)
        starts = {_variable(i): r.symbol for i, r in enumerate(self.ranges) if r.lower == 0}
        name = starts.get(generator, generator)
        return bool(name.is_positive) or name in self.above

    def defined(self, expression: sp.Expr) -> bool:
        """Whether no denominator vanishes, and no root is of a negative number, on the region."""
        return all(
            (power.exp.is_integer or bool(self.sign(power.base)))
            if power.exp.is_nonnegative
            else self.positive(power.base) or (power.exp.is_integer and self.positive(-power.base))
            for power in sp.sympify(expression).atoms(sp.Pow)
        )

    def _needs_root(self, expression: sp.Expr) -> bool:
        parts = [expression, *self._mapped.values()]
        return any(
            power.base == d + 4 and not power.exp.is_Integer
            for part in parts
            for power in part.atoms(sp.Pow)
        )

    def _with_root(self) -> "Region":
        """The same with sqrt(d + 4) >= 2 as a variable in place of d."""
        square = {d: ROOT**2 - 4}
        ranges = [
            Range(r.symbol, r.lower.xreplace(square), r.upper and r.upper.xreplace(square))
            for r in self.ranges
            if r.symbol != d
        ]
        return Region((Range(ROOT, sp.Rational(11, 5)), *ranges), self.above)

    @staticmethod
    def at(expression: sp.Expr, known: Mapping[sp.Symbol, sp.Expr]) -> Sign:
        """Refuted where a ball shows that it is < 0 at this point; without symbols, its sign."""
        there = expression.xreplace(dict(known))
        if there.has(sp.nan, sp.zoo, sp.oo):
            return UNDECIDED
        value = arb(compiled(there)({"": arb(1)}))
        if value < 0:
            return Sign("refuted", {str(k): v for k, v in known.items()})
        return ACCEPTED if value >= 0 and not known else UNDECIDED

    def point(
        self, generators: Sequence[sp.Expr], values: Sequence[fmpq]
    ) -> dict[sp.Symbol, sp.Expr]:
        """The parameters, integers rounded, and the other symbols at a point of the orthant."""
        given = {
            g: sp.Rational(int(v.p), int(v.q)) for g, v in zip(generators, values, strict=False)
        }
        known: dict[sp.Symbol, sp.Expr] = {}
        for index, (name, value) in enumerate(self._mapped.items()):
            s = _variable(index)
            known[name] = value.xreplace({s: given.pop(s, sp.Integer(1)), **known})
            if name == ROOT:
                known[d] = sp.ceiling(known[name] ** 2) - 4
                known[name] = sp.sqrt(known[d] + 4)
            elif name.is_integer:
                known[name] = sp.floor(known[name])
        free = {k: sp.ceiling(v) if k.is_integer else v for k, v in given.items()}
        return {**free, **known}


@dataclass(frozen=True)
class Mapped:
    """Numerators and their one denominator in the orthant's variables, of a region."""

    region: Region
    generators: Sequence[sp.Expr]
    tops: tuple[Polynomial, ...]
    bottom: Polynomial

    @property
    def defined(self) -> bool:
        """Whether the denominator is >= 0, and 0 on a null set at most."""
        return _one_sign(self.bottom)

    @property
    def independent(self) -> bool:
        """Whether no generator is a root, so that only the polynomial 0 vanishes densely."""
        return all(g.is_Symbol for g in self.generators)

    def visibly_nonnegative(self, top: Polynomial) -> bool:
        """Whether the coefficients say so."""
        return bool(top.is_zero()) or _one_sign(top)

    def negative(self, top: Polynomial) -> Mapping[sp.Symbol, sp.Expr] | None:
        """Parameters near a point of the orthant where the polynomial is < 0, if one is found."""
        values = _negative_point(top) if self.independent else None
        return None if values is None else self.region.point(self.generators, values)

    def certified(self, top: Polynomial) -> bool:
        """Whether it is shown >= 0 by the coefficients on parts of a division of the orthant, or
        by squares."""
        if not self.independent:
            return False
        return _divided(top, _DEEPEST, iter(range(_MOST_PARTS))) or sum_of_squares(top)


@cache
def _variable(index: int) -> sp.Symbol:
    """The half-line's variable for a range: in no expression but those made here."""
    return sp.Dummy(f"s{index}", nonnegative=True)


def _one_sign(polynomial: Polynomial) -> bool:
    """No coefficient is negative."""
    return all(value >= 0 for value in polynomial.coeffs())


def _negative_point(polynomial: Polynomial) -> Sequence[fmpq] | None:
    count = polynomial.context().nvars()
    return next((values for values in _probes(count) if polynomial(*values) < 0), None)


def _probes(count: int) -> Iterator[Sequence[fmpq]]:
    """Points of a grid: all of them, or evenly many; the step shares no factor with its base."""
    base = len(_PROBES)
    whole = base**count
    step = max(1, whole // _MOST_PROBES)
    step += step > 1 and step % base == 0
    for number in range(0, whole, step):
        yield [_PROBES[number // base**place % base] for place in range(count)]


def _divided(polynomial: Polynomial, depth: int, parts: Iterator[int]) -> bool:
    """Nonnegative coefficients on every part of a division of the orthant; `parts` bounds the work.

    A part is divided where two variables of a spoilt monomial are equal, else where one is 1.
    """
    if _one_sign(polynomial):
        return True
    cost = 1 + len(polynomial) // _TERMS_A_PART
    if depth == 0 or len(list(islice(parts, cost))) < cost:
        return False
    spoilt = [monomial for monomial, value in polynomial.to_dict().items() if value < 0]
    counts = [sum(1 for m in spoilt if m[k]) for k in range(polynomial.context().nvars())]
    first = max(range(len(counts)), key=lambda k: counts[k])
    together = [sum(1 for m in spoilt if m[first] and m[k]) for k in range(len(counts))]
    together[first] = 0
    second = max(range(len(counts)), key=lambda k: together[k])
    if together[second]:
        pair = ((first, second), (second, first))
        if all(_divided(_raised(polynomial, a, b), depth - 1, parts) for a, b in pair):
            return True
    below = _reversed(_shifted(_reversed(polynomial, first), first), first)
    halves = (_shifted(polynomial, first), below)
    return all(_divided(half, depth - 1, parts) for half in halves)


def _raised(polynomial: Polynomial, index: int, other: int) -> Polynomial:
    """p(s + t) in variable s: where s is at least t."""
    gens = list(polynomial.context().gens())
    gens[index] = gens[index] + gens[other]
    return polynomial.compose(*gens)


def _shifted(polynomial: Polynomial, index: int) -> Polynomial:
    """p(s + 1) in one variable."""
    gens = list(polynomial.context().gens())
    gens[index] = gens[index] + 1
    return polynomial.compose(*gens)


def _reversed(polynomial: Polynomial, index: int) -> Polynomial:
    """s^deg p(1/s) in one variable."""
    terms = polynomial.to_dict()
    degree = max(monomial[index] for monomial in terms)
    changed = {
        (*monomial[:index], degree - monomial[index], *monomial[index + 1 :]): value
        for monomial, value in terms.items()
    }
    return polynomial.context().from_dict(changed)
