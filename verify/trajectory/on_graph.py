"""What the theorems speak of, in balls, for meetings along the edges of a graph.

Agents are not alike here, so that the moments of every two models are kept: for each coordinate
the second moments of (z_1, ..., z_n, V, 1), with z_i = X_i - x* and V_t = q^t sum_{s<=t} w_s
(mu_{s-1} - x*), w_t = q^{-t}. An edge replaces two of the rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import flint
import numpy as np
from numpy.typing import NDArray

from hdo.population import ZEROTH, Population
from hdo.problems import Problem, QuadraticProblem
from hdo.ring import lift
from verify.balls import PRECISION_BITS, Ball, BallArray, ball, balls
from verify.errors import NotExact
from verify.optimum import quadratic_minimiser
from verify.supported import require_measured
from verify.trajectory.powers import advanced_by, as_matrix

MOST_WORK = 60_000
"""n^2 T up to which a run is made step by step."""

LARGEST_STATE = 256
"""Numbers in the state up to which T steps are a power of a matrix."""

_EXTRA_BITS = 512


@dataclass(frozen=True, eq=False)
class _Run:
    """Numbers of one interaction: `curvature`, `centre` (n, d), from x*; `noise` a coordinate's.

    `directional` (n,): 1/rv of zeroth-order agents, else 0; `curved` (n, d): what nu adds.
    """

    edges: Sequence[tuple[int, int]]
    eta: Ball
    q: Ball
    curvature: BallArray
    centre: BallArray
    noise: Ball
    directional: BallArray
    curved: BallArray

    @property
    def n(self) -> int:
        """Agents."""
        return len(self.curvature)

    @property
    def d(self) -> int:
        """Coordinates."""
        return int(self.curvature.shape[1])

    def variances(self, moments: BallArray) -> BallArray:
        """E var of each coordinate of G_i, (n, d), from the moments (d, n + 2, n + 2)."""
        i = np.arange(self.n)
        own, first = moments[:, i, i].T, moments[:, i, -1].T
        c, one = self.centre, moments[:, -1, -1]
        noise = self.noise * one
        noisy = self.curvature**2 * (own - 2 * c * first + c * c * one) + noise
        around = noisy + noisy.sum(axis=1)[:, None]
        return noise + self.directional[:, None] * around + self.curved * one

    def stepped(self, moments: BallArray) -> BallArray:
        """The moments after one interaction."""
        noise = self.eta**2 / 4 * self.variances(moments)
        moments = self._with_sum(moments)
        change = moments * 0
        for i, j in self.edges:
            for k, now in enumerate(moments):
                row = self._averaged(now, i, j, k)
                square = self._averaged(row, i, j, k) + noise[i, k] + noise[j, k]
                rest = np.delete(np.arange(self.n + 2), [i, j])
                for one in (i, j):
                    change[k, one, rest] += row[rest] - now[one, rest]
                    change[k, rest, one] += row[rest] - now[one, rest]
                    change[k, one, [i, j]] += square - now[one, [i, j]]
        return moments + change / len(self.edges)

    def _averaged(self, rows: BallArray, i: int, j: int, k: int) -> BallArray:
        """Products with what i and j both become, from those with all of (z, V, 1)."""
        h = self.eta * self.curvature[:, k]
        kept = (1 - h[i]) * rows[i] + (1 - h[j]) * rows[j]
        return (kept + (h[i] * self.centre[i, k] + h[j] * self.centre[j, k]) * rows[-1]) / 2

    def _with_sum(self, moments: BallArray) -> BallArray:
        """V replaced by q V + the mean model."""
        V = self.n
        row = self.q * moments[:, V] + moments[:, :V].sum(axis=1) / V
        out = moments.copy()
        out[:, V], out[:, :, V] = row, row
        out[:, V, V] = self.q * row[:, V] + row[:, :V].sum(axis=1) / V
        return out


def measure_on_graph(
    problem: Problem,
    population: Population,
    edges: Sequence[tuple[int, int]],
    T: int,
    *,
    start: NDArray[np.float64],
    l: Ball,  # noqa: E741 - the paper's symbol
    eta: Ball,
    nu: Ball,
) -> Mapping[str, Ball]:
    """Quantities of T interactions on the equally likely `edges` (m, 2); all begin at `start`.

    a_0_sq, a_T_sq, f0_gap, mean_grad_sq and f_ybar_gap with w_t = (1 - eta l/(2n))^{-t}, of
    quadratics with diagonal curvatures and fixed centres. NotExact for anything else, and where
    both n^2 T and d (n + 2)^2 are large.
    """
    require_measured(population.agents)
    if not isinstance(problem, QuadraticProblem) or not problem.diagonal:
        raise NotExact("runs on a graph are exact for diagonal quadratics only")
    if any(problem.centre_variance):
        raise NotExact("trajectories in balls need fixed centres")
    if problem.n**2 * T > MOST_WORK and problem.d * (problem.n + 2) ** 2 >= LARGEST_STATE:
        raise NotExact(f"a run of {T} steps of {problem.n} agents on a graph is too long for balls")
    with flint.ctx.workprec(PRECISION_BITS + _EXTRA_BITS):
        run, moments = _begun(problem, population, edges, start, l=l, eta=eta, nu=nu)
        return _measured(run, moments, T)


def _begun(
    problem: QuadraticProblem,
    population: Population,
    edges: Sequence[tuple[int, int]],
    start: NDArray[np.float64],
    *,
    l: Ball,  # noqa: E741
    eta: Ball,
    nu: Ball,
) -> tuple[_Run, BallArray]:
    """The run, and the moments before it."""
    x, _ = quadratic_minimiser(problem)
    agents, rv = population.agents, population.directions
    curvature = balls(problem.curvatures)
    trace = curvature.sum(axis=1)[:, None]
    squares = (curvature * curvature).sum(axis=1)[:, None]
    quartic = trace * trace + 2 * squares + 4 * trace * curvature + 8 * curvature**2
    two_point = balls([int(name == "two-point") for name in agents])[:, None]
    run = _Run(
        edges=edges,
        eta=eta,
        q=1 - eta * l / (2 * problem.n),
        curvature=curvature,
        centre=balls(lift(problem.centres, like=x) - x),
        noise=ball(problem.noise) / problem.d,
        directional=balls([int(name in ZEROTH) for name in agents]) / rv,
        curved=two_point * quartic * nu * nu / (4 * rv),
    )
    origin = balls(lift(start, like=x) - x)
    one, none = origin * 0 + 1, origin * 0
    vectors = np.stack([*([origin] * problem.n), none, one])
    return run, np.stack([np.outer(v, v) for v in vectors.T])


def _measured(run: _Run, moments: BallArray, T: int) -> dict[str, Ball]:
    curvature, rate = run.curvature.sum(axis=0) / run.n, 1 - run.q
    one = Ball(T) if rate == 0 else (1 - run.q**T) / rate
    first = _mean_squares(run, moments)
    late, gradients = _advanced(run, moments, curvature, T)
    weighted = late[:, run.n, run.n] / one**2
    return {
        "a_0_sq": first.sum(),
        "a_T_sq": _mean_squares(run, late).sum(),
        "f0_gap": (curvature * first).sum() / 2,
        "mean_grad_sq": gradients / T,
        "f_ybar_gap": (curvature * weighted).sum() / 2,
    }


def _advanced(
    run: _Run, moments: BallArray, curvature: BallArray, T: int
) -> tuple[BallArray, Ball]:
    """The moments after T interactions, and the sum of E||grad f(mu_t)||^2 before them."""

    # symmetric matrices: what is above the diagonals says all
    size = moments.shape[1]
    upper = np.triu_indices(size)
    place = np.zeros((size, size), dtype=int)
    place[upper] = np.arange(len(upper[0]))
    place = np.maximum(place, place.T)

    def whole(state: BallArray) -> BallArray:
        return state[:-1].reshape(run.d, -1)[:, place]

    def step(state: BallArray) -> BallArray:
        now = whole(state)
        gradient = (curvature**2 * _mean_squares(run, now)).sum()
        after = run.stepped(now)[:, *upper].ravel()
        return np.concatenate([after, state[-1:] + gradient])

    state = np.concatenate([moments[:, *upper].ravel(), balls([0])])
    if run.n**2 * T <= MOST_WORK:
        for _ in range(T):
            state = step(state)
    else:
        identity = balls(np.eye(len(state)))
        change = np.stack([step(column) - column for column in identity.T], axis=1)
        state = advanced_by(as_matrix(change), state, T)
    return whole(state), state[-1]


def _mean_squares(run: _Run, moments: BallArray) -> BallArray:
    """E of the squared coordinates of mu - x*, (d,)."""
    n = run.n
    return np.asarray(moments[:, :n, :n].sum(axis=(1, 2)) / n**2)
