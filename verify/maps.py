"""Where a bound is tight: noise floor of the gap / exact stationary gap, over pairs of parameters.

Published and repaired: D2/D1 of (43), where their hypotheses hold; sharp: the least bound on the
gap (`verify.grid`), told of the estimators what its assumptions say.
"""

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from verify.grid import gap_bound, limit, published, tied
from verify.grid_cases import Cell, settled

Row = dict[str, Any]

BASE = Cell("pair", "two-point", n=16, n0=8, d=8, kappa=4, noise=1, split=1)
"""What a map does not vary; with one coordinate kappa = 1."""

FINE = 1 / 64
"""The step size where it is not varied, as a share of the sharp edition's stated limit."""

EDITIONS = ("published", "repaired", "sharp")


@dataclass(frozen=True)
class Place:
    """A cell, eta as a share of the sharp limit, nu as a multiple of eta/sqrt(d)."""

    cell: Cell
    share: float
    radius: float


@dataclass(frozen=True)
class Map:
    """Two parameters by name, their values, and the place of each pair."""

    name: str
    x: str
    y: str
    across: tuple[float, ...]
    up: tuple[float, ...]
    place: Callable[[float, float], Place]


def _share(x: float, y: float) -> Place:
    cell = replace(BASE, n0=round(x * BASE.n), d=int(y), kappa=BASE.kappa if y > 1 else 1)
    return Place(cell, FINE, 1.0)


def _steps(x: float, y: float) -> Place:
    return Place(BASE, x, y)


def _condition(x: float, y: float) -> Place:
    return Place(replace(BASE, n=int(y), n0=int(y) // 2, kappa=int(x)), FINE, 1.0)


MAPS = (
    Map("agents", "n0/n", "d", (0, 0.25, 0.5, 0.75, 1), (1, 2, 8, 32, 64, 256), _share),
    Map(
        "steps",
        "eta/limit",
        "nu sqrt(d)/eta",
        tuple(2.0**-j for j in range(12, -1, -2)),
        (0.25, 1, 4, 16, 64, 256),
        _steps,
    ),
    Map("conditioning", "L/l", "n", (1, 4, 16, 100, 1000), (4, 8, 16, 64, 256), _condition),
)
"""The maps; every second value of each axis in the quick profile."""


def axes(chosen: Map, profile: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The values along and up, as many as the profile has."""
    step = 2 if profile == "quick" else 1
    return chosen.across[::step], chosen.up[::step]


def rows(profile: str) -> Iterator[Row]:
    """One row a map, pair of values and edition; `bound` None where hypotheses do not hold."""
    for chosen in MAPS:
        across, up = axes(chosen, profile)
        for y in up:
            for x in across:
                head = {"map": chosen.name, "x_name": chosen.x, "y_name": chosen.y, "x": x, "y": y}
                yield from ({**head, **row} for row in _judged(chosen.place(x, y)))


def _judged(place: Place) -> Iterator[Row]:
    cell = place.cell
    eta = place.share * limit(cell)
    nu = place.radius * tied(cell, eta)
    exact = settled(cell, eta=eta, nu=nu)["gap"]
    where = json.dumps({**asdict(cell), "eta": eta, "nu": nu})
    for edition in EDITIONS:
        bound = _bound(edition, cell, eta, nu)
        ratio = None if bound is None else bound / exact
        yield {"edition": edition, "cell": where, "exact": exact, "bound": bound, "ratio": ratio}


def _bound(edition: str, cell: Cell, eta: float, nu: float) -> float | None:
    if edition != "sharp":
        return published(cell, eta, nu, edition=edition)
    found = gap_bound(cell, "two-point", eta, nu)
    return found if math.isfinite(found) else None
