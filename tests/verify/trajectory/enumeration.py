"""An independent reference: exact moments by enumerating who meets, in absolute coordinates.

The joint state is every model, then the running weighted sum V_t = sum_{s<=t} w_s mu_{s-1}. Each
meeting is a linear map of it, applied to the full second moment matrix. E_u over directions is
exact Gauss-Hermite quadrature (float64), or for d = 1 the Gaussian moments 3 and 15 (any ring). No
formula is shared with the package.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np

from hdo.problems import QuadraticProblem

Array = Any
Number = Callable[[Any], Any]


def matchings(agents: tuple[int, ...]) -> Iterator[list[tuple[int, int]]]:
    """Every way to match all agents but, if odd, one."""
    if len(agents) < 2:
        yield []
        return
    if len(agents) % 2:
        for idle in agents:
            yield from matchings(tuple(a for a in agents if a != idle))
        return
    first, rest = agents[0], agents[1:]
    for mate in rest:
        for others in matchings(tuple(a for a in rest if a != mate)):
            yield [(first, mate), *others]


def meetings(n: int, interaction: str) -> list[tuple[list[tuple[int, int]], set[int]]]:
    """Equally likely meetings: the pairs that average, and who steps before."""
    if interaction == "pair":
        return [([pair], set(pair)) for pair in combinations(range(n), 2)]
    return [(pairs, set(range(n))) for pairs in matchings(tuple(range(n)))]


def averaging(n: int, pairs: list[tuple[int, int]], number: Number) -> Array:
    """The n x n matrix that averages the pairs."""
    matrix = np.array([[number(int(i == j)) for j in range(n)] for i in range(n)])
    for i, j in pairs:
        for row in (i, j):
            matrix[row] = number(0)
            matrix[row, i] = matrix[row, j] = number(Fraction(1, 2))
    return matrix


def directional(q: Array, A: Array, nu: Any) -> Array:
    """E (u.g + nu u'Au/2)^2 uu' for E gg' = q, by quadrature exact for polynomials of degree 15."""
    d = len(A)
    nodes, weights = np.polynomial.hermite_e.hermegauss(8)
    weights = weights / weights.sum()
    total = np.zeros((d, d))
    for index in product(range(8), repeat=d):
        u, weight = nodes[list(index)], np.prod(weights[list(index)])
        total += weight * (u @ q @ u + (nu * (u @ A @ u) / 2) ** 2) * np.outer(u, u)
    return total


def second_moment(estimator: str, q: Array, A: Array, nu: Any, rv: int) -> Array:
    """E GG' of an estimate whose gradient with noise has E gg' = q."""
    if estimator == "first-order":
        return q
    nu = nu if estimator == "two-point" else 0 * nu
    one = 3 * q + 15 * nu * nu * A * A / 4 if len(A) == 1 else directional(q, A, nu)
    # rv independent directions of one sample: rv one-direction terms, rv (rv - 1) products of means
    return (one + (rv - 1) * q) / rv


class Enumeration:
    """Moments of the joint state (all models, weighted sum), stepped by enumeration of meetings."""

    def __init__(
        self,
        problem: QuadraticProblem,
        *,
        eta: Any,
        nu: Any,
        interaction: str,
        start: list[Any],
        number: Number = float,
        edges: list[tuple[int, int]] | None = None,
    ) -> None:
        up = np.frompyfunc(number, 1, 1)
        dtype = float if number is float else object
        n, d = problem.n, problem.d
        A = problem.curvatures
        A = np.array([np.diag(a) for a in A]) if problem.diagonal else A
        self.n, self.d, self.number = n, d, number
        self.edges = None if edges is None else [([edge], set(edge)) for edge in edges]
        self.population, self.interaction = problem.population, interaction
        self.A, self.b = up(A).astype(dtype), up(problem.centres).astype(dtype)
        self.eta, self.nu, self.noise = number(eta), number(nu), number(problem.noise) / d
        self.unit = up(np.eye(d)).astype(dtype)
        point = up(np.array(start, dtype=object)).astype(dtype)
        self.mean = np.concatenate([np.tile(point, n), 0 * point])
        self.second = np.outer(self.mean, self.mean)

    def step(self, weight: Any = 0) -> None:
        """One interaction; `weight` is w_t, of mu_{t-1} in the weighted sum."""
        n, d = self.n, self.d
        events = meetings(n, self.interaction) if self.edges is None else self.edges
        mean, second = 0 * self.mean, 0 * self.second
        noise = self.noise_blocks()
        for pairs, steppers in events:
            B, shift, added = self.own_steps(steppers, noise)
            R = np.kron(averaging(n, pairs, self.number), self.unit)
            whole = 0 * self.second
            whole[: n * d, : n * d] = R @ B
            whole[n * d :, : n * d] = np.hstack([self.unit * self.number(weight) / n] * n)
            whole[n * d :, n * d :] = self.unit
            move = np.concatenate([R @ shift, 0 * shift[:d]])
            cross = np.outer(whole @ self.mean, move)
            result = whole @ self.second @ whole.T + cross + cross.T + np.outer(move, move)
            result[: n * d, : n * d] += R @ added @ R.T
            mean = mean + (whole @ self.mean + move) / len(events)
            second = second + result / len(events)
        self.mean, self.second = mean, second

    def noise_blocks(self) -> list[Array]:
        """E GG' - E[E(G|X) E(G|X)'] of every agent."""
        blocks = []
        for i in range(self.n):
            own = slice(i * self.d, (i + 1) * self.d)
            cross = np.outer(self.mean[own], self.b[i])
            centred = self.second[own, own] - cross - cross.T + np.outer(self.b[i], self.b[i])
            clean = self.A[i] @ centred @ self.A[i]
            noisy = clean + self.noise * self.unit
            estimator, rv = self.population.agents[i], self.population.directions
            blocks.append(second_moment(estimator, noisy, self.A[i], self.nu, rv) - clean)
        return blocks

    def own_steps(self, steppers: set[int], noise: list[Array]) -> tuple[Array, Array, Array]:
        """Y = B X + shift + noise for those who step."""
        n, d = self.n, self.d
        B = np.kron(averaging(n, [], self.number), self.unit)
        shift, added = 0 * self.mean[: n * d], 0 * self.second[: n * d, : n * d]
        for i in steppers:
            own = slice(i * d, (i + 1) * d)
            B[own, own] = self.unit - self.eta * self.A[i]
            shift[own] = self.eta * (self.A[i] @ self.b[i])
            added[own, own] = self.eta * self.eta * noise[i]
        return B, shift, added

    def gap_of(self, mean: Array, second: Array, x: Array) -> Any:
        """E f(p) - f(x) for a random point p with these moments."""
        total = self.number(0)
        for A, b in zip(self.A, self.b, strict=True):
            total = total + (A * second).sum() / 2 - mean @ A @ b - x @ A @ x / 2 + x @ A @ b
        return total / self.n

    def observed(self, x: Array) -> dict[str, Any]:
        """What the package reports; x is the minimiser."""
        n, d = self.n, self.d
        average = np.hstack([self.unit / n] * n + [0 * self.unit])
        mean, mu = average @ self.mean, average @ self.second @ average.T
        own = sum(self.second[k, k] for k in range(n * d)) / n
        A = self.A.sum(axis=0) / n
        pull = sum(a @ b for a, b in zip(self.A, self.b, strict=True)) / n
        centred = mu - np.outer(mean, x) - np.outer(x, mean) + np.outer(x, x)
        energy = self.number(0)
        for i, noise in enumerate(self.noise_blocks()):
            block = slice(i * d, (i + 1) * d)
            cross = np.outer(self.mean[block], self.b[i])
            gap = self.second[block, block] - cross - cross.T + np.outer(self.b[i], self.b[i])
            energy = energy + np.trace(self.A[i] @ gap @ self.A[i] + noise)
        return {
            "gamma": own - np.trace(mu),
            "distance_sq": np.trace(centred),
            "gap": self.gap_of(mean, mu, x),
            "grad_sq": np.trace(A @ mu @ A) - 2 * mean @ A @ pull + pull @ pull,
            "M_G": energy / n,
        }

    def weighted_gap(self, total: Any, x: Array) -> Any:
        """E f(V/total) - f(x)."""
        end = slice(self.n * self.d, None)
        return self.gap_of(self.mean[end] / total, self.second[end, end] / total / total, x)
