"""Constants of quadratic, kinked and cosine problems: never below the truth, attained if exact."""

import math
from typing import Any

import flint
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from system_cases import CENTRES, MIXED, PROBLEMS, quadratic

from hdo.errors import InputError
from hdo.population import Population
from hdo.problems import Constant, CosineProblem, KinkedProblem, Problem, QuadraticProblem
from hdo.problems.quadratic import positive_semidefinite
from hdo.ring import lift, round_down
from verify.balls import balls

ATTAINED = 1e-6


def dissimilarity(problem: Problem, x: np.ndarray, group: np.ndarray) -> float:
    """mean_{i in group} ||grad f^i(x) - grad f(x)||^2 in 256-bit balls, rounded down."""
    gradients = problem.gradients(balls(np.tile(x, (problem.n, 1))))
    deviations = gradients[group] - gradients.sum(axis=0) / problem.n
    return round_down((deviations * deviations).sum() / len(group))


def groups(problem: Problem) -> list[tuple[np.ndarray, Constant]]:
    """Each group with its vs^2."""
    constants = problem.constants()
    return [
        (problem.zeroth_order, constants.vs0_sq),
        (problem.first_order, constants.vs1_sq),
    ]


@pytest.mark.parametrize("kind", ["shared", "shared matrix"])
def test_quadratics_with_one_curvature_have_one_dissimilarity_everywhere(kind: str) -> None:
    """vs_g^2 = mean_i ||A (b_i - bbar)||^2, the same at 0 and at a far point."""
    problem = quadratic(kind)
    for group, constant in groups(problem):
        assert constant.exact
        for x in (np.zeros(2), np.array([1e3, -7e2])):
            measured = dissimilarity(problem, x, group)
            assert measured <= constant.value <= measured * (1 + 1e-14)


def test_quadratics_with_different_curvatures_have_no_finite_dissimilarity() -> None:
    """The difference of gradients is linear in x and grows; the constant says so."""
    problem = quadratic("matrices")
    for group, constant in groups(problem):
        assert constant.value == math.inf
        near, far = (dissimilarity(problem, scale * np.ones(2), group) for scale in (1.0, 1e6))
        assert far > 1e9 * near


def test_dissimilarity_is_finite_for_a_group_whose_curvature_is_the_mean() -> None:
    """Curvatures 1, 3 in N0 and 2 in N1 (mean 2): infinite for N0, |2 b_2 - 4/3|^2 for N1."""
    problem = QuadraticProblem(
        population=Population(("two-point", "two-point", "first-order")),
        curvatures=np.array([[1.0], [3.0], [2.0]]),
        centres=np.array([[0.0], [0.0], [2.0]]),
    )
    assert problem.constants().vs0_sq.value == math.inf
    value = problem.constants().vs1_sq.value
    assert value == pytest.approx(64 / 9, rel=1e-15)
    assert flint.fmpq(*value.as_integer_ratio()) >= flint.fmpq(64, 9)


@pytest.mark.parametrize("kind", ["shared", "diagonal", "matrices"])
def test_curvature_bounds_of_quadratics_are_attained_by_eigenvectors(kind: str) -> None:
    """||A v|| = L ||v|| and <v, A v> = l ||v||^2 for some agent's A and v; none goes beyond."""
    problem = quadratic(kind)
    constants = problem.constants()
    matrices = [np.diag(A) if problem.diagonal else A for A in problem.curvatures]
    largest = max(np.linalg.norm(A, 2) for A in matrices)
    smallest = min(np.linalg.svd(A)[1].min() for A in matrices)
    assert largest * (1 - 1e-14) <= constants.L.value <= largest * (1 + ATTAINED)
    assert smallest * (1 - ATTAINED) - 1e-15 <= constants.l.value <= smallest * (1 + 1e-14)
    assert constants.L.exact
    assert constants.l.exact


@settings(max_examples=40, deadline=None)
@given(matrix=arrays(np.float64, (3, 3), elements=st.integers(-4, 4).map(float)))
def test_eigenvalue_bounds_enclose_the_exact_characteristic_roots(matrix: np.ndarray) -> None:
    """For integer Gram matrices det(A - t I) certifies that no root lies outside [l, L]."""
    gram = matrix.T @ matrix
    problem = QuadraticProblem(
        population=Population(("first-order",) * 2),
        curvatures=np.tile(gram, (2, 1, 1)),
        centres=np.zeros((2, 3)),
    )
    constants = problem.constants()
    identity = lift(np.eye(3, dtype=int), like=flint.fmpq(0))
    exact = lift(gram, like=flint.fmpq(0))
    top = flint.fmpq(*constants.L.value.as_integer_ratio())
    low = flint.fmpq(*constants.l.value.as_integer_ratio())
    for shifted in (top * identity - exact, exact - low * identity):
        minors = flint.fmpq_mat(3, 3, list(shifted.ravel())).charpoly().coeffs()
        # all roots of the shifted matrix are >= 0: its characteristic coefficients alternate
        assert all((-1) ** (3 - k) * minors[k] >= 0 for k in range(len(minors)))


def test_positive_semidefiniteness_is_decided_exactly_at_the_boundary() -> None:
    """[[1, a], [a, a^2]] is singular; one unit in the last place less, and it is indefinite."""
    a = 1 + 2.0**-20
    singular = np.array([[1.0, a], [a, a * a]])
    below = singular.copy()
    below[1, 1] = np.nextafter(below[1, 1], 0)
    assert positive_semidefinite(singular)
    assert not positive_semidefinite(below)
    assert positive_semidefinite(np.zeros((2, 2)))
    assert not positive_semidefinite(np.array([[0.0, 1.0], [1.0, 0.0]]))


OFFSETS = arrays(np.float64, (5, 2), elements=st.integers(-20, 20).map(lambda k: k / 8))


@settings(max_examples=25, deadline=None)
@given(
    offsets=OFFSETS,
    low=st.sampled_from([0.0, 0.25, 1.0]),
    extra=st.sampled_from([0.0, 0.5, 3.0]),
    x=arrays(np.float64, 2, elements=st.floats(-10, 10)),
)
def test_dissimilarity_of_kinked_problems_is_the_maximum(
    offsets: np.ndarray, low: float, extra: float, x: np.ndarray
) -> None:
    """No point exceeds vs^2, and the best of the offsets and two far points attains it."""
    problem = KinkedProblem(
        population=MIXED, slope_low=low, slope_high=low + extra, offsets=offsets
    )
    ends = np.array([[-100.0, -100.0], [100.0, 100.0]])
    for group, constant in groups(problem):
        assert dissimilarity(problem, x, group) <= constant.value
        best = np.zeros(2)
        for k in range(2):
            candidates = [*offsets[:, k], *ends[:, k]]
            alone = [dissimilarity(problem, _at(best, k, c), group) for c in candidates]
            best[k] = candidates[int(np.argmax(alone))]
        found = dissimilarity(problem, best, group)
        assert found <= constant.value <= found * (1 + 1e-14)


def _at(x: np.ndarray, k: int, value: float) -> np.ndarray:
    moved = x.copy()
    moved[k] = value
    return moved


def test_slopes_of_kinked_problems_are_their_constants() -> None:
    """Between 1 and 2 right of every offset the gradient moves by L, left by l."""
    problem = PROBLEMS["kinked"]
    constants = problem.constants()
    step = np.zeros((5, 2))
    step[:, 0] = 1
    for side, constant in ((10.0, constants.L), (-10.0, constants.l)):
        X = np.full((5, 2), side)
        moved = problem.gradients(X + step) - problem.gradients(X)
        assert np.all(np.linalg.norm(moved, axis=1) == constant.value)


@settings(max_examples=25, deadline=None)
@given(offsets=OFFSETS, frequency=st.sampled_from([0.5, 1.0, 3.0]))
def test_dissimilarity_of_cosine_problems_is_the_maximum(
    offsets: np.ndarray, frequency: float
) -> None:
    """No grid point exceeds vs^2; the best of 20,000 a period attains it to 1e-7."""
    problem = CosineProblem(population=MIXED, amplitude=1.5, frequency=frequency, offsets=offsets)
    grid = np.linspace(0, 2 * np.pi / frequency, 20_001)
    slopes = problem.dh(grid[:, None, None] - offsets[None])
    for group, constant in groups(problem):
        deviations = slopes[:, group] - slopes.mean(axis=1, keepdims=True)
        totals = (deviations**2).mean(axis=1)
        best = grid[totals.argmax(axis=0)]
        found = dissimilarity(problem, best, group)
        assert found <= constant.value <= found * (1 + 1e-7) + 1e-30


def test_cosine_smoothness_is_attained_at_the_offsets() -> None:
    """h''(0) = a w^2 = L."""
    problem = PROBLEMS["cosine"]
    assert isinstance(problem, CosineProblem)
    constants = problem.constants()
    assert constants.L.value == problem.ddh(np.zeros(1))[0] == 1.5 * 0.75**2
    assert not constants.convex
    assert constants.l.value == 0


@pytest.mark.parametrize("kind", ["kinked", "cosine", "quadratic"])
def test_an_empty_group_and_equal_agents_have_no_dissimilarity(kind: str) -> None:
    """n0 = 0: vs0 = 0 by convention; equal offsets: vs1 = 0 by measurement."""
    population = Population(("first-order",) * 2)
    same = np.full((2, 1), 0.3)
    problem: Problem
    if kind == "quadratic":
        problem = QuadraticProblem(population=population, curvatures=same, centres=same)
    elif kind == "kinked":
        problem = KinkedProblem(population=population, slope_low=0.1, slope_high=0.2, offsets=same)
    else:
        problem = CosineProblem(population=population, amplitude=1.0, frequency=0.7, offsets=same)
    constants = problem.constants()
    assert constants.vs0_sq.value == 0
    assert "no agent" in constants.vs0_sq.how
    assert constants.vs1_sq.value == 0


def test_additive_noise_is_every_agents_variance() -> None:
    """s_i^2 = noise."""
    for name in ("quadratic, shared", "kinked", "cosine"):
        assert [s.value for s in PROBLEMS[name].constants().s_sq] == [0.5] * 5


def test_random_centres_have_no_dissimilarity_constant() -> None:
    """A3 cannot hold for every draw of Gaussian centres, so the constant is infinite."""
    problem = QuadraticProblem(
        population=MIXED,
        curvatures=np.ones((5, 2)),
        centres=CENTRES,
        centre_variance=(0.0, 1.0),
    )
    assert problem.constants().vs0_sq.value == math.inf


def test_problems_refuse_wrong_arrays_at_construction() -> None:
    """Shapes, finiteness and signs are checked by the class, not only by the file reader."""
    good: dict[str, Any] = {"population": MIXED, "curvatures": np.ones((5, 2)), "centres": CENTRES}
    for field, value, where in (
        ("centres", CENTRES[:4], "problem.centres"),
        ("curvatures", np.ones((5, 3)), "problem.curvature"),
        ("curvatures", -np.ones((5, 2)), "problem.curvature[0][0]"),
        ("centres", np.full((5, 2), np.nan), "problem.centres[0][0]"),
        ("noise", -1.0, "problem.noise"),
        ("centre_variance", (0.0, -1.0), "problem.group_centres.variance[1]"),
    ):
        with pytest.raises(InputError) as caught:
            QuadraticProblem(**{**good, field: value})
        assert caught.value.where == where
