"""`hdo errata`: the ledger of the published text's mistakes, every witness judged now."""

import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from report.output import Answer, print_table
from theory.errata import steps
from verify.errata import Examined, examine, ledger, witness_line

_WIDTH = 110


def show_errata(*, with_steps: bool, json_to: str | None) -> int:
    """Print the ledger, and the printed steps with what decided each; exit code."""
    answer = Answer(json_to)
    records = ledger()

    def show() -> None:
        print_table(
            ("id", "kind", "location"),
            [(record["id"], record["kind"], record["location"]) for record in records],
        )
        for record in records:
            print(f"\n{record['id']} ({record['kind']}): {record['location']}")
            for name, text in entry_lines(record):
                print(_folded(name, text))
        examined = [examine(step) for step in steps()]
        print(f"\n{summary(examined)}")
        if with_steps:
            print_table(("step", "location", "outcome", "evidence"), step_rows(examined))

    answer.give(records, show=show)
    return 0


def entry_lines(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What an entry says, as (name, text)."""
    return [
        ("printed", record["published"]),
        ("corrected", record["corrected"]),
        ("why", record["why"]),
        ("witness", witness_line(record)),
        ("fails", record["witness"]["region"]),
        ("consequence", record["consequence"]),
    ]


def summary(examined: Sequence[Examined]) -> str:
    """How many printed steps are proved, hold, fail."""
    count = Counter(found.outcome for found in examined)
    return (
        f"{len(examined)} printed steps: {count['PROVED']} proved for all parameters, "
        f"{count['HOLDS']} hold wherever tried, {count['REFUTED']} fail"
    )


def step_rows(examined: Sequence[Examined]) -> list[tuple[str, str, str, str]]:
    """A row a step."""
    return [(e.step.key, e.step.location, e.outcome, e.evidence) for e in examined]


def _folded(name: str, text: str) -> str:
    indent = " " * 14
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=f"  {name:<12}",
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
