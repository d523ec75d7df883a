"""HDO as an algorithm of decent-bench: interactions a second, one number on standard output.

    python3.13 benchmarks/peers_decent_bench.py N D STEPS

Runs in an environment of its own with `pip install decent-bench` (Python 3.13 or newer); nothing
of this project is imported. The system is that of benchmarks/engine.py: half two-point agents,
half first-order, pairs; its quadratics hold matrices, as decent-bench has no diagonal ones.
"""

import sys
import time
from dataclasses import dataclass

import networkx as nx
import numpy as np
from decent_array import Array
from decent_array import interoperability as iop
from decent_bench.agents import Agent
from decent_bench.algorithms.p2p import P2PAlgorithm
from decent_bench.costs import QuadraticCost
from decent_bench.networks import P2PNetwork

ETA, NU = 0.01, 0.1


@dataclass(eq=False)
class HDO(P2PAlgorithm):
    """A uniformly random pair steps and averages; agents of even number are two-point."""

    seed: int = 1
    name: str = "HDO"

    def initialize(self, network: P2PNetwork) -> None:
        """Every agent at 1."""
        self.rng = np.random.default_rng(self.seed)
        for agent in network.agents():
            agent.initialize(x=iop.ones(agent.cost.shape))

    def step(self, network: P2PNetwork, iteration: int) -> None:
        """One interaction: two steps, two messages, one average."""
        del iteration
        agents = network.agents()
        numbers = self.rng.choice(len(agents), size=2, replace=False)
        pair = [agents[k] for k in numbers]
        moved = [
            agent.x - ETA * self.estimate(agent, zeroth=k % 2 == 0)
            for k, agent in zip(numbers, pair, strict=True)
        ]
        for sender, receiver, x in zip(pair, reversed(pair), moved, strict=True):
            network.send(sender, receiver, x)
        for agent, mate, x in zip(pair, reversed(pair), moved, strict=True):
            agent.x = (x + agent.message(mate)) / 2

    def estimate(self, agent: Agent, *, zeroth: bool) -> Array:
        """G(x): two-point, or the gradient."""
        if not zeroth:
            return agent.cost.gradient(agent.x)
        u = iop.from_numpy(self.rng.standard_normal(agent.cost.shape))
        slope = (agent.cost.function(agent.x + NU * u) - agent.cost.function(agent.x)) / NU
        return slope * u


def main(n: int, d: int, steps: int) -> None:
    """Time `steps` interactions after a tenth as many."""
    iop.set_backend("numpy")
    rng = np.random.default_rng(0)
    curvature, centres = rng.uniform(0.5, 2, (n, d)), rng.normal(size=(n, d))
    costs = [
        QuadraticCost(iop.from_numpy(np.diag(a)), iop.from_numpy(-a * b))
        for a, b in zip(curvature, centres, strict=True)
    ]
    agents = [Agent(cost, state_snapshot_period=10**9) for cost in costs]
    network = P2PNetwork(nx.complete_graph(n), agents)
    algorithm = HDO()
    algorithm.run(network, max(1, steps // 10))
    start = time.perf_counter()
    algorithm.run(network, steps)
    print(steps / (time.perf_counter() - start))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
