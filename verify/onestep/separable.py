"""Separable functions: two-point moments from one-dimensional ones, in closed form.

With D = sum_k D_k(u_k), D_k = (h(t_k + nu u_k) - h(t_k))/nu and independent coordinates, everything
needed of coordinate k is E D_k, E D_k u, E D_k^2, E D_k u^2 and E D_k^2 u^2.
"""

from dataclasses import dataclass

import numpy as np

from hdo.population import Population
from hdo.problems import CosineProblem, KinkedProblem
from hdo.problems.separable import SeparableProblem
from hdo.ring import lift
from verify.balls import Ball, BallArray, ball
from verify.onestep.kinds import AgentMoments, Smoothed, averaged

_LIKE = np.array([Ball(0)], dtype=object)


@dataclass(frozen=True)
class CoordinateMoments:
    """Moments of D = (h(t + nu u) - h(t))/nu, u ~ N(0, 1), one entry a coordinate."""

    d: BallArray
    du: BallArray
    dd: BallArray
    duu: BallArray
    dduu: BallArray

    def energy(self) -> Ball:
        """E[(sum_k D_k)^2 ||u||^2] = sum_m E[(D_m + R_m)^2 u_m^2], R_m the other coordinates."""
        rest = self.d.sum() - self.d
        variance = self.dd - self.d * self.d
        others = variance.sum() - variance + rest * rest
        return (self.dduu + 2 * self.duu * rest + others).sum()


def coordinate_moments(problem: SeparableProblem, t: BallArray, nu: Ball) -> CoordinateMoments:
    """The one-dimensional moments at offsets t (d,) from the minimum of h."""
    if isinstance(problem, KinkedProblem):
        rows = [_kinked(problem, value, nu) for value in t]
    elif isinstance(problem, CosineProblem):
        rows = [_cosine(problem, value, nu) for value in t]
    else:
        raise TypeError(f"problem: expected kinked or cosine, got {problem.kind}")
    columns = np.array(rows, dtype=object).T
    return CoordinateMoments(*columns)


def _upper_moments(z: Ball, top: int) -> list[Ball]:
    """E[u^m; u > z] for m = 0..top, by I_m = z^(m-1) phi(z) + (m-1) I_(m-2)."""
    density = (-z * z / 2).exp() / (2 * Ball.pi()).sqrt()
    found = [(z / Ball(2).sqrt()).erfc() / 2, density]
    for m in range(2, top + 1):
        found.append(z ** (m - 1) * density + (m - 1) * found[m - 2])
    return found


_WHOLE = (1, 0, 1, 0, 3, 0, 15)
"""E u^m for m = 0..6."""


def _polynomial_square(p: tuple[Ball, Ball, Ball]) -> list[Ball]:
    a, b, c = p
    return [a * a, 2 * a * b, b * b + 2 * a * c, 2 * b * c, c * c]


def _kinked(problem: KinkedProblem, t: Ball, nu: Ball) -> tuple[Ball, ...]:
    """Piecewise polynomial integrands: truncated Gaussian moments on each side of the kink."""
    low, high = ball(problem.slope_low), ball(problem.slope_high)
    here = problem.h(np.array([t], dtype=object))[0]
    above = _upper_moments(-t / nu, 6)
    below = [whole - part for whole, part in zip(_WHOLE, above, strict=True)]
    sums = [Ball(0)] * 5
    for slope, part in ((high, above), (low, below)):
        p = ((slope * t * t / 2 - here) / nu, slope * t, slope * nu / 2)
        square = _polynomial_square(p)
        plain = [sum(p[j] * part[j + b] for j in range(3)) for b in range(3)]
        squared = [sum(square[j] * part[j + b] for j in range(5)) for b in (0, 2)]
        found = (plain[0], plain[1], squared[0], plain[2], squared[1])
        sums = [old + new for old, new in zip(sums, found, strict=True)]
    return tuple(sums)


def _cosine(problem: CosineProblem, t: Ball, nu: Ball) -> tuple[Ball, ...]:
    """Characteristic function of the Gaussian: E cos(th + s u) = cos(th) exp(-s^2/2), and its
    derivatives in s.
    """
    a, w = ball(problem.amplitude), ball(problem.frequency)
    theta, s = w * t, w * nu
    cosine = theta.cos()

    def waves(angle: Ball, rate: Ball) -> tuple[Ball, Ball, Ball]:
        """E[u^b cos(angle + rate u)] for b = 0, 1, 2."""
        damped = (-rate * rate / 2).exp()
        c = angle.cos() * damped
        return c, -rate * angle.sin() * damped, (1 - rate * rate) * c

    c0, c1, c2 = waves(theta, s)
    double0, _, double2 = waves(2 * theta, 2 * s)
    half = Ball(1) / 2
    square0 = cosine * cosine - 2 * cosine * c0 + half * (1 + double0)
    square2 = cosine * cosine - 2 * cosine * c2 + half * (1 + double2)
    scale = a / nu
    return (
        scale * (cosine - c0),
        -scale * c1,
        scale * scale * square0,
        scale * (cosine - c2),
        scale * scale * square2,
    )


def _offsets(problem: SeparableProblem, agent: int, x: BallArray) -> BallArray:
    return x - lift(problem.offsets[agent], like=_LIKE)


def smoothed(problem: SeparableProblem, agent: int, x: BallArray, nu: Ball) -> Smoothed:
    """f_nu - f = nu E D; grad f_nu = E[D u], coordinate by coordinate."""
    parts = coordinate_moments(problem, _offsets(problem, agent, x), nu)
    return Smoothed(nu * parts.d.sum(), parts.du, parts.energy)


def moments(
    problem: SeparableProblem, population: Population, agent: int, x: BallArray, nu: Ball
) -> AgentMoments:
    """Closed forms; the additive noise xi . x adds xi . u to D, independent and of mean zero."""
    noise, d = ball(problem.noise), problem.d
    name = population.agents[agent]
    if name == "two-point":
        parts = smoothed(problem, agent, x, nu)
        one = parts.energy + (d + 2) * noise
        mean_sq = parts.gradient @ parts.gradient + noise
        return AgentMoments(parts.gradient, averaged(one, mean_sq, population.directions))
    g = problem.dh(_offsets(problem, agent, x))
    sample = g @ g + noise
    if name == "first-order":
        return AgentMoments(g, sample)
    return AgentMoments(g, averaged((d + 2) * sample, sample, population.directions))


def bias_bound(problem: SeparableProblem, nu: Ball) -> Ball:
    """sup_x ||grad f_nu - grad f||, attained with every coordinate at its worst point.

    Kinked: |h_nu' - h'| is largest at the kink, where it is |high - low| nu E[u; u > 0]. Cosine:
    h_nu' = exp(-s^2/2) h', s = frequency nu.
    """
    root = Ball(problem.d).sqrt()
    if isinstance(problem, KinkedProblem):
        jump = abs(ball(problem.slope_high) - ball(problem.slope_low))
        return root * jump * nu / (2 * Ball.pi()).sqrt()
    assert isinstance(problem, CosineProblem)
    w = ball(problem.frequency)
    return root * ball(problem.amplitude) * w * (1 - (-((w * nu) ** 2) / 2).exp())
