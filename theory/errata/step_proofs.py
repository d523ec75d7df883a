"""Proofs of printed steps, for the exact checker: what each uses, in one step."""

from collections.abc import Mapping

import sympy as sp

from theory.notation import symbols
from theory.proofs.proof import Axiom, Range, Source
from theory.published.proofs import ORDERED, STEP_11, STEP_17, both

n, n0, eta, L, alpha0, alpha1 = symbols("n n0 eta L alpha0 alpha1")
ONE = sp.Integer(1)

Using = tuple[tuple[sp.Expr, Source], ...]


def _group(weight: sp.Expr, group: int, size: sp.Expr) -> Using:
    """Three squares: smoothness, A3, the gradient at the mean."""
    gradient = 3 * weight * size / n
    return (
        (3 * weight / n, Axiom("lipschitz", (group,))),
        (3 * weight / n, Axiom("split", (group,))),
        (gradient, Axiom("gradient_at_mean")),
    )


def _noise(factor: sp.Expr) -> Using:
    return tuple(both("second_moment", factor * eta**2 / n**2))


def using() -> Mapping[str, Using]:
    """By the step's key; a step without an entry is direct computation, or is not proved."""
    mean_gradient: Using = (*both("lipschitz", 2 / n), (sp.Integer(2), Axiom("gradient_at_mean")))
    descent: Using = (
        *both("smoothness_at", 1 / n),
        *both("convexity_at", 1 / n),
        (1 / n, Axiom("gap_of_the_mean")),
    )
    return {
        "eq-15": _group(alpha0, 0, n0),
        "eq-16": _group(alpha1, 1, n - n0),
        "eq-17": ((1 / n, Axiom("two_point_square")),),
        "eq-18": ((1 / n, Axiom("gradient_noise")),),
        "eq-25": _noise(sp.Integer(2)),
        "eq-25-minus": _noise(sp.Integer(2)),
        "eq-26": _noise((3 * n + 2) / n),
        "eq-32": mean_gradient,
        "eq-34": descent,
        "eq-35": (
            *((4 * eta / n * times, source) for times, source in descent),
            *((4 * eta**2 / n**2 * times, source) for times, source in mean_gradient),
        ),
    }


def limits() -> Mapping[str, tuple[Range, ...]]:
    """Ranges that a step's conditions give."""
    return {"lemma-11-sum": STEP_11, "lemma-17-sum": STEP_17, "eq-15-16-sum": ORDERED}
