"""What has exact evidence at all: the paper's three estimators, and Algorithm 1 or matchings."""

from collections.abc import Iterable

from hdo.population import PAPER
from verify.errors import NotExact

QUADRATIC_KINDS = ("quadratic", "ridge")
"""Kinds whose losses are polynomials of degree 2."""


def unmeasured_estimator(agents: Iterable[str]) -> str | None:
    """The first estimator whose moments are not measured exactly here."""
    return next((name for name in agents if name not in PAPER), None)


def require_measured(agents: Iterable[str]) -> None:
    """Raise NotExact unless every agent uses an estimator of the paper."""
    name = unmeasured_estimator(agents)
    if name is not None:
        raise NotExact(f"the estimator {name!r} has no exact evidence, only {', '.join(PAPER)}")


def require_plain(beyond: tuple[str, ...]) -> None:
    """Raise NotExact for a method with what `hdo.spec.Method.beyond` names."""
    if beyond:
        raise NotExact(f"{beyond[0]}: only constant steps and fresh meetings have exact evidence")
