"""The step size from which nothing contracts: by the exact moments of quadratics."""

import numpy as np

from verify.trajectory.stationary import stability_threshold
from verify.trajectory.types import TypedQuadratic
from verify.worst.onestep import Population

LARGEST_DIMENSION = 32
"""For the stability threshold of zeroth-order agents, all of whose coordinates matter."""


def unstable_from(population: Population) -> float | None:
    """The step size from which agents with one curvature L diverge in mean square."""
    kinds = [("forward-gradient", population.zeroth), ("first-order", population.first)]
    held = [(name, count) for name, count in kinds if count]
    d = population.dimension if population.zeroth else 1
    if d > LARGEST_DIMENSION:
        return None
    system = TypedQuadratic(
        counts=tuple(count for _, count in held),
        estimators=tuple(name for name, _ in held),
        curvatures=np.full((len(held), d), float(population.smoothness)),
        centres=np.zeros((len(held), d)),
        directions=population.directions,
    )
    return stability_threshold(system, interaction="pair")
