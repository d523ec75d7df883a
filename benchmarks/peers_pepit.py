"""The worst one-step ratio written in PEPit; run by an interpreter that has it.

    python benchmarks/peers_pepit.py SOLVER N L l ETA WM WG

SOLVER is one of cvxpy's, or `default`: what PEPit takes unless told. Prints the upper bound that
PEPit reports and the seconds from an empty problem to the answer.
One interaction of Algorithm 1 with first-order, noiseless agents of one common minimiser: the mean
over all pairs of what the pair's step makes of WM ||mu - x*||^2 + WG Gamma.
"""

import sys
import time
from itertools import combinations

from PEPit import PEP
from PEPit.functions import SmoothStronglyConvexFunction


def worst(solver, n, L, l, eta, weights):  # noqa: E741
    """PEPit's upper bound.

    n Gamma' = sum ||X_i'||^2 - n ||mu'||^2, of which a pair changes two models and mu: written so,
    the problem is built as fast as it can be.
    """
    problem = PEP()
    functions = [
        problem.declare_function(SmoothStronglyConvexFunction, L=L, mu=l) for _ in range(n)
    ]
    minimiser = functions[0].stationary_point()
    for function in functions[1:]:
        function.add_point((minimiser, minimiser * 0, function(minimiser)))
    away = [problem.set_initial_point() for _ in range(n)]
    gradients = [f.gradient(x + minimiser) for f, x in zip(functions, away, strict=True)]
    mu = sum(away[1:], away[0]) / n
    squares = [x**2 for x in away]
    everyone = sum(squares[1:], squares[0])

    def size(mean_square, squares_sum):
        return weights[0] * mean_square + weights[1] * (squares_sum / n - mean_square)

    after = []
    for i, j in combinations(range(n), 2):
        pull = eta * (gradients[i] + gradients[j])
        met = (away[i] + away[j] - pull) / 2
        after.append((((mu - pull / n) ** 2), 2 * met**2 - squares[i] - squares[j]))
    pairs = len(after)
    means = sum((m for m, _ in after[1:]), after[0][0]) / pairs
    changes = sum((c for _, c in after[1:]), after[0][1]) / pairs
    problem.set_initial_condition(size(mu**2, everyone) <= 1)
    problem.set_performance_metric(size(means, everyone + changes))
    return problem.solve(wrapper="cvxpy", solver=solver, verbose=0)


if __name__ == "__main__":
    begun = time.perf_counter()
    solver, n = None if sys.argv[1] == "default" else sys.argv[1], int(sys.argv[2])
    numbers = list(map(float, sys.argv[3:]))
    found = worst(solver, n, *numbers[:3], tuple(numbers[3:]))
    print(repr(float(found)), time.perf_counter() - begun)
