"""What is claimed: every lemma and theorem as an object with its hypotheses and its source.

Each bound is written once, in sympy; callables, LaTeX, tables and overlays derive from it. This
room imports none of the others.
"""

from theory.assumptions import ASSUMPTION_TABLE, Assumption
from theory.claim import ASSUMPTIONS, EDITIONS, OWN, Claim
from theory.evaluate import NotExactError, compiled
from theory.notation import NOTATION, Notation, symbol, symbols
from theory.own import OwnSymbol, own_symbol
from theory.registry import (
    Beside,
    UnknownClaimError,
    ancestors,
    beside,
    claim,
    claims,
    dependency_graph,
    inherited_conditions,
    name_of,
    stand_beside,
    standing_beside,
    used_by,
)
from theory.render import hypotheses, latex, latex_hypotheses, plain

__all__ = [
    "ASSUMPTIONS",
    "ASSUMPTION_TABLE",
    "EDITIONS",
    "NOTATION",
    "OWN",
    "Assumption",
    "Beside",
    "Claim",
    "NotExactError",
    "Notation",
    "OwnSymbol",
    "UnknownClaimError",
    "ancestors",
    "beside",
    "claim",
    "claims",
    "compiled",
    "dependency_graph",
    "hypotheses",
    "inherited_conditions",
    "latex",
    "latex_hypotheses",
    "name_of",
    "own_symbol",
    "plain",
    "stand_beside",
    "standing_beside",
    "symbol",
    "symbols",
    "used_by",
]
