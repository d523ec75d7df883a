"""Two-point estimates on the rows of one agent at one point: means and energies.

The difference of one row is D = psi(p) + r x.u + (r nu/2)||u||^2. Splitting u into p and the d - 1
coordinates orthogonal to a leaves E[psi^j p^b] and Gaussian moments; several rows together need
E[psi psi' ||u||^2] of their pairs as well, from `hermite`. Ridge is a quadratic, in closed form.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hdo.problems import LinearModelProblem
from verify.balls import Ball, BallArray, ball, balls, between
from verify.onestep.hermite import MOST_TERMS, crossed_energy
from verify.onestep.linear_rows import (
    RowData,
    RowMoments,
    Sampled,
    ridge_moments,
    row_gradients,
    rows_of,
    sampled,
)
from verify.onestep.quadratic import bend
from verify.onestep.smoothness import enclosed_energy

MOST_PAIR_PRODUCTS = 2_000_000
"""Products that the Hermite series of one agent's pairs of rows may take (half a second)."""

FEWEST_TERMS = 6
"""A shorter series is not worth its time."""

COARSEST = 1e-3
"""Error of the Hermite rule beyond which the series is not worth its time."""


@dataclass(frozen=True, eq=False)
class TwoPointRows:
    """One agent at x (d,): scalar losses only. `pairs`: the rows will be asked for together."""

    problem: LinearModelProblem
    agent: int
    x: BallArray
    nu: Ball
    pairs: bool

    @property
    def data(self) -> RowData:
        """The rows."""
        return rows_of(self.problem, self.agent)

    @cached_property
    def grid(self) -> Sampled | None:
        """psi at the nodes of a rule; None where it is a polynomial (ridge)."""
        if self.problem.kind == "ridge":
            return None
        return sampled(self.problem, self.agent, self.x, self.nu, coarsest=self._coarsest)

    @property
    def _coarsest(self) -> float | None:
        return COARSEST if self.pairs and len(self.data) > 1 else None

    @cached_property
    def parts(self) -> RowMoments:
        """The moments of psi."""
        if self.grid is None:
            return ridge_moments(self.problem, self.agent, self.x, self.nu)
        return self.grid.moments

    @cached_property
    def means(self) -> BallArray:
        """E[D u] = E[psi p] a/||a|| + r x of each row, (m, d)."""
        return self.parts.psi[1][:, None] * self.data.unit + self._r * self.x

    @cached_property
    def mean(self) -> BallArray:
        """E[D u] of f^i, (d,)."""
        return self.means.sum(axis=0) / len(self.data)

    @property
    def _r(self) -> Ball:
        return ball(self.problem.regularisation)

    @cached_property
    def energies(self) -> BallArray:
        """E[D^2 ||u||^2] of each row, (m,).

        With A = psi + alpha p + beta p^2 (alpha = r x.e, beta = r nu/2), R the squared length and
        y.v the regulariser's part in the m' = d - 1 orthogonal coordinates: E[(A + r y.v + beta
        R)^2 (p^2 + R)].
        """
        parts, r, others = self.parts, self._r, self.problem.d - 1
        along = self.data.unit @ self.x
        alpha, beta = r * along, r * self.nu / 2
        rest = r * r * ((self.x @ self.x) - along * along)
        p0, p1, p2, p3, p4 = parts.psi
        mean = p0 + beta
        mean_pp = p2 + 3 * beta
        square = parts.square + alpha * alpha + 3 * beta * beta + 2 * alpha * p1 + 2 * beta * p2
        square_pp = parts.square_pp + 3 * alpha * alpha + 15 * beta * beta
        square_pp = square_pp + 2 * alpha * p3 + 2 * beta * p4
        r1, r2 = others, others * (others + 2)
        r3 = r2 * (others + 4)
        crossed = 2 * beta * (mean_pp * r1 + mean * r2)
        return square_pp + square * r1 + rest * (1 + others + 2) + beta * beta * (r2 + r3) + crossed

    @cached_property
    def energy(self) -> Ball:
        """E[D^2 ||u||^2] of f^i itself."""
        count = len(self.data)
        if self.grid is None:
            g, d = self._gradient, self.problem.d
            return (d + 2) * (g @ g) + bend(mean_curvature(self.problem, self.agent), self.nu)
        if count == 1:
            return self.energies[0]
        most = min(MOST_TERMS, MOST_PAIR_PRODUCTS // (count * (count + self.grid.width // 2)))
        if self.grid.slope is not None and most >= FEWEST_TERMS:
            return self._bracket.intersection(self._by_series(self.grid, most))
        enclosed = enclosed_energy(self.problem, self.agent, self._gradient, self.nu)
        return self._bracket.intersection(enclosed)

    @property
    def _gradient(self) -> BallArray:
        return row_gradients(self.problem, self.agent, self.x).sum(axis=0) / len(self.data)

    @property
    def _bracket(self) -> Ball:
        """From ||E D u||^2 (Jensen) to (mean_r sqrt(E[D_r^2 ||u||^2]))^2 (triangle inequality)."""
        longest = sum((e.upper().sqrt() for e in self.energies), start=Ball(0)) / len(self.data)
        return between((self.mean @ self.mean).lower(), (longest * longest).upper())

    def _by_series(self, grid: Sampled, most: int) -> Ball:
        """With D = mean_r psi_r + l, l = r x.u + (r nu/2)||u||^2, by pairs of rows.

        E[D_r D_s ||u||^2] = C_rs + K_r + K_s + E[l^2 ||u||^2] with C_rs = E[psi_r psi_s ||u||^2],
        one series a pair of rows, and K_r = E[psi_r l ||u||^2] known from row r alone.
        """
        d, r, nu, x, count = self.problem.d, self._r, self.nu, self.x, len(self.data)
        penalty = (d + 2) * r * r * (x @ x) + nu * nu / 4 * (d + 4) * r * r * (d * d + 2 * d)
        own = grid.moments.square_pp + grid.moments.square * (d - 1)
        crossed = (self.energies - own - penalty).sum()
        scale = count * self.energies.sum()
        crossing = crossed_energy(grid, self.data.cosines, d, most=most, scale=scale)
        pairs = own.sum() + crossing
        return pairs / (count * count) + crossed / count + penalty


def mean_curvature(problem: LinearModelProblem, agent: int) -> BallArray:
    """A = (s/m) sum a a' + r I of ridge's f^i, (d, d)."""
    data = rows_of(problem, agent)
    return data.scale / len(data) * (data.a.T @ data.a) + ball(problem.regularisation) * balls(
        np.eye(problem.d, dtype=int)
    )
