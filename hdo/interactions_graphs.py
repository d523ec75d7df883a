"""Graphs of who may meet, as arrays of edges, from networkx or from an edge-list file."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hdo.errors import InputError

DEFAULT_DEGREE = 4


@dataclass(frozen=True)
class Graph:
    """`kind`: one of GRAPHS, or the path of an edge list (two agents' numbers, from 0, a line).

    `degree` and `seed` are those of a random-regular graph or expander.
    """

    kind: str
    degree: int = DEFAULT_DEGREE
    seed: int = 0


def graph_edges(graph: Graph, n: int) -> NDArray[np.intp]:
    """The edges (m, 2) among agents 0..n-1, each once, the lower end first, in order.

    InputError for a graph that n agents cannot form, for one that is not connected, and for a file
    that cannot be read.
    """
    maker = _MAKERS.get(graph.kind)
    found = _read(Path(graph.kind), n) if maker is None else maker(graph, n)
    import networkx as nx

    simple: Any = nx.Graph()
    simple.add_nodes_from(range(n))
    simple.add_edges_from(found)
    if not nx.is_connected(simple):
        raise InputError("method.graph", graph.kind, f"a connected graph of {n} agents")
    return np.array(sorted((min(e), max(e)) for e in simple.edges), dtype=np.intp)


def _relabelled(graph: Any) -> list[tuple[int, int]]:
    number = {node: index for index, node in enumerate(sorted(graph.nodes))}
    return [(number[a], number[b]) for a, b in graph.edges if a != b]


def _ring(graph: Graph, n: int) -> list[tuple[int, int]]:
    import networkx as nx

    del graph
    return list(nx.cycle_graph(n).edges)


def _star(graph: Graph, n: int) -> list[tuple[int, int]]:
    import networkx as nx

    del graph
    return list(nx.star_graph(n - 1).edges)


def _torus(graph: Graph, n: int) -> list[tuple[int, int]]:
    import networkx as nx

    short = max(k for k in range(1, math.isqrt(n) + 1) if n % k == 0)
    if short < 3:
        raise InputError(
            "method.graph", graph.kind, f"n = a b with a, b >= 3 for a torus, not n = {n}"
        )
    return _relabelled(nx.grid_2d_graph(short, n // short, periodic=True))


def _random_regular(graph: Graph, n: int) -> list[tuple[int, int]]:
    import networkx as nx

    _check_degree(graph, n)
    return list(nx.random_regular_graph(graph.degree, n, seed=graph.seed).edges)


def _expander(graph: Graph, n: int) -> list[tuple[int, int]]:
    """A union of random Hamiltonian cycles whose second eigenvalue networkx has checked to be at
    most 2 sqrt(degree - 1) in size."""
    import networkx as nx

    _check_degree(graph, n)
    if graph.degree % 2:
        raise InputError("method.graph_degree", graph.degree, "an even integer for an expander")
    try:
        found = nx.random_regular_expander_graph(n, graph.degree, seed=graph.seed, epsilon=0)
    except nx.NetworkXError:
        expected = f"a degree for which an expander of {n} agents is found"
        raise InputError("method.graph_degree", graph.degree, expected) from None
    return list(found.edges)


def _check_degree(graph: Graph, n: int) -> None:
    if not 1 < graph.degree < n or n * graph.degree % 2:
        expected = f"an integer from 2 to n - 1 = {n - 1} with n x degree even"
        raise InputError("method.graph_degree", graph.degree, expected)


def _read(path: Path, n: int) -> list[tuple[int, int]]:
    where = f"method.graph ({path})"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        expected = f"one of {sorted(GRAPHS)} or a readable edge list ({error.strerror})"
        raise InputError("method.graph", str(path), expected) from None
    except UnicodeDecodeError as error:
        raise InputError(where, str(error), "an edge list in UTF-8") from None
    edges = []
    for number, line in enumerate(text.splitlines(), 1):
        parts = line.partition("#")[0].split()
        if not parts:
            continue
        known = len(parts) == 2 and all(p.isdecimal() and int(p) < n for p in parts)
        if not known or parts[0] == parts[1]:
            expected = f"two different agents' numbers from 0 to {n - 1}"
            raise InputError(f"{where}, line {number}", line, expected)
        edges.append((int(parts[0]), int(parts[1])))
    return edges


_MAKERS: Mapping[str, Callable[[Graph, int], list[tuple[int, int]]]] = MappingProxyType(
    {
        "ring": _ring,
        "torus": _torus,
        "random-regular": _random_regular,
        "expander": _expander,
        "star": _star,
    }
)

GRAPHS = tuple(_MAKERS)
"""The graphs with a name."""
