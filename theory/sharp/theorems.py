"""Theorems 1.1 and 1.2 of the sharp edition: explicit, for every T and every admissible eta."""

from typing import Any

import sympy as sp

from theory.claim import Claim
from theory.notation import symbols
from theory.sharp.ladder import CONVEX, SMOOTH, L, Ladder, contraction, eta, l, n, pull

T, a_0, a_T, f0 = symbols("T a_0_sq a_T_sq f0_gap")
HALF = (n - 2) / 2
"""Second moments count (n-2)/2 times as much in n^2 E Gamma' as in n^2 E||mu'-x*||^2."""

WEIGHTS = sp.Le(eta, n / (4 * L))
"""Follows from C1 > 0; said so that the weights w_t are seen to be positive."""


def _theorem(used: Ladder, base: str, title: str, **fields: Any) -> Claim:
    two_pointed = used.estimator == "two-point"
    suffix = "" if two_pointed else f".{used.estimator}"
    depends_on = tuple(key + suffix for key in fields.pop("depends_on"))
    return Claim(
        key=base + suffix,
        edition="sharp",
        title=title,
        relation="<=",
        scope="trajectory",
        kind="rate",
        estimator=used.estimator,
        depends_on=depends_on,
        **fields,
    )


def _convex(used: Ladder, rate: sp.Expr) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """D, D C1, D C3: V = a^2 + omega Gamma, omega = W/D, has V' <= (1 - rate) V - C1 e + C3.

    omega is the least weight with which Gamma's coefficient is at most 1 - rate.
    """
    D = 1 - contraction(convex=True) - rate - HALF * eta**2 / n**2 * used.spread
    W = 2 * eta / n * (L - l) + eta**2 / n**2 * used.spread
    both = D + HALF * W
    C1 = 4 * eta / n * D - eta**2 / n**2 * used.gap * both
    C3 = eta**2 / n**2 * used.rest * both + W * pull(used) + 4 * eta / n * used.delta * D
    return D, C1, C3


def strongly_convex(used: Ladder) -> Claim:
    """Theorem 1.1 with w_t = (1 - eta l/(2n))^{-t} and S_T = sum_{t=1}^T w_t."""
    rate = eta * l / (2 * n)
    D, C1, C3 = _convex(used, rate)
    w_T = (1 - rate) ** (-T)
    return _theorem(
        used,
        "theorem-1.1",
        "convergence, strongly convex",
        lhs=symbols("f_ybar_gap")[0] + w_T * rate * D * a_T / ((w_T - 1) * C1),
        rhs=rate * D * a_0 / ((w_T - 1) * C1) + C3 / C1,
        assumptions=CONVEX | {"A1"},
        conditions=(sp.Gt(D, 0), sp.Gt(C1, 0), WEIGHTS),
        depends_on=("distance", "consensus"),
        source=("Theorem 1.1", "for every T and every eta that meets the conditions"),
    )


def last_iterate(used: Ladder) -> Claim:
    """||mu_T - x*||^2 alone, four times faster: no weight of the gap is kept."""
    rate = 2 * eta * l / n
    D, C1, C3 = _convex(used, rate)
    return _theorem(
        used,
        "last-iterate",
        "distance of the last mean, strongly convex",
        lhs=a_T,
        rhs=(1 - rate) ** T * a_0 + C3 / (rate * D),
        assumptions=CONVEX | {"A1"},
        conditions=(sp.Gt(D, 0), sp.Ge(C1, 0)),
        depends_on=("distance", "consensus"),
        source=("Theorem 1.1",),
    )


def nonconvex(used: Ladder) -> Claim:
    """Theorem 1.2 with V = f(mu) - f* + (W/D) Gamma."""
    near = 1 if used.bias_sq == 0 else 2
    D = 1 - contraction(convex=False) - HALF * eta**2 / n**2 * used.spread
    W = eta / n * L**2 * near + L * eta**2 / (2 * n**2) * used.spread
    both = L / 2 * D + HALF * W
    C1 = eta / n * D - eta**2 / n**2 * used.gradient * both
    C3 = eta**2 / n**2 * used.rest_smooth * both + W * pull(used)
    C3 += 2 * eta / n * used.bias_sq * D
    return _theorem(
        used,
        "theorem-1.2",
        "convergence, non-convex",
        lhs=symbols("mean_grad_sq")[0],
        rhs=D * f0 / (T * C1) + C3 / C1,
        assumptions=SMOOTH,
        conditions=(sp.Gt(D, 0), sp.Gt(C1, 0)),
        depends_on=("value", "consensus-smooth"),
        source=("Theorem 1.2", "for every T and every eta that meets the conditions"),
    )


def theorems(used: Ladder) -> tuple[Claim, ...]:
    """The three theorems for one kind of zeroth-order agents."""
    return strongly_convex(used), last_iterate(used), nonconvex(used)
