"""Who takes part: one estimator an agent, directions and batch of the estimates."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hdo.errors import InputError

PAPER = ("first-order", "two-point", "forward-gradient")
"""The paper's estimators: the gradient of a sample, Definition 2, forward mode."""

ZEROTH = (
    *PAPER[1:],
    "two-point-central",
    "sphere",
    "sphere-central",
    "coordinate",
    "complex-step",
    "debiased",
    "residual",
    "uniform-tangent",
)
"""Estimators of the agents in N0: they see values or directional derivatives, not the gradient."""

SMOOTHED = tuple(name for name in ZEROTH if name not in ("forward-gradient", "uniform-tangent"))
"""Those that need a smoothing radius nu."""

ESTIMATORS = ("first-order", *ZEROTH)
"""Every estimator an agent may have; `hdo.estimators` defines them."""


@dataclass(frozen=True)
class Population:
    """n >= 2 agents, each with the name of its estimator, in any order.

    `directions` is rv >= 1, the directions averaged in one zeroth-order estimate (they share the
    sample xi). `batch` is the number of data rows a sample holds (drawn independently, with
    replacement); None means all of the agent's rows, that is no sampling. Problems without data
    ignore `batch`.
    """

    agents: tuple[str, ...]
    directions: int = 1
    batch: int | None = 1

    def __post_init__(self) -> None:
        if len(self.agents) < 2:
            raise InputError("population.agents", list(self.agents), "at least 2 agents")
        for index, name in enumerate(self.agents):
            if name not in ESTIMATORS:
                raise InputError(f"population.agents[{index}]", name, f"one of {list(ESTIMATORS)}")
        if self.directions < 1:
            raise InputError("population.directions", self.directions, "an integer >= 1")
        if self.batch is not None and self.batch < 1:
            raise InputError("population.batch", self.batch, 'an integer >= 1 or "full"')

    @property
    def n(self) -> int:
        """The number of agents."""
        return len(self.agents)

    @property
    def n0(self) -> int:
        """The number of zeroth-order agents."""
        return len(self.zeroth_order)

    @property
    def n1(self) -> int:
        """The number of first-order agents."""
        return len(self.first_order)

    @cached_property
    def zeroth_order(self) -> NDArray[np.intp]:
        """N0: indices of the zeroth-order agents, increasing; shape (n0,)."""
        return np.array([i for i, a in enumerate(self.agents) if a in ZEROTH], dtype=np.intp)

    @cached_property
    def first_order(self) -> NDArray[np.intp]:
        """N1: indices of the first-order agents, increasing; shape (n1,)."""
        return np.array([i for i, a in enumerate(self.agents) if a not in ZEROTH], dtype=np.intp)
