"""Algorithm 1 in plain numpy, as short as it is written: the oracle of the engine."""

from collections.abc import Callable, Sequence

import numpy as np

Loss = Callable[[np.ndarray], float]
Gradient = Callable[[np.ndarray], np.ndarray]


def estimate(
    name: str, loss: Loss, gradient: Gradient, x: np.ndarray, u: np.ndarray, nu: float
) -> np.ndarray:
    """G(x): the gradient, or the mean over the rows of u of a difference or a slope along them."""
    if name == "first-order":
        return gradient(x)
    if name == "two-point":
        return np.mean([(loss(x + nu * v) - loss(x)) / nu * v for v in u], axis=0)
    return np.mean([(gradient(x) @ v) * v for v in u], axis=0)


def interact(
    X: np.ndarray, meet: Sequence[tuple[int, int]], estimates: Sequence[np.ndarray], eta: float
) -> np.ndarray:
    """All who meet step with their own estimates, then pairs take their means; (i, i) is alone."""
    Y = X.copy()
    for i, j in meet:
        for k in {i, j}:
            Y[k] = X[k] - eta * estimates[k]
        Y[i] = Y[j] = (Y[i] + Y[j]) / 2
    return Y
