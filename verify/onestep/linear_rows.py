"""The rows of one agent of a linear model, and what their losses see of a Gaussian direction u.

One row gives F = s phi(a.x, y) + (r/2)||x||^2. Along u its loss sees p = a.u/||a|| ~ N(0, 1) only,
through psi(p) = s (phi(z + nu ||a|| p) - phi(z))/nu.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, reduce

import flint
import numpy as np
from numpy.typing import NDArray

from hdo.problems import LinearModelProblem
from hdo.problems.links import LINKS
from verify.balls import Ball, BallArray, ball, balls
from verify.onestep.quadrature import Rule, hermite_rule, rule, widen

HEIGHT = 0.9 * math.pi * (1 - 1e-9)
"""|Im z| up to which the logistic function is used, less some rounding; its poles are at pi."""

SLOPE = 10.5
"""At |Im z| = t in (pi/2, 0.9 pi], |1 + e^-z| >= sin t, so |s|, |s'| <= 1/sin^2(0.9 pi) < 10.5."""


def largest(values: Iterable[Ball]) -> Ball:
    """The largest of the balls' numbers, as a ball."""
    return reduce(Ball.max, values)


def gram(vectors: BallArray) -> BallArray:
    """V V' of the rows of V, (m, m)."""
    matrix = flint.arb_mat(vectors.tolist())
    return np.array((matrix * matrix.transpose()).tolist(), dtype=object)


@dataclass(frozen=True)
class RowData:
    """Rows as balls: features (m, p), ||a||^2 and ||a|| (m,), targets, and s."""

    a: BallArray
    norm_sq: BallArray
    norm: BallArray
    y: NDArray[np.object_]
    scale: Ball

    def __len__(self) -> int:
        return len(self.a)

    @cached_property
    def unit(self) -> BallArray:
        """a/||a||, zero rows staying zero, (m, p)."""
        safe = balls([length if length > 0 else 1 for length in self.norm])
        return self.a / safe[:, None]

    @cached_property
    def cosines(self) -> BallArray:
        """The cosines of the angles between rows, (m, m)."""
        return gram(self.unit)


@lru_cache(maxsize=64)
def rows_of(problem: LinearModelProblem, agent: int) -> RowData:
    """The agent's rows."""
    chosen = problem.rows[agent]
    a = balls(problem.features[chosen])
    norm_sq = (a * a).sum(axis=1)
    multiclass = problem.link.multiclass
    y = problem.targets[chosen] if multiclass else balls(problem.targets[chosen])
    return RowData(a, norm_sq, np.sqrt(norm_sq), y, ball(problem.scale[agent]))


@lru_cache(maxsize=64)
def as_margins(problem: LinearModelProblem) -> LinearModelProblem:
    """Softmax of two classes is the logistic loss of a.(w_0 - w_1): features (a, -a), y = +-1."""
    if problem.classes != 2:
        return problem
    return replace(
        problem,
        link=LINKS["logistic"],
        features=np.hstack([problem.features, -problem.features]),
        targets=1.0 - 2.0 * problem.targets,
        classes=1,
    )


def row_gradients(problem: LinearModelProblem, agent: int, x: BallArray) -> BallArray:
    """grad F(x, row) of every row of the agent, (m, d)."""
    data = rows_of(problem, agent)
    slopes = problem.link.dphi(problem.predictions(data.a, x), data.y)
    if problem.link.multiclass:
        pulled = (slopes[:, :, None] * data.a[:, None, :]).reshape(len(data), -1)
    else:
        pulled = slopes[:, None] * data.a
    return data.scale * pulled + ball(problem.regularisation) * x


@dataclass(frozen=True)
class RowMoments:
    """psi_b = E[psi p^b], b = 0..4, and E[psi^2], E[psi^2 p^2]; each (m,)."""

    psi: tuple[BallArray, ...]
    square: BallArray
    square_pp: BallArray


def ridge_moments(problem: LinearModelProblem, agent: int, x: BallArray, nu: Ball) -> RowMoments:
    """psi = s phi' ||a|| p + s nu ||a||^2 p^2/2, a polynomial."""
    data = rows_of(problem, agent)
    slopes = problem.link.dphi(problem.predictions(data.a, x), data.y)
    one, two = data.scale * slopes * data.norm, data.scale * nu * data.norm_sq / 2
    psi = (two, one, 3 * two, 3 * one, 15 * two)
    return RowMoments(psi, one * one + 3 * two * two, 3 * one * one + 15 * two * two)


@dataclass(frozen=True)
class Sampled:
    """psi at the nodes of a rule, (m, K), and psi' where it was asked for.

    In the rule's strip |psi(p)| <= size |p| and |psi'(p)| <= size, size (m,).
    """

    rule: Rule
    psi: BallArray
    slope: BallArray | None
    size: BallArray

    @property
    def width(self) -> int:
        """The number of nodes."""
        return len(self.rule.nodes)

    def integral(self, values: BallArray, size: BallArray, degree: int) -> BallArray:
        """E of functions given at the nodes, (m,), bounded by size |p|^degree in the strip."""
        return widen(values @ self.rule.weights, size * self.rule.error(degree))

    @cached_property
    def squares(self) -> BallArray:
        """psi^2 at the nodes."""
        return self.psi * self.psi

    @cached_property
    def moments(self) -> RowMoments:
        """The moments of psi, by quadrature."""
        nodes, weights = self.rule.nodes, self.rule.weights
        columns = [weights]
        for _ in range(4):
            columns.append(columns[-1] * nodes)
        plain = tuple(
            widen(self.psi @ columns[b], self.size * self.rule.error(b + 1)) for b in range(5)
        )
        size = self.size * self.size
        square = self.integral(self.squares, size, 2)
        return RowMoments(
            plain, square, widen(self.squares @ columns[2], size * self.rule.error(4))
        )


def sampled(
    problem: LinearModelProblem,
    agent: int,
    x: BallArray,
    nu: Ball,
    *,
    coarsest: float | None = None,
) -> Sampled:
    """psi of a logistic or sigmoid loss at the nodes of a rule for its moments.

    Given `coarsest`, a rule for Hermite coefficients and the slope as well, unless that rule's
    error would be beyond it.
    """
    data = rows_of(problem, agent)
    wide = float((nu * largest(data.norm)).upper())
    analytic = HEIGHT / wide if wide > 0 else math.inf
    series = coarsest is not None and hermite_rule(analytic).hermite_error(0) <= coarsest
    grid = hermite_rule(analytic) if series else rule(analytic)
    z, y = problem.predictions(data.a, x), data.y
    shifted = z[:, None] + nu * data.norm[:, None] * grid.nodes[None, :]
    base = problem.link.phi(z, y)
    psi = data.scale / nu * (problem.link.phi(shifted, y[:, None]) - base[:, None])
    size = data.scale * data.norm
    slope = size[:, None] * problem.link.dphi(shifted, y[:, None]) if series else None
    return Sampled(grid, psi, slope, SLOPE * size)
