"""A mutant: one wrong line of ours, and the test that must notice it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """A textual change of one module that makes it wrong.

    `old` occurs exactly once in `file` and is replaced by `new`; `killed_by` is the pytest id of a
    test that passes without the change and fails an assertion with it. `quick`: also run by the
    ordinary suite.
    """

    name: str
    file: str
    old: str
    new: str
    killed_by: str
    why: str
    quick: bool = False

    def __post_init__(self) -> None:
        if self.old == self.new:
            raise ValueError(f"{self.name} changes nothing")

    def applied(self, source: str) -> str:
        """The module's text with the change; ValueError unless `old` occurs exactly once."""
        count = source.count(self.old)
        if count != 1:
            raise ValueError(f"{self.name}: {self.old!r} occurs {count} times in {self.file}")
        return source.replace(self.old, self.new)
