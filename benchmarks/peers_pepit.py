"""The worst one-step ratio written in PEPit; run by an interpreter that has it.

    python benchmarks/peers_pepit.py N L l ETA WM WG

Prints the upper bound that PEPit reports and the seconds from an empty problem to the answer.
One interaction of Algorithm 1 with first-order, noiseless agents of one common minimiser: the mean
over all pairs of what the pair's step makes of WM ||mu - x*||^2 + WG Gamma.
"""

import sys
import time
from itertools import combinations

from PEPit import PEP
from PEPit.functions import SmoothStronglyConvexFunction


def size(models, minimiser, weights):
    """WM ||mu - x*||^2 + WG Gamma."""
    mu = sum(models[1:], models[0]) / len(models)
    spread = sum(((x - mu) ** 2 for x in models[1:]), (models[0] - mu) ** 2) / len(models)
    return weights[0] * (mu - minimiser) ** 2 + weights[1] * spread


def worst(n, L, l, eta, weights):  # noqa: E741
    """PEPit's upper bound."""
    problem = PEP()
    functions = [
        problem.declare_function(SmoothStronglyConvexFunction, L=L, mu=l) for _ in range(n)
    ]
    minimiser = functions[0].stationary_point()
    for function in functions[1:]:
        function.add_point((minimiser, minimiser * 0, function(minimiser)))
    models = [problem.set_initial_point() for _ in range(n)]
    gradients = [f.gradient(x) for f, x in zip(functions, models, strict=True)]
    after = []
    for i, j in combinations(range(n), 2):
        met = (models[i] + models[j] - eta * (gradients[i] + gradients[j])) / 2
        moved = [met if k in (i, j) else x for k, x in enumerate(models)]
        after.append(size(moved, minimiser, weights))
    problem.set_initial_condition(size(models, minimiser, weights) <= 1)
    problem.set_performance_metric(sum(after[1:], after[0]) / len(after))
    return problem.solve(wrapper="cvxpy", solver="CLARABEL", verbose=0)


if __name__ == "__main__":
    begun = time.perf_counter()
    numbers = list(map(float, sys.argv[2:]))
    found = worst(int(sys.argv[1]), *numbers[:3], tuple(numbers[3:]))
    print(repr(float(found)), time.perf_counter() - begun)
