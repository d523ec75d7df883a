"""Inequalities that can have no part in a proof, left out before a solver sees them.

To leave one out is always sound: a certificate then has one multiplier fewer. It matters because a
multiplier that must be 0 leaves the solver no interior.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flint import fmpq

from verify.worst.rows import Row


def needed(
    sides: Sequence[Row], rows: Mapping[str, Row], nonnegative: frozenset[Any]
) -> dict[str, Row]:
    """The rows of a program with these sides (objective, normalisation) that may have a part."""
    kept = dict(rows)
    while True:
        fewer = _connected(sides, kept)
        forced = _forced(sides, fewer, nonnegative)
        smaller = {name: row for name, row in fewer.items() if name not in forced}
        if len(smaller) == len(kept):
            return smaller
        kept = smaller


def _connected(sides: Sequence[Row], rows: Mapping[str, Row]) -> dict[str, Row]:
    """The rows that share a vector or a scalar with the sides, or with such rows."""
    reached = set().union(*map(_atoms, sides))
    kept: dict[str, Row] = {}
    while new := {k: r for k, r in rows.items() if k not in kept and _atoms(r) & reached}:
        kept |= new
        reached |= set().union(*map(_atoms, new.values()))
    return {name: row for name, row in rows.items() if name in kept}


def _atoms(row: Row) -> set[Any]:
    """Scalars, and basis vectors by block."""
    return set(row.scalars) | _vectors(row)


def _vectors(row: Row) -> set[tuple[str, str]]:
    return {(b, p) for b, entries in row.blocks.items() for key in entries for p in key}


def _forced(sides: Sequence[Row], rows: Mapping[str, Row], nonnegative: frozenset[Any]) -> set[str]:
    """Rows whose multiplier is 0, as nothing can make up for what they put on one unknown.

    What is left, t normalisation - objective - sum of multipliers x rows, must have a coefficient
    >= 0 on a nonnegative scalar and on a vector's square, and 0 on a free scalar.
    """
    found: set[str] = set()
    for scalar in set().union(*(row.scalars for row in rows.values())):
        if any(side.scalars.get(scalar, 0) for side in sides):
            continue
        there = {name: row.scalars[scalar] for name, row in rows.items() if scalar in row.scalars}
        found |= _one_sign(there, free=scalar not in nonnegative)
    for block, p in set().union(*map(_vectors, rows.values())):
        if not any(_square(side, block, p) for side in sides):
            there = {name: _square(row, block, p) for name, row in rows.items()}
            found |= _one_sign(there, free=False)
    return found


def _one_sign(there: Mapping[str, fmpq], *, free: bool) -> set[str]:
    """Rows with a coefficient that no other's of the other sign balances."""
    up = {name for name, value in there.items() if value > 0}
    down = {name for name, value in there.items() if value < 0}
    if up and not down:
        return up
    return down if free and down and not up else set()


def _square(row: Row, block: str, p: str) -> fmpq:
    return row.blocks.get(block, {}).get((p, p), fmpq(0))
