"""The chains of the sharp edition: one Lyapunov function, few links."""

import sympy as sp

from theory.chains.convex import RATE, convexity
from theory.chains.link import Chain, Link, local, sides
from theory.chains.moments import ONE
from theory.claim import Claim
from theory.notation import symbols
from theory.registry import claim

n, L, eta, T = symbols("n L eta T")
Gamma, e, a_sq, grad_sq, x_dot_m, drift = symbols("Gamma e a_sq grad_sq x_dot_m drift")
a_next, moved, f_ybar, a_0, a_T = symbols("a_sq_next mu_step_sq f_ybar_gap a_0_sq a_T_sq")
f0, f_step, mean_grad = symbols("f0_gap f_step mean_grad_sq")
ratio, Gamma_T, f_T = local("S_ratio Gamma_T f_T_gap")

PAIR = eta**2 / n**2
"""What E||G_i + G_j||^2 counts in E||mu' - x*||^2."""

IN_GAMMA = (n - 2) / 2 * PAIR
"""What it counts in E Gamma'."""


def _sharp(key: str) -> Claim:
    return claim(key, "sharp")


def _moment(key: str, multiplier: sp.Expr) -> Link:
    said = "a pair's second moment: Young with factors 2, A3, sixth moments of directions"
    return Link(said, f"sharp {key}", multiplier, *sides(_sharp(key)))


def _toward(multiplier: sp.Expr) -> Link:
    said = "smoothness between X^i and mu, strong convexity, bias as a value"
    return Link(said, "sharp (34), descent", multiplier, *sides(_sharp("descent")))


def _cross(multiplier: sp.Expr, key: str, moment: str) -> Link:
    """What Young and A3 cost in the cross term of Gamma'."""
    bounded = _sharp(key).rhs - IN_GAMMA * _sharp(moment).rhs
    true = (n - 2) / (n - 1) * Gamma - 2 * eta * (n - 2) / (n * (n - 1)) * x_dot_m
    said = "Young in the cross term of Gamma': half of the contraction and the agents' disagreement"
    return Link(said, f"sharp {key}", multiplier, bounded, true)


def _weight(main: Claim, spread: Claim, rate: sp.Expr) -> sp.Expr:
    """omega with which Gamma cancels in `main` + omega `spread`."""
    both = (sp.expand(subject.rhs).coeff(Gamma) for subject in (main, spread))
    in_main, in_spread = both
    return in_main / (1 - rate - in_spread)


def sharp_chains() -> tuple[Chain, ...]:
    """Lemma 13's counterpart `distance`, Theorems 1.1 and 1.2."""
    step = (_toward(4 * eta / n), _moment("pair-moment", PAIR))
    return Chain(_sharp("distance"), a_next, step), _convex(), _nonconvex()


def _convex() -> Chain:
    subject = _sharp("theorem-1.1")
    D, DC1 = (condition.gts for condition in subject.conditions[:2])
    scale, main, spread = D / DC1, _sharp("distance"), _sharp("consensus")
    omega = _weight(main, spread, RATE)
    links = (
        convexity(),
        _toward(scale * 4 * eta / n),
        _moment("pair-moment", scale * (PAIR + omega * IN_GAMMA)),
        _cross(scale * omega, "consensus", "pair-moment"),
        Link(
            "three quarters of the contraction 2 eta l/n are given away",
            "sharp Theorem 1.1",
            ONE,
            scale * (1 - RATE) * (a_sq + omega * Gamma) - e + subject.rhs.subs(a_0, 0),
            scale * (main.rhs + omega * spread.rhs),
        ),
        Link(
            "Gamma_T is left out",
            "sharp Theorem 1.1",
            scale * omega,
            Gamma_T / ratio,
            sp.Integer(0),
            part="run",
        ),
    )
    return Chain(subject, f_ybar + a_T * scale / ratio, links, RATE)


def _nonconvex() -> Chain:
    subject = _sharp("theorem-1.2")
    D, DC1 = (condition.gts for condition in subject.conditions)
    scale, main, spread = D / DC1, _sharp("value"), _sharp("consensus-smooth")
    moment = _sharp("pair-moment-smooth")
    omega = _weight(main, spread, sp.Integer(0))
    links = (
        Link(
            "smoothness of f: the Hessian by L",
            "sharp Theorem 1.2",
            scale,
            drift + L / 2 * moved,
            f_step,
        ),
        Link(
            "the descent direction's inner product by squares: half of ||grad f||^2, L^2 Gamma",
            "sharp value",
            scale,
            main.rhs - L / 2 * PAIR * moment.rhs,
            drift,
        ),
        _moment("pair-moment-smooth", scale * (L / 2 * PAIR + omega * IN_GAMMA)),
        _cross(scale * omega, "consensus-smooth", "pair-moment-smooth"),
        Link(
            "f(mu_T) - f* and Gamma_T are left out",
            "sharp Theorem 1.2",
            scale / T,
            f_T + omega * Gamma_T,
            sp.Integer(0),
            part="run",
        ),
    )
    return Chain(subject, mean_grad, links)
