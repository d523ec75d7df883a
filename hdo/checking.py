"""Reading a table of a spec file: every key typed, ranged, and named by its path when wrong."""

import math
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hdo.errors import MISSING, InputError


def number(
    where: str,
    value: object,
    *,
    low: float = -math.inf,
    above: bool = False,
    high: float = math.inf,
) -> float:
    """`value` as a finite float in [low, high] (in (low, high] with `above`), else InputError."""
    allowed = "a finite number"
    if low > -math.inf:
        allowed += f" {'>' if above else '>='} {low:g}"
    if high < math.inf:
        allowed += f" and <= {high:g}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(where, value, allowed)
    try:
        real = float(value)
    except OverflowError:
        raise InputError(where, value, allowed) from None
    if not math.isfinite(real) or not low <= real <= high or (above and real == low):
        raise InputError(where, value, allowed)
    return real


def integer(where: str, value: object, *, low: int, high: int | None = None) -> int:
    """`value` as an integer in [low, high], else InputError."""
    allowed = f"an integer >= {low}" + ("" if high is None else f" and <= {high}")
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(where, value, allowed)
    if value < low or (high is not None and value > high):
        raise InputError(where, value, allowed)
    return value


def choice(where: str, value: object, options: Collection[str]) -> str:
    """`value` if it is one of the options, else InputError."""
    if not isinstance(value, str) or value not in options:
        raise InputError(where, value, f"one of {sorted(options)}")
    return value


def nested(where: str, value: object, *, deepest: int) -> Any:
    """Numbers in at most `deepest` levels of lists, as floats; raggedness is left to the caller."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if not isinstance(value, list | tuple):
        return number(where, value)
    if deepest == 0 or not len(value):
        raise InputError(where, value, "a number" if deepest == 0 else "at least one number")
    return [nested(f"{where}[{i}]", item, deepest=deepest - 1) for i, item in enumerate(value)]


def depth(values: Any) -> int:
    """How many levels of lists `nested` returned, along the first items."""
    return 1 + depth(values[0]) if isinstance(values, list) else 0


def vector(where: str, values: Any, length: int) -> list[float]:
    """A list of `length` numbers; one number stands for all of them."""
    if isinstance(values, float):
        return [values] * length
    if len(values) != length or any(isinstance(v, list) for v in values):
        raise InputError(where, values, _count(length))
    return list(values)


def matrix(where: str, values: Any, rows: int, columns: int) -> NDArray[np.float64]:
    """A (rows, columns) array; one number or one row stands for all rows."""
    if depth(values) < 2 and not (isinstance(values, list) and isinstance(values[-1], list)):
        return np.tile(vector(where, values, columns), (rows, 1))
    if len(values) != rows:
        raise InputError(where, f"{len(values)} rows", f"{rows} rows, one an agent, or one row")
    lists = [
        vector(f"{where}[{index}]", row if isinstance(row, list) else [row], columns)
        for index, row in enumerate(values)
    ]
    return np.array(lists)


def _count(length: int) -> str:
    return "1 number" if length == 1 else f"{length} numbers"


class Table:
    """A read-once view of a table: what is not read by the end is an unknown key."""

    def __init__(self, where: str, content: object) -> None:
        if not isinstance(content, Mapping):
            raise InputError(where, content, "a table")
        self.where = where
        self._content = dict(content)
        self._read: dict[str, None] = {}

    def path(self, key: str) -> str:
        """The key's path in the file."""
        return f"{self.where}.{key}" if self.where else key

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        self._read[key] = None
        return key in self._content

    def take(self, key: str, expected: str) -> Any:
        """The raw value of a key that must be there."""
        if not self.has(key):
            raise InputError(self.path(key), MISSING, expected)
        return self._content[key]

    def number(self, key: str, default: float | None = None, **limits: Any) -> float:
        """A finite float within the limits of `number`; without a default the key must be there."""
        if default is not None and not self.has(key):
            return default
        value = self.take(key, "a finite number")
        return number(self.path(key), value, **limits)

    def integer(
        self, key: str, default: int | None = None, *, low: int, high: int | None = None
    ) -> int:
        """An integer within [low, high]; without a default the key must be there."""
        if default is not None and not self.has(key):
            return default
        value = self.take(key, f"an integer >= {low}")
        return integer(self.path(key), value, low=low, high=high)

    def choice(self, key: str, options: Collection[str], default: str | None = None) -> str:
        """One of the options; without a default the key must be there."""
        if default is not None and not self.has(key):
            return default
        return choice(self.path(key), self.take(key, f"one of {sorted(options)}"), options)

    def nested(self, key: str, *, deepest: int, default: float | None = None) -> Any:
        """Numbers in nested lists, see `nested`."""
        if default is not None and not self.has(key):
            return default
        return nested(self.path(key), self.take(key, "numbers"), deepest=deepest)

    def finish(self) -> None:
        """Raise InputError for a key nobody read."""
        for key, value in self._content.items():
            if key not in self._read:
                raise InputError(
                    self.path(key), value, f"no such key (known: {sorted(self._read)})"
                )
