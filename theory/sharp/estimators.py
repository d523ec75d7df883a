"""An estimator as far as a bound sees it: its mean and its second moment.

E||G_i||^2 <= q ||grad f^i||^2 + r s_i^2 + z. In the convex case E G_i is the gradient of a convex
L-smooth function between f^i and f^i + delta, in the other case at most `bias` from grad f^i.
"""

from dataclasses import dataclass

import sympy as sp

from theory.notation import symbols

d, L, nu, rv = symbols("d L nu rv")
ZERO, ONE = sp.Integer(0), sp.Integer(1)


@dataclass(frozen=True)
class Estimator:
    """q, r, z, delta and bias of this module's first lines; unbiased where delta = bias = 0."""

    name: str
    q: sp.Expr
    r: sp.Expr
    z: sp.Expr = ZERO
    delta: sp.Expr = ZERO
    bias: sp.Expr = ZERO

    @property
    def unbiased(self) -> bool:
        """Whether E G_i = grad f^i."""
        return self.bias == 0


def first_order() -> Estimator:
    """The sampled gradient."""
    return Estimator("first-order", ONE, ONE)


def forward_gradient() -> Estimator:
    """An average over rv Gaussian directions of (u . grad F) u: exact for every objective."""
    q = (d + 1) / rv + 1
    return Estimator("forward-gradient", q, q)


def two_point(tau: sp.Expr = ONE) -> Estimator:
    """An average over rv directions of (F(x + nu u) - F(x)) u/nu, for any tau > 0 (Young).

    |F(x + nu u) - F(x) - nu u . grad F| <= nu^2 L ||u||^2/2 and E||u||^6 = d (d+2) (d+4); the mean
    over u is grad F_nu, at most nu L sqrt(d) from grad F.
    """
    q = (1 + tau) * ((d + 1) / rv + 1)
    curved = d * (d + 2) * (d + 4) / (4 * rv) + d * (1 - 1 / rv)
    z = (1 + 1 / tau) * nu**2 * L**2 * curved
    return Estimator("two-point", q, q, z, nu**2 * L * d / 2, nu * L * sp.sqrt(d))
