"""The main job: every claim on every instance of the bank, searched and shrunk where it fails."""

import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from threadpoolctl import threadpool_limits

from theory import OWN, Claim, claim, claims, name_of, stand_beside
from theory.errata import steps
from verify import maps, phase, slack, slack_cases
from verify.bank import PROFILES, Record, judge_bank, make_part, parts
from verify.errata import examine
from verify.own.file import Source, load
from verify.own.verdicts import conclude_own
from verify.tightness import EFFORTS, claim_rows, has_rows
from verify.trace import Row, trace_rows
from verify.verdict import Verdict, conclude

__all__ = ["Audit", "Name", "Progress", "TightRows", "WorkerLostError", "run_audit", "trace_rows"]

Progress = Callable[[str, int, int], None]
"""Called with what was just done, how many tasks are done, how many there are."""

Name = tuple[str, str]
"""Key and edition of a claim."""


class WorkerLostError(RuntimeError):
    """A worker process was killed from outside, or for memory."""

    def __str__(self) -> str:
        """One sentence for the front door."""
        return (
            "a worker process ended before its work did (killed, or out of memory); "
            "what was concluded is kept: run the same command again"
        )


@dataclass(frozen=True)
class Audit:
    """A verdict on each claim; of a whole audit also rows.

    `trace` of the picture, `steps` printed, `tightness` by claim, `slack` along the proofs, `maps`
    of tightness, `phase` diagram.
    """

    verdicts: tuple[Verdict, ...]
    trace: tuple[Row, ...] = ()
    steps: tuple[Row, ...] = ()
    tightness: tuple[Row, ...] = ()
    slack: tuple[Row, ...] = ()
    maps: tuple[Row, ...] = ()
    phase: tuple[Row, ...] = ()


Keep = Callable[["Verdict | TightRows"], None]
"""Called with each result as soon as it is there."""


@dataclass(frozen=True)
class TightRows:
    """How tight one claim is: rows of `verify.tightness`."""

    name: Name
    rows: tuple[Row, ...]


def run_audit(
    *,
    profile: str = "quick",
    seed: int = 0,
    progress: Progress | None = None,
    workers: int = 2,
    subjects: Sequence[Claim] = (),
    own: Source | None = None,
    known: Mapping[Name, Verdict] | None = None,
    known_rows: Mapping[Name, TightRows] | None = None,
    keep: Keep | None = None,
) -> Audit:
    """Verdicts on all claims (or on `subjects`, without picture, printed steps and tightness).

    The bank's parts, then the claims, the picture, the printed steps and how tight each claim is
    are tasks of `workers` processes (1: all in this one). Each result is handed to `keep` as soon
    as it is there; those in `known` and `known_rows`, from an audit of this profile and seed that
    was interrupted, are taken over. The same for the same profile and seed, whatever the workers.
    `own` is a user's file that `subjects` are of, whose claims stand beside the paper's here; each
    worker runs it once.

    Raises:
        WorkerLostError: a worker process was killed.
    """
    whole = not subjects
    subjects = subjects or claims()
    verdicts, tight = dict(known or {}), dict(known_rows or {})
    waiting = [c for c in subjects if _name(c) not in verdicts]
    bank = [
        _Task(f"bank: {part}", _judge_part, (part, profile, seed, tuple(map(_name, waiting))))
        for part in (parts(PROFILES[profile]) if waiting else ())
    ]
    measured = [
        _Task(f"tightness: {name_of(c)}", _tighten, (_name(c), profile, seed))
        for c in (_slowest_first(subjects) if whole else ())
        if has_rows(c) and _name(c) not in tight
    ]
    more = _more(profile, seed) if whole else {}
    rows: dict[str, tuple[Row, ...]] = {}
    with _pool(workers, own) as run:
        report = _Reporter(progress, len(bank) + len(waiting) + len(measured) + len(more))
        judged = dict(report(run(bank)))
        records = {
            _name(c): [r for task in bank for r in judged[task].get(_name(c), ())] for c in waiting
        }
        tasks = [
            _Task(name_of(c), _conclude, (_name(c), records[_name(c)], profile, seed))
            for c in _slowest_first(waiting)
        ]
        for task, result in report(run([*more, *tasks, *measured])):
            if task in more:
                rows[more[task]] = result
                continue
            if isinstance(result, TightRows):
                tight[result.name] = result
            else:
                verdicts[result.claim, result.edition] = result
            if keep is not None:
                keep(result)
    tightness = tuple(row for c in subjects if _name(c) in tight for row in tight[_name(c)].rows)
    concluded = tuple(verdicts[_name(c)] for c in subjects)
    return Audit(concluded, tightness=tightness, **rows)


def _more(profile: str, seed: int) -> dict["_Task", str]:
    """What a whole audit does beside, and where it goes."""
    effort = "full" if profile == "full" else "quick"
    return {
        _Task("picture", _trace, (seed,)): "trace",
        _Task("printed steps", _steps, ()): "steps",
        _Task("slack along the proofs", _slack, (effort,)): "slack",
        _Task("tightness maps", _maps, (effort,)): "maps",
        _Task("phase diagram", _phase, (effort,)): "phase",
    }


def _name(subject: Claim) -> Name:
    return subject.key, subject.edition


def _judge_part(
    part: str, profile: str, seed: int, names: Sequence[Name]
) -> dict[Name, list[Record]]:
    bank = make_part(part, PROFILES[profile], entropy=seed)
    return judge_bank([claim(*name) for name in names], bank)


def _conclude(name: Name, records: list[Record], profile: str, seed: int) -> Verdict:
    judged = conclude_own if name[1] == OWN else conclude
    return judged(claim(*name), records, profile=PROFILES[profile], seed=seed)


def _tighten(name: Name, profile: str, seed: int) -> TightRows:
    return TightRows(name, tuple(claim_rows(claim(*name), EFFORTS[profile], seed=seed)))


def _slack(profile: str) -> tuple[Row, ...]:
    return tuple(slack.rows(slack_cases.cells(profile)))


def _maps(profile: str) -> tuple[Row, ...]:
    return tuple(maps.rows(profile))


def _phase(profile: str) -> tuple[Row, ...]:
    return tuple(phase.rows(profile))


def _trace(seed: int) -> tuple[Row, ...]:
    return tuple(trace_rows(seed))


def _steps() -> tuple[Row, ...]:
    return tuple(examined.to_json() for examined in map(examine, steps()))


def _slowest_first(subjects: Sequence[Claim]) -> list[Claim]:
    """Trajectories take longest: started last, one of them would be waited for alone."""
    return sorted(subjects, key=lambda c: c.scope != "trajectory")


@dataclass(frozen=True, eq=False)
class _Task:
    """A part of the work; distinct tasks are unequal."""

    title: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]

    def __call__(self) -> Any:
        return self.function(*self.arguments)


_Done = Iterator[tuple[_Task, Any]]


class _Reporter:
    """Reports each task as done."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self.progress = progress
        self.total = total
        self.done = 0

    def __call__(self, results: _Done) -> _Done:
        for task, result in results:
            self.done += 1
            if self.progress is not None:
                self.progress(task.title, self.done, self.total)
            yield task, result


@contextmanager
def _pool(workers: int, own: Source | None = None) -> Iterator[Callable[[Sequence[_Task]], _Done]]:
    """A function that runs tasks and yields each with its result as soon as it is done."""
    if workers < 2:
        yield lambda tasks: ((task, task()) for task in tasks)
        return
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(own,))

    def run(tasks: Sequence[_Task]) -> _Done:
        waiting = {executor.submit(task.function, *task.arguments): task for task in tasks}
        for future in as_completed(waiting):
            yield waiting[future], future.result()

    before = set(multiprocessing.active_children())
    try:
        yield run
        executor.shutdown()
    except BaseException as error:
        with _broken_pipes_ignored():
            for process in set(multiprocessing.active_children()) - before:
                process.terminate()
            executor.shutdown(cancel_futures=True)
        if isinstance(error, BrokenProcessPool):
            raise WorkerLostError from None
        raise


@contextmanager
def _broken_pipes_ignored() -> Iterator[None]:
    """A message to a worker that has gone must not end this process, as a closed output may."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGPIPE"):
        yield
        return
    before = signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGPIPE, before)


def _begin(own: Source | None) -> None:
    """One thread of BLAS a worker; Ctrl-C reaches every process, the parent alone answers it."""
    threadpool_limits(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if own is not None:
        stand_beside(load(own).beside)
