"""The largest value of one row where another is 1 and others are nonnegative; its multipliers.

The dual is solved: the least t such that t normalisation - objective is a combination of what is
nonnegative and of positive semidefinite forms. Its solution is a proof once it is exact
(`certificate.py`); nothing here is believed.
"""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import cvxpy as cp
import numpy as np
import sympy as sp
from numpy.typing import NDArray

from verify.worst.rows import BLOCKS, Row

Floats = NDArray[np.float64]

TOLERANCES = (1e-11, 1e-9, 1e-8)
"""Of the solver, the first one that it reaches."""


class NotOptimalError(ArithmeticError):
    """The solver did not say that it found the optimum."""


KERNEL = 1e-12
"""Singular values below this share of the largest one are taken for 0."""


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
    each; `grams`: the optimal matrices of inner products by block, of `bases`.
    """

    t: float
    multipliers: Mapping[str, float]
    matrices: Mapping[str, Floats]
    grams: Mapping[str, Floats]
    bases: Mapping[str, Sequence[str]]


def solve(program: Program, *, margin: float = 0.0, solver: str = cp.CLARABEL) -> Dual:
    """The solution of the dual whose forms and multipliers exceed 0 by `margin`.

    In units in which the largest coefficient of every basis vector's square is 1. `solver`: another
    of cvxpy's, as it is.

    Raises:
        NotOptimalError: the solver stopped short of an optimum; the sentence names a remedy.
    """
    scales, names = _scales(program), list(program.inequalities)
    sizes = np.array([_size(program.inequalities[name], scales) for name in names])
    t, lam = cp.Variable(), cp.Variable(max(1, len(names)))
    squares = {k: cp.Variable((len(m), len(m)), PSD=True) for k, m in program.matrices.items()}
    parts: list[tuple[Row, Any]] = [(program.objective, -1.0), (program.normalisation, t)]
    parts += [(program.inequalities[k], -lam[i] / sizes[i]) for i, k in enumerate(names)]
    for name, matrix in program.matrices.items():
        for i, line in enumerate(matrix):
            parts += [(row, -squares[name][i, j]) for j, row in enumerate(line)]

    forms: dict[str, Any] = {}
    bases = {block: basis for block in BLOCKS if (basis := program.basis(block))}
    for block, basis in bases.items():
        held = [(row, weight) for row, weight in parts if row.blocks.get(block)]
        left = sum(weight * _matrix(row, block, basis, scales) for row, weight in held)
        seen = _seen([_matrix(row, block, basis, scales) for row, _ in held])
        forms[block] = left >> margin * seen
    rules: list[Any] = [lam >= margin, *forms.values()]
    for scalar in (*program.unknown_scalars(), sp.Integer(1)):
        held = [(row, weight) for row, weight in parts if _number(row, scalar)]
        left = sum((weight * _number(row, scalar) for row, weight in held), cp.Constant(0))
        known = scalar in program.nonnegative or scalar == 1
        rules.append(left >= 0 if known else left == 0)
    _run(cp.Problem(cp.Minimize(t), rules), solver)

    assert t.value is not None
    assert lam.value is not None
    units = {b: np.array([scales[b, p] for p in basis]) for b, basis in bases.items()}
    return Dual(
        t=float(t.value),
        multipliers=dict(zip(names, (lam.value[: len(names)] / sizes).tolist(), strict=True)),
        matrices={name: np.asarray(value.value) for name, value in squares.items()},
        grams={b: f.dual_value / np.outer(units[b], units[b]) for b, f in forms.items()},
        bases=bases,
    )


def _seen(matrices: Sequence[Floats]) -> Floats:
    """The projector onto the directions in which any of these forms differs from 0."""
    _, sizes, rows = np.linalg.svd(np.concatenate(matrices))
    kept = rows[: len(sizes)][sizes > KERNEL * sizes.max(initial=0.0)]
    return np.asarray(kept.T @ kept)


def _run(problem: Any, solver: str) -> None:
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


Scales = Mapping[tuple[str, str], float]
"""By block and basis vector: it is measured in units of 1/scale."""


def _scales(program: Program) -> Scales:
    """The root of the largest coefficient of each vector's square, in objective and norm first."""
    found: dict[tuple[str, str], float] = {}
    first, rest = [program.objective, program.normalisation], list(program.multiplied())
    for block in BLOCKS:
        for p in program.basis(block):
            for rows in (first, rest):
                sizes = [abs(float(r.blocks.get(block, {}).get((p, p), 0))) for r in rows]
                if max(sizes, default=0.0) > 0:
                    found[block, p] = max(sizes) ** 0.5
                    break
            else:
                found[block, p] = 1.0
    return found


def _matrix(row: Row, block: str, basis: Sequence[str], scales: Scales) -> Floats:
    """The row's form on a block, in scaled units."""
    entries = row.blocks.get(block, {})
    unit = np.array([scales[block, p] for p in basis])
    found = np.array([[float(entries.get((p, q), 0)) for q in basis] for p in basis])
    return np.asarray(found / np.outer(unit, unit))


def _number(row: Row, scalar: sp.Expr) -> float:
    return float(row.constant if scalar == 1 else row.scalars.get(scalar, 0))


def _size(row: Row, scales: Scales) -> float:
    """The largest coefficient of a row in scaled units, which its multiplier is measured in."""
    sizes = [
        abs(float(value)) / (scales[block, p] * scales[block, q])
        for block in row.blocks
        for (p, q), value in row.blocks[block].items()
    ]
    sizes += [abs(float(value)) for value in row.scalars.values()]
    return max(sizes, default=0.0) or 1.0
