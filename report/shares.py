"""The tightness table: how much of each bound is used, one row a claim."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from verify.tightness import CERTIFIED, FOUND, REAL


def summarise(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One record a claim, in the order of the rows; None where nothing was measured.

    `certified` and `found` are the largest over the settings, `real` the median over states and
    runs. Where a share is negative, a term that the bound subtracts is larger than it needs to be.
    """
    claims: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        claims.setdefault((row["claim"], row["edition"]), []).append(row)
    return [_record(name, found) for name, found in claims.items()]


def _record(name: tuple[str, str], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    claim, edition = name
    certified, found = (
        [row["share"] for row in rows if row["source"] == source] for source in (CERTIFIED, FOUND)
    )
    real = [row["share"] for row in rows if row["source"].startswith(f"{REAL}: ")]
    return {
        "claim": claim,
        "edition": edition,
        "certified": max(certified, default=None),
        "found": max(found, default=None),
        "real": median(real) if real else None,
        "settings": max(len(certified), len(found)),
    }
