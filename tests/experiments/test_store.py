"""Stored rows come back as they were, say where they come from, and are written by one process."""

import hashlib
import json
import math
import platform
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from experiments import Schema, provenance, read_provenance, read_rows, store, write_rows, writing
from hdo.errors import InputError

SCHEMA = Schema("example", {"name": "text", "count": "integer", "value": "number", "good": "flag"})
SOURCE = provenance({"kind": "example"}, seed=7)

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.none() | st.text(st.characters(exclude_categories=["Cs"])),
            "count": st.none() | st.integers(-(2**63), 2**63 - 1),
            "value": st.none() | st.floats(allow_nan=False),
            "good": st.none() | st.booleans(),
        }
    )
)


@given(rows=ROWS)
def test_rows_come_back_as_they_were(
    rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every value, infinity and missing included, and the order."""
    path = tmp_path_factory.mktemp("store") / "rows.parquet"
    write_rows(path, rows, schema=SCHEMA, source=SOURCE)
    found = read_rows(path, schema=SCHEMA)
    assert [{name: row[name] for name in SCHEMA.columns} for row in found] == rows


def test_every_row_says_where_it_comes_from(tmp_path: Path) -> None:
    """Spec hash, seed, versions, platform, commit and time stand in each row."""
    path = tmp_path / "rows.parquet"
    row = {"name": "a", "count": 1, "value": math.inf, "good": True}
    before = datetime.now(UTC) - timedelta(seconds=1)
    write_rows(path, [row], schema=SCHEMA, source=provenance({"kind": "example"}, seed=7))
    (found,) = read_rows(path, schema=SCHEMA)
    assert found["spec_hash"] == hashlib.sha256(b'{"kind": "example"}').hexdigest()
    assert found["seed"] == 7
    assert json.loads(found["versions"])["numpy"] == metadata.version("numpy")
    assert json.loads(found["versions"])["python"] == platform.python_version()
    assert platform.machine() in found["platform"]
    assert before <= datetime.fromisoformat(found["created"]) <= datetime.now(UTC)


def test_the_commit_is_that_of_this_projects_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside a checkout there is none, even inside another one; changed files show."""
    read = store._commit.__wrapped__
    package = tmp_path / "experiments"
    package.mkdir()
    monkeypatch.setattr(store, "__file__", str(package / "store.py"))
    assert read() is None
    for command in (
        ["init", "-q"],
        ["config", "user.email", "a@b.c"],
        ["config", "user.name", "a"],
        ["commit", "-q", "--allow-empty", "-m", "first"],
    ):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    commit = read()
    assert commit is not None
    assert len(commit) == 40
    (tmp_path / "new").touch()
    assert read() == f"{commit}+changes"
    inner = package / "site-packages" / "experiments"
    inner.mkdir(parents=True)
    monkeypatch.setattr(store, "__file__", str(inner / "store.py"))
    assert read() is None


def test_rows_of_another_shape_are_refused(tmp_path: Path) -> None:
    """A missing, an additional and a mistyped column; the old file stays."""
    path = tmp_path / "rows.parquet"
    row = {"name": "a", "count": 1, "value": 1.0, "good": True}
    write_rows(path, [row], schema=SCHEMA, source=SOURCE)
    old = path.read_bytes()
    for wrong in ({"name": "a"}, {**row, "more": 1}, {**row, "count": "one"}):
        with pytest.raises(InputError, match="expected"):
            write_rows(path, [wrong], schema=SCHEMA, source=SOURCE)
    assert path.read_bytes() == old


def test_reading_checks_what_is_there(tmp_path: Path) -> None:
    """No file, a torn file, and a file of other rows are each one sentence."""
    path = tmp_path / "rows.parquet"
    with pytest.raises(InputError, match="a stored result file"):
        read_rows(path, schema=SCHEMA)
    write_rows(path, [], schema=SCHEMA, source=SOURCE)
    with pytest.raises(InputError, match="of other rows"):
        read_rows(path, schema=Schema("other", {"name": "integer"}))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match="a whole Parquet file"):
        read_rows(path, schema=SCHEMA)


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stops the writing, the rows from before are still there."""
    path = tmp_path / "rows.parquet"
    row = {"name": "a", "count": 1, "value": 1.0, "good": True}
    write_rows(path, [row], schema=SCHEMA, source=SOURCE)

    def stopped(table: object, where: Path) -> None:
        where.write_bytes(b"PAR1 half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(parquet, "write_table", stopped)
    with pytest.raises(InputError, match="No space left on device"):
        write_rows(path, [row, row], schema=SCHEMA, source=SOURCE)
    monkeypatch.undo()
    assert len(read_rows(path, schema=SCHEMA)) == 1
    assert list(tmp_path.iterdir()) == [path]


def test_schemas_refuse_unknown_types_and_reserved_names() -> None:
    """A column is one of four types, and cannot hide the provenance."""
    for columns in ({"name": "string"}, {"seed": "integer"}):
        with pytest.raises(InputError, match="schema bad"):
            Schema("bad", columns)


HOLD = (
    "import pathlib, sys, time\n"
    "from experiments import writing\n"
    "with writing(pathlib.Path(sys.argv[1]), where='--out'):\n"
    "    print('held', flush=True)\n"
    "    time.sleep(60)\n"
)


def hold(folder: Path) -> None:
    """Take the folder and leave it."""
    with writing(folder, where="--out"):
        pass


def test_a_second_process_is_refused_and_a_dead_ones_lock_is_taken_over(tmp_path: Path) -> None:
    """One process writes a folder at a time; when it is killed the folder is free at once."""
    folder = tmp_path / "out"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True
    ) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(InputError, match=f"process {holder.pid} on"):
                hold(folder)
        finally:
            holder.kill()
    assert list(folder.iterdir()), "the dead process's lock file is still there"
    hold(folder)
    assert list(folder.iterdir()) == []


def test_a_folder_is_free_again_after_writing(tmp_path: Path) -> None:
    """Also when the block failed."""
    with pytest.raises(RuntimeError), writing(tmp_path, where="--out"):
        raise RuntimeError
    with writing(tmp_path, where="--out"), pytest.raises(InputError):
        hold(tmp_path)
    hold(tmp_path)


def test_provenance_is_read_without_knowing_the_schema(tmp_path: Path) -> None:
    """Each that occurs, once; a file of somebody else is refused."""
    path = tmp_path / "rows.parquet"
    schema = Schema("made-up", {"x": "number"})
    source = provenance({"a": 1}, seed=5)
    write_rows(path, [{"x": 1.0}, {"x": 2.0}], schema=schema, source=source)
    assert read_provenance(path) == (2, [source])
    parquet.write_table(pa.table({"x": [1.0]}), path)
    with pytest.raises(InputError, match="created"):
        read_provenance(path)
    path.write_bytes(b"PAR1")
    with pytest.raises(InputError, match=r"rows\.parquet"):
        read_provenance(path)
    with pytest.raises(InputError, match=r"gone\.parquet"):
        read_provenance(tmp_path / "gone.parquet")
