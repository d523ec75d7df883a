"""Explicit populations that attain a worst case, built from the optimal inner products.

The means and common vectors get coordinates of their own. The deviations of a group of n_g > 2
agents are the corners of a regular n_g-gon in a plane for each of the form's directions (n_g = 2:
two opposite points): all agents of a group are alike, so that each satisfies what holds on average.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verify.worst.program import Dual
from verify.worst.rows import MEANS

Floats = NDArray[np.float64]

_NEGLIGIBLE = 1e-9
"""Of a form's largest eigenvalue: directions below it are left out."""

INSIDE = 1e-12
"""Of L: how far the curvatures are kept from their limits, so that rounding does not cross them."""


@dataclass(frozen=True)
class Placed:
    """Vectors with coordinates: `models` and `gradients` are (n, d), x* = 0."""

    models: Floats
    gradients: Floats

    def padded(self, d: int) -> "Placed":
        """The same vectors among more coordinates."""
        more = ((0, 0), (0, d - self.models.shape[1]))
        return Placed(np.pad(self.models, more), np.pad(self.gradients, more))


def placed(found: Dual, sizes: tuple[int, int]) -> Placed:
    """X_i - x* and g_i of every agent, group 0 first."""
    means, names = _factor(found.grams[MEANS]), list(found.bases[MEANS])
    columns = means.shape[1]
    parts = {
        g: _factor(found.grams[f"deviations {g}"])
        for g in (0, 1)
        if f"deviations {g}" in found.grams
    }
    width = {g: part.shape[1] * _plane(sizes[g]) for g, part in parts.items()}
    d = columns + sum(width.values())
    models, gradients = np.zeros((sum(sizes), d)), np.zeros((sum(sizes), d))

    def mean(name: str) -> Floats:
        row: Floats = means[names.index(name)] if name in names else np.zeros(columns)
        return row

    for g in (0, 1):
        rows = slice(0, sizes[0]) if g == 0 else slice(sizes[0], None)
        side = sizes[1] if g == 0 else -sizes[0]
        models[rows, :columns] = mean("y") + side * mean("x gap")
        gradients[rows, :columns] = mean(f"g {g}")
        if g not in parts:
            continue
        begin = columns + (width.get(0, 0) if g == 1 else 0)
        corners = _corners(sizes[g], parts[g].shape[1])
        for vectors, name in ((models, "x"), (gradients, "g")):
            basis = list(found.bases[f"deviations {g}"])
            if name in basis:
                factor = parts[g][basis.index(name)] / math.sqrt(sizes[g])
                spread = corners * np.repeat(factor, _plane(sizes[g]))
                vectors[rows, begin : begin + width[g]] = spread
    return Placed(models, gradients)


def _factor(gram: Floats) -> Floats:
    """V with V V' = the matrix, but for negligible directions; one row a basis vector."""
    values, vectors = np.linalg.eigh((gram + gram.T) / 2)
    kept = values > _NEGLIGIBLE * max(values.max(initial=0.0), 0.0)
    return np.asarray(vectors[:, kept] * np.sqrt(values[kept]))


def _plane(size: int) -> int:
    """Coordinates that one direction takes."""
    return 1 if size == 2 else 2


def _corners(size: int, directions: int) -> Floats:
    """(size, directions x plane): unit vectors in each direction's plane, of mean 0."""
    if size == 2:
        return np.tile(np.array([[1.0], [-1.0]]), (1, directions))
    angles = 2 * math.pi * np.arange(size) / size
    corner = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.tile(corner, (1, directions))


def curvatures(found: Placed, *, L: float, l: float) -> Floats:  # noqa: E741
    """Symmetric A_i, (n, d, d), with A_i X_i as near g_i as l I <= A_i <= L I allows.

    A = l I + h h'/<h, x>, h = g - l x, has the eigenvalues l and l + ||h||^2/<h, x> <= L wherever
    <g - l x, L x - g> >= 0, which is what interpolation asks.
    """
    eye = np.eye(found.models.shape[1])
    low, high = l + INSIDE * L, L - INSIDE * L
    pairs = zip(found.models, found.gradients, strict=True)
    return np.array([_curvature(x, g, low, high, eye) for x, g in pairs])


def _curvature(x: Floats, g: Floats, low: float, high: float, eye: Floats) -> Floats:
    h = g - low * x
    along = float(h @ x)
    size = float(h @ h)
    if along <= 0 or size == 0 or high <= low:
        return low * eye
    rise = min(size / along, high - low)
    unit = h / math.sqrt(size)
    A = low * eye + rise * np.outer(unit, unit)
    return np.asarray((A + A.T) / 2)
