"""Who meets whom: draws of the agents that act in one interaction and of their mates, in JAX."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import jax
import jax.numpy as jnp

Meeting: TypeAlias = tuple[jax.Array, jax.Array]
"""(agents, mates), index arrays of one length: `mates[k]` is the partner of `agents[k]`."""


def pair(key: jax.Array, n: int) -> Meeting:
    """Two distinct agents, uniformly among all pairs; nobody else acts (Algorithm 1)."""
    first_key, second_key = jax.random.split(key)
    first = jax.random.randint(first_key, (), 0, n)
    other = jax.random.randint(second_key, (), 0, n - 1)
    second = other + (other >= first)
    agents = jnp.stack([first, second])
    return agents, agents[::-1]


def matching(key: jax.Array, n: int) -> Meeting:
    """All agents act, in a uniformly random matching; with odd n one is its own mate."""
    order = jax.random.permutation(key, n)
    half = n // 2
    left, right = order[:half], order[half : 2 * half]
    mates = jnp.arange(n).at[left].set(right).at[right].set(left)
    return jnp.arange(n), mates


INTERACTIONS: Mapping[str, Callable[[jax.Array, int], Meeting]] = MappingProxyType(
    {"pair": pair, "matching": matching}
)
"""The draws by the names a spec uses."""
