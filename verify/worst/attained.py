"""Exact inner products that satisfy everything assumed and attain nearly the worst value.

The solver's are moved a little towards others that satisfy it all with room to spare, made
rational, and accepted only if exact arithmetic finds every row nonnegative and every matrix
positive semidefinite. They prove that nothing smaller follows from the program's assumptions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cvxpy as cp
import numpy as np
import sympy as sp
from flint import fmpq
from numpy.typing import NDArray

from verify.worst.certificate import as_fraction, positive
from verify.worst.program import Dual, NotOptimalError, Program, form, number, run, scales, size
from verify.worst.rows import Row

Floats = NDArray[np.float64]

TOWARDS = (1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3)
"""How far the solver's inner products are moved, until they are exact."""


@dataclass(frozen=True)
class Point:
    """Matrices of inner products by block, in the program's bases, and scalars, 1 among them."""

    grams: Mapping[str, Sequence[Sequence[fmpq]]]
    bases: Mapping[str, Sequence[str]]
    scalars: Mapping[sp.Expr, fmpq]
    ratio: fmpq
    """objective/normalisation here."""

    def at(self, row: Row) -> fmpq:
        """The row's value."""
        return _value(row, self.grams, self.bases, self.scalars)


def attained(program: Program, found: Dual) -> Point | None:
    """A point that satisfies everything, near the solver's optimum; None if none was found."""
    inner = _inside(program, found)
    if inner is None:
        return None
    for share in TOWARDS:
        grams = {b: (1 - share) * found.grams[b] + share * inner[0][b] for b in found.grams}
        numbers = {s: (1 - share) * v + share * inner[1][s] for s, v in found.scalars.items()}
        point = _exact(program, found.bases, grams, numbers)
        if point is not None and satisfies(point, program):
            return point
    return None


def satisfies(point: Point, program: Program) -> bool:
    """Whether the point is one that the program allows and has this ratio; exact."""
    scalars = point.scalars
    if scalars[sp.Integer(1)] != 1 or any(scalars[s] < 0 for s in program.nonnegative):
        return False
    if any(point.at(row) < 0 for row in program.inequalities.values()):
        return False
    known = [[[point.at(row) for row in line] for line in m] for m in program.matrices.values()]
    if not all(positive(m) for m in (*point.grams.values(), *known)):
        return False
    below = point.at(program.normalisation)
    return bool(below > 0 and point.at(program.objective) == point.ratio * below)


def _exact(
    program: Program,
    bases: Mapping[str, Sequence[str]],
    grams: Mapping[str, Floats],
    numbers: Mapping[sp.Expr, float],
) -> Point | None:
    """In rationals, in units in which 1 is 1."""
    one = as_fraction(numbers[sp.Integer(1)])
    if one <= 0:
        return None
    made = {
        block: [[as_fraction((G[i, j] + G[j, i]) / 2) / one for j in range(len(G))] for i in _of(G)]
        for block, G in grams.items()
    }
    scalars = {s: as_fraction(v) / one for s, v in numbers.items()}
    below = _value(program.normalisation, made, bases, scalars)
    if below <= 0:
        return None
    return Point(made, bases, scalars, _value(program.objective, made, bases, scalars) / below)


def _of(matrix: Floats) -> range:
    return range(len(matrix))


def _value(
    row: Row,
    grams: Mapping[str, Sequence[Sequence[fmpq]]],
    bases: Mapping[str, Sequence[str]],
    scalars: Mapping[sp.Expr, fmpq],
) -> fmpq:
    total = row.constant * scalars[sp.Integer(1)]
    for scalar, factor in row.scalars.items():
        total += factor * scalars[scalar]
    for block, entries in row.blocks.items():
        where = {name: i for i, name in enumerate(bases[block])}
        for (p, q), factor in entries.items():
            total += factor * grams[block][where[p]][where[q]]
    return total


Inside = tuple[Mapping[str, Floats], Mapping[sp.Expr, float]]


def _inside(program: Program, found: Dual) -> Inside | None:
    """Inner products and scalars that satisfy everything with the most room; None without any."""
    units, room = scales(program), cp.Variable()
    unit = {b: np.array([units[b, p] for p in basis]) for b, basis in found.bases.items()}
    grams = {b: cp.Variable((len(v), len(v)), symmetric=True) for b, v in unit.items()}
    numbers: dict[sp.Expr, Any] = {s: cp.Variable() for s in found.scalars}

    def value(row: Row) -> Any:
        parts = [
            cp.sum(cp.multiply(form(row, b, found.bases[b], units), grams[b])) for b in row.blocks
        ]
        held = {s: number(row, s) / units[s] ** 2 for s in numbers if number(row, s)}
        return sum(parts + [factor * numbers[s] for s, factor in held.items()])

    rules: list[Any] = [value(program.normalisation) == 1, room <= 1]
    rules += [G >> room * np.eye(G.shape[0]) for G in grams.values()]
    rules += [value(r) / size(r, units) >= room for r in program.inequalities.values()]
    for matrix in program.matrices.values():
        unit_of = [size(matrix[i][i], units) ** 0.5 for i in range(len(matrix))]
        made = [
            [value(row) / (unit_of[i] * unit_of[j]) for j, row in enumerate(line)]
            for i, line in enumerate(matrix)
        ]
        rules.append(cp.bmat(made) >> room * np.eye(len(matrix)))
    rules += [numbers[s] >= room for s in numbers if s in program.nonnegative or s == 1]
    try:
        run(cp.Problem(cp.Maximize(room), rules), cp.CLARABEL)
    except NotOptimalError:
        return None
    if room.value is None or float(room.value) <= 0:
        return None
    return (
        {b: np.asarray(G.value) / np.outer(unit[b], unit[b]) for b, G in grams.items()},
        {s: 0.0 if v.value is None else float(v.value) / units[s] ** 2 for s, v in numbers.items()},
    )
