"""Errata of definitions, assumptions, and of the units of what the theorems fix."""

from typing import Any

import sympy as sp

from theory.errata.convex import LADDER, B
from theory.errata.step import Case, Erratum, Units, step
from theory.notation import symbols
from theory.published import lemmas as ladder

n, n0, n1, d, L, l, eta, nu, c, T = symbols("n n0 n1 d L l eta nu c T")  # noqa: E741
s_sq, grad_sq, grad_i = symbols("s_sq grad_sq grad_i_sq")
first, second, attained = symbols("noise_first noise_second B_attained")


def _pair(problem: dict[str, Any], models: list[list[float]], **more: Any) -> dict[str, Any]:
    """A spec of two agents with eta = nu = 1."""
    return {
        "problem": problem,
        "population": {"first_order": 2},
        "method": {"step_size": 1.0, "smoothing": 1.0},
        "state": {"models": models},
        **more,
    }


def objective() -> Erratum:
    """f is the mean of all f^i."""
    two, weighted = symbols("grad_two_means_sq grad_weighted_sq")
    mixed = {"zeroth_order": 1, "first_order": 1}
    instance = _pair({"kind": "quadratic", "curvature": 1.0}, [[1.0], [1.0]], population=mixed)
    return Erratum(
        id="objective",
        location="section on the setting, definition of f",
        kind="slip",
        published="f = (1/n0) sum_{N0} f^i + (1/n1) sum_{N1} f^i",
        corrected="f = (1/n) sum_i f^i = (n0/n) (mean over N0) + (n1/n) (mean over N1)",
        why="Every proof uses grad f(mu) = (1/n) sum_i grad f^i(mu), as in (31), (34) and Lemma "
        "19. The printed sum of two means is twice that where both groups hold the same data, so "
        "that even equal f^i are not balanced in the sense of A3 (||grad f^i - grad f|| = "
        "||grad f^i||), and it is undefined for n0 = 0 or n1 = 0, which the paper speaks of.",
        cases=(
            Case(
                step("objective", grad_sq, "==", two, scope="step"),
                step("objective", grad_sq, "==", weighted, scope="step"),
                instance=instance,
            ),
        ),
        hits=("lemma-8", "lemma-13", "lemma-15", "lemma-19", "lemma-20"),
        unless="f is read as the mean, as the proofs do",
        region="wherever the weights differ from (n0/n, n1/n), that is always, unless grad f(mu) "
        "vanishes or the groups cancel",
    )


def smoothness() -> Erratum:
    """A2, second half."""
    gap, bregman = symbols("grad_gap bregman")
    fields: dict[str, Any] = {"scope": "function", "assumptions": frozenset({"A2", "convex"})}
    instance = _pair(
        {"kind": "quadratic", "curvature": 1.0},
        [[0.5], [0.0]],
        parameters={"agent": 0, "other": 1},
    )
    right = 2 * L * bregman
    return Erratum(
        id="A2-square",
        location="assumption A2, second half",
        kind="slip",
        published="||grad F(x) - grad F(y)|| <= 2 L (F(x) - F(y) - <x - y, grad F(y)>)",
        corrected="||grad F(x) - grad F(y)||^2 <= 2 L (F(x) - F(y) - <x - y, grad F(y)>)",
        why="The square is missing: the left-hand side is of first order in x - y and the "
        "right-hand side of second, so nothing but an affine F satisfies it.",
        cases=(
            Case(
                step("A2-convex", gap, "<=", right, **fields),
                step("A2-convex", gap**2, "<=", right, **fields),
                instance=instance,
            ),
        ),
        units=(Units((gap, right), (gap**2, right)),),
        hits=(),
        region="for F = (a/2) x^2 with L = a exactly where |x - y| < 1/a; for every convex F "
        "that is not affine somewhere",
    )


def noise() -> Erratum:
    """A4."""
    return Erratum(
        id="A4-square",
        location="assumption A4",
        kind="slip",
        published="E||grad F^i - grad f^i|| <= s_i^2",
        corrected="E||grad F^i - grad f^i||^2 <= s_i^2",
        why="The square is missing: (6), (7), (17)-(19) use the second moment. Noise of two "
        "values +-2 has E|xi| = 2, so the printed A4 allows s^2 = 2, and E xi^2 = 4.",
        cases=(
            Case(
                step("A4", grad_i + second, "<=", grad_i + s_sq, conditions=(sp.Le(first, s_sq),)),
                step("A4", grad_i + second, "<=", grad_i + s_sq, conditions=(sp.Le(second, s_sq),)),
                numbers={"grad_i_sq": "0", "noise_first": "2", "noise_second": "4", "s_sq": "2"},
            ),
        ),
        units=(Units((first, s_sq), (second, s_sq)),),
        hits=("lemma-5.6", "lemma-5.7", "lemma-3", "lemma-9", "lemma-16"),
        fails_if=(sp.Gt(second, s_sq),),
        unless="A4 is read with the square",
        region="two-valued noise +-r: exactly r > 1",
    )


def bounds() -> Erratum:
    """Definitions 5-7 give bounds, and lemmas bound these from above."""
    return Erratum(
        id="bias-bound",
        location="definitions of b_i, B and sigma_t^i, with Lemmas 9 and 10",
        kind="slip",
        published="b_i >= ||grad f^i(x) - E G^i(x)||, (sigma_t^i)^2 >= E||grad f^i - G^i||^2",
        corrected="b_i = sup_x ||grad f^i(x) - E G^i(x)||, and (sigma_t^i)^2 the expectation "
        "itself, so that upper bounds for them can be proved",
        why="As defined, b_i and sigma_t^i may be as large as one likes, and Lemmas 10 and 9 bound "
        "them from above.",
        cases=(
            Case(
                step("B", B, "<=", ladder.LEMMA_10, conditions=(sp.Ge(B, attained),)),
                LADDER["lemma-10"],
                numbers={
                    **dict.fromkeys(("n0", "d", "L", "eta", "c"), "1"),
                    **{"n": "2", "B": "100", "B_attained": "0"},
                },
            ),
        ),
        hits=("lemma-9", "lemma-10"),
        unless="the least such numbers are meant",
        fails_if=(sp.Gt(B, ladder.LEMMA_10),),
        region="exactly B > eta n0 L (d+3)^{3/2}/(2 c n)",
    )


def smoothing_unit() -> Erratum:
    """nu = eta/sqrt(d)."""
    ratio = c * sp.sqrt(d)
    quantity = L * d * n0 / n
    return Erratum(
        id="smoothing-unit",
        location="Theorem 1, nu = eta/sqrt(d), c = sqrt(d); headline (eq. 1)",
        kind="gap",
        published="nu = eta/sqrt(d), c = sqrt(d)",
        corrected="nu = eta/(c sqrt(d)) with a constant c > 0 of unit x/f, kept in what follows: "
        "nu^2 L d^2 n0/n in place of eta^2 L d n0/n",
        why="c = eta/nu is a length divided by a value, so that c = sqrt(d) compares quantities of "
        "different units: the constant it hides changes with the units of F and x. The third "
        "term of the headline and of Theorem 1.1 has another unit than the other two for "
        "this reason.",
        units=(
            Units((nu, eta / sp.sqrt(d)), (nu, eta / ratio)),
            Units((c, sp.sqrt(d)), (c, c * sp.sqrt(d))),
            Units(
                (eta * s_sq / n, eta**2 * quantity),
                (eta * s_sq / n, eta**2 * quantity / c**2),
            ),
        ),
        hits=("theorem-1.1", "theorem-1.2"),
        unless="numbers are in units in which c = sqrt(d) is meant",
        region="a dimensional argument: no numbers are wrong in fixed units",
    )


def step_unit() -> Erratum:
    """eta = n/sqrt(d T)."""
    printed = L**2 * (d * n0 + n1) ** 2 / (d * n**2)
    rate = n / sp.sqrt(d * T)
    return Erratum(
        id="step-unit-1.2",
        location="Theorem 1.2, eta = n/sqrt(d T) and the condition on T",
        kind="gap",
        published="eta = n/sqrt(d T), T = Omega(L^2 ...)",
        corrected="eta = n/(L sqrt(d T)) and T = Omega(...) without L^2, or a constant of unit "
        "x^2/f "
        "before n/sqrt(d T)",
        why="A step size of unit x^2/f is set to a number, and T, a number, is bounded below by "
        "L^2. "
        "The sum f(mu_0) - f* + L (...) + L^2 (...) of the rate adds three units for the same "
        "reason.",
        units=(
            Units((eta, rate), (eta, rate / L)),
            Units((T, printed), (T, printed / L**2)),
        ),
        hits=("theorem-1.2",),
        unless="numbers are in units in which eta = n/sqrt(d T) is meant",
        region="a dimensional argument: no numbers are wrong in fixed units",
    )


def horizon_unit() -> Erratum:
    """(L+1)(1/l+1)/l."""
    return Erratum(
        id="horizon-unit-1.1",
        location="Theorem 1.1, condition on T; eta = O(1/(d (L+l+1))) of its proof",
        kind="gap",
        published="T/log T = Omega(n (d+n) (L+1) (1/l+1)/l)",
        corrected="T/log T = Omega(n (d+n) L/l)",
        why="L + 1 and 1/l + 1 add a number to a curvature and to its inverse. The 1's serve Lemma "
        "13's condition, which goes with (38)-(40); with the repaired lemma 12 L (10 (d+4) + n^2) "
        "eta <= n is all that the explicit form asks (theorem-1.1-explicit), that is T/log T >= "
        "48 (L/l) (10 (d+4) + n^2).",
        units=(
            Units((T, n * (d + n) * (L + 1) * (1 / l + 1) / l), (T, n * (d + n) * L / l)),
            Units((eta, 1 / (d * (L + l + 1))), (eta, 1 / (d * (L + l)))),
        ),
        hits=("theorem-1.1",),
        unless="numbers are in units in which the 1's are meant",
        region="a dimensional argument: the printed condition is sufficient, and not invariant",
    )


def definitions() -> tuple[Erratum, ...]:
    """In the paper's order."""
    return objective(), smoothness(), noise(), bounds()


def units() -> tuple[Erratum, ...]:
    """What the theorems fix against the units."""
    return smoothing_unit(), horizon_unit(), step_unit()
