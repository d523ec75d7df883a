"""Lemmas 2, 3 and 8-20 as published, literally."""

from typing import Any

import sympy as sp

from theory.claim import Claim
from theory.notation import symbols

n, n0, n1, d, L, l, eta, c, T = symbols("n n0 n1 d L l eta c T")  # noqa: E741
alpha0, alpha1, vs0, vs1, SZ, SF, B = symbols("alpha0 alpha1 vs0_sq vs1_sq S_Z S_F B")
Gamma, e, a_sq, grad_sq, M_G = symbols("Gamma e a_sq grad_sq M_G")

NOISE = 2 * (d + 4) * SZ + SF
SPLIT = 2 * (d + 4) * n0 * vs0 + n1 * vs1
SPLIT_3 = 6 * (d + 4) * n0 * vs0 + 3 * n1 * vs1
GRADIENTS = 6 * (d + 4) * n0 + 3 * n1
SMOOTHED = n0 * L**2 * (d + 6) ** 3
LEMMA_10 = eta * n0 * L * (d + 3) ** sp.Rational(3, 2) / (2 * c * n)
LEMMA_12 = 60 * eta**2 * SPLIT / n + 20 * eta**2 * NOISE / n + 10 * eta**4 * SMOOTHED / (n * c**2)

STEP_11 = sp.Le(eta, 1 / (14 * L * sp.sqrt(d + 4)))
STEP_12 = sp.Le(10 * l * eta, 1)
STEP_13 = sp.Le(2 * eta * sp.sqrt(L * n0) * (d + 3) ** sp.Rational(3, 4), sp.sqrt(l * c * n))
STEP_17 = sp.Le(eta, 1 / (10 * L * sp.sqrt(d + 4)))
ORDERED = (sp.Ge(alpha0, alpha1),)

PRINTED_12 = (STEP_12, sp.Le(eta, 1 / (10 * l)))
PRINTED_13 = (
    STEP_13,
    sp.Le(eta, sp.sqrt(l * c * n) / (2 * sp.sqrt(L * n0) * (d + 3) ** sp.Rational(3, 4))),
)

FULL = frozenset({"A2", "A3", "A4"})


def _lemma(number: int, title: str, lhs: str | sp.Expr, rhs: sp.Expr, **more: Any) -> Claim:
    fields: dict[str, Any] = {
        "key": f"lemma-{number}",
        "edition": "published",
        "title": title,
        "relation": "<=",
        "rhs": rhs,
        "scope": "step",
        "lhs": symbols(lhs)[0] if isinstance(lhs, str) else lhs,
        "source": (f"Lemma {number}",),
        **more,
    }
    return Claim(**fields)


def coefficients_13(bias: sp.Expr) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """C1 (of -e), C2 (of Gamma) and C3 (constant) of Lemma 13 with B = `bias`."""
    C1 = 4 * eta / n - 16 * L * (12 * d + 52) * eta**2 / n**2 - 64 * bias * L * eta**4 / n**3
    C2 = (
        2 * (L + l) * eta / n
        + L**2 * (96 * d + 456) * eta**2 / n**2
        + 32 * bias * L**2 * eta**4 / n**3
    )
    C3 = (
        eta**2 * ((96 * d + 448) * vs0 * n0 + 88 * vs1 * n1) / n**3
        + 8 * eta**2 * ((d + 4) * SZ + SF) / n**3
        + 12 * eta**4 * SMOOTHED / (n**3 * c**2)
        + 2 * bias * eta**2 / n
    )
    return C1, C2, C3


def coefficients_20() -> tuple[sp.Expr, sp.Expr, sp.Expr, sp.Expr]:
    """J0 (of Gamma), J1, J2, J3 (of eta^2, eta^3, eta^4) of Lemma 20."""
    J0 = 2 * L**2 * eta / n + 12 * L * (d + 4) * eta**2 / n**2
    J1 = 2 * L / n**2 * (SPLIT_3 / n + NOISE / n)
    J2 = n0**2 * L**2 * (d + 3) ** 3 / (2 * c**2 * n**3)
    J3 = n0 * L**3 * (d + 6) ** 3 / (c**2 * n**3)
    return J0, J1, J2, J3


def convex_lemmas() -> tuple[Claim, ...]:
    """Lemmas 2, 3 and 8-13."""
    C1, C2, C3 = coefficients_13(B)
    convex = FULL | {"convex"}
    split = (3 * alpha0 * n0 * vs0 + 3 * alpha1 * n1 * vs1) / n
    return (
        _lemma(
            2,
            "consensus recursion",
            "Gamma_next",
            (1 - 1 / (2 * n)) * Gamma + 4 / n * eta**2 * M_G,
            source=("Lemma 2", "eqs. (22)-(26)"),
        ),
        _lemma(
            3,
            "second moment of the estimators, convex",
            "M_G",
            6 * (d + 4) * L**2 * Gamma
            + SPLIT_3 / n
            + 6 * (2 * d + 9) * L * e
            + NOISE / n
            + eta**2 * SMOOTHED / (2 * n * c**2),
            assumptions=convex,
            estimator="two-point",
            depends_on=("lemma-5.6", "lemma-8"),
            source=("Lemma 3", "eqs. (17)-(18)"),
        ),
        _lemma(
            8,
            "weighted gradients, convex",
            "M_f",
            3 * L**2 * alpha0 * Gamma + split + 6 * (alpha0 + alpha1) * L * e,
            assumptions=frozenset({"A2", "A3", "convex"}),
            conditions=ORDERED,
            source=("Lemma 8", "eqs. (15)-(16)"),
        ),
        _lemma(
            9,
            "error of the estimators, convex",
            "sbar_sq",
            12 * (d + 4) * L**2 * Gamma
            + (12 * n0 * (d + 4) * vs0 + 3 * n1 * vs1) / n
            + 6 * (4 * d + 17) * L * e
            + (4 * (d + 4) * SZ + SF) / n
            + 3 * eta**2 * SMOOTHED / (2 * n * c**2),
            assumptions=convex,
            estimator="two-point",
            depends_on=("lemma-5.7", "lemma-8"),
            source=("Lemma 9", "eq. (19)"),
        ),
        _lemma(
            10,
            "mean bias of the estimators",
            "B_attained",
            LEMMA_10,
            assumptions=frozenset({"A2"}),
            estimator="two-point",
            depends_on=("lemma-1.4",),
        ),
        _lemma(
            11,
            "consensus recursion, convex",
            "Gamma_next",
            (1 - 1 / (4 * n)) * Gamma
            + 12 * eta**2 * SPLIT / n**2
            + 24 * eta**2 * (2 * d + 9) * L * e / n
            + 4 * eta**2 * NOISE / n**2
            + 2 * eta**4 * SMOOTHED / (n**2 * c**2),
            assumptions=convex,
            estimator="two-point",
            conditions=(STEP_11,),
            depends_on=("lemma-2", "lemma-3"),
        ),
        _lemma(
            12,
            "weighted sum of the consensus error",
            "sum_w_Gamma",
            120 * eta**2 * (2 * d + 9) * L * symbols("sum_w_e")[0] + LEMMA_12 * symbols("sum_w")[0],
            scope="trajectory",
            assumptions=convex | {"A1"},
            estimator="two-point",
            conditions=(STEP_12,),
            printed=(PRINTED_12,),
            depends_on=("lemma-11",),
            source=("Lemma 12", "eqs. (28)-(29)"),
        ),
        _lemma(
            13,
            "distance recursion",
            "a_sq_next",
            (1 - l * eta / n + 4 * B * eta**2 / n) * a_sq - C1 * e + C2 * Gamma + C3,
            assumptions=convex | {"A1"},
            estimator="two-point",
            conditions=(STEP_13,),
            printed=(PRINTED_13,),
            depends_on=("lemma-9", "lemma-10"),
            source=("Lemma 13", "eqs. (30)-(40)"),
        ),
    )


def nonconvex_lemmas() -> tuple[Claim, ...]:
    """Lemmas 14-20."""
    split = (3 * alpha0 * n0 * vs0 + 3 * alpha1 * n1 * vs1) / n
    J0, J1, J2, J3 = coefficients_20()
    return (
        _lemma(14, "step of the mean model", "mu_step_sq", 4 * eta**2 / n**2 * M_G),
        _lemma(
            15,
            "weighted gradients",
            "M_f",
            3 * L**2 * alpha0 * Gamma + split + 3 * (alpha0 * n0 + alpha1 * n1) / n * grad_sq,
            assumptions=frozenset({"A2", "A3"}),
            conditions=ORDERED,
            source=("Lemma 15", "eqs. (45)-(46)"),
        ),
        _lemma(
            16,
            "second moment of the estimators",
            "M_G",
            6 * (d + 4) * L**2 * Gamma
            + SPLIT_3 / n
            + GRADIENTS / n * grad_sq
            + NOISE / n
            + eta**2 * SMOOTHED / (2 * n * c**2),
            assumptions=FULL,
            estimator="two-point",
            depends_on=("lemma-5.6", "lemma-15"),
            source=("Lemma 16", "eqs. (47)-(48)"),
        ),
        _lemma(
            17,
            "consensus recursion",
            "Gamma_next",
            (1 - 1 / (4 * n)) * Gamma
            + 12 * eta**2 * SPLIT / n**2
            + 4 * eta**2 * GRADIENTS / n**2 * grad_sq
            + 4 * eta**2 * NOISE / n**2
            + 2 * eta**4 * SMOOTHED / (n**2 * c**2),
            assumptions=FULL,
            estimator="two-point",
            conditions=(STEP_17,),
            depends_on=("lemma-2", "lemma-16"),
        ),
        _lemma(
            18,
            "sum of the consensus error",
            "sum_Gamma",
            T
            * (
                48 * eta**2 * SPLIT / n
                + 16 * eta**2 * NOISE / n
                + 8 * eta**4 * SMOOTHED / (n * c**2)
            )
            + 16 * eta**2 * GRADIENTS / n * symbols("sum_grad_sq")[0],
            scope="trajectory",
            assumptions=FULL,
            estimator="two-point",
            depends_on=("lemma-17",),
            source=("Lemma 18", "eqs. (49)-(50)"),
        ),
        _lemma(
            19,
            "drift along the gradient",
            "drift",
            -eta / n * grad_sq + 2 * eta / n * B**2 + 2 * L**2 * eta / n * Gamma,
            assumptions=frozenset({"A2"}),
            estimator="any",
            source=("Lemma 19", "eqs. (51)-(55)"),
        ),
        _lemma(
            20,
            "descent of the objective",
            "f_step",
            (2 * L * GRADIENTS * eta**2 / n**3 - eta / n) * grad_sq
            + J0 * Gamma
            + eta**2 * J1
            + eta**3 * J2
            + eta**4 * J3,
            assumptions=FULL,
            estimator="two-point",
            depends_on=("lemma-10", "lemma-14", "lemma-16", "lemma-19"),
        ),
    )
