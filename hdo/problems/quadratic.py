"""Quadratic objectives f^i(x) = (x - b_i)' A_i (x - b_i) / 2 with positive semidefinite A_i."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import flint
import numpy as np
from numpy.typing import NDArray

from hdo.errors import InputError
from hdo.problems.base import EMPTY_GROUP, AdditiveNoiseProblem, Constant, Constants
from hdo.problems.checks import check_finite, check_noise, check_shape
from hdo.ring import Array, frozen, lift, round_up

_EXACT = flint.fmpq(0)


@dataclass(frozen=True, eq=False, kw_only=True)
class QuadraticProblem(AdditiveNoiseProblem):
    """f^i(x) = (x - b_i)' A_i (x - b_i) / 2, noise additive on the gradient.

    `curvatures`: (n, d), one diagonal an agent, or (n, d, d), symmetric and positive semidefinite
    as written, which is decided exactly. `centres`: b_i, (n, d). `centre_variance`: (v0, v1), for
    centres that are random around `centres`, independently, with covariance (v_g/d) I in group g;
    then only exact moments are defined and A3 has no constant.
    """

    kind: ClassVar[str] = "quadratic"
    curvatures: NDArray[np.float64]
    centres: NDArray[np.float64]
    centre_variance: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "curvatures", frozen(np.asarray(self.curvatures, dtype=float)))
        object.__setattr__(self, "centres", frozen(np.asarray(self.centres, dtype=float)))
        n, d = self.n, self.centres.shape[-1]
        check_shape("problem.centres", self.centres, (n, d))
        check_shape("problem.curvature", self.curvatures, (n, d) if self.diagonal else (n, d, d))
        check_finite("problem.centres", self.centres)
        check_finite("problem.curvature", self.curvatures)
        check_noise(self.noise)
        for group, variance in enumerate(self.centre_variance):
            if not 0 <= variance < math.inf:
                where = f"problem.group_centres.variance[{group}]"
                raise InputError(where, variance, "a finite number >= 0")
        self._check_curvatures()

    def _check_curvatures(self) -> None:
        if self.diagonal:
            for row, column in np.argwhere(self.curvatures < 0):
                value = float(self.curvatures[row, column])
                raise InputError(f"problem.curvature[{row}][{column}]", value, "a number >= 0")
            return
        for index, matrix in enumerate(self.distinct_curvatures):
            if not np.array_equal(matrix, matrix.T) or not positive_semidefinite(matrix):
                expected = "a symmetric positive semidefinite matrix"
                raise InputError(f"problem.curvature[{index}]", matrix.tolist(), expected)

    @property
    def diagonal(self) -> bool:
        """Whether every A_i is stored as its diagonal."""
        return self.curvatures.ndim == 2

    @property
    def d(self) -> int:
        """The dimension."""
        return int(self.centres.shape[1])

    @cached_property
    def shared_curvature(self) -> bool:
        """Whether all A_i are equal."""
        return bool(np.all(self.curvatures == self.curvatures[:1]))

    @property
    def distinct_curvatures(self) -> NDArray[np.float64]:
        """One A_i if all are equal, else all of them."""
        return self.curvatures[:1] if self.shared_curvature else self.curvatures

    @property
    def parameters(self) -> tuple[NDArray[np.float64], ...]:
        """(A_i, b_i)."""
        return self.curvatures, self.centres

    def _apply(self, curvature: Array, x: Array) -> Array:
        return curvature * x if self.diagonal else (curvature @ x[..., None])[..., 0]

    def row_value(self, x: Array, *parameters: Array) -> Array:
        """(x - b)' A (x - b) / 2 along the last axis."""
        curvature, centre = parameters
        return (self._apply(curvature, x - centre) * (x - centre)).sum(axis=-1) / 2

    def row_gradient(self, x: Array, *parameters: Array) -> Array:
        """A (x - b) along the last axis."""
        curvature, centre = parameters
        return self._apply(curvature, x - centre)

    def hessian(self, x: Array) -> Array:
        """The mean of the A_i, whatever x is: (d, d)."""
        mean = lift(self.curvatures, like=x).sum(axis=0) / self.n
        return mean * lift(np.eye(self.d, dtype=int), like=x) if self.diagonal else mean

    def constants(self) -> Constants:
        """L and l are extreme eigenvalues; vs is finite where A_i is the mean curvature."""
        if self.diagonal:
            high, low, how = self.curvatures.max(), self.curvatures.min(), "curvature"
        else:
            high, low = _extreme_eigenvalues(self.distinct_curvatures)
            how = "eigenvalue, rounded outward by LAPACK's error"
        return Constants(
            L=Constant(float(high), True, f"largest {how}"),
            l=Constant(float(low), True, f"smallest {how}"),
            s_sq=self.noise_constants(),
            vs0_sq=self._dissimilarity(self.zeroth_order, self.centre_variance[0]),
            vs1_sq=self._dissimilarity(self.first_order, self.centre_variance[1]),
            convex=True,
        )

    def _dissimilarity(self, group: NDArray[np.intp], variance: float) -> Constant:
        """sup_x mean_{i in group} ||grad f^i - grad f||^2.

        grad f^i - grad f = (A_i - Abar) x - (A_i b_i - mean_j A_j b_j): bounded exactly when A_i =
        Abar for the whole group, and then constant. Computed in exact rationals.
        """
        if not len(group):
            return EMPTY_GROUP
        if variance or any(self.centre_variance):
            return Constant(math.inf, True, "random centres: no bound holds for every draw")
        if not self._curvature_is_mean(group):
            return Constant(math.inf, True, "curvatures differ, so it grows with ||x||")
        pulls = self._apply(lift(self.curvatures, like=_EXACT), lift(self.centres, like=_EXACT))
        deviations = pulls[group] - pulls.sum(axis=0) / self.n
        return Constant(
            round_up((deviations * deviations).sum() / len(group)),
            True,
            "mean ||A_i b_i - mean_j A_j b_j||^2, the same for every x",
        )

    def _curvature_is_mean(self, group: NDArray[np.intp]) -> bool:
        if self.shared_curvature:
            return True
        exact = lift(self.curvatures, like=_EXACT)
        return bool(np.all(exact[group] == exact.sum(axis=0) / self.n))


def _extreme_eigenvalues(matrices: NDArray[np.float64]) -> tuple[float, float]:
    """Bounds above the largest and below the smallest eigenvalue of PSD matrices."""
    values = np.linalg.eigvalsh(matrices)
    slack = eigenvalue_error(matrices.shape[-1], float(values.max()))
    return float(values.max()) + slack, max(0.0, float(values.min()) - slack)


def eigenvalue_error(d: int, norm: float) -> float:
    """A bound on the error of LAPACK's symmetric eigenvalues, p(d) eps ||A|| with p(d) <= 10 d."""
    return 10 * d * float(np.finfo(float).eps) * norm


def positive_semidefinite(matrix: NDArray[np.float64]) -> bool:
    """Whether a symmetric float64 matrix, as written, is positive semidefinite; decided exactly.

    Eigenvalues decide where they are further from 0 than their error; else elimination in
    rationals.
    """
    values = np.linalg.eigvalsh(matrix)
    slack = eigenvalue_error(len(matrix), float(np.abs(values).max()))
    if values.min() > slack or values.min() < -slack:
        return bool(values.min() > 0)
    rest = lift(matrix, like=_EXACT)
    while rest.size:
        pivot = int(np.argmax(rest.diagonal()))
        if rest[pivot, pivot] <= 0:
            return bool(np.all(rest == 0))
        keep = np.delete(np.arange(len(rest)), pivot)
        column = rest[keep, pivot]
        rest = rest[np.ix_(keep, keep)] - np.multiply.outer(column, column) / rest[pivot, pivot]
    return True
