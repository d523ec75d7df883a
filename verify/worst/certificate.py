"""Exact proofs that a program's value is at most t: rounded multipliers, checked in rationals.

t normalisation - objective = sum of multipliers x rows + sum over matrices of <multiplier, matrix>
+ positive semidefinite forms + nonnegative multiples of nonnegative scalars and of 1, identically.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import sympy as sp
from flint import fmpq

from verify.balls import ball
from verify.proofs.squares import semidefinite
from verify.worst.program import Dual, NotOptimalError, Program, rescaled, scales, solve
from verify.worst.rows import Entry, Row

MARGINS = (1e-11, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5)
"""How far inside its cone a solution is sought, until it stays there when it is made exact."""

LIFTS = (fmpq(0), fmpq(1, 10**9), fmpq(1, 10**7))
"""What t is raised by, times itself, where rounding left too little."""

Matrix: TypeAlias = tuple[tuple[fmpq, ...], ...]


@dataclass(frozen=True)
class Certificate:
    """`t` bounds the program's value: multipliers of the inequalities and of the matrices."""

    t: fmpq
    multipliers: Mapping[str, fmpq]
    matrices: Mapping[str, Matrix]


def proves(certificate: Certificate, program: Program) -> bool:
    """Whether the identity holds with all that must be nonnegative so; exact."""
    if any(value < 0 for value in certificate.multipliers.values()):
        return False
    if not all(positive(m) for m in certificate.matrices.values()):
        return False
    left = remainder(certificate, program)
    for scalar, value in left.scalars.items():
        if value < 0 or (value != 0 and scalar not in program.nonnegative):
            return False
    return left.constant >= 0 and all(
        positive(_square(left.blocks[block], program.basis(block))) for block in left.blocks
    )


def positive(matrix: Sequence[Sequence[fmpq]]) -> bool:
    """Whether a symmetric matrix is semidefinite: surely, by balls, or by exact elimination."""
    return _pivots_positive(matrix) or semidefinite([list(row) for row in matrix])


def _pivots_positive(matrix: Sequence[Sequence[fmpq]]) -> bool:
    """Whether elimination in balls has pivots that are certain to be > 0."""
    rows = [[ball(value) for value in row] for row in matrix]
    for k, row in enumerate(rows):
        if not row[k] > 0:
            return False
        for i in range(k + 1, len(rows)):
            factor = rows[i][k] / row[k]
            for j in range(k + 1, i + 1):
                rows[i][j] = rows[j][i] = rows[i][j] - factor * row[j]
    return True


def remainder(certificate: Certificate, program: Program) -> Row:
    """t normalisation - objective, less what the multipliers make."""
    left = Row()
    _add(left, program.normalisation, certificate.t)
    _add(left, program.objective, fmpq(-1))
    for name, value in certificate.multipliers.items():
        _add(left, program.inequalities[name], -value)
    for name, matrix in certificate.matrices.items():
        for i, line in enumerate(matrix):
            for j, value in enumerate(line):
                _add(left, program.matrices[name][i][j], -value)
    return left


def _add(total: Row, row: Row, factor: fmpq) -> None:
    for block, entries in row.blocks.items():
        known = total.blocks.setdefault(block, {})
        for key, value in entries.items():
            known[key] = known.get(key, fmpq(0)) + factor * value
    for scalar, value in row.scalars.items():
        total.scalars[scalar] = total.scalars.get(scalar, fmpq(0)) + factor * value
    total.constant += factor * row.constant


def _square(entries: Mapping[Entry, fmpq], basis: Sequence[str]) -> list[list[fmpq]]:
    return [[entries.get((p, q), fmpq(0)) for q in basis] for p in basis]


def certify(program: Program) -> tuple[Certificate, Dual]:
    """A certificate with the least t that was found, and the solution that it was made of.

    Raises:
        NotOptimalError: the solver failed, or no solution survived being made exact.
    """
    for found in _solutions(program):
        candidate = exact(found, program)
        if candidate is None:
            continue
        for lift in LIFTS:
            lifted = replace(candidate, t=candidate.t + lift * abs(candidate.t))
            if proves(lifted, program):
                return lifted, found
    raise NotOptimalError(
        "no multipliers survived an exact check; take parameters of less different sizes, or a "
        "smaller step size"
    )


def _solutions(program: Program) -> Iterator[Dual]:
    units = scales(program)
    for margin in (0.0, *MARGINS):
        try:
            found = solve(program, margin=margin, units=units)
        except NotOptimalError:
            if margin == MARGINS[-1]:
                raise
            continue
        if margin:
            yield found
        else:
            units = rescaled(units, found)


def exact(found: Dual, program: Program) -> Certificate | None:
    """The solution in rationals, with what is left of free scalars exactly 0; None if impossible.

    So is what rounding has left below 0 of other scalars.
    """
    matrices = {
        name: tuple(
            tuple(as_fraction((value[i, j] + value[j, i]) / 2) for j in range(len(value)))
            for i in range(len(value))
        )
        for name, value in found.matrices.items()
    }
    multipliers = {name: as_fraction(value) for name, value in found.multipliers.items()}
    candidate = Certificate(as_fraction(found.t), multipliers, matrices)
    left = remainder(candidate, program).scalars
    wrong = {
        s: left.get(s, fmpq(0))
        for s in program.unknown_scalars()
        if s not in program.nonnegative or left.get(s, fmpq(0)) < 0
    }
    moved = _settled(wrong, multipliers, program)
    return None if moved is None else Certificate(candidate.t, moved, matrices)


def _settled(
    left: Mapping[sp.Expr, fmpq], multipliers: Mapping[str, fmpq], program: Program
) -> dict[str, fmpq] | None:
    """Multipliers moved, the largest first, until nothing is left of these scalars."""
    order = sorted(multipliers, key=lambda name: -multipliers[name])
    rows = [
        ([program.inequalities[name].scalars.get(s, fmpq(0)) for name in order], value)
        for s, value in left.items()
    ]
    moved = dict(multipliers)
    pivots: list[tuple[int, list[fmpq], fmpq]] = []
    for coefficients, value in rows:
        line, rest = list(coefficients), value
        for k, other, known in pivots:
            line, rest = _without(k, other, known, line, rest)
        k = next((k for k, a in enumerate(line) if a != 0), -1)
        if k < 0:
            if rest != 0:
                return None
            continue
        top = line[k]
        line, rest = [a / top for a in line], rest / top
        pivots = [
            (
                i,
                [a - other[k] * b for a, b in zip(other, line, strict=True)],
                known - other[k] * rest,
            )
            for i, other, known in pivots
        ]
        pivots.append((k, line, rest))
    for k, _, change in pivots:
        moved[order[k]] += change
    return moved


def _without(
    k: int, line: list[fmpq], rest: fmpq, other: list[fmpq], known: fmpq
) -> tuple[list[fmpq], fmpq]:
    """An equation from which column k is eliminated by another that has 1 there."""
    factor = other[k]
    return [a - factor * b for a, b in zip(other, line, strict=True)], known - factor * rest


def as_fraction(value: float) -> fmpq:
    """A float as the rational number that it is."""
    return fmpq(*float(value).as_integer_ratio())
