"""The runs that trajectory claims are judged on statistically: those without exact evidence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hdo.interactions_graphs import Graph
from theory import Claim
from verify.instance import Draft, Instance
from verify.resolve import resolve
from verify.statistical.verdicts import statistical_verdict, undecided
from verify.verdict import Verdict

_DATA: dict[str, Any] = {"data": "breast_cancer", "rows": 24, "regularisation": 0.5}
_DIGITS: dict[str, Any] = {
    "data": "digits",
    "rows": 30,
    "classes": [0, 1, 2],
    "regularisation": 0.5,
}
_STEPS = 400

LONGEST_RUN = 100_000
"""Interactions of one replica at most, in the bank."""


@dataclass(frozen=True)
class Case:
    """A problem without exact trajectories; `graph` where agents meet along its edges."""

    name: str
    problem: dict[str, Any]
    start: float
    graph: Graph | None = None
    agents: int = 4
    fraction: float = 0.5
    steps: int = _STEPS

    def draft(self, estimator: str) -> Draft:
        """Half of the agents with this estimator, the others first-order."""
        half = self.agents // 2
        population = {"zeroth_order": half, "first_order": self.agents - half}
        tables = {
            "problem": self.problem,
            "population": {**population, "estimator": estimator},
            "start": self.start,
        }
        if self.problem["kind"] in ("logistic", "softmax", "sigmoid"):
            del tables["start"]
        return Draft.of(tables, fraction=self.fraction, radius=1e-3, steps=self.steps)

    def instance(self, claim: Claim) -> Instance | None:
        """The run, at a fraction of the claim's largest step size; None outside its hypotheses."""
        estimator = "two-point" if claim.estimator == "any" else claim.estimator
        found = resolve(claim, self.draft(estimator))
        if found is None or self.graph is None:
            return found
        method = replace(found.spec.method, interaction="graph", graph=self.graph)
        return Instance(replace(found.spec, method_table=method))


_KINKED: dict[str, Any] = {
    "kind": "kinked",
    "slope_low": 1.0,
    "slope_high": 2.0,
    "dimension": 2,
    "noise": 0.1,
}

_SPLIT = {**_KINKED, "offsets": [[-1.0, -1.0]] * 16 + [[1.0, 1.0]] * 16}
"""Two halves of a ring that pull apart: information crosses it slowly."""

CASES = (
    Case("kinked", _KINKED, 2.0),
    Case(
        "cosine",
        {"kind": "cosine", "amplitude": 1.0, "frequency": 1.0, "dimension": 2, "noise": 0.1},
        1.0,
    ),
    Case("logistic", {"kind": "logistic", **_DATA}, 0.0),
    Case("sigmoid", {"kind": "sigmoid", **_DATA}, 0.0),
    Case("softmax", {"kind": "softmax", **_DIGITS}, 0.0),
    Case("kinked on a star", _KINKED, 2.0, Graph("star"), agents=8),
    Case("split on a ring", _SPLIT, 0.0, Graph("ring"), agents=32, fraction=0.05, steps=4000),
)
"""One of each kind, small; on the graphs a claim about random pairs is asked by transfer."""


def pairs(subjects: Sequence[Claim]) -> list[tuple[Claim, Case, Instance]]:
    """Every trajectory claim with every case that it speaks of."""
    chosen = [claim for claim in subjects if claim.scope == "trajectory"]
    made = [(claim, case, case.instance(claim)) for claim in chosen for case in CASES]
    return [(claim, case, found) for claim, case, found in made if found is not None]


def statistical_verdicts(
    subjects: Sequence[Claim], *, seed: int, budget: int, level: float
) -> Iterator[tuple[Case, Verdict, int, int]]:
    """(case, verdict, number, of how many) for every pair; together wrong at most at `level`.

    A run of more than `LONGEST_RUN` interactions is named and left INCONCLUSIVE.
    """
    chosen = pairs(subjects)
    for number, (claim, case, instance) in enumerate(chosen, start=1):
        steps = instance.spec.method.steps
        if steps > LONGEST_RUN:
            reason = f"T = {steps} is longer than the bank runs ({LONGEST_RUN}); use --instance"
            verdict = undecided(claim, reason)
        else:
            verdict = statistical_verdict(
                claim,
                instance,
                seed=seed,
                budget=budget,
                level=level / len(chosen),
                transfer=case.graph is not None,
            )
        yield case, verdict, number, len(chosen)
