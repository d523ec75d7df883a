"""The one meeting point of claims and evidence: both sides in balls, and what they decide."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import sympy as sp
from flint import fmpq

from theory import Claim, OwnSymbol, compiled
from verify.balls import Ball, ball
from verify.errors import blaming
from verify.evidence import (
    NEEDS_OPTIMUM,
    NOT_EXACT,
    measured_run,
    measured_step,
)
from verify.hypotheses import Numbers, require, tied_numbers, unmet
from verify.instance import Instance
from verify.onestep import StepMeasurement

OUTCOMES = ("holds", "violated", "undecided", "silent", "not-exact")
"""What a judgement may say."""

ROUNDING_WIDTH = 2.0**-100
"""Balls this narrow, relative to the terms, differ from exact numbers by rounding only."""

ENCLOSURE_WIDTH = 1e-12
"""Balls wider than this, relative to the terms, are enclosures that do not measure exactly."""

_STEP_SIZE = "mu_step_sq"


@dataclass(frozen=True)
class Judgement:
    """One claim on one instance.

    `ratio` is lhs/rhs for an upper bound (rhs/lhs for a lower one) where the left-hand side cannot
    be negative and rhs > 0; otherwise the terms with a minus sign are moved over first: (lhs +
    their sizes) / (the rest). It is NaN where both are 0 and where nothing was measured. `excess`
    grades a search: positive exactly when the sides' midpoints violate the claim; see `_excess`.
    """

    outcome: str
    reason: str = ""
    lhs: Ball | None = None
    rhs: Ball | None = None
    ratio: float = math.nan
    excess: float = -math.inf

    def __reduce__(self) -> tuple[Any, ...]:
        sides = (_packed(self.lhs), _packed(self.rhs))
        return _unpacked, (self.outcome, self.reason, *sides, self.ratio, self.excess)

    @property
    def decided(self) -> bool:
        """Whether the balls told."""
        return self.outcome in ("holds", "violated")

    @property
    def visible(self) -> bool:
        """Whether the two sides still differ when they are printed as floats."""
        return rounded(self.lhs) != rounded(self.rhs)


_Packed = tuple[tuple[int, int], tuple[int, int]] | None


def _packed(side: Ball | None) -> _Packed:
    """Mantissas and exponents of midpoint and radius, which a ball is made of and can travel as."""
    if side is None or not side.is_finite():
        return None
    (mid, mid_exponent), (rad, rad_exponent) = side.mid().man_exp(), side.rad().man_exp()
    return (int(mid), int(mid_exponent)), (int(rad), int(rad_exponent))


def _unpacked(
    outcome: str, reason: str, lhs: _Packed, rhs: _Packed, ratio: float, excess: float
) -> Judgement:
    left, right = (None if side is None else Ball(*side) for side in (lhs, rhs))
    return Judgement(outcome, reason, left, right, ratio, excess)


def judge(claim: Claim, instance: Instance) -> Judgement:
    """Evaluate the claim's two sides on the instance and compare them, hypotheses first."""
    reason = unmet(claim, instance)
    return Judgement("silent", reason) if reason else judge_admitted(claim, instance)


def judge_admitted(claim: Claim, instance: Instance) -> Judgement:
    """The same where the hypotheses are known to hold, as on what `resolve` returns."""
    try:
        numbers = gather(claim, instance)
    except NOT_EXACT as error:
        return Judgement("not-exact", str(error))
    return decide(claim, numbers)


def gather(claim: Claim, instance: Instance) -> Numbers:
    """Parameters and measured quantities of the claim's two sides, as balls by name.

    Raises `NotExact` where a quantity has no exact evidence on this instance.
    """
    numbers = tied_numbers(claim, instance)
    names = sorted(_needed(claim) - set(numbers))
    if claim.scope == "trajectory":
        fixed = {name: numbers[name] for name in ("l", "eta", "nu")}
        run = measured_run(instance, **fixed)
        return numbers | {name: run[name] for name in names}
    own = {symbol.name: symbol for symbol in claim.own_symbols}
    # a user's function may ask for the minimiser
    step = measured_step(instance, [*names, *(NEEDS_OPTIMUM if own else ())])
    for name in names:
        numbers[name] = _own_value(step, own[name]) if name in own else step[name]
    return numbers


def _own_value(step: StepMeasurement, symbol: OwnSymbol) -> Ball:
    """What a user's function measures.

    Raises `OwnFileError` where it fails, returns no ball or exact number, or leaves its domain.
    """
    path = getattr(getattr(symbol.measure, "__code__", None), "co_filename", symbol.name)
    with blaming(path, f"measuring {symbol.name}", passing=NOT_EXACT):
        found = step.of(symbol.measure)
        if isinstance(found, float) or not isinstance(found, Ball | int | fmpq):
            raise TypeError(f"expected a ball or an exact number, got {type(found).__name__}")
        value = ball(found)
        if symbol.symbol.is_nonnegative and value < 0:
            raise ValueError(f"it is {float(value.mid()):.3g}, and its domain {symbol.domain}")
    return value


def right_hand_side(claim: Claim, instance: Instance, measured: Mapping[str, float | Ball]) -> Ball:
    """The claim's right-hand side with these quantities and the instance's parameters.

    Raises `HypothesisError` where the claim does not speak of the instance.
    """
    require(claim, instance)
    found = {name: ball(value) for name, value in measured.items()}
    return ball(claim.evaluate("rhs", {**tied_numbers(claim, instance), **found}))


def bound_at(claim: Claim, instance: Instance) -> Ball:
    """The claim's right-hand side on the instance, whatever its left-hand side needs.

    Raises `NotExact` where a quantity has no exact evidence there.
    """
    numbers = gather(replace(claim, lhs=claim.rhs), instance)
    return ball(claim.evaluate("rhs", numbers))


@lru_cache(maxsize=1024)
def _needed(claim: Claim) -> frozenset[str]:
    names = {str(s.name) for s in claim.lhs.free_symbols | claim.rhs.free_symbols}
    if claim.relation == "==" and claim.rhs == 0:
        names.add(_STEP_SIZE)
    return frozenset(names)


def decide(claim: Claim, numbers: Mapping[str, Any]) -> Judgement:
    """Compare the two sides in balls.

    Surely <= (or >=) holds and surely not is violated. Where the balls overlap, their width is
    compared with the size of the expanded terms: up to `ROUNDING_WIDTH` the sides are equal to
    within the evaluated rounding bound, so the claim holds (with equality); beyond
    `ENCLOSURE_WIDTH`, or where all terms vanish, the evidence is too loose; between the two the
    instance is undecided. An identity is violated by disjoint balls, and holds where they overlap
    and are narrower than `ENCLOSURE_WIDTH`.
    """
    lhs, rhs = (ball(claim.evaluate(side, numbers)) for side in ("lhs", "rhs"))
    if not (lhs.is_finite() and rhs.is_finite()):
        return Judgement("not-exact", "a side is not finite", lhs, rhs)
    scale = _scale(claim, numbers, lhs)
    outcome, reason = _outcome(claim.relation, lhs, rhs, _width(lhs, rhs, scale))
    if outcome == "not-exact":
        return Judgement(outcome, reason, lhs, rhs)
    ratio, excess = _graded(claim, numbers, lhs, rhs, scale)
    return Judgement(outcome, reason, lhs, rhs, ratio, excess)


def _outcome(relation: str, lhs: Ball, rhs: Ball, width: float) -> tuple[str, str]:
    small, large = (rhs, lhs) if relation == ">=" else (lhs, rhs)
    if relation == "==":
        if not lhs.overlaps(rhs):
            return "violated", ""
    elif small <= large:
        return "holds", ""
    elif small > large:
        return "violated", ""
    if width <= (ENCLOSURE_WIDTH if relation == "==" else ROUNDING_WIDTH):
        return "holds", "equal to within the rounding bound"
    if width > ENCLOSURE_WIDTH:
        return "not-exact", f"enclosures of relative width {width:.1e} are too loose to tell"
    return "undecided", f"balls of relative width {width:.1e} overlap"


def _scale(claim: Claim, numbers: Mapping[str, Any], lhs: Ball) -> Ball:
    """The sum of the sizes of the left-hand side and of the expanded terms.

    Expanded, as a factor that vanishes (n - 2 for a pair) hides the size of what cancels. To a
    defect, whose right-hand side is printed as 0, the second moment of the mean's step is added.
    """
    sizes = [abs(ball(compiled(term)(numbers))) for term in claim.terms]
    if _STEP_SIZE in numbers:
        sizes.append(abs(numbers[_STEP_SIZE]))
    return sum(sizes, start=abs(lhs)).upper().mid()


def _width(lhs: Ball, rhs: Ball, scale: Ball) -> float:
    """The wider side's radius relative to the scale; infinite where that is nothing but radius."""
    radius = lhs.rad().max(rhs.rad())
    if radius == 0:
        return 0.0
    return math.inf if scale <= 2 * radius else float((radius / scale).mid())


def _graded(
    claim: Claim, numbers: Mapping[str, Any], lhs: Ball, rhs: Ball, scale: Ball
) -> tuple[float, float]:
    """(ratio, excess)."""
    signed = not _nonnegative(claim.lhs)
    if claim.relation == ">=":
        return _grades(rhs, lhs, [lhs], signed=signed)
    if claim.relation == "==":
        gap = _quotient(abs(lhs - rhs), scale) if scale > 0 else 0.0
        return (math.nan if claim.rhs == 0 else _quotient(lhs, rhs)), gap
    terms = [ball(compiled(term)(numbers)) for term in sp.Add.make_args(claim.rhs)]
    return _grades(lhs, rhs, terms, signed=signed)


def is_difference(claim: Claim) -> bool:
    """Whether the claim is about a difference: a signed left-hand side, or terms subtracted.

    Its ratio then says little about how near it is to failing; see `_excess`.
    """
    terms = sp.Add.make_args(claim.rhs)
    if len(terms) == 1:
        return False
    return not _nonnegative(claim.lhs) or any(t.could_extract_minus_sign() for t in terms)


def _nonnegative(side: sp.Expr) -> bool:
    """Whether a side is a quantity that cannot be negative, from the notation's domains."""
    return all(s.is_nonnegative for s in side.free_symbols) and side.is_nonnegative is not False


def rounded(side: Ball | None) -> float:
    """A side as a float, for print; NaN where nothing was measured."""
    return math.nan if side is None else float(side.mid())


def _grades(lhs: Ball, rhs: Ball, terms: list[Ball], *, signed: bool) -> tuple[float, float]:
    """(ratio, excess) of lhs <= rhs = sum of terms, from midpoints."""
    lhs, rhs, *terms = (part.mid() for part in (lhs, rhs, *terms))
    zero = Ball(0)
    moved = sum((-t for t in terms if t < 0), start=zero)
    kept = sum((t for t in terms if t > 0), start=zero)
    if not signed and rhs > 0:
        ratio = _quotient(lhs, rhs)
    elif lhs >= 0:
        ratio = _quotient(lhs + moved, kept)
    else:
        ratio = _quotient(moved, kept - lhs)
    if not signed and not moved > 0:
        return ratio, ratio - 1
    return ratio, _excess(lhs, rhs, terms)


def _excess(lhs: Ball, rhs: Ball, terms: list[Ball]) -> float:
    """(lhs - rhs) relative to the size of the terms, the one nearest to lhs cancelled against it.

    In a recursion a_{t+1}^2 <= a_t^2 + O(eta) the ratio of the sides tends to 1 with eta whatever
    the truth; what is left after a_t^2 has cancelled tells.
    """
    nearest = 0
    for index, term in enumerate(terms):
        if abs(lhs - term) < abs(lhs - terms[nearest]):
            nearest = index
    rest = sum((abs(t) for i, t in enumerate(terms) if i != nearest), start=Ball(0))
    size = abs(lhs - terms[nearest]) + rest
    return _quotient(lhs - rhs, size)


def _quotient(numerator: Ball, denominator: Ball) -> float:
    """The quotient of the midpoints; NaN for 0/0, infinity for a positive number over 0."""
    numerator, denominator = numerator.mid(), denominator.mid()
    if denominator == 0:
        return math.nan if numerator == 0 else math.inf
    return float((numerator / denominator).mid())
