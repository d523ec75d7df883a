"""Gaussian integrals of analytic functions by the trapezoidal rule, with a certified error.

For f analytic in |Im p| < b with the integral of |f(x + i beta)| over x at most M for every |beta|
< b, the rule with step h is off by at most 2 M/(exp(2 pi b/h) - 1) (Trefethen and Weideman, SIAM
Review 56, 2014, Theorem 5.1). Cutting it at |p| = P leaves out at most the tail. Both are added to
the ball.
"""

import math
from dataclasses import dataclass

import numpy as np

from verify.balls import Ball, BallArray, balls

EXPONENT = 90.0
"""Wanted error of the rule: about exp(-EXPONENT) of the integrand's scale, 1e-39."""

REACH = 14.0
"""P, where the rule is cut; the Gaussian weight there is exp(-98)."""

HERMITE_EXPONENT = 70.0 + 30.0
"""For Hermite coefficients, to 1e-30: up to k = (30/b)^2 they grow by exp(30) in the strip."""

HERMITE_REACH = 17.0
"""Their P: Hermite polynomials leave only the square root of the weight, exp(-72)."""

MOST_NODES = 2**13
"""Nodes of one rule; where more would be wanted, the step is coarser and the ball wider."""

MOST_HERMITE_NODES = 2**11
"""The same for Hermite coefficients, each of which uses all nodes."""

WIDEST_STRIP = 12.0
"""b is never larger: beyond, exp(b^2/2) eats what exp(-2 pi b/h) gains."""


@dataclass(frozen=True)
class Rule:
    """Nodes h k, |h k| <= P, and weights h phi(h k); both of shape (K,)."""

    nodes: BallArray
    weights: BallArray
    step: float
    strip: float
    reach: float

    def _aliasing(self, big: Ball) -> Ball:
        """The error of the infinite rule: `big` bounds M exp(-b^2/2)."""
        b, h = Ball(self.strip), Ball(self.step)
        return 2 * big * (b * b / 2).exp() / ((2 * Ball.pi() * b / h).exp() - 1)

    def error(self, degree: int) -> Ball:
        """Bound on the error for integrands with |f(p)| <= |p|^degree |phi(p)| in the strip.

        M <= exp(b^2/2) E(|x| + b)^q <= exp(b^2/2) 2^(q-1) (E|x|^q + b^q), and E|x|^q <= 15 for q
        <= 6. The tail is 2 int_{P-h}^inf x^q phi <= 4 a^(q-1) phi(a) at a = P - h, as a^2 >= 2 (q
        - 1).
        """
        if not 0 <= degree <= 6:
            raise ValueError(f"degree: expected 0 to 6, got {degree}")
        big = 2 ** max(degree - 1, 0) * (15 + Ball(self.strip) ** degree)
        a = Ball(self.reach) - Ball(self.step)
        tail = 4 * a**degree * (-a * a / 2).exp()
        return (self._aliasing(big) + tail).upper()

    def hermite_error(self, degree: int) -> Ball:
        """Bound on the error for |f(p)| <= |p he_k(p) phi(p)| in the strip, he_k = He_k/sqrt(k!).

        E|he_k(x + i b)|^2 = L_k(-b^2), Laguerre's polynomial (expand He_k(x + i b) in He_j(x)), so
        by Cauchy-Schwarz M <= exp(b^2/2) sqrt(2 (1 + b^2) L_k(-b^2)). On the line |he_k| <= 1.09
        exp(x^2/4) (Cramer; Abramowitz and Stegun 22.14.17), so the tail is at most 2 exp(-a^2/4)
        at a = P - h.
        """
        b = Ball(self.strip)
        big = (2 * (1 + b * b) * Ball(-b * b).laguerre_l(degree)).sqrt()
        a = Ball(self.reach) - Ball(self.step)
        return (self._aliasing(big) + 2 * (-a * a / 4).exp()).upper()


def rule(
    analytic: float,
    *,
    exponent: float = EXPONENT,
    reach: float = REACH,
    most: int = MOST_NODES,
) -> Rule:
    """A rule for integrands analytic in |Im p| <= `analytic`, times the Gaussian density."""
    strip = min(analytic, WIDEST_STRIP)
    step = 2 * math.pi * strip / (exponent + strip * strip / 2)
    step = max(min(step, 0.5), 2 * reach / most)
    count = math.floor(reach / step)
    nodes = balls(np.arange(-count, count + 1)) * Ball(step)
    weights = np.exp(-nodes * nodes / 2) * (Ball(step) / (2 * Ball.pi()).sqrt())
    return Rule(nodes, weights, step, strip, reach)


def hermite_rule(analytic: float) -> Rule:
    """The same for products with Hermite polynomials."""
    return rule(analytic, exponent=HERMITE_EXPONENT, reach=HERMITE_REACH, most=MOST_HERMITE_NODES)


def widen(values: BallArray, radius: BallArray) -> BallArray:
    """The balls, each widened by its radius."""
    return values + np.frompyfunc(lambda r: Ball(0, r.upper()), 1, 1)(radius)
