"""The printed steps of Lemmas 14-20 and of the proof of Theorem 1.2."""

import sympy as sp

from theory.claim import Claim
from theory.errata.convex import (
    LADDER,
    M_G,
    SMOOTHED_6,
    STEP,
    B,
    weighted,
)
from theory.errata.step import PrintedStep, step
from theory.notation import symbols
from theory.published import lemmas as ladder

n, n0, n1, d, L, eta, nu, c, T = symbols("n n0 n1 d L eta nu c T")
vs0, vs1, SZ, SF, Gamma, grad_sq = symbols("vs0_sq vs1_sq S_Z S_F Gamma grad_sq")
G = ladder.GRADIENTS
GATHERED = (
    sp.Le(eta, 1 / (100 * L * sp.sqrt(d))),
    sp.Le(eta, n**2 / (100 * L * (d * n0 + n1))),
)
"""eta = O(min{...}) of the end of the proof, with a constant."""

TIED = ((eta, n / sp.sqrt(d * T)), (c, sp.sqrt(d)))
LONG = (
    sp.Ge(T, 10**4 * L**2 * (d * n0 + n1) ** 2 / (d * n**2)),
    sp.Ge(T, 10**4 * n**2 * L**2),
    sp.Ge(T, 10**4 * n * n0**3 * d),
)
"""The condition on T of Theorem 1.2, with a constant."""

LOST = (sp.Ge(T, 10**4 * n**4 * L**2 / d), sp.Ge(T, 10**4 * n**2))
"""T_p >= max(n^3 L^2/d, n) of its proof, with the same constant."""

J0, J1, J2, J3 = ladder.coefficients_20()
DERIVED_J0 = 2 * L**2 * eta / n + 12 * L**3 * (d + 4) * eta**2 / n**2
BRACKET = 48 * ladder.SPLIT / n + 16 * ladder.NOISE / n
CONSENSUS = 8 * ladder.SMOOTHED / (n * c**2)
"""The coefficient of eta^4 in Lemma 18's bracket."""


def K_lines(*, third: int, fifth: int) -> tuple[sp.Expr, ...]:
    """K1..K5 with L^third in K3 and L^fifth in K5; 1 and 3 as printed."""
    return (
        J1,
        J2 + 2 * L**2 / n * BRACKET,
        J3 + 12 * L**third * (d + 4) / n**2 * BRACKET,
        16 * n0 * L**4 * (d + 6) ** 3 / (n**2 * c**2),
        96 * n0 * L**fifth * (d + 4) * (d + 6) ** 3 / (n**3 * c**2),
    )


def K7(power: int) -> sp.Expr:
    """K7 with L^power; 1 as printed."""
    return 384 * L**power * eta**3 * (d + 4) * G / n**2


def K_claim(key: str, consensus: sp.Expr, *, third: int, fifth: int) -> Claim:
    """What Lemma 18 leaves of `consensus` E Gamma is covered by K1..K5."""
    left = consensus * (eta**2 * BRACKET + eta**4 * CONSENSUS)
    left += eta**2 * J1 + eta**3 * J2 + eta**4 * J3
    lines = K_lines(third=third, fifth=fifth)
    right = sum((eta ** (i + 2) * K for i, K in enumerate(lines)), start=sp.Integer(0))
    return step(key, left, "<=", right)


def sum_20(power: int) -> Claim:
    """Lemmas 19, 10, 14 and 16 give Lemma 20 with 12 L^power (d+4)."""
    drift = LADDER["lemma-19"].rhs.subs(B, ladder.LEMMA_10)
    curved = L / 2 * LADDER["lemma-14"].rhs.subs(M_G, LADDER["lemma-16"].rhs)
    right = LADDER["lemma-20"].rhs + 12 * (L**power - L) * (d + 4) * eta**2 / n**2 * Gamma
    return step("lemma-20-sum", drift + curved, "<=", right)


def seventh_gathered(power: int) -> Claim:
    """The gathered step size makes K7 <= 1/4."""
    return step(
        "gathered-K7",
        4 * K7(power),
        "<=",
        sp.Integer(1),
        ties=((n, n0 + n1),),
        conditions=GATHERED,
    )


def horizon(number: int, *, whole: bool) -> Claim:
    """The condition on T makes this K as small as the theorem's terms: 2, 3 noise, 4, 5 smoothing.

    `whole`: with T_p >= max(n^3 L^2/d, n) of the proof as well.
    """
    noise = d * n0 * vs0 + n1 * vs1 + d * SZ + SF
    per_noise = L * noise / (n * d)
    terms = {
        2: (2 * L**2 / n * BRACKET, per_noise),
        3: (12 * L**3 * (d + 4) / n**2 * BRACKET, per_noise),
        4: (K_lines(third=3, fifth=5)[3], L**2 * sp.sqrt(n0 / n)),
        5: (K_lines(third=3, fifth=5)[4], L**2 * sp.sqrt(n0 / n)),
    }
    line, order = terms[number]
    return step(
        f"horizon-K{number}",
        4 * n * eta**number * line,
        "<=",
        10**4 * sp.sqrt(d / T) * order,
        ties=((n, n0 + n1), *TIED),
        conditions=(*LONG, *(LOST if whole else ())),
    )


def lemmas_14_20() -> tuple[PrintedStep, ...]:
    """Constants summed, and what Lemma 20's proof adds up."""
    pair_sq, moved = symbols("pair_sq mu_step_sq")
    total_16 = n0 * SMOOTHED_6 / n + ladder.NOISE / n + weighted("lemma-15", 2 * (d + 4))
    merged_17 = LADDER["lemma-2"].rhs.subs(M_G, LADDER["lemma-16"].rhs)
    per_step = LADDER["lemma-17"].rhs - (1 - 1 / (4 * n)) * Gamma
    sums = symbols("sum_grad_sq")[0]
    total_18 = 4 * n * (per_step.subs(grad_sq, 0) * T + per_step.coeff(grad_sq) * sums)
    found: tuple[tuple[Claim, str, str, str], ...] = (
        (
            step("lemma-14-pair", moved, "==", eta**2 / n**2 * pair_sq, **STEP),
            "proof of Lemma 14",
            "lemma-14",
            "",
        ),
        (
            step("lemma-16-sum", total_16, "==", LADDER["lemma-16"].rhs, ties=((nu, eta / c),)),
            "proof of Lemma 16, (47)-(48), constants summed",
            "lemma-16",
            "",
        ),
        (
            step(
                "lemma-17-sum",
                merged_17,
                "<=",
                LADDER["lemma-17"].rhs,
                conditions=(ladder.STEP_17,),
            ),
            "proof of Lemma 17: Lemma 2 with Lemma 16",
            "lemma-17",
            "",
        ),
        (
            step("lemma-18-sum", sp.expand(total_18), "==", LADDER["lemma-18"].rhs),
            "proof of Lemma 18, (49)-(50): 4n times the terms of Lemma 17",
            "lemma-18",
            "",
        ),
        (
            sum_20(1),
            "proof of Lemma 20: Lemmas 19, 10, 14 and 16",
            "lemma-20",
            "lemma-20",
        ),
    )
    return tuple(PrintedStep(c, at, (used,), erratum) for c, at, used, erratum in found)


def theorem_1_2_steps() -> tuple[PrintedStep, ...]:
    """(57)-(59), K1..K7, and the conditions gathered."""
    half = eta / (2 * n)
    summed = 16 * eta**2 * G / n
    sixth = 64 * L**2 * eta**2 * G / n
    one = sp.Integer(1)
    bound_6 = sp.Le(eta, sp.sqrt(n / (256 * L**2 * G)))
    bound_7 = sp.Le(eta**3, n**2 / (1536 * L * (d + 4) * G))
    tie = ((n, n0 + n1),)
    near = {"ties": tie, "conditions": GATHERED}
    long = {"ties": (*tie, *TIED), "conditions": LONG}
    rate = sp.sqrt(d / T)
    noise = d * n0 * vs0 + n1 * vs1 + d * SZ + SF
    smooth = 10**4 * rate * L**2 * sp.sqrt(n0 / n)
    found: tuple[tuple[Claim, str, str], ...] = (
        (
            step(
                "eq-57-half",
                2 * L * G * eta**2 / n**3,
                "<=",
                half,
                conditions=(sp.Le(eta, n**2 / (4 * L * G)),),
            ),
            "eta <= n^2/(4 L (6(d+4) n0 + 3 n1)) halves the gradient term",
            "",
        ),
        (K_claim("K-lines-printed", J0, third=1, fifth=3), "(58): K1..K5 from printed J0..J3", ""),
        (K_claim("K-lines", DERIVED_J0, third=1, fifth=3), "(58): K1..K5 as derived", "K-lines"),
        (
            step("K6-K7", J0 * summed / half, "==", sixth + K7(1)),
            "K6 and K7 from J0 as printed",
            "",
        ),
        (step("K6", 4 * sixth, "<=", one, conditions=(bound_6,)), "K6 <= 1/4", ""),
        (step("K7", 4 * K7(1), "<=", one, conditions=(bound_7,)), "K7 <= 1/4", ""),
        (
            step("gathered-17", eta, "<=", ladder.STEP_17.rhs, **near),
            "the gathered step size gives Lemma 17's",
            "",
        ),
        (
            step("gathered-57", eta, "<=", n**2 / (4 * L * G), **near),
            "the gathered step size halves the gradient term",
            "",
        ),
        (step("gathered-K6", 4 * sixth, "<=", one, **near), "the gathered step size and K6", ""),
        (seventh_gathered(1), "the gathered step size and K7", "gathered-K7"),
        *(
            (
                step(f"horizon-eta-{i}", eta, "<=", bound.rhs, **long),
                "the condition on T gives the gathered step size",
                "",
            )
            for i, bound in enumerate(GATHERED)
        ),
        (
            step("horizon-K1", 4 * n * eta * J1, "<=", 10**4 * rate * L * noise / (n * d), **long),
            "order of K1",
            "",
        ),
        (step("horizon-J2", 4 * n * eta**2 * J2, "<=", smooth, **long), "order of J2", ""),
        (step("horizon-J3", 4 * n * eta**3 * J3, "<=", smooth, **long), "order of J3", ""),
        *(
            (horizon(k, whole=False), f"order of K{k}", "horizon-1.2" if k == 2 else "")
            for k in (2, 3, 4, 5)
        ),
    )
    return tuple(
        PrintedStep(claim, f"proof of Theorem 1.2, {where}", ("theorem-1.2",), erratum)
        for claim, where, erratum in found
    )


def nonconvex_steps() -> tuple[PrintedStep, ...]:
    """All of them, in the paper's order."""
    return (*lemmas_14_20(), *theorem_1_2_steps())
