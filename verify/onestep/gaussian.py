"""Moments of a Gaussian direction by an independent route: one coordinate after the other.

The identities of theory contract the moments' tensors; here E[A^i B^j] of two sums A, B over
coordinates grows by one coordinate at a time, from the moments of a single normal number alone.
"""

from collections.abc import Iterable
from itertools import product
from math import comb

from verify.balls import Ball, BallArray

_MOMENT = (1, 0, 1, 0, 3, 0, 15)
"""E u^m of a standard normal."""

Joint = dict[tuple[int, int], Ball]
"""E[A^i B^j] by (i, j)."""


def _grown(sums: Joint, step: Joint) -> Joint:
    """Moments of (A + a, B + b) from those of (A, B) and of the independent (a, b)."""
    return {
        (i, j): sum(
            (
                comb(i, k) * comb(j, m) * sums[i - k, j - m] * step[k, m]
                for k, m in product(range(i + 1), range(j + 1))
                if step[k, m] != 0
            ),
            start=Ball(0),
        )
        for i, j in sums
    }


def _joint(steps: Iterable[Joint], i: int, j: int) -> Ball:
    """E[A^i B^j] of the sums of all steps."""
    found = {(k, m): Ball(k + m == 0) for k, m in product(range(i + 1), range(j + 1))}
    for step in steps:
        found = _grown(found, step)
    return found[i, j]


def quartic(g: BallArray, h: BallArray) -> Ball:
    """E[(u.g)^2 (u.h)^2]."""
    orders = list(product(range(3), repeat=2))
    steps = (
        {(i, j): _MOMENT[i + j] * a**i * b**j for i, j in orders} for a, b in zip(g, h, strict=True)
    )
    return _joint(steps, 2, 2)


def sixth_moment(d: int) -> Ball:
    """E||u||^6."""
    step = {(i, 0): Ball(_MOMENT[2 * i]) for i in range(4)}
    return _joint([step] * d, 3, 0)


def forward_second_moment(g: BallArray, directions: int) -> Ball:
    """E||(1/rv) sum_k (u_k.g) u_k||^2: the diagonal and the cross terms of the double sum."""
    orders = list(product(range(3), range(2)))
    steps = ({(i, j): _MOMENT[i + 2 * j] * a**i for i, j in orders} for a in g)
    one = _joint(steps, 2, 1)
    crossed = sum((a * a for a in g), start=Ball(0))
    return (directions * one + directions * (directions - 1) * crossed) / (directions * directions)


def norm_moment(d: int, k: Ball) -> Ball:
    """E||u||^k = 2^(k/2) Gamma((d+k)/2)/Gamma(d/2)."""
    return Ball(2) ** (k / 2) * ((d + k) / 2).gamma() / (Ball(d) / 2).gamma()
