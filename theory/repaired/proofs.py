"""The proofs of the repaired edition."""

import sympy as sp

from theory.claim import Claim
from theory.notation import symbols
from theory.proofs.proof import Axiom, Condition, Earlier, Proof, Range, Source, Step, Summed, Use
from theory.proofs.series import GROWTH, S_E, S_T
from theory.published.lemmas import GRADIENTS as G
from theory.published.lemmas import LEMMA_12, NOISE, SPLIT_3
from theory.published.proofs import STEP_11, STEP_17, both, single
from theory.repaired.lemmas import coefficients_13, coefficients_20, repaired_lemmas
from theory.repaired.theorems import (
    distances,
    theorem_1_1,
    theorem_1_1_explicit,
    theorem_1_2,
    theorem_1_2_explicit,
)

n, n0, d, L, l, eta, c, T = symbols("n n0 d L l eta c T")  # noqa: E741
a_0, a_T, mean_grad = symbols("a_0_sq a_T_sq mean_grad_sq")


def proofs() -> tuple[Proof, ...]:
    """In an order in which each uses earlier ones, and those of the published edition, only."""
    lemma = {claim.key: claim for claim in repaired_lemmas()}
    descent = single(
        lemma["lemma-13.34"],
        *both("smoothed_smoothness", 1 / n),
        *both("smoothed_convexity", 1 / n),
        *both("smoothing_raises", 1 / n),
        (1 / n, Axiom("smoothing_little")),
        (1 / n, Axiom("same_function")),
        (1 / n, Axiom("gap_of_the_mean")),
    )
    distance = single(
        lemma["lemma-13"],
        (4 * eta / n, Use("lemma-13.34", "repaired")),
        (1, Use("lemma-14")),
        (4 * eta**2 / n**2, Use("lemma-3")),
    )
    gap = single(
        lemma["lemma-20"],
        (1, Axiom("smooth_descent")),
        (L / 2, Use("lemma-14")),
        (2 * L * eta**2 / n**2, Use("lemma-16")),
        *both("lipschitz", 2 * eta / n**2),
        (2 * eta / n, Axiom("bias_bound")),
    )
    return (
        descent,
        distance,
        gap,
        single(
            lemma["lemma-12"],
            (4 * n / (1 - 2 * eta * l), Summed(Use("lemma-11"), "geometric", "but the last")),
            limits=STEP_11,
        ),
        single(
            lemma["lemma-18"],
            (4 * n, Summed(Use("lemma-17"), "plain", "but the last")),
            limits=STEP_17,
        ),
        *_theorem_1_1(),
        *_theorem_1_2(),
    )


def _limit(subject: Claim) -> tuple[Range, ...]:
    return (Range(eta, sp.Integer(0), subject.conditions[0].rhs),)


def _last(subject: Claim, *using: tuple[sp.Expr, Source]) -> Step:
    return Step(subject.source[0], subject.rhs, subject.lhs, using)


def _theorem_1_1() -> tuple[Proof, Proof]:
    """(41)-(43): w_t times Lemma 13, added up; Lemma 12; convexity."""
    gathered, explicit = theorem_1_1(), theorem_1_1_explicit()
    D1, D2 = distances()
    _, C2, _ = coefficients_13()
    D = sp.Symbol("D1", positive=True)
    added = Step(
        "(41)",
        a_0 + D2 * S_T,
        D1 * S_E + (1 + GROWTH) * a_T,
        (
            (sp.Integer(1), Summed(Use("lemma-13", "repaired"), "geometric", "all")),
            (C2, Use("lemma-12", "repaired")),
            (120 * C2 * eta**2 * (2 * d + 9) * L, Axiom("longer_gap_sum")),
            (C2 * LEMMA_12, Axiom("longer_weight_sum")),
        ),
    )
    scale = n / (2 * eta * S_T)
    divided = ((1 / (S_T * D), Earlier("(41)")), (1 / S_T, Axiom("average_point")))
    short = ((scale, Earlier("(41)")), (scale * D1, Axiom("average_point")))
    return (
        Proof(
            gathered.key,
            gathered.edition,
            (added, _last(gathered, *divided)),
            limits=STEP_11,
            positive=((D, D1),),
        ),
        Proof(
            explicit.key,
            explicit.edition,
            (added, _last(explicit, *short)),
            limits=_limit(explicit),
        ),
    )


def _theorem_1_2() -> tuple[Proof, Proof]:
    """(57)-(59): Lemma 20 added up, with Lemma 18."""
    gathered, explicit = theorem_1_2(), theorem_1_2_explicit()
    J0, *_ = coefficients_20()
    scale = 4 * n / (eta * T)
    added: tuple[tuple[sp.Expr, Source], ...] = (
        (scale, Summed(Use("lemma-20", "repaired"), "plain", "all")),
        (scale * J0, Use("lemma-18", "repaired")),
        (scale * J0 * 16 * eta**2 * G / n, Axiom("longer_gradient_sum")),
    )
    _, half, sixth, seventh = gathered.conditions
    limits: tuple[tuple[sp.Expr, Source], ...] = (
        (8 * L * G / n**2 * mean_grad, Condition(half)),
        (128 * L**2 * G / n * mean_grad, Condition(sixth, 2)),
        (768 * L**3 * (d + 4) * G / n**2 * mean_grad, Condition(seventh)),
    )
    shorter = (_explicit_multiplier(), Condition(explicit.conditions[0]))
    return (
        Proof(gathered.key, gathered.edition, (_last(gathered, *added, *limits),)),
        Proof(
            explicit.key,
            explicit.edition,
            (_last(explicit, *added, shorter),),
            settling=_limit(explicit),
        ),
    )


def _explicit_multiplier() -> sp.Expr:
    """In X = L eta G/n^2, Y = n L eta, W = L eta sqrt(d+4) the limit is 4 X + 16 Y + 20 W <= 1.

    Its multipliers for the gradients, the noise and the smoothing are found by comparing
    coefficients: 3 - 8 X - 128 X Y - 768 X W^2, 1 - 16 Y - 96 W^2 and 1 - 4 Y - 64 Y^2 - 384 Y W^2
    less (multiplier) (1 - 4 X - 16 Y - 20 W) have none below 0.
    """
    X, Y, W = L * eta * G / n**2, n * L * eta, L * eta * sp.sqrt(d + 4)
    gradients = mean_grad * (3 + 4 * X + 48 * Y + 60 * W + 192 * W**2)
    noise = 8 * L * eta / n**2 * (SPLIT_3 + NOISE) * (1 + 20 * W)
    smoothing = (eta / c) ** 2 * L**2 * n0 * (d + 6) ** 3 / n**3
    smoothing *= 1 + 12 * Y + 20 * W + 24 * W**2
    unit = 4 * L * (G + 4 * n**3 + 5 * n**2 * sp.sqrt(d + 4)) / n**2
    return unit * (gradients + noise + smoothing)
