"""Populations of quadratics at one state, in rationals: what the proof language speaks about.

f^i(x) = (a_i/2)||x - b_i||^2, two coordinates, group 0 first. Every atom of `theory.proofs.vectors`
is computed from the population itself, by enumeration where an expectation is meant, so that an
expression of the proof language gets a number that no definition of that language had a part in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

import sympy as sp

from theory.proofs.vectors import Dotted, GroupSum, Level, Own, Total

Vector = tuple[Fraction, ...]
Families = Mapping[str, Sequence[Vector]]
D = 2


def plus(x: Vector, y: Vector, scale: Fraction | int = 1) -> Vector:
    """x + scale y."""
    return tuple(a + scale * b for a, b in zip(x, y, strict=True))


def times(x: Vector, scale: Fraction | int) -> Vector:
    """scale x."""
    return tuple(scale * a for a in x)


def dot(x: Vector, y: Vector) -> Fraction:
    """<x, y>."""
    return sum((a * b for a, b in zip(x, y, strict=True)), start=Fraction(0))


def add(vectors: Sequence[Vector]) -> Vector:
    """The sum, also of none."""
    return tuple(sum((v[k] for v in vectors), start=Fraction(0)) for k in range(D))


@dataclass(frozen=True)
class State:
    """Agents with curvature a_i, centre b_i, model X_i and noise s_i^2; `n0` of them in group 0."""

    curvatures: tuple[Fraction, ...]
    centres: tuple[Vector, ...]
    models: tuple[Vector, ...]
    noise: tuple[Fraction, ...]
    n0: int
    estimator: str
    eta: Fraction = Fraction(1, 7)
    nu: Fraction = Fraction(1, 3)
    rv: int = 3

    @property
    def n(self) -> int:
        """Agents."""
        return len(self.models)

    @property
    def mu(self) -> Vector:
        """The mean model."""
        return times(add(self.models), Fraction(1, self.n))

    @property
    def minimiser(self) -> Vector:
        """x* = sum a_i b_i/sum a_i."""
        pulls = [times(b, a) for a, b in zip(self.curvatures, self.centres, strict=True)]
        return times(add(pulls), 1 / sum(self.curvatures, start=Fraction(0)))

    def group(self, number: int) -> range:
        """The agents of a group."""
        return range(self.n0) if number == 0 else range(self.n0, self.n)

    def gradients(self, points: Sequence[Vector]) -> list[Vector]:
        """grad f^i at a point for each agent."""
        data = zip(self.curvatures, self.centres, points, strict=True)
        return [times(plus(x, b, -1), a) for a, b, x in data]

    def values(self, points: Sequence[Vector]) -> list[Fraction]:
        """f^i at a point for each agent."""
        data = zip(self.curvatures, self.centres, points, strict=True)
        gaps = [(a, plus(x, b, -1)) for a, b, x in data]
        return [a / 2 * dot(gap, gap) for a, gap in gaps]

    @property
    def families(self) -> Families:
        """x_i, g_i, h_i, m_i and p_i: on quadratics smoothing moves no gradient."""
        g, h = self.gradients(self.models), self.gradients([self.mu] * self.n)
        x = [plus(X, self.mu, -1) for X in self.models]
        return {"x": x, "g": g, "h": h, "m": g, "p": h}

    @property
    def second(self) -> list[Fraction]:
        """E||G_i||^2 by Isserlis; first-order agents last."""
        found = []
        for i, g in enumerate(self.gradients(self.models)):
            square = dot(g, g) + self.noise[i]
            if i >= self.n0:
                found.append(square)
            elif self.estimator == "forward-gradient":
                found.append((Fraction(D + 1, self.rv) + 1) * square)
            else:  # (u'Au)^2 ||u||^2 with A = a I is a^2 ||u||^6
                bent = (self.nu * self.curvatures[i]) ** 2 / 4 * D * (D + 2) * (D + 4)
                found.append((D + 2) * square + bent)
        return found

    @property
    def smoothing(self) -> list[Fraction]:
        """phi^i - f^i: nu^2 tr(A_i)/2 on N0."""
        return [
            self.nu**2 * a * D / 2 if i < self.n0 else Fraction(0)
            for i, a in enumerate(self.curvatures)
        ]

    def levels(self, name: str) -> list[Fraction]:
        """Values f_X, f_mu, f_star, phi_X, phi_mu, phi_star of each agent."""
        kind, _, where = name.partition("_")
        points = {"X": self.models, "mu": [self.mu] * self.n, "star": [self.minimiser] * self.n}
        raised = self.smoothing if kind == "phi" else [Fraction(0)] * self.n
        return [v + r for v, r in zip(self.values(points[where]), raised, strict=True)]

    def errors(self) -> list[Fraction]:
        """E||G_i - grad f^i(X_i)||^2."""
        g = self.gradients(self.models)
        return [s - dot(v, v) for s, v in zip(self.second, g, strict=True)]

    @property
    def meetings(self) -> list[tuple[int, int]]:
        """The pairs, equally likely."""
        return list(combinations(range(self.n), 2))

    def over_pairs(self, one: Any) -> Fraction:
        """The mean of one(i, j) over the pairs."""
        return sum((one(i, j) for i, j in self.meetings), start=Fraction(0)) / len(self.meetings)

    def pair_sq(self, i: int, j: int) -> Fraction:
        """E||G_i + G_j||^2: independent given the models."""
        m = self.families["m"]
        return self.second[i] + self.second[j] + 2 * dot(m[i], m[j])

    def consensus_after(self, i: int, j: int) -> Fraction:
        """E Gamma' after i and j met, from where everybody is then."""
        m, eta, n = self.families["m"], self.eta, self.n
        middle = times(plus(self.models[i], self.models[j]), Fraction(1, 2))
        drift = times(plus(m[i], m[j]), -eta / 2)
        spread = self.pair_sq(i, j) * eta**2 / 4
        square = dot(middle, middle) + 2 * dot(middle, drift) + spread
        others = sum(
            (dot(x, x) for k, x in enumerate(self.models) if k not in (i, j)), start=Fraction(0)
        )
        step = times(drift, Fraction(2, n))
        mean_sq = dot(self.mu, self.mu) + 2 * dot(self.mu, step) + spread * 4 / Fraction(n) ** 2
        return (others + 2 * square) / n - mean_sq

    def distance_after(self, i: int, j: int) -> Fraction:
        """E||mu' - x*||^2 after i and j met."""
        m, off = self.families["m"], plus(self.mu, self.minimiser, -1)
        step = times(plus(m[i], m[j]), -self.eta / self.n)
        spread = self.pair_sq(i, j) * (self.eta / self.n) ** 2
        return dot(off, off) + 2 * dot(off, step) + spread

    @property
    def numbers(self) -> dict[str, Fraction]:
        """Parameters and constants: L and l, A3 at mu, A4."""
        h = self.families["h"]
        mean = times(add(h), Fraction(1, self.n))
        apart = [dot(v, v) for v in (plus(one, mean, -1) for one in h)]
        n1, smooth = self.n - self.n0, max(self.curvatures)
        e = sum(self.levels("f_mu"), start=Fraction(0)) - sum(self.levels("f_star"))
        step_sq = self.over_pairs(self.pair_sq) * (self.eta / self.n) ** 2
        bent = sum(self.curvatures, start=Fraction(0)) / self.n
        drift = -2 * self.eta / Fraction(self.n) ** 2 * dot(mean, add(self.families["m"]))
        return {
            "n": Fraction(self.n),
            "n0": Fraction(self.n0),
            "n1": Fraction(n1),
            "d": Fraction(D),
            "L": smooth,
            "l": min(self.curvatures),
            "eta": self.eta,
            "nu": self.nu,
            "c": self.eta / self.nu,
            "rv": Fraction(self.rv),
            "B": Fraction(0),
            "alpha0": Fraction(5),
            "alpha1": Fraction(2),
            "vs0_sq": sum(apart[: self.n0], start=Fraction(0)) / self.n0,
            "vs1_sq": sum(apart[self.n0 :], start=Fraction(0)) / n1,
            "S_Z": sum(self.noise[: self.n0], start=Fraction(0)),
            "S_F": sum(self.noise[self.n0 :], start=Fraction(0)),
            "e": e / self.n,
            "f_step": drift + bent / 2 * step_sq,
        }

    def value(self, expression: sp.Expr) -> sp.Expr:
        """The expression as a number."""
        atoms = expression.atoms(Own, Dotted, Total, Level)
        known = {atom: _rational(self.atom(atom)) for atom in atoms}
        numbers = {k: _rational(v) for k, v in self.numbers.items()}
        found = expression.xreplace(known)
        return found.xreplace({s: numbers[str(s)] for s in found.free_symbols})

    def atom(self, atom: sp.Expr) -> Fraction:
        """Its value, from the population."""
        if isinstance(atom, Own):
            first, second = (self.families[str(name)] for name in atom.args[:2])
            return sum(
                (dot(first[i], second[i]) for i in self.group(int(atom.args[2]))), start=Fraction(0)
            )
        if isinstance(atom, Dotted):
            left, right = map(self._vector, atom.args)
            return dot(left, right)
        name, group = str(atom.args[0]), self.group(int(atom.args[1]))
        source = {"G_sq": lambda: self.second, "G_err_sq": self.errors}
        rows = source[name]() if isinstance(atom, Total) else self.levels(name)
        return sum((rows[i] for i in group), start=Fraction(0))

    def _vector(self, vector: sp.Expr) -> Vector:
        if isinstance(vector, GroupSum):
            rows = self.families[str(vector.args[0])]
            return add([rows[i] for i in self.group(int(vector.args[1]))])
        assert str(vector) == "y"
        return plus(self.mu, self.minimiser, -1)


def _rational(value: Fraction) -> sp.Rational:
    return sp.Rational(value.numerator, value.denominator)
