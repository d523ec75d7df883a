"""Estimates drawn from their exact distribution at less cost: what replaces what, and why.

A shortcut has the law of the estimator it replaces, given x and the sample, but other bits. The
engine uses those that are cheaper unless it is told `shortcuts=False`.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp

from hdo.engine_random import held, normal
from hdo.problems.base import Problem
from hdo.problems.linear import LinearModelProblem

Shortcut = Callable[[jax.Array, jax.Array, jax.Array, jax.Array], jax.Array]
"""`(x, agent, xi, key) -> G`."""

_ALONG, _ACROSS, _POINT = 0, 1, 2
"""Streams of a key: inside the subspace the loss sees, outside, along the point itself."""


def shortcut(name: str, problem: Problem, *, nu: float) -> Shortcut | None:
    """The shortcut of an estimator on a problem, or None where there is none that is cheaper."""
    rv = problem.population.directions
    if name == "forward-gradient" and rv > 1:
        return lambda x, agent, xi, key: averaged_forward_gradient(
            jax.grad(lambda y: problem.loss(y, agent, xi))(x), key, rv
        )
    central = name == "two-point-central"
    if not isinstance(problem, LinearModelProblem) or not (central or name == "two-point"):
        return None
    batch = problem.population.batch
    if batch is None or (problem.regularisation and not central):
        return None
    forms, p = batch * problem.classes, problem.d // problem.classes
    if batch >= p or 2 * (rv * forms + problem.d) >= rv * problem.d:
        return None

    def fast(x: jax.Array, agent: jax.Array, xi: jax.Array, key: jax.Array) -> jax.Array:
        return projected_differences(problem, x, agent, xi, key, nu=nu, central=central)

    return fast


def averaged_forward_gradient(g: jax.Array, key: jax.Array, rv: int) -> jax.Array:
    """(1/rv) sum_k <g, u_k> u_k in law, with d + rv numbers drawn in place of rv d.

    Proof. Let ghat = g/||g||, z_k = <ghat, u_k>, v_k = u_k - z_k ghat. Then z_k ~ N(0, 1) and v_k ~
    N(0, P), P = I - ghat ghat', all independent, and the average is (||g||/rv) (ghat sum z_k^2 +
    sum z_k v_k). Given the z_k the last sum is N(0, (sum z_k^2) P), so with chi2 = sum z_k^2 ~
    chi-square(rv) and w ~ N(0, P) independent it is (||g||/rv) (chi2 ghat + sqrt(chi2) w). Here
    w = P h, h ~ N(0, I), and for g = 0 the average is 0.
    """
    norm = jnp.sqrt((g * g).sum())
    unit = g / jnp.where(norm > 0, norm, 1.0)
    z = normal(key, (rv,), stream=_ALONG)
    h = held(lambda: normal(key, g.shape, stream=_ACROSS))
    chi2 = (z * z).sum()
    w = h - (unit @ h) * unit
    return norm / rv * (chi2 * unit + jnp.sqrt(chi2) * w)


def projected_differences(
    problem: LinearModelProblem,
    x: jax.Array,
    agent: jax.Array,
    xi: jax.Array,
    key: jax.Array,
    *,
    nu: float,
    central: bool,
) -> jax.Array:
    """(1/rv) sum_k D(u_k) u_k in law, for differences D that see u through few linear forms only.

    Proof. F(., xi) is a function of the products of the b rows a_r with the K weight vectors, plus
    (regularisation/2)||x||^2, whose difference is <x, u> times the regularisation if D is central;
    a forward D is taken without regularisation only. So D(u) = D(Pu) for the orthogonal projection
    P on the span S of the e_j (x) a_r and x. With u_k = P u_k + v_k the v_k ~ N(0, I - P) are
    independent of the P u_k, hence of the D_k, and given those sum D_k v_k ~ N(0, (sum D_k^2) (I -
    P)). So the sum is sum_k D_k P u_k + sqrt(sum D_k^2) (I - P) h with one h ~ N(0, I). A basis of
    S: I_K (x) Q, where Q (p, b) are orthonormal columns whose span holds all a_r (Householder QR,
    whatever their rank), and the rest of x, normalised (nothing where it is 0).
    """
    rv, K = problem.population.directions, problem.classes
    rows, y, scale = problem.sampled_rows(x, agent, xi)
    Q, R = jnp.linalg.qr(rows.T)
    weights = x.reshape(K, -1)
    z = weights @ rows.T
    q = held(lambda: normal(key, (rv, K, len(rows)), stream=_ALONG))
    rest = weights - (weights @ Q) @ Q.T
    size = jnp.sqrt((rest * rest).sum())
    unit = rest / jnp.where(size > 0, size, 1.0)
    s = normal(key, (rv,), stream=_POINT)

    def loss(shift: jax.Array) -> jax.Array:
        at = (z + shift).T if problem.link.multiclass else (z + shift)[0]
        return scale * problem.link.phi(at, y).mean()

    shifts = nu * (q @ R)
    if central:
        along = (q * (weights @ Q)).sum(axis=(1, 2)) + size * s
        D = jax.vmap(lambda v: (loss(v) - loss(-v)) / (2 * nu))(shifts)
        D = D + problem.regularisation * along
    else:
        here = loss(jnp.zeros_like(z))
        D = jax.vmap(lambda v: (loss(v) - here) / nu)(shifts)
    h = held(lambda: normal(key, weights.shape, stream=_ACROSS + 2))
    across = h - (h @ Q) @ Q.T - (h * unit).sum() * unit
    inside = (D[:, None, None] * q).sum(axis=0) @ Q.T + (D @ s) * unit
    return ((inside + jnp.sqrt((D * D).sum()) * across) / rv).reshape(-1)
