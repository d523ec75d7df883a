"""Lemma 1 and Lemma 5: Gaussian smoothing and the two-point estimator, as published."""

from typing import Any

import sympy as sp

from theory.claim import Claim
from theory.notation import symbols

n, d, L, nu, k, s_sq = symbols("n d L nu k s_sq")
HALF = sp.Rational(1, 2)


def lemma_1() -> tuple[Claim, ...]:
    """The five statements of Lemma 1, for one function f."""
    u_moment, gap_nu, dist = symbols("u_moment grad_nu_gap dist_xy")
    gap, bias, energy, grad_x = symbols("smoothing_gap smoothing_bias two_point_energy grad_x_sq")
    smooth: dict[str, Any] = {
        "edition": "published",
        "relation": "<=",
        "scope": "function",
        "assumptions": frozenset({"A2"}),
    }
    note = "Lemma 1 (Nesterov-Spokoiny)"
    return (
        Claim(
            key="lemma-1.1",
            edition="published",
            title="moments of a Gaussian direction",
            lhs=u_moment,
            relation="<=",
            rhs=(d + k) ** (k / 2),
            scope="gaussian",
            conditions=(sp.Ge(k, 2),),
            source=(f"{note}, first statement",),
        ),
        Claim(
            key="lemma-1.2",
            title="the smoothed function is L-smooth",
            lhs=gap_nu,
            rhs=L * dist,
            source=(f"{note}, second statement",),
            **smooth,
        ),
        Claim(
            key="lemma-1.3",
            title="smoothing changes values little",
            lhs=gap,
            rhs=nu**2 * L * d / 2,
            source=(f"{note}, third statement",),
            **smooth,
        ),
        Claim(
            key="lemma-1.4",
            title="smoothing changes gradients little",
            lhs=bias,
            rhs=nu / 2 * L * (d + 3) ** sp.Rational(3, 2),
            source=(f"{note}, fourth statement",),
            **smooth,
        ),
        Claim(
            key="lemma-1.5",
            title="energy of the two-point difference",
            lhs=energy,
            rhs=nu**2 / 2 * L**2 * (d + 6) ** 3 + 2 * (d + 4) * grad_x,
            source=(f"{note}, fifth statement",),
            **smooth,
        ),
    )


def lemma_5() -> tuple[Claim, ...]:
    """Equations (6) and (7): second moment and error of the two-point estimator of one agent."""
    G_sq, G_err, grad_i = symbols("G_sq G_err_sq grad_i_sq")
    shared: dict[str, Any] = {
        "edition": "published",
        "relation": "<=",
        "scope": "agent",
        "estimator": "two-point",
        "assumptions": frozenset({"A2", "A4"}),
        "depends_on": ("lemma-1.5",),
    }
    smooth = nu**2 * L**2 * (d + 6) ** 3
    return (
        Claim(
            key="lemma-5.6",
            title="second moment of the two-point estimator",
            lhs=G_sq,
            rhs=HALF * smooth + 2 * (d + 4) * (grad_i + s_sq),
            source=("Lemma 5, eq. (6)",),
            **shared,
        ),
        Claim(
            key="lemma-5.7",
            title="error of the two-point estimator",
            lhs=G_err,
            rhs=3 * HALF * smooth + 4 * (d + 4) * (grad_i + s_sq),
            source=("Lemma 5, eq. (7)",),
            **shared,
        ),
    )
