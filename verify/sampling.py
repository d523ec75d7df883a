"""Drafts that hypothesis draws from a seed, and from nothing else."""

from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider

from verify.instance import Draft

_BACKEND = "hdo-seeded"


class _Seeded(HypothesisProvider):
    """Hypothesis's own choices, without the constants that it collects from imported modules.

    With them the same seed draws otherwise in a worker process than in its parent.
    """

    def _maybe_draw_constant(self, *_: Any, **__: Any) -> None:
        return None


AVAILABLE_PROVIDERS[_BACKEND] = _Seeded


def sample(strategy: st.SearchStrategy[Draft], *, count: int, entropy: int) -> list[Draft]:
    """At most `count` different drafts that hypothesis draws from this seed, in its order."""
    found: dict[Draft, None] = {}

    @seed(entropy)
    @settings(
        backend=_BACKEND,
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(draft: Draft) -> None:
        found[draft] = None

    collect()
    return list(found)
