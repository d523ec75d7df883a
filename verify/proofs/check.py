"""Runs a proof: every step exactly, the last one being the claim."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sympy as sp

from theory import Claim, claim
from theory.notation import NOTATION, symbols
from theory.proofs.axioms import AXIOMS
from theory.proofs.definitions import expand
from theory.proofs.proof import (
    Axiom,
    Condition,
    Earlier,
    Proof,
    Range,
    Source,
    Step,
    Summed,
    Use,
)
from theory.proofs.series import GROWTH, Q, summed
from theory.proofs.vectors import Level, Total
from verify.proofs.forms import semidefinite, split
from verify.proofs.signs import Outcome, Region

n, n0, d, l, L, eta, alpha1, alpha0, T, rv = symbols("n n0 d l L eta alpha1 alpha0 T rv")  # noqa: E741
rho, gap = symbols("rho gap")

DEFAULT_RANGES = (
    Range(l, sp.Integer(0)),
    Range(L, l),
    Range(d, sp.Integer(1)),
    Range(n, sp.Integer(2)),
    Range(n0, sp.Integer(0), n),
    Range(eta, sp.Integer(0)),
    Range(T, sp.Integer(1)),
    Range(rv, sp.Integer(1)),
)
"""What every claim's parameters satisfy; c, alpha0 and the moments of A3 and A4 are >= 0."""

MEETING_RANGES: Mapping[str, tuple[Range, ...]] = {
    "pair": (),
    "matching": (Range(rho, sp.Integer(0), sp.Rational(1, 2)),),
    "graph": (Range(gap, sp.Integer(0), 1 / (n - 1)),),
}
"""What the law's parameter satisfies; gaps are at most the mean eigenvalue 1/(n - 1)."""


Name = tuple[str, str]
"""Key and edition of a claim."""


@dataclass(frozen=True)
class Checked:
    """The outcome, the axioms used, and where and why a proof was not accepted."""

    outcome: Outcome
    axioms: tuple[str, ...] = ()
    step: str = ""
    reason: str = ""
    witness: Mapping[str, sp.Expr] = field(default_factory=dict)
    seconds: float = 0.0


def named(rests_on: Sequence[str]) -> list[Name]:
    """Claims by key, and edition where it is not the published one."""
    parts = [text.partition(" ") for text in rests_on]
    return [(key, edition or "published") for key, _, edition in parts]


class NotAcceptedError(Exception):
    """A step does not stand: outcome, reason, witness."""

    def __init__(self, outcome: Outcome, reason: str, witness: Any = None) -> None:
        super().__init__(reason)
        self.outcome, self.reason, self.witness = outcome, reason, dict(witness or {})


def check(
    proof: Proof, *, proved: Mapping[Name, Checked] | None = None, subject: Claim | None = None
) -> Checked:
    """Run a proof of `subject` (else of the claim that it names).

    `proved`: checked claims by (key, edition) that it may use.
    """
    begun = time.monotonic()
    run = _Run(proof, proved or {}, subject or claim(proof.key, proof.edition))
    label = "its hypotheses"
    try:
        run.begin()
        for step in proof.steps:
            label = step.label
            run.step(step)
        run.conclude()
    except NotAcceptedError as no:
        return Checked(
            no.outcome, run.axioms, label, no.reason, no.witness, time.monotonic() - begun
        )
    return Checked("accepted", run.axioms, seconds=time.monotonic() - begun)


class _Run:
    """One proof under way: its region, the steps that stand, the axioms used."""

    def __init__(self, proof: Proof, proved: Mapping[Name, Checked], subject: Claim) -> None:
        self.claim, self.proof, self.proved = subject, proof, proved
        self.done: dict[str, Step] = {}
        self.used: dict[str, None] = {}
        self.ranges = (*DEFAULT_RANGES, *MEETING_RANGES[subject.interaction])
        self.region = self.settling = Region(self.ranges)
        self.positive = dict(proof.positive)
        self.above = frozenset({l} if "A1" in subject.assumptions else ())

    def begin(self) -> None:
        """What the proof takes from the claim's conditions is in them."""
        if self.claim.own_symbols:
            raise NotAcceptedError("undecided", "own symbols have no meaning in vectors")
        self.region = self._region(self.proof.limits)
        self.settling = self._region((*self.proof.limits, *self.proof.settling))
        for name, value in self.proof.positive:
            fresh = name.is_positive and str(name) not in NOTATION
            if sp.Gt(value, 0) not in self.claim.conditions or not fresh:
                raise NotAcceptedError("undecided", f"{name} > 0 is no condition of the claim")

    @property
    def axioms(self) -> tuple[str, ...]:
        """What was used without proof, in the order of use."""
        return tuple(self.used)

    def _region(self, limits: Sequence[Range]) -> Region:
        """The default ranges, cut by limits that are conditions of the claim."""
        ranges = {r.symbol: r for r in self.ranges}
        for limit in limits:
            default = ranges.get(limit.symbol, Range(limit.symbol, sp.Integer(0)))
            given = set(self.claim.conditions)
            above = limit.upper == default.upper or sp.Le(limit.symbol, limit.upper) in given
            below = limit.lower == default.lower or sp.Ge(limit.symbol, limit.lower) in given
            if not (above and below and limit.symbol.is_nonnegative):
                raise NotAcceptedError("undecided", f"{limit} is no condition of the claim")
            ranges[limit.symbol] = limit
        return Region(tuple(ranges.values()), self.above)

    def expand(self, expression: sp.Expr) -> sp.Expr:
        """In atoms and parameters, as the claim's interaction says."""
        return expand(expression, self.claim.interaction)

    def step(self, step: Step) -> None:
        """Accept a step, or raise NotAcceptedError."""
        left = self.expand(step.larger) - self.expand(step.smaller)
        if {step.larger, step.smaller} != {self.claim.lhs, self.claim.rhs}:
            self.defined(left, f"step {step.label}")
        for multiplier, source in step.using:
            self.nonnegative(sp.sympify(multiplier), f"the multiplier {multiplier}")
            self.defined(self.expand(multiplier), f"the multiplier {multiplier}")
            known = self.known(source)
            self.defined(known, f"{source}")
            left -= self.expand(sp.sympify(multiplier).xreplace(self.positive)) * known
        try:
            form, rest = split(left)
        except ValueError as error:
            raise NotAcceptedError("undecided", str(error)) from None
        found = semidefinite(form, self.region)
        if not found:
            raise NotAcceptedError(found.outcome, "the quadratic form that is left", found.witness)
        self.nonnegative(rest, "the terms that are left")
        self.done[step.label] = step

    def nonnegative(self, expression: sp.Expr, what: str, region: Region | None = None) -> None:
        """Raise NotAcceptedError unless the expression is >= 0 on the region."""
        expression = self.expand(expression)
        if expression.has(Level):
            expression = sp.expand(expression)
        named = {t: sp.Dummy(str(t), nonnegative=True) for t in expression.atoms(Total)}
        found = (region or self.region).sign(expression.xreplace(named))
        if not found:
            raise NotAcceptedError(found.outcome, f"{what}: not shown to be >= 0", found.witness)

    def defined(self, expression: sp.Expr, what: str) -> None:
        """No denominator vanishes on the region; w_T is that of weights w_t > 0."""
        weighted = GROWTH in expression.free_symbols and not self.region.positive(self.expand(Q))
        if weighted or not self.region.defined(expression):
            raise NotAcceptedError("undecided", f"{what}: not shown to be defined everywhere")

    def known(self, source: Source) -> sp.Expr:
        """The quantity >= 0 that a source stands for."""
        if isinstance(source, Earlier):
            if source.label not in self.done:
                raise NotAcceptedError("undecided", f"{source.label} is no earlier step")
            earlier = self.done[source.label]
            return self.expand(earlier.larger) - self.expand(earlier.smaller)
        if isinstance(source, Condition):
            bound = isinstance(source.relation, sp.Le | sp.Lt | sp.Ge | sp.Gt)
            if not bound or source.relation not in self.claim.conditions or not source.power > 0:
                raise NotAcceptedError("undecided", f"{source} is no condition of the claim")
            low, high = source.relation.lts, source.relation.gts
            self.nonnegative(low, "the smaller side of a condition")
            return self.expand(high**source.power - low**source.power)
        if isinstance(source, Axiom):
            if source.name not in AXIOMS:
                raise NotAcceptedError("undecided", f"{source.name} is no axiom")
            known = AXIOMS[source.name](*source.arguments)
            kinds = {self.claim.estimator, self.claim.interaction}
            missing = known.assumptions - self.claim.assumptions - kinds
            if missing:
                raise NotAcceptedError("undecided", f"{source.name} assumes {sorted(missing)}")
            for name in named(known.rests_on):
                self.require_proved(name)
            self.used[known.axiom] = None
            return self.expand(known.expression)
        if isinstance(source, Summed):
            subject = self.admitted(Use(source.use.key, source.use.edition), scope="step")
            if source.weights == "geometric" and not self.region.positive(self.expand(Q)):
                raise NotAcceptedError("undecided", "the weights are not shown to be > 0")
            try:
                quantity, coefficients = summed(subject, source.weights, source.steps)
            except ValueError as error:
                raise NotAcceptedError("undecided", str(error)) from None
            for coefficient in coefficients:
                self.nonnegative(coefficient, f"a coefficient of {subject.key}")
            return self.expand(quantity)
        subject = self.admitted(source)
        return self.expand(subject.rhs - subject.lhs).xreplace(dict(source.chosen))

    def require_proved(self, name: tuple[str, str]) -> None:
        """Another claim may be used if it is proved; what it rests on, this one does too."""
        if name not in self.proved or self.proved[name].outcome != "accepted":
            raise NotAcceptedError("undecided", f"{name[0]} ({name[1]}) is not proved")
        self.used.update(dict.fromkeys(self.proved[name].axioms))

    def admitted(self, source: Use, *, scope: str | None = None) -> Claim:
        """The claim that is used, its parameters chosen; it is proved, and speaks of this case."""
        used = claim(source.key, source.edition)
        name = (used.key, used.edition)
        self.require_proved(name)
        missing = used.assumptions - self.claim.assumptions
        if missing or used.estimator not in ("any", self.claim.estimator):
            raise NotAcceptedError("undecided", f"{used.key} assumes more: {sorted(missing)}")
        if used.interaction != self.claim.interaction and used.scope in ("step", "trajectory"):
            raise NotAcceptedError("undecided", f"{used.key} speaks of other meetings")
        if used.ties or used.scope != (scope or self.claim.scope):
            raise NotAcceptedError("undecided", f"{used.key} speaks of something else")
        chosen = dict(source.chosen)
        for name, value in source.chosen:
            if name not in (alpha0, alpha1):
                raise NotAcceptedError("undecided", f"{name} is no free parameter of {used.key}")
            self.nonnegative(value, f"the choice of {name}")
        for condition in used.conditions:
            if condition.xreplace(chosen) not in (sp.true, *self.claim.conditions):
                self.settle(condition, chosen, used.key)
        if used.relation != "<=":
            raise NotAcceptedError("undecided", f"{used.key} is no upper bound")
        return replace(used, lhs=used.lhs.xreplace(chosen), rhs=used.rhs.xreplace(chosen))

    def settle(self, condition: Any, chosen: Mapping[Any, Any], key: str) -> None:
        """A condition of a claim that is used holds on the region."""
        if not isinstance(condition, sp.Le | sp.Lt | sp.Ge | sp.Gt):
            raise NotAcceptedError("undecided", f"{condition} of {key} is no bound")
        settled = (condition.gts - condition.lts).xreplace(chosen)
        if isinstance(condition, sp.Le | sp.Ge):
            self.nonnegative(settled, f"{condition} of {key}", self.settling)
        elif not self.settling.positive(self.expand(settled)):
            raise NotAcceptedError("undecided", f"{condition} of {key}: not shown to be > 0")

    def conclude(self) -> None:
        """The last step is the claim, or its square; of an identity, the converse holds too."""
        last, lhs, rhs = self.proof.steps[-1], self.claim.lhs, self.claim.rhs
        stated = (last.larger, last.smaller)
        if self.claim.relation == "<=" and stated == (rhs**2, lhs**2) != (rhs, lhs):
            self.nonnegative(rhs, "the larger side")
        elif stated != ((lhs, rhs) if self.claim.relation == ">=" else (rhs, lhs)):
            raise NotAcceptedError("undecided", "the last step is not the claim")
        pairs = [(step.larger, step.smaller) for step in self.done.values()]
        if self.claim.relation == "==" and (lhs, rhs) not in pairs:
            self.step(Step("converse", lhs, rhs))
