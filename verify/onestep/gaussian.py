"""Moments of a Gaussian direction by an independent route: coordinate by coordinate (Isserlis).

The identities of theory contract these sums in closed form; here they are added up term by term.
"""

from itertools import product

from verify.balls import Ball, BallArray

_MOMENT = (1, 0, 1, 0, 3, 0, 15, 0, 105)
"""E u^m of a standard normal."""


def _coordinate_moment(indices: tuple[int, ...]) -> int:
    """E of the product of u_k over the indices."""
    out = 1
    for k in set(indices):
        out *= _MOMENT[indices.count(k)]
    return out


def quartic(g: BallArray, h: BallArray) -> Ball:
    """E[(u.g)^2 (u.h)^2] as the sum over four indices."""
    d = len(g)
    return sum(
        (
            _coordinate_moment(index) * g[index[0]] * g[index[1]] * h[index[2]] * h[index[3]]
            for index in product(range(d), repeat=4)
            if _coordinate_moment(index)
        ),
        start=Ball(0),
    )


def sixth_moment(d: int) -> Ball:
    """E||u||^6 as the sum over three coordinates of E[u_i^2 u_j^2 u_k^2]."""
    triples = product(range(d), repeat=3)
    return Ball(sum(_coordinate_moment((i, i, j, j, k, k)) for i, j, k in triples))


def forward_second_moment(g: BallArray, directions: int) -> Ball:
    """E||(1/rv) sum_k (u_k.g) u_k||^2: the diagonal and the cross terms of the double sum."""
    d = len(g)
    one = sum(
        (
            _coordinate_moment((i, j, k, k)) * g[i] * g[j]
            for i, j, k in product(range(d), repeat=3)
            if _coordinate_moment((i, j, k, k))
        ),
        start=Ball(0),
    )
    crossed = sum((g[i] * g[i] for i in range(d)), start=Ball(0))
    return (directions * one + directions * (directions - 1) * crossed) / (directions * directions)


def norm_moment(d: int, k: Ball) -> Ball:
    """E||u||^k = 2^(k/2) Gamma((d+k)/2)/Gamma(d/2)."""
    return Ball(2) ** (k / 2) * ((d + k) / 2).gamma() / (Ball(d) / 2).gamma()
