"""What gradients and values at some points say of the functions of a class (interpolation).

The conditions are necessary and sufficient (Taylor, Hendrickx, Glineur 2017, theorem 4; for
quadratics Bousselmi, Hendrickx, Glineur 2024), summed over a group.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, permutations

import sympy as sp

from theory.proofs.definitions import over
from theory.proofs.vectors import Level, Vector

ZERO = Vector({}, {})


@dataclass(frozen=True)
class Point:
    """Where an agent's function is known: `at`, its gradient there, its value's name."""

    name: str
    at: Vector
    gradient: Vector
    value: str


def smooth_convex(
    group: int,
    points: Sequence[Point],
    L: sp.Expr,
    l: sp.Expr,  # noqa: E741
) -> Iterator[tuple[str, sp.Expr]]:
    """For each ordered pair of points a quantity >= 0, of L-smooth functions with curvature >= l.

    l > 0: strongly convex; 0: convex; -L: smooth. Times 2 (1 - l/L), so that l = L is no exception.
    """
    for p, q in permutations(points, 2):
        step, change = p.at - q.at, p.gradient - q.gradient
        rise = _level(p, group) - _level(q, group) - over(group, q.gradient, step)
        curved = (
            over(group, change, change) / L
            + l * over(group, step, step)
            - 2 * l / L * over(group, change, step)
        )
        yield f"{p.name} above {q.name}, group {group}", 2 * (1 - l / L) * rise - curved


def _level(point: Point, group: int) -> sp.Expr:
    return Level(sp.Symbol(point.value), group)


def quadratic(
    group: int,
    points: Sequence[Point],
    L: sp.Expr,
    l: sp.Expr,  # noqa: E741
) -> tuple[dict[str, sp.Expr], list[list[sp.Expr]]]:
    """Equations (name: quantity = 0) and a matrix that is positive semidefinite.

    Of f^i(x) = (x - x*)' A_i (x - x*)/2, l I <= A_i <= L I, with `at` measured from x*.
    """
    equal: dict[str, sp.Expr] = {}
    for p, q in combinations_with_replacement(points, 2):
        if p is not q:
            swapped = over(group, p.at, q.gradient) - over(group, q.at, p.gradient)
            equal[f"{p.name} and {q.name} alike, group {group}"] = swapped
    for p in points:
        known = 2 * _level(p, group) - over(group, p.at, p.gradient)
        equal[f"value at {p.name}, group {group}"] = known
    matrix = [
        [
            (
                over(group, p.gradient - l * p.at, L * q.at - q.gradient)
                + over(group, q.gradient - l * q.at, L * p.at - p.gradient)
            )
            / 2
            for q in points
        ]
        for p in points
    ]
    return equal, matrix
