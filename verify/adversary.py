"""Worst states by gradients: one-step quantities of quadratics in JAX, climbed from many starts.

The quadratics share one diagonal curvature with eigenvalues in {l, L}; models, centres and noise
are free. What a climb returns is an instance like any other: exact evidence judges it, and nothing
here is believed.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp
from numpy.typing import NDArray
from scipy.optimize import Bounds, minimize
from threadpoolctl import threadpool_limits

from theory import Claim
from theory.notation import NOTATION
from verify.instance import Instance
from verify.share import Sides, sides

Floats = NDArray[np.float64]

ITERATIONS = 400
"""The most steps of a climb."""

BENT = 1e-6
"""Shares far above it are climbed by their logarithm; it lets them pass through 0."""

STARTS = tuple((offset, scatter) for scatter in (1.0, 1e-2, 1e2) for offset in (1e-3, 1.0))
"""Where climbs start: ||mu - x*|| and the models' scatter, in units of the centres' scatter."""

DEAD = 1e-100
"""Below this size a bound is taken for 0."""

LOST = 1e6
"""The height, turned round, of a place where no share is defined."""

LOG_NOISE = (-46.0, 23.0)
"""The range of the logarithm of s^2."""


@dataclass(frozen=True)
class Setting:
    """What a climb leaves as it is.

    `zeroth`, `first` agents, dimension `d`, constants 0 < l <= L (equal where d = 1), step size,
    smoothing radius, and the `estimator` of the zeroth-order agents, with one direction.
    """

    zeroth: int
    first: int
    d: int
    L: float
    l: float  # noqa: E741
    eta: float
    nu: float
    estimator: str

    @property
    def n(self) -> int:
        """All agents."""
        return self.zeroth + self.first

    @property
    def shape(self) -> "Setting":
        """The same without its numbers: what a program is compiled for."""
        return replace(self, L=1.0, l=1.0, eta=1.0, nu=1.0)

    @property
    def numbers(self) -> tuple[float, float, Floats]:
        """Step size, smoothing radius, curvature."""
        return self.eta, self.nu, self.curvature

    @property
    def curvature(self) -> Floats:
        """The shared diagonal, (d,): half of it l, half L; L alone where d = 1."""
        low = self.d // 2
        return np.concatenate([np.full(low, self.l), np.full(self.d - low, self.L)])

    def parameters(self) -> dict[str, float]:
        """What a claim's coefficients are made of, by name."""
        whole = {"n": self.n, "n0": self.zeroth, "n1": self.first, "d": self.d, "rv": 1}
        rest = {"L": self.L, "l": self.curvature.min(), "eta": self.eta, "nu": self.nu}
        free = {"c": self.eta / self.nu, "alpha0": 1.0, "alpha1": 1.0}
        return {k: float(v) for k, v in (*whole.items(), *rest.items(), *free.items())}


Place = Mapping[str, Any]
"""`models` and `centres`, (n, d), and `log_noise`, of s^2."""


def quantities(place: Place, shape: Setting, numbers: tuple[Any, Any, Any]) -> dict[str, Any]:
    """Every quantity of one interaction of a pair by name, as `verify/onestep/` defines them.

    `numbers` are eta, nu and the curvature; of `shape` only counts and estimator are used.
    """
    X, b = place["models"], place["centres"]
    noise = jnp.exp(place["log_noise"])
    n, n0, d = shape.n, shape.zeroth, shape.d
    eta, nu, H = numbers
    zeroth = jnp.arange(n) < n0
    mu, x_star = X.mean(axis=0), b.mean(axis=0)
    x, m = X - mu, H * (X - b)
    bent = nu**2 / 4 if shape.estimator == "two-point" else 0.0
    trace, traces = H.sum(), (H * H).sum()
    sample = (m * m).sum(axis=1) + noise
    direct = (d + 2) * sample + bent * (d + 4) * (trace**2 + 2 * traces)
    second = jnp.where(zeroth, direct, sample)
    form = (m * m * H).sum(axis=1) + noise * trace / d
    curved = bent * ((trace**2 + 2 * traces) * trace + 4 * trace * traces + 8 * (H**3).sum())
    bends = jnp.where(zeroth, sample * trace + 2 * form + curved, form).mean()
    whole = m.sum(axis=0)
    S, whole_sq, own_sq = second.mean(), whole @ whole, (m * m).sum()
    pair_sq = 2 * S + 2 * (whole_sq - own_sq) / (n * (n - 1))
    away = mu - x_star
    Gamma, a_sq = (x * x).sum() / n, away @ away
    mu_dot_m, x_dot_m = away @ whole / n, (m * x).sum() / n
    a_next = a_sq - 4 * eta / n * mu_dot_m + eta**2 / n**2 * pair_sq
    spread = (n - 2) / (n - 1) * Gamma - 2 * eta * (n - 2) / (n * (n - 1)) * x_dot_m
    h = H * away
    drift = -2 * eta / n**2 * (h @ whole)
    pulled = 2 * bends + 2 * (whole @ (H * whole) - (m * m * H).sum()) / (n * (n - 1))
    errors = second - (m * m).sum(axis=1)
    off = H * (b - x_star)
    apart = (off * off).sum(axis=1)
    return {
        "Gamma": Gamma,
        "e": (H * away * away).sum() / 2,
        "a_sq": a_sq,
        "grad_sq": h @ h,
        "S": S,
        "M_G": S,
        "M_f": own_sq / n,
        "sum_m_norm_sq": whole_sq,
        "sum_m_sq": own_sq,
        "mu_dot_m": mu_dot_m,
        "x_dot_m": x_dot_m,
        "pair_sq": pair_sq,
        "Gamma_next": spread + (n - 2) / (2 * n**2) * eta**2 * pair_sq,
        "a_sq_next": a_next,
        "mu_step_sq": eta**2 / n**2 * pair_sq,
        "drift": drift,
        "f_step": drift + eta**2 / n**2 * pulled / 2,
        "sbar_sq": errors.mean(),
        "B": 0.0 * S,
        "B_attained": 0.0 * S,
        "vs0_sq": (apart * zeroth).sum() / max(n0, 1),
        "vs1_sq": (apart * ~zeroth).sum() / max(n - n0, 1),
        "S_Z": n0 * noise,
        "S_F": (n - n0) * noise,
    }


def climb(
    claim: Claim, setting: Setting, *, seed: int = 0, starts: int = len(STARTS)
) -> Iterator[Instance]:
    """Where each climb ended, from a random place of each of `STARTS`, or of the first few.

    The same for the same seed.
    """
    read, names = sides(claim, setting.parameters()), _names(setting)
    if not set(read.unknowns) <= set(names):
        return
    value = _scalar(read, names)
    for start in range(starts):
        with jax.enable_x64(True), threadpool_limits(1):
            reached = _climbed(value, setting, _start(setting, seed, start))
        yield _instance(reached, setting)


def _names(setting: Setting) -> tuple[str, ...]:
    flat, numbers = jnp.zeros(_size(setting)), setting.numbers
    found = jax.eval_shape(lambda v: quantities(_unpacked(v, setting), setting, numbers), flat)
    return tuple(sorted(found))


def _size(setting: Setting) -> int:
    return 2 * setting.n * setting.d + 1


def _unpacked(flat: Any, setting: Setting) -> Place:
    count, shape = setting.n * setting.d, (setting.n, setting.d)
    return {
        "models": flat[:count].reshape(shape),
        "centres": flat[count : 2 * count].reshape(shape),
        "log_noise": flat[-1],
    }


@lru_cache(maxsize=8)
def _compiled(shape: Setting) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The quantities of a flat place in the order of `_names`, and a weighted sum's gradient."""

    def stacked(flat: Any, numbers: tuple[Any, Any, Any]) -> Any:
        found = quantities(_unpacked(flat, shape), shape, numbers)
        return jnp.stack([found[name] for name in sorted(found)])

    def weighed(flat: Any, numbers: tuple[Any, Any, Any], weights: Any) -> Any:
        return weights @ stacked(flat, numbers)

    return jax.jit(stacked), jax.jit(jax.grad(weighed))


Scalar = Callable[[Floats], tuple[float, Floats]]


def _scalar(read: Sides, names: tuple[str, ...]) -> Scalar:
    """arsinh(share/BENT) and its derivatives; minus infinity where nothing is available."""
    symbols = [NOTATION[name].symbol for name in read.unknowns]
    places = [names.index(name) for name in read.unknowns]
    parts = [read.used, read.available]
    slopes = [[sp.diff(part, s) for s in symbols] for part in parts]
    evaluate = sp.lambdify(symbols, [*parts, *slopes], "math", cse=True)

    def value(found: Floats) -> tuple[float, Floats]:
        weights = np.zeros(len(names))
        used, available, up, down = evaluate(*found[places].tolist())
        if available <= DEAD:
            return -math.inf, weights
        share = used / available
        steep = 1 / (available * math.hypot(BENT, share))
        weights[places] = steep * (np.array(up, dtype=float) - share * np.array(down, dtype=float))
        return math.asinh(share / BENT), weights

    return value


def _start(setting: Setting, seed: int, start: int) -> Floats:
    rng = np.random.default_rng([seed, start])
    shape, (offset, scatter) = (setting.n, setting.d), STARTS[start]
    centres, models, side = (rng.normal(size=size) for size in (shape, shape, setting.d))
    away = scatter * (models - models.mean(axis=0))
    place = centres.mean(axis=0) + offset * side + away
    return np.concatenate([place.ravel(), centres.ravel(), [rng.uniform(-6, 2)]])


def _climbed(value: Scalar, setting: Setting, start: Floats) -> Floats:
    everything, slope = _compiled(setting.shape)
    numbers = setting.numbers

    def downhill(flat: Floats) -> tuple[float, Floats]:
        height, weights = value(np.asarray(everything(flat, numbers)))
        if not math.isfinite(height):
            return LOST, np.zeros_like(flat)
        return -height, -np.asarray(slope(flat, numbers, weights), dtype=float)

    free = np.full(len(start), np.inf)
    low, high = -free, free
    low[-1], high[-1] = LOG_NOISE
    options = {"maxiter": ITERATIONS, "ftol": 1e-14, "gtol": 1e-10}
    found = minimize(  # type: ignore[call-overload]  # its stubs ask for 1-d arrays by type
        downhill, start, jac=True, method="L-BFGS-B", bounds=Bounds(low, high), options=options
    )
    return np.asarray(found.x)


def _instance(flat: Floats, setting: Setting) -> Instance:
    place = _unpacked(flat, setting)
    return Instance.from_dict(
        {
            "problem": {
                "kind": "quadratic",
                "curvature": setting.curvature.tolist(),
                "centres": np.asarray(place["centres"]).tolist(),
                "noise": math.exp(float(place["log_noise"])),
            },
            "population": {
                "zeroth_order": setting.zeroth,
                "first_order": setting.first,
                "estimator": setting.estimator,
            },
            "method": {"step_size": setting.eta, "smoothing": setting.nu},
            "state": {"models": np.asarray(place["models"]).tolist()},
            "parameters": {"alpha0": 1.0, "alpha1": 1.0},
        }
    )
