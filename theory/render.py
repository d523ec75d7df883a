"""A claim in plain text and in LaTeX, from the same expressions."""

import sympy as sp

from theory.assumptions import ASSUMPTION_TABLE
from theory.claim import Claim
from theory.notation import NOTATION

_NAMES = {entry.symbol: entry.latex for entry in NOTATION.values()}
_RELATION = {"<=": r"\le", ">=": r"\ge", "==": "="}


def plain(claim: Claim) -> str:
    """The statement in one line of ASCII."""
    return f"{sp.sstr(claim.lhs)} {claim.relation} {sp.sstr(claim.rhs)}"


def latex(claim: Claim) -> str:
    """The statement in LaTeX (mathematics only, no dollar signs)."""
    left, right = (sp.latex(side, symbol_names=_NAMES) for side in (claim.lhs, claim.rhs))
    return f"{left} {_RELATION[claim.relation]} {right}"


def hypotheses(claim: Claim) -> list[str]:
    """Assumptions, fixed parameters and conditions, each in one line."""
    return [
        *(f"{key}: {ASSUMPTION_TABLE[key].statement}" for key in sorted(claim.assumptions)),
        *(f"{sp.sstr(left)} = {sp.sstr(right)}" for left, right in claim.ties),
        *(sp.sstr(condition) for condition in claim.conditions),
        *(
            (f"zeroth-order agents use the {claim.estimator} estimator",)
            if claim.estimator != "any"
            else ()
        ),
    ]
