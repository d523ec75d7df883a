"""Optima on data: certified in balls, against scikit-learn, closed forms and a longer
computation."""

import json
from typing import Any

import flint
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge

from hdo import build_problem, load_spec
from hdo.errors import InputError
from hdo.population import Population
from hdo.problems import LINKS, LinearModelProblem
from verify.balls import BallArray, balls
from verify.optimum import NoMinimiser, OptimumError, convex, optimum

PAIR = Population(("two-point", "first-order"))


def on_data(**problem: Any) -> LinearModelProblem:
    """Two agents on a data set that ships with the package."""
    content = {"problem": problem, "population": {"agents": list(PAIR.agents)}}
    built = build_problem(load_spec(json.dumps(content)))
    assert isinstance(built, LinearModelProblem)
    return built


def small(
    kind: str, regularisation: float, *, classes: int = 1, seed: int = 0
) -> LinearModelProblem:
    """24 overlapping random rows in 2 dimensions."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(24, 2))
    if kind == "softmax":
        targets = rng.integers(classes, size=24)
    else:
        targets = np.where(features[:, 0] + rng.normal(size=24) > 0, 1.0, -1.0)
    return LinearModelProblem(
        population=PAIR,
        link=LINKS[kind],
        features=features,
        targets=targets,
        rows=(np.arange(24), np.arange(24)),
        regularisation=regularisation,
        classes=classes,
    )


@pytest.mark.parametrize(
    ("kind", "data", "regularisation"),
    [
        ("ridge", "diabetes", 0.01),
        ("ridge", "diabetes", 0.0),
        ("logistic", "breast_cancer", 0.01),
        ("logistic", "breast_cancer", 0.0),
        ("softmax", "digits", 0.01),
    ],
)
def test_embedded_data_has_an_enclosure_far_below_1e_10(
    kind: str, data: str, regularisation: float
) -> None:
    """upper - lower <= 1e-20 max(1, |f*|), ten digits better than asked."""
    problem = on_data(kind=kind, data=data, regularisation=regularisation)
    found = optimum(problem)
    assert found.status == "certified"
    assert found.upper - found.lower <= 1e-20 * max(1.0, abs(float(found.upper)))
    assert np.linalg.norm(problem.gradient(found.x)) < 1e-12


def test_ridge_is_the_ridge_regression_of_scikit_learn() -> None:
    """alpha = N l, no intercept."""
    problem = on_data(kind="ridge", data="diabetes", regularisation=0.01)
    peer = Ridge(alpha=0.01 * len(problem.features), fit_intercept=False, solver="cholesky")
    peer.fit(problem.features, problem.targets)
    np.testing.assert_allclose(optimum(problem).x, peer.coef_, rtol=1e-9)


def test_logistic_and_softmax_are_those_of_scikit_learn() -> None:
    """C = 1/(N l), no intercept; its gradient tolerance is the limit."""
    for problem in (
        on_data(kind="logistic", data="breast_cancer", regularisation=0.01),
        on_data(kind="softmax", data="digits", rows=150, regularisation=0.02),
    ):
        C = 1 / (problem.regularisation * len(problem.features))
        peer = LogisticRegression(C=C, fit_intercept=False, tol=1e-10, max_iter=10_000)
        peer.fit(problem.features, problem.targets)
        np.testing.assert_allclose(optimum(problem).x, peer.coef_.ravel(), atol=2e-6)


def newton_in_balls(problem: LinearModelProblem, x: BallArray) -> BallArray:
    """Newton's method entirely in 600-bit numbers: residual and Hessian."""
    d = len(x)
    for _ in range(6):
        H = flint.arb_mat(d, d, problem.hessian(x).ravel().tolist())
        step = H.solve(flint.arb_mat(d, 1, problem.gradient(x).tolist())).entries()
        x = np.array([(a - s).mid() for a, s in zip(x, step, strict=True)], dtype=object)
    return x


@pytest.mark.parametrize(("kind", "classes"), [("ridge", 1), ("logistic", 1), ("softmax", 3)])
def test_the_enclosure_holds_the_optimum_found_with_600_bits(kind: str, classes: int) -> None:
    """Another method and precision; the enclosure moved by its own width does not hold it."""
    problem = small(kind, 0.125, classes=classes)
    found = optimum(problem)
    assert found.x_ball is not None
    with flint.ctx.workprec(600):
        x = newton_in_balls(problem, balls(found.x))
        value = problem.value(x)
        assert found.lower <= value.upper()
        assert value.lower() <= found.upper
        for ball, component in zip(found.x_ball, x, strict=True):
            assert ball.contains(component)
            assert not (ball + 3 * ball.rad() + 1e-70).contains(component)


@pytest.mark.parametrize(("kind", "classes"), [("ridge", 1), ("logistic", 1), ("softmax", 3)])
def test_without_regularisation_the_dual_bounds_from_below(kind: str, classes: int) -> None:
    """f* of a vanishing regulariser approaches the enclosed value from above, linearly."""
    found = optimum(small(kind, 0.0, classes=classes))
    assert found.upper - found.lower < 1e-25
    slopes = []
    for size in (1e-4, 1e-6):
        regularised = optimum(small(kind, size, classes=classes))
        slopes.append(float((regularised.lower - found.upper) / size))
    assert slopes[0] > 0
    assert slopes[1] == pytest.approx(slopes[0], rel=0.05)


def test_a_separating_hyperplane_without_regularisation_is_named_with_the_remedy() -> None:
    """The infimum is not attained; the message says which key to change and to what."""
    problem = on_data(kind="logistic", data="digits", classes=[3, 8], regularisation=0.0)
    with pytest.raises(NoMinimiser, match="regularisation: expected a number > 0, as a hyperplane"):
        optimum(problem)
    assert issubclass(NoMinimiser, InputError)


def test_dependent_features_without_regularisation_are_named_with_the_remedy() -> None:
    """The least squares solution is not unique."""
    features = np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]])
    problem = LinearModelProblem(
        population=PAIR,
        link=LINKS["ridge"],
        features=features,
        targets=np.array([1.0, 0.0, 2.0]),
        rows=(np.arange(3), np.arange(3)),
        regularisation=0.0,
    )
    with pytest.raises(NoMinimiser, match="linearly dependent"):
        optimum(problem)


@pytest.mark.parametrize("status", ["optimal_inaccurate", "infeasible", "user_limit"])
def test_any_status_but_optimal_is_an_error_with_a_remedy(
    status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An inexact solution is never accepted silently."""
    import cvxpy

    monkeypatch.setattr(cvxpy.Problem, "status", property(lambda self: status))
    with pytest.raises(
        OptimumError, match=f"{status}.* must be 'optimal': raise problem.regularis"
    ):
        optimum(small("logistic", 0.1, seed=1))


def test_a_wrong_solution_cannot_make_a_wrong_enclosure(monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate of a bad point is wider, holds the truth, and is refused when too wide."""
    problem = small("logistic", 0.125, seed=2)
    truth = optimum(problem)

    def shifted(by: float) -> Any:
        return lambda problem, x: balls(truth.x + by)

    monkeypatch.setattr(convex, "refined", shifted(1e-7))
    found = convex.convex_optimum(problem)
    assert found.lower < truth.lower
    assert truth.upper < found.upper
    assert found.x_ball is not None
    assert truth.x_ball is not None
    assert all(a.contains(b) for a, b in zip(found.x_ball, truth.x_ball, strict=True))
    monkeypatch.setattr(convex, "refined", shifted(1e-3))
    with pytest.raises(OptimumError, match=r"width .*raise problem\.regularisation"):
        convex.convex_optimum(problem)


def test_the_sigmoid_optimum_is_enclosed() -> None:
    """0 <= f* <= f at the best point, which is below every other point tried."""
    problem = on_data(kind="sigmoid", data="breast_cancer", regularisation=0.01)
    found = optimum(problem)
    assert found.status == "enclosed"
    assert found.x_ball is None
    assert found.lower == 0
    rng = np.random.default_rng(0)
    tried = [problem.value(s * rng.normal(size=problem.d)) for s in (0.0, 0.1, 1.0) for _ in "abc"]
    assert 0 < found.upper < min(tried)
    assert np.linalg.norm(problem.gradient(found.x)) < 1e-3
