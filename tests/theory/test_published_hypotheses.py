"""What each published claim is about and when it holds, typed again from the paper."""

import math
from collections.abc import Callable
from types import SimpleNamespace

import pytest

import theory
from theory.evaluate import slack, value_of

V = SimpleNamespace

ABOUT: dict[str, tuple[str, str, str, str]] = {
    # key: left-hand side, assumptions, estimator, scope
    "lemma-1.1": ("u_moment", "", "any", "gaussian"),
    "lemma-1.2": ("grad_nu_gap", "A2", "any", "function"),
    "lemma-1.3": ("smoothing_gap", "A2", "any", "function"),
    "lemma-1.4": ("smoothing_bias", "A2", "any", "function"),
    "lemma-1.5": ("two_point_energy", "A2", "any", "function"),
    "lemma-2": ("Gamma_next", "", "any", "step"),
    "lemma-3": ("M_G", "A2 A3 A4 convex", "two-point", "step"),
    "lemma-5.6": ("G_sq", "A2 A4", "two-point", "agent"),
    "lemma-5.7": ("G_err_sq", "A2 A4", "two-point", "agent"),
    "lemma-8": ("M_f", "A2 A3 convex", "any", "step"),
    "lemma-9": ("sbar_sq", "A2 A3 A4 convex", "two-point", "step"),
    "lemma-10": ("B_attained", "A2", "two-point", "step"),
    "lemma-11": ("Gamma_next", "A2 A3 A4 convex", "two-point", "step"),
    "lemma-12": ("sum_w_Gamma", "A1 A2 A3 A4 convex", "two-point", "trajectory"),
    "lemma-13": ("a_sq_next", "A1 A2 A3 A4 convex", "two-point", "step"),
    "lemma-14": ("mu_step_sq", "", "any", "step"),
    "lemma-15": ("M_f", "A2 A3", "any", "step"),
    "lemma-16": ("M_G", "A2 A3 A4", "two-point", "step"),
    "lemma-17": ("Gamma_next", "A2 A3 A4", "two-point", "step"),
    "lemma-18": ("sum_Gamma", "A2 A3 A4", "two-point", "trajectory"),
    "lemma-19": ("drift", "A2", "any", "step"),
    "lemma-20": ("f_step", "A2 A3 A4", "two-point", "step"),
    "theorem-1.1": ("", "A1 A2 A3 A4 convex", "two-point", "trajectory"),
    "theorem-1.2": ("mean_grad_sq", "A2 A3 A4", "two-point", "trajectory"),
}


def weights(v: V) -> float:
    """6 (d+4) n0 + 3 n1."""
    return 6 * (v.d + 4) * v.n0 + 3 * v.n1


def limit_11(v: V) -> float:
    """1/(14 L sqrt(d+4))."""
    return 1 / (14 * v.L * math.sqrt(v.d + 4))


def limit_13(v: V) -> float:
    """sqrt(l c n)/(2 sqrt(L n0) (d+3)^(3/4))."""
    return math.sqrt(v.l * v.c * v.n) / (2 * math.sqrt(v.L * v.n0) * (v.d + 3) ** 0.75)


LIMITS: dict[str, tuple[Callable[[V], float], ...]] = {
    "lemma-11": (limit_11,),
    "lemma-12": (lambda v: 1 / (10 * v.l),),
    "lemma-13": (limit_13,),
    "lemma-17": (lambda v: 1 / (10 * v.L * math.sqrt(v.d + 4)),),
    "theorem-1.1": (limit_11, lambda v: 1 / (10 * v.l), limit_13),
    "theorem-1.2": (
        lambda v: 1 / (10 * v.L * math.sqrt(v.d + 4)),
        lambda v: v.n**2 / (4 * v.L * weights(v)),
        lambda v: math.sqrt(v.n / (256 * v.L**2 * weights(v))),
        lambda v: (v.n**2 / (1536 * v.L * (v.d + 4) * weights(v))) ** (1 / 3),
    ),
}
"""The largest step size of each condition, in the order of the conditions."""

OTHER_CONDITIONS = {"lemma-1.1": 1, "lemma-8": 1, "lemma-15": 1, "theorem-1.1": 1}
"""How many conditions are not step sizes: k >= 2, alpha0 >= alpha1, D1 > 0."""

POINTS = (
    {"n": 6.0, "n0": 4.0, "n1": 2.0, "d": 2.0, "L": 3.0, "l": 2.0, "c": 0.5},
    {"n": 3.0, "n0": 1.0, "n1": 2.0, "d": 30.0, "L": 0.2, "l": 0.1, "c": 7.0},
)


@pytest.mark.parametrize("key", ABOUT)
def test_a_claim_is_about_what_the_paper_says(key: str) -> None:
    """Left-hand side, assumptions, estimators, scope."""
    subject = theory.claim(key, "published")
    lhs, assumptions, estimator, scope = ABOUT[key]
    assert str(subject.lhs) == lhs or not lhs
    assert subject.assumptions == set(assumptions.split())
    assert (subject.estimator, subject.scope, subject.relation) == (estimator, scope, "<=")


@pytest.mark.parametrize("subject", theory.claims("published"), ids=lambda c: c.key)
def test_a_claim_has_exactly_the_conditions_printed_with_it(subject: theory.Claim) -> None:
    """Lemma 12 has no more than eta <= 1/(10 l); Lemmas 18, 19, 20 have none."""
    expected = len(LIMITS.get(subject.key, ())) + OTHER_CONDITIONS.get(subject.key, 0)
    assert len(subject.conditions) == expected


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("key", LIMITS)
def test_a_step_size_condition_breaks_at_the_printed_limit(
    key: str, point: dict[str, float]
) -> None:
    """As evaluated and as printed: met a millionth below the limit, not a millionth above."""
    subject = theory.claim(key, "published")
    for condition, limit in zip(subject.conditions, LIMITS[key], strict=False):
        largest = limit(SimpleNamespace(**point))
        for form in (condition, subject.as_printed(condition)):
            assert form.lhs.has(theory.symbol("eta"))
            assert slack(form, point | {"eta": (1 - 1e-6) * largest}) > 0
            assert slack(form, point | {"eta": (1 + 1e-6) * largest}) < 0


def test_no_step_size_is_too_large_where_a_printed_limit_divides_by_0() -> None:
    """Lemma 13 with n0 = 0, Lemma 12 with l = 0."""
    no_zeroth_order = POINTS[0] | {"n0": 0.0, "n1": 6.0, "eta": 1e9}
    assert slack(theory.claim("lemma-13").conditions[0], no_zeroth_order) > 0
    assert slack(theory.claim("lemma-12").conditions[0], {"l": 0.0, "eta": 1e9}) > 0


def test_weights_are_ordered_and_positive() -> None:
    """Lemmas 8 and 15: alpha0 >= alpha1 > 0; Lemma 1: k >= 2."""
    for key in ("lemma-8", "lemma-15"):
        (condition,) = theory.claim(key).conditions
        assert slack(condition, {"alpha0": 1, "alpha1": 1}) == 0
        assert slack(condition, {"alpha0": 1, "alpha1": 2}) < 0
    assert theory.symbol("alpha1").is_positive
    assert slack(theory.claim("lemma-1.1").conditions[0], {"k": 2}) == 0


def test_the_theorems_fix_step_size_and_smoothing() -> None:
    """eta = 4 n log T/(T l) and n/sqrt(d T); nu = eta/sqrt(d), c = sqrt(d)."""
    values = {"n": 6.0, "d": 9.0, "l": 2.0, "T": 50.0, "eta": 0.3}
    step = {"theorem-1.1": 24 * math.log(50.0) / 100.0, "theorem-1.2": 6 / math.sqrt(450.0)}
    for key, eta in step.items():
        ties = {s.name: value_of(e, values) for s, e in theory.claim(key).ties}
        assert set(ties) == {"eta", "nu", "c"}
        assert math.isclose(ties["eta"], eta, rel_tol=1e-14)
        assert math.isclose(ties["nu"], 0.1, rel_tol=1e-14)
        assert ties["c"] == 3.0


def test_theorem_1_1_divides_by_d1_on_both_sides() -> None:
    """(43): f gap + w_T a_T^2/(S_T D1) with S_T = T w_T; the last condition is D1 > 0."""
    subject = theory.claim("theorem-1.1")
    point = POINTS[0] | {"eta": 1e-4, "T": 7.0, "f_y_gap": 0.25, "a_T_sq": 3.0}
    condition = subject.conditions[-1]
    d1 = slack(condition, point)
    assert condition.rel_op == ">"
    assert d1 > 0
    assert math.isclose(subject.evaluate("lhs", point), 0.25 + 3.0 / (7 * d1), rel_tol=1e-13)
    bias = 1e-4 * 4 * 3 * 5**1.5 / (2 * 0.5 * 6)
    c1 = 4e-4 / 6 - 16 * 3 * 76 * 1e-8 / 36 - 64 * bias * 3 * 1e-16 / 216
    c2 = 2 * 5 * 1e-4 / 6 + 9 * 648 * 1e-8 / 36 + 32 * bias * 9 * 1e-16 / 216
    assert math.isclose(d1, c1 - 120 * c2 * 1e-8 * 13 * 3, rel_tol=1e-13)
