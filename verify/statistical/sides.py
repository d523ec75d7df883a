"""A trajectory claim as gains <= constant + costs: linear in what is measured of each replica."""

from collections.abc import Mapping
from dataclasses import dataclass

from theory import Claim
from verify.balls import Ball, ball
from verify.hypotheses import Numbers


class NotLinear(ValueError):
    """The claim's sides are not linear in what is measured; the message says where."""


@dataclass(frozen=True, eq=False)
class Sides:
    """sum gains[q] E q <= constant + sum costs[q] E q, every coefficient surely > 0."""

    gains: Mapping[str, Ball]
    costs: Mapping[str, Ball]
    constant: Ball

    def __post_init__(self) -> None:
        if not self.gains:
            raise NotLinear("nothing random is bounded from above")

    @property
    def names(self) -> tuple[str, ...]:
        """What has to be measured."""
        return (*self.gains, *self.costs)


def measured_names(claim: Claim, numbers: Numbers) -> tuple[str, ...]:
    """The quantities of the claim's two sides that are no parameters."""
    used = claim.lhs.free_symbols | claim.rhs.free_symbols
    return tuple(sorted(str(s.name) for s in used if str(s.name) not in numbers))


def sides(claim: Claim, numbers: Numbers, *, known: Mapping[str, Ball] | None = None) -> Sides:
    """The claim with its parameters put in, and quantities `known` beforehand, in balls.

    Raises NotLinear for an identity, for a side that is not linear, and where the sign of a
    coefficient is not certain.
    """
    if claim.relation == "==":
        raise NotLinear(f"{claim.key}: an identity has no one-sided test")
    names = measured_names(claim, numbers)
    constant = _excess(claim, numbers, {})
    slopes = {name: _excess(claim, numbers, {name: ball(1)}) - constant for name in names}
    _require_linear(claim, numbers, slopes, constant)
    # only now, as what is known may be a wide ball, which differences would widen
    for name, value in (known or {}).items():
        if name in slopes:
            constant = constant + slopes.pop(name) * value
    unsure = [name for name, slope in slopes.items() if slope.contains(0) and not slope.is_zero()]
    if unsure:
        raise NotLinear(f"{claim.key}: the sign of the coefficient of {unsure[0]} is not certain")
    return Sides(
        gains={name: slope for name, slope in slopes.items() if slope > 0},
        costs={name: -slope for name, slope in slopes.items() if slope < 0},
        constant=-constant,
    )


def _excess(claim: Claim, numbers: Numbers, measured: Mapping[str, Ball]) -> Ball:
    """The smaller side minus the larger, with what is not given at 0."""
    values = {name: ball(0) for name in measured_names(claim, numbers)} | numbers | dict(measured)
    left, right = (ball(claim.evaluate(side, values)) for side in ("lhs", "rhs"))
    return right - left if claim.relation == ">=" else left - right


def _require_linear(
    claim: Claim, numbers: Numbers, slopes: Mapping[str, Ball], constant: Ball
) -> None:
    """Two points beside those that the slopes were read off."""
    for factor in (3, 7):
        point = {name: ball(factor + place) for place, name in enumerate(slopes)}
        found = _excess(claim, numbers, point)
        told = constant + sum((slopes[k] * v for k, v in point.items()), start=Ball(0))
        if not found.overlaps(told):
            raise NotLinear(f"{claim.key}: its sides are not linear in {', '.join(slopes)}")
