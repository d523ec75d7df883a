"""A claim: one statement with its hypotheses, its source, and everything derived from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import sympy as sp

from theory.evaluate import Value, Values, value_of
from theory.notation import NOTATION, Notation
from theory.own import OwnSymbol

ASSUMPTIONS = ("A1", "A2", "A3", "A4", "convex", "quadratic")
OWN = "own"
"""The edition of a claim that is not of the paper: a user's, from a file of theirs."""
EDITIONS = ("published", "repaired", "sharp", OWN)
Relation = Literal["<=", ">=", "=="]

_ALLOWED = {
    "edition": EDITIONS,
    "relation": ("<=", ">=", "=="),
    "scope": ("gaussian", "function", "agent", "step", "trajectory"),
    "estimator": ("two-point", "forward-gradient", "any"),
    "kind": ("upper", "lower", "identity", "rate"),
    "interaction": ("pair", "matching", "graph"),
}

_TOGETHER = {
    "pair": ("d",),
    "matching": ("d", "n", "rho"),
    "graph": ("d", "n", "gap"),
}
"""Terms that differ by a polynomial in these are one: d, and what a law's numbers are made of."""


def _is_divisor(factor: sp.Expr) -> bool:
    return bool(factor.is_Pow and factor.base.is_Add and not factor.exp.is_nonnegative)


def _expanded(part: sp.Expr) -> tuple[sp.Expr, ...]:
    """The terms of one summand; sums in a denominator (D1 of Theorem 1.1) are left as they are."""
    factors = sp.Mul.make_args(part)
    kept = [f for f in factors if _is_divisor(f)]
    rest = sp.Mul(*(f for f in factors if f not in kept))
    return tuple(sp.Mul(term, *kept) for term in sp.Add.make_args(sp.expand(rest)))


def _by_monomial(total: sp.Expr, interaction: str) -> tuple[sp.Expr, ...]:
    """The summands, multiplied out; those that differ by a polynomial in `_TOGETHER` are one."""
    together = {NOTATION[name].symbol for name in _TOGETHER[interaction]}
    groups: dict[sp.Expr, sp.Expr] = {}
    for part in sp.Add.make_args(total):
        for term in _expanded(part):
            factors = (f for f in sp.Mul.make_args(term) if f.free_symbols - together)
            monomial = sp.Mul(*factors)
            groups[monomial] = groups.get(monomial, sp.Integer(0)) + term
    return tuple(groups.values())


def _exact(theta: sp.Expr | int | float) -> sp.Expr:
    """A factor as it is written: the float 0.1 is 1/10."""
    return theta if isinstance(theta, sp.Basic) else sp.Rational(str(theta))


def _chosen(parts: tuple[Any, ...], index: int) -> Any:
    if not 0 <= index < len(parts):
        raise IndexError(f"index must be >= 0 and < {len(parts)}, got {index}")
    return parts[index]


@dataclass(frozen=True)
class Claim:
    """One statement `lhs relation rhs` under `assumptions`, `conditions` and `ties`.

    Args:
        key: `lemma-13`, `lemma-5.6` for its eq. 6, `theorem-1.1`, `identity-distance`.
        edition: published, repaired, sharp, or own for a claim that is not of the paper.
        title: what it says, in a few words.
        lhs, rhs: sympy expressions in registered symbols.
        relation: `<=`, `>=` or `==`.
        assumptions: a subset of A1-A4, `convex` and `quadratic`.
        conditions: relations on the parameters (step-size limits and the like).
        ties: parameters that the statement fixes, as (symbol, expression).
        scope: what has to be measured: gaussian, function, agent, step or trajectory.
        estimator: which zeroth-order agents it speaks of: `two-point`, `forward-gradient` or `any`.
        depends_on: keys of the claims its proof uses.
        source: lemma and equation numbers, and a note where the encoding needs one.
        kind: upper, lower, identity or rate.
        printed: (condition, the paper's form of it), where the two differ: conditions are kept
            multiplied out where the printed form divides by n0 or l, which may be 0.
        interaction: who meets in a step: `pair` (Algorithm 1), `matching` (a uniformly random one,
            all step), `graph` (the ends of an edge, every agent as often as any other).
        own_symbols: quantities beside the notation's, each with how it is measured at a state.
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
    printed: tuple[tuple[Any, Any], ...] = ()
    interaction: str = "pair"
    own_symbols: tuple[OwnSymbol, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is not a well-formed claim."""
        for name, allowed in _ALLOWED.items():
            if (given := getattr(self, name)) not in allowed:
                raise ValueError(f"{self.key}: {name} must be one of {allowed}, got {given!r}")
        if unknown := self.assumptions - set(ASSUMPTIONS):
            raise ValueError(
                f"{self.key}: assumptions must be among {ASSUMPTIONS}, got {sorted(unknown)}"
            )
        for condition in self.conditions:
            if not isinstance(condition, sp.core.relational.Relational):
                raise ValueError(
                    f"{self.key}: a condition must be a sympy relation, got {condition!r}"
                )
        for fixed, _ in self.ties:
            if not fixed.is_Symbol:
                raise ValueError(f"{self.key}: a tie must fix a symbol, got {fixed}")
        if self.own_symbols and self.scope == "trajectory":
            raise ValueError(f"{self.key}: own symbols are of one state, not of a trajectory")
        notation = self.notation
        for used in self.free_symbols:
            if used.name not in notation or notation[used.name].symbol != used:
                raise ValueError(
                    f"{self.key}: symbol {used} is not in the notation; take the paper's from "
                    f"theory.notation.symbols, and give others as own_symbols"
                )

    @property
    def notation(self) -> Mapping[str, Notation]:
        """Every symbol that the claim may use, by name."""
        return {**NOTATION, **{symbol.name: symbol for symbol in self.own_symbols}}

    @cached_property
    def free_symbols(self) -> frozenset[sp.Symbol]:
        """Every symbol of the statement and its hypotheses."""
        parts = [self.lhs, self.rhs, *self.conditions, *(e for tie in self.ties for e in tie)]
        return frozenset().union(*(p.free_symbols for p in parts))

    def as_printed(self, condition: Any) -> Any:
        """A condition in the paper's form, to show it; the form to evaluate if that is the same."""
        return dict(self.printed).get(condition, condition)

    @cached_property
    def terms(self) -> tuple[sp.Expr, ...]:
        """The right-hand side as a sum, one term for each monomial; polynomials in d stay together.

        For matchings and graphs so do those in n and in rho or the gap.

        Every printed coefficient of a numerator is in a term (in several where the statement
        multiplies brackets out, as D2 of Theorem 1.1), and every coefficient of a denominator that
        is a sum in one of `divisor_terms`: scaling all of these in turn falsifies every constant.
        """
        return _by_monomial(self.rhs, self.interaction)

    @cached_property
    def divisor_terms(self) -> tuple[tuple[sp.Expr, sp.Expr], ...]:
        """(sum, its term) for each term of each sum that the right-hand side divides by.

        The terms of D1 in Theorem 1.1; empty for a claim that divides by monomials only.
        """
        factors = [f for part in sp.Add.make_args(self.rhs) for f in sp.Mul.make_args(part)]
        sums = dict.fromkeys(f.base for f in factors if _is_divisor(f))
        return tuple(
            (total, term) for total in sums for term in _by_monomial(total, self.interaction)
        )

    def scaled(self, index: int, theta: sp.Expr | int | float) -> "Claim":
        """The twin whose term number `index` is multiplied by `theta`: false once that is small.

        Raises:
            IndexError: no such term.
        """
        term = _chosen(self.terms, index)
        rest = (t for i, t in enumerate(self.terms) if i != index)
        rhs = sp.Add(*rest, _exact(theta) * term)
        return replace(self, rhs=rhs, title=f"{self.title} (term {index} times {theta})")

    def scaled_divisor(self, index: int, theta: sp.Expr | int | float) -> "Claim":
        """The twin whose `divisor_terms[index]` is multiplied by `theta`, on both sides.

        The conditions stay: a twin changes what is claimed and not where.

        Raises:
            IndexError: no such term.
        """
        total, term = _chosen(self.divisor_terms, index)
        changed = {total: total + (_exact(theta) - 1) * term}
        return replace(
            self,
            lhs=self.lhs.xreplace(changed),
            rhs=self.rhs.xreplace(changed),
            title=f"{self.title} (divisor's term {index} times {theta})",
        )

    def evaluate(self, side: Literal["lhs", "rhs"], values: Values) -> Value:
        """The value of one side in the ring of `values` (floats, exact rationals, balls).

        Raises:
            NotExactError: exact rationals were given and the side is irrational there.
        """
        if side not in ("lhs", "rhs"):
            raise ValueError(f"{self.key}: side must be 'lhs' or 'rhs', got {side!r}")
        return value_of(self.lhs if side == "lhs" else self.rhs, values)

    def rhs_callable(self, *names: str) -> Callable[..., Any]:
        """The right-hand side as a vectorised float64 function of the named symbols.

        Without names, of all its symbols in alphabetical order.
        """
        needed = sorted(s.name for s in self.rhs.free_symbols)
        if names and (missing := set(needed) - set(names)):
            raise ValueError(f"{self.key}: names must include {sorted(missing)}, got {names}")
        arguments = [self.notation[name].symbol for name in names or needed]
        return sp.lambdify(arguments, self.rhs, "numpy")
