"""`hdo worst-case`: the worst expected one-step ratio of a Lyapunov function."""

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

from experiments.files import replacing, require_writable
from hdo.errors import InputError
from report.output import Answer, print_table
from verify.worst.onestep import Population
from verify.worst.ratio import LARGEST, WorstCase, worst_case


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
) -> int:
    """Print the worst ratio with what certifies it; exit code."""
    answer = Answer(json_to)
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
    found = worst_case(population)
    if instance_to is not None and found.instance is not None:
        with replacing(instance_to, where="--instance") as temporary:
            temporary.write_text(json.dumps(found.instance.to_dict()) + "\n", encoding="utf-8")
    record = {
        "ratio": found.ratio,
        "lower": found.lower,
        "certified_upper": found.certified_upper,
        "seconds": found.seconds,
    }
    answer.give(record, show=lambda: _print(found, instance_to))
    return 0


def _exact(option: str, value: float) -> Fraction:
    if not math.isfinite(value):
        raise InputError(option, value, "a finite number")
    return Fraction(value)


def _print(found: WorstCase, instance_to: Path | None) -> None:
    lower = "-" if found.lower is None else repr(found.lower)
    decided = {
        "ratio": "the solver, in floating point",
        "lower": "exact one-step evidence on an explicit population of quadratics"
        if found.lower is not None
        else f"none written down: more than {LARGEST} agents, or more coordinates than d",
        "certified_upper": "multipliers checked in rational arithmetic",
    }
    values: dict[str, Any] = {
        "ratio": repr(found.ratio),
        "lower": lower,
        "certified_upper": repr(found.certified_upper),
    }
    print_table(("quantity", "value", "by"), [(k, v, decided[k]) for k, v in values.items()])
    print(f"\nIn {found.seconds:.2f} s.", end="")
    if instance_to is not None and found.instance is not None:
        print(f" The population that attains the lower value: {instance_to}", end="")
    print()
