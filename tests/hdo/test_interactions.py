"""Who meets whom: laws of the two draws, and a mutant."""

import math
from functools import partial
from itertools import combinations

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hdo.interactions import INTERACTIONS, Meeting, along, matching, pair, with_loss
from hdo.spec import INTERACTIONS as NAMES

DRAWS = 60_000
LIMIT = 5.0


def meetings(draw, n: int) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[no-untyped-def]
    """Many independent meetings: agents and mates, (DRAWS, acting)."""
    with jax.enable_x64(True):
        keys = jax.random.key_data(jax.random.split(jax.random.key(2), DRAWS))
        agents, mates = jax.jit(jax.vmap(lambda key: draw(key, n)))(keys)
        return np.asarray(agents), np.asarray(mates)


def worst_score(agents: np.ndarray, mates: np.ndarray, n: int, probability: float) -> float:
    """The largest |z| over pairs {i, j} of how often they met, against `probability` a draw."""
    error = math.sqrt(DRAWS * probability * (1 - probability))
    met = [((agents == i) & (mates == j)).any(axis=1).sum() for i, j in combinations(range(n), 2)]
    return float(np.abs((np.array(met) - DRAWS * probability) / error).max())


@pytest.mark.parametrize("n", [2, 3, 6])
def test_pairs_are_uniform(n: int) -> None:
    """Each of the n(n-1)/2 pairs equally often: |z| < 5 sees one off by 8 % at n = 6."""
    agents, mates = meetings(pair, n)
    assert np.array_equal(agents, mates[:, ::-1])
    assert np.all(agents[:, 0] != agents[:, 1])
    if n == 2:
        assert np.array_equal(np.sort(agents), np.tile([0, 1], (DRAWS, 1)))
    else:
        assert worst_score(agents, mates, n, 2 / (n * (n - 1))) < LIMIT


@pytest.mark.parametrize("n", [4, 5])
def test_matchings_are_uniform(n: int) -> None:
    """i and j are mates with probability 1/(n-1) for even n, 1/n for odd n (|z| < 5 sees 4 %)."""
    agents, mates = meetings(matching, n)
    assert worst_score(agents, mates, n, 1 / (n - 1 if n % 2 == 0 else n)) < LIMIT


def test_meetings_on_a_graph_are_its_edges_uniformly() -> None:
    """A path 0-1-2-3 with the chord 0-2: each edge a quarter of the draws, nothing else."""
    edges = np.array([[0, 1], [1, 2], [2, 3], [0, 2]])
    agents, mates = meetings(partial(along, edges), 4)
    assert np.array_equal(agents, mates[:, ::-1])
    drawn, count = np.unique(np.sort(agents, axis=1), axis=0, return_counts=True)
    assert drawn.tolist() == sorted(edges.tolist())
    error = math.sqrt(DRAWS * 0.25 * 0.75)
    assert np.abs((count - DRAWS / 4) / error).max() < LIMIT


def test_a_lost_meeting_leaves_both_alone() -> None:
    """A third of the pairs is lost, whole: the agents are drawn as before, each its own mate."""
    whole, _ = meetings(pair, 5)
    agents, mates = meetings(with_loss(pair, 1 / 3), 5)
    assert np.array_equal(agents, whole)
    lost = mates[:, 0] == agents[:, 0]
    assert np.array_equal(lost, mates[:, 1] == agents[:, 1])
    assert np.array_equal(mates[~lost], agents[~lost][:, ::-1])
    assert abs(lost.mean() - 1 / 3) < LIMIT * math.sqrt(2 / 9 / DRAWS)


def _ring(key: jax.Array, n: int) -> Meeting:
    first = jax.random.randint(key, (), 0, n)
    agents = jax.numpy.stack([first, (first + 1) % n])
    return agents, agents[::-1]


def test_a_mutant_that_pairs_neighbours_only_is_caught() -> None:
    """Pairs along a ring of 6 instead of all pairs."""
    agents, mates = meetings(_ring, 6)
    assert worst_score(agents, mates, 6, 1 / 15) > LIMIT


matching_of = jax.jit(matching, static_argnums=1)


@settings(max_examples=20, deadline=None)
@given(n=st.integers(2, 9), seed=st.integers(0, 2**31))
def test_matchings_are_involutions_that_leave_at_most_one_alone(n: int, seed: int) -> None:
    """mates[mates[i]] = i, and exactly n mod 2 agents are their own mates."""
    with jax.enable_x64(True):
        agents, mates = (np.asarray(a) for a in matching_of(jax.random.key(seed), n))
    assert np.array_equal(agents, np.arange(n))
    assert np.array_equal(mates[mates], agents)
    assert (mates == agents).sum() == n % 2


def test_every_interaction_a_spec_may_name_can_be_drawn() -> None:
    """The names that are accepted are the names that are implemented."""
    assert set(NAMES) == {*INTERACTIONS, "graph"}
