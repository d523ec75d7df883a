"""A chain from an exact value to a stated bound, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import sympy as sp

from theory.claim import Claim
from theory.errata import steps

PARTS = ("whole", "head", "last", "run")
"""Where a link is evaluated: averaged over the run, over all but its last state, at that state, or
on numbers of the run."""

NO_RATE = sp.Integer(0)

EQUAL_ON_QUADRATICS = "on quadratics it gives away what the estimators' bias could cost"


@dataclass(frozen=True)
class Link:
    """One inequality of a proof: `multiplier` x (`larger` - `smaller`) is what it adds.

    Args:
        step: what is done, in words.
        equation: the printed equation or lemma.
        multiplier, larger, smaller: sympy expressions in parameters and measured quantities.
        part: one of `PARTS`.
        erratum: the id of the erratum about this step; its factor may be below 1.
    """

    step: str
    equation: str
    multiplier: sp.Expr
    larger: sp.Expr
    smaller: sp.Expr
    part: str = "whole"
    erratum: str = ""

    def __post_init__(self) -> None:
        """Refuse a part that nothing measures."""
        if self.part not in PARTS:
            raise ValueError(f"{self.step}: part must be one of {PARTS}, got {self.part!r}")

    def within(self, multiplier: sp.Expr, *, part: str = "whole", where: str = "") -> "Link":
        """The same as a step of another proof, which multiplies it and uses it there."""
        said = f"{self.equation}, {where}" if where else self.equation
        return replace(self, equation=said, part=part, multiplier=multiplier * self.multiplier)


@dataclass(frozen=True)
class Chain:
    """The claim whose bound this is, its exact left-hand side, and the links in between.

    States count with the weights w_t = (1 - rate)^{-t}.
    """

    claim: Claim
    exact: sp.Expr
    links: tuple[Link, ...]
    rate: sp.Expr = NO_RATE


def printed(key: str) -> tuple[sp.Expr, sp.Expr]:
    """(larger, smaller) of a printed step."""
    return sides(_printed_steps()[key])


@cache
def _printed_steps() -> Mapping[str, Claim]:
    return {step.key: step.claim for step in steps()}


def sides(subject: Claim) -> tuple[sp.Expr, sp.Expr]:
    """(larger, smaller) of a claim."""
    return (subject.lhs, subject.rhs) if subject.relation == ">=" else (subject.rhs, subject.lhs)


def local(names: str) -> tuple[sp.Symbol, ...]:
    """Measured quantities and numbers of a run that no claim speaks of."""
    return tuple(sp.Symbol(name, nonnegative=True) for name in names.split())
