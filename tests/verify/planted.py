"""Claims made up for the tests of the harness, and instances to judge them on."""

from typing import Any

import sympy as sp

from theory import Claim, symbol
from verify.instance import Instance

KINKED: dict[str, Any] = {
    "problem": {"kind": "kinked", "slope_low": 0.5, "slope_high": 2.0, "noise": 0.25},
    "population": {"agents": ["two-point", "first-order", "two-point"]},
    "method": {"step_size": 0.001, "smoothing": 0.5},
    "state": {"models": [[1.0], [-1.0], [3.0]]},
    "parameters": {"alpha0": 2.0, "alpha1": 1.0, "k": 3, "agent": 0, "other": 1},
}


def instance(**changes: dict[str, Any]) -> Instance:
    """The kinked instance with some keys of its tables replaced."""
    return Instance.from_dict(
        {name: {**table, **changes.get(name, {})} for name, table in KINKED.items()}
    )


def claim_that(lhs: str | sp.Expr, relation: str, rhs: sp.Expr | float, **fields: Any) -> Claim:
    """A made-up claim on one step."""
    return Claim(
        **{
            "key": "planted",
            "edition": "sharp",
            "title": "planted",
            "lhs": symbol(lhs) if isinstance(lhs, str) else lhs,
            "relation": relation,
            "rhs": sp.sympify(rhs),
            "scope": "step",
            **fields,
        }
    )
