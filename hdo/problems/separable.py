"""Objectives that sum one scalar function over coordinates, shifted by each agent's offsets."""

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import flint
import numpy as np
from numpy.typing import NDArray

from hdo.errors import InputError
from hdo.problems.base import EMPTY_GROUP, AdditiveNoiseProblem, Constant, Constants
from hdo.problems.checks import check_finite, check_noise, check_shape
from hdo.ring import Array, frozen, lift, namespace, round_up, sign

_EXACT = flint.fmpq(0)
_BALL = flint.arb(0)
_TRIGONOMETRY_BITS = 128


@dataclass(frozen=True, eq=False, kw_only=True)
class SeparableProblem(AdditiveNoiseProblem):
    """f^i(x) = sum_k h(x_k - o_ik), noise additive on the gradient. `offsets`: o, (n, d)."""

    offsets: NDArray[np.float64]

    def __post_init__(self) -> None:
        object.__setattr__(self, "offsets", frozen(np.asarray(self.offsets, dtype=float)))
        check_shape("problem.offsets", self.offsets, (self.n, self.offsets.shape[-1]))
        check_finite("problem.offsets", self.offsets)
        check_noise(self.noise)
        self._check_shape_of_h()

    @abstractmethod
    def _check_shape_of_h(self) -> None:
        """Raise unless the parameters of h are allowed."""

    @abstractmethod
    def h(self, t: Array) -> Array:
        """The scalar function, elementwise."""

    @abstractmethod
    def dh(self, t: Array) -> Array:
        """Its derivative, elementwise."""

    @abstractmethod
    def ddh(self, t: Array) -> Array:
        """Its second derivative, elementwise."""

    @property
    def d(self) -> int:
        """The dimension."""
        return int(self.offsets.shape[1])

    @property
    def parameters(self) -> tuple[NDArray[np.float64], ...]:
        """The offsets."""
        return (self.offsets,)

    def row_value(self, x: Array, *parameters: Array) -> Array:
        """sum_k h(x_k - o_k) along the last axis."""
        return self.h(x - parameters[0]).sum(axis=-1)

    def row_gradient(self, x: Array, *parameters: Array) -> Array:
        """h'(x_k - o_k), elementwise."""
        return self.dh(x - parameters[0])

    def hessian(self, x: Array) -> Array:
        """The diagonal matrix of the mean over agents of h''(x_k - o_ik): (d, d)."""
        diagonal = self.ddh(x - lift(self.offsets, like=x)).sum(axis=0) / self.n
        return diagonal * lift(np.eye(self.d, dtype=int), like=x)


@dataclass(frozen=True, eq=False, kw_only=True)
class KinkedProblem(SeparableProblem):
    """h(t) = slope_high t^2/2 for t > 0, slope_low t^2/2 for t < 0; 0 <= slope_low <= slope_high.

    The extremal of Gaussian smoothing: the derivative has a kink at the minimum. h is written with
    |t|, so that a ball on both sides of 0 gives an enclosure.
    """

    kind: ClassVar[str] = "kinked"
    slope_low: float
    slope_high: float

    def _check_shape_of_h(self) -> None:
        if not 0 <= self.slope_low < math.inf:
            raise InputError("problem.slope_low", self.slope_low, "a finite number >= 0")
        if not self.slope_low <= self.slope_high < math.inf:
            expected = f"a finite number >= slope_low = {self.slope_low!r}"
            raise InputError("problem.slope_high", self.slope_high, expected)

    def _slopes(self, t: Array) -> tuple[Array, Array]:
        low, high = lift(np.array([self.slope_low, self.slope_high]), like=t)
        return (high + low) / 2, (high - low) / 2

    def h(self, t: Array) -> Array:
        """(H + l) t^2/4 + (H - l) t |t|/4 with H = slope_high, l = slope_low."""
        mean, half = self._slopes(t)
        return (mean * t + half * abs(t)) * t / 2

    def dh(self, t: Array) -> Array:
        """(H + l) t/2 + (H - l) |t|/2."""
        mean, half = self._slopes(t)
        return mean * t + half * abs(t)

    def ddh(self, t: Array) -> Array:
        """H for t > 0, l for t < 0; their mean at 0 (an element of the generalised Hessian)."""
        mean, half = self._slopes(t)
        return mean + half * sign(t)

    def constants(self) -> Constants:
        """L = slope_high and l = slope_low; vs from the breakpoints; all exact."""
        return Constants(
            L=Constant(self.slope_high, True, "slope_high"),
            l=Constant(self.slope_low, True, "slope_low"),
            s_sq=self.noise_constants(),
            vs0_sq=self._dissimilarity(self.zeroth_order),
            vs1_sq=self._dissimilarity(self.first_order),
            convex=True,
        )

    def _dissimilarity(self, group: NDArray[np.intp]) -> Constant:
        """sup_x mean_{i in group} ||grad f^i - grad f||^2, in exact rationals.

        In one coordinate it is a continuous function of x_k, a sum of squares of affine functions
        (so convex) between neighbouring offsets and constant beyond the first and the last: its
        maximum is at an offset. Coordinates are free of each other, so the maxima add.
        """
        if not len(group):
            return EMPTY_GROUP
        offsets = lift(self.offsets, like=_EXACT)
        total = flint.fmpq(0)
        for column in offsets.T:
            slopes = self.dh(column[:, None] - column[None, :])
            deviations = slopes[:, group] - (slopes.sum(axis=1) / self.n)[:, None]
            total += max((deviations * deviations).sum(axis=1)) / len(group)
        return Constant(round_up(total), True, "maximum over the breakpoints of each coordinate")


@dataclass(frozen=True, eq=False, kw_only=True)
class CosineProblem(SeparableProblem):
    """h(t) = amplitude (1 - cos(frequency t)), smooth, non-convex, bounded below by 0."""

    kind: ClassVar[str] = "cosine"
    amplitude: float
    frequency: float

    def _check_shape_of_h(self) -> None:
        for name in ("amplitude", "frequency"):
            if not 0 < getattr(self, name) < math.inf:
                raise InputError(f"problem.{name}", getattr(self, name), "a finite number > 0")

    def _scales(self, t: Array) -> tuple[Array, Array]:
        amplitude, frequency = lift(np.array([self.amplitude, self.frequency]), like=t)
        return amplitude, frequency

    def h(self, t: Array) -> Array:
        """a (1 - cos(w t)), as 2 a sin(w t/2)^2, which keeps its digits near 0."""
        amplitude, frequency = self._scales(t)
        half = namespace(t).sin(frequency * t / 2)
        return 2 * amplitude * half * half

    def dh(self, t: Array) -> Array:
        """a w sin(w t)."""
        amplitude, frequency = self._scales(t)
        return amplitude * frequency * namespace(t).sin(frequency * t)

    def ddh(self, t: Array) -> Array:
        """a w^2 cos(w t)."""
        amplitude, frequency = self._scales(t)
        return amplitude * frequency * frequency * namespace(t).cos(frequency * t)

    def constants(self) -> Constants:
        """L = a w^2, l = 0, vs from the phasors; all exact."""
        amplitude, frequency = lift(np.array([self.amplitude, self.frequency]), like=_EXACT)
        return Constants(
            L=Constant(
                round_up(amplitude * frequency * frequency),
                True,
                "amplitude frequency^2",
            ),
            l=Constant(0.0, True, "not convex"),
            s_sq=self.noise_constants(),
            vs0_sq=self._dissimilarity(self.zeroth_order),
            vs1_sq=self._dissimilarity(self.first_order),
            convex=False,
        )

    def _dissimilarity(self, group: NDArray[np.intp]) -> Constant:
        """sup_x mean_{i in group} ||grad f^i - grad f||^2, by phasors, in balls rounded up.

        In one coordinate grad f^i - grad f = a w Im(e^{i w x} z_i) with z_i = p_i - mean_j p_j and
        p_i = e^{-i w o_i}. As Im(e^{i t} z)^2 = (|z|^2 - Re(e^{2 i t} z^2))/2, the sum over the
        group has the maximum (sum |z_i|^2 + |sum z_i^2|)/2, attained. Coordinates are free, so
        maxima add.
        """
        if not len(group):
            return EMPTY_GROUP
        varying = np.any(self.offsets != self.offsets[:1], axis=0)
        with flint.ctx.workprec(_TRIGONOMETRY_BITS):
            amplitude, frequency = lift(np.array([self.amplitude, self.frequency]), like=_BALL)
            angles = lift(self.offsets[:, varying], like=_BALL) * frequency
            phasors = np.frompyfunc(flint.acb, 2, 1)(np.cos(angles), -np.sin(angles))
            z = phasors[group] - phasors.sum(axis=0) / self.n
            size = (abs(z) * abs(z)).sum(axis=0)
            modulus = abs((z * z).sum(axis=0))
            scale = amplitude * frequency
            value = scale * scale * (size + modulus).sum() / (2 * len(group))
            return Constant(
                round_up(flint.arb(value)),
                True,
                "phasor formula, coordinate by coordinate",
            )
