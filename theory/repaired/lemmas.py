"""Lemmas 12, 13, 18 and 20, repaired: the least change that makes each of them true.

Every other lemma of the ladder is true as published and has no copy here.
"""

from dataclasses import replace
from typing import Any

import sympy as sp

from theory.claim import Claim
from theory.notation import symbols
from theory.published import lemmas as published

n, n0, n1, d, L, l, eta, c = symbols("n n0 n1 d L l eta c")  # noqa: E741
vs0, vs1, SZ, SF = symbols("vs0_sq vs1_sq S_Z S_F")
Gamma, e, a_sq, grad_sq = symbols("Gamma e a_sq grad_sq")


def coefficients_13() -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """C1 (of -e), C2 (of Gamma) and C3 (constant); f_nu - f <= nu^2 L d/2 is the last term of C3.

    The published constants wherever they are large enough; no b_i and no B.
    """
    C1, C2, rest = published.coefficients_13(sp.Integer(0))
    return C1, C2, rest + 2 * eta**3 * L * d * n0 / (c**2 * n**2)


def coefficients_20() -> tuple[sp.Expr, sp.Expr, sp.Expr, sp.Expr]:
    """J0 (of Gamma) with L^3 where L is printed; J1, J2, J3 as published."""
    _, *rest = published.coefficients_20()
    J0 = 2 * L**2 * eta / n + 12 * L**3 * (d + 4) * eta**2 / n**2
    J1, J2, J3 = rest
    return J0, J1, J2, J3


def _published(key: str) -> Claim:
    ladder = (*published.convex_lemmas(), *published.nonconvex_lemmas())
    return next(claim for claim in ladder if claim.key == key)


def _repaired(key: str, note: str, **changes: Any) -> Claim:
    old = _published(key)
    fields: dict[str, Any] = {"source": (*old.source, note), "printed": (), **changes}
    return replace(old, edition="repaired", **fields)


def _smoothed_descent() -> Claim:
    """(34) with m_i = E G_i in place of grad f^i(X_i)."""
    old = _published("lemma-13")
    return Claim(
        key="lemma-13.34",
        edition="repaired",
        title="descent direction of the mean estimate",
        lhs=e + l / 4 * a_sq,
        relation="<=",
        rhs=symbols("mu_dot_m")[0] + (L + l) / 2 * Gamma + eta**2 * L * d * n0 / (2 * c**2 * n),
        scope="step",
        assumptions=old.assumptions - {"A3", "A4"},
        estimator="two-point",
        source=(
            "Lemma 13, eq. (34)",
            "repaired: for E G_i, by (33b) and (33c) for f_nu^i and f <= f_nu <= f + nu^2 L d/2; "
            "printed for grad f^i(X_i)",
        ),
    )


def repaired_lemmas() -> tuple[Claim, ...]:
    """Lemmas 12, 13 (with its step (34)), 18 and 20."""
    C1, C2, C3 = coefficients_13()
    J0, J1, J2, J3 = coefficients_20()
    return (
        _repaired(
            "lemma-12",
            "repaired: Lemma 11's step size in place of eta <= 1/(10 l), which it implies",
            conditions=(published.STEP_11,),
        ),
        _smoothed_descent(),
        _repaired(
            "lemma-13",
            "repaired: bias through f <= f_nu <= f + nu^2 L d/2 in (34), in place of (38)-(40); "
            "no step-size condition",
            rhs=(1 - l * eta / n) * a_sq - C1 * e + C2 * Gamma + C3,
            conditions=(),
            depends_on=("lemma-14", "lemma-3", "lemma-13.34"),
        ),
        _repaired(
            "lemma-18",
            "repaired: Lemma 17's step size is a condition",
            conditions=(published.STEP_17,),
        ),
        _repaired(
            "lemma-20",
            "repaired: 12 L^3 (d+4), printed 12 L (d+4)",
            rhs=(2 * L * published.GRADIENTS * eta**2 / n**3 - eta / n) * grad_sq
            + J0 * Gamma
            + eta**2 * J1
            + eta**3 * J2
            + eta**4 * J3,
        ),
    )
