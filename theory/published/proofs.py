"""The proofs of the published lemmas that are true as printed."""

from functools import cache

import sympy as sp

from theory.claim import Claim
from theory.notation import symbols
from theory.proofs.proof import Axiom, Proof, Range, Source, Step, Use
from theory.published.lemma_1_proofs import lemma_1_proofs
from theory.published.lemmas import convex_lemmas, nonconvex_lemmas

n, n0, d, L, eta, alpha0, alpha1 = symbols("n n0 d L eta alpha0 alpha1")
ZERO = sp.Integer(0)

ORDERED = (Range(alpha1, ZERO), Range(alpha0, alpha1))
STEP_11 = (Range(eta, ZERO, 1 / (14 * L * sp.sqrt(d + 4))),)
STEP_17 = (Range(eta, ZERO, 1 / (10 * L * sp.sqrt(d + 4))),)


def single(subject: Claim, *using: tuple[sp.Expr | int, Source], **more: object) -> Proof:
    """A proof of one step."""
    known = tuple((sp.sympify(multiplier), source) for multiplier, source in using)
    step = Step(subject.source[-1], subject.rhs, subject.lhs, known)
    return Proof(subject.key, subject.edition, (step,), **more)  # type: ignore[arg-type]


@cache
def published_claims() -> dict[str, Claim]:
    """The ladder by key."""
    return {c.key: c for c in (*convex_lemmas(), *nonconvex_lemmas())}


def both(name: str, *multipliers: sp.Expr) -> list[tuple[sp.Expr, Source]]:
    """An axiom of one group for each group, with its multipliers (one for both, or one each)."""
    pair = multipliers * 2 if len(multipliers) == 1 else multipliers
    return [(multiplier, Axiom(name, (group,))) for group, multiplier in enumerate(pair)]


def _weighted(key: str, zeroth: sp.Expr) -> Use:
    return Use(key, chosen=((alpha0, zeroth), (alpha1, sp.Integer(1))))


def proofs() -> tuple[Proof, ...]:
    """In an order in which each uses earlier ones only."""
    lemma = {key: value for key, value in published_claims().items()}
    three = [3 * a / n for a in (alpha0, alpha1)]
    spread = [*both("lipschitz", *three), *both("split", *three)]
    return (
        *lemma_1_proofs(),
        single(lemma["lemma-2"], *both("second_moment", eta**2 * (3 * n + 2) / n**3)),
        single(lemma["lemma-14"], *both("second_moment", 2 * eta**2 / n**3)),
        single(
            lemma["lemma-8"],
            *spread,
            (3 * (alpha0 + alpha1), Axiom("gradient_at_mean")),
            limits=ORDERED,
        ),
        single(
            lemma["lemma-3"],
            (1 / n, Axiom("two_point_square")),
            (1 / n, Axiom("gradient_noise")),
            (1, _weighted("lemma-8", 2 * (d + 4))),
        ),
        single(
            lemma["lemma-9"],
            (1 / n, Axiom("two_point_error")),
            (1 / n, Axiom("gradient_error")),
            (1, _weighted("lemma-8", 4 * (d + 4))),
        ),
        single(
            lemma["lemma-11"],
            (1, Use("lemma-2")),
            (4 * eta**2 / n, Use("lemma-3")),
            limits=STEP_11,
        ),
        single(lemma["lemma-15"], *spread, limits=ORDERED),
        single(
            lemma["lemma-16"],
            (1 / n, Axiom("two_point_square")),
            (1 / n, Axiom("gradient_noise")),
            (1, _weighted("lemma-15", 2 * (d + 4))),
        ),
        single(
            lemma["lemma-17"],
            (1, Use("lemma-2")),
            (4 * eta**2 / n, Use("lemma-16")),
            limits=STEP_17,
        ),
        single(
            lemma["lemma-19"],
            *both("lipschitz", 2 * eta / n**2),
            (2 * eta / n, Axiom("mean_bias")),
        ),
    )
