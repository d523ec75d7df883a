"""What the printed proof steps speak of, beside what lemmas do: F', R1..R3, parts by group."""

from collections.abc import Callable, Mapping

import numpy as np

from verify.balls import Ball, BallArray, between, total
from verify.errors import NotExact
from verify.onestep.state import State


def _norm_sq(v: BallArray) -> Ball:
    return v @ v


def _root(square: Ball) -> Ball:
    return square.sqrt() if square.lower() >= 0 else between(Ball(0), square.upper().sqrt())


def _minimiser(state: State) -> BallArray:
    found = state.optimum
    if found is None or found.x_ball is None:
        raise NotExact("the minimiser is not unique or not known")
    return found.x_ball


def _mean_gradients(state: State) -> BallArray:
    """(1/n) sum_i grad f^i(X^i), (d,)."""
    return state.gradients.sum(axis=0) / state.n


def _full_step(state: State) -> BallArray:
    """F' = (2 eta/n^2) sum_i grad f^i(X^i)."""
    return 2 * state.eta / state.n * _mean_gradients(state)


def _bias(state: State) -> BallArray:
    """E_t(F' - F); F is what is subtracted from mu."""
    return _full_step(state) + state.pair.mean_step


def _error_sq(state: State) -> Ball:
    """E_t||F' - F||^2 = ||F'||^2 - 2 <F', E_t F> + E_t||F||^2."""
    full, pair = _full_step(state), state.pair
    return _norm_sq(full) + 2 * (full @ pair.mean_step) + pair.mu_step_sq


def _after_full(state: State) -> BallArray:
    return state.mu - _minimiser(state) - _full_step(state)


def _over(state: State, group: str, values: BallArray) -> Ball:
    return total(values[i] for i in getattr(state.population, group))


def _squares(rows: BallArray) -> BallArray:
    return (rows * rows).sum(axis=1)


def _spread_sum(state: State) -> Ball:
    away = state.away
    return total(away[i] @ away[j] for i in range(state.n) for j in range(state.n) if i != j)


def _at(state: State, point: BallArray) -> tuple[Ball, BallArray]:
    """Value and gradient of f^agent at a point."""
    agent, everyone = state.row("agent"), np.stack([point] * state.n)
    return state.problem.values(everyone)[agent], state.problem.gradients(everyone)[agent]


def _own(state: State) -> tuple[BallArray, Ball, BallArray]:
    """X^i, f^i(X^i) and grad f^i(X^i) of the agent spoken of."""
    x = state.X[state.row("agent")]
    return x, *_at(state, x)


def _two_means(state: State, *, weighted: bool) -> Ball:
    gradients = state.problem.gradients(np.stack([state.mu] * state.n))
    out = gradients[0] * 0
    for group in (state.population.zeroth_order, state.population.first_order):
        if not len(group):
            raise NotExact("the printed objective divides by n0 and n1")
        share = Ball(len(group)) / state.n if weighted else Ball(1)
        out = out + share * gradients[list(group)].sum(axis=0) / len(group)
    return _norm_sq(out)


def _to_mean_dot(state: State) -> Ball:
    x, _, g = _own(state)
    return (state.mu - x) @ g


def _off_dot(state: State) -> Ball:
    x, _, g = _own(state)
    return (x - _minimiser(state)) @ g


def _bregman(state: State) -> Ball:
    x, value, _ = _own(state)
    y = state.X[state.row("other")]
    there, slope = _at(state, y)
    return value - there - (x - y) @ slope


STEP_QUANTITIES: Mapping[str, Callable[[State], Ball]] = {
    "R1": lambda s: _norm_sq(_mean_gradients(s)),
    "R2": lambda s: (s.mu - _minimiser(s)) @ _mean_gradients(s),
    "R3": lambda s: _root(_norm_sq(_bias(s))),
    "descent_sq": lambda s: _norm_sq(_after_full(s)),
    "F_err_sq": _error_sq,
    "F_cross": lambda s: _after_full(s) @ _bias(s),
    "spread_sum": _spread_sum,
    "M_G0": lambda s: _over(s, "zeroth_order", s.second),
    "M_G1": lambda s: _over(s, "first_order", s.second),
    "g0_sq": lambda s: _over(s, "zeroth_order", _squares(s.gradients)),
    "g1_sq": lambda s: _over(s, "first_order", _squares(s.gradients)),
    "Gamma0": lambda s: _over(s, "zeroth_order", _squares(s.away)),
    "Gamma1": lambda s: _over(s, "first_order", _squares(s.away)),
    "grad_two_means_sq": lambda s: _two_means(s, weighted=False),
    "grad_weighted_sq": lambda s: _two_means(s, weighted=True),
    "to_mean_dot_g": _to_mean_dot,
    "to_mean_rise": lambda s: _at(s, s.mu)[0] - _own(s)[1],
    "to_mean_sq": lambda s: _norm_sq(s.mu - _own(s)[0]),
    "to_mean_grad_sq": lambda s: _norm_sq(_at(s, s.mu)[1] - _own(s)[2]),
    "off_dot_g": _off_dot,
    "off_rise": lambda s: _own(s)[1] - _at(s, _minimiser(s))[0],
    "off_sq": lambda s: _norm_sq(_own(s)[0] - _minimiser(s)),
    "grad_gap": lambda s: _root(_norm_sq(_own(s)[2] - _at(s, s.X[s.row("other")])[1])),
    "bregman": _bregman,
}
"""By the names of the notation; values of one agent are of `parameters.agent`."""
