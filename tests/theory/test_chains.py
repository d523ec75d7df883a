"""Where the paper says that one claim follows from others, the encoded ones do: in exact rationals.

Each composition is the proof's own, with every claim used at equality. Where the published
statement is not what its steps give, the difference is asserted exactly.
"""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import theory
from theory.evaluate import slack

Numbers = dict[str, Any]
POSITIVE = st.fractions(Fraction(1, 20), 20, max_denominator=40)
STATE = ("Gamma", "e", "a_sq", "grad_sq", "vs0_sq", "vs1_sq", "S_Z", "S_F")


@st.composite
def numbers(draw: st.DrawFn) -> Numbers:
    """Parameters and a state; d + 3 has a rational root, so that Lemma 10 is rational."""
    n0, n1 = draw(st.integers(0, 5)), draw(st.integers(0, 5))
    n0 += max(0, 2 - n0 - n1)
    values: Numbers = {"n0": n0, "n1": n1, "n": n0 + n1, "d": draw(st.sampled_from((1, 6, 13)))}
    values |= {name: draw(POSITIVE) for name in ("L", "c", *STATE)}
    values["l"] = values["L"] * draw(st.fractions(Fraction(1, 50), 1, max_denominator=50))
    values["eta"] = draw(st.fractions(Fraction(1, 100), 2, max_denominator=100))
    return values | {"nu": values["eta"] / values["c"]}


def bound(key: str, values: Numbers, **changes: Any) -> Any:
    """The right-hand side of a published claim."""
    return theory.claim(key, "published").evaluate("rhs", values | changes)


def within(values: Numbers, *keys: str) -> Numbers:
    """The values with eta, at a fixed c, halved until the conditions of the claims hold."""
    conditions = [c for key in keys for c in theory.claim(key, "published").conditions]
    conditions = [c for c in conditions if c.has(theory.symbol("eta"))]
    values = dict(values)
    while not all(slack(c, _floats(values)) > 0 for c in conditions):
        values["eta"] /= 2
    return values | {"nu": values["eta"] / values["c"]}


def _floats(values: Numbers) -> Numbers:
    return {name: float(value) for name, value in values.items()}


@pytest.mark.parametrize(
    ("result", "estimator", "gradients", "factor"),
    [
        ("lemma-3", "lemma-5.6", "lemma-8", 2),
        ("lemma-9", "lemma-5.7", "lemma-8", 4),
        ("lemma-16", "lemma-5.6", "lemma-15", 2),
    ],
)
@settings(max_examples=30)
@given(values=numbers())
def test_estimators_and_gradients_give_the_second_moments(
    result: str, estimator: str, gradients: str, factor: int, values: Numbers
) -> None:
    """(17)-(19), (47)-(48): (6) or (7) on N0, A4 on N1, Lemma 8 or 15 with (factor (d+4), 1)."""
    weight = factor * (values["d"] + 4)
    smooth = bound(estimator, values, grad_i_sq=0, s_sq=0)
    composed = bound(gradients, values, alpha0=weight, alpha1=1)
    noise = weight * values["S_Z"] + values["S_F"]
    assert composed + (noise + values["n0"] * smooth) / values["n"] == bound(result, values)


@given(values=numbers())
def test_the_bias_of_one_agent_gives_the_mean_bias(values: Numbers) -> None:
    """Lemma 10: n0/n times Lemma 1's fourth statement at nu = eta/c."""
    assert values["n0"] * bound("lemma-1.4", values) / values["n"] == bound("lemma-10", values)


@pytest.mark.parametrize(("result", "moment"), [("lemma-11", "lemma-3"), ("lemma-17", "lemma-16")])
@settings(max_examples=50)
@given(values=numbers())
def test_lemma_2_and_a_second_moment_give_the_consensus_recursion(
    result: str, moment: str, values: Numbers
) -> None:
    """Equal but for Gamma, whose surplus 1/(4n) - 24 (d+4) L^2 eta^2/n is >= 0 within the limit."""
    values = within(values, result)
    composed = bound("lemma-2", values, M_G=bound(moment, values))
    surplus = Fraction(1, 4) - 24 * (values["d"] + 4) * values["L"] ** 2 * values["eta"] ** 2
    assert bound(result, values) - composed == surplus * values["Gamma"] / values["n"]
    assert surplus >= 0


@pytest.mark.parametrize(
    ("result", "step", "limits", "forcing", "weighted"),
    [
        ("lemma-12", "lemma-11", ("lemma-11", "lemma-12"), "e", True),
        ("lemma-18", "lemma-17", ("lemma-17",), "grad_sq", False),
    ],
)
@settings(max_examples=30)
@given(values=numbers(), forces=st.lists(POSITIVE, min_size=2, max_size=7))
def test_unrolled_consensus_recursions_give_the_sums(
    result: str,
    step: str,
    limits: tuple[str, ...],
    forcing: str,
    weighted: bool,
    values: Numbers,
    forces: list[Fraction],
) -> None:
    """(28)-(29), (49)-(50): Gamma_0 = 0 and every step at equality; w_t, or 1 for Lemma 18."""
    values = within(values, *limits)
    shrink = 1 - values["eta"] * values["l"] / (2 * values["n"]) if weighted else Fraction(1)
    T, gamma, total = len(forces), Fraction(0), Fraction(0)
    w = [shrink**-t for t in range(T + 1)]
    for t, force in enumerate(forces, start=1):
        total += w[t] * gamma
        gamma = bound(step, values, **{"Gamma": gamma, forcing: force})
    driven = sum(w[t] * force for t, force in enumerate(forces[:-1], start=1))
    sums = {"sum_w_e": driven, "sum_w": sum(w[1:T]), "sum_grad_sq": driven, "T": T}
    assert total <= bound(result, values, **sums)


@given(values=numbers())
def test_lemma_13_is_its_steps_but_for_a_factor_4_of_the_zeroth_order_noise(
    values: Numbers,
) -> None:
    """(35) + (36) with Lemma 9 + twice (40) gives 4 (d+4) SZ; (37) and the lemma print (d+4) SZ."""
    v = values | {"B": bound("lemma-10", values)}
    n, L, l, eta, B = (v[name] for name in ("n", "L", "l", "eta", "B"))  # noqa: E741
    e, a_sq, Gamma = v["e"], v["a_sq"], v["Gamma"]
    eq_35 = (
        (1 - l * eta / n) * a_sq
        - (4 * eta / n - 16 * L * eta**2 / n**2) * e
        + (2 * (L + l) * eta / n + 8 * L**2 * eta**2 / n**2) * Gamma
    )
    eq_36 = (
        64 * L**2 * eta**2 / n**2 * Gamma
        + 64 * eta**2 * (v["vs0_sq"] * v["n0"] + v["vs1_sq"] * v["n1"]) / n**3
        + 8 * eta**2 / n**2 * bound("lemma-9", v)
    )
    eq_40 = (
        2 * B * eta**2 / n * a_sq
        + 16 * B * L**2 * eta**4 / n**3 * Gamma
        + 32 * B * L * eta**4 / n**3 * e
        + B * eta**2 / n
    )
    missing = 8 * eta**2 * 3 * (v["d"] + 4) * v["S_Z"] / n**3
    assert eq_35 + eq_36 + 2 * eq_40 - bound("lemma-13", v) == missing


@given(values=numbers())
def test_lemma_20_is_its_steps_but_for_a_power_of_l(values: Numbers) -> None:
    """Smoothness, Lemmas 19, 14, 16, 10: E Gamma gets 12 L^3 (d+4) eta^2/n^2, printed with L."""
    step = bound("lemma-14", values, M_G=bound("lemma-16", values))
    composed = bound("lemma-19", values, B=bound("lemma-10", values)) + values["L"] / 2 * step
    coefficient = 12 * (values["d"] + 4) * values["eta"] ** 2 / values["n"] ** 2
    difference = coefficient * (values["L"] ** 3 - values["L"]) * values["Gamma"]
    assert composed - bound("lemma-20", values) == difference


@settings(max_examples=30)
@given(values=numbers(), gradients=st.lists(POSITIVE, min_size=2, max_size=6), last=POSITIVE)
def test_lemmas_17_and_20_give_theorem_1_2(
    values: Numbers, gradients: list[Fraction], last: Fraction
) -> None:
    """(57)-(59): a run with every step at equality whose last gap is >= 0 obeys the bound."""
    values = within(values, "theorem-1.2")
    gamma, descent = Fraction(0), Fraction(0)
    for gradient in gradients:
        state = {"Gamma": gamma, "grad_sq": gradient}
        descent -= bound("lemma-20", values, **state)
        gamma = bound("lemma-17", values, **state)
    f0_gap, T = max(descent + last, Fraction(0)), len(gradients)
    assert sum(gradients) / T <= bound("theorem-1.2", values, f0_gap=f0_gap, T=T)


@settings(max_examples=30)
@given(values=numbers(), gaps=st.lists(POSITIVE, min_size=2, max_size=6))
def test_lemmas_11_and_13_give_theorem_1_1_up_to_convexity(
    values: Numbers, gaps: list[Fraction]
) -> None:
    """(41), (43) with sum_t w_t e_{t-1}/S_T for the gap at y_T: step (42) is not part of it."""
    T = len(gaps)
    values = within(values | {"T": T}, "theorem-1.1")
    values |= {"B": bound("lemma-10", values)}
    shrink = 1 - values["eta"] * values["l"] / (2 * values["n"])
    gamma, a_sq = Fraction(0), values["a_sq"]
    for e in gaps:
        state = {"Gamma": gamma, "a_sq": a_sq, "e": e}
        a_sq, gamma = bound("lemma-13", values, **state), bound("lemma-11", values, **state)
    mean_gap = sum(shrink ** (T - t) * e for t, e in enumerate(gaps, start=1)) / T
    subject = theory.claim("theorem-1.1")
    lhs = subject.evaluate("lhs", values | {"f_y_gap": mean_gap, "a_T_sq": a_sq})
    assert lhs <= bound("theorem-1.1", values, a_0_sq=values["a_sq"])
