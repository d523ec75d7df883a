"""Exact second moments of a typed quadratic: the linear map of one interaction, written once.

It runs on float64 and on balls, on one state or on a batch of states (last axis), so that applied
to the identity it gives its own matrix.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hdo.ring import Array
from verify.trajectory.model import Model


@dataclass(frozen=True, eq=False)
class State:
    """Moments per block; the last axis is a batch. z_i is agent i's model, c_i its centre, from x*.

    `own` (m, K, B): E<z_i, z_i>; `pair` (m, m, K, B): E<z_i, z_j>, i and j different; `own_centre`
    (m, K, B): E<z_i, c_i>; `pair_centre` (m, m, K, B): E<z_i, c_j>; `one` (B,): the constant 1.
    Entries of pairs that do not exist (one agent of the type) are 0.
    """

    own: Array
    pair: Array
    own_centre: Array
    pair_centre: Array
    one: Array

    def packed(self) -> Array:
        """All numbers as (size, B)."""
        batch = self.one.shape[-1]
        parts = (self.own, self.pair, self.own_centre, self.pair_centre, self.one)
        return np.concatenate([part.reshape(-1, batch) for part in parts])


def state_size(m: int, K: int) -> int:
    """The numbers in a state of m types and K blocks."""
    return 2 * m * (m + 1) * K + 1


def unpacked(model: Model, numbers: Array) -> State:
    """The state whose numbers are (size, B)."""
    m, K, batch = model.m, model.K, numbers.shape[-1]
    ends = np.cumsum([m * K, m * m * K, m * K, m * m * K])
    own, pair, own_centre, pair_centre, one = np.split(numbers, ends)
    return State(
        own.reshape(m, K, batch),
        pair.reshape(m, m, K, batch),
        own_centre.reshape(m, K, batch),
        pair_centre.reshape(m, m, K, batch),
        one.reshape(batch),
    )


def initial_state(model: Model) -> State:
    """Every agent at the common start; batch of one."""
    m, K = model.m, model.K
    distinct = model.distinct[..., None]
    return State(
        own=np.broadcast_to(model.start, (m, K))[..., None],
        pair=(model.start * distinct)[..., None],
        own_centre=model.start_centre[..., None],
        pair_centre=(model.start_centre[None] * distinct)[..., None],
        one=np.array([model.eta * 0 + 1]),
    )


def weighted(weights: Array, values: Array) -> Array:
    """sum_s weights[s] values[s, ...], over the first axis of both."""
    return (weights.reshape(-1, *[1] * (values.ndim - 1)) * values).sum(axis=0)


def partner_sum(model: Model, values: Array) -> Array:
    """The sum over the partners j of an agent of type t of values[t, type of j], for every t."""
    shape = (model.m, model.m, *[1] * (values.ndim - 2))
    return (model.partners.reshape(shape) * values).sum(axis=1)


def flipped(values: Array) -> Array:
    """values[s, t] at [t, s]."""
    return np.swapaxes(values, 0, 1)


def forces(model: Model, state: State) -> Array:
    """q: E||grad f^i(X_i)||^2 in each block, (m, K, B)."""
    square = (model.curvature * model.curvature)[..., None]
    centre = model.centre_own[..., None] * state.one
    return square * (state.own - 2 * state.own_centre + centre)


def covariances(model: Model, state: State) -> Array:
    """The trace in each block of the covariance of an estimate given the model, (m, K, B)."""
    noisy = forces(model, state) + model.base[..., None] * state.one
    directional = noisy + model.multiplicity[:, None] * noisy.sum(axis=1, keepdims=True)
    fixed = (model.base + model.curved)[..., None] * state.one
    return fixed + model.spread[..., None] * directional


@dataclass(frozen=True, eq=False)
class Stepped:
    """Moments of Y_i, what agent i would be after its own step; i and j are different agents.

    `own`: E<Y_i, Y_i>; `both`: E<Y_i, Y_j>; `one` (first index stepped): E<Y_i, z_j>; `own_centre`,
    `pair_centre` (first index stepped): E<Y_i, c_i>, E<Y_i, c_j>.
    """

    own: Array
    both: Array
    one: Array
    own_centre: Array
    pair_centre: Array


def stepped(model: Model, state: State) -> Stepped:
    """Y = p z + h c + eta (centred noise) with p = 1 - eta lambda, h = eta lambda."""
    h = (model.eta * model.curvature)[..., None]
    p, first, second = 1 - h, h[:, None], h[None]
    centre_own = model.centre_own[..., None] * state.one
    centre_pair = model.centre_pair[..., None] * state.one
    own_centre = p * state.own_centre + h * centre_own
    pair_centre = (1 - first) * state.pair_centre + first * centre_pair
    one = (1 - first) * state.pair + first * flipped(state.pair_centre)
    return Stepped(
        own=p * (p * state.own + 2 * h * state.own_centre)
        + h * h * centre_own
        + model.eta * model.eta * covariances(model, state),
        both=(1 - second) * one + second * pair_centre,
        one=one,
        own_centre=own_centre,
        pair_centre=pair_centre,
    )


def increment(model: Model, state: State) -> State:
    """E of the state after one interaction, minus the state; linear in it.

    The difference is formed before it is rounded: for n agents it is of order 1/n.
    """
    meeting, y = model.meeting, stepped(model, state)
    average = (y.own[:, None] + y.own[None] + 2 * y.both) / 4
    own = meeting.meet * partner_sum(model, average) + meeting.idle * y.own
    pairs = _matched_pairs if meeting.matching else _chosen_pairs
    distinct = model.distinct.reshape(model.m, model.m, 1, 1)
    own_centre, pair_centre = _centres_after(model, y)
    return State(
        own=own - meeting.gone * state.own,
        pair=(pairs(model, state, y) + meeting.meet * average) * distinct,
        own_centre=own_centre - meeting.gone * state.own_centre,
        pair_centre=(pair_centre - meeting.gone * state.pair_centre) * distinct,
        one=0 * state.one,
    )


def _others(model: Model, values: Array) -> Array:
    """sum over agents j other than k and l of values[type of j, type of l], for types of k, l."""
    diagonal = np.stack([values[s, s] for s in range(model.m)])
    return weighted(model.counts, values)[None] - values - diagonal[None]


def _chosen_pairs(model: Model, state: State, y: Stepped) -> Array:
    """Pair: change of E<z_k, z_l> when not both, but one of k and l is chosen, or none."""
    n, meet = model.n, model.meeting.meet
    moved = (n - 2) * y.one + _others(model, y.one)
    return meet / 2 * (moved + flipped(moved)) - meet * (2 * n - 3) * state.pair


def _matched_pairs(model: Model, state: State, y: Stepped) -> Array:
    """Matching: change of E<z_k, z_l> when k and l are not matched with each other.

    Over ordered pairs (i, j) of different agents that are neither k nor l, k averages with i and l
    with j, each with probability `both`; with odd n, k idle and l with j (or the other way round)
    too.
    """
    n, U = model.n, y.both
    row = partner_sum(model, U)
    everything = weighted(model.counts, row)[None, None]
    ends = row[:, None] + row[None]
    inner = everything - 2 * ends + 2 * U
    outer = ends - 2 * U
    met = ((n - 2) * (n - 3) * U + (n - 3) * outer + inner) / 4
    if n % 2:
        met = met + (2 * (n - 2) * U + outer) / 2
    return model.meeting.both * met - state.pair


def _centres_after(model: Model, y: Stepped) -> tuple[Array, Array]:
    """E<X'_k, c_k> and E<X'_k, c_l>, without the part where k stays as it is."""
    n, meeting = model.n, model.meeting
    half = meeting.meet / 2
    partners = partner_sum(model, flipped(y.pair_centre))
    own = half * ((n - 1) * y.own_centre + partners) + meeting.idle * y.own_centre
    met = (n - 1) * y.pair_centre + y.own_centre[None] + _others(model, y.pair_centre)
    return own, half * met + meeting.idle * y.pair_centre


def mean_square(model: Model, own: Array, pair: Array) -> Array:
    """E<(1/n) sum_i a_i, (1/n) sum_i b_i> per block; `own`: of one agent, `pair`: of two."""
    return weighted(model.counts, own + partner_sum(model, pair)) / model.n / model.n


OBSERVED = ("gamma", "distance_sq", "gap", "grad_sq", "M_G")
"""E Gamma, E||mu - x*||^2, E f(mu) - f*, E||grad f(mu)||^2, E M^G."""


def observed(model: Model, state: State) -> Mapping[str, Array]:
    """The quantities of `OBSERVED`, (B,) each; linear in the state.

    With random centres x* is the mean of all centres, and expectations are over them too.
    """
    square = mean_square(model, state.own, state.pair)
    spread = (weighted(model.counts, state.own) / model.n - square).sum(axis=0)
    if model.random:
        cross = mean_square(model, state.own_centre, state.pair_centre)
        centre = mean_square(model, model.centre_own[..., None], model.centre_pair[..., None])
        square = square - 2 * cross + centre * state.one
    curvature = model.mean_curvature[:, None]
    energy = forces(model, state) + covariances(model, state)
    return {
        "gamma": spread,
        "distance_sq": square.sum(axis=0),
        "gap": (curvature * square).sum(axis=0) / 2,
        "grad_sq": (curvature * curvature * square).sum(axis=0),
        "M_G": weighted(model.counts, energy.sum(axis=1)) / model.n,
    }
