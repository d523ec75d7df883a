"""One interaction of many replicas at once, in JAX: who meets, estimates, steps, averages.

Replicas are lanes of a block. Only agents that act estimate, and each estimator runs on its own
agents alone: their rows are gathered into tiles, a loop with as many rounds as there are tiles.
Every draw comes from a key of (seed, replica, agent, step, purpose).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from scipy.stats import binom

from hdo.engine_random import drawn_once, fold, held, make_key
from hdo.errors import InputError
from hdo.estimators import MEMORY_NONE, REMEMBERING, all_remembering
from hdo.estimators_analytic import require_analytic
from hdo.estimators_shortcuts import shortcut
from hdo.interactions import make_meet
from hdo.interactions_graphs import graph_edges
from hdo.population import SMOOTHED
from hdo.problems.base import Problem
from hdo.schedules import PLAIN, make_schedule, theorem_step_size
from hdo.spec import Method

SAMPLE, DIRECTION, MEETING = 0, 1, 2
"""Purposes of a draw: the sample xi, the directions u, who meets."""

TILE_NUMBERS = 2**15
"""At most about so many numbers a tile of estimates draws at once."""

TILE_COST = 1500
"""What a tile costs beside its rows, in numbers drawn: starting its kernels."""

Integer: TypeAlias = int | jax.Array
State: TypeAlias = dict[str, jax.Array]
"""`models` (B, n, d); where the method needs them `momenta` (B, n, d), `memory` (B, n), and `past`
(delay, B, n, d), the models after interaction t in row t mod delay."""

Estimate: TypeAlias = Callable[..., tuple[jax.Array, jax.Array]]


def derive_key(
    seed: Integer, replica: Integer, agent: Integer, step: Integer, purpose: Integer
) -> jax.Array:
    """The key of one draw. Meetings concern no single agent and take `agent` = n."""
    return _key(make_key(seed), replica, agent, step, purpose)


def _key(root: jax.Array, replica: Any, agent: Any, step: Any, purpose: Any) -> jax.Array:
    return fold(fold(root, replica, agent), step, purpose)


def resolved(problem: Problem, method: Method) -> Method:
    """The method with the theorem's step size in place of its schedule."""
    if method.schedule.kind != "theorem":
        return method
    l = problem.constants().l.value  # noqa: E741 - the paper's symbol
    eta = theorem_step_size(n=problem.n, l=l, steps=method.steps)
    return replace(method, step_size=eta, schedule=PLAIN)


def _radius(problem: Problem, method: Method) -> float:
    """nu, asked for only where an agent needs it."""
    needed = any(name in SMOOTHED for name in problem.population.agents)
    return method.smoothing if needed else math.nan


def make_estimates(problem: Problem, method: Method, *, shortcuts: bool) -> dict[str, Estimate]:
    """By estimator: `estimate(x, agent, sample_key, direction_key, memory) -> (G, memory)`."""
    population = problem.population
    names = sorted(set(population.agents))
    nu = _radius(problem, method)
    if "complex-step" in names:
        require_analytic(problem, nu=nu)

    def build(name: str) -> Estimate:
        fast = shortcut(name, problem, nu=nu) if shortcuts else None
        transform = all_remembering(name, nu=nu, directions=population.directions)

        def estimate(
            x: jax.Array,
            agent: jax.Array,
            sample_key: jax.Array,
            direction_key: jax.Array,
            memory: jax.Array,
        ) -> tuple[jax.Array, jax.Array]:
            xi = problem.sample(sample_key, agent)
            if fast is not None:
                return fast(x, agent, xi, direction_key), memory
            return transform(lambda y: problem.loss(y, agent, xi), x, direction_key, memory)

        return estimate

    return {name: build(name) for name in names}


@dataclass(frozen=True, eq=False)
class Stepper:
    """What one interaction of a block of B = `lanes` replicas needs, fixed for a compiled run."""

    problem: Problem
    method: Method
    lanes: int
    shortcuts: bool = True

    def __post_init__(self) -> None:
        method = resolved(self.problem, self.method)
        edges = None if method.graph is None else graph_edges(method.graph, self.problem.n)
        object.__setattr__(self, "method", method)
        meet = make_meet(method.interaction, edges=edges, loss=method.loss)
        object.__setattr__(self, "_meet", meet)
        estimates = make_estimates(self.problem, method, shortcuts=self.shortcuts)
        object.__setattr__(self, "_estimates", estimates)
        steps = method.rounds or 0
        eta = make_schedule(method.schedule, step_size=method.step_size, steps=steps)
        object.__setattr__(self, "_eta", eta)

    _meet: Any = None
    _estimates: Any = None
    _eta: Any = None

    @property
    def everyone(self) -> bool:
        """Whether all agents act in every interaction, in the order of their numbers."""
        return self.method.interaction == "matching"

    @property
    def acting(self) -> int:
        """How many agents act in one interaction."""
        return self.problem.n if self.everyone else 2

    def start(self) -> State:
        """The block before the first interaction."""
        n, d, method = self.problem.n, self.problem.d, self.method
        shape = (self.lanes, n, d)
        models = jnp.broadcast_to(jnp.asarray(method.start_point(d)), shape)
        state = {"models": models}
        if method.momentum:
            state["momenta"] = jnp.zeros(shape)
        if any(name in REMEMBERING for name in self._estimates):
            state["memory"] = jnp.full((self.lanes, n), MEMORY_NONE)
        if method.delay:
            state["past"] = jnp.broadcast_to(models, (method.delay, *shape))
        return state

    def step(
        self, state: State, root: jax.Array, replicas: jax.Array, active: jax.Array, t: jax.Array
    ) -> State:
        """The block after interaction t (from 0); lanes from `active` on are not to be used.

        Those who act take X <- X - eta_t G(X), each with its own estimator (along g <- m g + (1 -
        m) G with momentum m); then each takes the mean of its own new model and its mate's.
        """
        n, method, X = self.problem.n, self.method, state["models"]
        lanes = jnp.arange(self.lanes)[:, None]
        keys = _key(root, replicas, n, t, MEETING)
        agents, mates = jax.vmap(lambda key: self._meet(key, n))(keys)
        out = dict(state)
        x = X if self.everyone else X[lanes, agents]
        before = state["memory"][lanes, agents] if "memory" in state else None
        G, memory = self._estimated(x, before, root, replicas, active, t, agents)
        if method.momentum:
            G = method.momentum * state["momenta"][lanes, agents] + (1 - method.momentum) * G
            out["momenta"] = self._put(state["momenta"], agents, G)
        if "memory" in state:
            out["memory"] = self._put(state["memory"], agents, memory)
        moved = x - self._eta(t) * G
        alone = (agents == mates)[..., None]
        if method.delay:
            partner = state["past"][t % method.delay][lanes, mates]
            partner = jnp.where(alone, moved, partner)
        elif self.everyone:
            partner = jnp.take_along_axis(moved, mates[..., None], axis=1)
        else:
            partner = jnp.where(alone, moved, moved[:, ::-1])
        out["models"] = self._put(X, agents, (moved + partner) / 2)
        if method.delay:
            out["past"] = state["past"].at[t % method.delay].set(out["models"])
        return out

    def _put(self, whole: jax.Array, agents: jax.Array, rows: jax.Array) -> jax.Array:
        """`whole` (B, n, ...) with the rows (B, acting, ...) of those who acted in place."""
        if self.everyone:
            return rows
        n = self.problem.n
        places = (jnp.arange(self.lanes)[:, None] * n + agents).reshape(-1)
        flat = whole.reshape(self.lanes * n, *whole.shape[2:])
        rows = rows.reshape(-1, *rows.shape[2:])
        found = flat.at[places].set(rows, unique_indices=True, mode="promise_in_bounds")
        return found.reshape(whole.shape)

    def _estimated(
        self,
        x: jax.Array,
        memory: jax.Array | None,
        root: jax.Array,
        replicas: jax.Array,
        active: jax.Array,
        t: jax.Array,
        agents: jax.Array,
    ) -> tuple[jax.Array, jax.Array]:
        """G (B, acting, d) and the memories (B, acting) of those who act, at their models x."""
        d, slots = self.problem.d, self.lanes * self.acting
        flat, points = agents.reshape(slots), x.reshape(slots, d)
        before = jnp.zeros(slots) if memory is None else memory.reshape(slots)
        order, groups = self._grouped(flat, active)
        out = jnp.zeros((slots, d)), jnp.zeros(slots)
        for name, first, count in groups:
            tile, estimate = self._tile(name, slots), jax.vmap(self._estimates[name])
            # a tile may end beyond its group: those places are no slots
            places = jnp.concatenate([order, jnp.full(tile, slots, order.dtype)])
            places = jnp.where(jnp.arange(slots + tile) < first + count, places, slots)

            def one_tile(
                k: jax.Array,
                carry: tuple[jax.Array, ...],
                first: jax.Array = first,
                tile: int = tile,
                estimate: Estimate = estimate,
                places: jax.Array = places,
            ) -> tuple[jax.Array, ...]:
                mine = jax.lax.dynamic_slice_in_dim(places, first + k * tile, tile)
                slot = jnp.minimum(mine, slots - 1)
                agent, lane = flat[slot], replicas[slot // self.acting]
                with drawn_once(active > 0):
                    given = held(
                        lambda: (
                            points[slot],
                            *(_key(root, lane, agent, t, p) for p in (SAMPLE, DIRECTION)),
                        )
                    )
                    found = estimate(given[0], agent, *given[1:], before[slot])
                return tuple(
                    whole.at[mine].set(part, mode="drop")
                    for whole, part in zip(carry, found, strict=True)
                )

            out = jax.lax.fori_loop(0, (count + tile - 1) // tile, one_tile, out)
        shape = (self.lanes, self.acting)
        return out[0].reshape(*shape, d), out[1].reshape(shape)

    def _tile(self, name: str, slots: int) -> int:
        """Rows of one tile: those with the least expected work, TILE_NUMBERS drawn at most.

        A tile costs what its rows draw, used or not, and TILE_COST numbers by itself.
        """
        d, population = self.problem.d, self.problem.population
        rv, share = population.directions, population.agents.count(name) / self.problem.n
        nu = _radius(self.problem, self.method)
        fast = self.shortcuts and shortcut(name, self.problem, nu=nu) is not None
        drawn = d if name == "first-order" else d + rv if fast else d * rv
        tiles = np.arange(1, max(1, min(TILE_NUMBERS // drawn, slots)) + 1)
        counts = np.arange(slots + 1)
        law = binom.pmf(counts, slots, share)
        if self.everyone:
            law = (counts == round(slots * share)).astype(float)
        rounds = law @ -(-counts[:, None] // tiles)
        return int(tiles[np.argmin(rounds * (TILE_COST + tiles * drawn))])

    def _grouped(
        self, agents: jax.Array, active: jax.Array
    ) -> tuple[jax.Array, list[tuple[str, jax.Array, jax.Array]]]:
        """The slots (lane x acting + k) in the order of their estimators, those of lanes not in use
        last, and for each estimator where its slots begin and how many there are."""
        slots = jnp.arange(len(agents), dtype=jnp.int32)
        live = slots < active * self.acting
        names = sorted(self._estimates)
        if len(names) == 1:
            return slots, [(names[0], jnp.int32(0), live.sum(dtype=jnp.int32))]
        codes = np.array([names.index(name) for name in self.problem.population.agents])
        kinds = jnp.where(live, jnp.asarray(codes, dtype=jnp.int32)[agents], len(names))
        place, first, groups = jnp.zeros_like(slots), jnp.int32(0), []
        for code, name in enumerate((*names, "")):
            hits = kinds == code
            ranks = jnp.cumsum(hits, dtype=jnp.int32)
            place = jnp.where(hits, first + ranks - 1, place)
            groups.append((name, first, ranks[-1]))
            first = first + ranks[-1]
        return jnp.zeros_like(slots).at[place].set(slots, unique_indices=True), groups[:-1]


def require_runnable(problem: Problem, *, replicas: int, every: int) -> None:
    """InputError for counts below one and for centres that are random."""
    for name, value in (("replicas", replicas), ("every", every)):
        if value < 1:
            raise InputError(name, value, "an integer >= 1")
    variance = getattr(problem, "centre_variance", ())
    if any(variance):
        where = "problem.group_centres.variance"
        raise InputError(where, list(variance), "[0, 0] to simulate one population")
