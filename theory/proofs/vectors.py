"""Vectors of the analysis and their inner products, for any number of agents in the two groups.

Group 0 holds the n0 zeroth-order agents, group 1 the n1 first-order ones. A *family* a has a vector
a_i for every agent; its sum over a group is a common vector, as are vectors of no agent. Sums of
inner products are sympy expressions, linear in *atoms* that stand for expectations.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import sympy as sp

GROUPS = (0, 1)


class Own(sp.Function):
    """Own(a, b, g): E of the sum over agents i of group g of <a_i, b_i>."""

    nargs = 3
    is_real = True


class GroupSum(sp.Function):
    """GroupSum(a, g): the vector sum of a_i over group g."""

    nargs = 2


class Dotted(sp.Function):
    """Dotted(p, q): E <p, q> of two common vectors."""

    nargs = 2
    is_real = True


class Met(sp.Function):
    """Met(a, b): E of <a_i - a_j, b_i - b_j> over the edge (i, j) along which two agents meet."""

    nargs = 2
    is_real = True


class Total(sp.Function):
    """Total(s, g): E of the sum over group g of a nonnegative number s_i."""

    nargs = 2
    is_nonnegative = True


class Level(sp.Function):
    """Level(phi, g): E of the sum over group g of a number phi_i of either sign."""

    nargs = 2
    is_real = True


@dataclass(frozen=True)
class Vector:
    """A linear combination of one agent's own vectors (of one group) and of common vectors."""

    own: Mapping[tuple[str, int], sp.Expr]
    common: Mapping[sp.Expr, sp.Expr]

    def __add__(self, other: "Vector") -> "Vector":
        return Vector(_added(self.own, other.own), _added(self.common, other.common))

    def __mul__(self, factor: sp.Expr | int) -> "Vector":
        return Vector(
            {k: v * factor for k, v in self.own.items()},
            {k: v * factor for k, v in self.common.items()},
        )

    __rmul__ = __mul__

    def __sub__(self, other: "Vector") -> "Vector":
        return self + -1 * other

    def __truediv__(self, divisor: sp.Expr | int) -> "Vector":
        return self * (1 / sp.sympify(divisor))


_Key = TypeVar("_Key", bound=Hashable)


def _added(left: Mapping[_Key, sp.Expr], right: Mapping[_Key, sp.Expr]) -> dict[_Key, sp.Expr]:
    return {k: left.get(k, sp.Integer(0)) + right.get(k, sp.Integer(0)) for k in {**left, **right}}


def member(family: str, group: int) -> Vector:
    """a_i of an agent i of this group."""
    return Vector({(family, group): sp.Integer(1)}, {})


def total(family: str, *groups: int) -> Vector:
    """The sum of a_i over these groups (over all agents, if none is named)."""
    return Vector({}, {GroupSum(sp.Symbol(family), g): sp.Integer(1) for g in groups or GROUPS})


def common(name: str) -> Vector:
    """A vector of no agent."""
    return Vector({}, {sp.Symbol(name): sp.Integer(1)})


def inner(u: Vector, v: Vector) -> sp.Expr:
    """E <u, v> of common vectors."""
    if u.own or v.own:
        raise ValueError("inner takes common vectors; sums over agents are made by sum_over")
    return sp.Add(*(a * b * dot(p, q) for p, a in u.common.items() for q, b in v.common.items()))


def sum_over(group: int, size: sp.Expr, u: Vector, v: Vector) -> sp.Expr:
    """E of the sum over the `size` agents of a group of <u_i, v_i>."""
    parts = [
        a * b * own(first, second, group)
        for first, a in _families(u, group)
        for second, b in _families(v, group)
    ]
    for one, other in ((u, v), (v, u)):
        parts += [
            a * b * dot(GroupSum(sp.Symbol(name), group), p)
            for name, a in _families(one, group)
            for p, b in other.common.items()
        ]
    rest = inner(Vector({}, u.common), Vector({}, v.common))
    return sp.Add(*parts, size * rest)


def _families(vector: Vector, group: int) -> Iterator[tuple[str, sp.Expr]]:
    for (name, g), factor in vector.own.items():
        if g != group:
            raise ValueError(f"a vector of group {g} in a sum over group {group}")
        yield name, factor


def own(first: str, second: str, group: int) -> sp.Expr:
    """Own with its families in alphabetical order."""
    return Own(*map(sp.Symbol, sorted((first, second))), group)


def met(first: str, second: str) -> sp.Expr:
    """Met with its families in alphabetical order."""
    return Met(*map(sp.Symbol, sorted((first, second))))


def dot(p: sp.Expr, q: sp.Expr) -> sp.Expr:
    """Dotted with its vectors in canonical order."""
    return Dotted(*sorted((p, q), key=sp.default_sort_key))
