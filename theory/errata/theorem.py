"""The printed steps of the proof of Theorem 1.1; what O(.) hides is written out as a constant."""

import sympy as sp

from theory.claim import Claim
from theory.errata.convex import B, a_sq
from theory.errata.step import PrintedStep, step
from theory.notation import symbols
from theory.published import lemmas as ladder

n, n0, n1, d, L, l, eta, c, T = symbols("n n0 n1 d L l eta c T")  # noqa: E741
vs0, vs1, SZ, SF = symbols("vs0_sq vs1_sq S_Z S_F")
S_T, w_T, a_0 = symbols("S_T w_T a_0_sq")

ROOT_D = (c, sp.sqrt(d))
RATE = (eta, 4 * n * sp.log(T) / (T * l))
SMALL = sp.Le(eta, 1 / (10000 * d * (L + l + 1)))
"""eta = O(1/(d (L+l+1))) with a constant."""

SMALL_N = sp.Le(eta, 1 / (10000 * n * (L + l + 1)))
"""eta = O(1/((L+l+1) n)) with a constant."""

HORIZON = sp.Ge(T, 10000 * n * (d + n) * (L + 1) * (1 / l + 1) / l * sp.log(T))
WEIGHT = (1 - eta * l / (2 * n)) ** (-T)
PROPER = 2 * n * (WEIGHT - 1) / (eta * l)
"""sum_{t=1}^T w_t."""

C1, C2, C3 = ladder.coefficients_13(ladder.LEMMA_10)
D1 = C1 - 120 * C2 * eta**2 * (2 * d + 9) * L
D2 = C2 * ladder.LEMMA_12 + C3


def last_weight(total: sp.Expr) -> Claim:
    """w_T/S_T >= eta l/(2n), with S_T = `total`."""
    ties = (RATE, (w_T, WEIGHT), (S_T, total))
    return step(
        "eq-43-weight", w_T / S_T, ">=", eta * l / (2 * n), ties=ties, conditions=(sp.Ge(T, 2),)
    )


def _summed() -> Claim:
    sum_e, sum_w = symbols("sum_w_e sum_w")
    lemma = 120 * eta**2 * (2 * d + 9) * L * sum_e + ladder.LEMMA_12 * sum_w
    return step("eq-41", -C1 * sum_e + C2 * lemma + C3 * sum_w, "==", D2 * sum_w - D1 * sum_e)


def theorem_1_1_steps() -> tuple[PrintedStep, ...]:
    """(41)-(44) and the orders of magnitude around them."""
    per_agent = d * n0 * vs0 + n1 * vs1 + d * SZ + SF
    order_D2 = eta**2 * per_agent / n**3 + eta**3 * L * d * n0 / n**2
    contraction = (1 - l * eta / n + 4 * B * eta**2 / n) * a_sq
    limit_13 = {"ties": ((B, ladder.LEMMA_10),), "conditions": (ladder.STEP_13,)}
    small = {"ties": (ROOT_D,), "conditions": (SMALL,)}
    both = {"ties": (ROOT_D,), "conditions": (SMALL, SMALL_N)}
    horizon = {"ties": (RATE,), "conditions": (HORIZON,)}
    needs = sp.sqrt(l * n / (L * d)) / (2 * sp.sqrt(8 * n0 + 1))
    found: tuple[tuple[Claim, str, str], ...] = (
        (
            step("eq-41-rate", contraction, "<=", (1 - l * eta / (2 * n)) * a_sq, **limit_13),
            "a_t^2 <= (1 - l eta/(2n)) a_{t-1}^2 - ...",
            "",
        ),
        (_summed(), "(41)", ""),
        (step("D1-below", D1, ">=", eta / n, **small), "D1 = Omega(eta/n)", ""),
        (step("D1-above", D1, "<=", 4 * eta / n, **small), "D1 <= 4 eta/n", ""),
        (step("C2-order", C2, "<=", 3 * (L + l) * eta / n, **small), "C2 = O((L+l) eta/n)", ""),
        (step("C2-order-n", C2, "<=", 1 / n**2, **both), "C2 = O(1/n^2)", ""),
        (step("D2-order", D2, "<=", 2000 * order_D2, **both), "order of D2", ""),
        (
            step(
                "S_T-below",
                T * WEIGHT,
                ">=",
                T**2,
                ties=(RATE,),
                conditions=(sp.Ge(T, 3),),
            ),
            "S_T >= T^2",
            "",
        ),
        (last_weight(T * WEIGHT), "w_T/S_T >= eta l/(2n)", "S_T"),
        (
            step("eq-44", a_0 * n / (T**2 * eta), "<=", L * a_0 / (T * sp.log(T)), ties=(RATE,)),
            "(44)",
            "",
        ),
        (
            step("horizon-d", eta, "<=", 1 / (1000 * d * (L + l + 1)), **horizon),
            "T/log T = Omega(...) gives eta = O(1/(d (L+l+1)))",
            "",
        ),
        (
            step("horizon-n", eta, "<=", 1 / (1000 * n * (L + l + 1)), **horizon),
            "T/log T = Omega(...) gives eta = O(1/((L+l+1) n))",
            "",
        ),
        (
            step("horizon-13", eta, "<=", needs, **horizon),
            "T/log T = Omega(...) gives Lemma 13's condition",
            "",
        ),
        (
            step("horizon-12", 10 * l * eta, "<=", sp.Integer(1), **horizon),
            "T/log T = Omega(...) gives Lemma 12's condition",
            "",
        ),
    )
    return tuple(
        PrintedStep(claim, f"proof of Theorem 1.1, {where}", ("theorem-1.1",), erratum)
        for claim, where, erratum in found
    )
