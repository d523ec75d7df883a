"""The trajectory quantities of the ladder's claims in balls, by repeated squaring.

The moments of `verify.trajectory.typed` are joined by those of the weighted sum of the means and by
accumulators. With w_t = rho^{-t} everything weighted is kept times rho^t, so that one fixed linear
map makes a step: A_t = rho^t sum_{s<=t} w_s q_{s-1} obeys A_t = rho A_{t-1} + q_{t-1}.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import flint
import numpy as np

from hdo.errors import InputError
from hdo.population import Population
from hdo.problems import Problem, QuadraticProblem
from hdo.ring import Array
from verify.balls import PRECISION_BITS, Ball, ball, balls
from verify.errors import NotExact
from verify.supported import require_plain
from verify.trajectory.model import Model, compile_model
from verify.trajectory.powers import advanced_by, applied, as_matrix
from verify.trajectory.records import RunLike
from verify.trajectory.typed import (
    State,
    increment,
    initial_state,
    observed,
    partner_sum,
    state_size,
    unpacked,
    weighted,
)
from verify.trajectory.types import types_of

TRAJECTORY_QUANTITIES = (
    "sum_w_Gamma",
    "sum_w_e",
    "sum_w",
    "sum_Gamma",
    "sum_grad_sq",
    "mean_grad_sq",
    "a_0_sq",
    "a_T_sq",
    "f0_gap",
    "f_y_gap",
    "f_ybar_gap",
)

LARGEST_STATE = 400
"""Numbers in the state up to which balls are offered; such matrices multiply in some seconds."""

_EXTRA_BITS = (64, 256, 1024)
_RELATIVE_RADIUS = Ball(2) ** -80


def measure_trajectory(
    problem: Problem,
    population: Population,
    method: RunLike,
    T: int,
    *,
    l: float | Ball,  # noqa: E741 - the paper's symbol
    eta: float | Ball | None = None,
    nu: float | Ball | None = None,
    rate: Ball | None = None,
) -> Mapping[str, Ball]:
    """`TRAJECTORY_QUANTITIES` of T >= 1 interactions, each a ball that holds the exact number.

    Quadratics with diagonal curvatures and fixed centres; everyone starts at the method's start.
    w_t = (1 - rate)^{-t} with the rate eta l/(2n) unless given; `eta` and `nu` are the method's
    unless given (a ball holds what no float is). f_y_gap is E f(y_T) - f* with y_T = sum_{t=1}^T
    w_t mu_{t-1}/(T w_T) as printed, f_ybar_gap the same divided by sum_{t=1}^T w_t. Where the
    minimiser is not unique a_0_sq and a_T_sq are distances to that of `verify.optimum`. Raises
    NotExact for anything else, with the reason. The cost grows with log T and with the cube of
    (agents' types)^2 x (different curvatures).
    """
    if T < 1:
        raise InputError("T", T, "an integer >= 1")
    if not isinstance(problem, QuadraticProblem):
        raise NotExact(f"trajectories are exact for quadratics only, not for {problem.kind}")
    if any(problem.centre_variance):
        raise NotExact("trajectories in balls need fixed centres")
    require_plain(method.beyond)
    step_size = ball(method.step_size if eta is None else eta)
    smoothing = Ball(0)
    if "two-point" in population.agents:
        smoothing = ball(method.smoothing if nu is None else nu)
    system = types_of(problem, population)
    start = method.start_point(problem.d)
    for bits in _EXTRA_BITS:
        with flint.ctx.workprec(PRECISION_BITS + bits):
            model = compile_model(
                system,
                eta=step_size,
                nu=smoothing,
                start=start,
                interaction=method.interaction,
                ring=ball,
            )
            rho = 1 - (step_size * ball(l) / (2 * system.n) if rate is None else rate)
            found = _quantities(model, rho, T)
        if all(_narrow(value, bits) for value in found.values()):
            break
    return found


def _narrow(value: Ball, bits: int) -> bool:
    """Whether the ball is narrow for its size, or a zero known to many bits."""
    radius = value.rad()
    return bool(
        radius <= _RELATIVE_RADIUS * abs(value) or radius < Ball(2) ** (-PRECISION_BITS - bits // 4)
    )


@dataclass(frozen=True, eq=False)
class Tracked:
    """Moments of V_t = rho^t sum_{s<=t} w_s (mu_{s-1} - x*), and accumulators.

    The last axis is a batch.
    `models` (m, K, B): E<V, z_i> by type; `centres` (m, K, B): E<V, c_s>; `square`, `anchor` (K,
    B): E||V||^2, E<V, x*>; `anchor_models` (m, K, B): E<x*, z_i>. (B,): `w_gamma`, `w_gap`, `w_one`
    weighted sums of Gamma, f(mu) - f*, 1; `gamma`, `grad_sq` plain sums.
    """

    models: Array
    centres: Array
    anchor_models: Array
    square: Array
    anchor: Array
    w_gamma: Array
    w_gap: Array
    w_one: Array
    gamma: Array
    grad_sq: Array

    @staticmethod
    def shapes(m: int, K: int) -> list[tuple[int, ...]]:
        """Shapes of the fields without the batch."""
        return [(m, K)] * 3 + [(K,)] * 2 + [()] * 5

    def packed(self) -> Array:
        """All numbers as (size, B)."""
        batch = self.w_one.shape[-1]
        return np.concatenate([getattr(self, f.name).reshape(-1, batch) for f in fields(self)])


def _unpacked(model: Model, numbers: Array) -> tuple[State, Tracked]:
    base, batch = state_size(model.m, model.K), numbers.shape[-1]
    shapes = Tracked.shapes(model.m, model.K)
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
    parts = np.split(numbers[base:], ends)
    pairs = zip(parts, shapes, strict=True)
    tracked = Tracked(*(part.reshape(*shape, batch) for part, shape in pairs))
    return unpacked(model, numbers[:base]), tracked


def _mean_products(model: Model, state: State) -> tuple[Array, Array]:
    """E<mu - x*, z_i> and E<mu - x*, c_i> for an agent of each type, (m, K, B)."""
    models = (state.own + partner_sum(model, state.pair)) / model.n
    pairs = np.swapaxes(state.pair_centre, 0, 1)
    return models, (state.own_centre + partner_sum(model, pairs)) / model.n


def _expected_products(model: Model, models: Array, centres: Array) -> Array:
    """E<v, z_i> after an interaction, (m, K, B), for a v known before it.

    `models`, `centres`: E<v, z_i>, E<v, c_i> before it.
    """
    n, meeting = model.n, model.meeting
    h = (model.eta * model.curvature)[..., None]
    y = (1 - h) * models + h * centres
    met = (n - 2) * y + weighted(model.counts, y)[None]
    return (1 - meeting.gone) * models + meeting.idle * y + meeting.meet / 2 * met


def _step(model: Model, rho: Ball, numbers: Array) -> Array:
    """The whole state after one interaction: (size, B) -> (size, B), linear."""
    state, tracked = _unpacked(model, numbers)
    seen = observed(model, state)
    mean_models, mean_centres = _mean_products(model, state)
    anchor_centres = model.anchor_centre[..., None] * state.one
    mean_square = weighted(model.counts, mean_models) / model.n
    cross = weighted(model.counts, tracked.models) / model.n
    anchor_mean = weighted(model.counts, tracked.anchor_models) / model.n
    after = Tracked(
        models=rho * _expected_products(model, tracked.models, tracked.centres)
        + _expected_products(model, mean_models, mean_centres),
        centres=rho * tracked.centres + mean_centres,
        anchor_models=_expected_products(model, tracked.anchor_models, anchor_centres),
        square=rho * (rho * tracked.square + 2 * cross) + mean_square,
        anchor=rho * tracked.anchor + anchor_mean,
        w_gamma=rho * tracked.w_gamma + seen["gamma"],
        w_gap=rho * tracked.w_gap + seen["gap"],
        w_one=rho * tracked.w_one + state.one,
        gamma=tracked.gamma + seen["gamma"],
        grad_sq=tracked.grad_sq + seen["grad_sq"],
    )
    moved = state.packed() + increment(model, state).packed()
    return np.concatenate([moved, after.packed()])


def _initial(model: Model) -> Array:
    m, K = model.m, model.K
    zeros = [balls(np.zeros((*shape, 1))) for shape in Tracked.shapes(m, K)]
    zeros[2] = np.broadcast_to(model.anchor_start, (m, K))[..., None]
    return np.concatenate([initial_state(model).packed(), Tracked(*zeros).packed()])


def _quantities(model: Model, rho: Ball, T: int) -> dict[str, Ball]:
    start = _initial(model)
    size = len(start)
    if size > LARGEST_STATE:
        raise NotExact(f"a state of {size} numbers is too large for balls (limit {LARGEST_STATE})")
    identity = balls(np.eye(size))
    matrix = as_matrix(_step(model, rho, identity) - identity)
    late = advanced_by(matrix, start[:, 0], T - 1)
    _, tracked_before = _unpacked(model, late[:, None])
    last, tracked = _unpacked(model, applied(matrix, late)[:, None])
    first = observed(model, initial_state(model))
    at_last = observed(model, last)
    literal, normalised = _average_gaps(model, tracked, T)
    w_T, w_before = rho**-T, rho ** (1 - T)
    return {
        "sum_w_Gamma": w_T * tracked.w_gamma[0],
        "sum_w_e": w_before * tracked_before.w_gap[0],
        "sum_w": w_before * tracked_before.w_one[0],
        "sum_Gamma": tracked.gamma[0],
        "sum_grad_sq": tracked_before.grad_sq[0],
        "mean_grad_sq": tracked.grad_sq[0] / T,
        "a_0_sq": first["distance_sq"][0],
        "a_T_sq": at_last["distance_sq"][0],
        "f0_gap": first["gap"][0],
        "f_y_gap": literal,
        "f_ybar_gap": normalised,
    }


def _average_gaps(model: Model, tracked: Tracked, T: int) -> tuple[Ball, Ball]:
    """E f(y_T) - f* for y_T divided by T w_T, and by sum_{t<=T} w_t.

    y_T - x* = V_T/T + (R - 1) x* with R = (sum_t w_t)/(T w_T), as the printed weights do not add to
    1.
    """
    off = tracked.w_one[0] / T - 1
    square, anchor = tracked.square[:, 0], tracked.anchor[:, 0]
    literal = square / T / T + 2 * off / T * anchor + off * off * model.anchor
    normalised = square / tracked.w_one[0] / tracked.w_one[0]
    half = model.mean_curvature / 2
    return (half * literal).sum(), (half * normalised).sum()
