"""Replicas: sums over time against models kept over time, and against exact moments."""

import numpy as np
import pytest

from hdo.engine import trajectories
from verify.balls import ball
from verify.instance import Instance
from verify.statistical.replicas import FIXED, RANDOM, fixed_quantities, run_replicas
from verify.trajectory import measure_trajectory

STEPS = 12

COSINE = Instance.from_dict(
    {
        "problem": {
            "kind": "cosine",
            "amplitude": 1.0,
            "frequency": 1.0,
            "dimension": 2,
            "noise": 0.3,
        },
        "population": {"agents": ["two-point", "first-order", "forward-gradient"]},
        "method": {"step_size": 0.2, "smoothing": 0.1, "steps": STEPS, "start": [1.0, -0.5]},
    }
)
KINKED = Instance.from_dict(
    {
        "problem": {
            "kind": "kinked",
            "slope_low": 1.0,
            "slope_high": 3.0,
            "dimension": 2,
            "noise": 0.3,
        },
        "population": {"agents": ["two-point", "first-order", "first-order", "first-order"]},
        "method": {
            "step_size": 0.2,
            "smoothing": 0.1,
            "steps": STEPS,
            "start": [1.0, -0.5],
            "interaction": "graph",
            "graph": "ring",
        },
    }
)


def by_hand(instance: Instance, X: np.ndarray) -> dict[str, float]:
    """`RANDOM` of one replica from its models at t = 0..T, (T + 1, n, d); x* = 0 and f* = 0."""
    problem, T = instance.problem, len(X) - 1
    l = problem.constants().l.value  # noqa: E741 - the paper's symbol
    mu = X.mean(axis=1)
    w = (1 - instance.eta * l / (2 * problem.n)) ** -np.arange(1.0, T + 1)
    gamma = ((X - mu[:, None]) ** 2).sum(axis=2).mean(axis=1)[:T]
    value = np.array([problem.value(m) for m in mu])[:T]
    grad_sq = np.array([problem.gradient(m) @ problem.gradient(m) for m in mu])[:T]
    total = (w[:, None] * mu[:T]).sum(axis=0)
    return {
        "f_y_gap": problem.value(total / (T * w[-1])),
        "f_ybar_gap": problem.value(total / w.sum()),
        "a_T_sq": mu[T] @ mu[T],
        "sum_w_Gamma": w @ gamma,
        "sum_w_e": w[: T - 1] @ value[: T - 1],
        "sum_Gamma": gamma.sum(),
        "sum_grad_sq": grad_sq[: T - 1].sum(),
        "mean_grad_sq": grad_sq.mean(),
    }


@pytest.mark.parametrize("instance", [COSINE, KINKED], ids=["cosine", "kinked on a ring"])
def test_sums_are_those_of_the_models_over_time(instance: Instance) -> None:
    """Every quantity of every replica, from the same draws kept whole, up to rounding."""
    wanted = RANDOM if instance is KINKED else tuple(n for n in RANDOM if n != "a_T_sq")
    (low, high), *_ = run_replicas(instance, wanted, replicas=4, seed=7, workers=1)
    _, models = trajectories(instance.spec, replicas=4, seed=7)
    for replica in range(4):
        expected = by_hand(instance, models[:, replica])
        for name in wanted:
            slack = 1e-8 * max(1.0, abs(expected[name]))
            assert low[name][replica] <= expected[name] * (1 + 1e-12) + 1e-15, name
            assert high[name][replica] >= expected[name] * (1 - 1e-12) - 1e-15, name
            assert high[name][replica] - low[name][replica] <= slack, name


def test_means_are_the_exact_moments() -> None:
    """On a quadratic the means of 4096 replicas are within 5 standard errors of balls."""
    instance = Instance.from_dict(
        {
            "problem": {
                "kind": "quadratic",
                "curvature": [1.0, 2.0],
                "centres": [[0.5, 0.0], [0.0, 1.0], [-0.5, 0.3]],
                "noise": 0.5,
            },
            "population": {"agents": ["two-point", "first-order", "forward-gradient"]},
            "method": {"step_size": 0.1, "smoothing": 0.1, "steps": STEPS, "start": [1.0, 2.0]},
        }
    )
    spec = instance.spec
    exact = measure_trajectory(instance.problem, spec.population, spec.method, STEPS, l=1.0)
    parts = [low for low, _ in run_replicas(instance, RANDOM, replicas=4096, seed=5)]
    for name in RANDOM:
        values = np.concatenate([part[name] for part in parts])
        error = values.std() / np.sqrt(len(values))
        assert abs(values.mean() - float(exact[name].mid())) < 5 * error, name
    rho = 1 - ball(instance.eta) / 6
    for name, value in fixed_quantities(instance, rho=rho).items():
        assert value.overlaps(exact[name]), name
        assert name in FIXED


def test_distances_to_an_unknown_minimiser_are_unbounded() -> None:
    """The cosine's minimiser is not unique: any distance is possible, and 0 is the lower end."""
    (low, high), *_ = run_replicas(COSINE, ("a_T_sq",), replicas=4, seed=7, workers=1)
    assert np.all(low["a_T_sq"] == 0)
    assert np.all(np.isinf(high["a_T_sq"]))
    assert "a_0_sq" not in fixed_quantities(COSINE, rho=ball(1))
