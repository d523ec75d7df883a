"""A user's estimator is measured rightly: exactly against registered laws, and by samples."""

import math
from typing import Any

import numpy as np
import pytest
from flint import fmpq

from hdo import Spec, build_problem
from hdo.estimators_moments import LAWS
from hdo.ring import sign
from verify.balls import ball
from verify.errors import NotExact
from verify.own.directions import DIRECTIONS
from verify.own.exact import MOST_ATOMS, Moment, moments
from verify.own.exact_number import ExactNumber, directions, exactly
from verify.own.sampled import enclosures

CURVATURE = [[2.0, 0.75], [0.75, 1.0]]
POINT, NU = [0.5, -1.5], 0.5
GRADIENT = np.array(CURVATURE) @ np.array(POINT)
TWO: Any = {"population": {"first_order": 2}}
QUADRATIC = build_problem(
    Spec.from_dict({"problem": {"kind": "quadratic", "curvature_matrix": CURVATURE}, **TWO})
)
COSINE = build_problem(
    Spec.from_dict(
        {"problem": {"kind": "cosine", "amplitude": 1, "frequency": 1, "dimension": 2}, **TWO}
    )
)


def forward(loss: Any, x: Any, u: Any, nu: Any) -> Any:
    """Two points."""
    return (loss(x + nu * u) - loss(x)) / nu * u


def scaled(loss: Any, x: Any, u: Any, nu: Any) -> Any:
    """Two points, for E u u' = I/d."""
    return len(x) * forward(loss, x, u, nu)


def scaled_central(loss: Any, x: Any, u: Any, nu: Any) -> Any:
    """Two points on both sides, for E u u' = I/d."""
    return len(x) * (loss(x + nu * u) - loss(x - nu * u)) / (2 * nu) * u


def signed(loss: Any, x: Any, u: Any, nu: Any) -> Any:
    """The sign of the difference."""
    return sign(loss(x + nu * u) - loss(x)) * u


def on_quadratic(estimate: Any, law: str) -> tuple[list[fmpq], fmpq]:
    """E G and E||G||^2 as rationals."""
    mean, second = moments(estimate, law, QUADRATIC, 0, exactly(POINT), ExactNumber(NU))
    return [number.rational for number in mean], second.rational


@pytest.mark.parametrize(
    ("estimate", "law", "name"),
    [
        (forward, "gaussian", "two-point"),
        (scaled, "sphere", "sphere"),
        (scaled_central, "sphere", "sphere-central"),
        (scaled_central, "coordinates", "coordinate"),
    ],
)
def test_exact_moments_are_those_of_the_registered_law(estimate: Any, law: str, name: str) -> None:
    """Polynomials and sums against the formulas of hdo.estimators_moments, all dyadic: equal."""
    mean, second = on_quadratic(estimate, law)
    assert mean == [fmpq(*float(g).as_integer_ratio()) for g in GRADIENT]
    expected = LAWS[name].second(GRADIENT, np.array(CURVATURE), NU, 0)
    assert math.isclose(int(second.p) / int(second.q), expected, rel_tol=1e-14)


def test_signs_are_summed_by_hand() -> None:
    """x'Ax/2 at (1/2, -3/2) moved by (+-1/2, +-1/2): differences -1/16, 1/16 +- ..., by hand.

    D(u) = (g.u)/2 + u'Au/8 = (-u1/8 - 9 u2/8)/2 + (3 + 1.5 u1 u2)/8: for (1, 1), (1, -1), (-1, 1),
    (-1, -1) it is -1/16, 11/16, -5/16, 19/16; so E sign(D) u = (0, -1), and ||u||^2 = 2.
    """
    assert on_quadratic(signed, "signs") == ([fmpq(0), fmpq(-1)], fmpq(2))


def test_other_losses_are_summed_in_balls() -> None:
    """d (F(x + nu e) - F(x - nu e))/(2 nu) e on 1 - cos: sin(x_k) sin(nu)/nu in coordinate k."""
    x = np.array([ball(v) for v in POINT], dtype=object)
    mean, second = moments(scaled_central, "coordinates", COSINE, 0, x, ball(NU))
    sines = [ball(v).sin() * ball(NU).sin() / ball(NU) for v in POINT]
    assert all(a.overlaps(b) and a.rad() < 1e-60 for a, b in zip(mean, sines, strict=True))
    assert second.overlaps(2 * sum(s * s for s in sines))


@pytest.mark.parametrize(
    ("estimate", "law", "problem", "said"),
    [
        (signed, "gaussian", QUADRATIC, "a comparison of"),
        (forward, "gaussian", COSINE, "no exact expectation over gaussian"),
        (forward, "own", QUADRATIC, "only sampled"),
        (lambda f, x, u, nu: 0.1 * u, "gaussian", QUADRATIC, "constant 0.1 is rounded"),
        (lambda f, x, u, nu: np.exp(u), "gaussian", QUADRATIC, "not arithmetic alone"),
        (lambda f, x, u, nu: u / u[0], "gaussian", QUADRATIC, "division by, a random"),
        (lambda f, x, u, nu: np.array([float(v) for v in u]), "signs", QUADRATIC, "made a float"),
    ],
)
def test_what_is_not_exact_is_not_claimed_to_be(
    estimate: Any, law: str, problem: Any, said: str
) -> None:
    """Each with its reason."""
    exact = problem is QUADRATIC
    x = exactly(POINT) if exact else np.array([ball(v) for v in POINT], dtype=object)
    with pytest.raises(NotExact, match=said):
        moments(estimate, law, problem, 0, x, ExactNumber(NU) if exact else ball(NU))


def test_too_many_directions_are_not_summed() -> None:
    """2^9 signs."""
    large = {"kind": "quadratic", "curvature": 1.0, "dimension": 9}
    problem = build_problem(Spec.from_dict({"problem": large, **TWO}))
    assert DIRECTIONS["signs"].count(9) == 512 > MOST_ATOMS
    with pytest.raises(NotExact, match="512 directions"):
        moments(forward, "signs", problem, 0, exactly([0] * 9), ExactNumber(NU))


@pytest.mark.parametrize("law", DIRECTIONS)
def test_a_law_is_drawn_as_its_moments_say(law: str) -> None:
    """E u, E u u', E u_1^4, E u_1^2 u_2^2 over 40,000 draws, to six standard errors."""
    import jax

    from hdo.engine_random import fold, make_key

    found, count = DIRECTIONS[law], 40_000
    with jax.enable_x64(True):
        keys = jax.vmap(lambda k: fold(make_key(3), k, 0))(jax.numpy.arange(count))
        u = np.asarray(jax.vmap(lambda key: found.draw(key, 3))(keys))
    for powers in [(1, 0, 0), (2, 0, 0), (1, 1, 0), (4, 0, 0), (2, 2, 0)]:
        if found.atoms is not None:
            atoms = found.atoms(3)
            exact = sum(
                (p * math.prod(r**a for r, a in zip(row, powers, strict=True)) for row, p in atoms),
                start=fmpq(0),
            )
        else:
            assert found.moment is not None
            exact = found.moment(powers)
        sample = (u ** np.array(powers)).prod(axis=1)
        error = 6 * sample.std() / math.sqrt(count)
        assert abs(sample.mean() - int(exact.p) / int(exact.q)) <= error + 1e-12


def test_an_exact_number_is_a_polynomial() -> None:
    """(u0 + 1/2)^2 - u1 u0 by its coefficients; a constant compares, a random one does not."""
    u = directions(2)
    found = (u[0] + 0.5) ** 2 - u[1] * u[0]
    expected = {(2, 0): 1, (1, 0): 1, (0, 0): fmpq(1, 4), (1, 1): -1}
    assert dict(found.terms(2)) == expected
    assert (u[0] - u[0] + 1) > 0
    assert abs(ExactNumber(-3)).rational == 3
    with pytest.raises(NotExact, match="comparison"):
        bool(u[0] > 0)
    with pytest.raises(ZeroDivisionError):
        u[0] / (u[1] - u[1])


def intervals(moment: Moment, problem: Any = QUADRATIC, nu: float = NU) -> Any:
    """The last enclosure at the point."""
    *_, last = enclosures(moment, problem, 0, np.array(POINT), nu, seed=1, level=1e-6)
    return last


@pytest.mark.parametrize("what", ["bias", "second moment"])
def test_samples_enclose_what_is_known_exactly(what: Any) -> None:
    """Gaussian two-point on the quadratic: bias 0, second moment 419/32; narrow enough to tell."""
    last = intervals(Moment(forward, "gaussian", what))
    exact = 0.0 if what == "bias" else 419 / 32
    assert last.low <= exact <= last.high
    assert last.high - last.low <= 0.3 * math.sqrt(419 / 32) * (1 if what == "bias" else 4)


def test_samples_see_a_bias() -> None:
    """Half the gradient is off by ||g||/2 = 0.566, and certainly by 0.4; so with a key's own draws.

    An estimator of law "own" is given the key itself.
    """
    half = lambda f, x, u, nu: forward(f, x, u, nu) / 2  # noqa: E731
    truth = float(np.linalg.norm(GRADIENT)) / 2

    def drawing(loss: Any, x: Any, key: Any, nu: Any) -> Any:
        return half(loss, x, DIRECTIONS["gaussian"].draw(key, len(x)), nu)

    for moment in (Moment(half, "gaussian", "bias"), Moment(drawing, "own", "bias")):
        last = intervals(moment)
        assert 0.4 < last.low <= truth <= last.high


def test_rough_differences_are_not_sampled() -> None:
    """At nu = 1e-12 float64 differences of the loss have lost too many digits."""
    with pytest.raises(NotExact, match="cancel too much"):
        intervals(Moment(forward, "gaussian", "bias"), nu=1e-12)
