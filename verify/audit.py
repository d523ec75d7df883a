"""The main job: every claim on every instance of the bank, searched and shrunk where it fails."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

from theory import Claim, claim, claims
from verify.bank import PROFILES, Record, judge_bank, make_part, parts
from verify.trace import trace_rows
from verify.verdict import Verdict, conclude

__all__ = ["EDITIONS", "Progress", "run_audit", "trace_rows"]

EDITIONS = ("published", "sharp")
"""The editions an audit judges, in the order of its verdicts."""

Progress = Callable[[str, int, int], None]
"""Called with what was just done, how many tasks are done, how many there are."""

_Names = tuple[tuple[str, str], ...]
"""(key, edition) of some claims."""


def run_audit(
    *,
    profile: str = "quick",
    seed: int = 0,
    progress: Progress | None = None,
    workers: int = 2,
    keys: Sequence[str] = (),
) -> tuple[Verdict, ...]:
    """Verdicts on all claims (or on `keys`), the same for the same profile and seed.

    The bank's parts, then the claims, are tasks of `workers` processes (1: all in this one).
    """
    budget = PROFILES[profile]
    subjects = [c for edition in EDITIONS for c in claims(edition) if not keys or c.key in keys]
    names = tuple((c.key, c.edition) for c in subjects)
    bank_parts = parts(budget)
    report = _Reporter(progress, len(bank_parts) + len(subjects))
    with _pool(workers) as run:
        judged = [
            (f"bank: {part}", run(_judge_part, part, profile, seed, names)) for part in bank_parts
        ]
        records: dict[str, list[Record]] = {key: [] for key, _ in names}
        for found in report(judged):
            for key, rows in found.items():
                records[key] += rows
        concluded = [
            (key, run(_conclude, key, edition, records[key], profile, seed))
            for key, edition in _slowest_first(subjects)
        ]
        verdicts = {verdict.claim: verdict for verdict in report(concluded)}
    return tuple(verdicts[key] for key, _ in names)


def _judge_part(part: str, profile: str, seed: int, names: _Names) -> dict[str, list[Record]]:
    bank = make_part(part, PROFILES[profile], entropy=seed)
    return judge_bank([claim(key, edition) for key, edition in names], bank)


def _conclude(key: str, edition: str, records: list[Record], profile: str, seed: int) -> Verdict:
    return conclude(claim(key, edition), records, profile=PROFILES[profile], seed=seed)


def _slowest_first(subjects: Sequence[Claim]) -> _Names:
    """Trajectories take longest: started last, one of them would be waited for alone."""
    ordered = sorted(subjects, key=lambda c: c.scope != "trajectory")
    return tuple((c.key, c.edition) for c in ordered)


Waiting = Sequence[tuple[str, Callable[[], Any]]]


class _Reporter:
    """Waits for tasks in their order and reports each as done."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self.progress = progress
        self.total = total
        self.done = 0

    def __call__(self, tasks: Waiting) -> Iterator[Any]:
        for name, wait in tasks:
            result = wait()
            self.done += 1
            if self.progress is not None:
                self.progress(name, self.done, self.total)
            yield result


@contextmanager
def _pool(workers: int) -> Iterator[Callable[..., Callable[[], Any]]]:
    """A function that starts `task(*arguments)` and returns how to wait for its result."""
    if workers < 2:
        yield lambda task, *arguments: lambda: task(*arguments)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=workers, mp_context=context) as executor:

        def started(task: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:
            future: Future[Any] = executor.submit(task, *arguments)
            return future.result

        try:
            yield started
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            raise
