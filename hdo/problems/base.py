"""What an objective is, and the constants it measures of itself."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from hdo.errors import InputError
from hdo.population import Population
from hdo.ring import Array, lift, namespace


@dataclass(frozen=True)
class Constant:
    """One measured constant: its value, whether it is the best possible, and how it was found.

    An upper bound is never below the truth and a lower bound never above it: what is `exact` is so
    up to one outward rounding. The value may be infinite when no finite constant exists.
    """

    value: float
    exact: bool
    how: str

    def __post_init__(self) -> None:
        if math.isnan(self.value) or self.value < 0:
            raise InputError("constant", self.value, "a number >= 0 or infinity")


@dataclass(frozen=True)
class Constants:
    """The constants of A1-A4 for one problem and population.

    `L`: Lipschitz constant of grad F^i(., xi), over all agents and samples (A2). `l`: strong
    convexity of every f^i (A1), 0 if none. `s_sq[i]`: sup_x E||grad F^i - grad f^i||^2 (A4).
    `vs0_sq`, `vs1_sq`: sup_x of the mean over N0 (N1) of ||grad f^i - grad f||^2 (A3), 0 for an
    empty group. `convex`: every F^i(., xi) is convex.
    """

    L: Constant
    l: Constant  # noqa: E741 - the paper's symbol
    s_sq: tuple[Constant, ...]
    vs0_sq: Constant
    vs1_sq: Constant
    convex: bool


EMPTY_GROUP = Constant(0.0, True, "no agent in the group")


@dataclass(frozen=True, eq=False, kw_only=True)
class Problem(ABC):
    """The objectives f^1..f^n of a population's agents, and F^i(x, xi) whose mean over xi is f^i.

    Points are `x` of shape (d,) or one row an agent `X` of shape (n, d), in any ring (see
    `hdo.ring`): float64, object arrays of balls or exact numbers, JAX arrays. The objective is f =
    (1/n) sum_i f^i, as in the paper's proofs.
    """

    kind: ClassVar[str]
    population: Population

    @property
    def n(self) -> int:
        """The number of agents."""
        return self.population.n

    @property
    def zeroth_order(self) -> NDArray[np.intp]:
        """N0, indices of the zeroth-order agents."""
        return self.population.zeroth_order

    @property
    def first_order(self) -> NDArray[np.intp]:
        """N1, indices of the first-order agents."""
        return self.population.first_order

    @property
    @abstractmethod
    def d(self) -> int:
        """The dimension."""

    @abstractmethod
    def values(self, X: Array) -> Array:
        """f^i(X_i) for every agent: (n, d) -> (n,)."""

    @abstractmethod
    def gradients(self, X: Array) -> Array:
        """grad f^i(X_i) for every agent: (n, d) -> (n, d)."""

    @abstractmethod
    def hessian(self, x: Array) -> Array:
        """The Hessian of f at one point: (d,) -> (d, d)."""

    def value(self, x: Array) -> Array:
        """f(x) = (1/n) sum_i f^i(x): (d,) -> a scalar."""
        return self.values(self._everywhere(x)).sum() / self.n

    def gradient(self, x: Array) -> Array:
        """grad f(x): (d,) -> (d,)."""
        return self.gradients(self._everywhere(x)).sum(axis=0) / self.n

    def _everywhere(self, x: Array) -> Array:
        return namespace(x).broadcast_to(x, (self.n, self.d))

    @abstractmethod
    def constants(self) -> Constants:
        """L, l, s_i^2, vs0^2, vs1^2, each exact or a proved bound, rounded outward."""

    @abstractmethod
    def loss(self, x: Array, agent: Array, xi: Array) -> Array:
        """F^agent(x, xi) as a pure JAX function; `agent` may be traced, `xi` is from `sample`."""

    @abstractmethod
    def sample(self, key: Array, agent: Array) -> Array:
        """One sample xi for `agent`, a pure function of the JAX key."""


@dataclass(frozen=True, eq=False, kw_only=True)
class AdditiveNoiseProblem(Problem):
    """F^i(x, xi) = f^i(x) + <xi, x> with xi ~ N(0, (noise/d) I), so that s_i^2 = `noise` exactly.

    Subclasses give `parameters` (arrays whose first axis is the agent) and the formulas of one row,
    which broadcast over leading axes.
    """

    noise: float = field(default=0.0)

    @property
    @abstractmethod
    def parameters(self) -> tuple[NDArray[np.float64], ...]:
        """Float64 arrays with one entry an agent along the first axis."""

    @abstractmethod
    def row_value(self, x: Array, *parameters: Array) -> Array:
        """f of one agent with these parameters: (..., d) -> (...)."""

    @abstractmethod
    def row_gradient(self, x: Array, *parameters: Array) -> Array:
        """grad f of one agent with these parameters: (..., d) -> (..., d)."""

    def values(self, X: Array) -> Array:
        """f^i(X_i) for every agent: (n, d) -> (n,)."""
        return self.row_value(X, *self._lifted(X))

    def gradients(self, X: Array) -> Array:
        """grad f^i(X_i) for every agent: (n, d) -> (n, d)."""
        return self.row_gradient(X, *self._lifted(X))

    def _lifted(self, like: Array) -> tuple[Array, ...]:
        return tuple(lift(p, like=like) for p in self.parameters)

    def loss(self, x: Array, agent: Array, xi: Array) -> Array:
        """f^agent(x) + <xi, x>, in JAX."""
        mine = (lift(p, like=x)[agent] for p in self.parameters)
        value = self.row_value(x, *mine)
        return value + xi @ x if self.noise else value

    def sample(self, key: Array, agent: Array) -> Array:
        """Isotropic Gaussian xi of shape (d,) with E||xi||^2 = noise, of one law for all agents."""
        import jax.numpy as jnp

        from hdo.engine_random import normal

        if not self.noise:
            return jnp.zeros(self.d)
        return math.sqrt(self.noise / self.d) * normal(key, (self.d,))

    def noise_constants(self) -> tuple[Constant, ...]:
        """s_i^2 of every agent."""
        return (Constant(self.noise, True, "variance of the additive noise"),) * self.n
