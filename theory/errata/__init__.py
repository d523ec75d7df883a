"""Where the published text is wrong: its steps as claims, and the ledger of its mistakes.

`steps` is every printed proof step with numbers in it, `errata` the ledger; `verify.errata` runs
both.
"""

from dataclasses import replace

from theory.errata.convex import convex_steps
from theory.errata.definitions import definitions, units
from theory.errata.nonconvex import nonconvex_steps
from theory.errata.statements import statements
from theory.errata.step import KINDS, NUMBERS, Case, Erratum, PrintedStep, Units
from theory.errata.step_proofs import limits, using
from theory.errata.theorem import theorem_1_1_steps
from theory.errata.theorems import theorems_in_error

__all__ = ["KINDS", "NUMBERS", "Case", "Erratum", "PrintedStep", "Units", "errata", "steps"]


def steps() -> tuple[PrintedStep, ...]:
    """Every printed step, in the paper's order."""
    known, ranges = using(), limits()
    return tuple(
        replace(step, using=known.get(step.key, ()), limits=ranges.get(step.key, ()))
        for step in (*convex_steps(), *theorem_1_1_steps(), *nonconvex_steps())
    )


def errata() -> tuple[Erratum, ...]:
    """The ledger: definitions, steps and statements, units."""
    return (*definitions(), *statements(), *theorems_in_error(), *units())
