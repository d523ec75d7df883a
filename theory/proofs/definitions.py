"""What the symbols of claims are, in vectors: the trusted dictionary of every proof.

Families: x_i = X_i - mu (their sum is 0), g_i = grad f^i(X_i), h_i = grad f^i(mu), m_i = E_t G_i.
Common: y = mu - x*. What one interaction makes of a state is computed from Algorithm 1, with the
meetings of the claim's interaction.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import sympy as sp

from theory.notation import symbol, symbols
from theory.proofs.gaussian import gaussian_definitions
from theory.proofs.series import without_powers
from theory.proofs.smoothing import smoothing_definitions
from theory.proofs.vectors import (
    GROUPS,
    Total,
    Vector,
    common,
    inner,
    member,
    met,
    own,
    sum_over,
    total,
)

n, n0, n1, eta, nu, c, rho = symbols("n n0 n1 eta nu c rho")
alpha0, alpha1 = symbols("alpha0 alpha1")

SIZES = (n0, n - n0)
"""Agents in each group; n1 never appears in a proof."""

CENTRED = frozenset({"x"})
"""Families whose sum over all agents is 0."""

y = common("y")
h_bar = total("h") / n
m_bar = total("m") / n


def over(group: int, u: Vector, v: Vector) -> sp.Expr:
    """The sum over a group of <u_i, v_i>."""
    return sum_over(group, SIZES[group], u, v)


def everywhere(u: str, v: str) -> sp.Expr:
    """The sum over all agents of <u_i, v_i> for two families."""
    return sp.Add(*(over(g, member(u, g), member(v, g)) for g in GROUPS))


def totals(name: str) -> sp.Expr:
    """The sum over all agents of a number."""
    return sp.Add(*(Total(sp.Symbol(name), g) for g in GROUPS))


Slots = Mapping[tuple[str, str], sp.Expr]
"""Coefficients of vectors of the random pair: ("i" or "j", family)."""


def pair_mean(u: Slots, v: Slots, interaction: str = "pair") -> sp.Expr:
    """E <u, v> over the ordered pair i != j that meets and over G_i, G_j, independent given X.

    Either is any agent equally often. `graph`: they are the ends of an edge; else all pairs are
    alike, as they are for those who meet in a uniformly random matching. G is known by its mean m_i
    and its second moment E||G_i||^2 (`G_sq`) alone.
    """
    parts = [(p, q, a * b) for p, a in u.items() for q, b in v.items()]
    return sp.Add(*(factor * _product(p, q, interaction) for p, q, factor in parts))


def _product(p: tuple[str, str], q: tuple[str, str], interaction: str) -> sp.Expr:
    first, second = ("m" if family == "G" else family for family in (p[1], q[1]))
    same = everywhere(first, second)
    if p[0] != q[0]:
        if interaction == "graph":  # <a_i,b_j> + <a_j,b_i> = <a_i,b_i> + <a_j,b_j> - <a_i-a_j, ...>
            return same / n - met(first, second) / 2
        return (inner(total(first), total(second)) - same) / (n * (n - 1))
    if p[1] == q[1] == "G":
        return totals("G_sq") / n
    return same / n


def _plus(u: Slots, v: Slots) -> Slots:
    return {k: u.get(k, sp.Integer(0)) + v.get(k, sp.Integer(0)) for k in {**u, **v}}


def _times(u: Slots, factor: sp.Expr) -> Slots:
    return {k: factor * value for k, value in u.items()}


ONE = sp.Integer(1)
_G: Slots = {("i", "G"): ONE, ("j", "G"): ONE}
_MET: Slots = {(who, name): a for who in "ij" for name, a in (("x", ONE / 2), ("G", -eta / 2))}
"""Where mu = 0, both who meet move to (X_i + X_j - eta (G_i + G_j))/2."""


@cache
def _next_step(interaction: str) -> Mapping[str, sp.Expr]:
    """One interaction from mu = 0."""
    return _all_step() if interaction == "matching" else _two_step(interaction)


def _two_step(interaction: str) -> Mapping[str, sp.Expr]:
    """Algorithm 1: two meet, the others stay."""
    step = _times(_G, -eta / n)
    before = pair_mean({("i", "x"): ONE}, {("i", "x"): ONE}) * 2
    squares = everywhere("x", "x") - before + 2 * pair_mean(_MET, _MET, interaction)
    step_sq = pair_mean(step, step, interaction)
    return {
        "pair_sq": pair_mean(_G, _G, interaction),
        "mu_step_sq": step_sq,
        "Gamma_next": squares / n - step_sq,
        "a_sq_next": inner(y, y) - 2 * eta / n * 2 * inner(y, m_bar) + step_sq,
        "drift": -2 * eta / n * inner(h_bar, m_bar),
        "mean_step_defect": _defect(_G),
    }


def _all_step() -> Mapping[str, sp.Expr]:
    """A uniformly random matching: all step, and each averages with any other equally often.

    One that meets nobody keeps X_i - eta G_i; how often, follows from rho.
    """
    alone = 1 - 2 * (1 - rho) * (n - 1) / n
    stepped: Slots = {("i", "x"): ONE, ("i", "G"): -eta}
    squares = n * (alone * pair_mean(stepped, stepped) + (1 - alone) * pair_mean(_MET, _MET))
    whole_sq = totals("G_sq") + inner(total("m"), total("m")) - everywhere("m", "m")
    step_sq = eta**2 / n**2 * whole_sq
    return {
        "mu_step_sq": step_sq,
        "Gamma_next": squares / n - step_sq,
        "a_sq_next": inner(y, y) - 2 * eta * inner(y, m_bar) + step_sq,
        "drift": -eta * inner(h_bar, m_bar),
    }


def _defect(G: Slots) -> sp.Expr:
    """||E mu' - mu + (2 eta/n) mbar||^2; the mean over the pair is that over all agents."""
    drift = sum((value * m_bar for value in G.values()), start=0 * m_bar)
    away = 2 * eta / n * m_bar - eta / n * drift
    return inner(away, away)


@cache
def definitions(interaction: str = "pair") -> Mapping[sp.Symbol, sp.Expr]:
    """Every symbol that a proof expands, for claims on this interaction."""
    table = {
        "Gamma": everywhere("x", "x") / n,
        "a_sq": inner(y, y),
        "grad_sq": inner(h_bar, h_bar),
        "M_G": totals("G_sq") / n,
        "S": totals("G_sq") / n,
        "sbar_sq": totals("G_err_sq") / n,
        "M_f": (alpha0 * everywhere_in(0, "g") + alpha1 * everywhere_in(1, "g")) / n,
        "sum_m_norm_sq": inner(total("m"), total("m")),
        "sum_m_sq": everywhere("m", "m"),
        "mu_dot_m": inner(y, m_bar),
        "x_dot_m": everywhere("m", "x") / n,
        **_next_step(interaction),
        **(_printed() if interaction == "pair" else {}),
        **gaussian_definitions(),
        **smoothing_definitions(),
    }
    return MappingProxyType({symbol(name): value for name, value in table.items()})


def _printed() -> Mapping[str, sp.Expr]:
    """What the printed proofs name: F' = (2 eta/n^2) sum_i grad f^i(X_i), F the step taken."""
    g_bar = total("g") / n
    full, taken = 2 * eta / n * g_bar, 2 * eta / n * m_bar
    after = y - full
    return {
        "R1": inner(g_bar, g_bar),
        "R2": inner(y, g_bar),
        "descent_sq": inner(after, after),
        "F_cross": inner(after, full - taken),
        "F_err_sq": inner(full, full) - 2 * inner(full, taken) + _next_step("pair")["mu_step_sq"],
        "spread_sum": inner(total("x"), total("x")) - everywhere("x", "x"),
        "M_G0": Total(sp.Symbol("G_sq"), 0),
        "M_G1": Total(sp.Symbol("G_sq"), 1),
        "g0_sq": everywhere_in(0, "g"),
        "g1_sq": everywhere_in(1, "g"),
        "Gamma0": everywhere_in(0, "x"),
        "Gamma1": everywhere_in(1, "x"),
    }


def everywhere_in(group: int, family: str) -> sp.Expr:
    """The sum over one group of ||a_i||^2."""
    return own(family, family, group)


def expand(expression: sp.Expr, interaction: str = "pair") -> sp.Expr:
    """The expression in atoms and parameters, without n1, nu = eta/c and powers of T."""
    known = sp.sympify(expression).xreplace(dict(definitions(interaction)))
    return without_powers(known.xreplace({n1: n - n0, nu: eta / c}), interaction)
