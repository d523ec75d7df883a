"""The bank: the drafts every claim is judged on, and what was found there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from theory import Claim
from verify.hypotheses import guarded
from verify.instance import Draft
from verify.real import real_instances
from verify.search import Trial, attempt, has_zeroth_order
from verify.shape import agents, dimensions, explicit, has_data
from verify.strategies import KINDS, drafts, sample, trajectory_drafts

SIMPLEST_FIRST = ("quadratic", "kinked", "cosine")
"""Kinds without data, on which searches start; the simplest to read first."""


@dataclass(frozen=True)
class Profile:
    """How much work an audit does.

    `per_kind`: drafts of each generated kind without data, `per_data_kind`: with a few rows of
    data; `runs`: drafts of trajectories; `thorough`: all states of the real data; `starts`: searches
    started in each stratum; `budget`: evaluations of all searches of one claim together.
    """

    per_kind: int
    per_data_kind: int
    runs: int
    thorough: bool
    starts: int
    budget: int


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        "smoke": Profile(12, 3, 16, False, 1, 60),
        "quick": Profile(40, 10, 80, False, 3, 900),
        "full": Profile(250, 40, 400, True, 8, 6000),
    }
)
"""By name; `smoke` is for tests."""


@dataclass(frozen=True)
class Entry:
    """A draft of the bank; `real` if it is on a real data set."""

    draft: Draft
    real: bool = False


def make_bank(profile: Profile, *, entropy: int) -> tuple[Entry, ...]:
    """Generated drafts of every kind, trajectories, and real data; the same for the same seed."""
    generated: list[Draft] = []
    for number, kind in enumerate(KINDS):
        on_data = kind in KINDS[5:]
        count = profile.per_data_kind if on_data else profile.per_kind
        generated += sample(drafts(kind), count=count, entropy=entropy * len(KINDS) + number)
    generated += sample(trajectory_drafts(), count=profile.runs, entropy=entropy)
    real = real_instances(thorough=profile.thorough)
    return (*map(Entry, generated), *(Entry(draft, real=True) for draft in real))


def speaks_of(claim: Claim, draft: Draft) -> bool:
    """Whether the draft has what the claim's scope needs: steps, or a state."""
    return (draft.steps >= 2) == (claim.scope == "trajectory")


@dataclass(frozen=True)
class Record:
    """One claim judged on one draft; `inside` if the conditions of the claims it uses hold too.

    `trial` is None where the claim is silent.
    """

    entry: Entry
    inside: bool
    trial: Trial


def judge_bank(subjects: Sequence[Claim], bank: Iterable[Entry]) -> dict[str, list[Record]]:
    """Every claim on every draft it speaks of, by key: inside all inherited conditions, and outside.

    Draft by draft, as claims at one step size share what is measured.
    """
    versions = [(claim, guarded(claim)) for claim in subjects]
    found: dict[str, list[Record]] = {claim.key: [] for claim in subjects}
    for entry in bank:
        for claim, strict in versions:
            if not speaks_of(claim, entry.draft):
                continue
            for version in [strict] if strict is claim else [strict, claim]:
                trial = attempt(version, entry.draft)
                if trial is not None:
                    found[claim.key].append(Record(entry, version is strict, trial))
    return found


def search_starts(trials: Sequence[Trial], *, most: int) -> list[Draft]:
    """The drafts nearest to failing, at most `most` of each stratum, simplest kinds first.

    Strata: the kind of problem, with or without zeroth-order agents. Drafts on data are left out.
    """
    strata: dict[tuple[int, bool], list[Trial]] = {}
    for trial in sorted(trials, key=lambda t: -t.excess):
        table = trial.draft.table
        if has_data(table):
            continue
        rank = SIMPLEST_FIRST.index(table["problem"]["kind"])
        own = strata.setdefault((rank, not has_zeroth_order(trial.draft)), [])
        if len(own) < most:
            own.append(trial)
    return [trial.draft for key in sorted(strata) for trial in strata[key]]


def size_of(trial: Trial) -> tuple[int, int, int]:
    """How hard an instance is to read: kind, agents, dimensions."""
    table = explicit(trial.draft.table)
    kinds = (*SIMPLEST_FIRST, *KINDS[5:])
    return kinds.index(table["problem"]["kind"]), agents(table), dimensions(table)
