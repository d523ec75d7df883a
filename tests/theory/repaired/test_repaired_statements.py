"""The repaired statements follow from one another in exact rationals, and change little."""

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import theory
from theory.evaluate import slack
from theory.repaired import repaired

Numbers = dict[str, Any]
REPAIRED = {claim.key: claim for claim in repaired()}
POSITIVE = st.fractions(Fraction(1, 20), 20, max_denominator=40)
STATE = ("Gamma", "e", "a_sq", "grad_sq", "vs0_sq", "vs1_sq", "S_Z", "S_F")


@st.composite
def numbers(draw: st.DrawFn) -> Numbers:
    """Parameters and a state."""
    n0, n1 = draw(st.integers(0, 5)), draw(st.integers(0, 5))
    n0 += max(0, 2 - n0 - n1)
    values: Numbers = {"n0": n0, "n1": n1, "n": n0 + n1, "d": draw(st.integers(1, 40))}
    values |= {name: draw(POSITIVE) for name in ("L", "c", *STATE)}
    values["l"] = values["L"] * draw(st.fractions(Fraction(1, 50), 1, max_denominator=50))
    values["eta"] = draw(st.fractions(Fraction(1, 100), 2, max_denominator=100))
    return values | {"nu": values["eta"] / values["c"]}


def claim(key: str) -> theory.Claim:
    """The repaired claim, the published one where that stands."""
    return REPAIRED.get(key) or theory.claim(key, "published")


def bound(key: str, values: Numbers, **changes: Any) -> Any:
    """The right-hand side."""
    return claim(key).evaluate("rhs", values | changes)


def within(values: Numbers, key: str) -> Numbers:
    """The values with eta, at a fixed c, halved until the claim's conditions hold."""
    values = dict(values)
    while not all(
        slack(c, {name: float(v) for name, v in values.items()}) > 0 for c in claim(key).conditions
    ):
        values["eta"] /= 2
    return values | {"nu": values["eta"] / values["c"]}


def difference(key: str) -> sp.Expr:
    """Repaired less published right-hand side."""
    return sp.expand(REPAIRED[key].rhs - theory.claim(key, "published").rhs)


def symbol_values() -> dict[str, sp.Symbol]:
    """Every symbol by name."""
    return {name: entry.symbol for name, entry in theory.NOTATION.items()}


def test_what_stands_as_published_has_no_copy() -> None:
    """Four lemmas and both theorems are repaired; the rest adds a step or gathers constants."""
    published = {c.key for c in theory.claims("published")}
    changed = {"lemma-12", "lemma-13", "lemma-18", "lemma-20", "theorem-1.1", "theorem-1.2"}
    assert set(REPAIRED) & published == changed
    assert all(c.edition == "repaired" for c in REPAIRED.values())
    for key in changed:
        old, new = theory.claim(key, "published"), REPAIRED[key]
        assert (old.rhs, old.lhs, old.conditions) != (new.rhs, new.lhs, new.conditions)


def test_lemmas_12_and_18_change_their_conditions_only() -> None:
    """The step sizes are those of Lemmas 11 and 17."""
    for key, before in (("lemma-12", "lemma-11"), ("lemma-18", "lemma-17")):
        assert difference(key) == 0
        assert REPAIRED[key].conditions == theory.claim(before, "published").conditions


def test_lemma_13_changes_the_terms_with_b_only() -> None:
    """One new term, and no B."""
    s = symbol_values()
    without = theory.claim("lemma-13", "published").rhs.subs(s["B"], 0)
    added = 2 * s["eta"] ** 3 * s["L"] * s["d"] * s["n0"] / (s["c"] ** 2 * s["n"] ** 2)
    assert sp.expand(REPAIRED["lemma-13"].rhs - without - added) == 0
    assert REPAIRED["lemma-13"].conditions == ()


def test_lemma_20_changes_a_power_of_l_only() -> None:
    """12 L (d+4) becomes 12 L^3 (d+4)."""
    s = symbol_values()
    changed = 12 * (s["d"] + 4) * (s["L"] ** 3 - s["L"]) * s["eta"] ** 2 / s["n"] ** 2 * s["Gamma"]
    assert sp.expand(difference("lemma-20") - changed) == 0


@given(values=numbers())
def test_lemmas_3_and_14_and_the_descent_give_lemma_13(values: Numbers) -> None:
    """a^2 - (4 eta/n) <mu - x*, m> + E||mu' - mu||^2 with (34), 14 and 3 at equality."""
    n, l, eta = values["n"], values["l"], values["eta"]  # noqa: E741
    descent = values["e"] + l / 4 * values["a_sq"] - bound("lemma-13.34", values, mu_dot_m=0)
    step = bound("lemma-14", values, M_G=bound("lemma-3", values))
    composed = values["a_sq"] - 4 * eta / n * descent + step
    assert composed <= bound("lemma-13", values)


@given(values=numbers())
def test_lemma_20_is_its_steps(values: Numbers) -> None:
    """Smoothness, Lemmas 19, 14, 16 and 10, whose square is rational."""
    v = values
    bias_sq = v["eta"] ** 2 * v["n0"] ** 2 * v["L"] ** 2 * (v["d"] + 3) ** 3
    bias_sq /= 4 * v["c"] ** 2 * v["n"] ** 2
    step = bound("lemma-14", v, M_G=bound("lemma-16", v))
    composed = bound("lemma-19", v, B=0) + 2 * v["eta"] / v["n"] * bias_sq + v["L"] / 2 * step
    assert composed == bound("lemma-20", v)


@settings(max_examples=40)
@given(values=numbers(), gaps=st.lists(POSITIVE, min_size=2, max_size=6))
def test_lemmas_11_and_13_give_theorem_1_1_up_to_convexity(
    values: Numbers, gaps: list[Fraction]
) -> None:
    """Every step at equality; the explicit form is no smaller within its own conditions."""
    T = len(gaps)
    for key in ("theorem-1.1", "theorem-1.1-explicit"):
        v = within(values | {"T": T}, key)
        shrink = 1 - v["eta"] * v["l"] / (2 * v["n"])
        gamma, a_sq = Fraction(0), v["a_sq"]
        for e in gaps:
            state = {"Gamma": gamma, "a_sq": a_sq, "e": e}
            a_sq, gamma = bound("lemma-13", v, **state), bound("lemma-11", v, **state)
        weights = [shrink**-t for t in range(1, T + 1)]
        mean_gap = sum(w * e for w, e in zip(weights, gaps, strict=True)) / sum(weights)
        lhs = claim(key).evaluate("lhs", v | {"f_ybar_gap": mean_gap, "a_T_sq": a_sq})
        assert lhs <= bound(key, v, a_0_sq=v["a_sq"])


@settings(max_examples=40)
@given(values=numbers(), gradients=st.lists(POSITIVE, min_size=2, max_size=6), last=POSITIVE)
def test_lemmas_17_and_20_give_theorem_1_2(
    values: Numbers, gradients: list[Fraction], last: Fraction
) -> None:
    """A run with every step at equality whose last gap is >= 0."""
    for key in ("theorem-1.2", "theorem-1.2-explicit"):
        v, T = within(values, key), len(gradients)
        gamma, descent = Fraction(0), Fraction(0)
        for gradient in gradients:
            state = {"Gamma": gamma, "grad_sq": gradient}
            descent -= bound("lemma-20", v, **state)
            gamma = bound("lemma-17", v, **state)
        f0_gap = max(descent + last, Fraction(0))
        assert sum(gradients) / T <= bound(key, v, f0_gap=f0_gap, T=T)


@pytest.mark.parametrize("number", ["1.1", "1.2"])
@settings(max_examples=60)
@given(values=numbers(), T=st.integers(2, 50))
def test_the_explicit_theorems_follow_from_the_gathered_ones(
    number: str, values: Numbers, T: int
) -> None:
    """Within the explicit conditions D1 >= 2 eta/n and the sums are bounded term by term."""
    v = within(values | {"T": T}, f"theorem-{number}-explicit")
    v |= {"a_0_sq": v["a_sq"], "f0_gap": v["e"]}
    floats = {name: float(value) for name, value in v.items()}
    for condition in claim(f"theorem-{number}").conditions:
        assert slack(condition, floats) > 0
    assert bound(f"theorem-{number}", v) <= bound(f"theorem-{number}-explicit", v)
