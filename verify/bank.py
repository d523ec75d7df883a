"""The bank: the drafts every claim is judged on, and what was found there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from hdo.data import DATASETS, EMBEDDED
from hdo.problem_tables import DATA_KINDS
from theory import Claim
from verify.hypotheses import guarded
from verify.instance import Draft
from verify.judge import is_difference
from verify.real import real_instances
from verify.sampling import sample
from verify.search import Trial, attempt, has_zeroth_order
from verify.shape import agents, dimensions, explicit
from verify.strategies import KINDS, drafts, trajectory_drafts

SIMPLEST_FIRST = ("quadratic", "kinked", "cosine")
"""Kinds without data, on which searches start; the simplest to read first."""


@dataclass(frozen=True)
class Profile:
    """How much work an audit does.

    `per_kind`: drafts of each generated kind without data, `per_data_kind`: with a few rows of
    data; `runs`: drafts of trajectories; `thorough`: all states of the real data; `starts`: where
    searches start in each stratum. Evaluations of all searches of one claim: `budget`, or
    `difference_budget` where its sides nearly cancel, or `run_budget` on trajectories.
    """

    per_kind: int
    per_data_kind: int
    runs: int
    thorough: bool
    starts: int
    budget: int
    difference_budget: int
    run_budget: int

    def evaluations(self, claim: Claim) -> int:
        """The budget of this claim's searches."""
        if claim.scope == "trajectory":
            return self.run_budget
        return self.difference_budget if is_difference(claim) else self.budget


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        "smoke": Profile(12, 3, 16, False, 1, 60, 60, 20),
        "quick": Profile(72, 3, 80, False, 8, 450, 2400, 80),
        "full": Profile(250, 20, 400, True, 30, 6000, 20000, 1200),
    }
)
"""By name; `smoke` is for tests."""


RUNS = "runs"
_REAL = "real-"
_RUNS_A_PART = 16


@dataclass(frozen=True)
class Entry:
    """A draft of the bank; `real` if it is on a real data set."""

    draft: Draft
    real: bool = False


def parts(profile: Profile) -> tuple[str, ...]:
    """The parts a bank is made of: real data (the slowest), the kinds of problems, trajectories."""
    real = (f"{_REAL}{data}" for data in (DATASETS if profile.thorough else EMBEDDED))
    runs = (f"{RUNS}-{number}" for number in range(profile.runs // _RUNS_A_PART))
    return (*real, *KINDS, *runs)


def make_part(name: str, profile: Profile, *, entropy: int) -> tuple[Entry, ...]:
    """The entries of one part; the same for the same seed."""
    if name.startswith(_REAL):
        found = real_instances(thorough=profile.thorough, data=name.removeprefix(_REAL))
        return tuple(Entry(draft, real=True) for draft in found)
    number = parts(profile).index(name) + len(parts(profile)) * entropy
    if name.startswith(RUNS):
        return tuple(map(Entry, sample(trajectory_drafts(), count=_RUNS_A_PART, entropy=number)))
    count = profile.per_data_kind if name in DATA_KINDS else profile.per_kind
    return tuple(map(Entry, sample(drafts(name), count=count, entropy=number)))


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


def judge_bank(
    subjects: Sequence[Claim], bank: Iterable[Entry]
) -> dict[tuple[str, str], list[Record]]:
    """Every claim on every draft it speaks of, by (key, edition).

    Under the conditions that its proof inherits, and where there are such also under its own only.
    Draft by draft, as claims at one step size share what is measured.
    """
    versions = [(claim, guarded(claim)) for claim in subjects]
    found: dict[tuple[str, str], list[Record]] = {(c.key, c.edition): [] for c in subjects}
    for entry in bank:
        for claim, strict in versions:
            if not speaks_of(claim, entry.draft):
                continue
            for version in [strict] if strict is claim else [strict, claim]:
                trial = attempt(version, entry.draft)
                if trial is not None:
                    found[claim.key, claim.edition].append(Record(entry, version is strict, trial))
    return found


def search_strata(trials: Sequence[Trial], *, most: int) -> list[list[Draft]]:
    """The drafts nearest to failing in each stratum, at most `most`, simplest kinds first.

    Strata: the kinds of problem with zeroth-order agents, then all without. Drafts on data are left
    out.
    """
    strata: dict[tuple[bool, int], list[Draft]] = {}
    for trial in sorted(trials, key=lambda t: -t.excess):
        problem = trial.draft.table["problem"]
        if "data" in problem:
            continue
        rank = SIMPLEST_FIRST.index(problem["kind"])
        zeroth = has_zeroth_order(trial.draft)
        own = strata.setdefault((not zeroth, rank if zeroth else 0), [])
        if len(own) < most:
            own.append(trial.draft)
    return [strata[key] for key in sorted(strata)]


def size_of(trial: Trial) -> tuple[int, int, int]:
    """How hard an instance is to read: kind, agents, dimensions."""
    table = explicit(trial.draft.table)
    kinds = (*SIMPLEST_FIRST, *DATA_KINDS)
    return kinds.index(table["problem"]["kind"]), agents(table), dimensions(table)
