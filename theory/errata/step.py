"""A printed step, and an erratum, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from theory.claim import Claim
from theory.proofs.proof import Proof, Range, Source, Step

KINDS = ("slip", "gap", "false")
"""slip: misprinted, and the rest of the paper uses what is meant. gap: what is printed does not
follow, or hides a constant, and may still be true. false: refuted as printed, and relied on."""

NUMBERS = "gaussian"
"""The scope of a step that speaks of parameters only: it is judged on numbers."""


@dataclass(frozen=True)
class PrintedStep:
    """One step of a published proof.

    Args:
        claim: the step as a relation in registered symbols; scope `gaussian` where it speaks of
            numbers only.
        location: where it is printed.
        used_by: keys of the published claims whose proof uses it.
        erratum: the id of the erratum about it, or empty where it is held to be right.
        using, limits: its proof in one step, as in `theory.proofs.proof`.
    """

    claim: Claim
    location: str
    used_by: tuple[str, ...]
    erratum: str = ""
    using: tuple[tuple[sp.Expr, Source], ...] = ()
    limits: tuple[Range, ...] = ()

    @property
    def key(self) -> str:
        """The claim's key."""
        return self.claim.key

    @property
    def proof(self) -> Proof:
        """One step; where nothing is used, direct computation."""
        left, right = self.claim.lhs, self.claim.rhs
        larger, smaller = (left, right) if self.claim.relation == ">=" else (right, left)
        step = Step(self.location, larger, smaller, self.using)
        return Proof(self.claim.key, self.claim.edition, (step,), self.limits)


@dataclass(frozen=True)
class Case:
    """A printed statement, its correction, and what shows the one to fail and not the other.

    The witness is an `instance` (a spec) or `numbers` by symbol name, integers or rationals
    written as strings.
    """

    printed: Claim
    mended: Claim
    instance: Mapping[str, Any] | None = None
    numbers: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        """Exactly one witness, for exactly two different statements."""
        if (self.instance is None) == (self.numbers is None):
            raise ValueError(f"{self.printed.key}: a case needs an instance or numbers, not both")
        if self.printed == self.mended:
            raise ValueError(f"{self.printed.key}: the correction is what is printed")


@dataclass(frozen=True)
class Units:
    """Sides that are compared or added, as printed and as corrected."""

    printed: tuple[sp.Expr, ...]
    mended: tuple[sp.Expr, ...]


@dataclass(frozen=True)
class Erratum:
    """One mistake of the published text.

    Args:
        id: short name.
        location: where it is printed.
        kind: one of `KINDS`.
        published, corrected: what is printed and the smallest correction.
        why: what is wrong.
        cases: statements with witnesses.
        units: comparisons of which the printed ones differ in unit and the corrected ones do not.
        hits: published claims whose statement or proof takes the mistake over directly.
        unless: a further condition under which these are not touched, or empty.
        region: where the printed statement fails, as far as that is decided.
        fails_if: the same as relations that hold exactly where the first case, one in numbers,
            fails.
    """

    id: str
    location: str
    kind: str
    published: str
    corrected: str
    why: str
    cases: tuple[Case, ...] = ()
    units: tuple[Units, ...] = ()
    hits: tuple[str, ...] = ()
    unless: str = ""
    region: str = ""
    fails_if: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an entry that says nothing which could be checked."""
        if self.kind not in KINDS:
            raise ValueError(f"{self.id}: kind must be one of {KINDS}, got {self.kind!r}")
        if not (self.cases or self.units):
            raise ValueError(f"{self.id}: expected evidence, a case or a comparison of units")
        if self.kind == "false" and not self.cases:
            raise ValueError(f"{self.id}: a false statement needs a witness")


def step(
    key: str,
    lhs: sp.Expr,
    relation: str,
    rhs: sp.Expr,
    **more: Any,
) -> Claim:
    """A claim that stands for a printed step; numbers only unless a scope is given."""
    fields: dict[str, Any] = {
        "edition": "published",
        "title": "printed step",
        "scope": NUMBERS,
        **more,
    }
    sides = {"lhs": sp.sympify(lhs), "rhs": sp.sympify(rhs)}
    return Claim(key=key, relation=relation, **sides, **fields)  # type: ignore[arg-type]
