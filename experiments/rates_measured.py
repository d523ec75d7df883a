"""What `experiments.rates` measures: y at each point of a window, exact or on replicas."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hdo import Spec, build_problem
from hdo.engine import joined, run_chunks
from verify.evidence import measured_step
from verify.instance import Instance
from verify.optimum import optimum
from verify.statistical.replicas import run_replicas
from verify.trajectory import TypedQuadratic, measure_trajectory
from verify.trajectory.stationary import stationary

SEEDS = 8
"""Independent seeds of a simulated rate; each has its own slope."""

Table = dict[str, Any]
Window = Sequence[float]


@dataclass(frozen=True, eq=False)
class Points:
    """y at the window's points, (seeds, points); one row where the evidence is exact."""

    evidence: str
    y: NDArray[np.float64]


EXACT = "exact"


def _exact(values: Sequence[float]) -> Points:
    return Points(EXACT, np.array([values], dtype=float))


def _convex_step(n: int, T: float, l: float) -> float:  # noqa: E741 - the paper's symbol
    """eta of Theorem 1.1."""
    return 4 * n * math.log(T) / (T * l)


def _nonconvex_step(n: int, T: float, d: int) -> float:
    """eta of Theorem 1.2."""
    return n / math.sqrt(d * T)


def _instance(problem: Table, n: int, *, eta: float, d: int, T: float, start: float) -> Instance:
    """Half two-point agents, half first-order, with nu = eta/sqrt(d)."""
    return Instance.from_dict(
        {
            "problem": {"dimension": d, **problem},
            "population": {"zeroth_order": n // 2, "first_order": n - n // 2},
            "method": {
                "step_size": eta,
                "smoothing": eta / math.sqrt(d),
                "steps": int(T),
                "start": start,
            },
        }
    )


_QUADRATIC: Table = {
    "kind": "quadratic",
    "curvature": 1.0,
    "noise": 1.0,
    "group_centres": {"zeroth_order": [0.1] * 4, "first_order": [-0.1] * 4},
}
_D = 4


def _run(n: int, T: float, *, eta: float) -> Mapping[str, float]:
    """Exact quantities of a run on the quadratic of curvature 1 in 4 dimensions."""
    made = _instance(_QUADRATIC, n, eta=eta, d=_D, T=T, start=1.0)
    spec = made.spec
    found = measure_trajectory(made.problem, spec.population, spec.method, int(T), l=1.0)
    return {name: float(value.mid()) for name, value in found.items()}


def _convex_error(n: int, T: float) -> float:
    found = _run(n, T, eta=_convex_step(n, T, 1.0))
    return found["f_ybar_gap"] + found["a_T_sq"] / 8


def error_convex(window: Window, _: int) -> Points:
    """Four agents, eta = 4 n log T/(T l)."""
    return _exact([_convex_error(4, T) for T in window])


def error_nonconvex(window: Window, _: int) -> Points:
    """Four agents, eta = n/sqrt(d T)."""
    return _exact([_run(4, T, eta=_nonconvex_step(4, T, _D))["mean_grad_sq"] for T in window])


_PARALLEL = 2**22


def parallel_time(window: Window, _: int) -> Points:
    """T = n T_p with T_p = 2^22, eta = n/sqrt(d T)."""
    found = []
    for n in map(int, window):
        T = n * _PARALLEL
        found.append(_run(n, T, eta=_nonconvex_step(n, T, _D))["mean_grad_sq"])
    return _exact(found)


_TARGET = 1e-5


def speed_up(window: Window, _: int) -> Points:
    """T_p(2)/T_p(n) to the error 1e-5, each T found to one part in a thousand."""
    base = _time_to(2) / 2
    return _exact([base / (_time_to(int(n)) / n) for n in window])


def _time_to(n: int) -> float:
    """The T at which the error of Theorem 1.1's step size reaches the target, by bisection."""
    low, high = 2.0**18, 2.0**26
    while high / low > 1.001:
        middle = math.sqrt(low * high)
        low, high = (middle, high) if _convex_error(n, int(middle)) > _TARGET else (low, middle)
    return low


def _simulated(
    problem: Table,
    step: Callable[[float], float],
    names: tuple[str, ...],
    window: Window,
    seed: int,
) -> dict[str, NDArray[np.float64]]:
    """Means over 64 replicas a seed of a pair of agents in one dimension: (seeds, points)."""
    found: dict[str, list[NDArray[np.float64]]] = {name: [] for name in names}
    for T in window:
        made = _instance(problem, 2, eta=step(T), d=1, T=T, start=1.0)
        parts = [low for low, _ in run_replicas(made, names, replicas=64 * SEEDS, seed=seed)]
        for name in names:
            values = np.concatenate([part[name] for part in parts])
            found[name].append(values.reshape(SEEDS, -1).mean(axis=1))
    return {name: np.array(columns).T for name, columns in found.items()}


def error_convex_kinked(window: Window, seed: int) -> Points:
    """A pair on the function with second derivative 1 left and 2 right of its minimum."""
    problem = {"kind": "kinked", "slope_low": 1.0, "slope_high": 2.0, "noise": 1.0}
    step = partial(_convex_step, 2, l=1.0)
    found = _simulated(problem, step, ("f_ybar_gap", "a_T_sq"), window, seed)
    return Points(f"{64 * SEEDS} replicas", found["f_ybar_gap"] + found["a_T_sq"] / 8)


def error_nonconvex_cosine(window: Window, seed: int) -> Points:
    """A pair on 1 - cos x, from x = 1."""
    problem = {"kind": "cosine", "amplitude": 1.0, "frequency": 1.0, "noise": 1.0}
    found = _simulated(problem, lambda T: _nonconvex_step(2, T, 1), ("mean_grad_sq",), window, seed)
    return Points(f"{64 * SEEDS} replicas", found["mean_grad_sq"])


def _typed(n0: int, n1: int, d: int, *, rv: int = 1, apart: float = 0.0) -> TypedQuadratic:
    """Forward-gradient and first-order agents, curvature 1, noise 1, centres `apart` either way."""
    groups = [(n0, "forward-gradient"), (n1, "first-order")]
    types = [
        (count // 2, name, sign * apart) if apart else (count // 2 * (1 + sign), name, 0.0)
        for count, name in groups
        for sign in (1, -1)
    ]
    odd = [(count % 2, name, 0.0) for count, name in groups]
    kept = [one for one in (*types, *odd) if one[0] > 0]
    return TypedQuadratic(
        counts=tuple(count for count, _, _ in kept),
        estimators=tuple(name for _, name, _ in kept),
        curvatures=np.ones((len(kept), d)),
        centres=np.array([[centre / math.sqrt(d)] * d for _, _, centre in kept]),
        directions=rv,
        noise=1.0,
    )


def _settled(system: TypedQuadratic, *, eta: float, quantity: str = "gap") -> float:
    return stationary(system, eta=eta, nu=0.0, interaction="pair")[quantity]


_SMALL = 1e-6
"""A step size at which what is proportional to eta^2 is out of sight for every d here."""


def settled_against_eta(quantity: str, window: Window, _: int) -> Points:
    """Eight agents, half of them zeroth-order, d = 8, centres apart by 1 within each group."""
    system = _typed(4, 4, 8, apart=1.0)
    return _exact([_settled(system, eta=eta, quantity=quantity) for eta in window])


def floor_d(window: Window, _: int) -> Points:
    """Eight zeroth-order agents."""
    return _exact([_settled(_typed(8, 0, int(d)), eta=_SMALL) for d in window])


def floor_rv(window: Window, _: int) -> Points:
    """Eight zeroth-order agents in 4096 dimensions."""
    return _exact([_settled(_typed(8, 0, 4096, rv=int(rv)), eta=_SMALL) for rv in window])


def floor_share(window: Window, _: int) -> Points:
    """64 agents in 4096 dimensions."""
    counts = [round(64 * share) for share in window]
    return _exact([_settled(_typed(n0, 64 - n0, 4096), eta=_SMALL) for n0 in counts])


def floor_n(window: Window, _: int) -> Points:
    """Half of the agents zeroth-order, d = 16."""
    halves = [int(n) // 2 for n in window]
    return _exact([_settled(_typed(half, half, 16), eta=_SMALL) for half in halves])


def threshold(d: int, window: Window, _: int) -> Points:
    """1024 agents of which n0 are zeroth-order, over the same with none."""
    n = 1024
    none = _settled(_typed(0, n, d), eta=_SMALL)
    counts = [round(ratio * n / d) for ratio in window]
    return _exact([_settled(_typed(n0, n - n0, d), eta=_SMALL) / none for n0 in counts])


_LOGISTIC: Table = {
    "kind": "logistic",
    "data": "breast_cancer",
    "rows": 24,
    "regularisation": 0.5,
}


@lru_cache(maxsize=16)
def _logistic_end(eta: float, seed: int) -> Mapping[str, NDArray[np.float64]]:
    """Gamma and gap at the end of runs from the optimum, three relaxation times long; (seeds,)."""
    population = {"zeroth_order": 4, "first_order": 4}
    shell = {"problem": _LOGISTIC, "population": population}
    truth = optimum(build_problem(Spec.from_dict(shell)))
    steps = math.ceil(3 * 8 / (2 * eta * _LOGISTIC["regularisation"]))
    method = {"step_size": eta, "smoothing": 1e-3, "steps": steps, "start": truth.x.tolist()}
    spec = Spec.from_dict({**shell, "method": method})
    chunks = run_chunks(
        spec,
        replicas=32 * SEEDS,
        every=steps,
        seed=seed,
        wanted=("gamma", "gap"),
        f_star=float(truth.f_star.mid()),
    )
    _, values = joined(chunks)
    return {k: v[-1].reshape(SEEDS, -1).mean(axis=1) for k, v in values.items()}


def logistic_against_eta(quantity: str, window: Window, seed: int) -> Points:
    """Eight agents, half of them two-point, one row a sample."""
    columns = [_logistic_end(eta, seed)[quantity] for eta in window]
    return Points(f"{32 * SEEDS} replicas", np.array(columns).T)


def _bias(problem: Table, quantity: str, model: float, window: Window, _: int) -> Points:
    """A quantity of one smoothed agent at one point."""
    found = []
    for nu in window:
        made = Instance.from_dict(
            {
                "problem": problem,
                "population": {"agents": ["two-point", "first-order"]},
                "method": {"step_size": 0.1, "smoothing": nu},
                "state": {"models": model},
                "parameters": {"agent": 0},
            }
        )
        found.append(float(measured_step(made, (quantity,))[quantity].mid()))
    return _exact(found)


_KINKED: Table = {"kind": "kinked", "slope_low": 1.0, "slope_high": 2.0, "dimension": 4}
_PLAIN: Table = {"kind": "quadratic", "curvature": [1.0, 2.0, 3.0, 4.0]}

MEASURES: Mapping[str, Callable[[Window, int], Points]] = {
    "error-convex": error_convex,
    "error-convex-kinked": error_convex_kinked,
    "error-nonconvex": error_nonconvex,
    "error-nonconvex-cosine": error_nonconvex_cosine,
    "speed-up": speed_up,
    "parallel-time": parallel_time,
    "floor-eta": partial(settled_against_eta, "gap"),
    "floor-eta-logistic": partial(logistic_against_eta, "gap"),
    "floor-d": floor_d,
    "floor-rv": floor_rv,
    "floor-share": floor_share,
    "floor-n": floor_n,
    "threshold-below": partial(threshold, 4),
    "threshold-above": partial(threshold, 1024),
    "consensus-eta": partial(settled_against_eta, "gamma"),
    "consensus-eta-logistic": partial(logistic_against_eta, "gamma"),
    "bias-quadratic": partial(_bias, _PLAIN, "smoothing_signed_gap", 1.0),
    "bias-kinked": partial(_bias, _KINKED, "smoothing_bias", 0.0),
    "bias-logistic": partial(_bias, _LOGISTIC, "smoothing_bias", 0.1),
}
"""How each rate of `experiments.rates.RATES` is measured."""
