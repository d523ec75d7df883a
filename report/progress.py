"""What is said on standard error: remarks, and the progress of long work."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[str, int, int], None]
"""`advance(what, done, total)`: what is being done, and how much of it is."""


def say(message: str) -> None:
    """One line, after the command's name."""
    print("hdo:", " ".join(message.split()), file=sys.stderr)


@contextmanager
def progress() -> Iterator[Advance | None]:
    """A function that moves a bar on a terminal, or None where nobody is watching."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, TimeElapsedColumn

    bar = Progress(
        *Progress.get_default_columns(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("starting", total=None)

        def advance(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total)

        yield advance
