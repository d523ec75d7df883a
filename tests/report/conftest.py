"""One report of hand-made records, shared by the tests that only read it."""

from pathlib import Path

import pytest
from records import store

from report.html import write_report


@pytest.fixture(scope="session")
def report_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of results with its report."""
    folder = store(tmp_path_factory.mktemp("report") / "out")
    write_report(folder)
    return folder
