"""`hdo worst-case`: the worst expected one-step ratio of a Lyapunov function."""

import json
import math
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

from experiments.files import replacing, require_writable
from hdo.errors import InputError
from report.output import Answer, print_table
from verify.worst.onestep import Population
from verify.worst.ratio import LARGEST, WorstCase, worst_case
from verify.worst.weights import best_weights, largest_step_size


def show_worst_case(
    *,
    agents: int,
    zeroth: int,
    smoothness: float,
    strong_convexity: float,
    step_size: float,
    weights: tuple[float, float],
    dimension: int,
    directions: int,
    instance_to: Path | None,
    json_to: str | None,
    best: bool = False,
    largest: bool = False,
) -> int:
    """Print the worst ratio with what certifies it; exit code.

    `best`: with the weights that contract fastest; `largest`: at the largest step size that any
    weights contract at.
    """
    answer, begun = Answer(json_to), time.monotonic()
    if instance_to is not None:
        require_writable(instance_to, where="--instance")
    population = Population(
        zeroth=zeroth,
        first=agents - zeroth,
        smoothness=_exact("--smoothness", smoothness),
        strong_convexity=_exact("--strong-convexity", strong_convexity),
        step_size=_exact("--step-size", step_size),
        dimension=dimension,
        directions=directions,
        weights=(_exact("--weights", weights[0]), _exact("--weights", weights[1])),
    )
    more: dict[str, Any] = {}
    if largest:
        step = largest_step_size(population)
        found, chosen = step.weighted.found, step.weighted.weights
        more = {"step_size": float(step.step_size), "unstable_from": step.unstable_from}
    elif best:
        weighted = best_weights(population)
        found, chosen = weighted.found, weighted.weights
    else:
        found, chosen = worst_case(population), population.weights
    if best or largest:
        more = {"weights": [float(w) for w in chosen], **more}
    if instance_to is not None and found.instance is not None:
        with replacing(instance_to, where="--instance") as temporary:
            temporary.write_text(json.dumps(found.instance.to_dict()) + "\n", encoding="utf-8")
    record = {
        "ratio": found.ratio,
        "lower": found.lower,
        "certified_upper": found.certified_upper,
        "seconds": time.monotonic() - begun,
        **more,
    }
    answer.give(record, show=lambda: _print(record, found, instance_to))
    return 0


def _exact(option: str, value: float) -> Fraction:
    if not math.isfinite(value):
        raise InputError(option, value, "a finite number")
    return Fraction(value)


def _print(record: dict[str, Any], found: WorstCase, instance_to: Path | None) -> None:
    lower = "-" if found.lower is None else repr(found.lower)
    decided = {
        "ratio": "the solver, in floating point",
        "lower": "exact one-step evidence on an explicit population of quadratics"
        if found.lower is not None
        else f"none written down: more than {LARGEST} agents, or more coordinates than d",
        "certified_upper": "multipliers checked in rational arithmetic",
        "weights": "proposed by a search in floating point; the bounds above are proved for them",
        "step_size": "proposed alike: that it contracts is what certified_upper < 1 proves",
        "unstable_from": "from here on agents that all have the curvature L diverge",
    }
    values: dict[str, Any] = {
        "ratio": repr(found.ratio),
        "lower": lower,
        "certified_upper": repr(found.certified_upper),
        **{key: record[key] for key in ("weights", "step_size", "unstable_from") if key in record},
    }
    print_table(("quantity", "value", "by"), [(k, v, decided[k]) for k, v in values.items()])
    print(f"\nIn {record['seconds']:.2f} s.", end="")
    if instance_to is not None and found.instance is not None:
        print(f" The population that attains the lower value: {instance_to}", end="")
    print()
