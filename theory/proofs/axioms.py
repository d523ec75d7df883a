"""What every proof may use without proof: each a quantity that is >= 0, and what it assumes.

A proof names an axiom and its arguments; the expression is made here and nowhere else.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import sympy as sp

from theory.notation import symbols
from theory.proofs.definitions import SIZES, everywhere, h_bar, over, y
from theory.proofs.known import Known
from theory.proofs.known import known as _known
from theory.proofs.series import S_A, S_E, S_T
from theory.proofs.smoothing import SMOOTHING_AXIOMS
from theory.proofs.vectors import Level, Total, inner, member, met, own, total

n, n0, L, l, d, nu, e, B, T, gap = symbols("n n0 L l d nu e B T gap")  # noqa: E741
vs_sq = symbols("vs0_sq vs1_sq")
S_group = symbols("S_Z S_F")
f_step = symbols("f_step")[0]
BIAS = ("identity-smoothing-gradient sharp",)


def level(name: str, group: int) -> sp.Expr:
    """The sum over a group of a value: phi = f_nu^i (group 0) or f^i (group 1), at mu, X_i, x*."""
    return Level(sp.Symbol(name), group)


def lipschitz(group: int) -> Known:
    """||grad f^i(X_i) - grad f^i(mu)|| <= L ||x_i||, squared and summed over the group."""
    change = member("g", group) - member("h", group)
    x = member("x", group)
    return _known(L**2 * over(group, x, x) - over(group, change, change), "smoothness", "A2")


def split(group: int) -> Known:
    """A3 at mu: the sum over the group of ||grad f^i(mu) - grad f(mu)||^2 <= n_g varsigma_g^2."""
    away = member("h", group) - h_bar
    return _known(SIZES[group] * vs_sq[group] - over(group, away, away), "A3", "A3")


def gradient_at_mean() -> Known:
    """||grad f(mu)||^2 <= 2 L (f(mu) - f(x*)) for a convex L-smooth f."""
    return _known(2 * L * e - inner(h_bar, h_bar), "smoothness and convexity", "A2", "convex")


def gradient_noise() -> Known:
    """A4 on N1: the sum of E||G_i||^2 <= sum ||grad f^i(X_i)||^2 + s_i^2, G_i = grad F^i."""
    G_sq = Total(sp.Symbol("G_sq"), 1)
    return _known(own("g", "g", 1) + S_group[1] - G_sq, "A4", "A4")


def gradient_error() -> Known:
    """A4 on N1: the sum of E||G_i - grad f^i(X_i)||^2 <= sum s_i^2."""
    return _known(S_group[1] - Total(sp.Symbol("G_err_sq"), 1), "A4", "A4")


def first_order_mean() -> Known:
    """m_i = grad f^i(X_i) on N1 (A4), as the sum of their squared distances <= 0."""
    away = member("m", 1) - member("g", 1)
    return _known(-over(1, away, away), "A4", "A4")


def two_point_square() -> Known:
    """Lemma 5, (6), summed over N0."""
    bound = n0 * nu**2 * L**2 * (d + 6) ** 3 / 2 + 2 * (d + 4) * (own("g", "g", 0) + S_group[0])
    return _known(
        bound - Total(sp.Symbol("G_sq"), 0),
        "linearity of expectation",
        "A2",
        "A4",
        "two-point",
        rests_on=("lemma-5.6",),
    )


def two_point_error() -> Known:
    """Lemma 5, (7), summed over N0."""
    bound = 3 * n0 * nu**2 * L**2 * (d + 6) ** 3 / 2
    bound += 4 * (d + 4) * (own("g", "g", 0) + S_group[0])
    return _known(
        bound - Total(sp.Symbol("G_err_sq"), 0),
        "linearity of expectation",
        "A2",
        "A4",
        "two-point",
        rests_on=("lemma-5.7",),
    )


def bias_bound() -> Known:
    """||(1/n) sum (m_i - grad f^i(X_i))|| <= n0 (nu/2) L (d+3)^{3/2}/n by Lemma 1, squared."""
    bias = (total("m") - total("g")) / n
    bound = n0 * nu * L / (2 * n)
    return _known(
        bound**2 * (d + 3) ** 3 - inner(bias, bias),
        "triangle inequality",
        "A2",
        "two-point",
        rests_on=("lemma-1.4",),
    )


def smoothed_smoothness(group: int) -> Known:
    """phi(mu) <= phi(X_i) - <m_i, x_i> + (L/2)||x_i||^2, m_i = grad phi(X_i), summed."""
    m, x = member("m", group), member("x", group)
    bound = level("phi_X", group) - over(group, m, x) + L / 2 * over(group, x, x)
    return _known(
        bound - level("phi_mu", group), "smoothness", "A2", "two-point", rests_on=("lemma-1.2",)
    )


def smoothed_convexity(group: int) -> Known:
    """phi(x*) >= phi(X_i) - <m_i, X_i - x*> + (l/2)||X_i - x*||^2, X_i - x* = x_i + y, summed."""
    m, away = member("m", group), member("x", group) + y
    bound = level("phi_X", group) - over(group, m, away) + l / 2 * over(group, away, away)
    return _known(level("phi_star", group) - bound, "strong convexity", "convex", "two-point")


def smoothing_raises(group: int) -> Known:
    """f^i(mu) <= phi(mu), as f^i is convex, summed; equal on N1."""
    return _known(level("phi_mu", group) - level("f_mu", group), "Jensen", "convex")


def smoothing_little() -> Known:
    """phi(x*) <= f^i(x*) + nu^2 L d/2 on N0, summed."""
    bound = level("f_star", 0) + n0 * nu**2 * L * d / 2
    known = bound - level("phi_star", 0)
    return _known(known, "linearity of expectation", "A2", rests_on=("lemma-1.3",))


def same_function() -> Known:
    """phi = f^i on N1."""
    return _known(level("f_star", 1) - level("phi_star", 1), "definition of phi")


def gap_of_the_mean() -> Known:
    """sum_i f^i(mu) - f^i(x*) = n e, f = (1/n) sum_i f^i."""
    gaps = [level("f_mu", g) - level("f_star", g) for g in (0, 1)]
    return _known(sum(gaps) - n * e, "definition of f")


def mean_bias() -> Known:
    """||(1/n) sum (m_i - grad f^i(X_i))|| <= (1/n) sum b_i = B, squared."""
    bias = (total("m") - total("g")) / n
    return _known(B**2 - inner(bias, bias), "definition of B")


def second_moment(group: int) -> Known:
    """E||G_i||^2 >= ||m_i||^2, summed over the group (Jensen)."""
    return _known(Total(sp.Symbol("G_sq"), group) - own("m", "m", group), "Jensen")


def smooth_descent() -> Known:
    """E f(mu') - f(mu) <= <grad f(mu), E mu' - mu> + (L/2) E||mu' - mu||^2."""
    drift, step_sq = symbols("drift mu_step_sq")
    return _known(drift + L / 2 * step_sq - f_step, "smoothness", "A2")


def longer_gap_sum() -> Known:
    """The last term of sum_{t=1}^T w_t e_{t-1} is >= 0."""
    return _known(S_E - symbols("sum_w_e")[0], "sums of nonnegative terms", "convex")


def longer_weight_sum() -> Known:
    """The last term of sum_{t=1}^T w_t is > 0."""
    return _known(S_T - symbols("sum_w")[0], "sums of nonnegative terms")


def longer_gradient_sum() -> Known:
    """The last term of sum_{t<T} E||grad f(mu_t)||^2 is >= 0."""
    mean, shorter = symbols("mean_grad_sq sum_grad_sq")
    return _known(T * mean - shorter, "sums of nonnegative terms")


def average_point() -> Known:
    """f(y_T) - f* <= (1/S_T) sum_{t=1}^T w_t e_{t-1}, times S_T."""
    return _known(S_E - S_T * symbols("f_ybar_gap")[0], "Jensen", "convex")


def squared_sum() -> Known:
    """sum_{t=1}^T w_t E||mu_{t-1} - x*||^2 >= 0."""
    return _known(S_A, "sums of nonnegative terms")


def one() -> Known:
    """1 >= 0, for a remainder whose factor is known to be positive by a condition."""
    return _known(sp.Integer(1), "1 >= 0")


def forward_square() -> Known:
    """E||G_i||^2 = ((d+1)/rv + 1) E||grad F^i(X_i, xi)||^2 for forward gradients, and A4, on N0."""
    q = (d + 1) / symbols("rv")[0] + 1
    bound = q * (own("g", "g", 0) + S_group[0])
    return _known(bound - Total(sp.Symbol("G_sq"), 0), "Gaussian moments", "A4", "forward-gradient")


def forward_mean(products: str, sign: int) -> Known:
    """m_i = grad f^i(X_i) for all i (A4, forward gradients): an equation, of either sign.

    `products`: squares (sum ||m_i||^2), sum (||sum m_i||^2), x (sum <x_i, m_i>), y or h (<y, mbar>,
    <grad f(mu), mbar>).
    """
    pairs = {
        "squares": lambda a: sp.Add(*(own(a, a, g) for g in (0, 1))),
        "sum": lambda a: inner(total(a), total(a)),
        "x": lambda a: sp.Add(*(own(a, "x", g) for g in (0, 1))),
        "y": lambda a: inner(y, total(a)),
        "h": lambda a: inner(h_bar, total(a)),
    }
    made = pairs[products]
    known = sp.Integer(1 if sign > 0 else -1) * (made("m") - made("g"))
    return _known(known, "Gaussian moments", "A4", "forward-gradient")


def first_order_variance() -> Known:
    """E||G_i||^2 <= ||m_i||^2 + s_i^2 on N1, summed: G_i = grad F^i has the mean m_i (A4)."""
    return _known(own("m", "m", 1) + S_group[1] - Total(sp.Symbol("G_sq"), 1), "A4", "A4")


def spectral_gap(*parts: tuple[str, sp.Expr]) -> Known:
    """E||v_i - v_j||^2 over the edge that meets >= 2 gap sum ||v_i - vbar||^2.

    v is the sum of families times coefficients, in pairs.
    """
    products = [(a, b, s * t) for a, s in parts for b, t in parts]
    across = sp.Add(*(c * met(a, b) for a, b, c in products))
    apart = sp.Add(*(c * _about_mean(a, b) for a, b, c in products))
    return _known(across - 2 * gap * apart, "spectral gap", "graph")


def edges_at_most(family: str) -> Known:
    """E||a_i - a_j||^2 <= 2 E||a_i - abar||^2 + 2 E||a_j - abar||^2, an agent meeting 2/n often."""
    known = 4 / n * _about_mean(family, family) - met(family, family)
    return _known(known, "parallelogram law", "graph")


def _about_mean(a: str, b: str) -> sp.Expr:
    """The sum over all agents of <a_i - abar, b_i - bbar>."""
    return everywhere(a, b) - inner(total(a), total(b)) / n


def monotone(group: int) -> Known:
    """<x_i, grad f^i(X_i) - grad f^i(mu)> >= 0, summed over the group."""
    change = member("g", group) - member("h", group)
    return _known(over(group, member("x", group), change), "convexity", "convex")


def smoothness_at(group: int) -> Known:
    """f^i(mu) <= f^i(X_i) - <grad f^i(X_i), x_i> + (L/2)||x_i||^2, summed over the group."""
    g, x = member("g", group), member("x", group)
    bound = level("f_X", group) - over(group, g, x) + L / 2 * over(group, x, x)
    return _known(bound - level("f_mu", group), "smoothness", "A2")


def convexity_at(group: int) -> Known:
    """f^i(x*) >= f^i(X_i) - <grad f^i(X_i), X_i - x*> + (l/2)||X_i - x*||^2, summed."""
    g, away = member("g", group), member("x", group) + y
    bound = level("f_X", group) - over(group, g, away) + l / 2 * over(group, away, away)
    return _known(level("f_star", group) - bound, "strong convexity", "convex")


def sharp_two_point_square() -> Known:
    """Lemma 5, (6), with 2(d+2) and E||u||^6 = d(d+2)(d+4) (edition sharp), summed over N0."""
    curved = n0 * nu**2 * L**2 * d * (d + 2) * (d + 4) / 2
    bound = 2 * (d + 2) * (own("g", "g", 0) + S_group[0]) + curved
    known = bound - Total(sp.Symbol("G_sq"), 0)
    assumed, below = ("A2", "A4", "two-point"), ("lemma-5.6 sharp",)
    return _known(known, "linearity of expectation", *assumed, rests_on=below)


def smoothed_change(group: int) -> Known:
    """||grad phi(X_i) - grad phi(mu)|| <= L ||x_i||, squared and summed; p_i = grad phi(mu)."""
    change, x = member("m", group) - member("p", group), member("x", group)
    known = L**2 * over(group, x, x) - over(group, change, change)
    return _known(known, "smoothness", "A2", "A4", "two-point", rests_on=("lemma-1.2",))


def smoothed_monotone(group: int) -> Known:
    """<x_i, grad phi(X_i) - grad phi(mu)> >= 0, summed over the group."""
    change = member("m", group) - member("p", group)
    known = over(group, member("x", group), change)
    return _known(known, "convexity", "A4", "convex", "two-point")


def smoothed_gradient() -> Known:
    """||(1/n) sum p_i||^2 <= 2 L (mean of phi at mu, less its minimum), f <= phi <= f + delta."""
    p_bar, delta = total("p") / n, n0 / n * nu**2 * L * d / 2
    known = 2 * L * (e + delta) - inner(p_bar, p_bar)
    return _known(
        known, "smoothness and convexity", "A2", "convex", "two-point", rests_on=("lemma-1.3",)
    )


def smoothing_shift(group: int) -> Known:
    """||grad f_nu^i(mu) - grad f^i(mu)||^2 <= nu^2 L^2 d on N0, 0 on N1, summed."""
    shift = member("p", group) - member("h", group)
    bound = n0 * nu**2 * L**2 * d if group == 0 else sp.Integer(0)
    known = bound - over(group, shift, shift)
    return _known(known, "linearity of expectation", "A2", "two-point", rests_on=BIAS)


def smoothing_mean_shift() -> Known:
    """||(1/n) sum (p_i - grad f^i(mu))|| <= (n0/n) nu L sqrt(d), squared."""
    shift, b = total("p") / n - h_bar, n0 / n * nu * L
    known = b**2 * d - inner(shift, shift)
    return _known(known, "triangle inequality", "A2", "two-point", rests_on=BIAS)


AXIOMS: Mapping[str, Callable[..., Known]] = MappingProxyType(
    {
        f.__name__: f
        for f in (
            lipschitz,
            split,
            gradient_at_mean,
            gradient_noise,
            gradient_error,
            first_order_mean,
            two_point_square,
            two_point_error,
            mean_bias,
            bias_bound,
            smoothed_smoothness,
            smoothed_convexity,
            smoothing_raises,
            smoothing_little,
            same_function,
            gap_of_the_mean,
            second_moment,
            smooth_descent,
            longer_gap_sum,
            longer_weight_sum,
            longer_gradient_sum,
            average_point,
            sharp_two_point_square,
            smoothed_change,
            smoothed_monotone,
            smoothed_gradient,
            smoothing_shift,
            smoothing_mean_shift,
            squared_sum,
            one,
            forward_square,
            forward_mean,
            first_order_variance,
            spectral_gap,
            edges_at_most,
            monotone,
            smoothness_at,
            convexity_at,
            *SMOOTHING_AXIOMS,
        )
    }
)
"""By name."""
