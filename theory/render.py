"""A claim in plain text and in LaTeX, from the same expressions."""

import sympy as sp

from theory.assumptions import ASSUMPTION_TABLE
from theory.claim import Claim
from theory.notation import NOTATION

_MEETINGS = {
    "matching": "agents meet in uniformly random matchings, in which all of them step",
    "graph": "agents meet along the edges of a connected graph, each agent as often as any other",
}
_RELATION = {"<=": r"\le", ">=": r"\ge", "==": "="}


def plain(claim: Claim) -> str:
    """The statement in one line of ASCII."""
    return f"{sp.sstr(claim.lhs)} {claim.relation} {sp.sstr(claim.rhs)}"


def latex(claim: Claim) -> str:
    """The statement in LaTeX (mathematics only, no dollar signs)."""
    left, right = formula(claim.lhs, claim), formula(claim.rhs, claim)
    return f"{left} {_RELATION[claim.relation]} {right}"


def latex_hypotheses(claim: Claim) -> list[str]:
    """Assumptions, fixed parameters and conditions in LaTeX, as printed in the paper."""
    return [
        *(ASSUMPTION_TABLE[key].latex for key in sorted(claim.assumptions)),
        *(f"{formula(left, claim)} = {formula(right, claim)}" for left, right in claim.ties),
        *(formula(claim.as_printed(condition), claim) for condition in claim.conditions),
        *(rf"\text{{{text}}}" for text in meeting(claim)),
    ]


def formula(expression: sp.Basic, claim: Claim | None = None) -> str:
    """An expression in LaTeX, without dollar signs, with the symbols of `claim` if it has own."""
    notation = NOTATION if claim is None else claim.notation
    names = {entry.symbol: entry.latex for entry in notation.values()}
    return str(sp.latex(expression, symbol_names=names))


def meeting(claim: Claim) -> tuple[str, ...]:
    """How agents meet, in words, where that is not Algorithm 1's random pair."""
    return tuple(text for name, text in _MEETINGS.items() if name == claim.interaction)


def _assumption(key: str) -> str:
    found = ASSUMPTION_TABLE[key]
    reading = f" (read as: {found.read_as})" if found.read_as else ""
    return f"{key}: {found.statement}{reading}"


def hypotheses(claim: Claim) -> list[str]:
    """Assumptions, fixed parameters and conditions, each in one line."""
    return [
        *(_assumption(key) for key in sorted(claim.assumptions)),
        *(f"{sp.sstr(left)} = {sp.sstr(right)}" for left, right in claim.ties),
        *(sp.sstr(claim.as_printed(condition)) for condition in claim.conditions),
        *(
            (f"zeroth-order agents use the {claim.estimator} estimator",)
            if claim.estimator != "any"
            else ()
        ),
        *meeting(claim),
    ]
