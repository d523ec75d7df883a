"""Every symbol of the paper once: name, meaning, domain, unit, LaTeX.

Units: `1` dimensionless, `x` length of a model, `f` value of the objective; so a gradient has unit
f/x, L and l have f/x^2, and eta has x^2/f.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import sympy as sp

from theory.notation_steps import STEP_ROWS


@dataclass(frozen=True)
class Notation:
    """One symbol: what it means, which values it takes, its unit and its LaTeX."""

    symbol: sp.Symbol
    meaning: str
    domain: str
    unit: str
    latex: str

    @property
    def name(self) -> str:
        """The symbol's ASCII name, the key under which evidence reports it."""
        return str(self.symbol.name)


DOMAINS: Mapping[str, Mapping[str, bool]] = {
    "integer >= 1": {"integer": True, "positive": True},
    "integer >= 2": {"integer": True, "positive": True},
    "integer >= 0": {"integer": True, "nonnegative": True},
    "real > 0": {"positive": True},
    "real >= 0": {"nonnegative": True},
    "real >= 2": {"positive": True},
    "real": {"real": True},
}
"""Which values a symbol may take, and what sympy is told of it."""

_TABLE: tuple[tuple[str, str, str, str, str], ...] = (
    # parameters
    ("n", "number of agents", "integer >= 2", "1", "n"),
    ("n0", "number of zeroth-order agents", "integer >= 0", "1", "n_0"),
    ("n1", "number of first-order agents", "integer >= 0", "1", "n_1"),
    ("d", "dimension of the model", "integer >= 1", "1", "d"),
    ("L", "smoothness of every F^i (A2)", "real > 0", "f/x^2", "L"),
    ("l", "strong convexity of every f^i (A1)", "real >= 0", "f/x^2", r"\ell"),
    ("eta", "step size", "real > 0", "x^2/f", r"\eta"),
    ("nu", "smoothing radius", "real > 0", "x", r"\nu"),
    ("c", "ratio eta/nu", "real > 0", "x/f", "c"),
    ("T", "number of interactions", "integer >= 1", "1", "T"),
    ("k", "order of a moment", "real >= 2", "1", "k"),
    ("rv", "random directions in one estimate", "integer >= 1", "1", r"r_v"),
    ("alpha0", "weight of the zeroth-order group in M^f", "real > 0", "1", r"\alpha_0"),
    ("alpha1", "weight of the first-order group in M^f", "real > 0", "1", r"\alpha_1"),
    (
        "vs0_sq",
        "varsigma_0^2, split of the data over N0 (A3)",
        "real >= 0",
        "f^2/x^2",
        r"\varsigma_0^2",
    ),
    (
        "vs1_sq",
        "varsigma_1^2, split of the data over N1 (A3)",
        "real >= 0",
        "f^2/x^2",
        r"\varsigma_1^2",
    ),
    ("s_sq", "s_i^2, gradient noise of one agent (A4)", "real >= 0", "f^2/x^2", "s_i^2"),
    ("S_Z", "sum of s_i^2 over N0", "real >= 0", "f^2/x^2", r"\Sigma_Z"),
    ("S_F", "sum of s_i^2 over N1", "real >= 0", "f^2/x^2", r"\Sigma_F"),
    ("B", "mean of the bias bounds b_i", "real >= 0", "f/x", "B"),
    (
        "rho",
        "what a matching leaves of Gamma: (n-2)/(2(n-1)), with odd n 1/2",
        "real >= 0",
        "1",
        r"\rho",
    ),
    (
        "gap",
        "spectral gap: half the second smallest eigenvalue of the Laplacian of the edges' "
        "probabilities",
        "real > 0",
        "1",
        r"\gamma",
    ),
)

_QUANTITIES: tuple[tuple[str, str, str, str, str], ...] = (
    # at one state X_t
    ("Gamma", "consensus error (1/n) sum ||X^i - mu||^2", "real >= 0", "x^2", r"\Gamma_t"),
    ("e", "f(mu) - f(x*)", "real >= 0", "f", "e_t"),
    ("a_sq", "||mu - x*||^2", "real >= 0", "x^2", "a_t^2"),
    ("grad_sq", "||grad f(mu)||^2", "real >= 0", "f^2/x^2", r"\|\nabla f(\mu_t)\|^2"),
    ("S", "mean over agents of E||G_i||^2", "real >= 0", "f^2/x^2", "S"),
    ("sum_m_norm_sq", "||sum_i m_i||^2, m_i = E G_i", "real >= 0", "f^2/x^2", r"\|\sum_i m_i\|^2"),
    ("sum_m_sq", "sum_i ||m_i||^2", "real >= 0", "f^2/x^2", r"\sum_i \|m_i\|^2"),
    ("mu_dot_m", "<mu - x*, mean_i m_i>", "real", "f", r"\langle\mu_t-x^*,\bar m\rangle"),
    (
        "x_dot_m",
        "(1/n) sum_i <m_i, X^i - mu>",
        "real",
        "f",
        r"\tfrac1n\sum_i\langle m_i,X^i-\mu_t\rangle",
    ),
    (
        "pair_sq",
        "E||G_i + G_j||^2 over the random pair",
        "real >= 0",
        "f^2/x^2",
        r"E_t\|G_i+G_j\|^2",
    ),
    ("Gamma_next", "E_t Gamma_{t+1}", "real >= 0", "x^2", r"E_t\Gamma_{t+1}"),
    ("M_G", "(1/n) sum E||G^i(X^i)||^2", "real >= 0", "f^2/x^2", r"E M_t^G"),
    (
        "M_f",
        "alpha-weighted mean of ||grad f^i(X^i)||^2",
        "real >= 0",
        "f^2/x^2",
        r"M^f(\alpha_0,\alpha_1)",
    ),
    ("a_sq_next", "E_t||mu_{t+1} - x*||^2", "real >= 0", "x^2", r"a_{t+1}^2"),
    ("sbar_sq", "mean of E||grad f^i(X^i) - G^i||^2", "real >= 0", "f^2/x^2", r"\bar\sigma_t^2"),
    ("B_attained", "mean of ||grad f^i(X^i) - E G^i||", "real >= 0", "f/x", r"B"),
    (
        "drift",
        "<grad f(mu), E mu' - mu>",
        "real",
        "f",
        r"E\langle\nabla f(\mu_t),\mu_{t+1}-\mu_t\rangle",
    ),
    ("mu_step_sq", "E||mu' - mu||^2", "real >= 0", "x^2", r"E\|\mu_{t+1}-\mu_t\|^2"),
    ("f_step", "E f(mu') - f(mu)", "real", "f", r"E[f(\mu_{t+1})-f(\mu_t)]"),
    (
        "mean_step_defect",
        "||E mu' - mu + (2 eta/n) mbar||^2",
        "real >= 0",
        "x^2",
        r"\|E_t\mu_{t+1}-\mu_t+\tfrac{2\eta}{n}\bar m\|^2",
    ),
    # one agent
    ("G_sq", "E||G_nu^i||^2", "real >= 0", "f^2/x^2", r"E\|G_\nu^i\|^2"),
    ("G_err_sq", "E||G_nu^i - grad f^i||^2", "real >= 0", "f^2/x^2", r"E\|G_\nu^i-\nabla f^i\|^2"),
    ("grad_i_sq", "||grad f^i||^2", "real >= 0", "f^2/x^2", r"\|\nabla f^i\|^2"),
    # one function, Lemma 1
    ("u_moment", "E||u||^k", "real >= 0", "1", r"E\|u\|^k"),
    (
        "grad_nu_gap",
        "||grad f_nu(x) - grad f_nu(y)||",
        "real >= 0",
        "f/x",
        r"\|\nabla f_\nu(x)-\nabla f_\nu(y)\|",
    ),
    ("dist_xy", "||x - y||", "real >= 0", "x", r"\|x-y\|"),
    ("smoothing_gap", "|f_nu(x) - f(x)|", "real >= 0", "f", r"|f_\nu(x)-f(x)|"),
    ("smoothing_signed_gap", "f_nu(x) - f(x)", "real", "f", r"f_\nu(x)-f(x)"),
    (
        "smoothing_bias",
        "||grad f_nu(x) - grad f(x)||",
        "real >= 0",
        "f/x",
        r"\|\nabla f_\nu(x)-\nabla f(x)\|",
    ),
    (
        "two_point_energy",
        "(1/nu^2) E[(f(x+nu u)-f(x))^2 ||u||^2]",
        "real >= 0",
        "f^2/x^2",
        r"\tfrac1{\nu^2}E[(f(x+\nu u)-f(x))^2\|u\|^2]",
    ),
    ("grad_x_sq", "||grad f(x)||^2", "real >= 0", "f^2/x^2", r"\|\nabla f(x)\|^2"),
    # Gaussian identities
    ("forward_sq", "E||G||^2 of a forward gradient", "real >= 0", "f^2/x^2", r"E\|G\|^2"),
    ("g_sq", "||g||^2", "real >= 0", "f^2/x^2", r"\|g\|^2"),
    ("h_sq", "||h||^2", "real >= 0", "f^2/x^2", r"\|h\|^2"),
    ("g_dot_h", "<g, h>", "real", "f^2/x^2", r"\langle g,h\rangle"),
    ("u6_moment", "E||u||^6", "real >= 0", "1", r"E\|u\|^6"),
    (
        "gaussian_quartic",
        "h' E[(u.g)^2 u u'] h",
        "real >= 0",
        "f^4/x^4",
        r"h^\top E[(u\cdot g)^2uu^\top]h",
    ),
    # trajectories
    (
        "sum_w_Gamma",
        "sum_{t=1}^T w_t E Gamma_{t-1}",
        "real >= 0",
        "x^2",
        r"\sum_{t=1}^T w_tE\Gamma_{t-1}",
    ),
    ("sum_w_e", "sum_{t=1}^{T-1} w_t e_{t-1}", "real >= 0", "f", r"\sum_{t=1}^{T-1}w_te_{t-1}"),
    ("sum_w", "sum_{t=1}^{T-1} w_t", "real >= 0", "1", r"\sum_{t=1}^{T-1}w_t"),
    ("sum_Gamma", "sum_{t<T} E Gamma_t", "real >= 0", "x^2", r"\sum_{t<T}E\Gamma_t"),
    (
        "sum_grad_sq",
        "sum_{t<=T-2} E||grad f(mu_t)||^2",
        "real >= 0",
        "f^2/x^2",
        r"\sum_{t\le T-2}E\|\nabla f(\mu_t)\|^2",
    ),
    (
        "mean_grad_sq",
        "(1/T) sum_{t<T} E||grad f(mu_t)||^2",
        "real >= 0",
        "f^2/x^2",
        r"\tfrac1T\sum_{t<T}E\|\nabla f(\mu_t)\|^2",
    ),
    ("a_0_sq", "||mu_0 - x*||^2", "real >= 0", "x^2", r"\|\mu_0-x^*\|^2"),
    ("a_T_sq", "E||mu_T - x*||^2", "real >= 0", "x^2", r"E\|\mu_T-x^*\|^2"),
    ("f0_gap", "f(mu_0) - f*", "real >= 0", "f", r"f(\mu_0)-f^*"),
    ("f_y_gap", "E f(y_T) - f(x*), y_T with S_T = T w_T", "real", "f", r"E[f(y_T)-f(x^*)]"),
    (
        "f_ybar_gap",
        "E f(y_T) - f(x*), y_T with S_T = sum_{t=1}^T w_t",
        "real >= 0",
        "f",
        r"E[f(\bar y_T)-f(x^*)]",
    ),
)


def _entry(row: tuple[str, str, str, str, str]) -> Notation:
    name, meaning, domain, unit, latex = row
    return Notation(sp.Symbol(name, **DOMAINS[domain]), meaning, domain, unit, latex)


PARAMETERS: tuple[Notation, ...] = tuple(map(_entry, _TABLE))
"""What an instance fixes: sizes, constants of A1-A4, step size, smoothing."""

QUANTITIES: tuple[Notation, ...] = tuple(map(_entry, _QUANTITIES + STEP_ROWS))
"""What evidence measures."""

NOTATION: Mapping[str, Notation] = MappingProxyType(
    {entry.name: entry for entry in PARAMETERS + QUANTITIES}
)
"""Every symbol by its ASCII name."""


class UnknownSymbolError(KeyError):
    """The notation has no such name."""

    def __str__(self) -> str:
        """The sentence itself, without KeyError's quotes."""
        return str(self.args[0])


def symbol(name: str) -> sp.Symbol:
    """The one sympy symbol of this name.

    Raises:
        UnknownSymbolError: no such symbol; the message names close ones.
    """
    if name not in NOTATION:
        close = difflib.get_close_matches(name, NOTATION, n=3, cutoff=0.4)
        hint = f"; close names: {', '.join(close)}" if close else ""
        raise UnknownSymbolError(f"symbol {name!r} is not in the notation{hint}")
    return NOTATION[name].symbol


def symbols(names: str) -> tuple[sp.Symbol, ...]:
    """The symbols of the names, separated by blanks."""
    return tuple(symbol(name) for name in names.split())
