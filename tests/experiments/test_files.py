"""A file is whole or not there, and what cannot be written is said before the work."""

import subprocess
import sys
from pathlib import Path

import pytest

from experiments import replacing, require_writable
from experiments.files import require_folder
from hdo.errors import InputError


def test_a_file_appears_when_the_block_ends(tmp_path: Path) -> None:
    """Until then readers see the old content."""
    path = tmp_path / "result"
    path.write_text("old")
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_block_that_fails_leaves_the_old_file_alone(
    tmp_path: Path, error: type[BaseException]
) -> None:
    """Nothing half-written stays, under any name."""
    path = tmp_path / "result"
    path.write_text("old")

    def write_half() -> None:
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(error):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_keeps_pointing_and_its_target_is_replaced(tmp_path: Path) -> None:
    """A result kept elsewhere through a link stays there."""
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    with replacing(link) as temporary:
        temporary.write_text("new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_device_is_written_to_and_not_replaced() -> None:
    """`/dev/null` stays a device; `/dev/full` has no room and says so."""
    with replacing(Path("/dev/null")) as place:
        place.write_text("gone")
    assert not Path("/dev/null").is_file()
    with pytest.raises(InputError, match="No space left"), replacing(Path("/dev/full")) as place:
        place.write_text("too much")


def test_a_disk_that_fills_up_leaves_the_old_file_alone(tmp_path: Path) -> None:
    """A write that stops half-way (here at a limit on file size) is one sentence, no debris."""
    path = tmp_path / "result"
    path.write_text("old")
    script = (
        "import pathlib\n"
        "import resource\n"
        "from experiments import replacing\n"
        "from hdo.errors import InputError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))\n"
        "try:\n"
        f"    with replacing(pathlib.Path({str(path)!r})) as temporary:\n"
        "        temporary.write_bytes(b'x' * 100_000)\n"
        "except InputError as error:\n"
        "    print(error)\n"
    )

    done = subprocess.run(
        [sys.executable, "-B", "-c", script], capture_output=True, text=True, check=True
    )
    assert "File too large" in done.stdout
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_is_refused_beforehand(tmp_path: Path) -> None:
    """A folder, a missing folder and a file in the place of a folder, each with key and value."""
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "missing" / "result", tmp_path / "file" / "result"):
        with pytest.raises(InputError, match="--json: expected") as caught:
            require_writable(path, where="--json")
        assert caught.value.value == str(path)
    with pytest.raises(InputError, match="--out: expected"):
        require_folder(tmp_path / "file", where="--out")


def test_asking_beforehand_leaves_nothing_behind(tmp_path: Path) -> None:
    """Neither a new file nor a changed one."""
    path = tmp_path / "result"
    require_writable(path, where="--json")
    assert list(tmp_path.iterdir()) == []
    path.write_text("old")
    require_writable(path, where="--json")
    assert path.read_text() == "old"
