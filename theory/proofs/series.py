"""Sums over time of one-step claims: the trusted dictionary of a trajectory's series.

Weights are 1, or w_t = q^{-t} with q = 1 - eta p l/4, p the probability that an agent steps: 2/n
for a pair, so that q = 1 - eta l/(2n), and 1 for a matching. A claim `X_next <= R`, with R linear
in quantities of time t, is summed with these weights over all steps, or over all but the last.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp

from theory.claim import Claim
from theory.notation import PARAMETERS, symbol, symbols

n, eta, l, T = symbols("n eta l T")  # noqa: E741
Gamma, e, a_sq, grad_sq = symbols("Gamma e a_sq grad_sq")
ONE = sp.Integer(1)
CONSTANT = frozenset(entry.symbol for entry in PARAMETERS)
"""What does not change with time."""

RATE = sp.Symbol("rate", positive=True)
"""1 - q of the claim's interaction."""
RATES: Mapping[str, sp.Expr] = {
    "pair": eta * l / (2 * n),
    "graph": eta * l / (2 * n),
    "matching": eta * l / 4,
}
Q = 1 - RATE
GROWTH = sp.Symbol("w_T_less_1", positive=True)
"""w_T - 1."""
S_T = GROWTH / RATE
"""sum_{t=1}^T w_t = (w_T - 1)/(1 - q)."""
S_A = sp.Symbol("sum_w_a_sq", nonnegative=True)
"""sum_{t=1}^T w_t E||mu_{t-1} - x*||^2."""
S_E = sp.Symbol("sum_w_all_e", nonnegative=True)
"""sum_{t=1}^T w_t e_{t-1}."""


@dataclass(frozen=True)
class Series:
    """What a claim becomes: `next` by its left-hand side, `now` by what is in its right-hand side.

    `loose`: quantities whose sum is replaced by a longer one; their coefficients must be >= 0.
    """

    next: Mapping[sp.Symbol, sp.Expr]
    now: Mapping[sp.Symbol, sp.Expr]
    loose: tuple[sp.Symbol, ...] = ()


_SUMS = symbols("sum_w_Gamma sum_w_e sum_w sum_Gamma sum_grad_sq mean_grad_sq f0_gap a_0_sq a_T_sq")
_W_GAMMA, _W_E, _W, _GAMMA, _GRAD, _MEAN_GRAD, _F0, _A0, _AT = _SUMS

SERIES: Mapping[tuple[str, str], Series] = {
    # sum_{t=1}^{T-1} w_t Gamma_t = q sum_{t=1}^T w_t Gamma_{t-1}, because Gamma_0 = 0
    ("geometric", "but the last"): Series(
        {symbol("Gamma_next"): Q * _W_GAMMA}, {Gamma: _W_GAMMA, e: _W_E, ONE: _W}, (Gamma,)
    ),
    ("plain", "but the last"): Series(
        {symbol("Gamma_next"): _GAMMA}, {Gamma: _GAMMA, grad_sq: _GRAD, ONE: T - 1}, (Gamma,)
    ),
    # sum_{t=1}^T w_t a_t^2 = q sum_{t=1}^T w_t a_{t-1}^2 - a_0^2 + w_T a_T^2
    ("geometric", "all"): Series(
        {symbol("a_sq_next"): Q * S_A - _A0 + (1 + GROWTH) * _AT},
        {a_sq: S_A, Gamma: _W_GAMMA, e: S_E, ONE: S_T},
    ),
    # sum_{t<T} E[f(mu_{t+1}) - f(mu_t)] >= f* - f(mu_0)
    ("plain", "all"): Series(
        {symbol("f_step"): -_F0}, {grad_sq: T * _MEAN_GRAD, Gamma: _GAMMA, ONE: T}
    ),
}
"""By weights and steps."""


def summed(subject: Claim, weights: str, steps: str) -> tuple[sp.Expr, tuple[sp.Expr, ...]]:
    """(a quantity >= 0, coefficients that must be >= 0 for it) from `lhs <= rhs` at every t.

    Raises:
        ValueError: the claim is not linear in what the series knows.
    """
    series = SERIES[weights, steps]
    if subject.lhs not in series.next or subject.relation != "<=":
        raise ValueError(f"{subject.key} is no recursion for these sums")
    state = sorted((s for s in series.now if s.is_Symbol), key=str)
    polynomial = sp.Poly(sp.expand(subject.rhs), *state)
    right, loose = sp.Integer(0), []
    for powers, value in polynomial.terms():
        if sum(powers) > 1 or value.free_symbols - CONSTANT:
            raise ValueError(f"{subject.key} is not linear in {state} with constant coefficients")
        name = state[powers.index(1)] if sum(powers) else ONE
        right += value * series.now[name]
        if name in series.loose:
            loose.append(value)
    return right - series.next[subject.lhs], tuple(loose)


def without_powers(expression: sp.Expr, interaction: str = "pair") -> sp.Expr:
    """w_T by its symbol in place of the power q^{-T}, and 1 - q by what it is."""
    q = 1 - RATES[interaction]
    return expression.replace(
        lambda part: part.is_Pow and part.base == q and part.exp in (T, -T),
        lambda part: (1 + GROWTH) if part.exp == -T else 1 / (1 + GROWTH),
    ).xreplace({RATE: RATES[interaction]})
