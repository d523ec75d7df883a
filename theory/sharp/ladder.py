"""The sharp ladder for Algorithm 1 in closed form: moments of a pair, two recursions, descent.

The multipliers of `theory.sharp.lyapunov` are fixed here (beta = epsilon = 1, kappa = 1/2), so that
each statement has no free parameter; q is that of the zeroth-order agents, qbar the mean over all.
"""

from dataclasses import dataclass
from typing import Any

import sympy as sp

from theory.claim import Claim
from theory.notation import symbols
from theory.sharp.estimators import Estimator, forward_gradient, two_point
from theory.sharp.lyapunov import SPLIT

n, n0, n1, d, L, l, eta, nu, rv = symbols("n n0 n1 d L l eta nu rv")  # noqa: E741
vs0, vs1, SZ, SF, s_sq = symbols("vs0_sq vs1_sq S_Z S_F s_sq")
Gamma, e, a_sq, grad_sq = symbols("Gamma e a_sq grad_sq")

CONVEX = frozenset({"A2", "A3", "A4", "convex"})
SMOOTH = frozenset({"A2", "A3", "A4"})


@dataclass(frozen=True)
class Ladder:
    """E||G_i + G_j||^2 <= gap e + spread Gamma + rest if convex, else gradient ||grad f||^2 + ....

    `rest_smooth` is the constant without convexity; `delta`, `bias_sq`: mean over agents of f_nu -
    f, and the square of the mean's bias; `drag`: mean of ||E G_i(mu) - grad f(mu)||^2.
    """

    estimator: str
    gap: sp.Expr
    gradient: sp.Expr
    spread: sp.Expr
    rest: sp.Expr
    rest_smooth: sp.Expr
    delta: sp.Expr
    bias_sq: sp.Expr
    drag: sp.Expr


def ladder(kind: str) -> Ladder:
    """The constants for two-point or forward-gradient agents beside first-order ones."""
    return _unbiased() if kind == "forward-gradient" else _biased()


def _mean_q(estimator: Estimator) -> sp.Expr:
    return (n0 * estimator.q + n1) / n


def _unbiased() -> Ladder:
    """Of sum ||m_i||^2, 1/(n-1) is taken away exactly: n = 2 first-order agents have no split."""
    used = forward_gradient()
    q, mean = used.q, _mean_q(used)
    split = n0 * (2 * q - 1 - 1 / (n - 1)) * vs0 + n1 * (n - 2) / (n - 1) * vs1
    rest = (4 * split + 2 * (q * SZ + SF)) / n
    return Ladder(
        estimator=used.name,
        gap=16 * mean * L,
        gradient=8 * mean,
        spread=4 * (q + 1) * L**2,
        rest=rest,
        rest_smooth=rest,
        delta=used.delta,
        bias_sq=used.bias,
        drag=SPLIT,
    )


def _biased() -> Ladder:
    """Young with tau = 1 in the second moment; the mean's part is bounded for the smoothed f."""
    used, whole = two_point(), n / (n - 1)
    q, mean = used.q.subs(rv, 1), (n0 * used.q.subs(rv, 1) + n1) / n
    z, share = used.z.subs(rv, 1), n0 / n
    delta, bias_sq = share * used.delta, (share * used.bias) ** 2
    split = n0 * (2 * q - 1) * vs0 + n1 * vs1
    rest = (4 * split + 2 * (q * SZ + SF) + 2 * n0 * z) / n
    return Ladder(
        estimator=used.name,
        gap=8 * L * (2 * mean - 1 + whole),
        gradient=4 * (2 * mean - 1) + 8 * whole,
        spread=4 * (q + whole) * L**2,
        rest=rest + 8 * whole * L * delta,
        rest_smooth=rest + 8 * whole * bias_sq,
        delta=delta,
        bias_sq=bias_sq,
        drag=2 * SPLIT + 2 * share * used.bias**2,
    )


def contraction(*, convex: bool) -> sp.Expr:
    """Gamma's factor in the consensus recursion before second moments: half the gap is kept."""
    kept = 1 - 1 / (2 * (n - 1))
    return kept if convex else kept + 2 * eta * L * (n - 2) / (n * (n - 1))


def pull(used: Ladder) -> sp.Expr:
    """What heterogeneity adds to the consensus recursion."""
    return 2 * eta**2 * (n - 2) ** 2 / (n**2 * (n - 1)) * used.drag


def _claim(used: Ladder, base: str, title: str, lhs: str, rhs: sp.Expr, **more: Any) -> Claim:
    two_pointed = used.estimator == "two-point"
    fields: dict[str, Any] = {
        "key": base if two_pointed else f"{base}.{used.estimator}",
        "edition": "sharp",
        "title": title,
        "lhs": symbols(lhs)[0],
        "relation": "<=",
        "rhs": rhs,
        "scope": "step",
        "assumptions": CONVEX,
        "estimator": used.estimator,
        "source": ("direct computation",),
        **more,
    }
    suffix = "" if two_pointed else f".{used.estimator}"
    named = ("pair-moment", "pair-moment-smooth", "descent")
    fields["depends_on"] = tuple(
        key + suffix if key in named else key for key in fields.get("depends_on", ())
    )
    return Claim(**fields)


def second_moment() -> Claim:
    """Lemma 5, eq. (6), with exact sixth moments: 2(d+2) and d(d+2)(d+4)/2."""
    g = symbols("grad_i_sq")[0]
    curved = nu**2 * L**2 * d * (d + 2) * (d + 4) / 2
    return Claim(
        key="lemma-5.6",
        edition="sharp",
        title="second moment of a two-point estimate",
        lhs=symbols("G_sq")[0],
        relation="<=",
        rhs=2 * (d + 2) * (g + s_sq) + curved,
        scope="agent",
        assumptions=frozenset({"A2", "A4"}),
        estimator="two-point",
        depends_on=("identity-forward-gradient", "identity-sixth-moment"),
        source=("Lemma 5", "eq. (6)"),
    )


def steps(used: Ladder) -> tuple[Claim, ...]:
    """What one interaction does: second moment, descent direction, and the recursions."""
    pair = used.gap * e + used.spread * Gamma + used.rest
    smooth = used.gradient * grad_sq + used.spread * Gamma + used.rest_smooth
    toward = e - used.delta + l / 2 * a_sq - (L - l) / 2 * Gamma
    near = 1 if used.bias_sq == 0 else 2
    gamma = (n - 2) * eta**2 / (2 * n**2)
    return (
        _claim(used, "pair-moment", "second moment of a pair, convex", "pair_sq", pair),
        _claim(
            used,
            "pair-moment-smooth",
            "second moment of a pair, not convex",
            "pair_sq",
            smooth,
            assumptions=SMOOTH,
        ),
        _claim(
            used,
            "descent",
            "descent direction of the mean estimate",
            "mu_dot_m",
            toward,
            relation=">=",
            kind="lower",
            assumptions=frozenset({"A2", "A4", "convex"}),
            source=("eq. (34)",),
        ),
        _claim(
            used,
            "distance",
            "distance recursion, convex",
            "a_sq_next",
            a_sq - 4 * eta / n * toward + eta**2 / n**2 * pair,
            depends_on=("identity-distance", "pair-moment", "descent"),
            source=("Lemma 13",),
        ),
        _claim(
            used,
            "consensus",
            "consensus recursion, convex",
            "Gamma_next",
            contraction(convex=True) * Gamma + pull(used) + gamma * pair,
            depends_on=("identity-consensus", "pair-moment"),
            source=("Lemma 11",),
        ),
        _claim(
            used,
            "consensus-smooth",
            "consensus recursion, not convex",
            "Gamma_next",
            contraction(convex=False) * Gamma + pull(used) + gamma * smooth,
            assumptions=SMOOTH,
            depends_on=("identity-consensus", "pair-moment-smooth"),
            source=("Lemma 17",),
        ),
        _claim(
            used,
            "value",
            "descent of the objective, not convex",
            "f_step",
            -eta / n * grad_sq
            + eta / n * L**2 * near * Gamma
            + 2 * eta / n * used.bias_sq
            + L * eta**2 / (2 * n**2) * smooth,
            assumptions=SMOOTH,
            depends_on=("identity-mean-step", "pair-moment-smooth"),
            source=("Lemma 20",),
        ),
    )
