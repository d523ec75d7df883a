"""The slack of a bound split along its proof: a chain from the exact value to the stated bound.

Each link of `theory.chains` adds multiplier x (larger - smaller side) of its inequality, taken at
exact second moments; so bound - exact value is their sum, and bound/exact value the product of the
factors (value after a link)/(value before it), in the order of the proof. A factor below 1 belongs
to a step that is false.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from theory.chains import Chain, chains
from theory.claim import Claim
from theory.evaluate import slack, value_of
from theory.notation import symbol
from theory.published.lemmas import LEMMA_10
from theory.registry import claim
from verify.grid import values
from verify.grid_cases import Cell
from verify.slack_cases import STATES, Tuned

Row = dict[str, Any]
Numbers = Mapping[str, float]

SHARE_OF_LIMIT = 0.5
"""The step size, as a share of the largest that the published theorem's conditions admit."""

START = 1.0
"""||mu_0 - x*||."""

THEOREMS = ("theorem-1.1", "theorem-1.2")

_LONGEST, _SHORTEST = 2**60, 3
_BISECTIONS = 60


@dataclass(frozen=True)
class Parts:
    """Numbers for each part of a chain, parameters included, and the share of the run it has."""

    numbers: Mapping[str, Numbers]
    share: Mapping[str, float]


@lru_cache(maxsize=1)
def known_chains() -> Mapping[tuple[str, str], Chain]:
    """Every chain by the key and the edition of its claim."""
    return {(chain.claim.key, chain.claim.edition): chain for chain in chains()}


def parameters(cell: Cell, eta: float, steps: float = 2) -> dict[str, float]:
    """The parameters by name, with nu = eta/sqrt(d), B as Lemma 10 bounds it, T = `steps`."""
    found = {**values(cell, eta), "c": math.sqrt(cell.d), "T": float(steps)}
    return {**found, "B": float(value_of(LEMMA_10, found))}


def admits(subject: Claim, numbers: Numbers) -> bool:
    """Whether every condition on the parameters holds."""
    return all(slack(condition, numbers) >= 0 for condition in subject.conditions)


def horizon(subject: Claim, cell: Cell) -> tuple[float, int]:
    """(eta, T) that the claim ties together: eta at most `SHARE_OF_LIMIT` of the admissible."""
    low, high = 0.0, 1.0
    while admits(subject, parameters(cell, high)):
        high *= 2
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if admits(subject, parameters(cell, middle)):
            low = middle
        else:
            high = middle
    tie = dict(subject.ties)[symbol("eta")]

    def tied(steps: int) -> float:
        return float(value_of(tie, parameters(cell, 1.0, steps)))

    short, long = _SHORTEST, _LONGEST
    while long - short > 1:
        middle_T = (short + long) // 2
        if tied(middle_T) <= SHARE_OF_LIMIT * low:
            long = middle_T
        else:
            short = middle_T
    return tied(long), long


def split(chain: Chain, parts: Parts) -> list[Row]:
    """One row a link: position, step, equation, erratum, factor, before, after."""
    before = _value(chain.exact, parts.numbers["run"])
    rows = []
    for position, link in enumerate(chain.links, start=1):
        numbers = parts.numbers[link.part]
        excess = _value(link.larger, numbers) - _value(link.smaller, numbers)
        after = before + parts.share[link.part] * _value(link.multiplier, numbers) * excess
        rows.append(
            {
                "position": position,
                "step": link.step,
                "equation": link.equation,
                "erratum": link.erratum,
                "factor": after / before if before else math.inf,
                "before": before,
                "after": after,
            }
        )
        before = after
    return rows


def stated(chain: Chain, parts: Parts) -> tuple[float, float]:
    """(exact value, stated bound), neither of them from the links."""
    numbers = parts.numbers["run"]
    return _value(chain.exact, numbers), _value(chain.claim.rhs, numbers)


def _value(expression: Any, numbers: Numbers) -> float:
    return float(value_of(expression, numbers))


def theorem_parts(chain: Chain, cell: Cell, eta: float, steps: int) -> Parts:
    """A run of `steps` interactions, weighted as the chain weighs it."""
    given = parameters(cell, eta, steps)
    tuned = Tuned(cell, eta, given["nu"])
    found = tuned.over_a_run(steps=steps, rate=_value(chain.rate, given), start=START)
    run = {**found.run, "mean_grad_sq": found.whole["grad_sq"]}
    seen = {"whole": found.whole, "head": found.head, "last": found.last, "run": {}}
    share = {"whole": 1.0, "head": found.head_share, "last": found.last_share, "run": 1.0}
    return Parts({name: {**given, **run, **part} for name, part in seen.items()}, share)


def step_parts(cell: Cell, eta: float, state: str) -> Parts:
    """One interaction from one of `STATES`."""
    given = parameters(cell, eta)
    numbers = {**given, **Tuned(cell, eta, given["nu"]).at(state)}
    return Parts({"whole": numbers, "run": numbers}, {"whole": 1.0})


def rows(cells: Iterable[Cell]) -> Iterator[Row]:
    """Every chain on every cell; a cell's step size is the published theorem's.

    Lemma 13 has Theorem 1.1's step size. `cell` is the population, what is chosen and the state as
    JSON, `exact` and `bound` the chain's ends as they are computed without the links.
    """
    for cell in cells:
        chosen = {key: horizon(claim(key, "published"), cell) for key in THEOREMS}
        for (key, _), chain in known_chains().items():
            if key in THEOREMS:
                eta, steps = chosen[key]
                where: dict[str, Any] = {"eta": eta, "T": steps, "start": START}
                yield from _rows(chain, cell, where, theorem_parts(chain, cell, eta, steps))
                continue
            eta, _ = chosen[THEOREMS[0]]
            for state in STATES:
                where = {"eta": eta, "state": state}
                yield from _rows(chain, cell, where, step_parts(cell, eta, state))


def _rows(chain: Chain, cell: Cell, where: Row, parts: Parts) -> Iterator[Row]:
    exact, bound = stated(chain, parts)
    head = {
        "claim": chain.claim.key,
        "edition": chain.claim.edition,
        "cell": json.dumps({**asdict(cell), **where}),
        "exact": exact,
        "bound": bound,
    }
    yield from ({**head, **row} for row in split(chain, parts))


def costliest(found: Iterable[Mapping[str, Any]], count: int = 3) -> list[Mapping[str, Any]]:
    """The links that add most to the bound: by after - before, which no order of links changes."""
    return sorted(found, key=lambda row: row["before"] - row["after"])[:count]
