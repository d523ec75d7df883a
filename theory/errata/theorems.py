"""Errata of the theorems: S_T, K1..K7, conditions gathered, claims drawn from them."""

import sympy as sp

from theory.errata import nonconvex, theorem
from theory.errata.statements import instance_of, ones, repaired_claim
from theory.errata.step import Case, Erratum, step
from theory.notation import symbols
from theory.published import lemmas as ladder
from theory.published.theorems import theorem_1_1, theorem_1_2

n, n0, d, eta, T, SZ = symbols("n n0 d eta T S_Z")


def theorems_in_error() -> tuple[Erratum, ...]:
    """S_T, K1..K7, conditions gathered, claims drawn."""
    whole = {"steps": 65536, "start": [10.0], "step_size": 0.0013538030870311431}
    noisy = {"kind": "quadratic", "curvature": 1.0, "centres": 10.0, "noise": 1.0}
    w_T = symbols("w_T")[0]
    return (
        Erratum(
            id="S_T",
            location="Theorem 1, S_T = sum_{t=1}^T w_T",
            kind="false",
            published="S_T = sum_{t=1}^T w_T = T w_T",
            corrected="S_T = sum_{t=1}^T w_t = (w_T - 1) 2 n/(eta l)",
            why="An index slip that makes the statement false: with S_T = T w_T the weights "
            "w_t/S_T do "
            "not add up to 1, and y_T = sum w_t mu_{t-1}/S_T tends to 0 and not to x*. "
            "(42) needs an average, and w_T/S_T >= eta l/(2n) needs the geometric sum.",
            cases=(
                Case(
                    theorem.last_weight(T * w_T),
                    theorem.last_weight(theorem.PROPER),
                    numbers={"T": "100", "l": "1", "n": "2"},
                ),
                Case(
                    theorem_1_1(),
                    repaired_claim("theorem-1.1"),
                    instance=instance_of(
                        noisy, (0, 2), method={**whole, "smoothing": whole["step_size"]}
                    ),
                ),
            ),
            hits=("theorem-1.1",),
            region="the inequality w_T/S_T >= eta l/(2n) for every T >= 2; the statement wherever "
            "x* != 0 and the bound is below f(0) - f*, so for every T beyond some, in "
            "coordinates with x* != 0",
            fails_if=(sp.Ge(T, 2),),
        ),
        Erratum(
            id="K-lines",
            location="proof of Theorem 1.2, K3 and K5",
            kind="slip",
            published="K3 = J3 + (12 L (d+4)/n^2)[...], K5 = 96 n0 L^3 (d+4)(d+6)^3/(n^3 c2)",
            corrected="12 L^3 in K3 and 96 L^5 in K5",
            why="Lemma 20's slip carried on: J0 is 2 L^2 eta/n + 12 L^3 (d+4) eta^2/n^2.",
            cases=(
                Case(
                    nonconvex.K_claim("K-lines", nonconvex.DERIVED_J0, third=1, fifth=3),
                    nonconvex.K_claim("K-lines", nonconvex.DERIVED_J0, third=3, fifth=5),
                    numbers=ones(L="2"),
                ),
            ),
            hits=("theorem-1.2",),
            region="exactly L > 1, where there is split, noise or a zeroth-order agent",
        ),
        Erratum(
            id="gathered-K7",
            location="proof of Theorem 1.2, K7, its condition, and the conditions gathered",
            kind="gap",
            published="K7 = 384 L eta^3 ..., eta <= (n^2/(1536 L (d+4)(6(d+4) n0 + 3 n1)))^{1/3}, "
            "gathered as eta = O(min{1/(L sqrt d), n^2/(L (d n0 + n1))})",
            corrected="384 L^3 and 1536 L^3",
            why="Lemma 20's slip again. With the printed L the gathered step size does not give "
            "this "
            "condition (for small L, where it is 1/L against L^{-1/3}); with L^3 it is the "
            "geometric mean of the other two, up to a constant.",
            cases=(
                Case(
                    nonconvex.seventh_gathered(1),
                    nonconvex.seventh_gathered(3),
                    numbers={"n0": "0", "n1": "2", "d": "1", "L": "1/1000000", "eta": "9999"},
                ),
            ),
            hits=("theorem-1.2",),
            region="exactly 1536 L eta^3 (d+4)(6(d+4) n0 + 3 n1) > n^2 within the gathered limits",
            fails_if=(sp.Gt(4 * nonconvex.K7(1), 1),),
        ),
        Erratum(
            id="horizon-1.2",
            location="Theorem 1.2, condition on T",
            kind="gap",
            published="T = Omega(max{L^2 (d n0 + n1)^2/(d n^2), n^2 L^2, n n0^3 d})",
            corrected="T = Omega(max{L^2 (d n0 + n1)^2/(d n^2), n^4 L^2/d, n^2, n n0^3 d})",
            why="The proof asks T_p >= max(n^3 L^2/d, n), which is T >= max(n^4 L^2/d, n^2). The "
            "theorem prints n^2 L^2. Without it 4 n eta^2 K2 is not of the order claimed, for any "
            "constant: the ratio grows with n. That the statement itself fails for large n, d = 1 "
            "is shown by a mean-field argument and a simulation (docs/repaired.md), not by a "
            "machine-checked witness: undecided.",
            cases=(
                Case(
                    nonconvex.horizon(2, whole=False),
                    nonconvex.horizon(2, whole=True),
                    numbers=ones(n0="0", n1="10000000", T="1" + 18 * "0", S_Z="0", S_F="0"),
                ),
            ),
            hits=("theorem-1.2",),
            region="n^2 L^2 <= T < n^4 L^2/d, up to constants: not empty once n^2 > d",
        ),
        Erratum(
            id="sgd-rate",
            location="claims drawn from Theorem 1, non-convex, n0 = 0",
            kind="gap",
            published="for n0 = 0 the rate of first-order SGD, with eta = n/sqrt(d T)",
            corrected="eta = n/sqrt(T) for n0 = 0",
            why="The theorem's step size is 1/sqrt(d) of SGD's whatever n0 is. The bound on the "
            "gradient is then sqrt(d/T) (f(mu_0) - f*) and not (f(mu_0) - f*)/sqrt(T), and "
            "quadratics "
            "attain it: with d = 100 and T = 10^6 a quarter of (f(mu_0) - f*)/200 is left, five "
            "times "
            "(f(mu_0) - f*)/sqrt(T).",
            cases=(_sgd(),),
            hits=(),
            region="d > C^2 for a rate with the constant C",
        ),
    )


def _sgd() -> Case:
    """f = ||x - 1||^2/2 in 100 dimensions."""
    mean_grad, f0 = symbols("mean_grad_sq f0_gap")
    eta_of_T = n / sp.sqrt(d * T)
    method = {"step_size": 0.0002, "smoothing": 1.0, "steps": 10**6}
    problem = {"kind": "quadratic", "curvature": 1.0, "centres": [[1.0] * 100] * 2}
    printed = step(
        "sgd-rate",
        mean_grad,
        "<=",
        4 * f0 / sp.sqrt(T),
        scope="trajectory",
        assumptions=ladder.FULL,
        ties=((eta, eta_of_T),),
        conditions=(sp.Le(SZ + symbols("S_F")[0], 0), sp.Le(n0, 0)),
    )
    return Case(printed, theorem_1_2(), instance=instance_of(problem, (0, 2), method=method))
