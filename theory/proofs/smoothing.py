"""Axioms about one function, or one agent, and Gaussian directions (Lemmas 1 and 5).

Common vectors are random vectors here, and their products expectations: `change` = grad f(x+nu u) -
grad f(x); `shift` = grad f(x+nu u) - grad f(y+nu u); with P = (F(x+nu u) - F(x))/nu, `linear` =
<grad F, u> u and `remainder` = P u - `linear`; `gradient` = E grad F. For a function F is f, for an
agent it is F^i(., xi).
"""

from collections.abc import Mapping
from typing import Literal

import sympy as sp

from theory.notation import symbols
from theory.proofs.gaussian import moment
from theory.proofs.known import Known, known
from theory.proofs.vectors import common, inner

n, n0, L, d, nu, dist, s_sq = symbols("n n0 L d nu dist_xy s_sq")
grad_x_sq, grad_i_sq, bias, gap_nu = symbols("grad_x_sq grad_i_sq smoothing_bias grad_nu_gap")
gap, signed_gap, B_attained = symbols("smoothing_gap smoothing_signed_gap B_attained")

Speaker = Literal["function", "agent"]
change, shift = common("change"), common("shift")
_LINEAR = {who: common(f"linear of {who}") for who in ("function", "agent")}
_REMAINDER = {who: common(f"remainder of {who}") for who in ("function", "agent")}
gradient = common("gradient")


def smoothing_definitions() -> Mapping[str, sp.Expr]:
    """What one function's, and one agent's, quantities are."""
    difference = {who: _LINEAR[who] + _REMAINDER[who] for who in _LINEAR}
    error = difference["agent"] - gradient
    return {
        "two_point_energy": inner(difference["function"], difference["function"]),
        "G_sq": inner(difference["agent"], difference["agent"]),
        "G_err_sq": inner(error, error),
    }


def remainder_square(who: Speaker) -> Known:
    """|F(x+nu u) - F(x) - nu <grad F, u>| <= (L/2) nu^2 ||u||^2, squared, times ||u||^2/nu^2."""
    rest = _REMAINDER[who]
    bound = nu**2 * L**2 / 4 * moment(3)
    return known(bound - inner(rest, rest), "smoothness and Gaussian moments", "A2")


def linear_square(who: Speaker) -> Known:
    """E <a, u>^2 ||u||^2 = (d+2) ||a||^2 for a = grad F; for an agent A4 bounds E ||grad F||^2."""
    part = _LINEAR[who]
    if who == "function":
        return known((d + 2) * grad_x_sq - inner(part, part), "Gaussian moments")
    bound = (d + 2) * (grad_i_sq + s_sq)
    return known(bound - inner(part, part), "A4 and Gaussian moments", "A4", "two-point")


def linear_mean(sign: int) -> Known:
    """E <grad F, u> u = grad f: an equation, of either sign; for an agent."""
    product = inner(_LINEAR["agent"], gradient) - grad_i_sq
    return known(sp.sign(sign) * product, "A4 and Gaussian moments", "A4", "two-point")


def gradient_square(sign: int) -> Known:
    """||E grad F||^2 is ||grad f^i||^2: an equation, of either sign; for an agent."""
    return known(sp.sign(sign) * (inner(gradient, gradient) - grad_i_sq), "A4", "A4")


def bias_by_remainder() -> Known:
    """grad f_nu - grad f = E `remainder`, so that its square is at most E of the square."""
    rest = _REMAINDER["function"]
    return known(inner(rest, rest) - bias**2, "Jensen", "A2")


def bias_by_change() -> Known:
    """grad f_nu - grad f = E `change`, so that its square is at most E of the square."""
    return known(inner(change, change) - bias**2, "Jensen", "A2")


def change_square() -> Known:
    """||grad f(x+nu u) - grad f(x)|| <= L nu ||u||, squared."""
    bound = nu**2 * L**2 * moment(1)
    return known(bound - inner(change, change), "smoothness and Gaussian moments", "A2")


def shift_square() -> Known:
    """||grad f(x+nu u) - grad f(y+nu u)|| <= L ||x-y||, squared."""
    return known(L**2 * dist**2 - inner(shift, shift), "smoothness", "A2")


def shift_mean() -> Known:
    """grad f_nu(x) - grad f_nu(y) = E `shift`."""
    return known(inner(shift, shift) - gap_nu**2, "Jensen", "A2")


def smoothing_values() -> Known:
    """|f_nu - f| <= E |f(x+nu u) - f(x) - nu <grad f, u>| <= (L/2) nu^2 E||u||^2."""
    bound = nu**2 * L / 2 * moment(1)
    return known(bound - gap, "smoothness and Gaussian moments", "A2")


def absolute_value() -> Known:
    """f_nu - f <= |f_nu - f|."""
    return known(gap - signed_gap, "absolute value")


def smoothing_above() -> Known:
    """f_nu >= f for a convex f."""
    return known(signed_gap, "Jensen", "convex")


def biases_of_agents() -> Known:
    """(1/n) sum over N0 of Lemma 1's bound on the bias; first-order agents have none."""
    bound = n0 * nu / (2 * n) * L * (d + 3) ** sp.Rational(3, 2)
    return known(
        bound - B_attained, "linearity of expectation", "A2", "two-point", rests_on=("lemma-1.4",)
    )


SMOOTHING_AXIOMS = (
    remainder_square,
    linear_square,
    linear_mean,
    gradient_square,
    bias_by_remainder,
    bias_by_change,
    change_square,
    shift_square,
    shift_mean,
    smoothing_values,
    absolute_value,
    smoothing_above,
    biases_of_agents,
)
"""The axioms of this module."""
