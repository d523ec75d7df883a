"""Theorems 1.1 and 1.2 as published, with the explicit constants of their proofs."""

import sympy as sp

from theory.claim import Claim
from theory.notation import symbols
from theory.published import lemmas as ladder

n, n0, d, L, l, eta, nu, c, T = symbols("n n0 d L l eta nu c T")  # noqa: E741
SMOOTHING = ((c, sp.sqrt(d)), (nu, eta / sp.sqrt(d)))


def theorem_1_1() -> Claim:
    """Equation (43) with D1, D2 of (41); S_T = sum_{t=1}^T w_T = T w_T as written."""
    f_y, a_0, a_T = symbols("f_y_gap a_0_sq a_T_sq")
    C1, C2, C3 = ladder.coefficients_13(ladder.LEMMA_10)
    D1 = C1 - 120 * C2 * eta**2 * (2 * d + 9) * L
    D2 = C2 * ladder.LEMMA_12 + C3
    w_T = (1 - eta * l / (2 * n)) ** (-T)
    S_T = T * w_T
    return Claim(
        key="theorem-1.1",
        edition="published",
        title="convergence, strongly convex",
        scope="trajectory",
        relation="<=",
        lhs=f_y + w_T * a_T / (S_T * D1),
        rhs=a_0 / (S_T * D1) + D2 / D1,
        kind="rate",
        assumptions=frozenset({"A1", "A2", "A3", "A4", "convex"}),
        estimator="two-point",
        ties=((eta, 4 * n * sp.log(T) / (T * l)), *SMOOTHING),
        conditions=(ladder.STEP_11, ladder.STEP_12, ladder.STEP_13, sp.Gt(D1, 0)),
        printed=(ladder.PRINTED_12, ladder.PRINTED_13),
        depends_on=("lemma-12", "lemma-13", "lemma-10"),
        source=(
            "Theorem 1.1",
            "eq. (43), with D1 and D2 of (41)",
            "explicit form: C1, C2, C3 of Lemma 13 with Lemma 10's bound for B; "
            "S_T = sum_{t=1}^T w_T = T w_T as printed; conditions: D1 > 0 and the step sizes "
            "of Lemmas 11, 12, 13 in place of the order of magnitude of T",
        ),
    )


def theorem_1_2() -> Claim:
    """Equation (59) assembled from (57), (58) and K1..K7."""
    mean_grad, f0 = symbols("mean_grad_sq f0_gap")
    _, J1, J2, J3 = ladder.coefficients_20()
    bracket = 48 * ladder.SPLIT / n + 16 * ladder.NOISE / n
    K = (
        J1,
        J2 + 2 * L**2 / n * bracket,
        J3 + 12 * L * (d + 4) / n**2 * bracket,
        16 * n0 * L**4 * (d + 6) ** 3 / (n**2 * c**2),
        96 * n0 * L**3 * (d + 4) * (d + 6) ** 3 / (n**3 * c**2),
    )
    rhs = 4 * n / (eta * T) * f0 + 4 * n * sum(eta ** (i + 1) * term for i, term in enumerate(K))
    G = ladder.GRADIENTS
    seventh = sp.Le(eta**3, n**2 / (1536 * L * (d + 4) * G))
    return Claim(
        key="theorem-1.2",
        edition="published",
        title="convergence, non-convex",
        scope="trajectory",
        relation="<=",
        kind="rate",
        lhs=mean_grad,
        rhs=rhs,
        assumptions=ladder.FULL,
        estimator="two-point",
        ties=((eta, n / sp.sqrt(d * T)), *SMOOTHING),
        conditions=(
            ladder.STEP_17,
            sp.Le(eta, n**2 / (4 * L * G)),
            sp.Le(eta, sp.sqrt(n / (256 * L**2 * G))),
            seventh,
        ),
        printed=((seventh, sp.Le(eta, sp.cbrt(seventh.rhs))),),
        depends_on=("lemma-18", "lemma-20"),
        source=(
            "Theorem 1.2",
            "eqs. (57)-(59)",
            "explicit form assembled from them: (57) with Lemma 18 in (58), times 2n/(eta T), "
            "divided by 1 - K6 - K7 >= 1/2; conditions: Lemma 17's and those printed on the way "
            "in place of the order of magnitude of T",
        ),
    )
