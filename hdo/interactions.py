"""Who meets whom: draws of the agents that act in one interaction and of their mates, in JAX."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from hdo.engine_random import integers, uniform, words

Meeting: TypeAlias = tuple[jax.Array, jax.Array]
"""(agents, mates), index arrays of one length: `mates[k]` is the partner of `agents[k]`."""

Meet: TypeAlias = Callable[[jax.Array, int], Meeting]
"""A draw of one meeting among n agents from a key."""

_SECOND, _LOSS = 1, 2
"""Streams of a meeting's key beside the first."""


def pair(key: jax.Array, n: int) -> Meeting:
    """Two distinct agents, uniformly among all pairs; nobody else acts (Algorithm 1)."""
    first = integers(key, (), n)
    other = integers(key, (), n - 1, stream=_SECOND)
    return _both(first, other + (other >= first))


def matching(key: jax.Array, n: int) -> Meeting:
    """All agents act, in a uniformly random matching; with odd n one is its own mate.

    The order is that of n random words of 64 bits: uniform but for ties, of probability 2^-64 each.
    """
    high, low = words(key, (n,))
    _, _, order = jax.lax.sort((high, low, jnp.arange(n)), num_keys=2)
    half = n // 2
    left, right = order[:half], order[half : 2 * half]
    mates = jnp.arange(n).at[left].set(right).at[right].set(left)
    return jnp.arange(n), mates


def along(edges: NDArray[np.intp], key: jax.Array, n: int) -> Meeting:
    """The two ends of an edge, uniformly among the edges (m, 2) of a graph."""
    del n
    ends = jnp.asarray(edges)[integers(key, (), len(edges))]
    return _both(ends[0], ends[1])


def _both(first: jax.Array, second: jax.Array) -> Meeting:
    agents = jnp.stack([first, second])
    return agents, agents[::-1]


def with_loss(meet: Meet, probability: float) -> Meet:
    """The same meetings, each lost with this probability, independently: those who step stay alone.

    A lost pair takes its two steps and does not average; each is its own mate.
    """

    def lossy(key: jax.Array, n: int) -> Meeting:
        agents, mates = meet(key, n)
        # one number for both ends: that of the lower
        drawn = uniform(key, (n,), stream=_LOSS)[jnp.minimum(agents, mates)]
        return agents, jnp.where(drawn < probability, agents, mates)

    return lossy


INTERACTIONS: Mapping[str, Meet] = MappingProxyType({"pair": pair, "matching": matching})
"""The draws that need no graph, by the names a spec uses."""


def make_meet(name: str, *, edges: NDArray[np.intp] | None = None, loss: float = 0.0) -> Meet:
    """The draw of a spec: `edges` (m, 2) for `graph`; `loss`: of how many meetings."""
    meet = partial(along, edges) if edges is not None else INTERACTIONS[name]
    return with_loss(meet, loss) if loss else meet
