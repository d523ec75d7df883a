"""What an axiom gives to a proof."""

from dataclasses import dataclass

import sympy as sp


@dataclass(frozen=True)
class Known:
    """A quantity >= 0, the assumptions it rests on, and its name among the axioms listed.

    `rests_on`: claims about one agent or one function that it sums over agents: `lemma-5.6`, or
    `lemma-5.6 sharp` for another edition than the published one.
    """

    expression: sp.Expr
    assumptions: frozenset[str]
    axiom: str
    rests_on: tuple[str, ...] = ()


def known(
    expression: sp.Expr, axiom: str, *assumptions: str, rests_on: tuple[str, ...] = ()
) -> Known:
    """A Known with its assumptions listed."""
    return Known(expression, frozenset(assumptions), axiom, rests_on)
