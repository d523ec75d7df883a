"""Gradient estimators as transformations of a pure loss F(x, xi), in JAX.

Each factory returns `estimate(loss, x, key) -> (d,)` where `loss(x)` is F(., xi) at one sample,
shared by the `directions` = rv directions that are averaged; `nu` is the smoothing radius. The
residual also takes and returns what it remembers. What is known of bias and second moment of each
is in `hdo.estimators_moments`.
"""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import jax
import jax.numpy as jnp

from hdo.engine_random import held, integers, normal, uniform

Loss: TypeAlias = Callable[[jax.Array], jax.Array]
Estimator: TypeAlias = Callable[[Loss, jax.Array, jax.Array], jax.Array]
Remembering: TypeAlias = Callable[
    [Loss, jax.Array, jax.Array, jax.Array], tuple[jax.Array, jax.Array]
]
Slope: TypeAlias = Callable[[Loss, jax.Array, jax.Array], jax.Array]
Draw: TypeAlias = Callable[[jax.Array, int, int], jax.Array]

LEVELS = 16
"""Levels of the de-biased estimator: what is left is the bias at the radius nu 2^-16."""

LEVEL_DECAY = 2.0**-1.5
"""P(N = k) is proportional to this to the power k, k = 1, ..., LEVELS (Chen 2020: between the
2^-1 of the cost and the 2^-2 of the variance of one level)."""

LEAST_TANGENT = 1e-3
"""Where the released code clips its uniform tangents from below."""

_LEVEL_STREAM = 1


def gaussian(key: jax.Array, directions: int, d: int) -> jax.Array:
    """Rows N(0, I): (directions, d)."""
    return held(lambda: normal(key, (directions, d)))


def spherical(key: jax.Array, directions: int, d: int) -> jax.Array:
    """Rows uniform on the unit sphere."""
    u = gaussian(key, directions, d)
    return u / jnp.sqrt((u * u).sum(axis=-1, keepdims=True))


def coordinates(key: jax.Array, directions: int, d: int) -> jax.Array:
    """Rows of the identity matrix, independent and uniform."""
    chosen = integers(key, (directions,), d)
    return (chosen[:, None] == jnp.arange(d)).astype(float)


def clipped_uniform(key: jax.Array, directions: int, d: int) -> jax.Array:
    """Entries uniform on [0, 1), those below LEAST_TANGENT set to it."""
    return jnp.maximum(uniform(key, (directions, d)), LEAST_TANGENT)


def forward_difference(nu: float) -> Slope:
    """(F(x + nu u) - F(x))/nu."""
    return lambda loss, x, u: (loss(x + nu * u) - loss(x)) / nu


def central_difference(nu: float) -> Slope:
    """(F(x + nu u) - F(x - nu u))/(2 nu)."""
    return lambda loss, x, u: (loss(x + nu * u) - loss(x - nu * u)) / (2 * nu)


def complex_difference(nu: float) -> Slope:
    """Im F(x + i nu u)/nu: no difference of close values, so nu may be as small as one likes."""
    return lambda loss, x, u: loss(x + 1j * nu * u).imag / nu


def directional_derivative(loss: Loss, x: jax.Array, u: jax.Array) -> jax.Array:
    """<grad F(x), u>, by forward mode."""
    return jax.jvp(loss, (x,), (u,))[1]


def first_order(*, nu: float, directions: int) -> Estimator:
    """The gradient of F(., xi) at x; `nu` and `directions` play no part."""
    del nu, directions
    return lambda loss, x, key: jax.grad(loss)(x)


def _along(draw: Draw, slope: Slope, directions: int, *, spread: bool = False) -> Estimator:
    """The mean of slope(u) u over directions; times d where E u u' = I/d (`spread`)."""

    def estimate(loss: Loss, x: jax.Array, key: jax.Array) -> jax.Array:
        u = draw(key, directions, len(x))
        slopes = jax.vmap(lambda v: slope(loss, x, v))(u)
        weight = len(x) / directions if spread else 1 / directions
        return weight * (slopes[:, None] * u).sum(axis=0)

    return estimate


def two_point(*, nu: float, directions: int) -> Estimator:
    """(F(x + nu u, xi) - F(x, xi))/nu u, u ~ N(0, I), averaged over directions (Definition 2)."""
    return _along(gaussian, forward_difference(nu), directions)


def two_point_central(*, nu: float, directions: int) -> Estimator:
    """(F(x + nu u) - F(x - nu u))/(2 nu) u, u ~ N(0, I) (Nesterov, Spokoiny 2017)."""
    return _along(gaussian, central_difference(nu), directions)


def sphere(*, nu: float, directions: int) -> Estimator:
    """d (F(x + nu u) - F(x))/nu u, u uniform on the unit sphere (Flaxman, Kalai, McMahan 2005)."""
    return _along(spherical, forward_difference(nu), directions, spread=True)


def sphere_central(*, nu: float, directions: int) -> Estimator:
    """d (F(x + nu u) - F(x - nu u))/(2 nu) u, u uniform on the unit sphere (Shamir 2017)."""
    return _along(spherical, central_difference(nu), directions, spread=True)


def coordinate(*, nu: float, directions: int) -> Estimator:
    """d (F(x + nu e_k) - F(x - nu e_k))/(2 nu) e_k, k uniform, drawn anew for every direction."""
    return _along(coordinates, central_difference(nu), directions, spread=True)


def complex_step(*, nu: float, directions: int) -> Estimator:
    """d Im F(x + i nu u)/nu u, u uniform on the unit sphere (Jongeneel, Yue, Kuhn 2021).

    Only for losses that extend analytically: `hdo.estimators_analytic` says which do.
    """
    return _along(spherical, complex_difference(nu), directions, spread=True)


def forward_gradient(*, nu: float, directions: int) -> Estimator:
    """<grad F(x, xi), u> u with u ~ N(0, I), by forward mode, averaged over directions; no `nu`."""
    del nu
    return _along(gaussian, directional_derivative, directions)


def uniform_tangent(*, nu: float, directions: int) -> Estimator:
    """<grad F(x, xi), u> u with entries of u uniform on [0, 1), clipped below at 1e-3; no `nu`.

    What the paper's released code runs as forward mode: its mean is not the gradient.
    """
    del nu
    return _along(clipped_uniform, directional_derivative, directions)


def level_law() -> tuple[float, ...]:
    """P(N = k), k = 1, ..., LEVELS."""
    weights = [LEVEL_DECAY**k for k in range(1, LEVELS + 1)]
    return tuple(weight / sum(weights) for weight in weights)


def debiased(*, nu: float, directions: int) -> Estimator:
    """(D(nu) + (D(nu 2^-N) - D(nu 2^(1-N)))/P(N)) u, D(h) = (F(x + h u) - F(x))/h, u ~ N(0, I).

    Randomised truncation of the telescoping sum of differences (Chen 2020; Rhee, Glynn 2015): its
    mean is that of the two-point estimator with the radius nu 2^-LEVELS. N is drawn anew for every
    direction.
    """
    law = level_law()
    below = tuple(sum(law[:k]) for k in range(1, LEVELS))

    def estimate(loss: Loss, x: jax.Array, key: jax.Array) -> jax.Array:
        u = gaussian(key, directions, len(x))
        chosen = uniform(key, (directions,), stream=_LEVEL_STREAM)
        levels = (chosen[:, None] > jnp.asarray(below)).sum(axis=1)

        def slope(v: jax.Array, level: jax.Array) -> jax.Array:
            def difference(h: jax.Array | float) -> jax.Array:
                return (loss(x + h * v) - loss(x)) / h

            fine = nu * jnp.exp2(-1.0 - level)
            return (
                difference(nu) + (difference(fine) - difference(2 * fine)) / jnp.asarray(law)[level]
            )

        return (jax.vmap(slope)(u, levels)[:, None] * u).mean(axis=0)

    return estimate


def residual(*, nu: float, directions: int) -> Remembering:
    """(F(x + nu u, xi) - c)/nu u, c the agent's value before (Zhang, Zhou, Ji, Zavlanos 2022).

    u ~ N(0, I), averaged over directions, all with the same c; the next c is the mean of the new
    values. Where nothing is remembered (NaN) c = F(x, xi), which makes it the two-point estimator.
    """

    def estimate(
        loss: Loss, x: jax.Array, key: jax.Array, memory: jax.Array
    ) -> tuple[jax.Array, jax.Array]:
        u = gaussian(key, directions, len(x))
        values = jax.vmap(lambda v: loss(x + nu * v))(u)
        before = jnp.where(jnp.isnan(memory), loss(x), memory)
        return (((values - before) / nu)[:, None] * u).mean(axis=0), values.mean()

    return estimate


FACTORIES: Mapping[str, Callable[..., Estimator]] = MappingProxyType(
    {
        "first-order": first_order,
        "two-point": two_point,
        "forward-gradient": forward_gradient,
        "two-point-central": two_point_central,
        "sphere": sphere,
        "sphere-central": sphere_central,
        "coordinate": coordinate,
        "complex-step": complex_step,
        "debiased": debiased,
        "uniform-tangent": uniform_tangent,
    }
)
"""The factories by the names a population uses (`hdo.population.ESTIMATORS`)."""

REMEMBERING: Mapping[str, Callable[..., Remembering]] = MappingProxyType({"residual": residual})
"""Those that remember one number from estimate to estimate."""


def all_remembering(name: str, *, nu: float, directions: int) -> Remembering:
    """Any estimator in the form that takes and returns a memory (kept as it is where unused)."""
    if name in REMEMBERING:
        return REMEMBERING[name](nu=nu, directions=directions)
    plain = FACTORIES[name](nu=nu, directions=directions)
    return lambda loss, x, key, memory: (plain(loss, x, key), memory)


MEMORY_NONE = math.nan
"""The memory of an agent that has not estimated yet."""
