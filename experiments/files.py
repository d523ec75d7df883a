"""Files that are whole or not there: written beside their name and renamed when complete."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hdo.errors import InputError


@contextmanager
def replacing(path: Path, *, where: str | None = None) -> Iterator[Path]:
    """A path to write to; it becomes `path` when the block ends, and is removed if it fails.

    Readers see the old file or the whole new one. A device or pipe (`/dev/null`) is written
    directly. Raises InputError, with `where` (else the path) as the key, for whatever the file
    system refuses: no folder, no permission, no room.
    """
    path = path.resolve()
    if path.exists() and not path.is_file() and not path.is_dir():
        with refusals(path, where):
            yield path
        return
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with refusals(path, where):
            temporary.touch(exist_ok=False)
            yield temporary
            _flush(temporary)
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def require_writable(path: Path, *, where: str) -> None:
    """Raise InputError now if `path` could not be written later; leaves nothing behind."""
    path = path.resolve()
    if path.is_dir():
        raise InputError(where, str(path), "a file, not a folder")
    with refusals(path, where):
        if path.exists() and not os.access(path, os.W_OK):
            raise PermissionError(0, "Permission denied")
        if path.is_file() or not path.exists():
            trial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
            trial.touch(exist_ok=False)
            trial.unlink()


def require_folder(folder: Path, *, where: str) -> None:
    """Make `folder` if it is not there; InputError if it cannot be made or written to."""
    folder = folder.resolve()
    with refusals(folder, where):
        folder.mkdir(parents=True, exist_ok=True)
        trial = folder / f".{secrets.token_hex(4)}.tmp"
        trial.touch(exist_ok=False)
        trial.unlink()


def _flush(path: Path) -> None:
    """Wait until the content is on the disk, so that a rename never outlives its content."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def refusals(path: Path, where: str | None) -> Iterator[None]:
    """Turn what the file system refuses into an InputError with `where` (else `output`) as key."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        expected = f"a place that can be written ({reason})"
        raise InputError(where or "output", str(path), expected) from None
