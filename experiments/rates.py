"""Rates: measured exponents against predicted ones, over windows fixed before anything is run.

`RATES` is the one table of what is measured where. Exponents are least squares slopes of log y on
log x. Exact evidence has no sampling error, and its interval is a point; simulated evidence has the
t-interval of the slopes of `SEEDS` independent seeds, at level 95 %.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from experiments.rates_measured import MEASURES, SEEDS, Points
from experiments.store import Schema

CONFIDENCE = 0.95
TOLERANCE = 0.05
"""How far a slope over a finite window may be from the exponent of the leading term."""

RATE_POINTS = Schema(
    "rate-point",
    {"rate": "text", "x": "number", "repeat": "integer", "y": "number"},
)
"""One row a measured point; `repeat` is 0 where the evidence is exact."""


@dataclass(frozen=True, kw_only=True)
class Rate:
    """One law y ~ x^predicted: where it comes from, and the window it is fitted on.

    `better` says which exponents are better than an upper bound's: "lower", "higher", or "" where
    the law is two-sided. `per_log`: y is divided by ln x before the fit, as the law says y/log x.
    """

    name: str
    title: str
    x: str
    y: str
    predicted: float
    source: str
    window: tuple[float, ...]
    better: str = ""
    note: str = ""
    per_log: bool = False


@dataclass(frozen=True)
class Measured:
    """What was found of one rate: y (seeds, points), the slope, its interval, and the comparison.

    `verdict`: "agrees" where the interval, widened by `TOLERANCE`, holds the prediction; else
    "better than claimed" or "DISAGREES".
    """

    rate: Rate
    evidence: str
    y: NDArray[np.float64]
    slopes: tuple[float, ...]
    slope: float
    low: float
    high: float
    last: float
    verdict: str
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """The row of `hdo rates --json`."""
        return {
            "rate": self.rate.name,
            "title": self.rate.title,
            "predicted": self.rate.predicted,
            "source": self.rate.source,
            "measured": self.slope,
            "low": self.low,
            "high": self.high,
            "last_two_points": self.last,
            "evidence": self.evidence,
            "window": list(self.rate.window),
            "verdict": self.verdict,
            "note": self.rate.note,
            "seconds": round(self.seconds, 2),
        }

    def rows(self) -> list[dict[str, Any]]:
        """The measured points, as `RATE_POINTS`."""
        return [
            {"rate": self.rate.name, "x": float(x), "repeat": repeat, "y": float(value)}
            for repeat, values in enumerate(self.y)
            for x, value in zip(self.rate.window, values, strict=True)
        ]


def _powers(base: float, first: int, last: int) -> tuple[float, ...]:
    return tuple(base**k for k in range(first, last + 1))


_THEOREM_1 = "Theorem 1.1 (paper)"
_FLOOR = "headline (1): eta (d n0 sigma0^2 + n1 sigma1^2)/n^2"

RATES: tuple[Rate, ...] = (
    Rate(
        name="error-convex",
        title="error against T, strongly convex, eta = 4 n log T/(T l)",
        x="interactions T",
        y="E f(y_T) - f* + (l/8) E||mu_T - x*||^2, over log T",
        predicted=-1.0,
        source=_THEOREM_1,
        window=_powers(2, 17, 23),
        better="lower",
        per_log=True,
    ),
    Rate(
        name="error-convex-kinked",
        title="error against T, kinked, eta = 4 n log T/(T l)",
        x="interactions T",
        y="E f(y_T) - f* + (l/8) E||mu_T - x*||^2, over log T",
        predicted=-1.0,
        source=_THEOREM_1,
        window=_powers(2, 16, 18),
        better="lower",
        per_log=True,
    ),
    Rate(
        name="error-nonconvex",
        title="error against T, quadratic read as non-convex, eta = n/sqrt(d T)",
        x="interactions T",
        y="mean of E||grad f(mu_t)||^2 over t < T",
        predicted=-0.5,
        source="Theorem 1.2 (paper)",
        window=_powers(2, 19, 25),
        better="lower",
    ),
    Rate(
        name="error-nonconvex-cosine",
        title="error against T, cosine, eta = n/sqrt(d T)",
        x="interactions T",
        y="mean of E||grad f(mu_t)||^2 over t < T",
        predicted=-0.5,
        source="Theorem 1.2 (paper)",
        window=_powers(2, 16, 18),
        better="lower",
    ),
    Rate(
        name="speed-up",
        title="speed-up against n: parallel time to error 1e-5, one pair over n agents",
        x="agents n",
        y="T_p(2)/T_p(n), T_p = T/n",
        predicted=1.0,
        source="Theorem 1.1 (paper): Omega(n/log n)",
        window=_powers(2, 2, 6),
        better="higher",
        note="almost linear: log T in the rate takes a little off the slope",
    ),
    Rate(
        name="parallel-time",
        title="error at fixed parallel time against n, non-convex, T = n T_p",
        x="agents n",
        y="mean of E||grad f(mu_t)||^2 over t < T",
        predicted=-0.5,
        source="Theorem 1.2 (paper): Omega(sqrt n)",
        window=_powers(2, 1, 5),
        better="lower",
    ),
    Rate(
        name="floor-eta",
        title="noise floor against eta",
        x="step size eta",
        y="stationary E f(mu) - f*",
        predicted=1.0,
        source=_FLOOR,
        window=_powers(2, -14, -8),
        better="higher",
    ),
    Rate(
        name="floor-eta-logistic",
        title="noise floor against eta, logistic on breast cancer",
        x="step size eta",
        y="E f(mu) - f* at the end",
        predicted=1.0,
        source=_FLOOR,
        window=(0.001, 0.002, 0.004, 0.008),
        better="higher",
    ),
    Rate(
        name="floor-d",
        title="noise floor against d, all agents zeroth-order",
        x="dimension d",
        y="stationary E f(mu) - f*",
        predicted=1.0,
        source=_FLOOR,
        window=_powers(2, 6, 12),
        better="lower",
    ),
    Rate(
        name="floor-rv",
        title="noise floor against rv, d = 4096",
        x="directions rv",
        y="stationary E f(mu) - f*",
        predicted=-1.0,
        source="sharp edition: q = (d+1)/rv + 1",
        window=_powers(2, 0, 6),
        better="lower",
    ),
    Rate(
        name="floor-share",
        title="noise floor against n0/n, d = 4096, n = 64",
        x="share n0/n",
        y="stationary E f(mu) - f*",
        predicted=1.0,
        source=_FLOOR,
        window=_powers(2, -4, 0),
        better="lower",
    ),
    Rate(
        name="floor-n",
        title="noise floor against n at fixed n0/n = 1/2 and fixed eta",
        x="agents n",
        y="stationary E f(mu) - f*",
        predicted=-1.0,
        source=_FLOOR,
        window=_powers(2, 3, 9),
        better="lower",
    ),
    Rate(
        name="threshold-below",
        title="floor with n0 zeroth-order agents over that with none, d n0 << n",
        x="d n0/n",
        y="ratio of stationary E f(mu) - f*",
        predicted=0.0,
        source="after Theorem 1 (paper): free as long as d n0 = O(n)",
        window=_powers(2, -8, -5),
        better="lower",
    ),
    Rate(
        name="threshold-above",
        title="floor with n0 zeroth-order agents over that with none, d n0 >> n",
        x="d n0/n",
        y="ratio of stationary E f(mu) - f*",
        predicted=1.0,
        source=_FLOOR,
        window=_powers(2, 6, 10),
        better="lower",
    ),
    Rate(
        name="consensus-eta",
        title="consensus error against eta",
        x="step size eta",
        y="stationary E Gamma",
        predicted=2.0,
        source="Lemmas 12 and 18 (paper)",
        window=_powers(2, -14, -8),
        better="higher",
    ),
    Rate(
        name="consensus-eta-logistic",
        title="consensus error against eta, logistic on breast cancer",
        x="step size eta",
        y="E Gamma at the end",
        predicted=2.0,
        source="Lemmas 12 and 18 (paper)",
        window=(0.001, 0.002, 0.004, 0.008),
        better="higher",
    ),
    Rate(
        name="bias-quadratic",
        title="bias of values against nu, quadratic (that of gradients is exactly 0)",
        x="smoothing nu",
        y="f_nu(x) - f(x)",
        predicted=2.0,
        source="Lemma 1 (paper): nu^2 L d/2",
        window=_powers(2, -10, -4),
        better="higher",
    ),
    Rate(
        name="bias-kinked",
        title="bias of gradients against nu, kinked, at the kink",
        x="smoothing nu",
        y="||grad f_nu(x) - grad f(x)||",
        predicted=1.0,
        source="Lemma 1 (paper): (nu/2) L (d+3)^{3/2}",
        window=_powers(2, -10, -4),
        better="higher",
    ),
    Rate(
        name="bias-logistic",
        title="bias of gradients against nu, logistic on breast cancer",
        x="smoothing nu",
        y="||grad f_nu(x) - grad f(x)||",
        predicted=1.0,
        source="Lemma 1 (paper): (nu/2) L (d+3)^{3/2}",
        window=_powers(2, -10, -4),
        better="higher",
        note="smoother than Lemma 1 needs: Taylor gives (nu^2/2) grad of the Laplacian, exponent 2",
    ),
)
"""Every rate, its prediction and its window: fixed here, before any run."""


def fitted(x: Sequence[float], y: NDArray[np.float64]) -> float:
    """The least squares slope of log y on log x."""
    return float(np.polyfit(np.log(np.asarray(x, dtype=float)), np.log(y), 1)[0])


def interval(slopes: Sequence[float]) -> tuple[float, float, float]:
    """(mean, low, high): the t-interval of independent slopes; a point where there is one."""
    values = np.asarray(slopes, dtype=float)
    mean = float(values.mean())
    if len(values) == 1:
        return mean, mean, mean
    quantile = float(student.ppf((1 + CONFIDENCE) / 2, len(values) - 1))
    half = quantile * float(values.std(ddof=1)) / math.sqrt(len(values))
    return mean, mean - half, mean + half


def compared(rate: Rate, low: float, high: float) -> str:
    """The verdict on an interval of slopes; see `Measured`."""
    if low - TOLERANCE <= rate.predicted <= high + TOLERANCE:
        return "agrees"
    above = low > rate.predicted
    if rate.better and above == (rate.better == "higher"):
        return "better than claimed"
    return "DISAGREES"


def measured(rate: Rate, *, seed: int = 0) -> Measured:
    """Measure one rate on its window."""
    begun = time.monotonic()
    found: Points = MEASURES[rate.name](rate.window, seed)
    shown = found.y / (np.log(rate.window) if rate.per_log else 1.0)
    slopes = tuple(fitted(rate.window, values) for values in shown)
    slope, low, high = interval(slopes)
    pairs = [fitted(rate.window[-2:], values[-2:]) for values in shown]
    return Measured(
        rate=rate,
        evidence=found.evidence,
        y=shown,
        slopes=slopes,
        slope=slope,
        low=low,
        high=high,
        last=float(np.mean(pairs)),
        verdict=compared(rate, low, high),
        seconds=time.monotonic() - begun,
    )


def by_name() -> Mapping[str, Rate]:
    """The rates by name."""
    return {rate.name: rate for rate in RATES}


__all__ = ["RATES", "RATE_POINTS", "SEEDS", "Measured", "Rate", "by_name", "measured"]
