"""`hdo report`: the HTML report from what is stored."""

from pathlib import Path

from experiments import writing
from report.html import write_report
from report.output import Answer


def make_report(*, out: Path, json_to: str | None) -> int:
    """Write the report of a folder of results and print its path; exit code."""
    answer = Answer(json_to)
    with writing(out, where="--out"):
        path = write_report(out)
    answer.give({"path": str(path)}, show=lambda: print(path))
    return 0
