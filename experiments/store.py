"""The result store: tidy Parquet rows, each with what is needed to repeat it.

A file is replaced as a whole or not at all, one process at a time writes a folder, and what is read
has the columns that were asked for.
"""

import fcntl
import hashlib
import json
import os
import platform
import socket
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from experiments.files import replacing, require_folder
from hdo.errors import InputError

DISTRIBUTION = "hdo-audit"
"""The name this project is installed under."""

COLUMN_TYPES: Mapping[str, Any] = MappingProxyType(
    {"text": pa.string(), "number": pa.float64(), "integer": pa.int64(), "flag": pa.bool_()}
)
"""What a column may hold; any of them may be missing (null)."""

_LOCK_NAME = ".writing"


@dataclass(frozen=True)
class Provenance:
    """Where rows come from: the columns every stored row has beside its own.

    `spec_hash` is the SHA-256 of the canonical JSON of what was run, `versions` a JSON object of
    package versions, `commit` the commit of this project's checkout (with `+changes` where files
    differ from it) or None outside one, `created` the time in UTC, ISO 8601.
    """

    spec_hash: str
    seed: int
    versions: str
    platform: str
    commit: str | None
    created: str


_PROVENANCE_TYPES = {f.name: "integer" if f.name == "seed" else "text" for f in fields(Provenance)}


@dataclass(frozen=True)
class Schema:
    """The columns of a kind of rows: name -> a key of `COLUMN_TYPES`, in order."""

    name: str
    columns: Mapping[str, str]

    def __post_init__(self) -> None:
        for column, kind in self.columns.items():
            if kind not in COLUMN_TYPES or column in _PROVENANCE_TYPES:
                expected = f"a new name with one of {sorted(COLUMN_TYPES)}"
                raise InputError(f"schema {self.name}.{column}", kind, expected)

    @property
    def arrow(self) -> pa.Schema:
        """The Arrow schema of a stored file: own columns, then provenance."""
        kinds = {**self.columns, **_PROVENANCE_TYPES}
        return pa.schema([(name, COLUMN_TYPES[kind]) for name, kind in kinds.items()])


def provenance(spec: Mapping[str, Any], *, seed: int) -> Provenance:
    """The provenance of a run described by `spec` (anything JSON can hold) and a seed."""
    canonical = json.dumps(spec, sort_keys=True, allow_nan=False)
    return Provenance(
        spec_hash=hashlib.sha256(canonical.encode()).hexdigest(),
        seed=seed,
        versions=json.dumps(versions(), sort_keys=True),
        platform=f"{platform.system()}-{platform.machine()}-python{platform.python_version()}",
        commit=_commit(),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def write_rows(
    path: Path, rows: Iterable[Mapping[str, Any]], *, schema: Schema, source: Provenance
) -> None:
    """Replace `path` by these rows, each with its provenance.

    Raises InputError for a row whose columns or types are not the schema's, and for a path that
    cannot be written; the file that was there before then stays.
    """
    extra = asdict(source)
    complete = []
    for index, row in enumerate(rows):
        if set(row) != set(schema.columns):
            where = f"{path}, row {index}"
            raise InputError(where, sorted(row), f"the columns {sorted(schema.columns)}")
        complete.append({**row, **extra})
    try:
        table = pa.Table.from_pylist(complete, schema=schema.arrow)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        expected = f"values of the types {dict(schema.columns)}"
        raise InputError(str(path), str(error), expected) from None
    with replacing(path) as temporary:
        parquet.write_table(table, temporary)


def read_rows(path: Path, *, schema: Schema) -> list[dict[str, Any]]:
    """The stored rows, provenance included; InputError if they are not there or not `schema`'s."""
    table = _read(path)
    if not table.schema.equals(schema.arrow):
        found = {field.name: str(field.type) for field in table.schema}
        wanted = {field.name: str(field.type) for field in schema.arrow}
        expected = f"the columns {wanted} of {schema.name} rows"
        raise InputError(str(path), found, expected)
    return list(table.to_pylist())


def read_provenance(path: Path) -> tuple[int, list[Provenance]]:
    """How many rows a stored file has, and each provenance that occurs among them.

    Raises:
        InputError: the file is not there, is damaged, or was not written by `write_rows`.
    """
    names = [field.name for field in fields(Provenance)]
    table = _read(path)
    if missing := set(names) - set(table.column_names):
        raise InputError(str(path), table.column_names, f"the columns {sorted(missing)}")
    distinct = dict.fromkeys(tuple(row.values()) for row in table.select(names).to_pylist())
    return table.num_rows, [Provenance(*values) for values in distinct]


def _read(path: Path) -> pa.Table:
    try:
        return parquet.read_table(path)
    except OSError as error:
        raise InputError(str(path), error.strerror or str(error), "a stored result file") from None
    except pa.ArrowInvalid as error:
        raise InputError(str(path), str(error), "a whole Parquet file") from None


@contextmanager
def writing(folder: Path, *, where: str) -> Iterator[None]:
    """Hold `folder` (made if need be) for writing; InputError if another process holds it.

    The operating system drops the lock of a process that ends, however it ends, so that there are
    no stale locks.
    """
    require_folder(folder, where=where)
    path = folder / _LOCK_NAME
    handle = _acquire(path, where=where)
    try:
        holder = f"process {os.getpid()} on {socket.gethostname()}"
        os.truncate(handle, 0)
        os.write(handle, holder.encode())
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def _acquire(path: Path, *, where: str) -> int:
    """An open, locked handle of the lock file that is at `path` now."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 200).decode(errors="replace") or "another process"
            os.close(handle)
            raise InputError(
                f"{where} {path.parent}", holder, "no other process to write it"
            ) from None
        # its last holder may have unlinked the file between opening and locking
        if os.fstat(handle).st_nlink:
            return handle
        os.close(handle)


@cache
def versions() -> dict[str, str]:
    """Versions of Python, this project and the packages it names as dependencies."""
    found = {"python": platform.python_version(), DISTRIBUTION: metadata.version(DISTRIBUTION)}
    for requirement in metadata.requires(DISTRIBUTION) or []:
        if "extra ==" in requirement:
            continue
        name = requirement.split(";")[0]
        for mark in "[<>=!~ ":
            name = name.split(mark)[0]
        found[name] = metadata.version(name)
    return found


@cache
def _commit() -> str | None:
    root = Path(__file__).resolve().parents[1]
    top = _git(root, "rev-parse", "--show-toplevel")
    if top is None or Path(top).resolve() != root:
        return None
    commit = _git(root, "rev-parse", "HEAD")
    changes = _git(root, "status", "--porcelain")
    return f"{commit}+changes" if commit and changes else commit


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
