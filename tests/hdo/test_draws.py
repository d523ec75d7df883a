"""The laws of what a run draws beside pairs and normals: axes, spheres, lost meetings, samples.

|z| < 5 a statistic: a right law fails one run in a million, wrong ones by far more.
"""

import math
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from system_cases import table

from hdo.engine_random import fold, make_key
from hdo.estimators import (
    LEVEL_DECAY,
    LEVELS,
    clipped_uniform,
    coordinates,
    level_law,
    spherical,
)
from hdo.interactions import make_meet
from hdo.spec import Spec, build_problem

DRAWS = 40_000
LIMIT = 5.0


def many(draw: Any, *, seed: int = 5) -> Any:
    """The draw from DRAWS different keys."""
    with jax.enable_x64(True):
        keys = jax.vmap(lambda k: fold(make_key(seed), k, 0))(jnp.arange(DRAWS))
        return jax.tree.map(np.asarray, jax.jit(jax.vmap(draw))(keys))


def score(found: np.ndarray, expected: float) -> float:
    """The largest |z| of the column means."""
    error = found.std(axis=0) / math.sqrt(len(found)) + 1e-12  # a column may be constant
    return float(np.abs((found.mean(axis=0) - expected) / error).max())


def test_axes_are_uniform() -> None:
    """Each direction is one unit vector, each axis with probability 1/d; two are independent."""
    d = 4
    u = many(lambda key: coordinates(key, 2, d))
    assert np.array_equal(np.sort(u, axis=2)[..., -2:], np.tile([0.0, 1.0], (DRAWS, 2, 1)))
    assert score(u[:, 0], 1 / d) < LIMIT
    assert score((u[:, 0] * u[:, 1]).sum(axis=1, keepdims=True), 1 / d) < LIMIT


@pytest.mark.parametrize("d", [2, 5])
def test_directions_on_the_sphere_are_uniform(d: int) -> None:
    """Length 1, mean 0, E u u' = I/d, E u_k^4 = 3/(d (d + 2)); two are independent."""
    u = many(lambda key: spherical(key, 2, d))
    assert np.allclose((u**2).sum(axis=2), 1.0, rtol=1e-12)
    one = u[:, 0]
    assert score(one, 0.0) < LIMIT
    assert score(one**2, 1 / d) < LIMIT
    assert score(one**4, 3 / (d * (d + 2))) < LIMIT
    assert score(one * np.roll(one, 1, axis=1), 0.0) < LIMIT
    assert score((one * u[:, 1]).sum(axis=1, keepdims=True) ** 2, 1 / d) < LIMIT


def test_released_tangents_are_clipped_uniform_numbers() -> None:
    """Mean 1/2 + c^2/2 and least value c = 1e-3; P(u = c) = c."""
    u = many(lambda key: clipped_uniform(key, 1, 3))[:, 0]
    assert u.min() == 1e-3
    assert u.max() < 1
    assert score(u, 0.5 + 0.5e-6) < LIMIT
    assert score((u == 1e-3).astype(float), 1e-3) < LIMIT


@pytest.mark.parametrize("name", ["pair", "matching"])
def test_meetings_are_lost_with_their_probability_and_by_both(name: str) -> None:
    """A lost meeting leaves both alone, one that is kept leaves none: 30 % are lost."""
    n, lost = 6, 0.3
    meet, lossy = make_meet(name), make_meet(name, loss=lost)
    agents, mates = many(lambda key: meet(key, n))
    same, kept = many(lambda key: lossy(key, n))
    assert np.array_equal(agents, same)
    alone = kept == agents
    assert np.array_equal(kept[~alone], mates[~alone])
    # who is alone is so together with the one it was to meet
    rows = np.arange(DRAWS)[:, None]
    by_number = np.zeros((DRAWS, n), dtype=bool)
    by_number[rows, agents] = alone
    assert np.array_equal(by_number[rows, mates], alone)
    assert score(alone.astype(float), lost) < LIMIT


def test_meetings_of_a_matching_are_lost_independently() -> None:
    """Among six agents the number of lost pairs is binomial, of variance 3 p (1 - p)."""
    agents, kept = many(lambda key: make_meet("matching", loss=0.3)(key, 6))
    lost = (kept == agents).sum(axis=1) / 2
    assert score(((lost - 0.9) ** 2)[:, None], 3 * 0.3 * 0.7) < LIMIT


def test_samples_have_the_stated_variance() -> None:
    """E||xi||^2 = s^2 in equal parts, mean 0, uncorrelated, and Gaussian (E xi_k^4 = 3 s^4/d^2)."""
    problem = build_problem(Spec.from_dict(table(problem={"noise": 2.5})))
    d = problem.d
    xi = many(lambda key: problem.sample(key, jnp.asarray(1)))
    assert d > 1
    assert score(xi, 0.0) < LIMIT
    assert score((xi**2).sum(axis=1, keepdims=True), 2.5) < LIMIT
    assert score(xi**2, 2.5 / d) < LIMIT
    assert score(xi**4, 3 * (2.5 / d) ** 2) < LIMIT
    assert score(xi * np.roll(xi, 1, axis=1), 0.0) < LIMIT


def test_levels_of_the_debiased_estimator_are_a_truncated_geometric_law() -> None:
    """LEVELS probabilities that add up to 1, each 2^-3/2 of the one before."""
    law = level_law()
    assert len(law) == LEVELS
    assert math.isclose(sum(law), 1.0, rel_tol=1e-15)
    assert all(math.isclose(b / a, LEVEL_DECAY) for a, b in pairwise(law))
