"""Losses of a linear prediction z = a.x, with derivatives and what is known of their size."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hdo.ring import (
    Array,
    is_object,
    lift,
    logistic,
    logsumexp,
    namespace,
    softmax,
    softplus,
)


@dataclass(frozen=True)
class Link(ABC):
    """phi(z, y): the loss of the prediction z for the target y, for rows in any ring.

    Scalar links: z, y (m,) -> phi, dphi, ddphi (m,). Softmax: z (m, K) logits, y (m,) class indices
    -> phi (m,), dphi (m, K), ddphi (m, K, K). `curvature`: the supremum over z of the spectral norm
    of phi''.
    """

    name: ClassVar[str]
    curvature: ClassVar[float]
    convex: ClassVar[bool]
    multiclass: ClassVar[bool] = False

    @abstractmethod
    def phi(self, z: Array, y: Array) -> Array:
        """The loss."""

    @abstractmethod
    def dphi(self, z: Array, y: Array) -> Array:
        """Its derivative in z."""

    @abstractmethod
    def ddphi(self, z: Array, y: Array) -> Array:
        """Its second derivative in z."""

    @abstractmethod
    def slope_ball(self, y: NDArray[np.generic], classes: int) -> tuple[NDArray[np.float64], float]:
        """Centres (m, classes) and one radius of balls that hold dphi(z, y) for every z.

        The radius is infinite where the derivative is unbounded.
        """

    def curvature_attained_together(self, classes: int) -> bool:
        """Whether one x makes phi'' of every row reach `curvature` (in the same direction of z)."""
        return True


@dataclass(frozen=True)
class Ridge(Link):
    """(z - y)^2/2."""

    name: ClassVar[str] = "ridge"
    curvature: ClassVar[float] = 1.0
    convex: ClassVar[bool] = True

    def phi(self, z: Array, y: Array) -> Array:
        """(z - y)^2/2."""
        return (z - y) * (z - y) / 2

    def dphi(self, z: Array, y: Array) -> Array:
        """z - y."""
        return z - y

    def ddphi(self, z: Array, y: Array) -> Array:
        """1."""
        return 0 * z + 1

    def slope_ball(self, y: NDArray[np.generic], classes: int) -> tuple[NDArray[np.float64], float]:
        """|z - y| is unbounded."""
        return np.zeros((len(y), classes)), math.inf


@dataclass(frozen=True)
class Logistic(Link):
    """log(1 + e^{-y z}), y in {-1, 1}. phi'' <= 1/4, reached at z = 0, so at x = 0 by all rows."""

    name: ClassVar[str] = "logistic"
    curvature: ClassVar[float] = 0.25
    convex: ClassVar[bool] = True

    def phi(self, z: Array, y: Array) -> Array:
        """log(1 + e^{-y z})."""
        return softplus(-y * z)

    def dphi(self, z: Array, y: Array) -> Array:
        """-y s(-y z), s the logistic sigmoid."""
        return -y * logistic(-y * z)

    def ddphi(self, z: Array, y: Array) -> Array:
        """s(z) s(-z)."""
        return logistic(z) * logistic(-z)

    def slope_ball(self, y: NDArray[np.generic], classes: int) -> tuple[NDArray[np.float64], float]:
        """-y s with 0 < s < 1 is within 1/2 of -y/2."""
        return -np.asarray(y, dtype=float)[:, None] / 2, 0.5


@dataclass(frozen=True)
class Sigmoid(Link):
    """1/(1 + e^{y z}), y in {-1, 1}: smooth, non-convex, between 0 and 1.

    With s the sigmoid, |s''| = |s (1-s) (1-2s)| <= 1/(6 sqrt 3), reached at s = 1/2 +- 1/(2 sqrt
    3).
    """

    name: ClassVar[str] = "sigmoid"
    curvature: ClassVar[float] = math.nextafter(1 / (6 * math.sqrt(3)), 1)
    convex: ClassVar[bool] = False

    def phi(self, z: Array, y: Array) -> Array:
        """s(-y z)."""
        return logistic(-y * z)

    def dphi(self, z: Array, y: Array) -> Array:
        """-y s(z) s(-z)."""
        return -y * logistic(z) * logistic(-z)

    def ddphi(self, z: Array, y: Array) -> Array:
        """y s(z) s(-z) (s(z) - s(-z)), from s''(t) = s(t) s(-t) (s(-t) - s(t)) at t = -y z."""
        return y * logistic(z) * logistic(-z) * (logistic(z) - logistic(-z))

    def slope_ball(self, y: NDArray[np.generic], classes: int) -> tuple[NDArray[np.float64], float]:
        """-y s (1-s) with 0 < s (1-s) <= 1/4 is within 1/8 of -y/8."""
        return -np.asarray(y, dtype=float)[:, None] / 8, 0.125

    def curvature_attained_together(self, classes: int) -> bool:
        """No: |s''| has its maximum at one |z| > 0, which rows share only by chance."""
        return False


@dataclass(frozen=True)
class Softmax(Link):
    """log sum_k e^{z_k} - z_y, y a class index.

    phi'' = diag(p) - p p', p = softmax(z). v' phi'' v is the variance of v under p, at most
    (max v - min v)^2/4 <= ||v||^2/2 (Popoviciu), approached at p = (1/2, 1/2, 0, ...).
    """

    name: ClassVar[str] = "softmax"
    curvature: ClassVar[float] = 0.5
    convex: ClassVar[bool] = True
    multiclass: ClassVar[bool] = True

    def phi(self, z: Array, y: Array) -> Array:
        """log sum_k e^{z_k} - z_y."""
        return logsumexp(z) - (z * _one_hot(z, y)).sum(axis=-1)

    def dphi(self, z: Array, y: Array) -> Array:
        """p - e_y."""
        return softmax(z) - _one_hot(z, y)

    def ddphi(self, z: Array, y: Array) -> Array:
        """diag(p) - p p'."""
        p = softmax(z)
        identity = lift(np.eye(z.shape[-1], dtype=int), like=z)
        return p[..., :, None] * identity - p[..., :, None] * p[..., None, :]

    def slope_ball(self, y: NDArray[np.generic], classes: int) -> tuple[NDArray[np.float64], float]:
        """p - e_y is within sqrt(1 - 1/K) of 1/K - e_y, as ||p - 1/K||^2 = ||p||^2 - 1/K."""
        centres = np.full((len(y), classes), 1 / classes)
        centres[np.arange(len(y)), np.asarray(y, dtype=int)] -= 1
        return centres, math.nextafter(math.sqrt(1 - 1 / classes), 2)

    def curvature_attained_together(self, classes: int) -> bool:
        """With two classes p = (1/2, 1/2) for all rows at x = 0; with more, not in general."""
        return classes == 2


def _one_hot(z: Array, y: Array) -> Array:
    """Rows of the identity matrix, one for each class index in y, in the ring of z."""
    hits = y[..., None] == namespace(z).arange(z.shape[-1])
    return lift(np.asarray(hits, dtype=int), like=z) if is_object(z) else hits.astype(z.dtype)


LINKS = MappingProxyType({link.name: link for link in (Ridge(), Logistic(), Sigmoid(), Softmax())})
"""The links by the `kind` a spec file names them with."""
