"""Every published bound against the formula typed again from the paper, in plain floats."""

import math
import random
from collections.abc import Callable
from types import SimpleNamespace

import pytest

import theory

V = SimpleNamespace


def noise(v: V) -> float:
    """2 (d+4) SZ + SF."""
    return 2 * (v.d + 4) * v.S_Z + v.S_F


def split(v: V) -> float:
    """2 (d+4) n0 vs0^2 + n1 vs1^2."""
    return 2 * (v.d + 4) * v.n0 * v.vs0_sq + v.n1 * v.vs1_sq


def split3(v: V) -> float:
    """6 (d+4) n0 vs0^2 + 3 n1 vs1^2."""
    return 6 * (v.d + 4) * v.n0 * v.vs0_sq + 3 * v.n1 * v.vs1_sq


def weights(v: V) -> float:
    """6 (d+4) n0 + 3 n1."""
    return 6 * (v.d + 4) * v.n0 + 3 * v.n1


def lemma_10(v: V) -> float:
    """The bound on B."""
    return v.eta * v.n0 * v.L * (v.d + 3) ** 1.5 / (2 * v.c * v.n)


def bracket_12(v: V) -> float:
    """The bracket of Lemma 12."""
    smooth = 10 * v.eta**4 * v.n0 * v.L**2 * (v.d + 6) ** 3 / (v.n * v.c**2)
    return 60 * v.eta**2 * split(v) / v.n + 20 * v.eta**2 * noise(v) / v.n + smooth


def coefficients_13(v: V, bias: float) -> tuple[float, float, float]:
    """C1, C2, C3."""
    n, d, L, eta = v.n, v.d, v.L, v.eta
    c1 = 4 * eta / n - 16 * L * (12 * d + 52) * eta**2 / n**2 - 64 * bias * L * eta**4 / n**3
    c2 = 2 * (L + v.l) * eta / n + L**2 * (96 * d + 456) * eta**2 / n**2
    c2 += 32 * bias * L**2 * eta**4 / n**3
    c3 = eta**2 * ((96 * d + 448) * v.vs0_sq * v.n0 + 88 * v.vs1_sq * v.n1) / n**3
    c3 += 8 * eta**2 * ((d + 4) * v.S_Z + v.S_F) / n**3
    c3 += 12 * eta**4 * v.n0 * L**2 * (d + 6) ** 3 / (n**3 * v.c**2) + 2 * bias * eta**2 / n
    return c1, c2, c3


def lemma_13(v: V) -> float:
    """Distance recursion."""
    c1, c2, c3 = coefficients_13(v, v.B)
    first = (1 - v.l * v.eta / v.n + 4 * v.B * v.eta**2 / v.n) * v.a_sq
    return first - c1 * v.e + c2 * v.Gamma + c3


def lemma_20(v: V) -> float:
    """Descent."""
    n, d, L, eta = v.n, v.d, v.L, v.eta
    out = (2 * L * weights(v) * eta**2 / n**3 - eta / n) * v.grad_sq
    out += (2 * L**2 * eta / n + 12 * L * (d + 4) * eta**2 / n**2) * v.Gamma
    out += 2 * L * eta**2 / n**2 * (split3(v) / n + noise(v) / n)
    out += eta**3 * v.n0**2 * L**2 * (d + 3) ** 3 / (2 * v.c**2 * n**3)
    return out + eta**4 * v.n0 * L**3 * (d + 6) ** 3 / (v.c**2 * n**3)


def theorem_11(v: V) -> float:
    """(43) with S_T = T w_T."""
    bias = lemma_10(v)
    c1, c2, c3 = coefficients_13(v, bias)
    d1 = c1 - 120 * c2 * v.eta**2 * (2 * v.d + 9) * v.L
    d2 = c2 * bracket_12(v) + c3
    s_t = v.T * (1 - v.eta * v.l / (2 * v.n)) ** (-v.T)
    return v.a_0_sq / (s_t * d1) + d2 / d1


def theorem_12(v: V) -> float:
    """(59) from (57), (58) and K1..K5."""
    n, n0, d, L, eta = v.n, v.n0, v.d, v.L, v.eta
    a = 48 * split(v) / n + 16 * noise(v) / n
    k1 = 2 * L / n**2 * (split3(v) / n + noise(v) / n)
    k2 = n0**2 * L**2 * (d + 3) ** 3 / (2 * v.c**2 * n**3) + 2 * L**2 / n * a
    k3 = n0 * L**3 * (d + 6) ** 3 / (v.c**2 * n**3) + 12 * L * (d + 4) / n**2 * a
    k4 = 16 * n0 * L**4 * (d + 6) ** 3 / (n**2 * v.c**2)
    k5 = 96 * n0 * L**3 * (d + 4) * (d + 6) ** 3 / (n**3 * v.c**2)
    series = eta * k1 + eta**2 * k2 + eta**3 * k3 + eta**4 * k4 + eta**5 * k5
    return 4 * n / (eta * v.T) * v.f0_gap + 4 * n * series


def smooth(v: V) -> float:
    """eta^2 n0 L^2 (d+6)^3 / (2 n c^2)."""
    return v.eta**2 * v.n0 * v.L**2 * (v.d + 6) ** 3 / (2 * v.n * v.c**2)


def alphas(v: V) -> float:
    """The split term of M^f."""
    return (3 * v.alpha0 * v.n0 * v.vs0_sq + 3 * v.alpha1 * v.n1 * v.vs1_sq) / v.n


TYPED: dict[str, Callable[[V], float]] = {
    "lemma-1.1": lambda v: (v.d + v.k) ** (v.k / 2),
    "lemma-1.2": lambda v: v.L * v.dist_xy,
    "lemma-1.3": lambda v: v.nu**2 * v.L * v.d / 2,
    "lemma-1.4": lambda v: v.nu / 2 * v.L * (v.d + 3) ** 1.5,
    "lemma-1.5": lambda v: v.nu**2 / 2 * v.L**2 * (v.d + 6) ** 3 + 2 * (v.d + 4) * v.grad_x_sq,
    "lemma-2": lambda v: (1 - 1 / (2 * v.n)) * v.Gamma + 4 / v.n * v.eta**2 * v.M_G,
    "lemma-3": lambda v: (
        6 * (v.d + 4) * v.L**2 * v.Gamma
        + split3(v) / v.n
        + 6 * (2 * v.d + 9) * v.L * v.e
        + noise(v) / v.n
        + smooth(v)
    ),
    "lemma-5.6": lambda v: (
        v.nu**2 * v.L**2 * (v.d + 6) ** 3 / 2 + 2 * (v.d + 4) * (v.grad_i_sq + v.s_sq)
    ),
    "lemma-5.7": lambda v: (
        1.5 * v.nu**2 * v.L**2 * (v.d + 6) ** 3 + 4 * (v.d + 4) * (v.grad_i_sq + v.s_sq)
    ),
    "lemma-8": lambda v: (
        3 * v.L**2 * v.alpha0 * v.Gamma + alphas(v) + 6 * (v.alpha0 + v.alpha1) * v.L * v.e
    ),
    "lemma-9": lambda v: (
        12 * (v.d + 4) * v.L**2 * v.Gamma
        + (12 * v.n0 * (v.d + 4) * v.vs0_sq + 3 * v.n1 * v.vs1_sq) / v.n
        + 6 * (4 * v.d + 17) * v.L * v.e
        + (4 * (v.d + 4) * v.S_Z + v.S_F) / v.n
        + 3 * smooth(v)
    ),
    "lemma-10": lemma_10,
    "lemma-11": lambda v: (
        (1 - 1 / (4 * v.n)) * v.Gamma
        + 12 * v.eta**2 * split(v) / v.n**2
        + 24 * v.eta**2 * (2 * v.d + 9) * v.L * v.e / v.n
        + 4 * v.eta**2 * noise(v) / v.n**2
        + 2 * v.eta**4 * v.n0 * v.L**2 * (v.d + 6) ** 3 / (v.n**2 * v.c**2)
    ),
    "lemma-12": lambda v: (
        120 * v.eta**2 * (2 * v.d + 9) * v.L * v.sum_w_e + bracket_12(v) * v.sum_w
    ),
    "lemma-13": lemma_13,
    "lemma-14": lambda v: 4 * v.eta**2 / v.n**2 * v.M_G,
    "lemma-15": lambda v: (
        3 * v.L**2 * v.alpha0 * v.Gamma
        + alphas(v)
        + 3 * (v.alpha0 * v.n0 + v.alpha1 * v.n1) / v.n * v.grad_sq
    ),
    "lemma-16": lambda v: (
        6 * (v.d + 4) * v.L**2 * v.Gamma
        + split3(v) / v.n
        + weights(v) / v.n * v.grad_sq
        + noise(v) / v.n
        + smooth(v)
    ),
    "lemma-17": lambda v: (
        (1 - 1 / (4 * v.n)) * v.Gamma
        + 12 * v.eta**2 * split(v) / v.n**2
        + 4 * v.eta**2 * weights(v) / v.n**2 * v.grad_sq
        + 4 * v.eta**2 * noise(v) / v.n**2
        + 2 * v.eta**4 * v.n0 * v.L**2 * (v.d + 6) ** 3 / (v.n**2 * v.c**2)
    ),
    "lemma-18": lambda v: (
        v.T
        * (
            48 * v.eta**2 * split(v) / v.n
            + 16 * v.eta**2 * noise(v) / v.n
            + 8 * v.eta**4 * v.n0 * v.L**2 * (v.d + 6) ** 3 / (v.n * v.c**2)
        )
        + 16 * v.eta**2 * weights(v) / v.n * v.sum_grad_sq
    ),
    "lemma-19": lambda v: (
        -v.eta / v.n * v.grad_sq + 2 * v.eta / v.n * v.B**2 + 2 * v.L**2 * v.eta / v.n * v.Gamma
    ),
    "lemma-20": lemma_20,
    "theorem-1.1": theorem_11,
    "theorem-1.2": theorem_12,
}


@pytest.mark.parametrize("key", sorted(TYPED))
@pytest.mark.parametrize("seed", range(3))
def test_encoded_bound_equals_the_formula_typed_from_the_paper(key: str, seed: int) -> None:
    """Two independent encodings agree to rounding at random parameters."""
    rng = random.Random(seed)
    values: dict[str, float | int] = {name: rng.uniform(0.3, 2.0) for name in theory.NOTATION}
    values |= {"n": 5 + seed, "n0": 2 + seed, "n1": 3, "d": 1 + 3 * seed, "k": 2.0 + seed, "T": 7}
    typed = TYPED[key](SimpleNamespace(**values))
    encoded = theory.claim(key, "published").evaluate("rhs", values)
    assert math.isclose(encoded, typed, rel_tol=1e-12), (encoded, typed)


def test_every_published_claim_is_typed_again() -> None:
    """No published claim escapes the comparison."""
    assert {c.key for c in theory.claims("published")} == set(TYPED)
