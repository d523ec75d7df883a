"""A program without what no bound can use: so that the rest has solutions inside its cones.

A vector whose square nothing bounds has products that must vanish from a proof: they become free
scalars. A scalar that nothing bounds leaves every row that mentions it with the multiplier 0; so
does whatever shares nothing with the objective.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import sympy as sp
from flint import fmpq

from verify.worst.program import Program, Unknown, coefficient
from verify.worst.rows import Row


def pruned(program: Program) -> Program:
    """The same program, of the same value, with fewer rows."""
    while loose := _unbounded(program):
        vectors: set[Unknown] = {u for u in loose if isinstance(u, tuple)}
        program = _mapped(program, vectors) if vectors else _without(program, loose)
    return _without(program, _unknowns(program) - _linked(program))


def _mapped(program: Program, vectors: set[Unknown]) -> Program:
    """With the products of these vectors as free scalars."""

    def of(row: Row) -> Row:
        made = Row({}, dict(row.scalars), row.constant)
        for block, entries in row.blocks.items():
            for (p, q), value in entries.items():
                if {(block, p), (block, q)} & vectors:
                    name = sp.Symbol(f"<{min(p, q)}, {max(p, q)}> of {block}")
                    made.scalars[name] = made.scalars.get(name, fmpq(0)) + value
                else:
                    made.blocks.setdefault(block, {})[p, q] = value
        return made

    return replace(
        program,
        objective=of(program.objective),
        normalisation=of(program.normalisation),
        inequalities={name: of(row) for name, row in program.inequalities.items()},
        matrices={
            name: [[of(row) for row in line] for line in m] for name, m in program.matrices.items()
        },
    )


def _unknowns(program: Program) -> set[Unknown]:
    return {u for row in _rows(program) for u in _of(row)}


def _rows(program: Program) -> Iterator[Row]:
    yield from (program.objective, program.normalisation, *program.multiplied())


def _of(row: Row) -> set[Unknown]:
    found: set[Unknown] = {s for s, value in row.scalars.items() if value != 0}
    for block, entries in row.blocks.items():
        found |= {(block, p) for key, value in entries.items() if value != 0 for p in key}
    return found


def _unbounded(program: Program) -> set[Unknown]:
    """What no combination of rows bounds from above; a free scalar: from either side."""
    found: set[Unknown] = set()
    for unknown in _unknowns(program):
        rows = [*program.inequalities.values()]
        rows += [m[i][i] for m in program.matrices.values() for i in range(len(m))]
        multiplied = [-coefficient(row, unknown) for row in rows]
        # t may be of either sign, and the normalisation is meant to bound
        fixed = -coefficient(program.objective, unknown)
        norm = coefficient(program.normalisation, unknown)
        above = any(a > 0 for a in (*multiplied, fixed)) or norm != 0
        below = any(a < 0 for a in (*multiplied, fixed)) or norm != 0
        free = not isinstance(unknown, tuple) and unknown not in program.nonnegative
        useful = any(multiplied) or isinstance(unknown, tuple)
        if useful and (not above or (free and not below)):
            found.add(unknown)
    return found


def _linked(program: Program) -> set[Unknown]:
    """What rows link with the objective or the normalisation."""
    rows = [_of(row) for row in program.inequalities.values()]
    rows += [
        set().union(*(_of(row) for line in m for row in line)) for m in program.matrices.values()
    ]
    found = _of(program.objective) | _of(program.normalisation)
    while more := [row for row in rows if row & found and not row <= found]:
        found = found.union(*more)
    return found


def _without(program: Program, unknown: set[Unknown]) -> Program:
    """Without the rows that mention these, but for objective and normalisation."""
    matrices: Mapping[str, Sequence[Sequence[Row]]] = {
        name: [[matrix[i][j] for j in kept] for i in kept]
        for name, matrix in program.matrices.items()
        if (kept := [i for i in range(len(matrix)) if not _of(matrix[i][i]) & unknown])
    }
    inequalities = {k: row for k, row in program.inequalities.items() if not _of(row) & unknown}
    made = replace(program, inequalities=inequalities, matrices=matrices)
    mentioned = _unknowns(made)
    return replace(made, nonnegative=frozenset(program.nonnegative & mentioned))
