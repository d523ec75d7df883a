"""A claim with its proof as a LaTeX document, from the same objects that the checker reads."""

from collections.abc import Iterator
from typing import Any

import sympy as sp
from sympy.printing.latex import LatexPrinter

from theory.claim import Claim
from theory.notation import NOTATION
from theory.proofs.axioms import AXIOMS
from theory.proofs.proof import Axiom, Condition, Earlier, Proof, Source, Step, Summed
from theory.proofs.series import RATE, RATES
from theory.registry import claim
from theory.render import latex, latex_hypotheses

_FAMILIES = {"x": "x_i", "g": "g_i", "h": "h_i", "m": "m_i", "p": "p_i"}
_SUMS = {
    "w_T_less_1": "(w_T-1)",
    "sum_w_all_e": r"\sum_{t=1}^{T}w_te_{t-1}",
    "sum_w_a_sq": r"\sum_{t=1}^{T}w_ta_{t-1}^2",
    "rate": "r",
}
_TOTALS = {"G_sq": r"E\|G_i\|^2", "G_err_sq": r"E\|G_i-g_i\|^2"}
_LEVELS = {
    "phi_mu": r"\varphi_i(\mu)",
    "phi_X": r"\varphi_i(X_i)",
    "phi_star": r"\varphi_i(x^*)",
    "f_mu": r"f^i(\mu)",
    "f_X": r"f^i(X_i)",
    "f_star": r"f^i(x^*)",
}
LEGEND = (
    r"$x_i=X_i-\mu$, $g_i=\nabla f^i(X_i)$, $h_i=\nabla f^i(\mu)$, $m_i=E_tG_i$, "
    r"$\varphi_i=f^i_\nu$ for zeroth-order agents that use two points and $\varphi_i=f^i$ else, "
    r"$p_i=\nabla\varphi_i(\mu)$, $y=\mu-x^*$; $N_0$ and $N_1$ are the zeroth-order and the "
    r"first-order agents; products of vectors and squared norms are expectations."
)
_EDGE = r" $E_{ij}$ is the mean over the edge $ij$ along which two agents meet."
_NAMES = {
    **{entry.symbol: entry.latex for entry in NOTATION.values()},
    **{sp.Symbol(name): rf"\mathrm{{{name}}}" for name in ("change", "shift", "gradient")},
}


class _Printer(LatexPrinter):
    """Inner products and sums over agents as they are written by hand."""

    def __init__(self) -> None:
        super().__init__({"symbol_names": _NAMES})

    def _print_Symbol(self, expr: sp.Symbol, style: str = "plain") -> str:
        if expr.name in _SUMS:
            return _SUMS[expr.name]
        if " of " in expr.name:
            return rf"\mathrm{{{expr.name.split(' ')[0]}}}"
        return str(super()._print_Symbol(expr, style))

    def _print_Own(self, expr: sp.Expr, exp: str | None = None) -> str:
        first, second = (_FAMILIES[str(name)] for name in expr.args[:2])
        product = rf"\|{first}\|^2" if first == second else rf"\langle {first},{second}\rangle"
        return _powered(rf"\sum_{{N_{expr.args[2]}}}{product}", exp)

    def _print_Met(self, expr: sp.Expr, exp: str | None = None) -> str:
        first, second = (_FAMILIES[str(name)] for name in expr.args)
        left, right = f"{first}-{first[0]}_j", f"{second}-{second[0]}_j"
        product = rf"\|{left}\|^2" if first == second else rf"\langle {left},{right}\rangle"
        return _powered(rf"E_{{ij}}{product}", exp)

    def _print_Dotted(self, expr: sp.Expr, exp: str | None = None) -> str:
        first, second = (self._vector(part) for part in expr.args)
        if first == second:
            return _powered(rf"\bigl\|{first}\bigr\|^2", exp)
        return _powered(rf"\bigl\langle {first},{second}\bigr\rangle", exp)

    def _vector(self, part: sp.Expr) -> str:
        if part.is_Symbol:
            return str(self._print(part))
        return rf"\textstyle\sum_{{N_{part.args[1]}}}{_FAMILIES[str(part.args[0])]}"

    def _print_Total(self, expr: sp.Expr, exp: str | None = None) -> str:
        return _powered(rf"\sum_{{N_{expr.args[1]}}}{_TOTALS[str(expr.args[0])]}", exp)

    def _print_Level(self, expr: sp.Expr, exp: str | None = None) -> str:
        return _powered(rf"\sum_{{N_{expr.args[1]}}}{_LEVELS[str(expr.args[0])]}", exp)


def _powered(text: str, exp: str | None) -> str:
    return text if exp is None else rf"\left({text}\right)^{{{exp}}}"


def formula(expression: Any) -> str:
    """An expression of a proof in LaTeX, without dollar signs."""
    return str(_Printer().doprint(expression))


def document(*claims: tuple[Claim, Proof | None]) -> str:
    """A LaTeX document of statements, hypotheses and proofs; None where there is no proof."""
    body = "\n\n".join(_section(subject, proof) for subject, proof in claims)
    return "\n".join(
        (
            r"\documentclass{article}",
            r"\usepackage{amsmath,amssymb}",
            r"\usepackage[paperwidth=330mm,paperheight=240mm,margin=15mm]{geometry}",
            r"\setlength{\parindent}{0pt}\raggedright\sloppy",
            r"\begin{document}",
            body,
            r"\end{document}",
            "",
        )
    )


def _section(subject: Claim, proof: Proof | None) -> str:
    conditions = [rf"\item ${text}$" for text in latex_hypotheses(subject)]
    listed = [r"\begin{itemize}", *conditions, r"\end{itemize}"] if conditions else ["None."]
    return "\n".join(
        (
            rf"\section*{{{escaped(subject.key)} ({subject.edition}): {escaped(subject.title)}}}",
            r"\paragraph{Hypotheses.}",
            *listed,
            r"\paragraph{Statement.}",
            rf"$\displaystyle {latex(subject)}$",
            "",
            r"\paragraph{Proof.}",
            *(_written(subject, proof) if proof is not None else ("None is on record.",)),
        )
    )


def _written(subject: Claim, proof: Proof) -> Iterator[str]:
    yield f"Write {LEGEND}{_EDGE if subject.interaction == 'graph' else ''}"
    if any(s.name == RATE.name for step in proof.steps for s in _symbols(step)):
        rate = formula(RATES[subject.interaction])
        yield rf"Weights are $w_t=(1-r)^{{-t}}$ with $r={rate}$."
    for name, value in proof.positive:
        yield rf"Let ${formula(name)}={formula(value)}$, which is $>0$ by hypothesis."
    for limit in (*proof.limits, *proof.settling):
        upper = "" if limit.upper is None else rf"\le {formula(limit.upper)}"
        yield rf"On the range ${formula(limit.lower)}\le {formula(limit.symbol)}{upper}$:"
    for step in proof.steps:
        yield from _step(step)
    yield r"\hfill$\square$"


def _symbols(step: Step) -> set[sp.Symbol]:
    parts = [step.larger, step.smaller, *(factor for factor, _ in step.using)]
    return set().union(*(sp.sympify(part).free_symbols for part in parts))


def _step(step: Step) -> Iterator[str]:
    yield ""
    sides = rf"{formula(step.smaller)}\le {formula(step.larger)}"
    yield rf"\textbf{{{escaped(step.label)}.}} $\displaystyle {sides}$:"
    yield "the right-hand side less the left-hand side is the sum of"
    yield r"\begin{itemize}"
    for multiplier, source in step.using:
        yield rf"\item ${formula(multiplier)}\ge 0$ times {_source(source)};"
    yield r"\item a quadratic form that is positive semidefinite for all numbers of agents and, on"
    yield "the parameters' range, terms whose sign is checked exactly."
    yield r"\end{itemize}"


def _source(source: Source) -> str:
    if isinstance(source, Axiom):
        known = AXIOMS[source.name](*source.arguments)
        resting = "".join(f", {escaped(key)}" for key in known.rests_on)
        return rf"$0\le {formula(known.expression)}$ ({known.axiom}{resting})"
    if isinstance(source, Earlier):
        return f"the difference in {escaped(source.label)}"
    if isinstance(source, Condition):
        power = "" if source.power == 1 else f", to the power {source.power}"
        return rf"the difference in the hypothesis ${formula(source.relation)}${power}"
    use = source.use if isinstance(source, Summed) else source
    used = claim(use.key, use.edition)
    chosen = "".join(rf", ${formula(a)}={formula(b)}$" for a, b in use.chosen)
    over = _summing(source) if isinstance(source, Summed) else ""
    return f"the difference in {escaped(used.key)} ({used.edition}{chosen}){over}"


def _summing(source: Summed) -> str:
    last = "T" if source.steps == "all" else "T-1"
    rate = formula(RATES[claim(source.use.key, source.use.edition).interaction])
    weight = rf"$w_t=(1-{rate})^{{-t}}$" if source.weights == "geometric" else "weight 1"
    return rf", summed over its steps $t=1,\dots,{last}$ with {weight}"


def escaped(text: str) -> str:
    """Plain text for LaTeX."""
    for letter in "\\&%$#_{}":
        text = text.replace(letter, rf"\{letter}" if letter != "\\" else r"\textbackslash ")
    return text.replace("^", r"\^{}").replace("~", r"\~{}").replace("<", "$<$").replace(">", "$>$")
