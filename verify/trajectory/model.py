"""One interaction of a typed quadratic as numbers in a ring: float64 or balls.

Coordinates with the same curvatures are one block, as only their sums matter. Everything is
measured from the minimiser of the mean objective, so that nothing cancels late in a run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hdo.errors import InputError
from hdo.population import ZEROTH
from hdo.ring import Array, lift
from verify.trajectory.types import TypedQuadratic

INTERACTIONS = ("pair", "matching")

Ring = Callable[[Any], Any]
"""The constructor of a ring's numbers: `float` or `verify.balls.ball`."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Meeting:
    """Who meets: probabilities of an interaction among n agents.

    `meet`: that two given agents average together. `gone`: that an agent's model is replaced;
    `idle`: by its own step alone (matching with odd n). `both`: matching, that two given agents
    average with two given others. Pair: every agent steps only if chosen. Matching: all step.
    """

    matching: bool
    meet: Array
    gone: Array
    idle: Array
    both: Array


def meeting(interaction: str, n: int, one: Array) -> Meeting:
    """The probabilities, in the ring of `one`."""
    if interaction not in INTERACTIONS:
        raise InputError("method.interaction", interaction, f"one of {list(INTERACTIONS)}")
    zero = 0 * one
    if interaction == "pair":
        meet, gone = 2 * one / (n * (n - 1)), 2 * one / n
        return Meeting(matching=False, meet=meet, gone=gone, idle=zero, both=zero)
    if n % 2:
        meet, idle, both = one / n, one / n, one / (n * (n - 2))
    else:
        meet, idle = one / (n - 1), zero
        both = one / ((n - 1) * (n - 3)) if n > 2 else zero
    return Meeting(matching=True, meet=meet, gone=one, idle=idle, both=both)


@dataclass(frozen=True, eq=False, kw_only=True)
class Model:
    """m types and K blocks of coordinates in one ring; arrays (m, K) unless said otherwise.

    All points are measured from the minimiser x* of the mean objective. `counts` (m,); `partners`
    (m, m): how many agents of type s an agent of type t can meet; `distinct` (m, m): 1 where two
    different agents of these types exist, else 0; `multiplicity` (K,): coordinates in a block.
    Noise of one estimate: `base` + `spread` (m, 1) x (directional part) + `curved` (two-point,
    from the curvature). `centre_own`, `centre_pair` (m, m, K): E<c_i, c_j> of one agent, of two.
    `start` (K,), `start_centre`: the same with the start. `anchor`, `anchor_start` (K,),
    `anchor_centre`: products with x* itself.
    """

    n: int
    meeting: Meeting
    eta: Array
    counts: Array
    partners: Array
    distinct: Array
    curvature: Array
    mean_curvature: Array
    multiplicity: Array
    base: Array
    spread: Array
    curved: Array
    centre_own: Array
    centre_pair: Array
    start: Array
    start_centre: Array
    anchor: Array
    anchor_start: Array
    anchor_centre: Array
    random: bool

    @property
    def m(self) -> int:
        """Types."""
        return int(self.curvature.shape[0])

    @property
    def K(self) -> int:
        """Blocks."""
        return int(self.curvature.shape[1])


def compile_model(
    system: TypedQuadratic,
    *,
    eta: Array,
    nu: Array,
    start: Array,
    interaction: str,
    ring: Ring,
) -> Model:
    """The numbers of `system` in a ring, given by its constructor: `float` or `verify.balls.ball`.

    `eta`, `nu` (for two-point agents) are numbers of the ring, `start` the common start in float64
    or exact rationals. Differences of points are taken in rationals, before the ring.
    """

    up = partial(_lifted, ring=ring)
    columns, block = np.unique(system.curvatures, axis=1, return_inverse=True)
    members = [np.flatnonzero(block == k) for k in range(columns.shape[1])]
    curvature, counts = up(columns), up(system.counts)
    multiplicity = up([len(c) for c in members])
    distinct = up(1 - np.diag([int(c == 1) for c in system.counts]))
    estimates = _Estimates(system, up, curvature=curvature, multiplicity=multiplicity)
    points = _point_products(system, start, members, up)
    spread = up(system.variances)[:, None] * multiplicity / system.d
    return Model(
        n=system.n,
        meeting=meeting(interaction, system.n, ring(1)),
        eta=eta,
        counts=counts,
        partners=up(np.array(system.counts, dtype=object)[None] - np.eye(system.m, dtype=int)),
        distinct=distinct,
        curvature=curvature,
        mean_curvature=(counts[:, None] * curvature).sum(axis=0) / system.n,
        multiplicity=multiplicity,
        base=estimates.base,
        spread=estimates.spread,
        curved=estimates.curved(nu),
        centre_own=points.pop("centre_own") + spread,
        centre_pair=points.pop("centre_pair") * distinct[..., None],
        **points,
        random=system.random,
    )


def _lifted(values: object, *, ring: Ring) -> Array:
    """Numbers in the ring, float64 where it is `float`."""
    source = np.asarray(values, dtype=object)
    lifted = np.array([ring(v) for v in source.ravel()], dtype=object).reshape(source.shape)
    return lifted.astype(float) if ring is float else lifted


def _point_products(
    system: TypedQuadratic, start: Array, members: list[NDArray[np.intp]], up: Ring
) -> dict[str, Array]:
    """Inner products in each block of centres, start and minimiser, by field of `Model`."""
    exact = system.minimiser()
    centres, origin = (up(lift(a, like=exact) - exact) for a in (system.centres, start))
    anchor = up(exact)

    def products(a: Array, b: Array) -> Array:
        return np.stack([(a * b)[..., c].sum(axis=-1) for c in members], axis=-1)

    return {
        "centre_own": products(centres, centres),
        "centre_pair": products(centres[:, None], centres[None]),
        "start": products(origin, origin),
        "start_centre": products(origin[None], centres),
        "anchor": products(anchor, anchor),
        "anchor_start": products(anchor, origin),
        "anchor_centre": products(anchor[None], centres),
    }


@dataclass(frozen=True, eq=False)
class _Estimates:
    """Covariance of an estimate given the model, summed over each block.

    With g = A(x - b) + xi, E xi xi' = s I, and rv directions that share xi: E GG' = (1 - 1/rv) E
    gg' + (1/rv) (E||g||^2 I + 2 E gg' + H), so, with q the trace of E[(g - xi)(g - xi)'] in a block
    of r coordinates, the covariance has trace r s + (1/rv) (q + r s + r sum (q + r s) + H). Forward
    gradient: H = 0 (u ~ N(0, I): E (u.g)^2 uu' = ||g||^2 I + 2 gg'). Two-point: the difference
    quotient adds nu u'Au/2, E (u'Au)^2 uu' = (tr(A)^2 + 2 tr(A^2)) I + 4 tr(A) A + 8 A^2
    (Isserlis).
    """

    system: TypedQuadratic
    up: Callable[[object], Array]
    curvature: Array
    multiplicity: Array

    @property
    def base(self) -> Array:
        """r s, (m, K)."""
        noise = np.broadcast_to(np.asarray(self.system.noise, dtype=object), (self.system.m,))
        return self.multiplicity * self.up(noise)[:, None] / self.system.d

    @property
    def spread(self) -> Array:
        """1/rv for zeroth-order types, 0 for first-order ones, (m, 1)."""
        zeroth = [int(e in ZEROTH) for e in self.system.estimators]
        return self.up(zeroth)[:, None] / self.system.directions

    def curved(self, nu: Array) -> Array:
        """H/rv summed over each block, (m, K); 0 but for two-point types."""
        a, r = self.curvature, self.multiplicity
        two_point = self.up([int(e == "two-point") for e in self.system.estimators])[:, None]
        trace = (a * r).sum(axis=1)[:, None]
        square = (a * a * r).sum(axis=1)[:, None]
        quartic = (trace * trace + 2 * square) * r + 4 * trace * a * r + 8 * a * a * r
        return two_point * quartic * nu * nu / (4 * self.system.directions)
