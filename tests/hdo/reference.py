"""Algorithm 1 in plain numpy, as short as it is written: the oracle of the engine."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Loss = Callable[[np.ndarray], Any]
Gradient = Callable[[np.ndarray], np.ndarray]

LEVELS = 16


@dataclass
class Draws:
    """The directions of one estimate by law, (rv, d) each, and its uniform numbers, (rv,)."""

    gaussian: np.ndarray
    sphere: np.ndarray
    axes: np.ndarray
    tangents: np.ndarray
    levels: np.ndarray


def debiased_slope(loss: Loss, x: np.ndarray, v: np.ndarray, nu: float, draw: float) -> float:
    """The telescoping sum cut at a random level, P(k) in proportion to 2^(-3k/2)."""
    p = np.array([2 ** (-1.5 * k) for k in range(1, LEVELS + 1)])
    p = p / p.sum()
    k = 1 + int(np.searchsorted(np.cumsum(p)[:-1], draw))

    def D(h: float) -> float:
        return float(loss(x + h * v) - loss(x)) / h

    return D(nu) + (D(nu * 2.0**-k) - D(nu * 2.0 ** (1 - k))) / float(p[k - 1])


def estimate(
    name: str, loss: Loss, gradient: Gradient, x: np.ndarray, u: Draws, nu: float, memory: float
) -> tuple[np.ndarray, float]:
    """G(x) and what is remembered: the mean over directions of a slope along them times them."""
    d = len(x)

    def mean(rows: np.ndarray, slope: Callable[[np.ndarray], Any]) -> np.ndarray:
        return np.asarray(np.mean([slope(v) * v for v in rows], axis=0))

    def forward(v: np.ndarray) -> Any:
        return (loss(x + nu * v) - loss(x)) / nu

    def central(v: np.ndarray) -> Any:
        return (loss(x + nu * v) - loss(x - nu * v)) / (2 * nu)

    if name == "residual":
        before = loss(x) if math.isnan(memory) else memory
        G = mean(u.gaussian, lambda v: (loss(x + nu * v) - before) / nu)
        return G, float(np.mean([loss(x + nu * v) for v in u.gaussian]))
    if name == "debiased":
        pairs = zip(u.gaussian, u.levels, strict=True)
        each = [debiased_slope(loss, x, v, nu, float(r)) * v for v, r in pairs]
        return np.asarray(np.mean(each, axis=0)), memory
    found = {
        "first-order": lambda: gradient(x),
        "two-point": lambda: mean(u.gaussian, forward),
        "two-point-central": lambda: mean(u.gaussian, central),
        "sphere": lambda: d * mean(u.sphere, forward),
        "sphere-central": lambda: d * mean(u.sphere, central),
        "coordinate": lambda: d * mean(u.axes, central),
        "complex-step": lambda: d * mean(u.sphere, lambda v: loss(x + 1j * nu * v).imag / nu),
        "forward-gradient": lambda: mean(u.gaussian, lambda v: gradient(x) @ v),
        "uniform-tangent": lambda: mean(u.tangents, lambda v: gradient(x) @ v),
    }[name]()
    return found, memory


@dataclass
class Options:
    """What goes beyond Algorithm 1: momentum m, the delay of models, eta at each time."""

    eta: Callable[[int], float]
    momentum: float = 0.0
    delay: int = 0
    past: list[np.ndarray] = field(default_factory=list)


def interact(
    X: np.ndarray,
    g: np.ndarray,
    meet: Sequence[tuple[int, int]],
    estimates: Sequence[np.ndarray],
    t: int,
    options: Options,
) -> np.ndarray:
    """All who meet step with their own estimates, then take means with their mates; g in place.

    (i, i) is alone, and so are (i, i), (j, j) where a meeting was lost. With a delay the mate's
    model is the one `delay` interactions ago.
    """
    Y, m = X.copy(), options.momentum
    for k in {k for pair in meet for k in pair}:
        g[k] = m * g[k] + (1 - m) * estimates[k]
        Y[k] = X[k] - options.eta(t) * g[k]
    Z = Y.copy()
    for i, j in meet:
        for a, b in ((i, j), (j, i)):
            if a != b:
                Z[a] = (Y[a] + (options.past[0][b] if options.delay else Y[b])) / 2
    if options.delay:
        options.past.pop(0)
        options.past.append(Z)
    return Z
