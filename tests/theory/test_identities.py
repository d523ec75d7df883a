"""The sharp edition's identities against enumeration and exact moments, in rationals."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import theory

SMALL = st.integers(-4, 4).map(Fraction)
Vector = tuple[Fraction, ...]


def identity(name: str, **values: Any) -> Any:
    """The right-hand side of `identity-NAME`."""
    return theory.claim(f"identity-{name}", "sharp").evaluate("rhs", values)


def _plus(x: Vector, y: Vector, scale: Fraction | int = 1) -> Vector:
    return tuple(a + scale * b for a, b in zip(x, y, strict=True))


def _dot(x: Vector, y: Vector) -> Fraction:
    return sum((a * b for a, b in zip(x, y, strict=True)), start=Fraction(0))


def _mean(vectors: Sequence[Vector]) -> Vector:
    return tuple(sum(column) / Fraction(len(vectors)) for column in zip(*vectors, strict=True))


def _consensus(models: Sequence[Vector]) -> Fraction:
    gaps = [_plus(x, _mean(models), -1) for x in models]
    return sum((_dot(g, g) for g in gaps), start=Fraction(0)) / len(models)


@st.composite
def populations(draw: st.DrawFn) -> tuple[list[Vector], list[tuple[Vector, Vector]], Fraction]:
    """Models, for each agent two equally likely estimates, and a step size."""
    n, d = draw(st.integers(2, 4)), draw(st.integers(1, 2))
    vector = st.tuples(*[SMALL] * d)
    models = draw(st.lists(vector, min_size=n, max_size=n))
    estimates = draw(st.lists(st.tuples(vector, vector), min_size=n, max_size=n))
    return models, estimates, draw(st.fractions(Fraction(1, 9), 3, max_denominator=9))


@settings(max_examples=60)
@given(drawn=populations())
def test_identities_of_one_interaction_equal_the_average_over_all_outcomes(
    drawn: tuple[list[Vector], list[tuple[Vector, Vector]], Fraction],
) -> None:
    """Algorithm 1 run for every pair and every pair of estimates, x* at the origin."""
    models, estimates, eta = drawn
    n, mu = len(models), _mean(models)
    outcomes = []
    for i, j in product(range(n), repeat=2):
        for g, h in product(estimates[i], estimates[j]):
            if i < j:
                met = _mean([_plus(models[i], g, -eta), _plus(models[j], h, -eta)])
                after = [met if a in (i, j) else x for a, x in enumerate(models)]
                outcomes.append((_mean(after), _consensus(after), _plus(g, h)))
    means = [_mean(pair) for pair in estimates]
    total = tuple(sum(column) for column in zip(*means, strict=True))
    second = [_dot(g, g) for pair in estimates for g in pair]
    gaps = [_dot(m, _plus(x, mu, -1)) for m, x in zip(means, models, strict=True)]
    size = len(outcomes)
    pair_sq = identity(
        "pair-second-moment",
        n=n,
        S=sum(second) / (2 * n),
        sum_m_norm_sq=_dot(total, total),
        sum_m_sq=sum(_dot(m, m) for m in means),
    )
    known: dict[str, Any] = {"n": n, "eta": eta, "pair_sq": pair_sq}
    assert pair_sq == sum(_dot(s, s) for *_, s in outcomes) / size
    assert _mean([m for m, *_ in outcomes]) == _plus(mu, total, -2 * eta / Fraction(n) ** 2)
    assert identity("mean-step") == 0
    assert (
        identity("distance", a_sq=_dot(mu, mu), mu_dot_m=_dot(mu, total) / n, **known)
        == sum(_dot(m, m) for m, *_ in outcomes) / size
    )
    assert (
        identity("consensus", Gamma=_consensus(models), x_dot_m=sum(gaps) / n, **known)
        == sum(g for _, g, _ in outcomes) / size
    )


MOMENTS = {0: 1, 2: 1, 4: 3, 6: 15}
"""E z^k of a standard normal z; 0 for odd k."""


def _gaussian(powers: Sequence[int]) -> int:
    """E prod u_k^powers_k for independent standard normals."""
    out = 1
    for power in powers:
        out *= MOMENTS.get(power, 0)
    return out


def _expectation(indices: Sequence[tuple[int, ...]], d: int, weight: Any) -> Any:
    """The sum over index tuples of weight times E prod u_index."""
    return sum(weight(t) * _gaussian([t.count(k) for k in range(d)]) for t in indices)


@given(gh=st.integers(1, 3).flatmap(lambda d: st.tuples(*[st.tuples(*[SMALL] * d)] * 2)))
def test_the_gaussian_fourth_moment_is_the_sum_over_coordinates(gh: tuple[Vector, Vector]) -> None:
    """h' E[(u.g)^2 u u'] h expanded in coordinates; with h = e_k summed over k, E||G||^2."""
    g, h = gh
    d = len(g)
    tuples = list(product(range(d), repeat=4))
    found = _expectation(tuples, d, lambda t: g[t[0]] * g[t[1]] * h[t[2]] * h[t[3]])
    assert found == identity(
        "gaussian-quartic", g_sq=_dot(g, g), h_sq=_dot(h, h), g_dot_h=_dot(g, h)
    )
    one = _expectation([t for t in tuples if t[2] == t[3]], d, lambda t: g[t[0]] * g[t[1]])
    for rv in (1, 2, 5):
        # rv independent directions, each of mean g: E||mean||^2 = E||G||^2/rv + (1 - 1/rv)||g||^2
        averaged = one / rv + (1 - Fraction(1, rv)) * _dot(g, g)
        assert averaged == identity("forward-gradient", d=d, rv=rv, g_sq=_dot(g, g))


def test_the_sixth_moment_of_the_norm_is_the_sum_over_coordinates() -> None:
    """E||u||^6 = sum over i, j, k of E u_i^2 u_j^2 u_k^2."""
    for d in (1, 2, 3, 5):
        triples = [(i, i, j, j, k, k) for i, j, k in product(range(d), repeat=3)]
        assert _expectation(triples, d, lambda t: 1) == identity("sixth-moment", d=d)


def test_a_quadratic_attains_the_upper_smoothing_bound() -> None:
    """f = L||x||^2/2 has f_nu - f = nu^2 L d/2 everywhere, and its gradient is not moved."""
    values: dict[str, Any] = {"L": Fraction(3), "nu": Fraction(1, 2), "d": 4}
    assert identity("smoothing-value-upper", **values) == Fraction(1, 4) * 3 * 4 / 2
    assert identity("smoothing-gradient", **values) == Fraction(1, 2) * 3 * 2
    assert identity("smoothing-value-lower") == 0
