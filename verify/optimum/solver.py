"""The first approximation of the optimum of a convex linear model: cvxpy with Clarabel."""

import math
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hdo.problems import LinearModelProblem
from verify.optimum.enclosure import OptimumError

_MOST_CONES = 2000
"""Exponential cones given to the solver: Clarabel takes 1 s for them, 25 s for digits' 18000."""

_LEAST_REGULARISATION = 1e-6
"""Without it the minimiser may be too far away for the solver; polish starts from here."""


def solve(problem: LinearModelProblem) -> NDArray[np.float64]:
    """The solver's minimiser (d,) of f, over evenly spaced rows where the data has too many.

    What it saw does not matter to the result: polish and certificate see all rows, and the
    regularisation as it is. Raises `OptimumError` for every status but "optimal".
    """
    import cvxpy as cp

    rows = _rows_for_the_solver(problem)
    weights = cp.Variable((problem.classes, problem.features.shape[1]))
    loss = _loss(problem, weights, rows) / len(rows)
    penalty = max(problem.regularisation, _LEAST_REGULARISATION) / 2 * cp.sum_squares(weights)
    task = cp.Problem(cp.Minimize(loss + penalty))
    with warnings.catch_warnings():
        # an inaccurate solution is refused below, by its status
        warnings.simplefilter("ignore")
        try:
            task.solve(solver=cp.CLARABEL)
        except cp.SolverError as error:
            raise OptimumError(_refusal(str(error))) from error
    if task.status != cp.OPTIMAL:
        raise OptimumError(_refusal(task.status))
    return np.asarray(weights.value, dtype=float).ravel()


def _refusal(status: str) -> str:
    return (
        f"solver status {status!r} must be 'optimal': raise problem.regularisation, "
        "or rescale the features of problem.data"
    )


def _rows_for_the_solver(problem: LinearModelProblem) -> NDArray[np.intp]:
    total = len(problem.features)
    exponentials = problem.classes if problem.link.name != "ridge" else 0
    count = min(total, math.ceil(_MOST_CONES / exponentials)) if exponentials else total
    return np.linspace(0, total - 1, count).astype(np.intp)


def _loss(problem: LinearModelProblem, weights: Any, rows: NDArray[np.intp]) -> Any:
    """The sum of the losses of `rows` as a cvxpy expression."""
    import cvxpy as cp

    features, targets = problem.features[rows], problem.targets[rows]
    logits = features @ weights.T
    if problem.link.name == "ridge":
        return cp.sum_squares(logits[:, 0] - targets) / 2
    if problem.link.name == "logistic":
        return cp.sum(cp.logistic(-cp.multiply(targets, logits[:, 0])))
    chosen = np.eye(problem.classes)[targets]
    return cp.sum(cp.log_sum_exp(logits, axis=1)) - cp.sum(cp.multiply(chosen, logits))
