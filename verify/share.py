"""The share of a bound that is used: (lhs + Q)/P, where lhs <= P - Q with P, Q >= 0.

Numbers are put in for the parameters; P and Q are then the terms with a positive and with a
negative coefficient. Quantities of either sign count as part of the left-hand side. At most 1 where
the claim holds, and comparable with the certified factors of `verify/worst/`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import sympy as sp

from theory import Claim, compiled
from theory.notation import NOTATION, symbols
from verify.balls import Ball, ball

EITHER_SIGN = frozenset(symbols("f_step drift mu_dot_m x_dot_m"))
"""Measured quantities that may be negative."""

PARAMETERS = frozenset(symbols("n n0 n1 d rv L l eta nu c rho gap alpha0 alpha1"))
"""What is known before a state is."""


@dataclass(frozen=True)
class Sides:
    """A bound read as `used` <= `available`, the latter with coefficients > 0 only."""

    used: sp.Expr
    available: sp.Expr

    @cached_property
    def unknowns(self) -> tuple[str, ...]:
        """The quantities and moments in it, by name."""
        found = self.used.free_symbols | self.available.free_symbols
        return tuple(sorted(str(s.name) for s in found))

    def share(self, numbers: Mapping[str, Any]) -> float:
        """used/available; NaN where both are 0, and where nothing is available."""
        used, available = (
            ball(compiled(part)(numbers)).mid() for part in (self.used, self.available)
        )
        if available <= 0:
            return math.nan
        return float((used / available).mid())


def sides(claim: Claim, parameters: Mapping[str, Any]) -> Sides:
    """The two sides of an inequality at these parameters (floats or balls, by name).

    Raises:
        ValueError: the claim is an identity.
    """
    if claim.relation == "==":
        raise ValueError(f"{claim.key} is an identity, no bound")
    flip = -1 if claim.relation == ">=" else 1
    known = {
        NOTATION[name].symbol: _exact(value)
        for name, value in parameters.items()
        if name in NOTATION and NOTATION[name].symbol in PARAMETERS
    }
    used, available = sp.S.Zero, sp.S.Zero
    for term in _terms(claim):
        settled = flip * term.xreplace(known)
        if settled.free_symbols & EITHER_SIGN or _coefficient(settled) > 0:
            used += settled
        else:
            available -= settled
    return Sides(used, available)


def _coefficient(term: sp.Expr) -> sp.Expr:
    """The number in front; 0 is no use of a bound."""
    number, _ = term.as_coeff_Mul()
    return number


@lru_cache(maxsize=1024)
def _terms(claim: Claim) -> tuple[sp.Expr, ...]:
    """lhs - rhs as coefficient times unknowns, one term for each product of unknowns."""
    whole = sp.expand(claim.lhs - claim.rhs)
    found: dict[sp.Expr, sp.Expr] = {}
    for term in sp.Add.make_args(whole):
        number, unknown = term.as_independent(*(term.free_symbols - PARAMETERS), as_Add=False)
        found[unknown] = found.get(unknown, sp.S.Zero) + number
    return tuple(number * unknown for unknown, number in found.items())


def _exact(value: Any) -> sp.Rational:
    """A rational; a float, or the one nearest to a ball's midpoint, as the rational that it is."""
    if isinstance(value, sp.Rational):
        return value
    number = float(value.mid()) if isinstance(value, Ball) else float(value)
    return sp.Rational(*number.as_integer_ratio())
