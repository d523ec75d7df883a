"""The rule of squares: what it accepts is >= 0, whatever the solver says; no more is claimed."""

from collections.abc import Sequence

import numpy as np
import pytest
import sympy as sp
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.notation import symbols
from theory.proofs.proof import Range
from verify.proofs import squares
from verify.proofs.rational import Polynomial, Quotients
from verify.proofs.signs import Region
from verify.proofs.squares import semidefinite, sum_of_squares

s, t, r = sp.symbols("s t r", nonnegative=True)
SMALL = sp.Rational(1, 10**6)


def flint(expression: sp.Expr) -> Polynomial:
    """The polynomial in flint."""
    top, bottom = Quotients.of(expression)(sp.expand(expression))
    return top / bottom


ON_ORTHANT = {
    "a zero at an irrational ratio": (s**2 - 2 * t**2) ** 2,
    "a zero inside": (3 * s - 7 * t) ** 2,
    "a linear factor": s * (3 * s - 7 * t) ** 2 + t * (s - t - 1) ** 2,
    "three variables": (s - t + 2 * r - 3) ** 2 + s * t * (r - 2) ** 2,
    "no zero": s**2 - 2 * s + 2,
}


@pytest.mark.parametrize("name", ON_ORTHANT)
def test_squares_are_found_also_where_they_vanish(name: str) -> None:
    """Polynomials that are >= 0 on the orthant by construction, most of them with zeros there."""
    assert sum_of_squares(flint(ON_ORTHANT[name]))


@pytest.mark.parametrize("name", [name for name in ON_ORTHANT if name.startswith("a ")])
def test_a_millionth_below_a_zero_is_not_accepted(name: str) -> None:
    """Less by 1e-6, each is negative where it vanished: at s/t = 7/3 or sqrt(2), or s = t + 1."""
    assert not sum_of_squares(flint(ON_ORTHANT[name] - SMALL))


def test_what_is_no_sum_of_squares_is_left_undecided() -> None:
    """Motzkin's form is >= 0 (arithmetic and geometric mean) and no sum of squares."""
    assert not sum_of_squares(flint(s**2 * t + s * t**2 + 1 - 3 * s * t))


def test_the_sign_rule_asks_for_squares_where_division_fails() -> None:
    """With L = l + s the expression is (3 l - 7 eta)^2 + l s: no division ever shows it."""
    L, l, eta = symbols("L l eta")  # noqa: E741
    region = Region((Range(l, sp.Integer(0)), Range(L, l), Range(eta, sp.Integer(0))))
    assert region.sign((3 * l - 7 * eta) ** 2 + l * (L - l)).outcome == "accepted"
    assert region.sign((3 * l - 7 * eta) ** 2 - SMALL * l**2).outcome != "accepted"


@pytest.mark.parametrize("lie", [0.0, 1.0, -1.0])
def test_a_solver_that_lies_is_not_believed(monkeypatch: pytest.MonkeyPatch, lie: float) -> None:
    """-(s - 1)^2 - 1 < 0 everywhere, whatever Gram matrices the solver returns."""

    def found(blocks: Sequence[Sequence[object]], wanted: object) -> list[object]:
        del wanted
        return [np.full((len(b), len(b)), lie) for b in blocks]

    monkeypatch.setattr(squares, "_found", found)
    assert not sum_of_squares(flint(-((s - 1) ** 2) - 1))


def test_a_pivot_of_zero_needs_a_row_of_zeros() -> None:
    """2 s t takes both signs, though its diagonal is 0."""
    zero, one = fmpq(0), fmpq(1)
    assert not semidefinite([[zero, one], [one, zero]])
    assert semidefinite([[zero, zero], [zero, one]])


@given(st.lists(st.integers(-9, 9), min_size=16, max_size=16), st.integers(1, 4))
@settings(max_examples=50, deadline=None)
def test_semidefinite_is_that_of_the_eigenvalues(entries: list[int], rank: int) -> None:
    """A A' is accepted, singular or not; lowered on its diagonal below its spectrum, never."""
    A = np.array(entries).reshape(4, 4)[:, :rank]
    gram = A @ A.T
    exact = [[fmpq(int(value)) for value in row] for row in gram]
    assert semidefinite(exact)
    lowest = fmpq(int(np.floor(np.linalg.eigvalsh(gram)[0] + 1e-6)) + 1)
    lowered = [[v - lowest * int(i == j) for j, v in enumerate(row)] for i, row in enumerate(exact)]
    assert not semidefinite(lowered)


@given(st.lists(st.integers(-3, 3), min_size=10, max_size=10))
@settings(max_examples=40, deadline=None)
def test_nothing_that_is_negative_somewhere_is_accepted(values: list[int]) -> None:
    """Random polynomials of degree 3 in two variables, against their values on a grid."""
    monomials = [s**i * t**j for i in range(4) for j in range(4 - i)]
    expression = sp.Add(*(a * m for a, m in zip(values, monomials, strict=True)))
    if expression == 0:
        return
    grid = [fmpq(k, 4) for k in range(0, 25, 2)]
    top = flint(expression + 0 * s)
    count = top.context().nvars()
    points = [(a, b)[:count] for a in grid for b in grid]
    if sum_of_squares(top):
        assert all(top(*point) >= 0 for point in points)


def test_matrices_are_moved_onto_the_polynomial_and_no_other() -> None:
    """s^2 - s is no square, though with a constant 1 it would be; nor is p with a term left out."""
    basis = [[(0,), (2,)]]  # 1 and y^2 = s: products 1, s, s^2
    Q = [[[fmpq(1), fmpq(-1, 2)], [fmpq(-1, 2), fmpq(1)]]]
    whole: dict[tuple[int, ...], fmpq] = {(0,): fmpq(1), (1,): fmpq(-1), (2,): fmpq(1)}
    assert squares.certifies(basis, Q, whole)
    assert not squares.certifies(basis, Q, {(1,): fmpq(-1), (2,): fmpq(1)})
    assert not squares.certifies(basis, Q, {**whole, (3,): fmpq(1)})
