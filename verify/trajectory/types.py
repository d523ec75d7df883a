"""Quadratic populations by types: agents that share estimator, curvature and law of centre."""

from dataclasses import dataclass

import flint
import numpy as np
from numpy.typing import NDArray

from hdo.errors import InputError
from hdo.population import PAPER, Population
from hdo.problems import QuadraticProblem
from hdo.ring import Array, frozen, lift
from verify.errors import NotExact
from verify.supported import require_measured

_ZERO = flint.fmpq(0)


@dataclass(frozen=True, eq=False, kw_only=True)
class TypedQuadratic:
    """n = sum `counts` agents of m types with diagonal curvatures, additive noise, directions = rv.

    `counts` (m,) integers >= 1, of any size; `estimators` (m,); `curvatures` (m, d) >= 0; `centres`
    (m, d), the means of the centres; `variances` (m,): E||b - mean||^2 of an agent's own centre,
    isotropic and independent of the others (then all types need the same curvature); `noise` =
    E||xi||^2, of every type or one number for all.
    """

    counts: tuple[int, ...]
    estimators: tuple[str, ...]
    curvatures: NDArray[np.float64]
    centres: NDArray[np.float64]
    variances: tuple[float, ...] = ()
    directions: int = 1
    noise: float | tuple[float, ...] = 0.0

    def __post_init__(self) -> None:
        for name in ("curvatures", "centres"):
            object.__setattr__(self, name, frozen(np.asarray(getattr(self, name), dtype=float)))
        if not self.variances:
            object.__setattr__(self, "variances", (0.0,) * len(self.counts))
        if self.n < 2 or min(self.counts) < 1:
            raise InputError("types.counts", self.counts, "integers >= 1 with a sum >= 2")
        for index, name in enumerate(self.estimators):
            if name not in PAPER:
                raise InputError(f"types.estimators[{index}]", name, f"one of {list(PAPER)}")
        lengths = {
            len(self.counts),
            len(self.estimators),
            len(self.curvatures),
            len(self.variances),
        }
        if isinstance(self.noise, tuple):
            lengths.add(len(self.noise))
        if lengths != {len(self.centres)} or self.curvatures.shape != self.centres.shape:
            raise InputError("types", sorted(lengths), "one entry a type in every field")
        if self.random and not np.all(self.curvatures == self.curvatures[:1]):
            raise InputError("types.variances", self.variances, "0 where curvatures differ by type")

    @property
    def n(self) -> int:
        """The number of agents."""
        return sum(self.counts)

    @property
    def m(self) -> int:
        """The number of types."""
        return len(self.counts)

    @property
    def d(self) -> int:
        """The dimension."""
        return int(self.centres.shape[1])

    @property
    def random(self) -> bool:
        """Whether some centres are random."""
        return any(v > 0 for v in self.variances)

    def minimiser(self) -> Array:
        """The minimiser of the objective with every centre at its mean: exact rationals, (d,).

        Where no type has curvature it is the mean of the centres, as in `verify.optimum`.
        """
        counts = np.array([flint.fmpq(c) for c in self.counts], dtype=object)[:, None]
        curvatures, centres = (lift(a, like=_ZERO) for a in (self.curvatures, self.centres))
        flat = lift(np.all(self.curvatures == 0, axis=0).astype(int), like=_ZERO)
        weights = counts * (curvatures + flat)
        return (weights * centres).sum(axis=0) / weights.sum(axis=0)


def types_of(problem: QuadraticProblem, population: Population) -> TypedQuadratic:
    """The types of a quadratic with diagonal curvatures, in order of first appearance.

    Raises NotExact for curvatures given as matrices, whose eigenvectors are not rational.
    """
    if not problem.diagonal:
        raise NotExact("curvatures are matrices: exact trajectories need diagonal curvatures")
    return _grouped(problem, population, problem.curvatures, problem.centres)


def rotated_types_of(
    problem: QuadraticProblem, population: Population
) -> tuple[TypedQuadratic, NDArray[np.float64]]:
    """Types in the eigenbasis of the shared curvature matrix, and the basis (columns); float64."""
    values, basis = np.linalg.eigh(problem.curvatures[0])
    curvatures = np.tile(np.maximum(values, 0.0), (problem.n, 1))
    return _grouped(problem, population, curvatures, problem.centres @ basis), basis


def _grouped(
    problem: QuadraticProblem,
    population: Population,
    curvatures: NDArray[np.float64],
    centres: NDArray[np.float64],
) -> TypedQuadratic:
    if population.n != problem.n:
        raise InputError("population", f"{population.n} agents", f"{problem.n}, as in the problem")
    require_measured(population.agents)
    kinds = np.array([PAPER.index(name) for name in population.agents])
    group = np.where(np.isin(np.arange(problem.n), population.zeroth_order), 0, 1)
    rows = np.column_stack([kinds, curvatures, centres])
    _, first, counts = np.unique(rows, axis=0, return_index=True, return_counts=True)
    order = np.argsort(first)
    first, counts = first[order], counts[order]
    return TypedQuadratic(
        counts=tuple(int(c) for c in counts),
        estimators=tuple(population.agents[i] for i in first),
        curvatures=curvatures[first],
        centres=centres[first],
        variances=tuple(problem.centre_variance[group[i]] for i in first),
        directions=population.directions,
        noise=problem.noise,
    )
