"""Gradient estimators as transformations of a pure loss F(x, xi), in JAX.

Each factory returns `estimate(loss, x, key) -> (d,)` where `loss(x)` is F(., xi) at one sample,
shared by the `directions` = rv standard normal directions that are averaged.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import jax
import jax.numpy as jnp

Loss: TypeAlias = Callable[[jax.Array], jax.Array]
Estimator: TypeAlias = Callable[[Loss, jax.Array, jax.Array], jax.Array]


def first_order(*, nu: float, directions: int) -> Estimator:
    """The gradient of F(., xi) at x; `nu` and `directions` play no part."""
    del nu, directions

    def estimate(loss: Loss, x: jax.Array, key: jax.Array) -> jax.Array:
        del key
        return jax.grad(loss)(x)

    return estimate


def two_point(*, nu: float, directions: int) -> Estimator:
    """(F(x + nu u, xi) - F(x, xi))/nu u, u ~ N(0, I), averaged over directions (Definition 2)."""

    def estimate(loss: Loss, x: jax.Array, key: jax.Array) -> jax.Array:
        here = loss(x)

        def along(u: jax.Array) -> jax.Array:
            return (loss(x + nu * u) - here) / nu * u

        return jax.vmap(along)(_normals(key, directions, x)).mean(axis=0)

    return estimate


def forward_gradient(*, nu: float, directions: int) -> Estimator:
    """<grad F(x, xi), u> u with u ~ N(0, I), by forward mode, averaged over directions; no `nu`."""
    del nu

    def estimate(loss: Loss, x: jax.Array, key: jax.Array) -> jax.Array:
        def along(u: jax.Array) -> jax.Array:
            return jax.jvp(loss, (x,), (u,))[1] * u

        return jax.vmap(along)(_normals(key, directions, x)).mean(axis=0)

    return estimate


def _normals(key: jax.Array, directions: int, x: jax.Array) -> jax.Array:
    return jax.random.normal(key, (directions, *x.shape), dtype=jnp.result_type(x))


FACTORIES: Mapping[str, Callable[..., Estimator]] = MappingProxyType(
    {
        "first-order": first_order,
        "two-point": two_point,
        "forward-gradient": forward_gradient,
    }
)
"""The factories by the names a population uses (`hdo.population.ESTIMATORS`)."""
