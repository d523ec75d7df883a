"""A pytest plugin that writes how each test ended, one line of JSON a test."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

OUTCOMES = "MUTANT_OUTCOMES"
"""The environment variable that names the file to write."""


def _kind(error: BaseException) -> str:
    """`assertion` for a failed assertion, or an expected error that did not come; else a name."""
    if isinstance(error, BaseExceptionGroup):
        kinds = [_kind(part) for part in error.exceptions]
        return "assertion" if "assertion" in kinds else kinds[0]
    expected = (AssertionError, pytest.fail.Exception)
    return "assertion" if isinstance(error, expected) else type(error).__name__


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> None:
    """`passed`, `assertion`, or the name of what was raised where."""
    if call.when != "call" and call.excinfo is None:
        return
    found = "passed" if call.excinfo is None else _kind(call.excinfo.value)
    if call.when != "call":
        found = f"{call.when}: {found}"
    with Path(os.environ[OUTCOMES]).open("a", encoding="utf-8") as file:
        file.write(json.dumps([item.nodeid, found]) + "\n")
