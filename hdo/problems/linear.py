"""Linear models on data: ridge, logistic, sigmoid and softmax regression split over two groups."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

from hdo.errors import InputError
from hdo.problems.base import Constants, Problem
from hdo.problems.checks import check_finite
from hdo.problems.links import Link
from hdo.ring import Array, frozen, is_object, lift, namespace, stack


@dataclass(frozen=True, eq=False, kw_only=True)
class LinearModelProblem(Problem):
    """f^i(x) = (n_g/N) sum_{r in rows[i]} phi(a_r.x, y_r) + (regularisation/2) ||x||^2.

    n_g is the size of agent i's group; each group holds all N rows once, so the mean over either
    group is the mean loss over the data plus the regulariser, and so is f. A sample is
    `population.batch` rows of the agent, independent and uniform, averaged: F^i(x, r) = scale_i phi
    + (regularisation/2) ||x||^2 with scale_i = n_g m_i/N; without a batch F^i = f^i. `features` (N,
    p); `targets` (N,): reals (ridge), -1 and 1 (logistic, sigmoid) or class indices (softmax);
    `rows`: n index arrays. With softmax x is the K x p matrix of `classes` = K weight vectors,
    flattened row by row; otherwise `classes` = 1.
    """

    link: Link
    features: NDArray[np.float64]
    targets: NDArray[Any]
    rows: tuple[NDArray[np.intp], ...]
    regularisation: float
    classes: int = 1

    def __post_init__(self) -> None:
        for name in ("features", "targets"):
            object.__setattr__(self, name, frozen(getattr(self, name)))
        object.__setattr__(self, "rows", tuple(frozen(r) for r in self.rows))
        check_finite("problem.data", self.features)
        if not 0 <= self.regularisation < math.inf:
            expected = "a finite number >= 0"
            raise InputError("problem.regularisation", self.regularisation, expected)
        if self.link.multiclass != (self.classes > 1):
            raise InputError("problem.data", f"{self.classes} classes", "at least 2 for softmax")
        for group in (self.zeroth_order, self.first_order):
            self._check_partition(group)

    def _check_partition(self, group: NDArray[np.intp]) -> None:
        held = np.concatenate([np.empty(0, dtype=np.intp), *(self.rows[i] for i in group)])
        whole = not len(group) or np.array_equal(np.sort(held), np.arange(len(self.features)))
        if not whole or any(len(self.rows[i]) == 0 for i in group):
            expected = (
                "every row of the data held once by each group, and at least one by each agent"
            )
            raise InputError(
                "problem.split", f"{len(held)} rows over {len(group)} agents", expected
            )

    @property
    def kind(self) -> str:  # type: ignore[override]
        """The link's name: ridge, logistic, sigmoid or softmax."""
        return self.link.name

    @property
    def d(self) -> int:
        """K p for softmax, else p."""
        return int(self.classes * self.features.shape[1])

    @cached_property
    def group_sizes(self) -> tuple[int, ...]:
        """n_g of every agent's group."""
        zeroth = set(self.zeroth_order.tolist())
        n0, n1 = self.population.n0, self.population.n1
        return tuple(n0 if i in zeroth else n1 for i in range(self.n))

    @cached_property
    def scale(self) -> tuple[flint.fmpq, ...]:
        """scale_i = n_g m_i/N, exact, so that F^i = scale_i phi + regulariser."""
        total = len(self.features)
        return tuple(
            flint.fmpq(size * len(rows), total)
            for size, rows in zip(self.group_sizes, self.rows, strict=True)
        )

    @cached_property
    def _ball_data(self) -> tuple[Array, Array]:
        zero = flint.arb(0)
        return lift(self.features, like=zero), self._targets_like(zero)

    def _targets_like(self, like: Array) -> Array:
        return self.targets if self.link.multiclass else lift(self.targets, like=like)

    def _data_like(self, x: Array) -> tuple[Array, Array]:
        """Features and targets in the ring of x (class indices stay integers)."""
        if is_object(x) and isinstance(np.asarray(x).flat[0], flint.arb):
            return self._ball_data
        return lift(self.features, like=x), self._targets_like(x)

    def predictions(self, features: Array, x: Array) -> Array:
        """z = a.x for each row of `features`: (m,), or (m, K) logits for softmax."""
        if self.link.multiclass:
            return features @ x.reshape(self.classes, -1).T
        return features @ x

    def _pull_back(self, features: Array, slopes: Array) -> Array:
        """sum_r dphi_r a_r as a flat vector (d,)."""
        return (slopes.T @ features).reshape(-1)

    def _number(self, x: Array) -> Array:
        return lift(np.array([self.regularisation]), like=x)[0]

    def values(self, X: Array) -> Array:
        """f^i(X_i) for every agent: (n, d) -> (n,)."""
        features, targets = self._data_like(X)
        parts = []
        for x, rows, size in zip(X, self.rows, self.group_sizes, strict=True):
            losses = self.link.phi(self.predictions(features[rows], x), targets[rows])
            penalty = self._number(X) * (x * x).sum() / 2
            parts.append(size * losses.sum() / len(self.features) + penalty)
        return stack(parts, like=X)

    def gradients(self, X: Array) -> Array:
        """grad f^i(X_i) for every agent: (n, d) -> (n, d)."""
        features, targets = self._data_like(X)
        parts = []
        for x, rows, size in zip(X, self.rows, self.group_sizes, strict=True):
            mine = features[rows]
            slopes = self.link.dphi(self.predictions(mine, x), targets[rows])
            pull = size * self._pull_back(mine, slopes) / len(self.features)
            parts.append(pull + self._number(X) * x)
        return stack(parts, like=X)

    def value(self, x: Array) -> Array:
        """f(x): the mean loss over the data plus the regulariser."""
        features, targets = self._data_like(x)
        losses = self.link.phi(self.predictions(features, x), targets)
        return losses.sum() / len(self.features) + self._number(x) * (x * x).sum() / 2

    def gradient(self, x: Array) -> Array:
        """grad f(x), (d,)."""
        features, targets = self._data_like(x)
        slopes = self.link.dphi(self.predictions(features, x), targets)
        return self._pull_back(features, slopes) / len(self.features) + self._number(x) * x

    def hessian(self, x: Array) -> Array:
        """The Hessian of f, (d, d): the mean over rows of phi'' (x) a a', plus the regulariser."""
        features, targets = self._data_like(x)
        bends = self.link.ddphi(self.predictions(features, x), targets)
        bends = bends.reshape(len(self.features), self.classes, self.classes)
        xp = namespace(x)
        blocks = [
            [features.T @ (bends[:, j, k, None] * features) for k in range(self.classes)]
            for j in range(self.classes)
        ]
        whole = xp.concatenate([xp.concatenate(row, axis=1) for row in blocks], axis=0)
        penalty = self._number(x) * lift(np.eye(self.d, dtype=int), like=x)
        return whole / len(self.features) + penalty

    def constants(self) -> Constants:
        """See `hdo.problems.linear_constants`, where each bound is proved."""
        from hdo.problems.linear_constants import linear_constants

        return linear_constants(self)

    @cached_property
    def _padded(self) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
        """Rows padded with 0 to one length (n, max m), the true lengths (n,), scale_i (n,)."""
        lengths = np.array([len(rows) for rows in self.rows])
        padded = np.zeros((self.n, lengths.max()), dtype=np.intp)
        for index, rows in enumerate(self.rows):
            padded[index, : len(rows)] = rows
        total = len(self.features)
        return padded, lengths, np.array(self.group_sizes) * lengths / total

    def sample(self, key: Array, agent: Array) -> Array:
        """Positions in the agent's list of rows, (batch,); without a batch, all there are."""
        import jax

        from hdo.engine_random import integers

        padded, lengths, _ = self._padded
        if self.population.batch is None:
            return jax.numpy.arange(padded.shape[1])
        count = jax.numpy.asarray(lengths)[agent]
        return integers(key, (self.population.batch,), count)

    def loss(self, x: Array, agent: Array, xi: Array) -> Array:
        """F^agent(x, xi) in JAX: scale_i times the mean loss of the rows, plus the regulariser."""
        xp = namespace(x)
        features, targets, scale = self.sampled_rows(x, agent, xi)
        losses = self.link.phi(self.predictions(features, x), targets)
        real = xi < xp.asarray(self._padded[1])[agent]
        mean = xp.where(real, losses, 0.0).sum() / real.sum()
        return scale * mean + self.regularisation * (x * x).sum() / 2

    def sampled_rows(self, x: Array, agent: Array, xi: Array) -> tuple[Array, Array, Array]:
        """Features (b, p) and targets (b,) of a sample, and the agent's scale, in JAX."""
        xp = namespace(x)
        padded, _, scale = (xp.asarray(part) for part in self._padded)
        rows = padded[agent, xi]
        features = lift(self.features, like=x)[rows]
        return features, xp.asarray(self.targets)[rows], scale[agent]


def split_rows(
    targets: NDArray[Any], groups: Sequence[NDArray[np.intp]], *, split: str, seed: int
) -> tuple[NDArray[np.intp], ...]:
    """The rows of each agent: every group gets all N rows once, in parts of equal size up to 1.

    `contiguous` cuts the rows in file order, `by-label` after a stable sort by target, `iid` after
    a shuffle of its own for each group. Raises InputError where a group has more agents than there
    are rows.
    """
    total = len(targets)
    held: dict[int, NDArray[np.intp]] = {}
    for number, group in enumerate(groups):
        if len(group) > total:
            expected = f"at most {total} agents a group, one for each row of the data"
            raise InputError("population.agents", f"{len(group)} agents in a group", expected)
        if split == "iid":
            order = np.random.default_rng([seed, number]).permutation(total)
        else:
            order = np.argsort(targets, kind="stable") if split == "by-label" else np.arange(total)
        if len(group):
            parts = np.array_split(order, len(group))
            held.update(zip(group.tolist(), parts, strict=True))
    return tuple(held[index] for index in sorted(held))
