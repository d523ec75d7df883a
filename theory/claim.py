"""A claim: one statement with its hypotheses, its source, and everything derived from it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import sympy as sp

from theory.evaluate import Value, Values, value_of
from theory.notation import NOTATION

ASSUMPTIONS = ("A1", "A2", "A3", "A4", "convex")
EDITIONS = ("published", "repaired", "sharp")
Relation = Literal["<=", ">=", "=="]


_DIMENSION = NOTATION["d"].symbol


def _expanded(part: sp.Expr) -> tuple[sp.Expr, ...]:
    """The terms of one summand; sums in a denominator (D1 of Theorem 1.1) are left as they are."""
    factors = sp.Mul.make_args(part)
    kept = [f for f in factors if f.is_Pow and f.base.is_Add and not f.exp.is_nonnegative]
    rest = sp.Mul(*(f for f in factors if f not in kept))
    return tuple(sp.Mul(term, *kept) for term in sp.Add.make_args(sp.expand(rest)))


@dataclass(frozen=True)
class Claim:
    """One statement `lhs relation rhs` under `assumptions`, `conditions` and `ties`.

    Args:
        key: `lemma-13`, `lemma-5.6` for its eq. 6, `theorem-1.1`, `identity-distance`.
        edition: published, repaired or sharp.
        title: what it says, in a few words.
        lhs, rhs: sympy expressions in registered symbols.
        relation: `<=`, `>=` or `==`.
        assumptions: a subset of A1-A4 and `convex`.
        conditions: relations on the parameters (step-size limits and the like).
        ties: parameters that the statement fixes, as (symbol, expression).
        scope: what has to be measured: gaussian, function, agent, step or trajectory.
        estimator: which zeroth-order agents it speaks of: `two-point`, `forward-gradient` or `any`.
        depends_on: keys of the claims its proof uses.
        source: lemma and equation numbers, and a note where the encoding needs one.
        kind: upper, lower, identity or rate.
    """

    key: str
    edition: str
    title: str
    lhs: sp.Expr
    relation: Relation
    rhs: sp.Expr
    scope: str
    assumptions: frozenset[str] = frozenset()
    conditions: tuple[Any, ...] = ()
    ties: tuple[tuple[sp.Symbol, sp.Expr], ...] = ()
    estimator: str = "any"
    depends_on: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    kind: str = "upper"

    def __post_init__(self) -> None:
        """Refuse what is not a well-formed claim."""
        if self.edition not in EDITIONS:
            raise ValueError(f"{self.key}: edition must be one of {EDITIONS}, got {self.edition!r}")
        if unknown := self.assumptions - set(ASSUMPTIONS):
            raise ValueError(
                f"{self.key}: assumptions must be among {ASSUMPTIONS}, got {sorted(unknown)}"
            )
        if self.relation not in ("<=", ">=", "=="):
            raise ValueError(f"{self.key}: relation must be <=, >= or ==, got {self.relation!r}")
        for condition in self.conditions:
            if not isinstance(condition, sp.core.relational.Relational):
                raise ValueError(
                    f"{self.key}: a condition must be a sympy relation, got {condition!r}"
                )
        for used in self.free_symbols:
            if used.name not in NOTATION or NOTATION[used.name].symbol != used:
                raise ValueError(f"{self.key}: symbol {used} is not in the notation")

    @cached_property
    def free_symbols(self) -> frozenset[sp.Symbol]:
        """Every symbol of the statement and its hypotheses."""
        parts = [self.lhs, self.rhs, *self.conditions, *(e for tie in self.ties for e in tie)]
        return frozenset().union(*(p.free_symbols for p in parts))

    @cached_property
    def terms(self) -> tuple[sp.Expr, ...]:
        """The right-hand side as a sum, one term for each monomial; polynomials in d stay together.

        Every printed coefficient is in exactly one term, so that scaling the terms one after the
        other falsifies every constant of the statement in turn.
        """
        groups: dict[sp.Expr, sp.Expr] = {}
        for part in sp.Add.make_args(self.rhs):
            for term in _expanded(part):
                monomial = term.as_independent(_DIMENSION)[0].as_coeff_Mul()[1]
                groups[monomial] = groups.get(monomial, sp.Integer(0)) + term
        return tuple(groups.values())

    def scaled(self, index: int, theta: sp.Expr | int | float) -> "Claim":
        """The twin whose term number `index` is multiplied by `theta`: false once that is small."""
        terms = list(self.terms)
        terms[index] = sp.nsimplify(theta) * terms[index]
        return replace(self, rhs=sp.Add(*terms), title=f"{self.title} (term {index} times {theta})")

    def evaluate(self, side: Literal["lhs", "rhs"], values: Values) -> Value:
        """The value of one side in the ring of `values` (floats, exact rationals, balls)."""
        return value_of(self.lhs if side == "lhs" else self.rhs, values)

    def rhs_callable(self, *names: str) -> Callable[..., Any]:
        """The right-hand side as a vectorised float64 function of the named symbols."""
        return sp.lambdify([NOTATION[name].symbol for name in names], self.rhs, "numpy")
