"""Which claims belong together: a published statement, its repair, its sharp forms."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from theory import EDITIONS, Claim, claims


@dataclass(frozen=True)
class Family:
    """One published statement with the claims that stand in its place.

    `editions` are shown side by side; `variants` speak of other estimators or meetings.
    """

    published: Claim
    editions: tuple[Claim, ...]
    variants: tuple[Claim, ...]

    @property
    def id(self) -> str:
        """Its anchor."""
        return f"family-{self.published.key}"


@cache
def families() -> tuple[Family, ...]:
    """The published claims in the paper's order, theorems first, each with its family."""
    published = claims("published")
    theorems_first = sorted(published, key=lambda c: not c.key.startswith("theorem"))
    return tuple(_family(c) for c in theorems_first)


@cache
def further() -> tuple[Claim, ...]:
    """Claims that stand for no single published statement: identities, bounds on the way."""
    return tuple(c for c in claims() if _head(c) is None)


def _family(published: Claim) -> Family:
    members = [c for c in claims() if c != published and _head(c) == published]
    own = [c for c in members if c.edition == "repaired" or not _varies(c, published)]
    own.sort(key=lambda c: (EDITIONS.index(c.edition), c.key != published.key))
    return Family(published, (published, *own), tuple(c for c in members if c not in own))


def _varies(subject: Claim, published: Claim) -> bool:
    """Whether a claim speaks of another way to meet, or of another estimator than is printed."""
    other = subject.estimator == "forward-gradient" != published.estimator
    return other or subject.interaction != published.interaction


def _head(subject: Claim) -> Claim | None:
    """The published claim of the same key, of a key that begins it, or of the same source."""
    published = claims("published")
    tests: Sequence[list[Claim]] = (
        [c for c in published if c.key == subject.key],
        [c for c in published if subject.key.startswith((f"{c.key}.", f"{c.key}-"))],
        [c for c in published if subject.source[:1] == c.source[:1]],
    )
    return next((found[0] for found in tests if found), None)


def title(subject: Claim) -> str:
    """What the paper calls a published claim, without remarks; the key of another."""
    if subject.edition != "published":
        return subject.key
    return re.sub(r" \([A-Z].*?\)", "", subject.source[0])


def anchor(key: str, edition: str) -> str:
    """Where a claim is in the page."""
    return f"claim-{key}-{edition}"
