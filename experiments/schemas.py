"""The kinds of rows that are stored."""

from experiments.store import Schema

VERDICTS = Schema(
    "verdict",
    {
        "claim": "text",
        "edition": "text",
        "verdict": "text",
        "evidence": "text",
        "instances": "integer",
        "worst_ratio": "number",
        "witness": "text",
        "axioms": "text",
    },
)
"""One row a claim; `witness` (an instance or null) and `axioms` (a list) are JSON."""

TRACE = Schema("trace", {"panel": "text", "t": "integer", "series": "text", "value": "number"})
"""Bounds and exact values over t. `series` is a claim's key or the symbol of an exact quantity."""

TIGHTNESS = Schema(
    "tightness",
    {
        "claim": "text",
        "edition": "text",
        "scope": "text",
        "source": "text",
        "share": "number",
        **dict.fromkeys(("n", "n0", "d", "L", "l", "eta", "nu"), "number"),
        "witness": "text",
    },
)
"""How much of a bound is used, by `source`; `witness` is the command that shows it. See docs."""

PRINTED_STEPS = Schema(
    "printed-step", {"step": "text", "location": "text", "outcome": "text", "evidence": "text"}
)
"""One row a step of a printed proof, and what decided it."""

RUN = Schema(
    "run",
    {
        "command": "text",
        "profile": "text",
        "seconds": "number",
        "taken_over": "integer",
        "processor": "text",
        "processors": "integer",
    },
)
"""One run that filled a folder; `taken_over` verdicts are from one that was interrupted."""
