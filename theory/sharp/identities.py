"""The sharp edition's starting points: identities of one interaction and of Gaussian directions.

Exact for a uniformly random pair and estimators that are independent given X_t; m_i = E_t G_i,
S = mean_i E_t||G_i||^2.
"""

from typing import Any

import sympy as sp

from theory.claim import Claim
from theory.notation import symbols

n, d, L, eta, nu, rv = symbols("n d L eta nu rv")
S, sum_norm, sum_sq, mu_m, x_m, pair = symbols("S sum_m_norm_sq sum_m_sq mu_dot_m x_dot_m pair_sq")
Gamma, a_sq, g_sq, h_sq, g_dot_h = symbols("Gamma a_sq g_sq h_sq g_dot_h")


def _identity(name: str, title: str, lhs: str, rhs: sp.Expr, scope: str, **more: Any) -> Claim:
    fields: dict[str, Any] = {
        "key": f"identity-{name}",
        "edition": "sharp",
        "title": title,
        "lhs": symbols(lhs)[0],
        "relation": "==",
        "rhs": sp.sympify(rhs),
        "scope": scope,
        "kind": "identity",
        "source": ("direct computation",),
        **more,
    }
    return Claim(**fields)


def identities() -> tuple[Claim, ...]:
    """The pair identities, the Gaussian moments, and the smoothing bounds for convex functions."""
    pair_rhs = 2 * S + 2 / (n * (n - 1)) * (sum_norm - sum_sq)
    smoothing: dict[str, Any] = {"relation": "<=", "kind": "upper"}
    convex = frozenset({"A2", "convex"})
    return (
        _identity("mean-step", "the mean model's expected step", "mean_step_defect", 0, "step"),
        _identity(
            "pair-second-moment",
            "second moment of a pair's estimators",
            "pair_sq",
            pair_rhs,
            "step",
        ),
        _identity(
            "distance",
            "distance recursion",
            "a_sq_next",
            a_sq - 4 * eta / n * mu_m + eta**2 / n**2 * pair,
            "step",
            depends_on=("identity-pair-second-moment",),
        ),
        _identity(
            "consensus",
            "consensus recursion",
            "Gamma_next",
            (n - 2) / (n - 1) * Gamma
            - 2 * eta * (n - 2) / (n * (n - 1)) * x_m
            + (n - 2) / (2 * n**2) * eta**2 * pair,
            "step",
            depends_on=("identity-pair-second-moment",),
        ),
        _identity(
            "gaussian-quartic",
            "fourth moment of a Gaussian direction",
            "gaussian_quartic",
            g_sq * h_sq + 2 * g_dot_h**2,
            "gaussian",
        ),
        _identity(
            "sixth-moment",
            "sixth moment of the norm of a Gaussian direction",
            "u6_moment",
            d * (d + 2) * (d + 4),
            "gaussian",
        ),
        _identity(
            "forward-gradient",
            "second moment of a forward gradient",
            "forward_sq",
            ((d + 1) / rv + 1) * g_sq,
            "gaussian",
            depends_on=("identity-gaussian-quartic",),
        ),
        _identity(
            "smoothing-value-lower",
            "smoothing raises a convex function",
            "smoothing_signed_gap",
            0,
            "function",
            relation=">=",
            kind="lower",
            assumptions=convex,
        ),
        _identity(
            "smoothing-value-upper",
            "smoothing raises a smooth function by little",
            "smoothing_signed_gap",
            nu**2 * L * d / 2,
            "function",
            assumptions=convex,
            **smoothing,
        ),
        _identity(
            "smoothing-gradient",
            "bias of the smoothed gradient",
            "smoothing_bias",
            nu * L * sp.sqrt(d),
            "function",
            assumptions=frozenset({"A2"}),
            **smoothing,
        ),
    )
