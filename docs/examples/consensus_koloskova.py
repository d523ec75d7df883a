"""The consensus distance of decentralised SGD, for pairs that meet at random.

Koloskova, Loizou, Boreiri, Jaggi, Stich, "A Unified Theory of Decentralized SGD with Changing
Topology and Local Updates", ICML 2020, bound the consensus distance by a recursion of the form

    E Gamma_{t+1} <= (1 - p/2) Gamma_t + eta^2 (heterogeneity, gradients, noise),

for small eta, where p is the rate of the averaging alone, E||X W - Xbar||^2 <= (1 - p)||X -
Xbar||^2 (their Assumption 4 with tau = 1). Here is that recursion for Algorithm 1, in which one
uniformly random pair steps and averages; the constants are derived for it and are not theirs.

Their constants in this project's symbols:

    p          1/(n - 1): averaging a random pair leaves (n - 2)/(n - 1) of Gamma
    zeta^2     (n0 vs0_sq + n1 vs1_sq)/n, the spread of the gradients at one point (A3)
    sigma^2    (q S_Z + S_F)/n with q = (d + 1)/rv + 1, the noise that is always there (A4)
    M          (d + 1)/rv, the noise that grows with the gradient: a forward gradient has
               E||G||^2 = q E||grad F||^2; with gradients alone M = 0 would do

Derivation. With x_i = X_i - mu and m_i = E_t G_i = grad f^i(X_i), exactly

    E Gamma' = (1 - p) Gamma - 2 eta (n-2)/(n(n-1)) (1/n) sum <m_i, x_i>
               + eta^2 (n-2)/n^2 (S + (||sum m||^2 - sum ||m_i||^2)/(n(n-1))),  S = mean E||G_i||^2.

The inner product costs (p/4) Gamma + 4 p eta^2 (1/n) sum ||m_i||^2 (Young), the last bracket at
most S + (1/n) sum ||m_i||^2 (Cauchy, Schwarz), and (n-2)/n^2 <= p; S <= (1 + M)(1/n) sum ||m_i||^2
+ sigma^2. Together (6 + M) p eta^2 (1/n) sum ||m_i||^2, in which (1/n) sum ||m_i||^2 <= 3 (L^2
Gamma + zeta^2 + ||grad f(mu)||^2). For eta <= 1/(5 L sqrt(d+4)) the term in L^2 Gamma is at most
(p/4) Gamma, as 12 (6 + M) <= 25 (d + 4).
"""

import sympy as sp

from theory import Claim, symbols
from theory.proofs.proof import Axiom, Proof, Range, Step, Use

n, n0, n1, d, rv, L, eta = symbols("n n0 n1 d rv L eta")
Gamma, Gamma_next, grad_sq, vs0_sq, vs1_sq, S_Z, S_F = symbols(
    "Gamma Gamma_next grad_sq vs0_sq vs1_sq S_Z S_F"
)

p = 1 / (n - 1)
M = (d + 1) / rv
zeta_sq = (n0 * vs0_sq + n1 * vs1_sq) / n
sigma_sq = ((1 + M) * S_Z + S_F) / n
gradients = 3 * (6 + M) * p * eta**2

COMMON = {
    "edition": "own",
    "lhs": Gamma_next,
    "relation": "<=",
    "scope": "step",
    "estimator": "forward-gradient",
    "source": ("Koloskova et al. 2020, for a random pair",),
}

recursion = Claim(
    key="koloskova-recursion",
    title="consensus distance, any step size",
    rhs=(1 - 3 * p / 4) * Gamma
    + gradients * (L**2 * Gamma + zeta_sq + grad_sq)
    + p * eta**2 * sigma_sq,
    assumptions=frozenset({"A2", "A3", "A4"}),
    **COMMON,
)

small_step = 1 / (5 * L * sp.sqrt(d + 4))

consensus = Claim(
    key="koloskova-consensus",
    title="consensus distance, small step size",
    rhs=(1 - p / 2) * Gamma + gradients * (zeta_sq + grad_sq) + p * eta**2 * sigma_sq,
    assumptions=frozenset({"A2", "A3", "A4"}),
    conditions=(sp.Le(eta, small_step),),
    depends_on=("koloskova-recursion",),
    **COMMON,
)

CLAIMS = [recursion, consensus]

pair = (n - 2) * eta**2 / (2 * n**2)  # what E||G_i + G_j||^2 weighs in E Gamma'
crossed = 2 * eta * (n - 2) / (n**2 * (n - 1))

PROOFS = {
    "koloskova-recursion": Proof(
        "koloskova-recursion",
        "own",
        (
            Step(
                "the recursion",
                recursion.rhs,
                recursion.lhs,
                (
                    (2 * pair / n, Axiom("forward_square")),
                    (2 * pair / n, Axiom("gradient_noise")),
                    (2 * pair / (n * (n - 1)), Axiom("forward_mean", ("squares", 1))),
                    (2 * pair / (n * (n - 1)), Axiom("forward_mean", ("sum", -1))),
                    (crossed, Axiom("forward_mean", ("x", 1))),
                    *((gradients / n, Axiom("lipschitz", (group,))) for group in (0, 1)),
                    *((gradients / n, Axiom("split", (group,))) for group in (0, 1)),
                ),
            ),
        ),
    ),
    "koloskova-consensus": Proof(
        "koloskova-consensus",
        "own",
        (
            Step(
                "the small step",
                consensus.rhs,
                consensus.lhs,
                ((sp.Integer(1), Use("koloskova-recursion", "own")),),
            ),
        ),
        limits=(Range(eta, sp.Integer(0), small_step),),
    ),
}
