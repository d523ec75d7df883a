"""Every quantity that one state decides for a claim, by its name, computed when asked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from hdo.population import Population
from hdo.problems import Problem
from verify.balls import Ball, BallArray, ball, between, total, widened
from verify.errors import NotExact
from verify.onestep import gaussian
from verify.onestep.state import State, make_state
from verify.onestep.steps import STEP_QUANTITIES
from verify.optimum import Optimum


def _norm_sq(v: BallArray) -> Ball:
    return v @ v


def _norm(v: BallArray) -> Ball:
    square = (v * v).sum()
    # sqrt of a ball that dips below 0 is no number
    return square.sqrt() if square.lower() >= 0 else between(Ball(0), square.upper().sqrt())


def _nonnegative(value: Ball) -> Ball:
    """A number known to be >= 0, whose ball may dip below."""
    return value if value.lower() >= 0 else between(Ball(0), value.upper())


def _optimum(state: State) -> Optimum:
    if state.optimum is None:
        raise NotExact("no optimum was given")
    return state.optimum


def _off_optimum(state: State) -> BallArray:
    minimiser = _optimum(state).x_ball
    if minimiser is None:
        raise NotExact("the minimiser is not unique or not known")
    return state.mu - minimiser


def _a_sq_next(state: State) -> Ball:
    _off_optimum(state)
    found = state.pair.a_sq_next
    assert found is not None
    return found


def _pair_sq(state: State) -> Ball:
    if state.pair.pair_sq is None:
        raise NotExact(f"no two agents step alone under {state.interaction!r}")
    return state.pair.pair_sq


def _value_gap(state: State) -> Ball:
    return _nonnegative(state.standing.mean_value - _optimum(state).f_star)


def _weighted_gradients(state: State) -> Ball:
    squares = (state.gradients * state.gradients).sum(axis=1)
    groups = (("alpha0", state.population.zeroth_order), ("alpha1", state.population.first_order))
    out = Ball(0)
    for name, group in groups:
        if name not in state.parameters:
            raise NotExact(f"parameters.{name} is needed")
        out = out + ball(state.parameters[name]) * total(squares[i] for i in group)
    return out / state.n


def _error_sq(state: State, agent: int) -> Ball:
    """E||grad f^i - G||^2 = E||G||^2 - 2 <m, grad f^i> + ||grad f^i||^2."""
    g = state.gradients[agent]
    return state.second[agent] - 2 * (state.m[agent] @ g) + g @ g


def _bias(state: State, agent: int) -> Ball:
    """||grad f^i - E G^i||, 0 where unbiased; a blurred mean is off by at most its blur."""
    if state.bias_bounds[agent] == 0:
        return Ball(0)
    found = state.agents[agent]
    size = _norm(state.gradients[agent] - found.mean)
    return size if found.blur == 0 else _nonnegative(widened(size, found.blur))


def _vector(state: State, name: str) -> BallArray:
    return state.X[state.row(name)]


def _norm_moment(state: State) -> Ball:
    if "k" not in state.parameters:
        raise NotExact("parameters.k is needed")
    return gaussian.norm_moment(state.problem.d, ball(state.parameters["k"]))


def _smooth_gradient_gap(state: State) -> Ball:
    agent = state.row("agent")
    if np.array_equal(_vector(state, "agent"), _vector(state, "other")):
        return Ball(0)
    there = state.standing.smoothed(agent, _vector(state, "other"))
    return _norm(state.here.gradient - there.gradient)


QUANTITIES: Mapping[str, Callable[[State], Ball]] = {
    "Gamma": lambda s: (s.away * s.away).sum() / s.n,
    "e": _value_gap,
    "a_sq": lambda s: _norm_sq(_off_optimum(s)),
    "grad_sq": lambda s: _norm_sq(s.mean_gradient),
    "S": lambda s: s.second.sum() / s.n,
    "M_G": lambda s: s.second.sum() / s.n,
    "sum_m_norm_sq": lambda s: _norm_sq(s.m.sum(axis=0)),
    "sum_m_sq": lambda s: (s.m * s.m).sum(),
    "mu_dot_m": lambda s: _off_optimum(s) @ s.m.sum(axis=0) / s.n,
    "x_dot_m": lambda s: (s.m * s.away).sum() / s.n,
    "pair_sq": _pair_sq,
    "Gamma_next": lambda s: s.pair.Gamma_next,
    "a_sq_next": _a_sq_next,
    "mu_step_sq": lambda s: s.pair.mu_step_sq,
    "mean_step_defect": lambda s: _norm_sq(s.pair.mean_step + 2 * s.eta * s.m.sum(axis=0) / s.n**2),
    "M_f": _weighted_gradients,
    "sbar_sq": lambda s: total(_error_sq(s, i) for i in range(s.n)) / s.n,
    "B": lambda s: total(s.bias_bounds) / s.n,
    "B_attained": lambda s: total(_bias(s, i) for i in range(s.n)) / s.n,
    "drift": lambda s: s.mean_gradient @ s.pair.mean_step,
    "f_step": lambda s: s.objective_step,
    "G_sq": lambda s: s.second[s.row("agent")],
    "G_err_sq": lambda s: _error_sq(s, s.row("agent")),
    "grad_i_sq": lambda s: _norm_sq(s.gradients[s.row("agent")]),
    "u_moment": _norm_moment,
    "grad_nu_gap": _smooth_gradient_gap,
    "dist_xy": lambda s: _norm(_vector(s, "agent") - _vector(s, "other")),
    "smoothing_gap": lambda s: abs(s.here.gap),
    "smoothing_signed_gap": lambda s: s.here.gap,
    "smoothing_bias": lambda s: _norm(s.here.gradient - s.gradients[s.row("agent")]),
    "two_point_energy": lambda s: s.here.energy,
    "grad_x_sq": lambda s: _norm_sq(s.gradients[s.row("agent")]),
    "forward_sq": lambda s: gaussian.forward_second_moment(
        _vector(s, "agent"), s.population.directions
    ),
    "g_sq": lambda s: _norm_sq(_vector(s, "agent")),
    "h_sq": lambda s: _norm_sq(_vector(s, "other")),
    "g_dot_h": lambda s: _vector(s, "agent") @ _vector(s, "other"),
    "u6_moment": lambda s: gaussian.sixth_moment(s.problem.d),
    "gaussian_quartic": lambda s: gaussian.quartic(_vector(s, "agent"), _vector(s, "other")),
    **STEP_QUANTITIES,
}
"""What can be measured at one state. Gaussian identities take g and h from X[agent], X[other]."""


class StepMeasurement(Mapping[str, Ball]):
    """The quantities of one state by name; each is computed at most once.

    Raises `NotExact` for a quantity that has no exact value here, `KeyError` for an unknown name.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._found: dict[str, Ball] = {}
        self._own: dict[Callable[[State], Any], Any] = {}

    def __getitem__(self, name: str) -> Ball:
        if name not in self._found:
            self._found[name] = QUANTITIES[name](self._state)
        return self._found[name]

    def of(self, measure: Callable[[State], Any]) -> Any:
        """What a function of the state gives that is none of `QUANTITIES`; once a function."""
        if measure not in self._own:
            self._own[measure] = measure(self._state)
        return self._own[measure]

    def __iter__(self) -> Iterator[str]:
        return iter(QUANTITIES)

    def __len__(self) -> int:
        return len(QUANTITIES)


def measure_step(
    problem: Problem,
    population: Population,
    X: Any,
    *,
    eta: float | Ball,
    nu: float | Ball,
    optimum: Optimum | None = None,
    interaction: str = "pair",
    edges: Sequence[tuple[int, int]] = (),
    parameters: Mapping[str, Any] | None = None,
    route: str = "automatic",
) -> StepMeasurement:
    """Exact one-step evidence at X_t = `X` (n, d): enclosures of every quantity in `QUANTITIES`.

    `eta` > 0, `nu` > 0; `optimum` is needed for e, a_sq and their like; `parameters` may hold
    alpha0, alpha1, k, agent, other. `interaction` is pair, matching, or graph with its equally
    likely `edges`. `route` is "identities", "enumeration" (of all meetings), or "automatic":
    enumeration up to n = 8, so that the identities are judged against an independent value.
    """
    return StepMeasurement(
        make_state(
            problem,
            population,
            X,
            eta=eta,
            nu=nu,
            optimum=optimum,
            interaction=interaction,
            edges=edges,
            parameters=parameters,
            route=route,
        )
    )
