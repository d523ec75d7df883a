"""Errata of proof steps, of lemmas and of the theorems' statements."""

from typing import Any

import sympy as sp

from theory.claim import Claim
from theory.errata import convex, nonconvex
from theory.errata.step import Case, Erratum, Units, step
from theory.notation import symbols
from theory.repaired import repaired

n, n0, n1, d, L, l, eta, B, T = symbols("n n0 n1 d L l eta B T")  # noqa: E741
Gamma, a_sq, SZ = symbols("Gamma a_sq S_Z")
R3, cross, descent = symbols("R3 F_cross descent_sq")
KINK: dict[str, Any] = {"kind": "kinked", "slope_low": 0.015625, "slope_high": 1.0}


def instance_of(problem: dict[str, Any], agents: tuple[int, int], **tables: Any) -> dict[str, Any]:
    """A spec; `agents`: zeroth-order and first-order ones."""
    population = {"zeroth_order": agents[0], "first_order": agents[1]}
    return {"problem": problem, "population": population, **tables}


def _kinked(step_size: float, at: float, low: float = 0.015625) -> dict[str, Any]:
    """Two zeroth-order agents at one point left of the kink, nu = 1."""
    return instance_of(
        {**KINK, "slope_low": low},
        (2, 0),
        method={"step_size": step_size, "smoothing": 1.0},
        state={"models": [[at], [at]]},
    )


def ones(**values: str) -> dict[str, str]:
    """1 for every parameter and quantity that these statements use, but for those named."""
    names = "n0 n1 d L l eta nu c T alpha0 alpha1 Gamma0 Gamma1 e a_sq Gamma grad_sq vs0_sq vs1_sq"
    return {**dict.fromkeys((*names.split(), "S_Z", "S_F"), "1"), "n": "2", **values}


def repaired_claim(key: str) -> Claim:
    """The claim of the repaired edition."""
    return next(c for c in repaired() if c.key == key)


def convex_steps_in_error() -> tuple[Erratum, ...]:
    """(15)-(16), (33b), (37), (39), (40)."""
    to_mean, wrong, rise = symbols("to_mean_sq to_mean_grad_sq to_mean_rise")
    young = 2 * eta / n * B * sp.sqrt(descent)
    apart = instance_of(
        {"kind": "quadratic", "curvature": 0.5},
        (0, 2),
        method={"step_size": 1.0, "smoothing": 1.0},
        state={"models": [[1.0], [-1.0]]},
        parameters={"agent": 0},
    )
    return (
        Erratum(
            id="eq-15-16",
            location="proof of Lemma 8, (15) and (16)",
            kind="slip",
            published="3 L^2 alpha0 sum_{N0} ||X^i - mu||^2 (and the same over N1)",
            corrected="(3 L^2 alpha0/n) sum_{N0} ||X^i - mu||^2",
            why="The factor 1/n of the left-hand side is lost. As printed, the two lines add up to "
            "3 n L^2 alpha0 Gamma, n times what Lemma 8 states. (45) and (46) repeat it.",
            cases=(
                Case(
                    convex.sum_15_16(sp.Integer(1)),
                    convex.sum_15_16(1 / n),
                    numbers=ones(Gamma="1"),
                ),
            ),
            hits=("lemma-8", "lemma-15"),
            region="where alpha0 Gamma0 + alpha1 Gamma1 > 0, up to what alpha1 <= alpha0 leaves",
        ),
        Erratum(
            id="eq-33b",
            location="proof of Lemma 13, (33b)",
            kind="slip",
            published="... - (L/2) ||grad f^i(mu) - grad f^i(X^i)||^2",
            corrected="... - (L/2) ||mu - X^i||^2",
            why="Smoothness bounds the remainder by a distance of points. As printed a value is "
            "compared with a curvature times a squared gradient; for L < 1 the inequality fails, "
            "for "
            "f = (a/2) x^2 it reads a <= L a^2. (34) uses the corrected form.",
            cases=(
                Case(
                    convex.eq_33b(wrong),
                    convex.eq_33b(to_mean),
                    instance=apart,
                ),
            ),
            units=(Units((rise, L / 2 * wrong), (rise, L / 2 * to_mean)),),
            hits=(),
            region="f^i = (a/2) x^2 with L = a: exactly a < 1 (and X^i != mu)",
        ),
        Erratum(
            id="eq-37",
            location="proof of Lemma 13, (37)",
            kind="slip",
            published="8 eta^2 ((d+4) SZ + SF)/n^3",
            corrected="8 eta^2 (4 (d+4) SZ + SF)/n^3",
            why="(36) takes 8 eta^2/n^2 times Lemma 9, whose noise is (4(d+4) SZ + SF)/n: 32 "
            "(d+4) SZ "
            "and not 8 (d+4) SZ. Lemma 13 inherits the smaller constant, and it stands: by Lemmas "
            "14 and 3 instead of 9 the noise is exactly 8 ((d+4) SZ + SF) (lemma-13, repaired).",
            cases=(Case(convex.sum_37(8), convex.sum_37(32), numbers=ones()),),
            hits=("lemma-13",),
            region="exactly SZ > 0",
            fails_if=(sp.Gt(SZ, 0),),
        ),
        Erratum(
            id="eq-39",
            location="proof of Lemma 13, (38)-(39)",
            kind="false",
            published="R3 <= (2 eta^2/n^2) sum b_i = (2 eta^2/n) B",
            corrected="R3 <= (2 eta/n) B",
            why="One power of eta too many: (38) sums eta ||grad f^i - E G^i|| and b_i bounds that "
            "norm without another eta. The bias acts on the distance at order eta.",
            cases=(Case(convex.eq_39(2), convex.eq_39(1), instance=_kinked(0.125, -0.25, 0.25)),),
            units=(Units((R3, 2 * eta**2 / n * B), (R3, 2 * eta / n * B)),),
            hits=("lemma-13",),
            region="R3 > (2 eta^2/n) B; wherever all agents attain their bias bounds, alike: "
            "exactly "
            "eta < 1",
        ),
        Erratum(
            id="eq-40",
            location="proof of Lemma 13, (40)",
            kind="false",
            published="E<mu - x* - F', F' - F> <= (2B eta^2/n) a^2 + ... + B eta^2/n, by z <= "
            "z^2 + 1/4",
            corrected="E<mu - x* - F', F' - F> <= (2 eta/n) B ||mu - x* - F'||",
            why="z <= z^2 + 1/4 adds a length to its square, and (39) enters with its eta^2. The "
            "corrected line is Cauchy-Schwarz; used with Young's inequality it costs B^2 and a "
            "part "
            "of the contraction. The repaired proof does not need the norm of the bias.",
            cases=(
                Case(
                    step("eq-40", cross, "<=", convex.rhs_40(), **convex.STRONG),
                    step("eq-40", cross, "<=", young, **convex.STRONG),
                    instance=_kinked(2.0**-12, -0.5),
                ),
            ),
            units=(
                Units((cross, 2 * B * eta**2 / n * a_sq), (cross, young)),
                Units((cross, B * eta**2 / n), (cross, young)),
            ),
            hits=("lemma-13",),
            region="for eta to 0 wherever <mu - x*, E_t(F' - F)>/eta keeps a positive limit",
        ),
    )


def false_lemmas() -> tuple[Erratum, ...]:
    """Lemmas 12, 13, 18, 20."""
    started = {"smoothing": 1.0, "step_size": 3.0}
    run_12 = {**started, "steps": 524288, "start": [1.0, 0.0]}
    run_18 = {**started, "steps": 8192, "start": [1.0]}
    stretched = {"kind": "quadratic", "curvature": [1.0, 0.03125]}
    lemma = convex.LADDER
    return (
        Erratum(
            id="lemma-12",
            location="Lemma 12, conditions",
            kind="false",
            published="eta <= 1/(10 l)",
            corrected="eta <= 1/(14 L sqrt(d+4)), Lemma 11's, which implies eta <= 1/(10 l)",
            why="The proof unrolls Lemma 11, whose step-size limit is not printed with Lemma 12. "
            "Beyond it the models spread while e_t stays small.",
            cases=(
                Case(
                    lemma["lemma-12"],
                    repaired_claim("lemma-12"),
                    instance=instance_of(stretched, (0, 32768), method=run_12),
                ),
            ),
            hits=("lemma-12",),
            region="inside 1/(14 L sqrt(d+4)) < eta <= 1/(10 l); never for eta within Lemma 11's "
            "limit (proved)",
        ),
        Erratum(
            id="lemma-13",
            location="Lemma 13, the four terms with B",
            kind="false",
            published="4 B eta^2/n a^2 + 64 B L eta^4/n^3 e + 32 B L^2 eta^4/n^3 E Gamma "
            "+ 2 B eta^2/n, for eta <= sqrt(l c n)/(2 sqrt(L n0) (d+3)^{3/4})",
            corrected="2 eta^3 L d n0/(c^2 n^2) = 2 eta nu^2 L d n0/n^2, without a step-size "
            "condition",
            why="The terms come from (39) and (40). The bias moves the mean at order eta: with nu "
            "fixed and eta to 0 the printed bound lets it act at order eta^2 only. As a value, f "
            "<= "
            "f_nu <= f + nu^2 L d/2, it costs 4 eta/n times the mean of the gaps.",
            cases=(
                Case(
                    lemma["lemma-13"],
                    repaired_claim("lemma-13"),
                    instance=_kinked(0.0001, -1.0, 0.01),
                ),
            ),
            units=(
                Units((a_sq, 4 * B * eta**2 / n * a_sq), (a_sq, l * eta / n * a_sq)),
                Units((a_sq, 2 * B * eta**2 / n), (a_sq, 2 * eta * symbols("nu")[0] ** 2 * L)),
            ),
            hits=("lemma-13",),
            region="n0 > 0 and nu > 0 only: for n0 = 0 the terms vanish, and the printed lemma "
            "follows "
            "from the repaired one (proved). There for eta to 0 at fixed nu wherever the bias "
            "pushes mu from x*, -<mu - x*, mbar> > (L+l)/2 Gamma - e - (l/4) a^2 to first order",
        ),
        Erratum(
            id="lemma-18",
            location="Lemma 18, conditions",
            kind="false",
            published="no step-size limit",
            corrected="eta <= 1/(10 L sqrt(d+4)), Lemma 17's",
            why="The proof unrolls Lemma 17, whose limit is not printed with Lemma 18.",
            cases=(
                Case(
                    lemma["lemma-18"],
                    repaired_claim("lemma-18"),
                    instance=instance_of(
                        {"kind": "quadratic", "curvature": 1.0}, (0, 1024), method=run_18
                    ),
                ),
            ),
            hits=("lemma-18",),
            region="inside eta > 1/(10 L sqrt(d+4)) (within that limit it is proved)",
        ),
        Erratum(
            id="lemma-20",
            location="Lemma 20, coefficient of E Gamma",
            kind="false",
            published="12 L (d+4) eta^2/n^2 E Gamma",
            corrected="12 L^3 (d+4) eta^2/n^2 E Gamma",
            why="L/2 times Lemma 14 with Lemma 16's 6(d+4) L^2 E Gamma. Two powers of L are "
            "lost, and "
            "the units do not agree.",
            cases=(
                Case(nonconvex.sum_20(1), nonconvex.sum_20(3), numbers=ones(L="2")),
                Case(
                    lemma["lemma-20"],
                    repaired_claim("lemma-20"),
                    instance=instance_of(
                        {"kind": "quadratic", "curvature": 8.0},
                        (2, 0),
                        method={"step_size": 1.0, "smoothing": 2.0**-10},
                        state={"models": [[1.0], [-1.0]]},
                    ),
                ),
            ),
            units=(
                Units(
                    (L**2 * eta / n * Gamma, 12 * L * eta**2 * Gamma),
                    (L**2 * eta / n * Gamma, 12 * L**3 * eta**2 * Gamma),
                ),
            ),
            hits=("lemma-20",),
            region="L > 1 and E Gamma > 0 only: for L <= 1 the printed lemma follows from the "
            "repaired "
            "one. The sum in its proof fails exactly there",
            fails_if=(sp.Gt(L, 1), sp.Gt(Gamma, 0)),
        ),
    )


def statements() -> tuple[Erratum, ...]:
    """In the paper's order."""
    return (*convex_steps_in_error(), *false_lemmas())
