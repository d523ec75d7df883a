"""Sums of inner products at given parameters, as matrices of rational numbers.

By symmetry under permutations within a group, a sum over agents is one matrix for the deviations
from each group's mean and one for the means and the common vectors; its size does not depend on n.
Differences along the edges that meet are one more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import sympy as sp
from flint import fmpq

from theory.notation import symbols
from theory.proofs.definitions import CENTRED, expand
from theory.proofs.vectors import GROUPS, Dotted, GroupSum, Level, Met, Own, Total
from verify.proofs.forms import split

n, n0 = symbols("n n0")

MEANS, EDGES = "means", "edges"
BLOCKS = ("deviations 0", "deviations 1", MEANS, EDGES)

Entry: TypeAlias = tuple[str, str]
Combination: TypeAlias = dict[str, fmpq]
"""A vector by its coefficients in the basis."""


class NotLinearError(ValueError):
    """A quantity that is no rational combination of inner products and numbers."""


@dataclass
class Row:
    """A linear function of the inner products, by block, of scalars, and of 1."""

    blocks: dict[str, dict[Entry, fmpq]] = field(default_factory=dict)
    scalars: dict[sp.Expr, fmpq] = field(default_factory=dict)
    constant: fmpq = field(default_factory=lambda: fmpq(0))

    def add_product(self, block: str, u: Combination, v: Combination, factor: fmpq) -> None:
        """Add factor <u, v>, symmetrised."""
        entries = self.blocks.setdefault(block, {})
        for p, a in u.items():
            for q, b in v.items():
                for key in ((p, q), (q, p)):
                    entries[key] = entries.get(key, fmpq(0)) + factor * a * b / 2


@dataclass(frozen=True)
class Reader:
    """Reads expressions as rows, at the values of some parameters.

    Args:
        values: rational numbers for parameters, n and n0 among them; others are unknowns.
        vectors: families of a group that are combinations of others and of common vectors, as
            `{("m", 1): {"g": 1}}` where m_i = g_i on N1.
        scalars: numbers that are combinations of others, as Total(G_sq, 1) = Own(g, g, 1).
        interaction: who meets.
        commons: vectors of no agent that are written like families.
        centred: families whose sum over all agents is 0.
        paired: a family's means over the two groups are told as the mean over all and the gap.
    """

    values: Mapping[sp.Symbol, sp.Rational]
    vectors: Mapping[tuple[str, int], Mapping[str, sp.Expr]] = field(default_factory=dict)
    scalars: Mapping[sp.Expr, sp.Expr] = field(default_factory=dict)
    interaction: str = "pair"
    commons: frozenset[str] = frozenset({"y"})
    centred: frozenset[str] = CENTRED
    paired: bool = False

    @property
    def sizes(self) -> tuple[int, int]:
        """Agents in each group."""
        zeroth = int(self.values[n0])
        return zeroth, int(self.values[n]) - zeroth

    def __call__(self, expression: sp.Expr) -> Row:
        """The row; NotLinearError where the expression is none."""
        written = expand(expression, self.interaction).xreplace(dict(self.scalars))
        written = expand(written, self.interaction).xreplace(dict(self.values))
        row = Row()
        try:
            products, rest = split(written)
        except ValueError as error:
            raise NotLinearError(f"{expression}: {error}") from None
        for atom, factor in products.items():
            self._product(row, atom, rational(factor))
        self._numbers(row, sp.expand(rest))
        return row

    def _product(self, row: Row, atom: sp.Expr, factor: fmpq) -> None:
        if isinstance(atom, Own):
            first, second, group = str(atom.args[0]), str(atom.args[1]), int(atom.args[2])
            size = self.sizes[group]
            if size > 1:
                away = [self._deviation(name, group) for name in (first, second)]
                row.add_product(f"deviations {group}", away[0], away[1], factor)
            if size:
                about = [self._mean(name, group) for name in (first, second)]
                row.add_product(MEANS, about[0], about[1], factor * size)
        elif isinstance(atom, Dotted):
            row.add_product(MEANS, self._common(atom.args[0]), self._common(atom.args[1]), factor)
        elif isinstance(atom, Met):
            apart = [self._difference(str(name)) for name in atom.args]
            row.add_product(EDGES, apart[0], apart[1], factor)
        else:
            raise NotLinearError(f"{atom} is no sum over a group")

    def _difference(self, family: str) -> Combination:
        """a_i - a_j across an edge: of another family where a is that one in both groups."""
        made = self.vectors.get((family, 0), {})
        if len(made) != 1 or made != self.vectors.get((family, 1)):
            return {family: fmpq(1)}
        parts = ((self._difference(name), rational(self._at(a))) for name, a in made.items())
        return _combined(parts)

    def _deviation(self, family: str, group: int) -> Combination:
        """A family's deviations from its group's mean; common vectors have none."""
        if family in self.commons:
            return {}
        if (family, group) in self.vectors:
            return _combined(
                (self._deviation(name, group), rational(self._at(a)))
                for name, a in self.vectors[family, group].items()
            )
        return {family: fmpq(1)}

    def _mean(self, family: str, group: int) -> Combination:
        """The mean of a family over a group, not empty."""
        if family in self.commons:
            return {family: fmpq(1)}
        if (family, group) in self.vectors:
            return _combined(
                (self._mean(name, group), rational(self._at(a)))
                for name, a in self.vectors[family, group].items()
            )
        if family in self.centred:  # n0 xbar_0 + n1 xbar_1 = 0
            other = self.sizes[1 - group]
            return {f"{family} gap": fmpq(other if group == 0 else -other)} if other else {}
        if self.paired and all(self.sizes) and (family, 1 - group) not in self.vectors:
            gap = self.sizes[1 - group] * (1 if group == 0 else -1)
            return {f"{family} mean": fmpq(1), f"{family} gap": fmpq(gap)}
        return {f"{family} {group}": fmpq(1)}

    def _common(self, vector: sp.Expr) -> Combination:
        if isinstance(vector, GroupSum):
            family, group = str(vector.args[0]), int(vector.args[1])
            size = self.sizes[group]
            return _combined([(self._mean(family, group), fmpq(size))]) if size else {}
        return {str(vector): fmpq(1)}

    def _numbers(self, row: Row, rest: sp.Expr) -> None:
        """The part without inner products; sums over an empty group are 0."""
        for term in sp.Add.make_args(rest):
            factor, unknown = term.as_coeff_Mul()
            if unknown == 1:
                row.constant += rational(factor)
            elif isinstance(unknown, Total | Level) or unknown.is_Symbol:
                group = None if unknown.is_Symbol else int(unknown.args[1])
                if group is None or self.sizes[group]:
                    row.scalars[unknown] = row.scalars.get(unknown, fmpq(0)) + rational(factor)
            else:
                raise NotLinearError(f"{term} is not linear, or not rational")

    def _at(self, expression: sp.Expr) -> sp.Expr:
        return sp.sympify(expression).xreplace(dict(self.values))


def _combined(parts: Iterable[tuple[Combination, fmpq]]) -> Combination:
    total: Combination = {}
    for vector, factor in parts:
        for name, a in vector.items():
            total[name] = total.get(name, fmpq(0)) + factor * a
    return total


def rational(value: sp.Expr) -> fmpq:
    """An exact rational number; NotLinearError for any other."""
    if not value.is_Rational:
        raise NotLinearError(f"{value} is no rational number")
    return fmpq(int(value.p), int(value.q))


__all__ = ["BLOCKS", "EDGES", "GROUPS", "MEANS", "NotLinearError", "Reader", "Row", "rational"]
