"""Step sizes over time: eta_t from the spec's eta, as pure functions of t in JAX or numpy."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from hdo.errors import InputError
from hdo.ring import Array, namespace

SCHEDULES = ("constant", "theorem", "warmup-cosine")
"""constant: eta. theorem: constant too, eta(T) = 4 n ln(T)/(T l), that of Theorem 1. warmup-cosine:
eta times a linear rise to 1, then half a cosine down to a final fraction."""

Schedule = Callable[[Array], Array]
"""t (interactions done before this one) -> eta_t."""


@dataclass(frozen=True)
class ScheduleKeys:
    """`kind` and, for warmup-cosine, `warmup` in interactions and `final`, a fraction of eta."""

    kind: str = "constant"
    warmup: int = 0
    final: float = 0.0


PLAIN = ScheduleKeys()


def theorem_step_size(*, n: int, l: float, steps: int) -> float:  # noqa: E741 - the paper's symbol
    """eta(T) = 4 n ln(T)/(T l); InputError where f is not strongly convex or T < 2."""
    if not l > 0:
        expected = "a strongly convex objective (l > 0), as eta(T) = 4 n ln(T)/(T l) needs it"
        raise InputError("method.schedule", "theorem", expected)
    if steps < 2:
        raise InputError("method.steps", steps, "an integer >= 2 for the schedule of the theorem")
    return 4 * n * math.log(steps) / (steps * l)


def make_schedule(keys: ScheduleKeys, *, step_size: float, steps: int) -> Schedule:
    """eta_t for t in 0..steps-1; `step_size` is that of the theorem for `theorem`."""
    return _MAKERS[keys.kind](keys, step_size, steps)


def _constant(keys: ScheduleKeys, step_size: float, steps: int) -> Schedule:
    del keys, steps
    return lambda t: step_size


def _warmup_cosine(keys: ScheduleKeys, step_size: float, steps: int) -> Schedule:
    rest = max(steps - keys.warmup, 1)

    def eta(t: Array) -> Array:
        xp = namespace(t)
        rise = (t + 1.0) / max(keys.warmup, 1)
        fall = (1 + xp.cos(math.pi * (t - keys.warmup) / rest)) / 2
        share = xp.where(t < keys.warmup, rise, keys.final + (1 - keys.final) * fall)
        return step_size * share

    return eta


_MAKERS: Mapping[str, Callable[[ScheduleKeys, float, int], Any]] = MappingProxyType(
    {"constant": _constant, "theorem": _constant, "warmup-cosine": _warmup_cosine}
)
