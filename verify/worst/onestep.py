"""The worst expected ratio of WM ||mu' - x*||^2 + WG Gamma' to its value one interaction before.

Noiseless gradients of L-smooth, l-strongly convex functions with one minimiser. A zeroth-order
agent's forward gradient has the mean g_i and E||G_i||^2 = q ||g_i||^2, q = (d+1)/rv + 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import sympy as sp

from hdo.errors import InputError
from theory.notation import symbols
from theory.proofs.definitions import y
from theory.proofs.vectors import GROUPS, Total, member, own
from verify.worst.classes import ZERO, Point, smooth_convex
from verify.worst.program import Program
from verify.worst.rows import Reader, Row

n, n0, L, l, eta = symbols("n n0 L l eta")  # noqa: E741
a_sq, Gamma, a_sq_next, Gamma_next = symbols("a_sq Gamma a_sq_next Gamma_next")


@dataclass(frozen=True)
class Population:
    """Who steps how far: `zeroth` and `first` agents, their functions' constants.

    Args:
        zeroth, first: agents of each kind, two or more together.
        smoothness, strong_convexity: 0 < l <= L.
        step_size: eta > 0.
        dimension, directions: d and rv of the zeroth-order agents' forward gradients.
        weights: WM, WG >= 0, not both 0.
    """

    zeroth: int
    first: int
    smoothness: Fraction
    strong_convexity: Fraction
    step_size: Fraction
    dimension: int = 1
    directions: int = 1
    weights: tuple[Fraction, Fraction] = (Fraction(1), Fraction(1))

    def __post_init__(self) -> None:
        """Refuse what has no meaning."""
        if self.zeroth < 0 or self.first < 0 or self.agents < 2:
            raise InputError("--agents", self.agents, "two or more, none of a kind below 0")
        if not 0 < self.strong_convexity <= self.smoothness:
            given = float(self.strong_convexity)
            raise InputError(
                "--strong-convexity",
                given,
                f"a number > 0 and at most L = {float(self.smoothness)}",
            )
        if self.step_size <= 0:
            raise InputError("--step-size", float(self.step_size), "a number > 0")
        for name in ("dimension", "directions"):
            if getattr(self, name) < 1:
                raise InputError(f"--{name}", getattr(self, name), "an integer >= 1")
        if min(self.weights) < 0 or max(self.weights) == 0:
            weights = tuple(map(float, self.weights))
            raise InputError("--weights", weights, "two numbers >= 0, one of them > 0")

    @property
    def agents(self) -> int:
        """All of them."""
        return self.zeroth + self.first

    @property
    def multiplicity(self) -> Fraction:
        """q, of the zeroth-order agents."""
        return Fraction(self.dimension + 1, self.directions) + 1

    def values(self) -> dict[sp.Symbol, sp.Rational]:
        """The parameters by symbol."""
        table: dict[sp.Symbol, Fraction | int] = {
            n: self.agents,
            n0: self.zeroth,
            L: self.smoothness,
            l: self.strong_convexity,
            eta: self.step_size,
        }
        return {symbol: exact(value) for symbol, value in table.items()}


def exact(value: Fraction | int) -> sp.Rational:
    """The number in sympy."""
    return sp.Rational(value.numerator, value.denominator)


def reader(population: Population) -> Reader:
    """How rows are read: m_i = g_i, E||G_i||^2 = q_i ||g_i||^2; g_i = L (X_i - x*) where l = L."""
    vectors: dict[tuple[str, int], Mapping[str, sp.Expr]] = {}
    for group in GROUPS:
        vectors["m", group] = {"g": sp.Integer(1)}
        if population.smoothness == population.strong_convexity:
            vectors["g", group] = {"x": L, "y": L}
    q = (exact(population.multiplicity), sp.Integer(1))
    squares = {Total(sp.Symbol("G_sq"), g): q[g] * own("g", "g", g) for g in GROUPS}
    return Reader(population.values(), vectors, squares)


def interpolated(population: Population, read: Reader) -> dict[str, Row]:
    """What is known of each group's gradients at X_i, with the gradient 0 at x*."""
    rows: dict[str, Row] = {}
    for group in GROUPS:
        if read.sizes[group]:
            here = Point("X", member("x", group) + y, member("g", group), "f_X")
            there = Point("x*", ZERO, ZERO, "f_star")
            found = smooth_convex(group, (here, there), L, l)
            rows.update({name: read(known) for name, known in found})
    return rows


def ratio_program(population: Population) -> Program:
    """The program whose value is the worst ratio."""
    read = reader(population)
    WM, WG = map(exact, population.weights)
    return Program(
        objective=read(WM * a_sq_next + WG * Gamma_next),
        normalisation=read(WM * a_sq + WG * Gamma),
        inequalities=interpolated(population, read),
    )


__all__ = [
    "Gamma",
    "Gamma_next",
    "Population",
    "a_sq",
    "a_sq_next",
    "exact",
    "interpolated",
    "ratio_program",
    "reader",
]
