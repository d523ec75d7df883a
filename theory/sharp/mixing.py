"""Who meets whom, as far as a bound sees it: second moments of the mixing matrix.

An interaction draws who is active (D, diagonal) and who averages (W symmetric, doubly stochastic,
W W = W, W D = D W): X' = W (X - eta D G). With m_i = E_t G_i, mbar their mean, v_i the variance of
G_i, x_i = X_i - mu:

    E||mu'-x*||^2 = ||mu-x*||^2 - 2 eta p <mu-x*, mbar> + eta^2 (mean . second)
    E Gamma'      = rho Gamma - 2 eta theta (1/n) sum <x_i, m_i> + eta^2 (spread . second)

where second = ((1/n) sum v_i, (1/n) sum ||m_i - mbar||^2, ||mbar||^2), and p is the probability
that a given agent steps. For a graph the second line holds with <= and 2 eta theta
sqrt(Gamma (1/n) sum ||m_i - mbar||^2) in place of the cross term.
"""

from dataclasses import dataclass, replace

import sympy as sp

from theory.notation import symbol

n = symbol("n")
Triple = tuple[sp.Expr, sp.Expr, sp.Expr]


@dataclass(frozen=True)
class Mixing:
    """One law of interactions; the numbers of this module's first lines, in n.

    `aligned`: the cross term is exactly (1/n) sum <x_i, m_i>, so that convexity gives it a sign.
    """

    name: str
    p: sp.Expr
    rho: sp.Expr
    theta: sp.Expr
    mean: Triple
    spread: Triple
    aligned: bool


def pair() -> Mixing:
    """A uniformly random pair (Algorithm 1): the complete graph's gap."""
    return _pairs("pair", 1 / (n - 1), aligned=True)


def graph(gap: sp.Expr) -> Mixing:
    """Pairs along the edges of a connected graph that activate every agent equally often.

    `gap`: half the second smallest eigenvalue of the Laplacian sum_e q_e (e_i - e_j)(e_i - e_j)',
    q_e the probability of an edge; the complete graph has 1/(n-1), a cycle (1 - cos(2 pi/n))/n.
    """
    return _pairs("graph", gap, aligned=False)


def _pairs(name: str, gap: sp.Expr, *, aligned: bool) -> Mixing:
    theta = 2 / n - gap
    mean = (2 / n**2, 2 * theta / n, 4 / n**2)
    v, apart, whole = ((n - 2) / 2 * part for part in mean)
    return Mixing(name, 2 / n, 1 - gap, theta, mean, (v, apart, whole), aligned)


def edges(gap: sp.Expr) -> Mixing:
    """The same with the cross term -2 eta theta (1/n) sum <x_i, m_i>, so that convexity has a say.

    It costs (2 theta/n) eta^2 (1/n) sum ||m_i - mbar||^2, as E||m_i - m_j||^2 over an edge may be
    up to 4/n^2 in place of 2 gap/n times sum ||m_i - mbar||^2.
    """
    found = graph(gap)
    v, _, whole = found.spread
    return replace(found, spread=(v, found.theta, whole), aligned=True)


def matching(*, odd: bool) -> Mixing:
    """A uniformly random matching in which all step; with odd n one agent stays alone."""
    return averaging(sp.Rational(1, 2) if odd else (n - 2) / (2 * (n - 1)))


def averaging(rho: sp.Expr) -> Mixing:
    """A matching with this rho: all step, and each averages with any other equally often."""
    one, zero = sp.Integer(1), sp.Integer(0)
    spread = (rho * (n - 1) / n, rho, zero)
    return Mixing("matching", one, rho, rho, (1 / n, zero, one), spread, aligned=True)


def mixing(name: str, agents: int) -> Mixing:
    """The law by the name that a spec uses."""
    if name == "pair":
        return pair()
    if name == "matching":
        return matching(odd=bool(agents % 2))
    raise ValueError(f"interaction must be 'pair' or 'matching', got {name!r}")
