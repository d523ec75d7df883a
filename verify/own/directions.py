"""Laws of random directions: how one is drawn, and what is known of it without drawing."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from types import MappingProxyType
from typing import Any

from flint import fmpq

from hdo.ring import Array

Atom = tuple[tuple[int, ...], fmpq]
"""A direction and its probability."""

Monomial = tuple[int, ...]
"""The power of each coordinate."""


@dataclass(frozen=True)
class Directions:
    """One law in every dimension.

    `draw(key, d)` is a JAX array (d,). `atoms(d)` are all `count(d)` directions, where they are
    finitely many; otherwise `moment(powers)` is E prod_k u_k^powers[k], exactly.
    """

    draw: Callable[[Any, int], Array]
    atoms: Callable[[int], Iterator[Atom]] | None = None
    count: Callable[[int], int] = lambda d: 0
    moment: Callable[[Monomial], fmpq] | None = None


def gaussian_moment(powers: Monomial) -> fmpq:
    """E prod u_k^{a_k} = prod (a_k - 1)!! for u ~ N(0, I), 0 where some a_k is odd."""
    if any(power % 2 for power in powers):
        return fmpq(0)
    return fmpq(prod(prod(range(1, power, 2)) for power in powers))


def sphere_moment(powers: Monomial) -> fmpq:
    """The Gaussian moment over E||u||^{sum a} = d (d + 2) ... (d + sum a - 2)."""
    d = len(powers)
    return gaussian_moment(powers) / prod(d + k for k in range(0, sum(powers), 2))


def _axes(d: int) -> Iterator[Atom]:
    for axis in range(d):
        yield tuple(int(k == axis) for k in range(d)), fmpq(1, d)


def _signs(d: int) -> Iterator[Atom]:
    for signs in product((-1, 1), repeat=d):
        yield signs, fmpq(1, 2**d)


def _draw(name: str) -> Callable[[Any, int], Array]:
    def draw(key: Any, d: int) -> Array:
        from hdo import estimators

        return getattr(estimators, name)(key, 1, d)[0]

    return draw


def _draw_signs(key: Any, d: int) -> Array:
    from hdo.engine_random import integers

    return 2.0 * integers(key, (d,), 2) - 1.0


DIRECTIONS: Mapping[str, Directions] = MappingProxyType(
    {
        "gaussian": Directions(_draw("gaussian"), moment=gaussian_moment),
        "sphere": Directions(_draw("spherical"), moment=sphere_moment),
        "coordinates": Directions(_draw("coordinates"), atoms=_axes, count=lambda d: d),
        "signs": Directions(_draw_signs, atoms=_signs, count=lambda d: 2**d),
    }
)
"""N(0, I); uniform on the unit sphere, on the axes' unit vectors, and on {-1, 1}^d."""
