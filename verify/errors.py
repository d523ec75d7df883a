"""What evidence says when it has no exact value, and what a user's file is told when it errs."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager


class NotExact(Exception):
    """This quantity has no exact evidence on this instance; the message is the reason."""


class OwnFileError(ValueError):
    """A user's file, or a function in it, cannot be used; the message is one sentence."""


@contextmanager
def blaming(path: str, what: str, *, passing: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Turn what code of the file `path` raises into an OwnFileError that names the line.

    `what` was being done; exceptions of the kinds `passing` pass.
    """
    try:
        yield
    except OwnFileError:
        raise
    except passing:
        raise
    except (Exception, SystemExit) as error:
        frames = traceback.extract_tb(error.__traceback__)
        line = next((f":{f.lineno}" for f in reversed(frames) if f.filename == path), "")
        said = " ".join(str(error).split()) or "no message"
        kind = type(error).__name__
        raise OwnFileError(f"{path}{line}: {what}: {kind}: {said}") from None
