"""What is known of every estimator: its mean and second moment, exact or bounded.

Everything is given the sample xi: g (d,) is the gradient of F(., xi) at x, A (d, d) its curvature
where F is a quadratic. The formulas use + - * / only, so they hold in every ring of `hdo.ring`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from hdo.estimators import LEAST_TANGENT, LEVELS, level_law
from hdo.ring import Array

Number = Any
"""A number of any ring."""


def _unbiased(g: Array, A: Array, nu: Number) -> Array:
    del A, nu
    return g


@dataclass(frozen=True, kw_only=True)
class Law:
    """One direction of an estimator, given the sample.

    `second(g, A, nu, offset)` is E||G||^2 on a quadratic F and `mean(g, A, nu)` is E G there;
    `offset` = F(x, xi) - c matters for the residual only. With `universal` both hold for every
    differentiable F, and there are no bounds because none are needed. Otherwise, whatever F:
    `bias(size, nu, d)` >= ||E G - g|| and `bound(g_sq, size, nu, d)` >= E||G||^2, where `size` is
    the Lipschitz constant L of grad F, but for the complex step a bound M on
    |d^3/dh^3 F(x + h u)|, h = i s, |s| <= nu, ||u|| = 1; for the residual `bound` has offset 0.
    """

    second: Callable[[Array, Array, Number, Number], Number]
    mean: Callable[[Array, Array, Number], Array] = _unbiased
    bias: Callable[[Number, Number, int], Number] | None = None
    bound: Callable[[Number, Number, Number, int], Number] | None = None

    @property
    def universal(self) -> bool:
        """Whether mean and second moment do not need F to be a quadratic."""
        return self.bound is None

    def averaged(
        self, g: Array, A: Array, nu: Number, *, directions: int, offset: Number = 0
    ) -> Number:
        """E||G||^2 of the average of rv directions, which are independent given the sample."""
        m = self.mean(g, A, nu)
        return (self.second(g, A, nu, offset) + (directions - 1) * (m @ m)) / directions


def _curved(A: Array) -> Number:
    """E (u'Au)^2 = (tr A)^2 + 2 tr A^2 for u ~ N(0, I) and symmetric A (Isserlis)."""
    trace = A.trace()
    return trace * trace + 2 * (A * A).sum()


def _gaussian(g: Array, A: Array, nu: Number, offset: Number) -> Number:
    """E (g.u)^2 ||u||^2 = (d + 2)||g||^2, what D = g.u gives."""
    del A, nu, offset
    return (len(g) + 2) * (g @ g)


def _sphere(g: Array, A: Array, nu: Number, offset: Number) -> Number:
    """d^2 E (g.u)^2 = d ||g||^2, for u on the sphere and on the axes alike."""
    del A, nu, offset
    return len(g) * (g @ g)


def _two_point(g: Array, A: Array, nu: Number, offset: Number) -> Number:
    """D = g.u + nu u'Au/2; the cross term is odd; E (u'Au)^2 ||u||^2 = (d + 4) E (u'Au)^2."""
    return _gaussian(g, A, nu, offset) + nu * nu / 4 * (len(g) + 4) * _curved(A)


def _sphere_forward(g: Array, A: Array, nu: Number, offset: Number) -> Number:
    """On the sphere E (u'Au)^2 is the Gaussian value over d (d + 2)."""
    d = len(g)
    return _sphere(g, A, nu, offset) + nu * nu * d / (4 * (d + 2)) * _curved(A)


def _debiased(g: Array, A: Array, nu: Number, offset: Number) -> Number:
    """D = g.u + M u'Au/2 with M = nu (1 - 2^-N/P(N))."""
    spread = sum(p * (1 - 2.0**-k / p) ** 2 for k, p in enumerate(level_law(), 1))
    return _gaussian(g, A, nu, offset) + nu * nu * spread / 4 * (len(g) + 4) * _curved(A)


def _residual(g: Array, A: Array, nu: Number, offset: Number) -> Number:
    """D = a/nu + g.u + nu u'Au/2 with a the offset; E u'Au ||u||^2 = (d + 2) tr A."""
    d = len(g)
    extra = offset * offset * d / (nu * nu) + offset * (d + 2) * A.trace()
    return _two_point(g, A, nu, offset) + extra


def tangent_moment(k: int) -> float:
    """E u^k for u = max(U, c), U uniform on [0, 1): (1 + k c^(k+1))/(k + 1)."""
    return (1 + k * LEAST_TANGENT ** (k + 1)) / (k + 1)


def _tangent_mean(g: Array, A: Array, nu: Number) -> Array:
    """E uu' g = (m2 - m1^2) g + m1^2 (sum g) 1: not the gradient, in no direction but one."""
    del A, nu
    first, second = tangent_moment(1), tangent_moment(2)
    return (second - first * first) * g + first * first * g.sum()


def _tangent_second(g: Array, A: Array, nu: Number, offset: Number) -> Number:
    """sum_ijk g_i g_j E u_i u_j u_k^2, by which indices coincide."""
    del A, nu, offset
    d, (m1, m2, m3, m4) = len(g), (tangent_moment(k) for k in range(1, 5))
    squares, total = g @ g, g.sum()
    alike = m4 + (d - 1) * m2 * m2
    unlike = 2 * m1 * m3 + (d - 2) * m1 * m1 * m2
    return squares * alike + (total * total - squares) * unlike


def _root(d: int) -> float:
    return float(d**0.5)


def _gaussian_bound(stretch: float = 1.0) -> Callable[[Number, Number, Number, int], Number]:
    """2 (d + 2)||g||^2 + (s nu L)^2/2 d (d + 2)(d + 4).

    |D - g.u| <= s nu L ||u||^2/2 by smoothness, (a + b)^2 <= 2 a^2 + 2 b^2, E||u||^6.
    """

    def bound(g_sq: Number, L: Number, nu: Number, d: int) -> Number:
        size = stretch * nu * L
        return 2 * (d + 2) * g_sq + size * size / 2 * d * (d + 2) * (d + 4)

    return bound


def _unit_bound(g_sq: Number, L: Number, nu: Number, d: int) -> Number:
    """2 d ||g||^2 + d^2 (nu L)^2/2: |D - g.u| <= nu L/2 for unit u."""
    return 2 * d * g_sq + d * d * (nu * L) ** 2 / 2


def _complex_bound(g_sq: Number, M: Number, nu: Number, d: int) -> Number:
    """2 d ||g||^2 + 2 d^2 (nu^2 M/6)^2, by the remainder of Taylor's formula."""
    return 2 * d * g_sq + 2 * d * d * (nu * nu * M / 6) ** 2


def _debiased_stretch() -> float:
    """sqrt E (1 + 3 2^-N/P(N))^2: each difference D(h) is off by h L||u||^2/2."""
    law = enumerate(level_law(), 1)
    return float(sum(p * (1 + 3 * 2.0**-k / p) ** 2 for k, p in law) ** 0.5)


def _gaussian_bias(L: Number, nu: Number, d: int) -> Number:
    """||E [grad F(x + nu u) - grad F(x)]|| <= nu L E||u|| <= nu L sqrt d."""
    return nu * L * _root(d)


def _ball_bias(L: Number, nu: Number, d: int) -> Number:
    """The mean is the gradient of F averaged over the ball of radius nu: nu L d/(d + 1)."""
    return nu * L * d / (d + 1)


LAWS: Mapping[str, Law] = MappingProxyType(
    {
        "first-order": Law(second=lambda g, A, nu, offset: g @ g),
        "forward-gradient": Law(second=_gaussian),
        "two-point": Law(second=_two_point, bias=_gaussian_bias, bound=_gaussian_bound()),
        "two-point-central": Law(second=_gaussian, bias=_gaussian_bias, bound=_gaussian_bound()),
        "sphere": Law(second=_sphere_forward, bias=_ball_bias, bound=_unit_bound),
        "sphere-central": Law(second=_sphere, bias=_ball_bias, bound=_unit_bound),
        "coordinate": Law(
            second=_sphere,
            bias=lambda L, nu, d: _root(d) * nu * L / 2,  # nu L/2 in every coordinate
            bound=_unit_bound,
        ),
        "complex-step": Law(
            second=_sphere,
            bias=lambda M, nu, d: _root(d) * nu * nu * M / 6,  # ||E r u|| <= max |r| / sqrt d
            bound=_complex_bound,
        ),
        "debiased": Law(
            second=_debiased,
            bias=lambda L, nu, d: _gaussian_bias(L, nu * 2.0**-LEVELS, d),
            bound=_gaussian_bound(_debiased_stretch()),
        ),
        "residual": Law(second=_residual, bias=_gaussian_bias, bound=_gaussian_bound()),
        "uniform-tangent": Law(second=_tangent_second, mean=_tangent_mean),
    }
)
"""By the names of `hdo.population.ESTIMATORS`."""
