"""What a proof's inequalities speak of, averaged over a run, on typed quadratics with one Hessian.

An inequality that is linear in second moments holds for averages of them: so one averaged state
shows by how much each step of a proof is loose over a whole run. It knows no bound.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hdo.population import ZEROTH
from hdo.ring import Array
from verify.errors import NotExact
from verify.trajectory.model import Model, compile_model
from verify.trajectory.powers import advanced_by, applied
from verify.trajectory.stationary import stationary_state
from verify.trajectory.typed import (
    State,
    covariances,
    forces,
    increment,
    initial_state,
    mean_square,
    observed,
    partner_sum,
    state_size,
    unpacked,
    weighted,
)
from verify.trajectory.types import TypedQuadratic

Floats = NDArray[np.float64]
Quantities = Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Setting:
    """A typed quadratic with one Hessian under Algorithm 1: one interaction as numbers."""

    system: TypedQuadratic
    model: Model

    @classmethod
    def of(cls, system: TypedQuadratic, *, eta: float, nu: float, start: Floats) -> "Setting":
        """Raises NotExact where types differ in curvature or centres are random."""
        if system.random or not np.all(system.curvatures == system.curvatures[:1]):
            raise NotExact("averages over a run need one Hessian and fixed centres")
        model = compile_model(
            system, eta=float(eta), nu=float(nu), start=start, interaction="pair", ring=float
        )
        return cls(system, model)


@dataclass(frozen=True, eq=False)
class Averages:
    """A run of T interactions under weights w_t, t = 1..T, that belong to the states t - 1.

    `whole`: quantities averaged with w_t/S_T; `head`: over t < T, as an average of its own; `last`:
    at the state T - 1; their parts of S_T are 1, `head_share`, `last_share`. `run`: what is known
    of the run as a whole.
    """

    whole: Quantities
    head: Quantities
    last: Quantities
    run: Quantities
    head_share: float
    last_share: float


def averages(setting: Setting, *, steps: int, rate: float) -> Averages:
    """Averages with w_t = (1 - rate)^{-t} over `steps` interactions from the common start.

    `run` has f_ybar_gap (E f(y_T) - f*, y_T the weighted average of the means), a_0_sq, a_T_sq,
    f0_gap, f_T_gap, Gamma_T, and S_ratio = S_T/w_T.
    """
    model, kept = setting.model, 1 - rate
    size, blocks = state_size(model.m, model.K), model.K
    matrix = _augmented(model, kept)
    first = initial_state(model)
    start = np.concatenate([first.packed()[:, 0], np.zeros(size + 2 * blocks)])
    before = advanced_by(matrix, start, steps - 1)
    after = applied(matrix, before)
    total = after[2 * size - 1]
    square = after[2 * size + blocks :]
    ends = observed(model, first), observed(model, unpacked(model, after[:size, None]))
    run = {
        "f_ybar_gap": float((model.mean_curvature / 2 * square).sum() / total**2),
        "a_0_sq": float(ends[0]["distance_sq"][0]),
        "a_T_sq": float(ends[1]["distance_sq"][0]),
        "f0_gap": float(ends[0]["gap"][0]),
        "f_T_gap": float(ends[1]["gap"][0]),
        "Gamma_T": float(ends[1]["gamma"][0]),
        "S_ratio": float(total),
    }
    head_share = float(kept * before[2 * size - 1] / total)
    return Averages(
        whole=quantities(setting, _state(model, after[size : 2 * size] / total)),
        head=quantities(setting, _normalised(model, before[size : 2 * size])),
        last=quantities(setting, _state(model, before[:size])),
        run=run,
        head_share=head_share,
        last_share=float(1 / total),
    )


def settled_quantities(setting: Setting) -> Quantities:
    """The quantities at the stationary second moments."""
    return quantities(setting, stationary_state(setting.model))


def start_quantities(setting: Setting) -> Quantities:
    """The quantities where every agent is at the common start."""
    return quantities(setting, initial_state(setting.model))


def _state(model: Model, numbers: Array) -> State:
    return unpacked(model, numbers[:, None])


def _normalised(model: Model, numbers: Array) -> State:
    return _state(model, numbers / numbers[-1] if numbers[-1] else numbers)


def _augmented(model: Model, kept: float) -> Array:
    """One step minus the identity of (v, A, C, S).

    v: the state; A_t = kept A_{t-1} + v_{t-1}; with V_t = kept V_{t-1} + mu_{t-1} - x*, per block
    C_t = E<V_t, mu_t - x*> and S_t = E||V_t||^2, as E_t mu_{t+1} - x* = (1 - 2 eta lambda/n)(mu_t -
    x*) where the Hessian is one and estimates are unbiased.
    """
    size, blocks = state_size(model.m, model.K), model.K
    basis = unpacked(model, np.eye(size))
    means = mean_square(model, basis.own, basis.pair)
    ahead = 1 - 2 * model.eta * model.mean_curvature / model.n
    unit, none = np.eye(blocks), np.zeros
    rows = [
        [increment(model, basis).packed(), none((size, size + 2 * blocks))],
        [np.eye(size), (kept - 1) * np.eye(size), none((size, 2 * blocks))],
        [
            ahead[:, None] * means,
            none((blocks, size)),
            np.diag(ahead * kept - 1),
            none((blocks, blocks)),
        ],
        [means, none((blocks, size)), 2 * kept * unit, (kept**2 - 1) * unit],
    ]
    return np.concatenate([np.concatenate(row, axis=1) for row in rows])


def quantities(setting: Setting, state: State) -> Quantities:
    """Every quantity of the printed steps, by the symbol's name, at a state (batch of one).

    Beside the registered ones: `sbar0_sq`, `sbar1_sq`, `near0_sq`, `near1_sq`, `apart0_sq`,
    `apart1_sq`: sums over a group of the variance of an estimate, of ||grad f^i(X^i) - grad
    f^i(mu)||^2, and of ||grad f^i(mu) - grad f(mu)||^2. G is unbiased, the mean of the gradients is
    grad f(mu).
    """
    model = setting.model
    eta, n = float(model.eta), model.n
    change = increment(model, state)
    after = replace(
        state, **{name: getattr(state, name) + getattr(change, name) for name in _MOVING}
    )
    now, then = ({k: float(v[0]) for k, v in observed(model, s).items()} for s in (state, after))
    groups = _by_group(setting, state)
    g_sq = groups["g0_sq"] + groups["g1_sq"]
    pair_sq = 2 * now["M_G"] + 2 / (n * (n - 1)) * (n**2 * now["grad_sq"] - g_sq)
    along = model.curvature[..., None] * (state.own - state.own_centre)
    inner = float(weighted(model.counts, along).sum() / n)
    return {
        "Gamma": now["gamma"],
        "e": now["gap"],
        "a_sq": now["distance_sq"],
        "grad_sq": now["grad_sq"],
        "M_G": now["M_G"],
        "Gamma_next": then["gamma"],
        "a_sq_next": then["distance_sq"],
        "f_step": float(observed(model, change)["gap"][0]),
        "R1": now["grad_sq"],
        "R2": 2 * now["gap"],
        "mu_dot_m": 2 * now["gap"],
        "x_dot_m": inner - 2 * now["gap"],
        "pair_sq": pair_sq,
        "mu_step_sq": eta**2 / n**2 * pair_sq,
        "drift": -2 * eta / n * now["grad_sq"],
        "sbar_sq": (groups["sbar0_sq"] + groups["sbar1_sq"]) / n,
        "F_err_sq": eta**2 / n**2 * (pair_sq - 4 * now["grad_sq"]),
        "F_cross": 0.0,
        "B_attained": 0.0,
        **groups,
    }


_MOVING = ("own", "pair", "own_centre", "pair_centre")


def _by_group(setting: Setting, state: State) -> dict[str, float]:
    """Sums over the zeroth-order and over the first-order agents."""
    model = setting.model
    curvature_sq = (model.curvature**2)[..., None]
    gradient, variance = forces(model, state), covariances(model, state)
    toward = (state.own + partner_sum(model, state.pair)) / model.n
    spread = state.own - 2 * toward + mean_square(model, state.own, state.pair)
    by_type = {
        "g{}_sq": gradient,
        "sbar{}_sq": variance,
        "M_G{}": gradient + variance,
        "Gamma{}": spread,
        "near{}_sq": curvature_sq * spread,
        "apart{}_sq": curvature_sq * model.centre_own[..., None] * state.one,
    }
    zeroth = np.array([name in ZEROTH for name in setting.system.estimators])
    return {
        name.format(group): float((model.counts * inside) @ values.sum(axis=(1, 2)))
        for name, values in by_type.items()
        for group, inside in enumerate((zeroth, ~zeroth))
    }
