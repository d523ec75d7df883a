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

MAP = Schema(
    "map",
    {
        "map": "text",
        "edition": "text",
        "x_name": "text",
        "y_name": "text",
        "x": "number",
        "y": "number",
        "exact": "number",
        "bound": "number",
        "ratio": "number",
        "cell": "text",
    },
)
"""One row a place of a map and edition: stationary gap, its bound, and their quotient.

`bound` and `ratio` are missing where the edition's hypotheses do not hold.
"""

PHASE = Schema(
    "phase",
    {
        "plane": "text",
        "x_name": "text",
        "x": "number",
        "d": "integer",
        "budget": "text",
        "n0": "integer",
        "n1": "integer",
        "interactions": "integer",
        "eta": "number",
        "eta_alone": "number",
        "mixed": "number",
        "alone": "number",
        "ratio": "number",
        "bound_mixed": "number",
        "bound_alone": "number",
        "bound_ratio": "number",
        "rule": "number",
        "region": "text",
    },
)
"""One row a point and budget: exact errors of a mixed population and of its n1 first-order agents
alone, each at its best step size; the bounds on them; what noise and price say; who wins."""

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
