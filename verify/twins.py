"""Falsified twins: a claim with one printed constant made smaller until it must fail.

A harness that cannot refute these could not refute the claim either.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import sympy as sp

from theory import Claim, compiled, symbol
from verify.balls import Ball, ball
from verify.hypotheses import Numbers, unmet
from verify.instance import Instance
from verify.judge import Judgement, decide, gather, judge

SMALLER = (*(sp.Rational(1, k) for k in (2, 10, 100)), 0, *(-(10**k) for k in range(31)))
"""Factors of a positive term, the mildest first."""

LARGER = (2, *(10**k for k in range(1, 31)))
"""Factors of a term that is subtracted: a larger one makes the bound smaller."""

SLIGHTLY = (sp.Rational(1001, 1000), sp.Rational(1000, 1001))
"""Factors of a term of an identity; each must be refuted."""


@dataclass(frozen=True)
class Measured:
    """One instance of a claim with everything measured, so that its twins cost next to nothing."""

    instance: Instance
    numbers: Numbers
    lhs: Ball
    rhs: Ball
    terms: tuple[Ball, ...]


@dataclass(frozen=True)
class Twin:
    """A falsified claim and the instance that refutes it."""

    claim: Claim
    instance: Instance
    judgement: Judgement


def measure(claim: Claim, instances: Iterable[Instance]) -> list[Measured]:
    """What the claim's two sides are on instances it speaks of and where they are exact."""
    found = []
    for instance in instances:
        numbers = gather(claim, instance)
        lhs, rhs = (ball(claim.evaluate(side, numbers)) for side in ("lhs", "rhs"))
        terms = tuple(ball(compiled(term)(numbers)) for term in claim.terms)
        found.append(Measured(instance, numbers, lhs, rhs, terms))
    return found


def constants(claim: Claim) -> tuple[int, ...]:
    """The indices of the claim's terms; each has a printed constant of its own."""
    return tuple(range(len(claim.terms)))


def factors(claim: Claim, index: int) -> tuple[sp.Expr | int, ...]:
    """The factors that falsify this term, the mildest first."""
    if claim.relation == "==":
        return SLIGHTLY
    subtracted = _subtracted(claim, claim.terms[index])
    return LARGER if subtracted == (claim.relation == "<=") else SMALLER


_TYPICAL = {"d": 3, "n": 6, "rho": sp.Rational(2, 5), "gap": sp.Rational(1, 12)}
"""Six agents in a matching, and on a ring."""


def _subtracted(claim: Claim, term: sp.Expr) -> bool:
    """Whether a term is below 0; one of several summands, for a law with parameters, at these."""
    if claim.interaction != "pair":
        term = term.xreplace({symbol(name): sp.sympify(value) for name, value in _TYPICAL.items()})
    return bool(term.could_extract_minus_sign())


def falsified(claim: Claim, index: int, factor: sp.Expr | int) -> Claim:
    """The twin; a right-hand side printed as 0 has no constant and gets a small positive number."""
    if claim.rhs == 0:
        L, nu = symbol("L"), symbol("nu")
        return replace(claim, rhs=L * nu**2 / 1000, title=f"{claim.title} (0 made positive)")
    return claim.scaled(index, factor)


def refuted(claim: Claim, index: int, measured: Sequence[Measured]) -> Iterator[Twin]:
    """The mildest refuted twin of a bound; of an identity every twin that is refuted."""
    for factor in factors(claim, index):
        twin = falsified(claim, index, factor)
        found = _first_violation(claim, twin, index, factor, measured)
        if found is not None:
            yield found
            if claim.relation != "==":
                return


def divisor_factors(claim: Claim, index: int) -> tuple[sp.Expr | int, ...]:
    """The factors that make a divisor larger, and so the bound smaller, the mildest first."""
    _, term = claim.divisor_terms[index]
    return SMALLER if _subtracted(claim, term) else LARGER


def refuted_divisor(claim: Claim, index: int, measured: Sequence[Measured]) -> Twin | None:
    """The mildest twin in this term of a divisor, refuted where the claim itself holds."""
    sound = [case for case in measured if not _fails(claim, case, case.rhs)]
    for factor in divisor_factors(claim, index):
        twin = claim.scaled_divisor(index, factor)
        for case in sound:
            if decide(twin, case.numbers).outcome == "violated" and not unmet(twin, case.instance):
                return Twin(twin, case.instance, judge(twin, case.instance))
    return None


def _first_violation(
    claim: Claim, twin: Claim, index: int, factor: sp.Expr | int, measured: Sequence[Measured]
) -> Twin | None:
    theta = Ball(int(sp.Rational(factor).p)) / int(sp.Rational(factor).q)
    for case in measured:
        if claim.rhs == 0 or _fails(claim, case, case.rhs + (theta - 1) * case.terms[index]):
            if decide(twin, case.numbers).outcome != "violated" or unmet(twin, case.instance):
                continue
            return Twin(twin, case.instance, judge(twin, case.instance))
    return None


def _fails(claim: Claim, case: Measured, rhs: Ball) -> bool:
    """Whether the claim surely fails with this right-hand side."""
    if claim.relation == "==":
        return not case.lhs.overlaps(rhs)
    return bool(case.lhs > rhs if claim.relation == "<=" else case.lhs < rhs)
