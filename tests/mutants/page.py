"""The table of mutants as it stands in docs/mutants.md."""

from collections.abc import Iterator

from case import Mutant
from table import ROOMS

BEGIN, END = "<!-- table of mutants -->", "<!-- end of the table -->"


def _code(text: str) -> str:
    return "`" + " ".join(text.split()).replace("|", "\\|") + "`"


def _row(mutant: Mutant) -> str:
    file, _, test = mutant.killed_by.partition("::")
    change = f"{_code(mutant.old)} → {_code(mutant.new)}"
    killed = f"{_code(test)} in {_code(file.removeprefix('tests/'))}"
    return f"| {mutant.name} | {change} | {mutant.why} | {killed} |"


def lines() -> Iterator[str]:
    """A table for each room."""
    for room, mutants in ROOMS.items():
        yield f"\n### {room}: {len(mutants)}\n"
        yield "| mutant | change | what is wrong | killed by |"
        yield "|---|---|---|---|"
        last = ""
        for mutant in sorted(mutants, key=lambda m: m.file):
            if mutant.file != last:
                yield f"| **{mutant.file}** | | | |"
                last = mutant.file
            yield _row(mutant)


def with_table(page: str) -> str:
    """The page with its table renewed."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return "\n".join((f"{before}{BEGIN}", *lines(), "", f"{END}{after}"))
