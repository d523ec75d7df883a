"""The weights of ||mu - x*||^2 and Gamma that contract fastest, and how large a step they allow.

At a wanted ratio tau and WM = 1, the least WG with
(a'^2 - tau a^2) + WG (Gamma' - tau Gamma) <= 0 is one program of the same size; the least tau with
such a WG is found by bisection, which is in floating point: it proposes weights, and what is
claimed of them is certified anew (`ratio.worst_case`).
"""

from dataclasses import dataclass, replace
from fractions import Fraction

from hdo.errors import InputError
from verify.worst.onestep import (
    Gamma,
    Gamma_next,
    Population,
    a_sq,
    a_sq_next,
    exact,
    interpolated,
    reader,
)
from verify.worst.program import NotOptimalError, Program, solve
from verify.worst.ratio import WorstCase, worst_case
from verify.worst.unstable import unstable_from

HALVINGS = 24
RELEASED = 2.0**-HALVINGS
"""Weights are taken where this much more than the least ratio is allowed."""

SLACKS = (1e-6, 1e-4, 1e-2, 0.1, 0.5)
"""How far below the largest contracting step size one is tried, of it, until one is certified."""

HOPELESS = 2.0**40
"""A ratio that is not looked beyond."""


@dataclass(frozen=True)
class Weighted:
    """`weights`, and the worst case with them: nothing is claimed of other weights."""

    weights: tuple[Fraction, Fraction]
    found: WorstCase


@dataclass(frozen=True)
class LargestStep:
    """`step_size` contracts, with `weighted.weights`: proved, `certified_upper` < 1.

    `unstable_from`: from there on, agents that all have the curvature L diverge in mean square, so
    that no weights contract (to 13 digits); None where d is too large for it.
    """

    step_size: Fraction
    weighted: Weighted
    unstable_from: float | None


def allowing(population: Population, tau: float) -> float | None:
    """The least WG, beside WM = 1, with which the ratio is at most tau; None if there is none."""
    read = reader(population)
    wanted = exact(Fraction(tau))
    program = Program(
        objective=read(a_sq_next - wanted * a_sq),
        normalisation=read(wanted * Gamma - Gamma_next),
        inequalities=interpolated(population, read),
    )
    try:
        least = solve(program).t
    except NotOptimalError:
        return None
    return max(least, 0.0)


def best_weights(population: Population) -> Weighted:
    """Weights of nearly the least ratio, and what is certified with them."""
    low, high = 0.0, 1.0
    while allowing(population, high) is None:
        low, high = high, 2 * high
        if high > HOPELESS:
            at = float(population.step_size)
            raise InputError("--step-size", at, f"a step with a worst ratio below {HOPELESS:g}")
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if allowing(population, middle) is None:
            low = middle
        else:
            high = middle
    least = allowing(population, high * (1 + RELEASED))
    WG = Fraction(least if least else RELEASED)
    weights = (Fraction(1), WG)
    return Weighted(weights, worst_case(replace(population, weights=weights)))


def largest_step_size(population: Population) -> LargestStep:
    """The largest step size, but for a small part, with a contraction; its own is not looked at.

    Raises:
        NotOptimalError: none was certified.
    """
    low, high = 0.0, 4.0 * population.agents / float(population.smoothness)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if allowing(replace(population, step_size=Fraction(middle)), 1.0) is None:
            high = middle
        else:
            low = middle
    for slack in SLACKS:
        there = replace(population, step_size=Fraction(low * (1 - slack)))
        try:
            weighted = best_weights(there)
        except NotOptimalError:
            continue
        if weighted.found.certified_upper < 1:
            return LargestStep(there.step_size, weighted, unstable_from(population))
    raise NotOptimalError(
        "no step size with a certain contraction was found; take numbers of less different sizes"
    )
