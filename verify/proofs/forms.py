"""Whether a combination of inner products is nonnegative for any vectors and any group sizes.

By symmetry the quadratic form of families over a group falls into two: on deviations from the
group's mean it is the same small matrix for every agent, and on the means, with the common vectors,
it is one matrix whose entries hold the sizes of the groups. Differences along the edges that meet
are a third form, by itself. All must be positive semidefinite on the region: all their principal
minors are nonnegative there.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import sympy as sp

from theory.proofs.definitions import CENTRED, SIZES
from theory.proofs.vectors import GROUPS, Dotted, GroupSum, Met, Own
from verify.proofs.rational import NotRationalError, Polynomial
from verify.proofs.signs import ACCEPTED, UNDECIDED, Mapped, Region, Sign

Matrix = dict[tuple[sp.Expr, sp.Expr], sp.Expr]
"""Entries by pairs of basis vectors, both orders."""


_PRODUCTS = (Own, Dotted, Met)

Linear = tuple[dict[sp.Expr, sp.Expr], sp.Expr]
"""Coefficients of the inner products, and the rest."""


def split(expression: sp.Expr) -> Linear:
    """Coefficients of the inner products, and the rest; ValueError unless it is linear in them.

    Read off sums and products as they stand; multiplied out only where they do not tell.
    """
    try:
        return _linear(expression)
    except ValueError:
        return _linear(sp.expand(expression))


def _linear(expression: sp.Expr) -> Linear:
    if isinstance(expression, _PRODUCTS):
        return {expression: sp.Integer(1)}, sp.Integer(0)
    if not expression.has(*_PRODUCTS):
        return {}, expression
    if expression.is_Add:
        return _sum([_linear(part) for part in expression.args])
    if expression.is_Mul:
        plain, others = expression.as_independent(*_PRODUCTS, as_Add=False)
        if not others.is_Mul:
            found, rest = _linear(others)
            return {atom: plain * value for atom, value in found.items()}, plain * rest
    raise ValueError("a product of inner products")


def _sum(parts: Sequence[Linear]) -> Linear:
    gathered: dict[sp.Expr, list[sp.Expr]] = {}
    for found, _ in parts:
        for atom, value in found.items():
            gathered.setdefault(atom, []).append(value)
    added = {atom: sp.Add(*values) for atom, values in gathered.items()}
    return added, sp.Add(*(rest for _, rest in parts))


def semidefinite(coefficients: Mapping[sp.Expr, sp.Expr], region: Region) -> Sign:
    """Whether the form with these coefficients is nonnegative for all vectors."""
    parts = (*(_deviations(coefficients, g) for g in GROUPS), _means(coefficients))
    for matrix in (*parts, _across(coefficients)):
        found = _all_minors(matrix, region)
        if not found:
            return found
    return ACCEPTED


def _deviations(coefficients: Mapping[sp.Expr, sp.Expr], group: int) -> Matrix:
    matrix: Matrix = {}
    for atom, value in coefficients.items():
        if isinstance(atom, Own) and atom.args[2] == group:
            _add(matrix, atom.args[0], atom.args[1], value)
    return matrix


def _add(matrix: Matrix, p: sp.Expr, q: sp.Expr, value: sp.Expr) -> None:
    """Add value * <p, q> to the form."""
    for key in ((p, q), (q, p)):
        matrix[key] = matrix.get(key, sp.Integer(0)) + value / 2


def _across(coefficients: Mapping[sp.Expr, sp.Expr]) -> Matrix:
    """The form over the edges that meet: E of <a_i - a_j, b_i - b_j> is one of any families."""
    matrix: Matrix = {}
    for atom, value in coefficients.items():
        if isinstance(atom, Met):
            _add(matrix, atom.args[0], atom.args[1], value)
    return matrix


def _means(coefficients: Mapping[sp.Expr, sp.Expr]) -> Matrix:
    matrix: Matrix = {}
    for atom, value in coefficients.items():
        if isinstance(atom, Own):
            first, second, group = atom.args
            left, right = _mean(first, int(group)), _mean(second, int(group))
            value = value * SIZES[int(group)]
        elif isinstance(atom, Met):
            continue
        else:
            left, right = map(_common, atom.args)
        for p, a in left.items():
            for q, b in right.items():
                _add(matrix, p, q, value * a * b)
    return matrix


def _mean(family: sp.Symbol, group: int) -> dict[sp.Expr, sp.Expr]:
    """A group's mean of a family in the basis; of a centred one the two means are dependent."""
    if str(family) in CENTRED:
        sign = 1 if group == 0 else -1
        return {sp.Symbol(f"{family}_gap"): sign * SIZES[1 - group]}
    return {sp.Symbol(f"{family}_{group}"): sp.Integer(1)}


def _common(vector: sp.Expr) -> dict[sp.Expr, sp.Expr]:
    if isinstance(vector, GroupSum):
        family, group = vector.args
        return {p: a * SIZES[int(group)] for p, a in _mean(family, int(group)).items()}
    return {vector: sp.Integer(1)}


def _all_minors(matrix: Matrix, region: Region) -> Sign:
    """Leading minors that are nonnegative and not identically 0 suffice: the form is then positive
    definite on a dense part of the region, and so semidefinite on all of it. Where one vanishes
    identically, all principal minors are asked."""
    for part in _components(matrix):
        rows = [[matrix.get((p, q), sp.Integer(0)) for q in part] for p in part]
        try:
            mapped = region.mapped([value for row in rows for value in row])
        except NotRationalError:
            return UNDECIDED
        if not mapped.defined:
            return UNDECIDED
        size = len(part)
        whole = [list(mapped.tops[i * size : (i + 1) * size]) for i in range(size)]
        found = _minors_sign(whole, rows, mapped, region)
        if not found:
            return found
    return ACCEPTED


def _minors_sign(
    whole: list[list[Polynomial]], rows: list[list[sp.Expr]], mapped: Mapped, region: Region
) -> Sign:
    """Whether the matrix of these numerators is semidefinite; `rows`: the same as expressions."""
    size = len(whole)
    minors = list(_leading(whole)) if mapped.independent else []
    if len(minors) < size:
        chosen = (c for k in range(1, size + 1) for c in combinations(range(size), k))
        minors = [(_determinant([[whole[i][j] for j in c] for i in c]), c) for c in chosen]
    waiting = [(m, c) for m, c in minors if not mapped.visibly_nonnegative(m)]
    below = [(known, c) for m, c in waiting if (known := mapped.negative(m)) is not None]
    for known, chosen_rows in below:
        values = sp.Matrix([[rows[i][j] for j in chosen_rows] for i in chosen_rows])
        found = region.at(values.xreplace(dict(known)).det(), known)
        if found.outcome == "refuted":
            return found
    if below:
        return UNDECIDED
    return ACCEPTED if all(mapped.certified(minor) for minor, _ in waiting) else UNDECIDED


Minor = tuple[Polynomial, tuple[int, ...]]
"""A principal minor's numerator, and its rows."""


def _leading(whole: list[list[Polynomial]]) -> Iterator[Minor]:
    """The leading minors, by fraction-free elimination; ends before one that vanishes."""
    rows = [list(row) for row in whole]
    before = None
    for k in range(len(rows)):
        pivot = rows[k][k]
        if pivot.is_zero():
            return
        yield pivot, tuple(range(k + 1))
        for i in range(k + 1, len(rows)):
            for j in range(k + 1, len(rows)):
                value = rows[i][j] * pivot - rows[i][k] * rows[k][j]
                rows[i][j] = value if before is None else value / before
        before = pivot


def _determinant(rows: list[list[Polynomial]]) -> Polynomial:
    """By the first row."""
    if len(rows) == 1:
        return rows[0][0]
    total = rows[0][0] * 0
    for j, factor in enumerate(rows[0]):
        if not factor.is_zero():
            minor = _determinant([[*row[:j], *row[j + 1 :]] for row in rows[1:]])
            total = total + minor * factor if j % 2 == 0 else total - minor * factor
    return total


def _components(matrix: Matrix) -> Iterator[list[sp.Expr]]:
    """Basis vectors in groups that no entry links."""
    linked = {key for key, value in matrix.items() if sp.expand(value) != 0}
    left = sorted({p for key in linked for p in key}, key=str)
    while left:
        part, waiting = [], [left[0]]
        while waiting:
            p = waiting.pop()
            if p in part:
                continue
            part.append(p)
            waiting += [q for q in left if (p, q) in linked and q not in part]
        left = [p for p in left if p not in part]
        yield sorted(part, key=str)
