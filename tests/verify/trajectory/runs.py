"""Problems and methods the trajectory tests share."""

from typing import Any

import numpy as np

from hdo.population import Population
from hdo.problems import QuadraticProblem
from hdo.spec import Method

NAMES = ("gamma", "distance_sq", "gap", "grad_sq", "M_G")
MIXED = ("two-point", "first-order", "forward-gradient", "first-order", "two-point")


def method(interaction: str, steps: int, **more: Any) -> Method:
    """eta = 0.2, nu = 0.5 from the point of twos: every term matters after a few steps."""
    content: dict[str, Any] = {"step_size": 0.2, "nu": 0.5, "start": 2.0, **more}
    return Method(interaction=interaction, rounds=steps, **content)


def quadratic(
    agents: tuple[str, ...],
    d: int,
    *,
    shape: str = "own",
    directions: int = 1,
    noise: float = 0.7,
    seed: int = 0,
) -> QuadraticProblem:
    """Random centres; curvatures `own` diagonals, `shared` diagonal, or `matrices`."""
    rng = np.random.default_rng(seed)
    n = len(agents)
    curvatures = rng.uniform(0.5, 2, (n, d))
    if shape == "shared":
        curvatures[:] = curvatures[0]
    if shape == "matrices":
        factors = rng.normal(size=(n, d, d))
        curvatures = factors @ factors.transpose(0, 2, 1) / d
        curvatures = (curvatures + curvatures.transpose(0, 2, 1)) / 2
    return QuadraticProblem(
        population=Population(agents, directions=directions),
        curvatures=curvatures,
        centres=rng.normal(size=(n, d)),
        noise=noise,
    )
