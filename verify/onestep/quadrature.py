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

MOST_NODES = 2**13
"""Nodes of one rule; where more would be wanted, the step is coarser and the ball wider."""

WIDEST_STRIP = 12.0
"""b is never larger: beyond, exp(b^2/2) eats what exp(-2 pi b/h) gains."""


@dataclass(frozen=True)
class Rule:
    """Nodes h k, |h k| <= P, and weights h phi(h k); both of shape (K,)."""

    nodes: BallArray
    weights: BallArray
    step: float
    strip: float

    def error(self, degree: int) -> Ball:
        """Bound on the error for integrands with |f(p)| <= |p|^degree |phi(p)| in the strip.

        M <= exp(b^2/2) E(|x| + b)^q <= exp(b^2/2) 2^(q-1) (E|x|^q + b^q), and E|x|^q <= 15 for q
        <= 6. The tail is 2 int_{P-h}^inf x^q phi <= 4 a^(q-1) phi(a) at a = P - h, as a^2 >= 2 (q
        - 1).
        """
        if not 0 <= degree <= 6:
            raise ValueError(f"degree: expected 0 to 6, got {degree}")
        b, h = Ball(self.strip), Ball(self.step)
        big = (b * b / 2).exp() * 2 ** max(degree - 1, 0) * (15 + b**degree)
        rule = 2 * big / ((2 * Ball.pi() * b / h).exp() - 1)
        a = Ball(REACH) - h
        tail = 4 * a**degree * (-a * a / 2).exp()
        return (rule + tail).upper()

    def error_2d(self, dimension: int) -> Ball:
        """Bound on the product rule's error, |f| <= |p| (|p|+|q|) (|p|^2+|q|^2+d-2) phi(p) phi(q).

        The rule in p at fixed q, then the rule in q under the sum over nodes p, each err by at most
        2/(exp(2 pi b/h) - 1) exp(b^2/2) E[s^4 + (d-2) s^2], s = |x|+|y|+b, at most 27 (6+b^4) + 3
        (d-2) (2+b^2); sums over nodes exceed the moments by less than a factor 2. Tails as in
        `error`.
        """
        b, h, more = Ball(self.strip), Ball(self.step), max(dimension - 2, 0)
        big = (b * b / 2).exp() * (27 * (6 + b**4) + 3 * more * (2 + b * b))
        both = 2 * 2 * 2 * big / ((2 * Ball.pi() * b / h).exp() - 1)
        a = Ball(REACH) - h
        tail = 4 * (27 * (6 + a**4) + 3 * more * (2 + a * a)) * a * (-a * a / 2).exp()
        return (both + 2 * tail).upper()


def rule(analytic: float) -> Rule:
    """A rule for integrands analytic in |Im p| <= `analytic`, times the Gaussian density."""
    strip = min(analytic, WIDEST_STRIP)
    step = 2 * math.pi * strip / (EXPONENT + strip * strip / 2)
    step = max(min(step, 0.5), 2 * REACH / MOST_NODES)
    count = math.floor(REACH / step)
    nodes = balls(np.arange(-count, count + 1)) * Ball(step)
    weights = np.exp(-nodes * nodes / 2) * (Ball(step) / (2 * Ball.pi()).sqrt())
    return Rule(nodes, weights, step, strip)

    def error_2d(self, dimension: int) -> Ball:
        """Bound on the error of the product rule, |f| <= |p| (|p|+|q|) (|p|^2+|q|^2+d-2) phi phi.

        The rule in p at fixed q, and then the rule in q under the sum over nodes p, each err by at
        most 2/(exp(2 pi b/h) - 1) exp(b^2/2) E[(|x|+|y|+b)^4 + (d-2) (|x|+|y|+b)^2] <= ... [27
        (6+b^4) + 3 (d-2) (2+b^2)]; sums over nodes exceed the moments by less than a factor 2.
        Tails as in `error`.
        """
        b, h, more = Ball(self.strip), Ball(self.step), max(dimension - 2, 0)
        big = (b * b / 2).exp() * (27 * (6 + b**4) + 3 * more * (2 + b * b))
        both = 2 * 2 * 2 * big / ((2 * Ball.pi() * b / h).exp() - 1)
        a = Ball(REACH) - h
        tail = 4 * (27 * (6 + a**4) + 3 * more * (2 + a * a)) * a * (-a * a / 2).exp()
        return (both + 2 * tail).upper()


def widen(values: BallArray, radius: BallArray) -> BallArray:
    """The balls, each widened by its radius."""
    return values + np.frompyfunc(lambda r: Ball(0, r.upper()), 1, 1)(radius)
