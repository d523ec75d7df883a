"""A proof as data: steps, each a combination of what is known to be nonnegative."""

from dataclasses import dataclass
from typing import Any, Literal

import sympy as sp


@dataclass(frozen=True)
class Axiom:
    """One of `theory.proofs.axioms.AXIOMS`, with its arguments."""

    name: str
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Use:
    """rhs - lhs of another claim, with free parameters (alpha0, ...) chosen."""

    key: str
    edition: str = "published"
    chosen: tuple[tuple[sp.Symbol, sp.Expr], ...] = ()


@dataclass(frozen=True)
class Earlier:
    """larger - smaller of an earlier step of this proof."""

    label: str


@dataclass(frozen=True)
class Summed:
    """A recursion `X_next <= R` summed over time (`theory.proofs.series`)."""

    use: Use
    weights: Literal["plain", "geometric"]
    steps: Literal["all", "but the last"]


@dataclass(frozen=True)
class Condition:
    """gts^power - lts^power of a condition `lts <= gts` of the claim, lts >= 0."""

    relation: Any
    power: int = 1


Source = Axiom | Use | Earlier | Summed | Condition


@dataclass(frozen=True)
class Step:
    """larger - smaller >= 0: the sum of multiplier * source, and what is nonnegative by itself."""

    label: str
    larger: sp.Expr
    smaller: sp.Expr
    using: tuple[tuple[sp.Expr, Source], ...] = ()


@dataclass(frozen=True)
class Range:
    """lower <= symbol <= upper (None: no upper bound), both in symbols of earlier ranges."""

    symbol: sp.Symbol
    lower: sp.Expr
    upper: sp.Expr | None = None


@dataclass(frozen=True)
class Proof:
    """The steps that prove a claim; the last one is the claim itself.

    `limits`: bounds of parameters that the claim's conditions give, as ranges; `settling`: such
    that only the conditions of the claims that are used need. `positive`: symbols that stand for
    expressions which a strict condition of the claim says are > 0.
    """

    key: str
    edition: str
    steps: tuple[Step, ...]
    limits: tuple[Range, ...] = ()
    positive: tuple[tuple[sp.Symbol, sp.Expr], ...] = ()
    settling: tuple[Range, ...] = ()
