"""Convex linear models without regularisation: is the infimum attained, and a dual bound.

Fenchel: if sum_r lambda_r a_r = 0 then f(x) = (1/N) sum_r phi(a_r.x) >= -(1/N) sum_r phi*(lambda_r)
for all x.
"""

import flint
import numpy as np
from numpy.typing import NDArray

from hdo.problems import LinearModelProblem
from hdo.ring import lift
from verify.balls import Ball, BallArray, balls
from verify.optimum.enclosure import NoMinimiser

_SEPARATED = 1e-6


def require_attained(problem: LinearModelProblem) -> None:
    """Raise NoMinimiser if a hyperplane separates the classes, so that f has no minimiser.

    Albert and Anderson, Biometrika 71 (1984): the minimum exists unless a direction leaves no row
    worse and some row better. The linear program maximises how many margins grow.
    """
    from scipy.optimize import linprog

    margins = _margin_rows(problem)
    count, d = margins.shape
    # variables (direction, gain of each margin): margins.direction >= gain, 0 <= gain <= 1
    found = linprog(
        np.concatenate([np.zeros(d), -np.ones(count)]),
        A_ub=np.hstack([-margins, np.eye(count)]),
        b_ub=np.zeros(count),
        bounds=[(None, None)] * d + [(0, 1)] * count,
    )
    if found.fun is None or found.fun < -_SEPARATED:
        expected = "a number > 0, as a hyperplane separates the classes and f has no minimiser"
        raise NoMinimiser("problem.regularisation", problem.regularisation, expected)


def _margin_rows(problem: LinearModelProblem) -> NDArray[np.float64]:
    """Rows m, m.x > 0 where x puts a data row on the right side: y a, or a for y less a for k."""
    if not problem.link.multiclass:
        return np.asarray(problem.targets[:, None] * problem.features)
    rows = []
    for features, target in zip(problem.features, problem.targets, strict=True):
        for other in range(problem.classes):
            if other != target:
                margin = np.zeros((problem.classes, len(features)))
                margin[target], margin[other] = features, -features
                rows.append(margin.ravel())
    return np.array(rows)


def dual_lower_bound(problem: LinearModelProblem, x: BallArray) -> Ball:
    """-(1/N) sum_r phi*(lambda_r) at lambda, the slopes at x moved onto {sum_r lambda_r a_r = 0}.

    lambda = slopes - D A (A'DA)^-1 A' slopes, with D_r the least probability of row r, so that no
    probability moves by more than a small part of itself.
    """
    features = lift(problem.features, like=x)
    targets = problem.targets if problem.link.multiclass else lift(problem.targets, like=x)
    slopes = problem.link.dphi(problem.predictions(features, x), targets)
    slopes = slopes.reshape(len(features), problem.classes)
    least = np.array([min(row).mid() for row in _mixture(problem, slopes)], dtype=object)
    used = features[:, np.any(problem.features != 0, axis=0)]
    scaled = least[:, None] * used
    weights = _mixture(problem, slopes - scaled @ _solve_gram(used.T @ scaled, used.T @ slopes))
    if not all(w > 0 for w in weights.ravel()):
        expected = "a number > 0, as f has no minimiser within reach of the dual"
        raise NoMinimiser("problem.regularisation", problem.regularisation, expected)
    return -(weights * np.log(weights)).sum() / len(features)


def _mixture(problem: LinearModelProblem, slopes: BallArray) -> BallArray:
    """Probabilities whose negative entropy is phi*, (N, K).

    Softmax: p = lambda + e_y. Logistic: s = -y lambda and 1 - s.
    """
    if problem.link.multiclass:
        return slopes + balls(np.eye(problem.classes, dtype=int)[problem.targets])
    share = -lift(problem.targets, like=slopes) * slopes[:, 0]
    return np.stack([share, 1 - share], axis=1)


def _solve_gram(gram: BallArray, right: BallArray) -> BallArray:
    """gram^-1 right in balls; NoMinimiser where the matrix is singular."""
    size = len(gram)
    matrix = flint.arb_mat(size, size, gram.ravel().tolist())
    try:
        solved = matrix.solve(flint.arb_mat(size, right.shape[1], right.ravel().tolist()))
    except ZeroDivisionError:
        expected = "a number > 0, as the features are linearly dependent"
        raise NoMinimiser("problem.regularisation", 0.0, expected) from None
    return np.array(solved.entries(), dtype=object).reshape(right.shape)


def ridge_minimiser(problem: LinearModelProblem) -> BallArray:
    """The least squares solution in balls, (d,)."""
    features = balls(problem.features)
    pull = features.T @ balls(problem.targets)
    return _solve_gram(features.T @ features, pull[:, None])[:, 0]
