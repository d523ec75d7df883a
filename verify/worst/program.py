"""The largest value of one row where another is 1 and others are nonnegative; its multipliers.

The dual is solved: the least t such that t normalisation - objective is a combination of what is
nonnegative and of positive semidefinite forms. Its solution is a proof once it is exact
(`certificate.py`); nothing here is believed.
"""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import cvxpy as cp
import numpy as np
import sympy as sp
from flint import fmpq
from numpy.typing import NDArray

from verify.worst.rows import BLOCKS, Row

Floats = NDArray[np.float64]

TOLERANCES = (1e-11, 1e-9, 1e-8, 1e-7)
"""Of the solver, the first one that it reaches."""


class NotOptimalError(ArithmeticError):
    """The solver did not say that it found the optimum."""


@dataclass(frozen=True)
class Program:
    """maximise `objective` where `normalisation` = 1.

    Args:
        inequalities: rows >= 0 by name.
        matrices: symmetric matrices of rows that are positive semidefinite, by name.
        nonnegative: scalars that are >= 0; others are free.
    """

    objective: Row
    normalisation: Row
    inequalities: Mapping[str, Row]
    matrices: Mapping[str, Sequence[Sequence[Row]]] = field(default_factory=dict)
    nonnegative: frozenset[sp.Expr] = frozenset()

    def multiplied(self) -> Iterator[Row]:
        """All rows that have a multiplier."""
        yield from self.inequalities.values()
        yield from (row for matrix in self.matrices.values() for line in matrix for row in line)

    def basis(self, block: str) -> list[str]:
        """The vectors that a block's products are of."""
        everything = [self.objective, self.normalisation, *self.multiplied()]
        entries = {key for row in everything for key in row.blocks.get(block, ())}
        return sorted({name for key in entries for name in key})

    def unknown_scalars(self) -> list[sp.Expr]:
        """The scalars, in a fixed order."""
        everything = [self.objective, self.normalisation, *self.multiplied()]
        return sorted({s for row in everything for s in row.scalars}, key=str)


@dataclass(frozen=True)
class Dual:
    """A solution in floating point.

    `t`; `multipliers` of the inequalities by name; `matrices`: a positive semidefinite multiplier
    each; `grams`: the optimal matrices of inner products by block, of `bases`; `scalars`: the
    optimal scalars, 1 among them, in units in which the normalisation is 1.
    """

    t: float
    multipliers: Mapping[str, float]
    matrices: Mapping[str, Floats]
    grams: Mapping[str, Floats]
    bases: Mapping[str, Sequence[str]]
    scalars: Mapping[sp.Expr, float]


def solve(
    program: Program,
    *,
    margin: float = 0.0,
    solver: str = cp.CLARABEL,
    units: "Scales | None" = None,
) -> Dual:
    """The solution of the dual whose forms and matrices exceed 0 by `margin`.

    In `units`, by default those of `scales`. `solver`: another of cvxpy's, as it is.

    Raises:
        NotOptimalError: the solver stopped short of an optimum; the sentence names a remedy.
    """
    units, names = units or scales(program), list(program.inequalities)
    sizes = np.array([size(program.inequalities[name], units) for name in names])
    t, lam = cp.Variable(), cp.Variable(max(1, len(names)), nonneg=True)
    squares = {k: _square(m, units, margin) for k, m in program.matrices.items()}
    parts: list[tuple[Row, Any]] = [(program.objective, -1.0), (program.normalisation, t)]
    parts += [(program.inequalities[k], -lam[i] / sizes[i]) for i, k in enumerate(names)]
    for name, matrix in program.matrices.items():
        for i, line in enumerate(matrix):
            parts += [(row, -squares[name][i, j]) for j, row in enumerate(line)]

    forms: dict[str, Any] = {}
    bases = {block: basis for block in BLOCKS if (basis := program.basis(block))}
    for block, basis in bases.items():
        held = [(row, weight) for row, weight in parts if row.blocks.get(block)]
        left = sum(weight * form(row, block, basis, units) for row, weight in held)
        forms[block] = left >> margin * np.eye(len(basis))
    rules: dict[sp.Expr, Any] = {}
    for scalar in (*program.unknown_scalars(), sp.Integer(1)):
        held = [(row, weight) for row, weight in parts if number(row, scalar)]
        left = sum((weight * number(row, scalar) for row, weight in held), cp.Constant(0))
        known = scalar in program.nonnegative or scalar == 1
        left = left / units[scalar] ** 2
        rules[scalar] = left >= (margin if held else 0) if known else left == 0
    run(cp.Problem(cp.Minimize(t), [*forms.values(), *rules.values()]), solver)

    assert t.value is not None
    # without inequalities lam is no part of the problem
    found = np.maximum(np.zeros(0) if lam.value is None else lam.value[: len(names)], 0.0)
    side = {s: 1 if s in program.nonnegative or s == 1 else -1 for s in rules}
    unit = {b: np.array([units[b, p] for p in basis]) for b, basis in bases.items()}
    return Dual(
        t=float(t.value),
        multipliers=dict(zip(names, (found / sizes).tolist(), strict=True)),
        matrices={name: np.asarray(value.value) for name, value in squares.items()},
        grams={b: f.dual_value / np.outer(unit[b], unit[b]) for b, f in forms.items()},
        bases=bases,
        scalars={s: side[s] * float(r.dual_value) / units[s] ** 2 for s, r in rules.items()},
    )


def _square(matrix: Sequence[Sequence[Row]], units: "Scales", margin: float) -> Any:
    """A multiplier of a matrix of rows, in units in which its diagonal's rows have size 1."""
    unit = np.array([size(matrix[i][i], units) ** 0.5 for i in range(len(matrix))])
    free = cp.Variable((len(matrix), len(matrix)), PSD=True)
    return cp.multiply(free + margin * np.eye(len(matrix)), 1 / np.outer(unit, unit))


def run(problem: Any, solver: str) -> None:
    """Solve a cvxpy problem as sharply as the solver can; NotOptimalError unless it did."""
    status = "not run"
    for tolerance in TOLERANCES if solver == cp.CLARABEL else (None,):
        names = ("tol_gap_abs", "tol_gap_rel", "tol_feas") if tolerance else ()
        try:
            with warnings.catch_warnings():  # that it may be inaccurate: the status says so
                warnings.simplefilter("ignore")
                problem.solve(solver=solver, **dict.fromkeys(names, tolerance))
        except cp.SolverError:
            status = "error"
            continue
        status = problem.status
        if status == cp.OPTIMAL:
            return
        if status in _REMEDIES:
            break
    remedy = _REMEDIES.get(status, "take parameters of less different sizes")
    raise NotOptimalError(f"the solver's status is {status}, not optimal; {remedy}")


_REMEDIES = {
    cp.INFEASIBLE: "no finite bound follows from what is assumed: take a smaller step size, or "
    "weights that are positive on every direction",
    cp.UNBOUNDED: "what is assumed contradicts itself: check the parameters",
}


Unknown: TypeAlias = tuple[str, str] | sp.Expr
"""A vector, as block and name, or a scalar."""

Scales: TypeAlias = Mapping[Unknown, float]
"""By block and basis vector, it is measured in units of 1/scale; by scalar, in those of its square.
"""


def scales(program: Program) -> Scales:
    """The root of the largest coefficient, in objective and norm first, of a vector's square."""
    first, rest = [program.objective, program.normalisation], list(program.multiplied())

    def largest(key: Unknown) -> float:
        for rows in (first, rest):
            found = max((abs(float(coefficient(row, key))) for row in rows), default=0.0)
            if found > 0:
                return float(found**0.5)
        return 1.0

    vectors: list[Unknown] = [(block, p) for block in BLOCKS for p in program.basis(block)]
    return {key: largest(key) for key in (*vectors, *program.unknown_scalars(), sp.Integer(1))}


def rescaled(units: Scales, found: Dual) -> Scales:
    """Units in which no optimal inner product or scalar of this solution is large.

    What a margin costs is the margin times these.
    """
    large: dict[Unknown, float] = {
        (block, p): max(float(found.grams[block][i, i]), 0.0)
        for block, basis in found.bases.items()
        for i, p in enumerate(basis)
    }
    large |= {s: abs(value) for s, value in found.scalars.items()}
    return {key: unit / max(1.0, unit * large[key] ** 0.5) for key, unit in units.items()}


def form(row: Row, block: str, basis: Sequence[str], units: Scales) -> Floats:
    """The row's form on a block, in scaled units."""
    entries = row.blocks.get(block, {})
    unit = np.array([units[block, p] for p in basis])
    found = np.array([[float(entries.get((p, q), 0)) for q in basis] for p in basis])
    return np.asarray(found / np.outer(unit, unit))


def number(row: Row, scalar: sp.Expr) -> float:
    """The row's coefficient of a scalar, or of 1."""
    return float(coefficient(row, scalar))


def coefficient(row: Row, unknown: Unknown) -> fmpq:
    """Of a vector's square, or of a scalar or 1, as it is."""
    if isinstance(unknown, tuple):
        block, name = unknown
        return row.blocks.get(block, {}).get((name, name), fmpq(0))
    return row.constant if unknown == 1 else row.scalars.get(unknown, fmpq(0))


def size(row: Row, units: Scales) -> float:
    """The largest coefficient of a row in scaled units, which its multiplier is measured in."""
    sizes = [
        abs(float(value)) / (units[block, p] * units[block, q])
        for block in row.blocks
        for (p, q), value in row.blocks[block].items()
    ]
    sizes += [abs(float(value)) / units[s] ** 2 for s, value in row.scalars.items()]
    return max(sizes, default=0.0) or 1.0
