"""What printed steps are tried on: exact numbers within their conditions, and exact instances."""

import itertools
import math
import random
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from theory import NOTATION, Claim, compiled
from verify.balls import Ball, ball
from verify.hypotheses import RELATIONS, Numbers
from verify.instance import Instance
from verify.sampling import sample
from verify.strategies import drafts

PER_KIND = 10
KINDS = ("quadratic", "quadratic-own", "kinked", "cosine")
"""Problems whose moments are in closed form, so that an instance costs milliseconds."""

_HALVINGS = 70


@cache
def instances() -> tuple[Instance, ...]:
    """A few dozen small instances with a state, the same ones every time."""
    found = []
    for number, kind in enumerate(KINDS):
        for draft in sample(drafts(kind), count=PER_KIND, entropy=number):
            L = draft.problem.constants().L.value
            if 0 < L < math.inf:
                eta = draft.fraction / L
                found.append(draft.instance(eta=eta, nu=draft.smoothing(eta)))
    return tuple(found)


def numbers(claim: Claim, *, count: int, seed: int = 0) -> Iterator[Numbers]:
    """Values of the claim's symbols that surely meet its ties and conditions, `count` of them."""
    rng = random.Random(f"{claim.key} {seed}")
    made = 0
    for _ in range(8 * count):
        found = within(claim, _drawn(claim, rng), rng.choice((1.0, 1.0, 0.5, 0.01)))
        if found is not None:
            yield found
            made += 1
            if made == count:
                return
    raise RuntimeError(f"{claim.key}: {made} of {count} samples met the conditions")


def exact(values: Mapping[str, str]) -> Numbers:
    """Numbers written as integers or rationals, as balls."""
    parts = {name: [int(part) for part in text.split("/")] for name, text in values.items()}
    return {name: ball(p[0]) / (p[1] if len(p) > 1 else 1) for name, p in parts.items()}


def tied(claim: Claim, values: Numbers) -> Numbers:
    """`values` with what the claim fixes, in the claim's order."""
    found = dict(values)
    for symbol, expression in claim.ties:
        if {s.name for s in expression.free_symbols} <= set(found):
            found[symbol.name] = ball(compiled(expression)(found))
    return found


def admitted(claim: Claim, values: Numbers) -> bool:
    """Whether every condition surely holds."""
    return all(
        bool(RELATIONS[c.rel_op](compiled(c.lhs)(values), compiled(c.rhs)(values)))
        for c in claim.conditions
    )


def _drawn(claim: Claim, rng: random.Random) -> dict[str, float]:
    """Any values, in the right order where there is one: n = n0 + n1, l <= L, alpha1 <= alpha0."""

    def size(low: float = -3, high: float = 3) -> float:
        return float(f"{10 ** rng.uniform(low, high):.2g}")

    n0, n1 = (rng.choice((0, 1, 2, 5, 64, 1000, 10**7)) for _ in range(2))
    n1 += max(0, 2 - n0 - n1)
    found: dict[str, float] = {"n0": n0, "n1": n1, "n": n0 + n1, "d": rng.choice((1, 2, 8, 900))}
    L = size()
    found |= {"L": L, "l": L * rng.choice((1.0, 0.5, 2.0**-10)), "T": rng.choice((3, 10, 10**6))}
    low = size()
    found |= {"alpha1": low, "alpha0": low * rng.choice((1.0, 3.0)), "k": rng.choice((2, 3, 8))}
    found |= {"eta": size(-6, 2) / L, "c": size(), "nu": size()}
    rest = claim.free_symbols - {NOTATION[name].symbol for name in found}
    for symbol in sorted(rest, key=str):
        sign = 1 if symbol.is_nonnegative else rng.choice((1, -1))
        found[symbol.name] = sign * rng.choice((0.0, size(), size()))
    return found


def within(claim: Claim, drawn: Mapping[str, float], fraction: float) -> Numbers | None:
    """The drawn values with T and eta moved inside the claim's conditions, or None."""
    values = dict(drawn)
    fixed = {symbol.name for symbol, _ in claim.ties}
    names = {s.name for c in claim.conditions for s in c.free_symbols}
    if "T" in names:
        rises = (2**k for k in itertools.count(1))
        values["T"] = next(T for T in rises if T > 2**200 or _fits(claim, {**values, "T": T}))
    if "eta" in names - fixed and not _fits(claim, values):
        low, high = -200.0, math.log2(values["eta"])
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if _fits(claim, {**values, "eta": 2.0**middle}):
                low = middle
            else:
                high = middle
        values["eta"] = fraction * 2.0**low
    found = tied(claim, {name: ball(value) for name, value in values.items()})
    return found if admitted(claim, found) else None


def _fits(claim: Claim, values: Mapping[str, Any]) -> bool:
    return admitted(claim, tied(claim, {name: Ball(value) for name, value in values.items()}))
