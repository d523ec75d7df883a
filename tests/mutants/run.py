"""Runs mutants: each in a copy of the project, against the one test that is to notice it.

python tests/mutants/run.py [NAME ...] [--jobs J] [--write PAGE]
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

from case import Mutant
from outcomes import OUTCOMES
from page import with_table
from table import MUTANTS

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("theory", "hdo", "verify", "experiments", "paper_figures", "report", "tests", "docs")
FILES = ("pyproject.toml", "README.md")

LIMIT = 300.0
"""Seconds for one test; a mutant that makes it take longer is not killed by it."""


@dataclass(frozen=True)
class Trial:
    """What the named test did with the mutant: `assertion` is a kill, nothing else."""

    mutant: Mutant
    outcome: str
    seconds: float

    @property
    def killed(self) -> bool:
        """Whether an assertion of the named test failed."""
        return self.outcome == "assertion"


def copied(into: Path) -> Path:
    """A copy of the rooms and the tests, without caches."""
    for name in COPIED:
        shutil.copytree(ROOT / name, into / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, into / name)
    return into


def outcomes(place: Path, tests: Iterable[str], *, limit: float = LIMIT) -> dict[str, str]:
    """How each of these tests ends in the project at `place`; one process."""
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "outcomes"
        found.touch()
        paths = os.pathsep.join((str(place), str(place / "tests" / "mutants")))
        # a derandomised hypothesis, no memory of earlier runs, no compiled files left behind
        environment = {
            **os.environ,
            "CI": "1",
            "PYTHONPATH": paths,
            "PYTHONDONTWRITEBYTECODE": "1",
            OUTCOMES: str(found),
        }
        command = [sys.executable, "-m", "pytest", "-q", "-p", "outcomes", "-p", "no:cacheprovider"]
        command += ["-p", "no:xdist", *tests]
        try:
            subprocess.run(
                command, cwd=place, env=environment, capture_output=True, timeout=limit, check=False
            )
        except subprocess.TimeoutExpired:
            return dict.fromkeys(tests, "timeout")
        lines = found.read_text(encoding="utf-8").splitlines()
    return dict(json.loads(line) for line in lines)


def tried(place: Path, mutant: Mutant) -> Trial:
    """The mutant applied to the copy at `place`, its test run, and the change undone."""
    begun = time.monotonic()
    file = place / mutant.file
    original = file.read_text(encoding="utf-8")
    file.write_text(mutant.applied(original), encoding="utf-8")
    try:
        found = outcomes(place, [mutant.killed_by]).get(mutant.killed_by, "did not run")
    finally:
        file.write_text(original, encoding="utf-8")
    return Trial(mutant, found, time.monotonic() - begun)


def originals(place: Path, mutants: Iterable[Mutant]) -> dict[str, str]:
    """How the tests end without any change: all must pass."""
    tests = sorted({mutant.killed_by for mutant in mutants})
    found = outcomes(place, tests, limit=LIMIT * max(1, len(tests)))
    return {test: found.get(test, "did not run") for test in tests}


def trials(mutants: Sequence[Mutant], *, jobs: int = 1) -> Iterator[Trial]:
    """Every mutant tried, `jobs` copies side by side."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        places: Queue[Path] = Queue()
        for job in range(jobs):
            places.put(copied(Path(folder) / str(job)))

        def one(mutant: Mutant) -> Trial:
            place = places.get()
            try:
                return tried(place, mutant)
            finally:
                places.put(place)

        with ThreadPoolExecutor(jobs) as pool:
            yield from pool.map(one, mutants)


def failing_originals(mutants: Sequence[Mutant]) -> dict[str, str]:
    """The named tests that do not pass on the project as it is."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        found = originals(copied(Path(folder) / "original"), mutants)
    return {test: outcome for test, outcome in found.items() if outcome != "passed"}


def main(arguments: Sequence[str]) -> int:
    """Run, print one line a mutant, and return 1 unless every one is killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="only these mutants")
    parser.add_argument("--jobs", type=int, default=1, help="mutants tried side by side")
    parser.add_argument("--write", type=Path, help="only renew the table of this page")
    options = parser.parse_args(arguments)
    if options.write:
        renewed = with_table(options.write.read_text(encoding="utf-8"))
        options.write.write_text(renewed, encoding="utf-8")
        return 0
    known = {mutant.name: mutant for mutant in MUTANTS}
    unknown = set(options.names) - set(known)
    if unknown:
        parser.error(f"no such mutant: {sorted(unknown)}")
    chosen = [known[name] for name in options.names] or list(MUTANTS)
    begun = time.monotonic()
    failing = failing_originals(chosen)
    for test, outcome in failing.items():
        print(f"{outcome} WITHOUT ANY CHANGE: {test}", flush=True)
    survivors = 0
    for trial in trials(chosen, jobs=options.jobs):
        survivors += not trial.killed
        word = "killed" if trial.killed else f"SURVIVED ({trial.outcome})"
        print(f"{trial.seconds:6.1f} s  {word:10}  {trial.mutant.name}", flush=True)
    spent = time.monotonic() - begun
    print(f"{len(chosen) - survivors} of {len(chosen)} killed in {spent:.0f} s")
    return int(bool(survivors or failing))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
