"""Theorems 1.1 and 1.2, repaired, and both with nothing but explicit constants."""

import sympy as sp

from theory.claim import Claim
from theory.notation import symbols
from theory.published import lemmas as published
from theory.published.theorems import SMOOTHING
from theory.repaired.lemmas import coefficients_13, coefficients_20

n, n0, n1, d, L, l, eta, nu, c, T = symbols("n n0 n1 d L l eta nu c T")  # noqa: E741
vs0, vs1, SZ, SF = symbols("vs0_sq vs1_sq S_Z S_F")
f_ybar, a_0, a_T, mean_grad, f0 = symbols("f_ybar_gap a_0_sq a_T_sq mean_grad_sq f0_gap")

CONVEX = published.FULL | {"A1", "convex"}
W_T = (1 - eta * l / (2 * n)) ** (-T)
S_T = 2 * n * (W_T - 1) / (eta * l)
"""sum_{t=1}^T w_t, a geometric series."""


def distances() -> tuple[sp.Expr, sp.Expr]:
    """D1 and D2 of (41), from the repaired Lemma 13."""
    C1, C2, C3 = coefficients_13()
    return C1 - 120 * C2 * eta**2 * (2 * d + 9) * L, C2 * published.LEMMA_12 + C3


def theorem_1_1() -> Claim:
    """Equation (43) with S_T = sum_{t=1}^T w_t."""
    D1, D2 = distances()
    return Claim(
        key="theorem-1.1",
        edition="repaired",
        title="convergence, strongly convex",
        scope="trajectory",
        relation="<=",
        lhs=f_ybar + W_T * a_T / (S_T * D1),
        rhs=a_0 / (S_T * D1) + D2 / D1,
        kind="rate",
        assumptions=CONVEX,
        estimator="two-point",
        ties=((eta, 4 * n * sp.log(T) / (T * l)), *SMOOTHING),
        conditions=(published.STEP_11, sp.Gt(D1, 0)),
        depends_on=("lemma-12", "lemma-13"),
        source=(
            "Theorem 1.1",
            "eq. (43), with D1 and D2 of (41)",
            "repaired: S_T = sum_{t=1}^T w_t, printed sum_{t=1}^T w_T; C1, C2, C3 of the repaired "
            "Lemma 13, whose step-size condition is gone",
        ),
    )


def theorem_1_1_explicit() -> Claim:
    """Theorem 1.1 for every T, nu and eta up to a limit, without D1 and D2."""
    noise = 81 * (d + 4) * n0 * vs0 + 57 * n1 * vs1 + 13 * (d + 4) * SZ + 9 * SF
    return Claim(
        key="theorem-1.1-explicit",
        edition="repaired",
        title="convergence, strongly convex, explicit constants",
        scope="trajectory",
        relation="<=",
        lhs=f_ybar + l * a_T / 4,
        rhs=l * a_0 / (4 * (W_T - 1)) + eta * noise / n**2 + 5 * nu**2 * L * d**2 * n0 / n,
        kind="rate",
        assumptions=CONVEX,
        estimator="two-point",
        conditions=(sp.Le(eta, n / (12 * L * (10 * (d + 4) + n**2))),),
        depends_on=("lemma-12", "lemma-13"),
        source=(
            "Theorem 1.1",
            "D1 >= 2 eta/n, C2 <= 4.95 L eta/n and w_T/S_T >= eta l/(2n) in (43); at "
            "eta = 4 n log T/(T l) the condition reads T/log T >= 48 (L/l) (10 (d+4) + n^2), "
            "and w_T >= T^2",
        ),
    )


def theorem_1_2() -> Claim:
    """Equation (59) with L^3 in K3 and K7 and L^5 in K5."""
    _, J1, J2, J3 = coefficients_20()
    bracket = 48 * published.SPLIT / n + 16 * published.NOISE / n
    K = (
        J1,
        J2 + 2 * L**2 / n * bracket,
        J3 + 12 * L**3 * (d + 4) / n**2 * bracket,
        16 * n0 * L**4 * (d + 6) ** 3 / (n**2 * c**2),
        96 * n0 * L**5 * (d + 4) * (d + 6) ** 3 / (n**3 * c**2),
    )
    G = published.GRADIENTS
    sixth = sp.Le(eta, sp.sqrt(n / (256 * L**2 * G)))
    seventh = sp.Le(eta**3, n**2 / (1536 * L**3 * (d + 4) * G))
    return Claim(
        key="theorem-1.2",
        edition="repaired",
        title="convergence, non-convex",
        scope="trajectory",
        relation="<=",
        kind="rate",
        lhs=mean_grad,
        rhs=4 * n / (eta * T) * f0 + 4 * n * sum(eta ** (i + 1) * term for i, term in enumerate(K)),
        assumptions=published.FULL,
        estimator="two-point",
        ties=((eta, n / sp.sqrt(d * T)), *SMOOTHING),
        conditions=(published.STEP_17, sp.Le(eta, n**2 / (4 * L * G)), sixth, seventh),
        printed=((seventh, sp.Le(eta, sp.cbrt(seventh.rhs))),),
        depends_on=("lemma-18", "lemma-20"),
        source=(
            "Theorem 1.2",
            "eqs. (57)-(59)",
            "repaired: 12 L^3 in K3, 96 L^5 in K5, 1536 L^3 in the condition on K7, where 12 L, "
            "96 L^3, 1536 L are printed",
        ),
    )


def theorem_1_2_explicit() -> Claim:
    """Theorem 1.2 for every T, nu and eta up to a limit, without J and K."""
    noise = published.SPLIT_3 + published.NOISE
    limit = published.GRADIENTS + 4 * n**3 + 5 * n**2 * sp.sqrt(d + 4)
    return Claim(
        key="theorem-1.2-explicit",
        edition="repaired",
        title="convergence, non-convex, explicit constants",
        scope="trajectory",
        relation="<=",
        kind="rate",
        lhs=mean_grad,
        rhs=4 * n / (eta * T) * f0
        + 16 * L * eta * noise / n**2
        + nu**2 * L**2 * (d + 6) ** 3 * n0 * (2 * n0 * n + 1) / n**3,
        assumptions=published.FULL,
        estimator="two-point",
        conditions=(sp.Le(eta, n**2 / (4 * L * limit)),),
        depends_on=("lemma-18", "lemma-20"),
        source=(
            "Theorem 1.2",
            "K6 + K7 <= 1/2 and K2..K5 gathered; at eta = n/sqrt(d T) the condition reads "
            "d T >= 16 L^2 (4 n^2 + 5 n sqrt(d+4) + (6 (d+4) n0 + 3 n1)/n)^2",
        ),
    )
