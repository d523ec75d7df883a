"""The "forward mode" of the paper's released code: its tangents are uniform on [0, 1), not normal.

E u u' = I/12 + 11'/4 (the clipping at 1e-3 apart), so that <grad F, u> u has the mean
grad F/12 + (1/4) (sum of the partial derivatives) (1, ..., 1): no gradient, in any dimension.
"""

import jax

from hdo.estimators import clipped_uniform
from verify.own import Estimator


def uniform_tangent(loss, x, key, nu):
    """<grad F(x), u> u, u as the released code draws it."""
    u = clipped_uniform(key, 1, len(x))[0]
    return jax.jvp(loss, (x,), (u,))[1] * u


def normal_tangent(loss, x, key, nu):
    """The same with normal tangents, whose mean is the gradient."""
    u = jax.random.normal(key, x.shape, x.dtype)
    return jax.jvp(loss, (x,), (u,))[1] * u


ESTIMATORS = [
    Estimator(
        key="uniform-tangent",
        title="directional derivative along a uniform tangent",
        estimate=uniform_tangent,
        directions="own",
        bias=0,
    ),
    Estimator(
        key="normal-tangent",
        title="directional derivative along a normal tangent",
        estimate=normal_tangent,
        directions="own",
        bias=0,
    ),
]
