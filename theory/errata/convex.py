"""The printed steps of Lemmas 2-13."""

from typing import Any

import sympy as sp

from theory.claim import Claim
from theory.errata.step import PrintedStep, step
from theory.notation import symbols
from theory.published import lemmas as ladder

n, n0, n1, d, L, l, eta, nu, c = symbols("n n0 n1 d L l eta nu c")  # noqa: E741
alpha0, alpha1, vs0, vs1, SZ, SF, B = symbols("alpha0 alpha1 vs0_sq vs1_sq S_Z S_F B")
Gamma, e, a_sq, M_G, sbar = symbols("Gamma e a_sq M_G sbar_sq")
Gamma0, Gamma1, g0, g1 = symbols("Gamma0 Gamma1 g0_sq g1_sq")
R1, R2, R3 = symbols("R1 R2 R3")
ONE = sp.Integer(1)

SPLIT_MERGED = 2 * (d + 4) * n0 * vs0 + n1 * vs1
SMOOTHED_6 = nu**2 * L**2 * (d + 6) ** 3 / 2
SMOOTHED_7 = 3 * SMOOTHED_6
STEP: dict[str, Any] = {"scope": "step", "assumptions": ladder.FULL}
CONVEX: dict[str, Any] = {"scope": "step", "assumptions": ladder.FULL | {"convex"}}
STRONG: dict[str, Any] = {"scope": "step", "assumptions": ladder.FULL | {"convex", "A1"}}
AGENT: dict[str, Any] = {"scope": "function", "assumptions": frozenset({"A2"})}
TWO_POINT: dict[str, Any] = {"estimator": "two-point"}
BY_C = {nu: eta / c}

LADDER: dict[str, Claim] = {
    claim.key: claim for claim in (*ladder.convex_lemmas(), *ladder.nonconvex_lemmas())
}


def weighted(key: str, zeroth: sp.Expr) -> sp.Expr:
    """The right-hand side of Lemma 8 or 15 with weights (zeroth, 1)."""
    return LADDER[key].rhs.subs({alpha0: zeroth, alpha1: 1}, simultaneous=True)


def lemma_2() -> tuple[PrintedStep, ...]:
    """(22)-(26)."""
    x_dot_m, pair_sq, moved, spread = symbols("x_dot_m pair_sq mu_step_sq spread_sum")
    P2 = 2 * (n - 2) / (n * (n - 1)) * eta * x_dot_m
    young = 2 / n * eta**2 * M_G + Gamma / (2 * n)
    noise = 2 / n * eta**2 * M_G
    total = (1 - 1 / n) * Gamma - Gamma / (n * (n - 1)) + noise + young
    at = "proof of Lemma 2"
    found = (
        (step("lemma-2.mu", moved, "==", eta**2 / n**2 * pair_sq, **STEP), "mu_{t+1}"),
        (
            step(
                "eq-23-noise", (n - 2) ** 2 / (2 * n**2) + (n - 2) / n**2, "==", (n - 2) / (2 * n)
            ),
            "(23), noise factor",
        ),
        (step("eq-23-half", (n - 2) / n, "<=", ONE), "(23), noise factor"),
        (step("eq-23-cross", (n - 2) / n + 2 / n, "==", ONE), "(23), cross factor"),
        (
            step("eq-24", spread / (n**2 * (n - 1)), "==", -Gamma / (n * (n - 1)), **STEP),
            "(24)",
        ),
        (step("eq-25", P2, "<=", young, **STEP), "(25)"),
        (step("eq-25-minus", -P2, "<=", young, **STEP), "(25), with the sign it has in (23)"),
        (step("eq-26", symbols("Gamma_next")[0], "<=", total, **STEP), "(26)"),
        (step("eq-26-sum", total, "<=", LADDER["lemma-2"].rhs), "(26) gives the lemma"),
    )
    return tuple(PrintedStep(c, f"{at}, {where}", ("lemma-2",)) for c, where in found)


def _group(weight: sp.Expr, spread: sp.Expr, count: sp.Expr, split: sp.Expr) -> sp.Expr:
    return 3 * L**2 * weight * spread + 3 * weight * count * split / n + 6 * weight * L * e


def sum_15_16(factor: sp.Expr) -> Claim:
    """(15) + (16), with `factor` before the sums of ||X^i - mu||^2, gives Lemma 8."""
    both = _group(alpha0, factor * Gamma0, n0, vs0) + _group(alpha1, factor * Gamma1, n1, vs1)
    return step(
        "eq-15-16-sum",
        both,
        "<=",
        LADDER["lemma-8"].rhs,
        ties=((n, n0 + n1), (Gamma, (Gamma0 + Gamma1) / n)),
        conditions=ladder.ORDERED,
    )


def moments() -> tuple[PrintedStep, ...]:
    """(15)-(19): Lemmas 8, 3, 9 and 10."""
    M0, M1 = symbols("M_G0 M_G1")
    first = step("eq-15", alpha0 / n * g0, "<=", _group(alpha0, Gamma0, n0, vs0), **CONVEX)
    second = step("eq-16", alpha1 / n * g1, "<=", _group(alpha1, Gamma1, n1, vs1), **CONVEX)
    zeroth = step(
        "eq-17", M0 / n, "<=", (n0 * SMOOTHED_6 + 2 * (d + 4) * (g0 + SZ)) / n, **STEP, **TWO_POINT
    )
    exact = step("eq-18", M1 / n, "<=", (g1 + SF) / n, **STEP)
    merged_3 = n0 * SMOOTHED_6 / n + ladder.NOISE / n + weighted("lemma-8", 2 * (d + 4))
    noise_9 = (4 * (d + 4) * SZ + SF) / n
    merged_9 = n0 * SMOOTHED_7 / n + noise_9 + weighted("lemma-8", 4 * (d + 4))
    bias = n0 / n * nu / 2 * L * (d + 3) ** sp.Rational(3, 2)
    tie = ((nu, eta / c),)
    return (
        PrintedStep(first, "proof of Lemma 8, (15)", ("lemma-8",), "eq-15-16"),
        PrintedStep(second, "proof of Lemma 8, (16)", ("lemma-8",), "eq-15-16"),
        PrintedStep(sum_15_16(ONE), "proof of Lemma 8, (15) + (16)", ("lemma-8",), "eq-15-16"),
        PrintedStep(zeroth, "proof of Lemma 3, (17): (6) on N0", ("lemma-3",)),
        PrintedStep(exact, "proof of Lemma 3, (18): A4 on N1", ("lemma-3",)),
        PrintedStep(
            step("lemma-3-sum", merged_3, "==", LADDER["lemma-3"].rhs, ties=tie),
            "proof of Lemma 3, constants summed",
            ("lemma-3",),
        ),
        PrintedStep(
            step("lemma-9-sum", merged_9, "==", LADDER["lemma-9"].rhs, ties=tie),
            "proof of Lemma 9, (19), constants summed",
            ("lemma-9",),
        ),
        PrintedStep(
            step("lemma-10-sum", bias, "==", ladder.LEMMA_10, ties=tie),
            "Lemma 10 from Lemma 1",
            ("lemma-10",),
        ),
    )


def recursion() -> tuple[PrintedStep, ...]:
    """Lemmas 11 and 12."""
    sum_e, sum_w = symbols("sum_w_e sum_w")
    merged = LADDER["lemma-2"].rhs.subs(M_G, LADDER["lemma-3"].rhs)
    per_step = LADDER["lemma-11"].rhs - (1 - 1 / (4 * n)) * Gamma
    summed = 5 * n * (per_step.subs(e, 0) * sum_w + (per_step - per_step.subs(e, 0)) / e * sum_e)
    limit = {"conditions": (ladder.STEP_12,)}
    ratio = (1 - 1 / (4 * n)) / (1 - eta * l / (2 * n))
    return (
        PrintedStep(
            step(
                "lemma-11-sum", merged, "<=", LADDER["lemma-11"].rhs, conditions=(ladder.STEP_11,)
            ),
            "proof of Lemma 11: Lemma 2 with Lemma 3",
            ("lemma-11",),
        ),
        PrintedStep(
            step("eq-28-ratio", ratio, "<=", ONE, **limit), "proof of Lemma 12, (28)", ("lemma-12",)
        ),
        PrintedStep(
            step("eq-29", 1 / (1 / (4 * n) - eta * l / (2 * n)), "<=", 5 * n, **limit),
            "proof of Lemma 12, (29)",
            ("lemma-12",),
        ),
        PrintedStep(
            step("lemma-12-sum", summed, "==", LADDER["lemma-12"].rhs),
            "proof of Lemma 12: 5n times the terms of Lemma 11",
            ("lemma-12",),
        ),
    )


def eq_33b(distance: sp.Expr) -> Claim:
    """(33b) with (L/2) `distance`."""
    left, rise = symbols("to_mean_dot_g to_mean_rise")
    return step("eq-33b", left, ">=", rise - L / 2 * distance, **AGENT)


def rhs_35() -> sp.Expr:
    """Right-hand side of (35)."""
    return (
        (1 - l * eta / n) * a_sq
        - (4 * eta / n - 16 * L * eta**2 / n**2) * e
        + (2 * (L + l) * eta / n + 8 * L**2 * eta**2 / n**2) * Gamma
    )


def rhs_36(error: sp.Expr) -> sp.Expr:
    """Right-hand side of (36) with `error` in place of sbar^2."""
    split = 64 * eta**2 * (vs0 * n0 + vs1 * n1) / n**3
    return 64 * L**2 * eta**2 / n**2 * Gamma + split + 8 * eta**2 / n**2 * error


def rhs_37(noise: int) -> sp.Expr:
    """Right-hand side of (37); `noise` (d+4) S_Z is 8 as printed, 32 by (36) and Lemma 9."""
    return (
        eta**2 * L**2 * (96 * d + 448) / n**2 * Gamma
        + eta**2 * ((96 * d + 448) * vs0 * n0 + 88 * vs1 * n1) / n**3
        + 48 * eta**2 * (4 * d + 17) * L * e / n**2
        + eta**2 * (noise * (d + 4) * SZ + 8 * SF) / n**3
        + 12 * eta**4 * ladder.SMOOTHED / (n**3 * c**2)
    )


def sum_37(noise: int) -> Claim:
    """(36) with Lemma 9 gives (37)."""
    return step("eq-37-sum", rhs_36(LADDER["lemma-9"].rhs), "<=", rhs_37(noise))


def eq_39(power: int) -> Claim:
    """R3 <= (2 eta^power/n) B."""
    return step("eq-39", R3, "<=", 2 * eta**power / n * B, **STEP)


def rhs_40() -> sp.Expr:
    """Right-hand side of (40)."""
    return (
        2 * B * eta**2 / n * a_sq
        + 16 * B * L**2 * eta**4 / n**3 * Gamma
        + 32 * B * L * eta**4 / n**3 * e
        + B * eta**2 / n
    )


def distance() -> tuple[PrintedStep, ...]:
    """(30)-(40): Lemma 13."""
    off_dot, off_rise, off_sq, wrong = symbols("off_dot_g off_rise off_sq to_mean_grad_sq")
    next_sq, descent, error, cross = symbols("a_sq_next descent_sq F_err_sq F_cross")
    strong = {**AGENT, "assumptions": frozenset({"A1", "A2", "convex"})}
    found: tuple[tuple[Claim, str, str], ...] = (
        (step("eq-30", next_sq, "==", descent + error + 2 * cross, **CONVEX), "(30)", ""),
        (step("eq-32", R1, "<=", 2 * L**2 * Gamma + 4 * L * e, **CONVEX), "(31)-(32)", ""),
        (eq_33b(wrong), "(33b)", "eq-33b"),
        (step("eq-33c", off_dot, ">=", off_rise + l / 2 * off_sq, **strong), "(33c)", ""),
        (
            step("eq-34", R2, ">=", e - (L + l) / 2 * Gamma + l / 4 * a_sq, **STRONG),
            "(34)",
            "",
        ),
        (step("eq-35", descent, "<=", rhs_35(), **STRONG), "(35)", ""),
        (
            step(
                "eq-35-sum",
                a_sq
                - 4 * eta / n * (e - (L + l) / 2 * Gamma + l / 4 * a_sq)
                + 4 * eta**2 / n**2 * (2 * L**2 * Gamma + 4 * L * e),
                "==",
                rhs_35(),
            ),
            "(35), from (32) and (34)",
            "",
        ),
        (step("eq-36", error, "<=", rhs_36(sbar), **CONVEX), "(36)", ""),
        (step("eq-37", error, "<=", rhs_37(8), **CONVEX, **TWO_POINT), "(37)", "eq-37"),
        (sum_37(8), "(37), from (36) and Lemma 9", "eq-37"),
        (
            step("eq-38", R3, "<=", 2 * eta / n * symbols("B_attained")[0], **STEP),
            "(38)",
            "",
        ),
        (eq_39(2), "(38)-(39), last inequality", "eq-39"),
        (step("eq-40", cross, "<=", rhs_40(), **STRONG), "(40)", "eq-40"),
        (
            step(
                "lemma-13-sum",
                rhs_35() + rhs_37(8) + 2 * rhs_40(),
                "==",
                LADDER["lemma-13"].rhs,
            ),
            "(35) + (37) + 2 (40)",
            "",
        ),
    )
    return tuple(
        PrintedStep(c, f"proof of Lemma 13, {where}", ("lemma-13",), erratum)
        for c, where, erratum in found
    )


def convex_steps() -> tuple[PrintedStep, ...]:
    """All of them, in the paper's order."""
    return (*lemma_2(), *moments(), *recursion(), *distance())
