"""Second moments of any quadratic population in float64.

A step costs O(n^2 d^3), with diagonal curvatures O(n^2 d).

The state is E z_k z_l' for all agents k, l, with z measured from the minimiser. A step never
enumerates pairs: with Y the models after everyone's own step, E z'_k z'_l' needs only E Y_k Y_l', E
Y_k z_l' and their sums over agents.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hdo.population import ZEROTH, Population
from hdo.problems import QuadraticProblem
from hdo.ring import Array, lift
from verify.optimum import quadratic_minimiser
from verify.supported import require_measured
from verify.trajectory.model import Meeting, meeting

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class GeneralState:
    """First and second moments.

    `mean` (n, d): E z_k. `second`: E z_k z_l' as [k, a, l, b]; diagonal: E z_ka z_la as [k, a, l].
    """

    mean: Floats
    second: Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class General:
    """One interaction in numbers.

    `keep` = I - eta A_k and `curvature` = A_k: (n, d, d), diagonal (n, d).
    `pull` (n, d): eta A_k c_k. Covariance of an estimate given the model, as in
    `verify.trajectory.model`: `spread` (n,) is 1/rv for zeroth-order agents, else 0; `noise` is s;
    `curved` the two-point term H/rv.
    """

    meeting: Meeting
    diagonal: bool
    eta: float
    curvature: Floats
    keep: Floats
    centre: Floats
    pull: Floats
    spread: Floats
    noise: float
    curved: Floats

    @property
    def n(self) -> int:
        """Agents."""
        return len(self.centre)

    def outer(self, a: Floats, b: Floats, out: Floats | None = None) -> Floats:
        """a_k b_l' for all k, l."""
        if self.diagonal:
            return np.multiply(a[:, :, None], b.T[None], out=out)
        return np.multiply(a[:, :, None, None], b[None, None], out=out)

    def adjoint(self, second: Floats) -> Floats:
        """E b_l a_k' at [k, l] from E a_k b_l' at [k, l]."""
        return second.transpose(2, 1, 0) if self.diagonal else second.transpose(2, 3, 0, 1)

    def doubled(self, second: Floats) -> Floats:
        """`second` plus its adjoint."""
        if self.diagonal:
            return second + self.adjoint(second)
        # numpy adds a matrix and its transpose faster than the same numbers with four axes
        matrix = second.reshape(self.centre.size, self.centre.size)
        return np.asarray((matrix + matrix.T).reshape(second.shape))

    def swapped(self, second: Floats) -> Floats:
        """The block of (l, k) at (k, l)."""
        return second.transpose(2, 1, 0) if self.diagonal else second.transpose(2, 1, 0, 3)

    def blocks(self, second: Floats) -> Floats:
        """The diagonal blocks: (n, d, d), diagonal (n, d)."""
        return np.einsum("kak->ka" if self.diagonal else "kakb->kab", second)

    def with_blocks(self, second: Floats, blocks: Floats) -> Floats:
        """`second` with its diagonal blocks replaced, in place."""
        index = np.arange(self.n)
        if self.diagonal:
            second[index, :, index] = blocks
        else:
            second[index, :, index, :] = blocks
        return second

    def act(self, matrices: Floats, second: Floats) -> Floats:
        """M_k E a_k b_l' for all k, l."""
        if self.diagonal:
            return matrices[:, :, None] * second
        n, d = self.centre.shape
        return np.matmul(matrices, second.reshape(n, d, n * d)).reshape(n, d, n, d)

    def along(self, matrices: Floats, points: Floats) -> Floats:
        """M_k a_k."""
        return matrices * points if self.diagonal else np.einsum("kab,kb->ka", matrices, points)


def general_model(
    problem: QuadraticProblem,
    population: Population,
    *,
    eta: float,
    nu: float,
    interaction: str,
) -> General:
    """The numbers of one interaction; differences from the minimiser are taken in rationals."""
    require_measured(population.agents)
    x, _ = quadratic_minimiser(problem)
    centre = (lift(problem.centres, like=x) - x).astype(float)
    curvature = np.asarray(problem.curvatures)
    unit = np.ones(problem.d) if problem.diagonal else np.eye(problem.d)
    zeroth = np.array([name in ZEROTH for name in population.agents], dtype=float)
    two_point = np.array([name == "two-point" for name in population.agents], dtype=float)
    spread = zeroth / population.directions
    pull = curvature * centre if problem.diagonal else np.einsum("kab,kb->ka", curvature, centre)
    shape = (-1, *[1] * (curvature.ndim - 1))
    bend = (two_point * spread * nu * nu / 4).reshape(shape)
    return General(
        meeting=meeting(interaction, problem.n, 1.0),
        diagonal=problem.diagonal,
        eta=eta,
        curvature=curvature,
        keep=unit - eta * curvature,
        centre=centre,
        pull=eta * pull,
        spread=spread,
        noise=problem.noise / problem.d,
        curved=bend * _fourth_moment(curvature, unit),
    )


def _fourth_moment(A: Floats, unit: Floats) -> Floats:
    """E (u'Au)^2 uu' = (tr(A)^2 + 2 tr(A^2)) I + 4 tr(A) A + 8 A^2 for u ~ N(0, I), every agent."""
    square = A * A if A.ndim == 2 else A @ A
    over = (1,) if A.ndim == 2 else (1, 2)
    trace = (A * unit).sum(axis=over, keepdims=True)
    frobenius = (A * A).sum(axis=over, keepdims=True)
    return (trace * trace + 2 * frobenius) * unit + 4 * trace * A + 8 * square


def start_state(problem: QuadraticProblem, model: General, start: Array) -> GeneralState:
    """Every agent at the common start."""
    x, _ = quadratic_minimiser(problem)
    mean = np.tile((lift(start, like=x) - x).astype(float), (problem.n, 1))
    return GeneralState(mean, model.outer(mean, mean))


def advanced(model: General, state: GeneralState) -> GeneralState:
    """The moments after one interaction.

    Large arrays are updated in place where they can be: allocating them costs more than the
    arithmetic.
    """
    mean = model.along(model.keep, state.mean) + model.pull
    scratch = model.outer(state.mean, state.mean)
    np.subtract(state.second, scratch, out=scratch)
    one = model.act(model.keep, scratch)
    both = model.act(model.keep, model.adjoint(one))
    both += model.outer(mean, mean, out=scratch)
    one += model.outer(mean, state.mean, out=scratch)
    own = model.blocks(both) + model.eta**2 * estimate_covariance(model, state)
    if model.meeting.matching:
        second = _matched(model, both, own)
    else:
        second = _paired(model, state.second, one, both, own)
    # rounding must not let the two halves of a symmetric matrix drift apart
    second = model.doubled(second)
    second /= 2
    return GeneralState(_mean_after(model, state.mean, mean), second)


def forces(model: General, state: GeneralState) -> Floats:
    """E g g' of every agent, g = A (z - c): (n, d, d), diagonal (n, d)."""
    second = model.blocks(state.second)
    z, c, A = state.mean, model.centre, model.curvature
    if model.diagonal:
        return np.asarray(A * A * (second - 2 * z * c + c * c))
    cross = z[:, :, None] * c[:, None]
    centred = second - cross - cross.transpose(0, 2, 1) + c[:, :, None] * c[:, None]
    return np.asarray(A @ centred @ A)


def estimate_covariance(model: General, state: GeneralState) -> Floats:
    """E cov(G_k | z_k): (n, d, d), diagonal (n, d)."""
    unit = np.ones(model.centre.shape[1]) if model.diagonal else np.eye(model.centre.shape[1])
    noisy = forces(model, state) + model.noise * unit
    trace = (noisy * unit).sum(axis=tuple(range(1, noisy.ndim)), keepdims=True)
    spread = model.spread.reshape(trace.shape)
    return model.noise * unit + spread * (noisy + trace * unit) + model.curved


def _mean_after(model: General, before: Floats, mean: Floats) -> Floats:
    n, meeting = model.n, model.meeting
    met = ((n - 2) * mean + mean.sum(axis=0)) / 2
    return (1 - meeting.gone) * before + meeting.idle * mean + meeting.meet * met


def _averages(model: General, both: Floats, own: Floats) -> Floats:
    """meet times E of (Y_k + Y_l)(Y_k + Y_l)'/4 for all k, l."""
    result = both + model.swapped(both)
    result += np.expand_dims(own, 2)
    result += np.moveaxis(own, 0, 1)[None]
    result *= model.meeting.meet / 4
    return result


def _own_after(model: General, both: Floats, own: Floats) -> Floats:
    """meet sum over j of E (Y_k + Y_j)(Y_k + Y_j)'/4, the diagonal blocks of who averages."""
    cross = both.sum(axis=2) - model.blocks(both)
    cross = cross + (cross if model.diagonal else cross.transpose(0, 2, 1))
    return model.meeting.meet / 4 * ((model.n - 2) * own + own.sum(axis=0) + cross)


def _paired(model: General, before: Floats, one: Floats, both: Floats, own: Floats) -> Floats:
    """E z'_k z'_l' for a random pair; `one` = E Y_k z_l', overwritten.

    A chosen k averages with l, or with a third agent while l stays.
    """
    n, meet = model.n, model.meeting.meet
    third = one.sum(axis=0, keepdims=True) - np.moveaxis(model.blocks(one), 0, 1)[None]
    one *= n - 3
    one += third
    one *= meet / 2
    second = _averages(model, both, own)
    second += model.doubled(one)
    second += np.multiply(before, 1 - meet * (2 * n - 3), out=one)
    stay = (1 - model.meeting.gone) * model.blocks(before)
    return model.with_blocks(second, stay + _own_after(model, both, own))


def _matched(model: General, both: Floats, own: Floats) -> Floats:
    """E z'_k z'_l' for a random matching; `both` is overwritten.

    k and l are matched together, or k with i and l with j, or with odd n one of them is idle. Sums
    over i, j leave k and l out: with row and column sums R, C of the blocks U off the diagonal and
    O their total, sum_j U_kj = R_k - U_kl, sum_i U_il = C_l - U_kl, sum_ij U_ij = O - R_k - C_k -
    R_l - C_l + U_kl + U_lk.
    """
    n, meeting = model.n, model.meeting
    second = _averages(model, both, own)
    blocks = meeting.idle * own + _own_after(model, both, own)
    off = model.with_blocks(both, np.zeros_like(own))
    row, column = off.sum(axis=2, keepdims=True), off.sum(axis=0, keepdims=True)
    total = row.sum(axis=0, keepdims=True)
    odd = 2.0 if n % 2 else 0.0
    ends = meeting.both / 4 * ((n - 4 + odd) * row + total - _across(model, column))
    second += ends
    second += meeting.both / 4 * ((n - 4 + odd) * column - _across(model, row))
    second += meeting.both / 4 * model.swapped(off)
    off *= meeting.both / 4 * ((n - 2) * (n - 3) - 2 * (n - 3) + 1 + 2 * odd * (n - 2) - 2 * odd)
    second += off
    return model.with_blocks(second, blocks)


def _across(model: General, sums: Floats) -> Floats:
    """Row sums R_k as R_l, column sums C_l as C_k."""
    return sums.transpose(2, 1, 0) if model.diagonal else sums.transpose(2, 1, 0, 3)


def general_observed(model: General, state: GeneralState) -> dict[str, float]:
    """E Gamma, E||mu - x*||^2, E f(mu) - f*, E||grad f(mu)||^2, E M^G, as in `typed.OBSERVED`."""
    n, d = model.centre.shape
    total = state.second.sum(axis=(0, 2)) / n / n
    mu = np.diag(total) if model.diagonal else total
    unit = np.ones(d) if model.diagonal else np.eye(d)
    mean = model.curvature.mean(axis=0)
    A = np.diag(mean) if model.diagonal else mean
    own = (model.blocks(state.second) * unit).sum() / n
    energy = forces(model, state) + estimate_covariance(model, state)
    return {
        "gamma": float(own - np.trace(mu)),
        "distance_sq": float(np.trace(mu)),
        "gap": float((A * mu).sum() / 2),
        "grad_sq": float((A @ A * mu).sum()),
        "M_G": float((energy * unit).sum() / n),
    }
