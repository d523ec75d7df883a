"""Replicas of a run, and what claims about trajectories speak of, summed as the run goes.

The engine's own stepper, with accumulators in its state: nothing is stored over time. Only
measurement is here; no bound is seen.
"""

import math
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from hdo.engine_blocks import Program, Run, lanes_of
from hdo.engine_step import State, Stepper, require_runnable
from hdo.problems import Problem
from hdo.ring import round_down, round_up
from hdo.spec import Method
from verify.balls import Ball, ball
from verify.instance import Instance
from verify.optimum import Optimum, optimum

Array = NDArray[np.float64]

RANDOM = (
    "f_y_gap",
    "f_ybar_gap",
    "a_T_sq",
    "sum_w_Gamma",
    "sum_w_e",
    "sum_Gamma",
    "sum_grad_sq",
    "mean_grad_sq",
)
"""Quantities that differ from replica to replica, each nonnegative in each."""

FIXED = ("a_0_sq", "f0_gap", "sum_w")
"""Quantities that are the same in every replica."""

ROUNDING = 1e-9
"""What float64 may be off by, relative to a quantity: far more than rounding can add up to."""

_SUMS: Mapping[str, tuple[str, ...]] = {
    "f_y_gap": ("mean",),
    "f_ybar_gap": ("mean",),
    "a_T_sq": (),
    "sum_w_Gamma": ("w_gamma",),
    "sum_w_e": ("w_value",),
    "sum_Gamma": ("gamma",),
    "sum_grad_sq": ("grad_sq_early",),
    "mean_grad_sq": ("grad_sq",),
}


@dataclass(frozen=True, eq=False)
class Accumulating(Stepper):
    """The engine's stepper with sums over time in its state, under `sum_` names.

    Weighted sums are kept times rho^t, rho = 1 - eta l/(2n), so that A <- rho A + q; `w_value` (of
    f(mu), not of the gap) and `grad_sq_early` leave out the last interaction, as Lemmas 12 and 18
    do.
    """

    sums: tuple[str, ...] = ()
    rho: float = 1.0
    steps: int = 0

    def start(self) -> State:
        """The block before the first interaction, sums at 0."""
        state = super().start()
        for name in self.sums:
            shape = (self.lanes, self.problem.d) if name == "mean" else (self.lanes,)
            state[f"sum_{name}"] = jnp.zeros(shape)
        return state

    def step(
        self, state: State, root: jax.Array, replicas: jax.Array, active: jax.Array, t: jax.Array
    ) -> State:
        """The block after interaction t, with what it was before it added to the sums."""
        out = super().step(state, root, replicas, active, t)
        mu = state["models"].mean(axis=1)
        for name in self.sums:
            held = state[f"sum_{name}"]
            added = self._factor(name) * held + self._term(name, state["models"], mu)
            early = name in ("w_value", "grad_sq_early")
            out[f"sum_{name}"] = jnp.where(t < self.steps - 1, added, held) if early else added
        return out

    def _factor(self, name: str) -> float:
        return self.rho if name in ("mean", "w_gamma", "w_value") else 1.0

    def _term(self, name: str, X: jax.Array, mu: jax.Array) -> jax.Array:
        if name == "mean":
            return mu
        if name in ("gamma", "w_gamma"):
            return ((X - mu[:, None]) ** 2).sum(axis=(1, 2)) / self.problem.n
        if name == "w_value":
            return jax.vmap(self.problem.value)(mu)
        return (jax.vmap(self.problem.gradient)(mu) ** 2).sum(axis=1)


@dataclass(frozen=True, eq=False)
class Summing(Program):
    """A program that reports, at the end of a run, the quantities of `RANDOM` it was asked for."""

    def _measured(self, state: State, x_star: jax.Array, f_star: jax.Array) -> dict[str, jax.Array]:
        stepper = self.stepper
        assert isinstance(stepper, Accumulating)
        problem, rho, T = stepper.problem, stepper.rho, stepper.steps
        value = jax.vmap(problem.value)
        weight = (1 - rho**T) / (1 - rho) if rho < 1 else float(T)
        before = (1 - rho ** (T - 1)) / (1 - rho) if rho < 1 else float(T - 1)
        found = {}
        for name in self.wanted:
            held = {part: state[f"sum_{part}"] for part in _SUMS[name]}
            if name == "a_T_sq":
                found[name] = ((state["models"].mean(axis=1) - x_star) ** 2).sum(axis=1)
            elif name == "f_y_gap":
                found[name] = value(held["mean"] / T) - f_star
            elif name == "f_ybar_gap":
                found[name] = value(held["mean"] / weight) - f_star
            elif name == "sum_w_e":
                found[name] = (held["w_value"] - before * f_star) * rho ** (1 - T)
            elif name == "sum_w_Gamma":
                found[name] = held["w_gamma"] * rho**-T
            else:
                (total,) = held.values()
                found[name] = total / T if name == "mean_grad_sq" else total
        return found


@lru_cache(maxsize=8)
def _compiled(
    problem: Problem, method: Method, wanted: tuple[str, ...], rho: float
) -> tuple[Program, Any, Any]:
    lanes = lanes_of(problem, everyone=method.interaction == "matching")
    sums = tuple(dict.fromkeys(part for name in wanted for part in _SUMS[name]))
    with jax.enable_x64(True):
        stepper = Accumulating(problem, method, lanes, sums=sums, rho=rho, steps=method.steps)
    program = Summing(stepper, wanted, 1)
    return program, jax.jit(program.start), jax.jit(program.advance, donate_argnums=0)


def run_replicas(
    instance: Instance,
    wanted: tuple[str, ...],
    *,
    replicas: int,
    seed: int,
    workers: int | None = None,
) -> Iterator[tuple[Mapping[str, Array], Mapping[str, Array]]]:
    """Batches of replicas, in order: (lower, upper) ends of each wanted quantity, (batch,) each.

    `wanted` are names of `RANDOM`. The ends hold what is not known of x* and f* and `ROUNDING`;
    lower ends are never below 0. A caller may stop at any batch. Raises InputError for what cannot
    be run, OptimumError where ground truth cannot be certified.
    """
    problem, method = instance.problem, instance.spec.method
    require_runnable(problem, replicas=replicas, every=1)
    truth = optimum(problem)
    l = problem.constants().l.value  # noqa: E741 - the paper's symbol
    rho = 1 - method.step_size * l / (2 * problem.n)
    program, start, advance = _compiled(problem, method, wanted, rho)
    run = Run(
        program=program,
        start=start,
        advance=advance,
        replicas=replicas,
        every=method.steps,
        steps=method.steps,
        seed=seed,
        stars=(truth.x, np.asarray(float(truth.f_star.mid()))),
        threads=workers or os.cpu_count() or 1,
        longest=method.steps,
    )
    blocks = math.ceil(replicas / run.lanes)
    with ThreadPoolExecutor(run.threads) as pool:
        for first in range(0, blocks, run.threads):
            *_, chunk = run.wave(range(first, min(blocks, first + run.threads)), None, pool)
            yield _ends({k: v[-1] for k, v in chunk.values.items()}, truth, rho, method.steps)


def _ends(
    values: Mapping[str, Array], truth: Optimum, rho: float, T: int
) -> tuple[dict[str, Array], dict[str, Array]]:
    """What each value may be, given how well x* and f* are known."""
    width = float((truth.upper - truth.lower).upper()) if truth.upper != truth.lower else 0.0
    scale = 1 + abs(float(truth.f_star.mid()))
    off = width + scale * 1e-13
    before = (rho ** (1 - T) - 1) / (1 - rho) if rho < 1 else T - 1
    slack = {"f_y_gap": off, "f_ybar_gap": off, "sum_w_e": off * before}
    low, high = {}, {}
    for name, value in values.items():
        loss = slack.get(name, 0.0)
        down, up = value - loss, value + loss
        if name == "a_T_sq":
            root, radius = np.sqrt(value), _radius(truth)
            down, up = np.maximum(root - radius, 0) ** 2, (root + radius) ** 2
        low[name] = np.maximum(down * (1 - ROUNDING), 0.0)
        high[name] = np.maximum(up * (1 + ROUNDING), 0.0)
    return low, high


def _radius(truth: Optimum) -> float:
    """How far `truth.x` may be from the minimiser; infinite where that is not known."""
    if truth.x_ball is None:
        return math.inf
    off = [abs(found - ball(x)).upper() for found, x in zip(truth.x_ball, truth.x, strict=True)]
    return round_up(sum((o * o for o in off), start=Ball(0)).sqrt().upper())


def fixed_quantities(instance: Instance, *, rho: Ball) -> dict[str, Ball]:
    """`FIXED`, enclosed: f(x_0) - f*, ||x_0 - x*||^2 and sum_{t<T} w_t.

    a_0_sq is left out where the minimiser is not known.
    """
    problem, method = instance.problem, instance.spec.method
    truth = optimum(problem)
    start = np.array([ball(x) for x in method.start_point(problem.d)], dtype=object)
    T = method.steps
    series = (rho ** (1 - T) - 1) / (1 - rho) if not rho.contains(1) else ball(T - 1)
    found = {"f0_gap": problem.value(start) - truth.f_star, "sum_w": series}
    if truth.x_ball is not None:
        away = start - truth.x_ball
        found["a_0_sq"] = (away * away).sum()
    return found


def widest(value: Ball) -> tuple[float, float]:
    """The floats around a ball."""
    return round_down(value.lower()), round_up(value.upper())
