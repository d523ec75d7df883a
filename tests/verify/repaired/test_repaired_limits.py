"""Lemmas 12 and 18 fail without the step-size limits that the repaired edition adds.

Three first-order agents in one dimension, no noise, all of one function with
grad f(x) = high (x - o) to the right of o and low (x - o) to its left; every pair enumerated.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import theory
from theory.repaired import repaired

N, T = 3, 3
HIGH, OFFSET = Fraction(3, 2), Fraction(-2, 3)
"""From 0 with eta = 1 the mean steps to o, where grad f vanishes, whoever meets."""


@dataclass(frozen=True)
class Sums:
    """E Gamma_t, E f(mu_t) - f*, E||grad f(mu_t)||^2 of the first T times."""

    gamma: tuple[Fraction, ...]
    gap: tuple[Fraction, ...]
    gradient: tuple[Fraction, ...]


def run(low: Fraction) -> Sums:
    """Algorithm 1 over all outcomes, eta = 1, from 0."""

    def gradient(x: Fraction) -> Fraction:
        return (HIGH if x > OFFSET else low) * (x - OFFSET)

    states = {(Fraction(0),) * N: Fraction(1)}
    rows = []
    for _ in range(T):
        means = {X: sum(X, start=Fraction(0)) / N for X in states}
        spread = {X: sum((x - mu) ** 2 for x in X) / N for X, mu in means.items()}
        slopes = {X: gradient(mu) for X, mu in means.items()}
        rows.append(
            (
                sum((p * spread[X] for X, p in states.items()), start=Fraction(0)),
                sum((p * slopes[X] * (means[X] - OFFSET) / 2 for X, p in states.items())),
                sum((p * slopes[X] ** 2 for X, p in states.items())),
            )
        )
        after: dict[tuple[Fraction, ...], Fraction] = {}
        for X, p in states.items():
            for i, j in combinations(range(N), 2):
                met = (X[i] - gradient(X[i]) + X[j] - gradient(X[j])) / 2
                Y = tuple(met if k in (i, j) else x for k, x in enumerate(X))
                after[Y] = after.get(Y, Fraction(0)) + p / 3
        states = after
    return Sums(*(tuple(map(Fraction, column)) for column in zip(*rows, strict=True)))


def common(low: Fraction, l: Fraction) -> dict[str, Fraction | int]:  # noqa: E741
    """The parameters: no noise, no split, no zeroth-order agents."""
    nothing = dict.fromkeys(("n0", "vs0_sq", "vs1_sq", "S_Z", "S_F"), 0)
    return {"n": N, "n1": N, "d": 1, "L": low, "l": l, "eta": 1, "c": 1, "T": T, **nothing}


def repaired_limit(key: str, values: dict[str, Fraction | int]) -> bool:
    """Whether the repaired claim speaks of these parameters."""
    (subject,) = (c for c in repaired() if c.key == key)
    (limit,) = subject.conditions
    floats = {name: float(value) for name, value in values.items()}
    return theory.evaluate.slack(limit, floats) >= 0


def test_lemma_18_without_a_step_size_limit_is_false() -> None:
    """sum E Gamma_t = 66.0 with a bound of 48: at the second time grad f(mu) is 0 for certain."""
    low = Fraction(75)
    found, values = run(low), common(low, Fraction(3, 2))
    assert found.gradient[:2] == (Fraction(1), Fraction(0))
    bound = theory.claim("lemma-18", "published").evaluate(
        "rhs", {**values, "sum_grad_sq": sum(found.gradient[:2])}
    )
    assert sum(found.gamma) == Fraction(1783, 27)
    assert bound == 48
    assert not repaired_limit("lemma-18", values)


def test_lemma_12_without_lemma_11s_limit_is_false() -> None:
    """eta = 1 = 1/(10 l) with l = 1/10 (A1 holds with 3/2, so with 1/10), and L = 40000."""
    low, l = Fraction(40000), Fraction(1, 10)  # noqa: E741
    found, values = run(low), common(low, l)
    weights = [(1 - l / (2 * N)) ** -t for t in range(1, T + 1)]
    lhs = sum(w * g for w, g in zip(weights, found.gamma, strict=True))
    driven = sum(w * e for w, e in zip(weights[:-1], found.gap, strict=False))
    subject = theory.claim("lemma-12", "published")
    sums = {"sum_w_e": driven, "sum_w": sum(weights[:-1])}
    assert all(theory.evaluate.slack(c, values) >= 0 for c in subject.conditions)
    assert lhs > subject.evaluate("rhs", {**values, **sums})
    assert not repaired_limit("lemma-12", values)
