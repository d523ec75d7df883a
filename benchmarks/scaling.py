"""How the engine's time grows with T, R, d and n: slopes of log time on log size, one thread."""

import statistics
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from hdo.engine import run_chunks
from hdo.spec import Spec

BASE = {"n": 16, "d": 32, "R": 256, "T": 512}
"""Held while one of them varies."""

WINDOWS = {
    "T": (512, 1024, 2048, 4096, 8192),
    "R": (256, 512, 1024, 2048, 4096),
    "d": (256, 512, 1024, 2048, 4096),
    "n": (8, 16, 32, 64, 128, 256, 512),
}
PREDICTED = {"T": "1", "R": "1", "d": "1", "n": "0, but for memory"}
TURNS = 3


def seconds(n: int, d: int, R: int, T: int) -> float:
    """The median time of a run of pairs, half two-point, without its compilation."""
    rng = np.random.default_rng(0)
    # curvatures of the agents' own, kept small: what is timed is the engine
    table: dict[str, Any] = {
        "problem": {
            "kind": "quadratic",
            "curvature": [1.0] * d,
            "centres": rng.normal(size=(n, d)).tolist(),
        },
        "population": {"agents": ["two-point", "first-order"] * (n // 2)},
        "method": {"step_size": 0.01, "smoothing": 0.1, "steps": T},
    }
    spec, found = Spec.from_dict(table), []
    for turn in range(TURNS + 1):
        start = time.perf_counter()
        for _ in run_chunks(spec, replicas=R, every=T, workers=1):
            pass
        if turn:
            found.append(time.perf_counter() - start)
    return statistics.median(found)


def measured() -> Iterator[tuple[str, tuple[int, ...], list[float], float]]:
    """For each of T, R, d, n: its window, the seconds there, the slope."""
    for name, window in WINDOWS.items():
        base = {**BASE, "R": 64} if name == "d" else BASE
        times = [seconds(**{**base, name: value}) for value in window]
        slope = float(np.polyfit(np.log(window), np.log(times), 1)[0])
        yield name, window, times, slope
