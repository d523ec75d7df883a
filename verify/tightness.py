"""How much of each bound is used: certified at most, found at worst, typical on real data.

A share is (lhs + Q)/P of lhs <= P - Q (`verify/share.py`) for one step, lhs/rhs for a run. One row
a claim, setting and source:

- `certified`: no state of any functions that the hypotheses allow has a larger share, by a
  semidefinite program's multipliers (`verify/worst/`), or because the claim is proved.
- `found`: the largest at which climbs on quadratics ended, judged by the exact evidence.
- `real`: at a state of a problem on real data, or along a run on a quadratic with the spectrum of
  real data.
"""

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np

from hdo.data import EMBEDDED
from hdo.problems import Problem
from theory import Claim
from theory.notation import symbols
from verify.adversary import STARTS, Setting, climb
from verify.hypotheses import instance_numbers
from verify.instance import Draft, Instance
from verify.judge import gather, judge
from verify.proofs.prover import prove
from verify.real import real_instances
from verify.resolve import resolve
from verify.share import EITHER_SIGN, sides
from verify.worst.claims import Values, factor, parameters
from verify.worst.program import NotOptimalError
from verify.worst.rows import NotLinearError

Row = dict[str, Any]

(BIAS,) = symbols("B")

CERTIFIED, FOUND, REAL = "certified", "found", "real"

COLUMNS = ("n", "n0", "d", "L", "l", "eta", "nu")
"""What a setting is told by, beside claim, edition, source and share."""


@dataclass(frozen=True)
class Cell:
    """`zeroth` and `first` agents, d, kappa = L/l with L = kappa and l = 1, eta over its limit."""

    zeroth: int
    first: int
    d: int
    kappa: float
    fraction: float


SMALL = Cell(2, 2, 2, 4, 1.0)
BASE = Cell(3, 3, 8, 4, 1.0)

AROUND = (
    BASE,
    replace(BASE, zeroth=1, first=1),
    replace(BASE, zeroth=8, first=8),
    replace(BASE, zeroth=0, first=6),
    replace(BASE, zeroth=6, first=0),
    replace(BASE, d=1, kappa=1),
    replace(BASE, d=64),
    replace(BASE, kappa=1),
    replace(BASE, kappa=100),
    replace(BASE, fraction=1 / 64),
)
"""The audit grid's values, one changed at a time; states and noise are sought."""


@dataclass(frozen=True)
class Effort:
    """How much is measured: at which cells, from how many starts, on which real data."""

    cells: tuple[Cell, ...]
    starts: int
    data: tuple[str, ...]


EFFORTS: Mapping[str, Effort] = MappingProxyType(
    {
        "smoke": Effort((), 0, ()),
        "quick": Effort((SMALL,), 2, ("breast_cancer", "diabetes")),
        "full": Effort((SMALL, *AROUND), len(STARTS), EMBEDDED),
    }
)
"""By the audit's profile."""


def has_rows(subject: Claim) -> bool:
    """Whether a claim has a share: a bound on one step or on a run."""
    return subject.relation != "==" and subject.scope in ("step", "trajectory")


def claim_rows(subject: Claim, effort: Effort, *, seed: int = 0) -> list[Row]:
    """Every row of one claim."""
    if not has_rows(subject):
        return []
    found = list(_on_real_data(subject, effort.data))
    if subject.scope == "step":
        for cell in effort.cells:
            found += _at(subject, cell, seed, effort.starts)
    return found


def _at(subject: Claim, cell: Cell, seed: int, starts: int) -> Iterator[Row]:
    chosen = setting_of(subject, cell)
    if chosen is None:
        return
    certified = _certified(subject, chosen)
    if certified is not None:
        yield _row(subject, CERTIFIED, certified, chosen.parameters())
    if subject.interaction == "pair":
        worst = _found(subject, chosen, seed, starts)
        if worst is not None:
            yield worst


def setting_of(subject: Claim, cell: Cell) -> Setting | None:
    """The cell at its fraction of the claim's largest step size, nu = eta/sqrt(d); None if silent.

    Where there is no largest step size, at that fraction of 1/L.
    """
    estimator = "two-point" if subject.estimator == "any" else subject.estimator
    shape = (cell.zeroth, cell.first, cell.d, cell.kappa, 1.0)
    curvature = Setting(*shape, 1.0, 1.0, estimator).curvature.tolist()
    zeros = np.zeros((cell.zeroth + cell.first, cell.d)).tolist()
    table = {
        "problem": {"kind": "quadratic", "curvature": curvature, "centres": zeros},
        "population": {
            "zeroth_order": cell.zeroth,
            "first_order": cell.first,
            "estimator": estimator,
        },
        "state": {"models": zeros},
        "parameters": {"alpha0": 1.0, "alpha1": 1.0},
    }
    draft = Draft.of(table, fraction=cell.fraction, ratio=math.sqrt(cell.d))
    made = resolve(subject, draft)
    return None if made is None else Setting(*shape, made.eta, made.nu, estimator)


def _certified(subject: Claim, chosen: Setting) -> float | None:
    """The certified factor, or 1 if that is less and the claim is proved; None without either."""
    proof = prove(subject)
    proved = 1.0 if proof is not None and proof.outcome == "accepted" else math.inf
    least = min(proved, _factor(subject, chosen))
    return least if least < math.inf else None


def _factor(subject: Claim, chosen: Setting) -> float:
    """Infinite where no program says anything, or something else.

    What a claim says of B depends on B, which is 0 where shares are found.
    """
    if subject.interaction == "graph" or subject.rhs.free_symbols & {*EITHER_SIGN, BIAS}:
        return math.inf
    try:
        return float(factor(subject, exactly(chosen), both_sides=False).t)
    except (NotLinearError, NotOptimalError):
        return math.inf


def exactly(chosen: Setting) -> Values:
    """The parameters of a setting by symbol, as the rationals that its floats are."""
    given = chosen.parameters().items()
    return parameters(**{k: Fraction(v) for k, v in given if k not in ("n1", "nu")})


def _found(subject: Claim, chosen: Setting, seed: int, starts: int) -> Row | None:
    """The climb that ended highest, of those where the exact evidence says something."""
    best: Row | None = None
    for made in climb(subject, chosen, seed=seed, starts=starts):
        if judge(subject, made).outcome in ("silent", "not-exact"):
            continue
        row = _row(subject, FOUND, _share(subject, made), chosen.parameters(), made)
        if not math.isnan(row["share"]) and (best is None or row["share"] > best["share"]):
            best = row
    return best


def _share(subject: Claim, made: Instance) -> float:
    if subject.scope == "trajectory":
        return judge(subject, made).ratio
    numbers = instance_numbers(made)
    return sides(subject, numbers).share({**numbers, **gather(subject, made)})


def _on_real_data(subject: Claim, data: Collection[str]) -> Iterator[Row]:
    drafts = _runs() if subject.scope == "trajectory" else _states()
    for name, draft in drafts:
        if name not in data:
            continue
        made = resolve(subject, draft)
        if made is None or judge(subject, made).outcome in ("silent", "not-exact"):
            continue
        numbers = {k: float(v.mid()) for k, v in instance_numbers(made).items()}
        share = _share(subject, made)
        if not math.isnan(share):
            yield _row(subject, f"{REAL}: {name}", share, numbers)


@lru_cache(maxsize=1)
def _states() -> tuple[tuple[str, Draft], ...]:
    return tuple(
        (data, draft) for data in EMBEDDED for draft in real_instances(thorough=False, data=data)
    )


RUN_STEPS, RUN_NOISE, COMPONENTS = 4096, 1.0, 3
"""T of a run whose claim does not fix it, s^2, principal components; X_0 = (1, ..., 1), x* = 0."""


@lru_cache(maxsize=1)
def _runs() -> tuple[tuple[str, Draft], ...]:
    """Ridge regression on principal components of diabetes, all its rows at each agent."""
    ridge = next(d for name, d in _states() if name == "diabetes")
    table = {
        "problem": {
            "kind": "quadratic",
            "curvature": (values := _spectrum(ridge.problem)),
            "centres": np.zeros((6, len(values))).tolist(),
            "noise": RUN_NOISE,
        },
        "start": 1.0,
    }
    populations = ({"estimator": "two-point"}, {"estimator": "forward-gradient"})
    return tuple(
        (
            "diabetes",
            Draft.of(
                {**table, "population": {"zeroth_order": 3, "first_order": 3, **population}},
                ratio=math.sqrt(len(values)),
                steps=RUN_STEPS,
            ),
        )
        for population in populations
    )


def _spectrum(problem: Problem) -> list[float]:
    """The largest eigenvalues of the Hessian."""
    H = np.asarray(problem.hessian(np.zeros(problem.d)), dtype=float)
    found: list[float] = np.linalg.eigvalsh((H + H.T) / 2)[-COMPONENTS:].tolist()
    return found


def _row(
    subject: Claim,
    source: str,
    share: float,
    parameters: Mapping[str, float],
    made: Instance | None = None,
) -> Row:
    command = None if made is None else made.command(subject.key, edition=subject.edition)
    told = {name: float(parameters[name]) for name in COLUMNS}
    names = {"claim": subject.key, "edition": subject.edition, "scope": subject.scope}
    return {**names, "source": source, "share": share, **told, "witness": command}
