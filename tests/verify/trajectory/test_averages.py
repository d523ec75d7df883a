"""Averages over a run, against an enumeration of every meeting and sums over agents by hand."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from enumeration import Enumeration

from hdo.errors import InputError
from hdo.population import Population
from hdo.problems import QuadraticProblem
from verify.errors import NotExact
from verify.trajectory.averages import (
    Averages,
    Setting,
    averages,
    quantities,
    settled_quantities,
    start_quantities,
)
from verify.trajectory.typed import State
from verify.trajectory.types import types_of

AGENTS = ("two-point", "first-order", "first-order", "two-point")
CURVATURE = np.array([0.5, 2.0])
CENTRES = np.array([[1.0, 0.0], [0.0, -1.0], [0.5, 2.0], [-2.0, 0.25]])
ETA, NU, START, STEPS, RATE = 0.3, 0.4, [2.0, -1.0], 7, 0.05
WEIGHTS = [(1 - RATE) ** -t for t in range(1, STEPS + 1)]
PROBLEM = QuadraticProblem(
    population=Population(AGENTS),
    curvatures=np.tile(CURVATURE, (4, 1)),
    centres=CENTRES,
    noise=0.7,
)
OPTIMUM = CENTRES.mean(axis=0)


def system() -> Setting:
    """The problem by types."""
    typed = types_of(PROBLEM, PROBLEM.population)
    return Setting.of(typed, eta=ETA, nu=NU, start=np.array(START))


def enumeration() -> Enumeration:
    """The same, to be stepped through every meeting."""
    return Enumeration(PROBLEM, eta=ETA, nu=NU, interaction="pair", start=START)


def by_hand(run: Enumeration) -> dict[str, float]:
    """The quantities from the second moments of all agents, agent by agent."""
    n, d, A = run.n, run.d, np.diag(CURVATURE)
    place = [slice(i * d, (i + 1) * d) for i in range(n)]

    def product(i: int, a: np.ndarray, j: int, b: np.ndarray) -> np.ndarray:
        """E (X_i - a)(X_j - b)'."""
        second, mean = run.second[place[i], place[j]], run.mean
        return second - np.outer(mean[place[i]], b) - np.outer(a, mean[place[j]]) + np.outer(a, b)

    def off_mean(i: int, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """E (X_i - a)(mu - b)'."""
        return np.mean([product(i, a, j, b) for j in range(n)], axis=0)

    noise = [float(np.trace(block)) for block in run.noise_blocks()]
    square = [np.trace(A @ product(i, CENTRES[i], i, CENTRES[i]) @ A) for i in range(n)]
    mu_sq = np.mean([off_mean(i, OPTIMUM, OPTIMUM) for i in range(n)], axis=0)
    pairs = list(combinations(range(n), 2))
    cross = {(i, j): np.trace(A @ product(i, CENTRES[i], j, CENTRES[j]) @ A) for i, j in pairs}
    pair_sq = np.mean(
        [square[i] + noise[i] + square[j] + noise[j] + 2 * cross[i, j] for i, j in pairs]
    )
    apart = [
        product(i, OPTIMUM, i, OPTIMUM)
        - off_mean(i, OPTIMUM, OPTIMUM)
        - off_mean(i, OPTIMUM, OPTIMUM).T
        + mu_sq
        for i in range(n)
    ]
    inner = [
        np.trace(A @ (product(i, CENTRES[i], i, OPTIMUM) - off_mean(i, CENTRES[i], OPTIMUM)))
        for i in range(n)
    ]
    mbar = np.trace(A @ mu_sq @ A)
    found = {
        "e": np.trace(A @ mu_sq) / 2,
        "a_sq": np.trace(mu_sq),
        "grad_sq": mbar,
        "R1": mbar,
        "R2": np.mean([np.trace(A @ off_mean(i, CENTRES[i], OPTIMUM)) for i in range(n)]),
        "Gamma": np.mean([np.trace(part) for part in apart]),
        "M_G": np.mean(square) + np.mean(noise),
        "sbar_sq": np.mean(noise),
        "pair_sq": pair_sq,
        "mu_step_sq": ETA**2 / n**2 * pair_sq,
        "F_err_sq": ETA**2 / n**2 * pair_sq - (2 * ETA / n) ** 2 * mbar,
        "x_dot_m": np.mean(inner),
        "drift": -2 * ETA / n * mbar,
    }
    for group, kind in enumerate(("two-point", "first-order")):
        members = [i for i in range(n) if AGENTS[i] == kind]
        off = [A @ (OPTIMUM - CENTRES[i]) for i in members]
        found[f"g{group}_sq"] = sum(square[i] for i in members)
        found[f"sbar{group}_sq"] = sum(noise[i] for i in members)
        found[f"M_G{group}"] = found[f"g{group}_sq"] + found[f"sbar{group}_sq"]
        found[f"Gamma{group}"] = sum(np.trace(apart[i]) for i in members)
        found[f"near{group}_sq"] = sum(np.trace(A @ apart[i] @ A) for i in members)
        found[f"apart{group}_sq"] = sum(float(v @ v) for v in off)
    return {name: float(value) for name, value in found.items()}


@pytest.fixture(scope="module")
def stepped() -> tuple[list[dict[str, float]], Enumeration]:
    """By hand at t = 0 ... T, and the run with its weighted sum of means."""
    run = enumeration()
    found = [by_hand(run)]
    for weight in WEIGHTS:
        run.step(weight)
        found.append(by_hand(run))
    return found, run


@pytest.fixture(scope="module")
def averaged() -> Averages:
    """The same from the module under test."""
    return averages(system(), steps=STEPS, rate=RATE)


Stepped = tuple[list[dict[str, float]], Enumeration]


def test_the_start_is_the_start(stepped: Stepped) -> None:
    """Every quantity where all agents are at the common start."""
    found = start_quantities(system())
    for name, value in stepped[0][0].items():
        assert found[name] == pytest.approx(value, rel=1e-12, abs=1e-12)


def test_averages_are_the_weighted_sums_of_the_states(stepped: Stepped, averaged: Averages) -> None:
    """Over the whole run, over all but its last state, and at that state."""
    states, total = stepped[0][:STEPS], sum(WEIGHTS)
    for name in states[0]:
        weighted = [w * state[name] for w, state in zip(WEIGHTS, states, strict=True)]
        assert averaged.whole[name] == pytest.approx(sum(weighted) / total, rel=1e-10)
        head = sum(weighted[:-1]) / sum(WEIGHTS[:-1])
        assert averaged.head[name] == pytest.approx(head, rel=1e-10, abs=1e-13)
        assert averaged.last[name] == pytest.approx(states[-1][name], rel=1e-10)
    assert averaged.last_share == pytest.approx(WEIGHTS[-1] / total)
    assert averaged.head_share == pytest.approx(1 - WEIGHTS[-1] / total)


def test_what_follows_a_state_is_the_next_state(stepped: Stepped, averaged: Averages) -> None:
    """a_{t+1}^2, Gamma_{t+1} and f(mu_{t+1}) - f(mu_t), averaged."""
    states, total = stepped[0], sum(WEIGHTS)

    def mean(name: str, shift: int) -> float:
        return sum(w * s[name] for w, s in zip(WEIGHTS, states[shift:], strict=False)) / total

    assert averaged.whole["a_sq_next"] == pytest.approx(mean("a_sq", 1), rel=1e-10)
    assert averaged.whole["Gamma_next"] == pytest.approx(mean("Gamma", 1), rel=1e-10)
    assert averaged.whole["f_step"] == pytest.approx(mean("e", 1) - mean("e", 0), rel=1e-10)


def test_the_run_as_a_whole(stepped: Stepped, averaged: Averages) -> None:
    """Its ends, and the gap at the weighted average of the means, which no state knows."""
    states, run = stepped
    total = sum(WEIGHTS)
    expected = {
        "f_ybar_gap": run.weighted_gap(total, OPTIMUM),
        "a_0_sq": states[0]["a_sq"],
        "a_T_sq": states[-1]["a_sq"],
        "f0_gap": states[0]["e"],
        "f_T_gap": states[-1]["e"],
        "Gamma_T": states[-1]["Gamma"],
        "S_ratio": total / WEIGHTS[-1],
    }
    assert set(expected) == set(averaged.run)
    for name, value in expected.items():
        assert averaged.run[name] == pytest.approx(value, rel=1e-9)


def test_one_step_identities_hold_of_the_quantities(averaged: Averages) -> None:
    """What a step does follows from x_dot_m, R2 and pair_sq: these are not measured apart."""
    n, q = 4, averaged.whole
    gamma = (n - 2) / (n - 1) * q["Gamma"] - 2 * ETA * (n - 2) / (n * (n - 1)) * q["x_dot_m"]
    gamma += (n - 2) / (2 * n**2) * ETA**2 * q["pair_sq"]
    distance = q["a_sq"] - 4 * ETA / n * q["R2"] + q["mu_step_sq"]
    assert q["Gamma_next"] == pytest.approx(gamma, rel=1e-12)
    assert q["a_sq_next"] == pytest.approx(distance, rel=1e-12)


def test_a_run_without_weights_is_a_plain_average(stepped: Stepped) -> None:
    """rate = 0."""
    found = averages(system(), steps=STEPS, rate=0.0)
    plain = np.mean([state["grad_sq"] for state in stepped[0][:STEPS]])
    assert found.whole["grad_sq"] == pytest.approx(plain, rel=1e-10)
    assert found.run["S_ratio"] == pytest.approx(STEPS)


def test_one_interaction_has_an_empty_head() -> None:
    """T = 1: the only state is the last one."""
    found = averages(system(), steps=1, rate=RATE)
    assert found.head_share == 0
    assert found.last == pytest.approx(dict(found.whole), rel=1e-12)


def test_the_stationary_state_is_kept_by_a_step() -> None:
    """a and Gamma after a step are those before it."""
    found = settled_quantities(system())
    assert found["a_sq_next"] == pytest.approx(found["a_sq"], rel=1e-10)
    assert found["Gamma_next"] == pytest.approx(found["Gamma"], rel=1e-10)


def test_quantities_are_linear_in_the_state() -> None:
    """So a state and its average say the same."""
    setting = system()
    one = start_quantities(setting)
    model = setting.model
    doubled = State(
        own=2 * model.start[None, :, None] * np.ones((model.m, 1, 1)),
        pair=2 * (model.start * model.distinct[..., None])[..., None],
        own_centre=2 * model.start_centre[..., None],
        pair_centre=2 * (model.start_centre[None] * model.distinct[..., None])[..., None],
        one=np.array([2.0]),
    )
    two = quantities(setting, doubled)
    for name, value in one.items():
        assert two[name] == pytest.approx(2 * value, rel=1e-12, abs=1e-12)


def test_more_than_one_hessian_is_refused() -> None:
    """The mean gradient is then no function of mu."""
    curvatures = np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 1.0], [1.0, 1.0]])
    problem = QuadraticProblem(
        population=Population(AGENTS), curvatures=curvatures, centres=CENTRES, noise=0.7
    )
    with pytest.raises(NotExact, match="one Hessian"):
        Setting.of(types_of(problem, problem.population), eta=ETA, nu=NU, start=np.zeros(2))


def test_noise_is_one_number_or_one_a_type() -> None:
    """The same number for every type is that number; another count is refused."""
    typed = types_of(PROBLEM, PROBLEM.population)
    each = replace(typed, noise=(0.7,) * typed.m)
    same = Setting.of(each, eta=ETA, nu=NU, start=np.array(START))
    assert settled_quantities(same) == settled_quantities(system())
    with pytest.raises(InputError, match="one entry a type"):
        replace(typed, noise=(0.7,) * (typed.m + 1))
