"""A statement in pieces that fit a narrow page: term by term, its long sums named.

Theorem 1.1 is a fraction of sums of fractions of sums; the paper, too, writes D2/D1 and says what
D1 and D2 are. Naming changes no value: putting the sums back gives the statement.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import sympy as sp

from theory.claim import Claim
from theory.notation import NOTATION
from theory.render import formula

WIDEST = 30
"""A sum inside a term is named where it is wider than this, in characters."""

_RELATIONS: dict[str, str] = {"<=": r"\le", ">=": r"\ge", "==": "=", ">": ">", "<": "<"}
_LATEX = {entry.symbol: entry.latex for entry in NOTATION.values()}


@dataclass(frozen=True)
class Line:
    """`left relation right`, where `right` is to be read as the sum of its terms."""

    left: sp.Expr
    relation: str
    right: sp.Expr

    def latex(self) -> tuple[str, ...]:
        """Pieces: each term of the left side, `relation first term`, each further term."""
        return _pieces(self)

    @property
    def width(self) -> int:
        """The width of the widest piece, in characters, roughly."""
        return max(map(width, (*_terms(self.left), *_terms(self.right))))


@dataclass(frozen=True)
class Parts:
    """A claim's statement, ties and conditions, and what the names in them stand for."""

    statement: Line
    ties: tuple[Line, ...]
    conditions: tuple[Line, ...]
    named: tuple[Line, ...]

    def restored(self, expression: sp.Expr) -> sp.Expr:
        """The expression without names."""
        values = {line.left: line.right for line in self.named}
        while expression.free_symbols & values.keys():
            expression = expression.xreplace(values)
        return expression


@cache
def in_parts(claim: Claim) -> Parts:
    """The statement with the long sums inside its terms named Q_1, Q_2, ..."""
    names = _Names()
    statement = Line(names.side(claim.lhs), claim.relation, names.side(claim.rhs))
    ties = tuple(Line(left, "==", names.side(right)) for left, right in claim.ties)
    printed = map(claim.as_printed, claim.conditions)
    conditions = tuple(Line(names.side(c.lhs), str(c.rel_op), names.side(c.rhs)) for c in printed)
    return Parts(statement, ties, conditions, tuple(names.definitions()))


@cache
def _pieces(line: Line) -> tuple[str, ...]:
    first, *rest = _signed(line.right)
    return (*_signed(line.left), f"{_RELATIONS[line.relation]} {first}", *rest)


def _terms(total: sp.Expr) -> list[sp.Expr]:
    return list(total.as_ordered_terms())


def _signed(total: sp.Expr) -> Iterator[str]:
    for index, term in enumerate(_terms(total)):
        minus = bool(term.could_extract_minus_sign())
        sign = "-" if minus else "" if index == 0 else "+"
        yield f"{sign}{_bracketed(-term if minus else term)}"


class _Names:
    """Names for sums, given in the order in which they are met."""

    def __init__(self) -> None:
        self.known: dict[sp.Expr, sp.Symbol] = {}

    def side(self, total: sp.Expr) -> sp.Expr:
        """A side of a relation: its name if it has one, else its terms, shortened."""
        return self.known.get(total) or self._sum(total)

    def _sum(self, total: sp.Expr) -> sp.Expr:
        return sp.Add(*(self._inside(term) for term in sp.Add.make_args(total)))

    def definitions(self) -> Iterator[Line]:
        """What each name stands for; names met there are defined after it."""
        done = 0
        while done < len(self.known):
            total, name = list(self.known.items())[done]
            yield Line(name, "==", self._sum(total))
            done += 1

    def _inside(self, part: sp.Expr) -> sp.Expr:
        if part.is_Atom:
            return part
        if part.is_Add and width(part) > WIDEST:
            return self._name(part)
        return part.func(*map(self._inside, part.args))

    def _name(self, total: sp.Expr) -> sp.Expr:
        if -total in self.known:
            return -self.known[-total]
        return self.known.setdefault(total, sp.Symbol(f"Q_{len(self.known) + 1}"))


def width(part: sp.Basic) -> int:
    """How wide an expression is when typeset, in characters, roughly."""
    if part.is_Symbol:
        bare = re.sub(r"\\[A-Za-z]+", "m", _LATEX.get(part, "mm"))
        return len(re.sub(r"[{}\\,^_]|mathrm", "", bare))
    if part.is_Rational:
        return len(str(abs(part.p)))
    if part.is_Add:
        return sum(width(term) + 2 for term in part.args)
    if part.is_Mul:
        over, under = part.as_numer_denom() if part.is_commutative else (part, sp.Integer(1))
        return max(_factors(over), _factors(under))
    return 1 + sum(width(argument) for argument in part.args)


def _factors(part: sp.Expr) -> int:
    return sum(width(factor) + 2 * factor.is_Add for factor in sp.Mul.make_args(part))


def _bracketed(term: sp.Expr) -> str:
    return rf"\left({formula(term)}\right)" if term.is_Add else formula(term)
