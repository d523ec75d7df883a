"""The factor of every bound on one step at a few parameters, as rows."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from flint import fmpq

from hdo.errors import InputError
from hdo.ring import round_down, round_up
from theory import Claim, claims
from verify.balls import ball
from verify.worst.claims import factor, parameters
from verify.worst.program import NotOptimalError

Profile = Literal["quick", "full"]

USUAL: Mapping[str, int | Fraction] = {
    "n0": 2,
    "d": 3,
    "rv": 1,
    "c": 5,
    "L": 1,
    "l": Fraction(1, 10),
    "alpha0": 8,
    "alpha1": 3,
    "gap": Fraction(1, 10),
}
"""Small numbers; `gap` is at most 1/(n-1) for every n below."""

SETTINGS: Mapping[Profile, tuple[tuple[int, Fraction], ...]] = {
    "quick": ((4, Fraction(1, 50)),),
    "full": ((4, Fraction(1, 50)), (10, Fraction(1, 100))),
}
"""n and eta."""


@dataclass(frozen=True)
class Row:
    """A claim's factor at parameters; None where none was certified, for the reason given.

    `certified` is enough (rounded up), `attained` is needed (rounded down).
    """

    claim: str
    edition: str
    params: str
    certified: float | None
    attained: float | None
    why_not: str | None


def one_step_bounds(profile: Profile) -> list[Claim]:
    """The claims that have a factor; quick: of pairs, without smoothed functions."""
    found = [c for c in claims() if c.scope == "step" and c.relation != "=="]
    if profile == "full":
        return found
    return [c for c in found if c.estimator != "two-point" and c.interaction == "pair"]


def worst_rows(profile: Profile) -> Iterator[dict[str, Any]]:
    """Rows of the schema `experiments.schemas.WORST`, one a claim and setting that it speaks of."""
    if profile not in SETTINGS:
        raise InputError("profile", profile, f"one of {list(SETTINGS)}")
    for n, eta in SETTINGS[profile]:
        for subject in one_step_bounds(profile):
            row = factor_row(subject, {**USUAL, "n": n, "eta": eta})
            if row is not None:
                yield vars(row)


def factor_row(subject: Claim, numbers: Mapping[str, int | Fraction]) -> Row | None:
    """None where the claim's conditions exclude the parameters."""
    names = {s.name for s in subject.free_symbols} | {"n", "n0", "eta"}
    used = {name: str(value) for name, value in numbers.items() if name in names}
    place = (subject.key, subject.edition, json.dumps(used))
    try:
        found = factor(subject, parameters(**numbers))
    except InputError:
        return None
    except NotOptimalError as error:
        return Row(*place, None, None, str(error))
    low = None if found.attained is None else round_down(ball(found.attained.ratio))
    return Row(*place, round_up(ball(fmpq(found.t))), low, None)
