"""Local adversarial search: random changes of a draft, kept where the claim gets nearer to fail."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hdo.errors import InputError
from theory import Claim
from verify.hypotheses import fixed_numbers
from verify.instance import Draft, Instance
from verify.judge import Judgement, judge_admitted
from verify.moves import MOVES, Move, moved, spelled_out
from verify.optimum import OptimumError
from verify.resolve import largest_step, resolve

Judge = Callable[[Claim, Instance], Judgement]


PATIENCE, GAIN = 60, 0.01
"""A climb ends after so many candidates in which the excess has not risen by so much."""


@dataclass(frozen=True)
class Trial:
    """A draft, the instance it became for a claim, and the judgement there."""

    draft: Draft
    instance: Instance
    judgement: Judgement

    @property
    def excess(self) -> float:
        """What the search raises; minus infinity where nothing was measured."""
        excess = self.judgement.excess
        return -math.inf if math.isnan(excess) else excess

    @property
    def violated(self) -> bool:
        """Whether the claim surely fails here."""
        return self.judgement.outcome == "violated"

    @property
    def visible(self) -> bool:
        """Whether it fails by so much that the two sides differ when printed as floats."""
        return self.violated and self.judgement.visible


def attempt(claim: Claim, draft: Draft, *, judged: Judge = judge_admitted) -> Trial | None:
    """The trial of a draft; None where the claim is silent or the draft is none."""
    try:
        instance = resolve(claim, draft)
        if instance is None:
            return None
        found = judged(claim, instance)
    except (InputError, OptimumError):
        return None
    return None if found.outcome == "silent" else Trial(draft, instance, found)


def has_zeroth_order(draft: Draft) -> bool:
    """Whether any agent is zeroth-order: without, claims are often tight and a search would end."""
    return draft.shell.population.n0 > 0


@dataclass(frozen=True)
class Searched:
    """What a search found: its worst trial (None if no start can be tried), and what was judged."""

    worst: Trial | None
    outcomes: Mapping[str, int]

    @property
    def violated(self) -> Trial | None:
        """The worst trial if the claim surely fails there."""
        return self.worst if self.worst is not None and self.worst.violated else None


def search(
    claim: Claim,
    starts: Sequence[Draft],
    *,
    budget: int,
    entropy: int,
    moves: Mapping[Move, float] = MOVES,
    judged: Judge = judge_admitted,
) -> Searched:
    """Look for a violation with `budget` evaluations, and stop at the first visible one.

    A (1+1) search: a candidate replaces the current draft where its excess is not smaller. A climb
    ends when its last `PATIENCE` candidates gained next to nothing (many claims are tight, but not
    false, in some limit); the next start follows, and after the last one the first again. The
    result depends on the arguments only.
    """
    climber = _Climber(claim, moves, judged, budget)
    worst: Trial | None = None
    climb = 0
    while starts and climber.rest > 0:
        rng = np.random.default_rng([entropy, climb])
        found = climber.climb(starts[climb % len(starts)], rng)
        climb += 1
        if found is not None and (worst is None or _worse(found, worst)):
            worst = found
        if worst is not None and worst.visible:
            break
    return Searched(worst, climber.outcomes)


def _worse(one: Trial, other: Trial) -> bool:
    return (one.visible, one.violated, one.excess) > (other.visible, other.violated, other.excess)


class _Climber:
    """One search's claim, moves and judge, what is left of its budget, and the tally."""

    def __init__(
        self, claim: Claim, moves: Mapping[Move, float], judged: Judge, budget: int
    ) -> None:
        self.claim = claim
        self.moves = moves
        self.judged = judged
        self.rest = budget
        self.outcomes: Counter[str] = Counter()

    def tried(self, draft: Draft) -> Trial | None:
        self.rest -= 1
        found = attempt(self.claim, draft, judged=self.judged)
        if found is not None:
            self.outcomes[found.judgement.outcome] += 1
        return found

    def climb(self, start: Draft, rng: np.random.Generator) -> Trial | None:
        current = self.tried(spelled_out(start))
        reached, waited = -math.inf, 0
        while current is not None and self.rest > 0 and waited < PATIENCE:
            if current.visible:
                break
            waited = 0 if current.excess > reached + GAIN else waited + 1
            reached = current.excess if waited == 0 else reached
            candidate = self._next(current, rng)
            if candidate is not None and (candidate.violated or candidate.excess >= current.excess):
                current = candidate
        return current

    def _next(self, current: Trial, rng: np.random.Generator) -> Trial | None:
        draft = moved(current.draft, rng, moves=self.moves)
        if has_zeroth_order(draft) != has_zeroth_order(current.draft):
            self.rest -= 1
            return None
        return self.tried(draft)


def draft_at(claim: Claim, instance: Instance) -> Draft:
    """The draft that resolves to this instance (up to rounding): nu kept, eta as a fraction."""
    draft = Draft.at(instance)
    spec = instance.spec
    numbers = fixed_numbers(instance.problem, spec.population, spec.parameters)
    if "T" in {s.name for s in claim.free_symbols} or draft.steps:
        numbers["T"] = numbers["n"] * 0 + draft.steps
    if any(symbol.name == "eta" for symbol, _ in claim.ties):
        return draft
    limit = largest_step(claim, numbers, draft)
    if limit == math.inf:
        return replace(draft, scale=math.log10(instance.eta * float(numbers["L"].mid())))
    return replace(draft, fraction=min(1.0, instance.eta / limit) if limit > 0 else 1.0)
