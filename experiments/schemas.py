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

WORST = Schema(
    "worst",
    {
        "claim": "text",
        "edition": "text",
        "params": "text",
        "certified": "number",
        "attained": "number",
        "why_not": "text",
    },
)
"""One row a one-step claim and parameters (JSON): the factor that is certified to be enough, and
what exact inner products need; `why_not` where none was certified."""
