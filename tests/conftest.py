"""What every test runs under: one hypothesis profile; one report for those that only read it."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Before numpy is loaded: a BLAS thread a core in each of two workers slows tiny products down.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Timings on a shared machine say nothing, and a test that is found failing must fail again.
settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile(
    "ci", settings.get_profile("default"), derandomize=True, database=None, print_blob=True
)
settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.fixture(scope="session")
def report_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of hand-made results with its report, for the tests in tests/report."""
    from records import store

    from report.html import write_report

    folder = store(tmp_path_factory.mktemp("report") / "out")
    write_report(folder)
    return folder
