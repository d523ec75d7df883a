"""Matchings of 280 softmax agents, d = 7850, batch 2, rv = 128 forward gradients: rounds a second.

The engine through its shortcut, the engine drawing all directions, and a hand-written numba loop
with the same shortcut (one core; left out without numba). One replica.
"""

import csv
import math
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from hdo.engine import run_chunks
from hdo.spec import Spec

AGENTS, FEATURES, CLASSES, BATCH, RV = 280, 785, 10, 2, 128
ROWS, ETA = 4 * AGENTS, 0.01
Run = Callable[[int], object]


def drawn_rows() -> tuple[np.ndarray, np.ndarray]:
    """Features (ROWS, FEATURES) and labels."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(ROWS, FEATURES)), np.arange(ROWS) % CLASSES


def spec_of(folder: Path, steps: int) -> Spec:
    """The spec, on a file of drawn rows in this folder."""
    path = folder / "rows.csv"
    if not path.exists():
        features, labels = drawn_rows()
        with path.open("w", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([*(f"x{k}" for k in range(FEATURES)), "label"])
            writer.writerows(
                [*(f"{v:.6f}" for v in row), label]
                for row, label in zip(features, labels, strict=True)
            )
    return Spec.from_dict(
        {
            "problem": {
                "kind": "softmax",
                "data": str(path),
                "target": "label",
                "regularisation": 0.01,
            },
            "population": {
                "agents": ["forward-gradient"] * AGENTS,
                "batch": BATCH,
                "directions": RV,
            },
            "method": {"interaction": "matching", "step_size": ETA, "steps": steps},
        }
    )


def engine_run(folder: Path, *, threads: int, shortcuts: bool) -> Run:
    """The engine: so many rounds of one replica."""
    specs: dict[int, Spec] = {}

    def run(steps: int) -> None:
        spec = specs.setdefault(steps, spec_of(folder, steps))
        options: dict[str, Any] = {"workers": threads, "shortcuts": shortcuts}
        for _ in run_chunks(spec, replicas=1, every=steps, **options):
            pass

    return run


def numba_run() -> Run | None:
    """The same rounds by hand: gradients, the average's law, a random matching."""
    try:
        import numba
    except ImportError:
        return None

    @numba.njit
    def loop(rng: Any, X: Any, A: Any, y: Any, scale: float, steps: int) -> None:
        n, K, p = X.shape
        own = A.shape[0] // n
        g, h, s = np.empty((K, p)), np.empty((K, p)), np.empty(K)
        for _ in range(steps):
            for a in range(n):
                for j in range(K):
                    for c in range(p):
                        g[j, c] = 0.01 * X[a, j, c]
                for _b in range(BATCH):
                    r = a * own + rng.integers(0, own)
                    top = -np.inf
                    for j in range(K):
                        s[j] = 0.0
                        for c in range(p):
                            s[j] += X[a, j, c] * A[r, c]
                        top = max(top, s[j])
                    total = 0.0
                    for j in range(K):
                        s[j] = math.exp(s[j] - top)
                        total += s[j]
                    for j in range(K):
                        away = scale * (s[j] / total - (1.0 if j == y[r] else 0.0)) / BATCH
                        for c in range(p):
                            g[j, c] += away * A[r, c]
                size, chi2, along = 0.0, 0.0, 0.0
                for j in range(K):
                    for c in range(p):
                        size += g[j, c] * g[j, c]
                        h[j, c] = rng.standard_normal()
                        along += h[j, c] * g[j, c]
                for _k in range(RV):
                    chi2 += rng.standard_normal() ** 2
                root = math.sqrt(chi2 * size)
                for j in range(K):
                    for c in range(p):
                        w = h[j, c] - along * g[j, c] / size
                        X[a, j, c] -= ETA * (chi2 * g[j, c] + root * w) / RV
            order = rng.permutation(n)
            for k in range(n // 2):
                i, m = order[2 * k], order[2 * k + 1]
                for j in range(K):
                    for c in range(p):
                        X[i, j, c] = X[m, j, c] = (X[i, j, c] + X[m, j, c]) / 2

    features, labels = drawn_rows()
    rng, X = np.random.default_rng(1), np.zeros((AGENTS, CLASSES, FEATURES))
    X += 1e-3
    return lambda steps: loop(rng, X, features, labels, 1.0, steps)


def runs() -> dict[str, tuple[Run, int]]:
    """The rivals, by name, one replica each."""
    folder = Path(tempfile.mkdtemp(prefix="matching-"))
    found: dict[str, tuple[Run, int]] = {
        "engine, one thread": (engine_run(folder, threads=1, shortcuts=True), 1),
        "engine, drawing the directions": (engine_run(folder, threads=1, shortcuts=False), 1),
    }
    limit = numba_run()
    if limit is not None:
        found["numba loop, the same shortcut, one core"] = (limit, 1)
    return found
