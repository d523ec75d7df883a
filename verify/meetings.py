"""What a law of interactions gives to a claim: rho of a matching, the spectral gap of a graph."""

import math
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hdo.interactions_graphs import Graph, graph_edges
from hdo.problems.quadratic import positive_semidefinite
from verify.balls import Ball

RING = Graph("ring")
"""Where a draft is to be judged by a claim on graphs."""

Edges = NDArray[np.intp]
"""(m, 2), each edge with probability 1/m."""


def edges_of(graph: Graph | None, n: int) -> Edges | None:
    """The edges among n agents; None without a graph."""
    return None if graph is None else graph_edges(graph, n)


def unequal(edges: Edges, n: int) -> str | None:
    """Why the agents are not active equally often, or None."""
    degrees = np.bincount(edges.ravel(), minlength=n)
    low, high = int(degrees.argmin()), int(degrees.argmax())
    if degrees[low] == degrees[high]:
        return None
    return f"agents {low} and {high} are in {degrees[low]} and {degrees[high]} edges"


def law_numbers(interaction: str, graph: Graph | None, n: int) -> Mapping[str, Ball]:
    """rho of a matching, the gap of a graph, as balls; nothing for a pair."""
    if interaction == "matching":
        return {"rho": Ball(1) / 2 if n % 2 else Ball(n - 2) / (2 * (n - 1))}
    edges = edges_of(graph, n)
    return {} if edges is None else {"gap": _gap(n, tuple(map(tuple, edges.tolist())))}


@lru_cache(maxsize=64)
def _gap(n: int, edges: tuple[tuple[int, int], ...]) -> Ball:
    """Half the second smallest eigenvalue of K/m for the Laplacian K of the m edges.

    Of a cycle exactly (as is every connected graph with two edges at each agent); else a number
    that is surely at most that, and nearly so: K + J - v I is positive semidefinite, exactly, and
    the eigenvalue n of K + J is not the smallest alone, as no eigenvalue of K exceeds n.
    """
    m, degrees = len(edges), np.bincount(np.ravel(edges), minlength=n)
    if m == n and (degrees == 2).all():
        return (1 - (Ball(2) / n).cos_pi()) / n
    whole = np.ones((n, n))
    for i, j in edges:
        whole[np.ix_([i, j], [i, j])] += [[1, -1], [-1, 1]]
    # few enough digits for the diagonal less v to be exact
    v = math.floor(2.0**36 * np.linalg.eigvalsh(whole).min()) / 2.0**36
    while not positive_semidefinite(whole - v * np.eye(n)):
        v -= 2.0**-36 * n
    return Ball(v) / (2 * m)
