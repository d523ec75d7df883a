"""All claims, by key and edition: the paper's, and beside them those of a user's file."""

import difflib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

from theory.claim import OWN, Claim
from theory.proofs.proof import Proof
from theory.published.lemma_1 import lemma_1, lemma_5
from theory.published.lemmas import convex_lemmas, nonconvex_lemmas
from theory.published.theorems import theorem_1_1, theorem_1_2
from theory.repaired import repaired
from theory.sharp import identities, sharp

_NEAREST = ("repaired", "published", "sharp")
"""Where a claim finds what its own edition lacks; what stands as published has no repair."""


class UnknownClaimError(KeyError):
    """No claim has this key and edition."""

    def __str__(self) -> str:
        """The sentence itself, without KeyError's quotes."""
        return str(self.args[0])


@dataclass(frozen=True)
class Beside:
    """Claims of edition own and proofs of some, from the file `origin` as its user named it."""

    origin: str = ""
    claims: tuple[Claim, ...] = ()
    proofs: tuple[Proof, ...] = ()


_BESIDE: ContextVar[Beside] = ContextVar("beside")
_NOTHING = Beside()


def beside() -> Beside:
    """What stands beside the paper's claims here; nothing unless inside `standing_beside`."""
    return _BESIDE.get(_NOTHING)


@contextmanager
def standing_beside(own: Beside) -> Iterator[None]:
    """Inside, every look-up finds these claims and proofs as well."""
    token = _BESIDE.set(own)
    try:
        yield
    finally:
        _BESIDE.reset(token)


def stand_beside(own: Beside) -> None:
    """The same for the rest of this process: a worker's."""
    _BESIDE.set(own)


def claims(edition: str | None = None) -> tuple[Claim, ...]:
    """Every claim, or those of one edition: editions one after the other, in the paper's order."""
    return (*_of_paper(edition), *(beside().claims if edition in (None, OWN) else ()))


@cache
def _of_paper(edition: str | None) -> tuple[Claim, ...]:
    ladder = sorted(
        (*convex_lemmas(), *nonconvex_lemmas()), key=lambda claim: int(claim.key.split("-")[1])
    )
    early = [claim for claim in ladder if claim.key in ("lemma-2", "lemma-3")]
    late = [claim for claim in ladder if claim not in early]
    published = (*lemma_1(), *early, *lemma_5(), *late, theorem_1_1(), theorem_1_2())
    every = (*published, *repaired(), *identities(), *sharp())
    return tuple(c for c in every if edition is None or c.edition == edition)


def claim(key: str, edition: str | None = None) -> Claim:
    """The claim with this key, of the first edition that has it unless one is named.

    Raises:
        UnknownClaimError: no such claim; the message names close keys.
    """
    found = [c for c in claims(edition) if c.key == key]
    if found:
        return found[0]
    elsewhere = [c.edition for c in claims() if c.key == key]
    keys = list(dict.fromkeys(c.key for c in claims(edition)))
    close = difflib.get_close_matches(key, keys, n=3, cutoff=0.4)
    hint = f"; close keys: {', '.join(close)}" if close else ""
    if elsewhere:
        hint = f"; it is of edition {' and '.join(elsewhere)}"
    of_edition = f" of edition {edition}" if edition else ""
    raise UnknownClaimError(f"KEY: expected a claim's key{of_edition}, got {key!r}{hint}")


def name_of(subject: Claim) -> str:
    """The key, with the edition where the published edition has this key too."""
    if subject.edition == "published":
        return subject.key
    shared = any(c.key == subject.key and c.edition != subject.edition for c in claims())
    return f"{subject.key} ({subject.edition})" if shared else subject.key


def used_by(subject: Claim) -> tuple[Claim, ...]:
    """The claims that this one's proof uses: of its own edition, else of the nearest."""
    return tuple(_nearest(key, subject.edition) for key in subject.depends_on)


def _nearest(key: str, edition: str) -> Claim:
    editions = {c.edition: c for c in claims() if c.key == key}
    found = next((editions[name] for name in (edition, *_NEAREST) if name in editions), None)
    return found or claim(key)


def dependency_graph() -> dict[str, tuple[str, ...]]:
    """Which claims each claim's proof uses, by `name_of`."""
    return {name_of(c): tuple(map(name_of, used_by(c))) for c in claims()}


def ancestors(subject: Claim) -> tuple[Claim, ...]:
    """Every claim that this one's proof uses, directly or through others."""
    found: list[Claim] = []
    waiting = list(used_by(subject))
    while waiting:
        head = waiting.pop(0)
        if head not in found:
            found.append(head)
            waiting.extend(used_by(head))
    return tuple(found)


def inherited_conditions(subject: Claim) -> tuple[tuple[str, Any], ...]:
    """Conditions that the proof uses through other claims and the claim does not print."""
    own = set(subject.conditions)
    return tuple(
        (below.key, condition)
        for below in ancestors(subject)
        for condition in below.conditions
        if condition not in own
    )
