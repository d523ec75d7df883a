"""Exact certificates that a polynomial is a sum of squares on the nonnegative orthant.

With s = y^2 a polynomial p(s) that is a sum of squares in y is >= 0 on the orthant. A Gram matrix
is sought in floating point, rounded to rationals, moved onto p's coefficients exactly, and accepted
only if exact elimination shows that it is positive semidefinite: the solver is trusted in nothing.
"""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, TypeAlias

import cvxpy as cp
import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from verify.proofs.rational import Polynomial

Monomial: TypeAlias = tuple[int, ...]
Gram: TypeAlias = list[list[fmpq]]
Floats = NDArray[np.float64]

_MOST_CANDIDATES, _LARGEST_BASIS = 3000, 60
_DENOMINATORS = (1, 12, 2**10, 2**20, 2**30)
"""Of the rounding: the coarse ones find Gram matrices that are singular, as where p has a zero."""


def sum_of_squares(polynomial: Polynomial) -> bool:
    """Whether p(y^2) was shown to be a sum of squares in y; False: not shown.

    Bounded work: a polynomial with too many candidates for its squares' monomials is not tried.
    """
    wanted = {tuple(map(int, m)): value for m, value in polynomial.to_dict().items()}
    everything = _bases(wanted)
    even = [basis for basis in everything if not any(k % 2 for k in basis[0])]
    return any(_certified(blocks, wanted) for blocks in (even, everything) if blocks)


def _certified(blocks: Sequence[Sequence[Monomial]], wanted: Mapping[Monomial, fmpq]) -> bool:
    """With these monomials; the even ones in y alone make squares in s itself."""
    found = _found(blocks, wanted)
    if found is None:
        return False
    rounded = ([_rounded(Q, bottom) for Q in found] for bottom in _DENOMINATORS)
    return any(certifies(blocks, grams, wanted) for grams in rounded)


def certifies(
    blocks: Sequence[Sequence[Monomial]], grams: Sequence[Gram], wanted: Mapping[Monomial, fmpq]
) -> bool:
    """Whether these matrices, moved onto the coefficients `wanted`, are all semidefinite.

    Exact: the sum over blocks of m' Q m is then p, m the monomials of a block in y.
    """
    where = _places(blocks)
    if not set(wanted) <= set(where):
        return False
    moved = [[list(row) for row in Q] for Q in grams]
    for monomial, places in where.items():
        missing = wanted.get(monomial, fmpq(0)) - sum(moved[b][i][j] for b, i, j in places)
        for b, i, j in places:
            moved[b][i][j] += missing / len(places)
    return all(semidefinite(Q) for Q in moved)


def semidefinite(matrix: Gram) -> bool:
    """Whether a symmetric rational matrix is positive semidefinite, by elimination."""
    rows = [list(row) for row in matrix]
    for k, row in enumerate(rows):
        if row[k] < 0 or (row[k] == 0 and any(value != 0 for value in row[k + 1 :])):
            return False
        for i in range(k + 1, len(rows)) if row[k] != 0 else ():
            factor = rows[i][k] / row[k]
            rows[i] = [a - factor * b for a, b in zip(rows[i], row, strict=True)]
    return True


def _bases(wanted: Mapping[Monomial, fmpq]) -> list[list[Monomial]]:
    """The monomials in y that squares can have, by parity; empty if there are too many.

    y^g goes where y^{2g} is neither in p nor a product of two others that are left.
    """
    highest = [max(m[k] for m in wanted) for k in range(len(next(iter(wanted))))]
    if np.prod([h + 1 for h in highest], dtype=float) > _MOST_CANDIDATES:
        return []
    degrees = [sum(m) for m in wanted]
    left: dict[Monomial, set[Monomial]] = {}
    for g in product(*(range(h + 1) for h in highest)):
        if min(degrees) <= sum(g) <= max(degrees):
            left.setdefault(tuple(k % 2 for k in g), set()).add(g)
    changed = True
    while changed:
        sums = {_half_sum(g, h) for part in left.values() for g in part for h in part if g < h}
        keep = {a: {g for g in part if g in wanted or g in sums} for a, part in left.items()}
        changed, left = keep != left, keep
    if sum(map(len, left.values())) > _LARGEST_BASIS:
        return []
    return [sorted(part) for part in left.values() if part]


def _half_sum(g: Monomial, h: Monomial) -> Monomial:
    """The exponents in s of y^g y^h; of one parity, so that they are integers."""
    return tuple((a + b) // 2 for a, b in zip(g, h, strict=True))


def _places(
    blocks: Sequence[Sequence[Monomial]],
) -> dict[Monomial, list[tuple[int, int, int]]]:
    """The entries (block, row, column) of the Gram matrices by the monomial in s they add to."""
    found: dict[Monomial, list[tuple[int, int, int]]] = {}
    for b, basis in enumerate(blocks):
        for i, g in enumerate(basis):
            for j, h in enumerate(basis):
                found.setdefault(_half_sum(g, h), []).append((b, i, j))
    return found


def _found(
    blocks: Sequence[Sequence[Monomial]], wanted: Mapping[Monomial, fmpq]
) -> list[Floats] | None:
    """Gram matrices with the largest least eigenvalue, in floating point; None without any."""
    where = _places(blocks)
    if not set(wanted) <= set(where):
        return None
    scale = max(abs(float(value)) for value in wanted.values())
    grams = [cp.Variable((len(basis), len(basis)), symmetric=True) for basis in blocks]
    least = cp.Variable()
    rules: list[Any] = [Q >> least * np.eye(Q.shape[0]) for Q in grams]
    for monomial, places in where.items():
        total = cp.sum([grams[b][i, j] for b, i, j in places])
        rules.append(total == float(wanted.get(monomial, fmpq(0))) / scale)
    problem = cp.Problem(cp.Maximize(least), [*rules, least <= 1])
    try:
        problem.solve(solver=cp.CLARABEL)
    except cp.SolverError:
        return None
    values = [Q.value for Q in grams]
    return None if any(v is None for v in values) else [np.asarray(v) * scale for v in values]


def _rounded(matrix: Floats, bottom: int) -> Gram:
    return [[fmpq(round(float(value) * bottom), bottom) for value in row] for row in matrix]
