"""The constants of linear models, each exact or with its proof.

Notation: agent i of group g has m rows A_i (m, p); f^i = (n_g/N) sum_r phi_r + reg/2 ||x||^2;
dphi_r is in R^K (K = 1 for scalar links), and grad phi_r(a_r.x) = dphi_r (x) a_r has norm
||dphi_r|| ||a_r||. Where the derivative is bounded, dphi_r = c_r + e_r with ||e_r|| <= rho
(`Link.slope_ball`).
"""

import math
from typing import TYPE_CHECKING

import flint
import numpy as np
from numpy.typing import NDArray

from hdo.problems.base import EMPTY_GROUP, Constant, Constants
from hdo.problems.quadratic import eigenvalue_error
from hdo.ring import inflated, lift, round_up

if TYPE_CHECKING:
    from hdo.problems.linear import LinearModelProblem

_EPS = float(np.finfo(float).eps)
_EXACT = flint.fmpq(0)


def linear_constants(problem: "LinearModelProblem") -> Constants:
    """All constants of a linear model for its population."""
    spectra = [spectrum(problem.features[rows]) for rows in problem.rows]
    return Constants(
        L=_smoothness(problem, spectra),
        l=_strong_convexity(problem, spectra),
        s_sq=tuple(_noise(problem, agent) for agent in range(problem.n)),
        vs0_sq=_dissimilarity(problem, problem.zeroth_order, spectra),
        vs1_sq=_dissimilarity(problem, problem.first_order, spectra),
        convex=problem.link.convex,
    )


def spectrum(rows: NDArray[np.float64]) -> tuple[float, float]:
    """Bounds (below the least, above the largest) of the eigenvalues of A'A for A of shape (m, p).

    The computed Gram matrix is off by at most max(m, p) eps ||A||_F^2 in Frobenius norm, twice that
    is taken, and LAPACK adds its own error. The least eigenvalue is 0 where m < p.
    """
    m, p = rows.shape
    values = np.linalg.eigvalsh(rows.T @ rows if p <= m else rows @ rows.T)
    frobenius = float(np.einsum("ij,ij->", rows, rows))
    slack = 2 * (max(m, p) + 8) * _EPS * frobenius + eigenvalue_error(
        min(m, p), float(values.max())
    )
    low = max(0.0, float(values.min()) - slack) if p <= m else 0.0
    return low, float(values.max()) + slack


def _weight(problem: "LinearModelProblem", agent: int) -> float:
    return problem.group_sizes[agent] / len(problem.features)


def _smoothness(problem: "LinearModelProblem", spectra: list[tuple[float, float]]) -> Constant:
    """The Lipschitz constant of grad F^i(., xi), over agents and samples.

    One row has the Hessian scale_i phi'' (x) a a' + reg I with largest norm scale_i curvature
    ||a||^2 + reg, reached (or approached) at some x where a != 0; a batch averages such Hessians,
    and may hold one row b times. Without sampling, phi'' <= curvature I gives (n_g/N) curvature
    ||A_i||^2 + reg, reached where one x serves all rows.
    """
    link, p = problem.link, problem.features.shape[1]
    if problem.population.batch is None:
        tops = [_weight(problem, i) * spectra[i][1] for i in range(problem.n)]
        exact = link.curvature_attained_together(problem.classes)
        how = "largest curvature of the loss times the largest eigenvalue of an agent's rows"
    else:
        squares = np.einsum("ij,ij->i", problem.features, problem.features)
        tops = [
            _weight(problem, i) * len(rows) * float(squares[rows].max())
            for i, rows in enumerate(problem.rows)
        ]
        exact, how = True, "largest curvature of the loss at the longest row, scaled"
    value = link.curvature * max(tops) + problem.regularisation
    return Constant(inflated(value, terms=p), exact, how + ", plus the regularisation")


def _strong_convexity(
    problem: "LinearModelProblem", spectra: list[tuple[float, float]]
) -> Constant:
    """The strong convexity of every f^i.

    Ridge: the least eigenvalue of a constant Hessian. Logistic: phi'' -> 0 along a generic ray, so
    no more than reg. Softmax: adding one vector to all K weight vectors changes no loss, so reg.
    Sigmoid: not convex.
    """
    if not problem.link.convex:
        return Constant(0.0, True, "not convex")
    regularisation = problem.regularisation
    if problem.kind != "ridge":
        return Constant(regularisation, True, "the regularisation: the loss is flat along a ray")
    least = min(_weight(problem, i) * spectra[i][0] for i in range(problem.n))
    value = max(regularisation, (least + regularisation) * (1 - 4 * _EPS))
    return Constant(value, True, "least eigenvalue of an agent's Hessian, rounded outward")


def _noise(problem: "LinearModelProblem", agent: int) -> Constant:
    """sup_x E||grad F^i(x, xi) - grad f^i(x)||^2: the variance over the rows, divided by the batch.

    Bounded derivatives: the row gradients are scale_i (c_r + e_r) (x) a_r + reg x, and centring is
    a contraction in mean square, so std <= scale_i (std of c_r (x) a_r + rho sqrt(mean ||a_r||^2)).
    Ridge: the row gradients differ by scale_i (a_r a_r' - mean) x + ..., unbounded unless all a_r
    a_r' are equal, and then constant in x.
    """
    batch, rows = problem.population.batch, problem.rows[agent]
    if batch is None:
        return Constant(0.0, True, "no sampling: the agent uses all of its rows")
    if len(rows) == 1:
        return Constant(0.0, True, "the agent holds one row")
    features, targets = problem.features[rows], problem.targets[rows]
    centres, radius = problem.link.slope_ball(targets, problem.classes)
    if radius == math.inf:
        return _ridge_noise(problem, agent, batch)
    (m, p), k = features.shape, problem.classes
    squares = np.einsum("ij,ij->i", features, features)
    mean_square = float((np.einsum("ij,ij->i", centres, centres) * squares).mean())
    square_mean = float(np.sum((centres.T @ features / m) ** 2))
    variance = max(0.0, mean_square - square_mean) + 4 * (m + p + k) * _EPS * mean_square
    scale = _weight(problem, agent) * m
    deviation = scale * (math.sqrt(variance) + radius * math.sqrt(float(squares.mean())))
    value = inflated(deviation**2 / batch, terms=4 * (m + p + k))
    return Constant(value, False, "proved bound from the range of the loss's derivative")


def _ridge_noise(problem: "LinearModelProblem", agent: int, batch: int) -> Constant:
    rows = problem.rows[agent]
    features, targets = problem.features[rows], problem.targets[rows]
    same = np.all(features == features[0], axis=1) | np.all(features == -features[0], axis=1)
    if not np.all(same):
        return Constant(math.inf, True, "grows with ||x||")
    pulls = lift(features, like=_EXACT) * lift(targets, like=_EXACT)[:, None]
    deviations = pulls - pulls.sum(axis=0) / len(pulls)
    scale = problem.scale[agent]
    value = scale * scale * (deviations * deviations).sum() / (len(pulls) * batch)
    return Constant(round_up(value), True, "rows equal up to sign, so it is the same for every x")


def _dissimilarity(
    problem: "LinearModelProblem",
    group: NDArray[np.intp],
    spectra: list[tuple[float, float]],
) -> Constant:
    """sup_x mean_{i in group} ||grad f^i - grad f||^2.

    The regulariser cancels, and grad f is the group's mean of v_i = (n_g/N) sum_r dphi_r (x) a_r:
    this is the variance of v_i over the group. Bounded derivatives: centring is a contraction, and
    the part of v_i from e_r has norm at most (n_g/N) rho min(sqrt(m) ||A_i||, sum_r ||a_r||); so
    std <= std of the part from c_r + the root mean square of these.
    """
    if not len(group):
        return EMPTY_GROUP
    if len(group) == 1:
        return Constant(0.0, True, "the only agent of the group holds all rows, so f^i = f")
    if problem.kind == "ridge":
        return _ridge_dissimilarity(problem, group)
    weight = len(group) / len(problem.features)
    parts, sizes, spreads = [], [], []
    for agent in group:
        features = problem.features[problem.rows[agent]]
        targets = problem.targets[problem.rows[agent]]
        centres, radius = problem.link.slope_ball(targets, problem.classes)
        lengths = np.sqrt(np.einsum("ij,ij->i", features, features))
        parts.append(weight * (centres.T @ features).ravel())
        sizes.append(weight * float(np.linalg.norm(centres, axis=1) @ lengths))
        largest = min(len(features) * spectra[agent][1], float(lengths.sum()) ** 2)
        spreads.append((weight * radius) ** 2 * largest)
    deviations = np.array(parts) - np.mean(parts, axis=0)
    terms = sum(problem.features.shape) + problem.classes + len(group)
    fixed = math.sqrt(float((deviations**2).sum()) / len(group)) + 4 * terms * _EPS * max(sizes)
    value = inflated((fixed + math.sqrt(sum(spreads) / len(group))) ** 2, terms=4 * terms)
    return Constant(value, False, "proved bound from the range of the loss's derivative")


def _ridge_dissimilarity(problem: "LinearModelProblem", group: NDArray[np.intp]) -> Constant:
    """v_i - grad f = D_i x - q_i, D_i = (n_g A_i'A_i - A'A)/N: finite exactly if every D_i is 0."""
    features, n_g, total = problem.features, len(group), len(problem.features)
    whole = features.T @ features
    slack = 4 * (total + 8) * _EPS * n_g * float(np.trace(whole))
    for agent in group:
        mine = features[problem.rows[agent]]
        if np.abs(n_g * (mine.T @ mine) - whole).max() > slack:
            return Constant(math.inf, True, "the agents' Hessians differ, so it grows with ||x||")
    exact, targets = lift(features, like=_EXACT), lift(problem.targets, like=_EXACT)
    whole, pull = exact.T @ exact, exact.T @ targets
    value = flint.fmpq(0)
    for agent in group:
        mine, aims = exact[problem.rows[agent]], targets[problem.rows[agent]]
        if np.any(n_g * (mine.T @ mine) != whole):
            return Constant(math.inf, True, "the agents' Hessians differ, so it grows with ||x||")
        deviation = (n_g * (mine.T @ aims) - pull) / total
        value += (deviation * deviation).sum() / n_g
    return Constant(
        round_up(value),
        True,
        "the agents' Hessians are equal, so it is the same for every x",
    )
