"""A counterexample with the command that shows it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hdo.errors import InputError


@dataclass(frozen=True)
class Witness:
    """Both sides on a smallest instance, and the command that judges it again."""

    lhs: float
    rhs: float
    command: str
    inside: bool | None


def witness(row: Mapping[str, Any]) -> Witness | None:
    """The stored counterexample of a verdict; InputError if it is not one."""
    if row["witness"] is None:
        return None
    where = f"witness of {row['claim']} ({row['edition']})"
    try:
        found = json.loads(row["witness"])
        return Witness(
            float(found["lhs"]),
            float(found["rhs"]),
            str(found["command"]),
            found.get("inherited_conditions_hold"),
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        expected = "JSON with lhs, rhs and command"
        raise InputError(where, row["witness"], expected) from None


def axioms(row: Mapping[str, Any]) -> list[str]:
    """What a verdict takes for granted; InputError if it is not a list."""
    where = f"axioms of {row['claim']} ({row['edition']})"
    try:
        found = json.loads(row["axioms"])
    except (ValueError, TypeError):
        raise InputError(where, row["axioms"], "a JSON list") from None
    if not isinstance(found, list):
        raise InputError(where, row["axioms"], "a JSON list")
    return [str(name) for name in found]
