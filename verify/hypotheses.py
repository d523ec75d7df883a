"""What a claim asks of an instance: parameters in balls, hypotheses checked, the largest step size.

Theory's conditions and the problem's own constants meet here; no evidence is looked at.
"""

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import sympy as sp

from hdo.errors import InputError
from hdo.population import Population
from hdo.problems import Constants, Problem
from theory import Claim, compiled, inherited_conditions
from verify.balls import Ball, ball
from verify.instance import Instance
from verify.meetings import edges_of, law_numbers, unequal
from verify.supported import QUADRATIC_KINDS

Numbers = dict[str, Ball]

STATELESS = ("gaussian", "trajectory")
"""Scopes whose left-hand side needs no state X_t (a Gaussian identity may use one)."""

_FREE = ("alpha0", "alpha1", "k")
RELATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "==": operator.eq,
}
ULP = 2.0**-52


class HypothesisError(ValueError):
    """A claim was asked about an instance outside its hypotheses; the message says which one."""


@lru_cache(maxsize=256)
def constants_of(problem: Problem) -> Constants:
    """The problem's constants, measured once a problem object."""
    return problem.constants()


def fixed_numbers(
    problem: Problem, population: Population, parameters: Mapping[str, Any]
) -> Numbers:
    """n, n0, n1, d, rv, the constants of A1-A4, and the claim's free parameters, as balls."""
    found = constants_of(problem)
    noise = [ball(s.value) for s in found.s_sq]
    numbers: Numbers = {
        "n": ball(population.n),
        "n0": ball(population.n0),
        "n1": ball(population.n1),
        "d": ball(problem.d),
        "rv": ball(population.directions),
        "L": ball(found.L.value),
        "l": ball(found.l.value),
        "vs0_sq": ball(found.vs0_sq.value),
        "vs1_sq": ball(found.vs1_sq.value),
        "S_Z": sum((noise[i] for i in population.zeroth_order), start=Ball(0)),
        "S_F": sum((noise[i] for i in population.first_order), start=Ball(0)),
    }
    numbers |= {name: ball(parameters[name]) for name in _FREE if name in parameters}
    if "agent" in parameters:
        numbers["s_sq"] = noise[parameters["agent"]]
    return numbers


def instance_numbers(instance: Instance) -> Numbers:
    """Every parameter of an instance as a ball; c is eta/nu, T is there if the method has steps."""
    spec = instance.spec
    numbers = fixed_numbers(instance.problem, spec.population, spec.parameters)
    numbers["eta"], numbers["nu"] = ball(instance.eta), ball(instance.nu)
    numbers["c"] = numbers["eta"] / numbers["nu"]
    numbers |= law_numbers(spec.method.interaction, spec.method.graph, instance.n)
    if spec.method.rounds is not None:
        numbers["T"] = ball(spec.method.rounds)
    return numbers


def tied(claim: Claim, numbers: Numbers) -> Numbers:
    """`numbers` with the parameters that the claim ties to others."""
    found = dict(numbers)
    for symbol, expression in claim.ties:
        found[symbol.name] = compiled(expression)(found)
    return found


def tied_numbers(claim: Claim, instance: Instance) -> Numbers:
    """The instance's parameters, those that the claim ties to others at exactly their tied values.

    An instance holds floats; a tie such as eta = 4 n log T/(T l) is none, and the instance names it
    by the nearest float.
    """
    return tied(claim, instance_numbers(instance))


def with_ties(claim: Claim, instance: Instance) -> Instance:
    """The instance with the step size and smoothing that the claim ties to its other numbers."""
    if not claim.ties:
        return instance
    tied = tied_numbers(claim, instance)
    content = instance.spec.to_dict()
    content["method"].pop("smoothing_ratio", None)
    content["method"]["step_size"] = float(tied["eta"].mid())
    content["method"]["smoothing"] = float(tied["nu"].mid())
    return Instance.from_dict(content)


def guarded(claim: Claim) -> Claim:
    """The claim under the conditions of every claim that its proof uses as well.

    Conditions on another claim's free parameters (alpha0, k) are left out: the proof chooses these.
    """
    inherited = {
        condition: None
        for _, condition in inherited_conditions(claim)
        if not {s.name for s in condition.free_symbols} & set(_FREE)
    }
    return replace(claim, conditions=(*claim.conditions, *inherited)) if inherited else claim


def unmet(claim: Claim, instance: Instance) -> str | None:
    """The first hypothesis that the instance does not surely meet, and by how much, or None."""
    spec = instance.spec
    structural = unmet_structure(claim, instance.problem, spec.population)
    if structural:
        return structural
    scope = _unmet_scope(claim, instance)
    if scope:
        return scope
    broken = broken_relation(claim, instance_numbers(instance))
    return None if broken is None else str(broken)


def require(claim: Claim, instance: Instance) -> None:
    """Raise `HypothesisError` unless the instance meets every hypothesis of the claim."""
    reason = unmet(claim, instance)
    if reason:
        raise HypothesisError(f"{reason} ({claim.source[0] if claim.source else claim.key})")


def unmet_structure(claim: Claim, problem: Problem, population: Population) -> str | None:
    """The first hypothesis on objective and population (A1-A4, convex, estimator) that fails."""
    return next(_structural_reasons(claim, problem, population), None)


def _structural_reasons(claim: Claim, problem: Problem, population: Population) -> Iterator[str]:
    found = constants_of(problem)
    if not 0 < found.L.value < math.inf:
        yield f"A2: L={found.L.value!r} must be a finite number > 0 ({found.L.how})"
    if "A1" in claim.assumptions and not found.l.value > 0:
        yield f"A1: l={found.l.value!r} must be > 0 ({found.l.how})"
    if "A3" in claim.assumptions:
        for name, constant in (("vs0_sq", found.vs0_sq), ("vs1_sq", found.vs1_sq)):
            if constant.value == math.inf:
                yield f"A3: {name}=inf must be finite ({constant.how})"
    if "A4" in claim.assumptions:
        for agent, constant in enumerate(found.s_sq):
            if constant.value == math.inf:
                yield f"A4: s_sq[{agent}]=inf must be finite ({constant.how})"
    if "convex" in claim.assumptions and not found.convex:
        yield f"convex: problem.kind={problem.kind!r} must be convex"
    if "quadratic" in claim.assumptions and problem.kind not in QUADRATIC_KINDS:
        yield f"quadratic: problem.kind={problem.kind!r} must be one of {list(QUADRATIC_KINDS)}"
    yield from _estimator_reasons(claim, population)


def _estimator_reasons(claim: Claim, population: Population) -> Iterator[str]:
    """Claims on an estimator speak of populations whose zeroth-order agents all use it.

    Definition 2 has one direction; an average over several is another estimator.
    """
    if claim.estimator == "any":
        return
    for agent in population.zeroth_order:
        if population.agents[agent] != claim.estimator:
            found = population.agents[agent]
            yield f"population.agents[{agent}]={found!r} must be {claim.estimator!r}"
    if claim.estimator == "two-point" and population.n0 and population.directions > 1:
        yield f"population.directions={population.directions} must be 1 (Definition 2)"
    if claim.scope == "agent" and not population.n0:
        yield "population: n0=0 must be >= 1, the claim is about a zeroth-order agent"


def _unmet_scope(claim: Claim, instance: Instance) -> str | None:
    """What the scope needs and the instance lacks; InputError for parameters that are not there."""
    spec = instance.spec
    if claim.scope == "trajectory":
        if spec.method.steps < 2:
            return f"method.steps={spec.method.steps} must be >= 2"
    elif claim.scope == "step" and spec.state is None:
        raise InputError("state.models", "nothing", "n rows of d numbers, the models X_t")
    if claim.scope in ("step", "trajectory") and (reason := _unmet_meetings(claim, instance)):
        return reason
    for name in (*needed_parameters(claim),):
        if name not in spec.parameters:
            raise InputError(f"parameters.{name}", "nothing", f"a value, as {claim.key} needs it")
    if claim.scope == "agent" and spec.parameters["agent"] not in spec.population.zeroth_order:
        return f"parameters.agent={spec.parameters['agent']} must be a zeroth-order agent"
    return None


def _unmet_meetings(claim: Claim, instance: Instance) -> str | None:
    """Who meets, and what else the method does."""
    method = instance.spec.method
    if method.interaction != claim.interaction:
        named = " (Algorithm 1)" if claim.interaction == "pair" else ""
        return f"method.interaction={method.interaction!r} must be {claim.interaction!r}{named}"
    if claim.interaction != "graph":
        beyond = method.beyond
    else:
        beyond = tuple(part for part in method.beyond if not part.startswith("method.interaction"))
        edges = edges_of(method.graph, instance.n)
        reason = "no edges" if edges is None else unequal(edges, instance.n)
        if reason:
            return f"method.graph: {reason}; every agent must be active equally often"
    return f"{beyond[0]} is not Algorithm 1, which the claim is about" if beyond else None


def needed_parameters(claim: Claim) -> tuple[str, ...]:
    """The keys of [parameters] that the claim's statement needs."""
    names = {s.name for s in claim.free_symbols}
    free = [name for name in _FREE if name in names]
    if "M_f" in names:
        free = ["alpha0", "alpha1"]
    if claim.scope in ("agent", "function"):
        free.append("agent")
    if names & {"dist_xy", "gaussian_quartic", "g_dot_h"}:
        free.append("other")
    if claim.scope == "gaussian" and "g_sq" in names:
        free.append("agent")
    return tuple(free)


@dataclass(frozen=True)
class Broken:
    """A tie or condition that does not surely hold, with the values of its two sides."""

    relation: Any
    left: Ball
    right: Ball
    tie: bool = False

    def __str__(self) -> str:
        """`step_size=2.5 must satisfy eta <= 1/(14*L*sqrt(d + 4)) = 0.0051`."""
        left, right = _short(self.left), _short(self.right)
        if not self.relation.lhs.is_Symbol:
            sides = f"{left} {self.relation.rel_op} {right}"
            return f"the condition {self.relation} must hold, but reads {sides}"
        name = str(self.relation.lhs.name)
        label = f"{_LABELS.get(name, name)}={left}"
        if self.tie:
            return f"{label} must be {self.relation.rhs} = {right}, to the nearest float"
        return f"{label} must satisfy {self.relation} = {right}"


def broken_relation(claim: Claim, given: Numbers) -> Broken | None:
    """The first tie or condition that the numbers do not surely meet.

    A tie is met by the nearest float; conditions are then read at exactly the tied values.
    """
    numbers = dict(given)
    for symbol, expression in claim.ties:
        value, fixed = numbers[symbol.name], compiled(expression)(numbers)
        numbers[symbol.name] = fixed
        if not abs(value - fixed) <= ULP * abs(fixed):
            return Broken(sp.Eq(symbol, expression, evaluate=False), value, fixed, tie=True)
    for condition in claim.conditions:
        left, right = compiled(condition.lhs)(numbers), compiled(condition.rhs)(numbers)
        if not RELATIONS[condition.rel_op](left, right):
            return Broken(condition, left, right)
    return None


_LABELS = {"eta": "step_size", "nu": "smoothing", "T": "steps"}


def _short(value: Ball | int) -> str:
    return f"{float(ball(value).mid()):.6g}"
