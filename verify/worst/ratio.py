"""`hdo worst-case`: the worst ratio, certified from above and attained from below."""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq

from hdo.ring import round_down, round_up
from verify.balls import Ball, ball
from verify.instance import Instance
from verify.onestep import measure_step
from verify.optimum import optimum
from verify.worst.certificate import Certificate, certify
from verify.worst.instances import curvatures, placed
from verify.worst.onestep import Population, ratio_program
from verify.worst.program import Dual

LARGEST = 64
"""Agents of a population that is written down, each with a matrix of its own."""


@dataclass(frozen=True)
class WorstCase:
    """`lower` <= the worst ratio <= `certified_upper`, both proved; `ratio`: what the solver says.

    `instance` attains `lower`. Both are None where nothing was written down: more agents than
    `LARGEST`, or an instance that needs more than the zeroth-order agents' d coordinates.
    """

    ratio: float
    lower: float | None
    certified_upper: float
    seconds: float
    certificate: Certificate
    instance: Instance | None


def worst_case(population: Population) -> WorstCase:
    """The worst expected one-step ratio of a population.

    Raises:
        NotOptimalError: no bound is certain; the sentence names a remedy.
    """
    begun = time.monotonic()
    certificate, found = certify(ratio_program(population))
    made = explicit(found, population)
    return WorstCase(
        ratio=found.t,
        lower=None if made is None else round_down(attained(made, population)),
        certified_upper=round_up(ball(certificate.t)),
        seconds=time.monotonic() - begun,
        certificate=certificate,
        instance=made,
    )


def explicit(found: Dual, population: Population) -> Instance | None:
    """Quadratics with the minimiser 0, and models, that have these inner products; None if none."""
    if population.agents > LARGEST:
        return None
    where = placed(found, (population.zeroth, population.first))
    if population.zeroth:
        if where.models.shape[1] > population.dimension:
            return None
        where = where.padded(population.dimension)
    L, l = float(population.smoothness), float(population.strong_convexity)  # noqa: E741
    # one number is told exactly from a diagonal only
    matrices = curvatures(where, L=L, l=l) if l < L else np.full(where.models.shape[1], L)
    table: dict[str, Any] = {
        "problem": {"kind": "quadratic", "curvature": matrices.tolist()},
        "population": {
            "zeroth_order": population.zeroth,
            "first_order": population.first,
            "estimator": "forward-gradient",
            "directions": population.directions,
        },
        "method": {"step_size": float(population.step_size), "smoothing": 1.0},
        "state": {"models": where.models.tolist()},
    }
    made = Instance.from_dict(table)
    known = made.problem.constants()
    return made if l <= known.l.value and known.L.value <= L else None


def attained(instance: Instance, population: Population) -> Ball:
    """The ratio on the instance, by the exact one-step evidence."""
    spec = instance.spec
    found = measure_step(
        instance.problem,
        spec.population,
        instance.models,
        eta=instance.eta,
        nu=instance.nu,
        optimum=optimum(instance.problem),
    )
    WM, WG = (ball(fmpq(w.numerator, w.denominator)) for w in population.weights)
    after = WM * found["a_sq_next"] + WG * found["Gamma_next"]
    return after / (WM * found["a_sq"] + WG * found["Gamma"])
