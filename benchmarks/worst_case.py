"""The worst one-step ratio: how long `hdo worst-case` takes beside PEPit, and whether they agree.

    python benchmarks/worst_case.py [--write docs/benchmarks/worst_case.md] [--pepit PYTHON]

PEPit runs in an environment of its own (`pip install PEPit==0.5.1 cvxpy clarabel`), once a size,
timed from an empty problem to the answer; ours is the median of several calls in one process after
a first one. Neither time holds imports. Ours minimises with Clarabel; PEPit with what it takes
unless told (cvxpy then has SCS) and, at the smaller sizes, with Clarabel.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from verify.worst.onestep import Population
from verify.worst.ratio import WorstCase, worst_case

SIZES = (2, 4, 8, 16, 25, 50)
CLARABEL_UP_TO = 16
"""Minutes beyond."""

LARGE = (10, 10**3, 10**6)
REPEATS = 5
L, LOW, ETA, WEIGHTS = Fraction(1), Fraction(1, 10), Fraction(1, 2), (Fraction(1), Fraction(1))
CLOSE, FASTER = 1e-6, 100.0
"""The goals: how near the values, and how many times faster at the largest size."""


def ours(n: int) -> tuple[WorstCase, float]:
    """Our answer and its median seconds."""
    case = Population(0, n, L, LOW, ETA, weights=WEIGHTS)
    worst_case(case)
    times = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        found = worst_case(case)
        times.append(time.perf_counter() - begun)
    return found, statistics.median(times)


def pepit(python: str, solver: str, n: int) -> tuple[float, float]:
    """PEPit's bound and seconds."""
    numbers = [str(float(value)) for value in (L, LOW, ETA, *WEIGHTS)]
    script = Path(__file__).with_name("peers_pepit.py")
    command = [python, str(script), solver, str(n), *numbers]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    value, seconds = map(float, out.split())
    return value, seconds


def beside(python: str) -> Iterator[str]:
    """Values and times of both."""
    yield "| n | certified (ours) | its solver | its - ours | ours, s | PEPit, s | PEPit / ours |"
    yield "|---|---|---|---|---|---|---|"
    apart = {"default": 0.0, "CLARABEL": 0.0}
    times = 0.0
    for n in SIZES:
        found, mine = ours(n)
        for solver in apart if n <= CLARABEL_UP_TO else ("default",):
            value, its = pepit(python, solver, n)
            difference = value - found.certified_upper
            apart[solver] = max(apart[solver], abs(difference))
            times = its / mine if solver == "default" else times
            cells = (f"{found.certified_upper:.9f}", solver, f"{difference:.1e}")
            yield f"| {n} | {' | '.join(cells)} | {mine:.3f} | {its:.3g} | {its / mine:.3g} |"
    yield "\nBelow 0: what is reported as an upper bound is less than what a population attains."
    yield "\n| | goal | measured | |\n|---|---|---|---|"
    for solver, most in apart.items():
        met = "met" if most <= CLOSE else "NOT MET: its solver's error, ours is attained"
        yield f"| largest difference, {solver} | {CLOSE:g} | {most:.1e} | {met} |"
    met = "met" if times >= FASTER else "NOT MET"
    yield f"| PEPit / ours at n = {SIZES[-1]}, default | {FASTER:g} | {times:.3g} | {met} |"


def alone() -> Iterator[str]:
    """Ours at sizes that have no rival."""
    yield "| n | certified | attained | s |\n|---|---|---|---|"
    for n in LARGE:
        found, mine = ours(n)
        lower = "-" if found.lower is None else f"{found.lower:.9f}"
        yield f"| {n:,} | {found.certified_upper:.12f} | {lower} | {mine:.3f} |"


def page(python: str | None) -> Iterator[str]:
    """The page, line by line."""
    yield "# The worst case of one step\n"
    yield f"Written by `make bench-worst`, {os.cpu_count()} cores.\n"
    yield (
        f"First-order agents without noise, L = {L}, l = {LOW}, eta = {ETA}, WM = WG = 1, one "
        "common minimiser.\nOurs is certified: multipliers checked in rational arithmetic; an "
        "explicit population attains it. PEPit's is what its solver says.\nPEPit's program has "
        "2 n + 1 vectors and n (n - 1)/2 pairs, ours a few vectors at any n.\n"
    )
    yield "## Beside PEPit\n"
    if python is None:
        yield "Not measured: PEPit (an environment of its own; `--pepit PYTHON`)."
    else:
        yield from beside(python)
    yield "\n## At any n\n"
    yield from alone()


def main() -> None:
    """Print the page as it is measured; write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="also write the page here")
    parser.add_argument("--pepit", metavar="PYTHON", help="an interpreter that has PEPit")
    options = parser.parse_args()
    lines = []
    for line in page(options.pepit):
        print(line, flush=True)
        lines.append(line)
    if options.write is not None:
        options.write.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
