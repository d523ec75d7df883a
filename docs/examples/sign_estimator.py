"""Two estimators made of two values of a loss: one that is right, one that keeps the sign only.

Along a random direction u the slope of F is s = (F(x + nu u) - F(x - nu u))/(2 nu). On a quadratic
s is <grad F(x), u> exactly, so that s u, with E u u' = I, has the mean grad F(x). Sign-based
methods (such as sign-SGD, run without gradients) transmit sign(s) u, a direction without a length.
Scaled by whatever constant it is no estimate of the gradient: in one dimension it has the size of
the constant, wherever x is.
"""

from hdo.ring import sign
from theory import symbols
from verify.own import Estimator

d, grad_x_sq = symbols("d grad_x_sq")


def slope(loss, x, u, nu):
    """The central difference of the loss along u."""
    return (loss(x + nu * u) - loss(x - nu * u)) / (2 * nu)


def central(loss, x, u, nu):
    """The slope times the direction."""
    return slope(loss, x, u, nu) * u


def signed(loss, x, u, nu):
    """The sign of the slope times the direction."""
    return sign(slope(loss, x, u, nu)) * u


QUADRATIC = frozenset({"quadratic"})

ESTIMATORS = [
    Estimator(
        key="central",
        title="central difference along a normal direction",
        estimate=central,
        directions="gaussian",
        assumptions=QUADRATIC,
        bias=0,
        second_moment=(d + 2) * grad_x_sq,
    ),
    Estimator(
        key="sign",
        title="sign of the central difference along a direction of signs",
        estimate=signed,
        directions="signs",
        assumptions=QUADRATIC,
        bias=0,
        second_moment=d,
    ),
]
