"""Intervals for the mean and the second moment of a user's estimator, from samples.

The loss is f^i itself, without a sample. It knows no bound.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hdo.problems import LinearModelProblem, Problem
from verify.errors import NotExact
from verify.own.directions import DIRECTIONS
from verify.own.exact import OWN_LAW, Moment, loss_of, require_shape
from verify.statistical.bounds import KURTOSIS, lower_bound, upper_bound

Array = NDArray[np.float64]
Interval = tuple[float, float]

BATCH = 256
"""Estimates that make one value: their mean, which is nearly normal."""

LOOKS = (512, 2048, 8192)
"""After so many values the intervals are looked at; the last is the most that are drawn."""

PILOT = 64
"""The first values, which choose shifts and clips, and are then left out."""

ROUNDING = 1e-6
"""What float64 may be wrong by, relative to the root of the second moment."""

LONGEST = 1000
"""Numbers of data that one evaluation of the losses may read."""

_LOSS_DIGITS = 2.0**-48
"""Relative error granted to a difference of two losses."""


@dataclass(frozen=True)
class Enclosure:
    """`low` <= the quantity <= `high` after so many estimates."""

    low: float
    high: float
    estimates: int


def enclosures(
    moment: Moment, problem: Problem, agent: int, x: Array, nu: float, *, seed: int, level: float
) -> Iterator[Enclosure]:
    """Narrower and narrower; all of them hold but with probability `level`.

    Upper bounds, and both bounds of a mean, ASSUME E X^2 <= KURTOSIS (E X)^2 for nonnegative means
    X of `BATCH` estimates; all that float64 is wrong by less than `ROUNDING`. Raises NotExact where
    differences of the loss cancel too much for that, and where the loss is too long to sample.
    """
    _require_short(problem)
    values = _Values(moment, problem, agent, x, nu, seed=seed)
    gradient = np.asarray(problem.gradients(np.tile(x, (problem.n, 1)))[agent], dtype=float)
    for count in LOOKS:
        means, squares = values.up_to(count)
        alpha = level / (2 if moment.what == "second moment" else 4 * len(x))
        size = float(np.sqrt(squares.mean()))
        _require_digits(problem, agent, x, nu, size)
        slack = ROUNDING * size
        if moment.what == "second moment":
            low, high = _nonnegative(squares, alpha)
            slack *= size
        else:
            low, high = _distance([_signed(z, alpha) for z in (means - gradient).T])
        yield Enclosure(max(low - slack, 0.0), high + slack, count * BATCH)


def _require_short(problem: Problem) -> None:
    if isinstance(problem, LinearModelProblem) and problem.n * problem.features.size > LONGEST:
        raise NotExact("the loss has too many rows of data to be sampled")


def _require_digits(problem: Problem, agent: int, x: Array, nu: float, size: float) -> None:
    height = abs(float(problem.values(np.tile(x, (problem.n, 1)))[agent]))
    if not _LOSS_DIGITS * height / nu <= ROUNDING * size:
        raise NotExact("differences of the loss cancel too much in float64")


def _nonnegative(values: Array, alpha: float) -> Interval:
    """An interval for the mean of nonnegative values, each side wrong with probability alpha."""
    pilot, rest = values[:PILOT], values[PILOT:]
    if not rest.any():
        return 0.0, np.inf
    # what clipping hides, about kappa/(4 clip), against what it costs, ln(1/alpha) clip/N
    scale = max(float(pilot.mean()), float(np.nextafter(0, 1)))
    clip = scale * max(np.sqrt(KURTOSIS * len(rest) / (4 * -np.log(alpha))), 1.0)
    return lower_bound(rest, alpha=alpha), upper_bound(rest, clip=clip, alpha=alpha)


def _signed(values: Array, alpha: float) -> Interval:
    """The same for values of either sign: positive and negative part, each moved away from 0."""
    shift = float(np.abs(values[:PILOT]).mean())
    if shift == 0:
        return -np.inf, np.inf
    parts = [_nonnegative(np.maximum(side, 0) + shift, alpha) for side in (values, -values)]
    return parts[0][0] - parts[1][1], parts[0][1] - parts[1][0]


def _distance(box: list[Interval]) -> Interval:
    """The least and the largest norm in a box."""
    near = [max(low, -high, 0.0) for low, high in box]
    far = [max(-low, high) for low, high in box]
    return float(np.linalg.norm(near)), float(np.linalg.norm(far))


class _Values:
    """Means of batches of G and of ||G||^2, drawn as they are needed; number k has its own key."""

    def __init__(
        self, moment: Moment, problem: Problem, agent: int, x: Array, nu: float, *, seed: int
    ) -> None:
        self._draw = _compiled(moment, problem, agent, x, nu)
        self._seed = seed
        self._means = np.empty((0, len(x)))
        self._squares = np.empty(0)

    def up_to(self, count: int) -> tuple[Array, Array]:
        """The first `count` of them: (count, d) and (count,)."""
        import jax

        with jax.enable_x64(True):
            while len(self._squares) < count:
                means, squares = self._draw(self._seed, len(self._squares))
                self._means = np.concatenate([self._means, np.asarray(means)])
                self._squares = np.concatenate([self._squares, np.asarray(squares)])
        return self._means[:count], self._squares[:count]


_CHUNK = 512
"""Values that are drawn together."""


def _compiled(moment: Moment, problem: Problem, agent: int, x: Array, nu: float) -> Any:
    """A function of the seed and the number of the first value."""
    import jax
    import jax.numpy as jnp

    from hdo.engine_random import fold, make_key

    loss = loss_of(problem, agent)

    def one(key: Any) -> Any:
        point = jnp.asarray(x)
        given = key if moment.law == OWN_LAW else DIRECTIONS[moment.law].draw(key, len(x))
        value = moment.estimate(loss, point, given, nu)
        require_shape(value, len(x))
        return value

    def batch(key: Any, number: Any) -> Any:
        keys = jax.vmap(lambda place: fold(key, number, place))(jnp.arange(BATCH))
        values = jax.vmap(one)(keys)
        return values.mean(axis=0), (values * values).sum(axis=1).mean()

    def chunk(seed: Any, first: Any) -> Any:
        numbers = first + jnp.arange(_CHUNK)
        return jax.lax.map(lambda number: batch(make_key(seed), number), numbers)

    return jax.jit(chunk)
