"""Products of functions of correlated normals, for all pairs of rows, by Hermite series.

With f_k = E[F(p) he_k(p)], he_k = He_k/sqrt(k!), standard normals p, q of correlation rho have
E[F(p) G(q)] = sum_k rho^k f_k g_k (Mehler). For p = e.u, q = e'.u with unit vectors, integration by
parts gives E[F G ||u||^2] = d E[F G] + E[Laplacian of F G], the sum of rho^k ((d + 2k) f_k g_k +
sqrt((k+1)(k+2)) (f_{k+2} g_k + f_k g_{k+2})).
"""

from collections.abc import Iterator
from itertools import count

import numpy as np

from verify.balls import Ball, BallArray, balls, widened
from verify.onestep.linear_rows import Sampled
from verify.onestep.quadrature import widen

MOST_TERMS = 224
"""Longest series; the ball covers the rest. 256 bits lose about 0.72 k bits to he_k."""

ENOUGH = 2.0**-72
"""The rest, relative to a given scale, below which a series ends."""

COARSEST = 1e-9
"""Error of the rule for the next coefficient beyond which a series ends."""

_POWERS_EVERY = 8
"""How often the decay of rho^k is looked at, which costs as much as a term."""


def coefficients(rows: Sampled) -> Iterator[BallArray]:
    """f_k of every row, (m,), for k = 0, 1, ...

    As He_k is even or odd, the nodes >= 0 do, with the even or odd part of psi.
    """
    middle = len(rows.rule.nodes) // 2
    nodes = rows.rule.nodes[middle:]
    right, left = rows.psi[:, middle:], rows.psi[:, middle::-1]
    parts = right + left, right - left
    # He_k times the weight; the node 0 is in both halves of the even part
    now, before = rows.rule.weights[middle:].copy(), 0 * nodes
    now[0] = now[0] / 2
    for k in count():
        plain = parts[k % 2] @ now / Ball(k).fac().sqrt()
        yield widen(plain, rows.size * rows.rule.hermite_error(k))
        now, before = nodes * now - k * before, now


def crossed_energy(rows: Sampled, cosines: BallArray, d: int, *, most: int, scale: Ball) -> Ball:
    """sum over r != s of E[psi_r(p_r) psi_s(p_s) ||u||^2], p_r of correlation `cosines` (m, m).

    At most `most` terms, fewer where the rest falls below `ENOUGH` times `scale`. The rest after K
    terms: with T_r = sum_{k >= K} (k+1) f_k^2 = E psi^2 + E psi'^2 - sum_{k < K} (k+1) f_k^2
    (Parseval) it is at most |rho|^K (c + 2) sqrt(T_r T_s) a pair, c = max(2, (d+2K)/(K+1)).
    """
    assert rows.slope is not None
    found = coefficients(rows)
    f = [next(found), next(found)]
    size = rows.size * rows.size
    left = rows.moments.square + rows.integral(rows.slope * rows.slope, size, 0)
    power = balls(1 - np.eye(len(cosines), dtype=int))
    total, rest, k = Ball(0), Ball(0), 0
    while True:
        f.append(next(found))
        along = power @ f[k]
        two_up = 2 * Ball((k + 1) * (k + 2)).sqrt() * f[k + 2]
        total += ((d + 2 * k) * f[k] + two_up) @ along
        power = power * cosines
        left = left - (k + 1) * f[k] * f[k]
        k += 1
        last = k == most or rows.rule.hermite_error(k + 2) > COARSEST
        rest = _rest(left, power if last or k % _POWERS_EVERY == 0 else None, d, k)
        if last or rest <= ENOUGH * scale:
            break
    return widened(total, rest.upper())


def _rest(left: BallArray, power: BallArray | None, d: int, k: int) -> Ball:
    """The bound on the rest after k terms, with |rho|^k where `power` gives them, else with 1."""
    roots = np.sqrt(np.array([Ball(0).max(t.upper()) for t in left], dtype=object))
    lengths = roots.sum() ** 2 if power is None else roots @ abs(power) @ roots
    return (Ball(2).max(Ball(d + 2 * k) / (k + 1)) + 2) * lengths
