"""The one exception for bad input: where, what was found, what is allowed."""

_LONGEST_SHOWN = 80


class _Missing:
    """The value of a key that is not there; reads as `nothing` in a message."""

    def __repr__(self) -> str:
        return "nothing"


MISSING = _Missing()


class InputError(ValueError):
    """A value from outside that cannot be used.

    `where` is the key's path in the file (`problem.centres[2]`) or the file itself, `value` what
    was found there, `expected` what is allowed. The message is one sentence.
    """

    def __init__(self, where: str, value: object, expected: str) -> None:
        self.where = where
        self.value = value
        self.expected = expected
        shown = " ".join(repr(value).split())
        if len(shown) > _LONGEST_SHOWN:
            shown = shown[: _LONGEST_SHOWN - 3] + "..."
        super().__init__(f"{where}: expected {expected}, got {shown}")
