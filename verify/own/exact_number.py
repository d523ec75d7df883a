"""Rationals, and polynomials in the coordinates of a random direction, as numbers to compute with.

A user's estimator is run on them as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from verify.errors import NotExact

_Value = Any
"""fmpq, or fmpq_mpoly."""

_SHORT = 2.0**20
"""A float constant with more binary places than this is taken to be rounded."""


def directions(d: int) -> Any:
    """The coordinates u_1 ... u_d of an unknown direction, (d,)."""
    context = fmpq_mpoly_ctx.get([f"u{k}" for k in range(d)], Ordering.lex)
    return exactly(context.gens())


def exactly(values: Any) -> Any:
    """Numbers as an array (d,) of exact ones."""
    out = np.empty(len(values), dtype=object)
    out[:] = [ExactNumber(value) for value in values]
    return out


class ExactNumber:
    """Adds, subtracts, multiplies; one that is not random may divide and be compared.

    Whatever else is asked of it raises `NotExact`, as a rounded constant does (0.1, math.sqrt(2)).
    """

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        if isinstance(value, float):
            value = fmpq(*value.as_integer_ratio())
        found = _plain(value)
        if found is None:
            raise NotExact(f"{type(value).__name__} is no exact number")
        self.value: _Value = found

    @property
    def rational(self) -> fmpq:
        """The number, if it is not random."""
        return _fixed(self.value)

    def terms(self, d: int) -> Mapping[tuple[int, ...], fmpq]:
        """Coefficients by the powers of the coordinates."""
        if isinstance(self.value, fmpq_mpoly):
            return {tuple(map(int, powers)): c for powers, c in self.value.to_dict().items()}
        return {(0,) * d: self.value}

    def _with(self, other: Any, operation: Callable[[_Value, _Value], _Value]) -> Any:
        found = _plain(other)
        return NotImplemented if found is None else ExactNumber(operation(self.value, found))

    def __add__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a + b)

    def __sub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a - b)

    def __rsub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b - a)

    def __mul__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a * b)

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: a * (1 / _divisor(b)))

    def __rtruediv__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: b * (1 / _divisor(a)))

    def __pow__(self, power: Any) -> Any:
        if isinstance(power, int) and power >= 0:
            return ExactNumber(self.value**power)
        raise NotExact(f"the power {power!r} of a random number is not exact")

    def __neg__(self) -> ExactNumber:
        return ExactNumber(-self.value)

    def _compared(self, other: Any, test: Callable[[fmpq, fmpq], bool]) -> Any:
        found = _plain(other)
        return NotImplemented if found is None else test(_fixed(self.value), _fixed(found))

    def __lt__(self, other: Any) -> Any:
        return self._compared(other, lambda a, b: a < b)

    def __le__(self, other: Any) -> Any:
        return self._compared(other, lambda a, b: a <= b)

    def __gt__(self, other: Any) -> Any:
        return self._compared(other, lambda a, b: a > b)

    def __ge__(self, other: Any) -> Any:
        return self._compared(other, lambda a, b: a >= b)

    def __eq__(self, other: object) -> Any:
        return self._compared(other, lambda a, b: a == b)

    __hash__ = None  # type: ignore[assignment]

    def __abs__(self) -> ExactNumber:
        return ExactNumber(abs(_fixed(self.value)))

    def __bool__(self) -> bool:
        return bool(_fixed(self.value) != 0)

    def __float__(self) -> float:
        raise NotExact("a number made a float is not exact")


def _plain(value: Any) -> _Value | None:
    if isinstance(value, ExactNumber):
        return value.value
    if isinstance(value, fmpq | fmpq_mpoly):
        return value
    if isinstance(value, int | np.integer | np.bool_):
        return fmpq(int(value))
    if not isinstance(value, float):
        return None
    if not (value * _SHORT).is_integer():
        raise NotExact(f"the constant {value!r} is rounded")
    return fmpq(*value.as_integer_ratio())


def _fixed(value: _Value) -> fmpq:
    """A number that is not random."""
    if isinstance(value, fmpq_mpoly):
        if not value.is_constant():
            raise NotExact("a comparison of, or division by, a random number is not exact")
        value = next(iter(value.to_dict().values()), fmpq(0))
    return value


def _divisor(value: _Value) -> fmpq:
    found = _fixed(value)
    if found == 0:
        raise ZeroDivisionError("division by 0")
    return found
