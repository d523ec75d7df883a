"""Gaussian smoothing in closed form against certified integrals and product rules."""

from collections.abc import Callable
from itertools import pairwise, product
from typing import Any

import flint
import numpy as np
import pytest
from onestep_cases import measure

from hdo import Problem, Spec, build_problem
from verify.balls import Ball, ball, balls
from verify.onestep import NotExact, gaussian
from verify.onestep.quadratic import Traces, bend, form_energy
from verify.onestep.state import Standing

NAMES = ("smoothing_signed_gap", "smoothing_bias", "two_point_energy", "grad_nu_gap")
SCALAR: dict[str, dict[str, Any]] = {
    "quadratic": {"kind": "quadratic", "curvature": [3.0], "centres": [[0.25], [0.0]]},
    "kinked": {
        "kind": "kinked",
        "slope_low": 0.5,
        "slope_high": 3.0,
        "offsets": [[0.25], [0.0]],
    },
    "cosine": {
        "kind": "cosine",
        "amplitude": 1.5,
        "frequency": 2.0,
        "offsets": [[0.25], [0.0]],
    },
}
Curve = Callable[[Any], Any]
PIECES: dict[str, tuple[Curve, Curve]] = {
    "quadratic": (lambda t: 1.5 * t * t, lambda t: 1.5 * t * t),
    "kinked": (lambda t: 0.25 * t * t, lambda t: 1.5 * t * t),
    "cosine": (lambda t: 1.5 * (1 - (2 * t).cos()), lambda t: 1.5 * (1 - (2 * t).cos())),
}
"""h(t) for t < 0 and for t > 0."""


def spec_of(table: dict[str, Any]) -> Spec:
    """Two two-point agents."""
    return Spec.from_dict({"problem": table, "population": {"agents": ["two-point"] * 2}})


def expectation(value: Curve, *, kink: Ball) -> Ball:
    """E value(u, side) by the library's certified integral on either side of a kink at u = kink."""

    def part(side: int, low: Ball, high: Ball) -> Ball:
        found = flint.acb.integral(lambda u, _: value((u, side)) * (-u * u / 2).exp(), low, high)
        return found.real

    edge = kink.max(Ball(-22)).min(Ball(22)).mid()
    whole = part(0, Ball(-22), edge) + part(1, edge, Ball(22))
    return whole / (2 * Ball.pi()).sqrt()


@pytest.mark.parametrize("kind", SCALAR)
@pytest.mark.parametrize("nu", [0.05, 0.7, 4.0])
@pytest.mark.parametrize("x", [-0.5, 0.25, 1.0])
def test_smoothing_in_one_dimension_is_the_certified_integral(
    kind: str, nu: float, x: float
) -> None:
    """f_nu - f, its gradient's bias and the two-point energy, beside the kink and on it."""
    t, step = ball(x) - ball(0.25), ball(nu)
    h = PIECES[kind]
    here = h[1 if t > 0 else 0](t)
    kink = -t / step

    def D(at: tuple[Any, int]) -> Any:
        u, side = at
        return (h[side](t + step * u) - here) / step

    gap = step * expectation(D, kink=kink)
    gradient = expectation(lambda at: D(at) * at[0], kink=kink)
    energy = expectation(lambda at: D(at) ** 2 * at[0] ** 2, kink=kink)
    X = np.array([[x], [0.0]])
    found = measure(spec_of(SCALAR[kind]), X, nu=nu)
    slope = found._state.gradients[0, 0]
    for name, wanted in (
        ("smoothing_signed_gap", gap),
        ("smoothing_gap", abs(gap)),
        ("smoothing_bias", abs(gradient - slope)),
        ("two_point_energy", energy),
    ):
        assert abs(found[name].mid() - wanted.mid()) < 1e-40
        assert float(found[name].rad()) < 1e-60
        assert float(wanted.rad()) < 1e-40


def panels(kinks: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Legendre nodes and Gaussian weights on [-12, 12], split at the kinks."""
    edges = [-12.0, *sorted(k for k in kinks if -12 < k < 12), 12.0]
    x, w = np.polynomial.legendre.leggauss(150)
    nodes = np.concatenate([(b - a) / 2 * x + (a + b) / 2 for a, b in pairwise(edges)])
    weights = np.concatenate([(b - a) / 2 * w for a, b in pairwise(edges)])
    return nodes, weights * np.exp(-(nodes**2) / 2) / np.sqrt(2 * np.pi)


@pytest.mark.parametrize("kind", ["kinked", "cosine"])
@pytest.mark.parametrize("nu", [0.05, 0.7, 2.0])
def test_separable_energy_in_two_dimensions_is_the_tensor_integral(kind: str, nu: float) -> None:
    """E[D^2 ||u||^2] for d = 2 on a grid of 300 x 300 nodes split at the kinks."""
    table = {**SCALAR[kind], "offsets": [[0.25, -0.5], [0.0, 0.0]]}
    spec, X = spec_of(table), np.array([[0.1, 0.3], [0.0, 0.0]])
    problem: Any = build_problem(spec)
    t = X[0] - problem.offsets[0]
    (p, wp), (q, wq) = (panels([-value / nu]) for value in t)
    rise = [problem.h(v + nu * u) - problem.h(v) for v, u in zip(t, (p, q), strict=True)]
    D = (rise[0][:, None] + rise[1][None, :]) / nu
    energy = (D**2 * (p[:, None] ** 2 + q[None, :] ** 2) * wp[:, None] * wq[None, :]).sum()
    gap = nu * (D * wp[:, None] * wq[None, :]).sum()
    found = measure(spec, X, nu=nu)
    assert float(found["two_point_energy"].mid()) == pytest.approx(energy, rel=1e-11)
    assert float(found["smoothing_signed_gap"].mid()) == pytest.approx(gap, rel=1e-10, abs=1e-13)


@pytest.mark.parametrize("kind", SCALAR)
def test_a_point_given_as_a_wide_ball_gives_a_wider_ball(kind: str) -> None:
    """An enclosure of x that reaches over the kink gives an enclosure of the smoothing."""
    spec = spec_of(SCALAR[kind])
    problem: Problem = build_problem(spec)
    standing = Standing(problem, spec.population, balls([[0.25], [0.0]]), ball(0.5))
    around = balls([0.25]) + Ball(0, 1e-3)
    wide = standing.smoothed(0, around)
    for x in (0.2495, 0.25, 0.2505):
        exact = standing.smoothed(0, balls([x]))
        assert wide.gap.contains(exact.gap)
        assert wide.gradient[0].contains(exact.gradient[0])
        assert wide.energy.contains(exact.energy)


def test_smoothed_gradients_at_one_point_do_not_differ() -> None:
    """grad_nu_gap is 0, not a ball around it, where x and y are the same point."""
    spec = spec_of(SCALAR["kinked"])
    found = measure(spec, np.array([[0.7], [0.7]]), nu=0.3)
    assert found["grad_nu_gap"] == 0
    assert found["dist_xy"] == 0


@pytest.mark.parametrize("kind", SCALAR)
def test_smoothed_gradients_differ_by_what_each_is(kind: str) -> None:
    """grad_nu_gap from the two biases: both gradients are of the same f^agent."""
    spec = spec_of(SCALAR[kind])
    X = np.array([[0.9], [-0.4]])
    standing = measure(spec, X, nu=0.6)._state.standing
    here, there = (standing.smoothed(0, x).gradient[0] for x in standing.X)
    found = measure(spec, X, nu=0.6)["grad_nu_gap"]
    assert found.overlaps(abs(here - there))
    assert found > 0


def test_moments_of_one_coordinate_after_the_other() -> None:
    """Against closed forms: d (d+2) (d+4), (d+2)||g||^2, ||g||^2 ||h||^2 + 2 (g.h)^2."""
    rng = np.random.default_rng(5)
    for d in (1, 2, 5, 40):
        g, h = balls(rng.normal(size=d)), balls(rng.normal(size=d))
        assert gaussian.sixth_moment(d) == d * (d + 2) * (d + 4)
        assert gaussian.forward_second_moment(g, 1).overlaps((d + 2) * (g @ g))
        assert gaussian.forward_second_moment(g, 4).overlaps((Ball(d + 1) / 4 + 1) * (g @ g))
        assert gaussian.quartic(g, h).overlaps((g @ g) * (h @ h) + 2 * (g @ h) ** 2)
        assert not gaussian.quartic(g, h).overlaps((g @ g) * (h @ h) + (g @ h) ** 2)


def test_energy_in_a_form_is_the_sum_over_six_coordinates() -> None:
    """E[D^2 u'Hu], D = g.u + (nu/2) u'Au, term by term for d = 2."""
    rng = np.random.default_rng(9)
    A, H = (m + m.T for m in rng.integers(-4, 5, size=(2, 2, 2)))
    g, nu = rng.integers(-3, 4, size=2), 3
    moment = {0: 1, 2: 1, 4: 3, 6: 15}
    wanted = 0.0
    for i, j, k, m in product(range(2), repeat=4):
        ones = (i, j, k, m).count(1)
        wanted += g[i] * g[j] * H[k, m] * moment.get(ones, 0) * moment.get(4 - ones, 0)
        for p, q in product(range(2), repeat=2):
            ones = (i, j, k, m, p, q).count(1)
            both = moment.get(ones, 0) * moment.get(6 - ones, 0)
            wanted += nu**2 / 4 * A[i, j] * A[k, m] * H[p, q] * both
    balls_A, balls_H, balls_g = balls(A), balls(H), balls(g)
    found = form_energy(
        balls_g @ balls_g,
        balls_g @ balls_H @ balls_g,
        np.trace(balls_H),
        Traces.of(balls_A, balls_H),
        Ball(nu),
    )
    assert found == wanted
    identity = balls(np.eye(2, dtype=int))
    plain = form_energy(Ball(0), Ball(0), Ball(2), Traces.of(balls_A, identity), Ball(nu))
    assert plain == bend(balls_A, Ball(nu))


@pytest.mark.parametrize("name", NAMES)
def test_smoothing_of_softmax_is_not_claimed(name: str) -> None:
    """Three classes and more are integrals in three dimensions and more."""
    table = {"kind": "softmax", "data": "digits", "rows": 30, "regularisation": 0.5}
    spec = spec_of(table)
    X = 0.01 * np.arange(2)[:, None] * np.ones(build_problem(spec).d)
    with pytest.raises(NotExact, match="as many dimensions as classes"):
        measure(spec, X)[name]
