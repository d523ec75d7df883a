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

SLACK = Schema(
    "slack",
    {
        "claim": "text",
        "edition": "text",
        "cell": "text",
        "position": "integer",
        "step": "text",
        "equation": "text",
        "erratum": "text",
        "factor": "number",
        "before": "number",
        "after": "number",
        "exact": "number",
        "bound": "number",
    },
)
"""One row a link of a proof. `cell` is JSON: the population, the step size, the run or the state.

`before` and `after` the link go from `exact` to `bound`, `factor` is their quotient; `erratum` is
the id of the mistake in this step, or empty.
"""
