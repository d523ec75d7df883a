"""Proofs of the sharp claims: one-step claims, then the theorems."""

from collections.abc import Callable

import sympy as sp

from theory.claim import Claim
from theory.notation import symbols
from theory.proofs.proof import Axiom, Earlier, Proof, Range, Source, Step, Summed, Use
from theory.proofs.series import S_T, T
from theory.published.lemma_1_proofs import direct, two_point
from theory.sharp.ladder import L, Ladder, d, eta, l, ladder, n, n0, pull, rv, second_moment, steps
from theory.sharp.theorems import nonconvex, strongly_convex

GAMMA = (n - 2) * eta**2 / (2 * n**2)
"""What a pair's second moment weighs in the consensus recursion."""

TOWARD = 4 * eta / n**2
CROSS = 2 * eta * (n - 2) / (n**2 * (n - 1))
DRAGGED = 2 * eta**2 * (n - 2) ** 2 / (n**3 * (n - 1))

D_, C_ = sp.symbols("D C", positive=True)
"""Stand for the theorems' D and D C1, which their conditions say are > 0."""

Known = tuple[sp.Expr, Source]


def _key(used: Ladder, base: str) -> str:
    return base if used.estimator == "two-point" else f"{base}.{used.estimator}"


def _use(used: Ladder, base: str) -> Use:
    return Use(_key(used, base), "sharp")


def _both(name: str, *multipliers: sp.Expr) -> list[Known]:
    pair = multipliers * 2 if len(multipliers) == 1 else multipliers
    return [(multiplier, Axiom(name, (group,))) for group, multiplier in enumerate(pair)]


def _step(subject: Claim, *using: Known) -> Step:
    known = tuple((sp.sympify(multiplier), source) for multiplier, source in using)
    larger, smaller = subject.rhs, subject.lhs
    if subject.relation == ">=":
        larger, smaller = smaller, larger
    return Step(subject.title, larger, smaller, known)


def _single(used: Ladder, base: str, *using: Known) -> Proof:
    key = _key(used, base)
    subject = next(claim for claim in steps(used) if claim.key == key)
    return Proof(key, "sharp", (_step(subject, *using),))


def _theorem(subject: Claim, *using: Known) -> Proof:
    D, C1, *weights = subject.conditions
    limits = tuple(Range(eta, sp.Integer(0), limit.gts) for limit in weights)
    positive = ((D_, D.gts), (C_, C1.gts))
    return Proof(subject.key, "sharp", (_step(subject, *using),), limits, positive)


def _unbiased() -> tuple[Proof, ...]:
    """Forward gradients: m_i = grad f^i(X_i)."""
    used, q = ladder("forward-gradient"), (d + 1) / rv + 1
    twice = 2 / (n * (n - 1))
    pair, smooth = _use(used, "pair-moment"), _use(used, "pair-moment-smooth")
    moments: list[Known] = [
        (2 / n, Axiom("forward_square")),
        (2 / n, Axiom("gradient_noise")),
        (twice, Axiom("forward_mean", ("squares", 1))),
        (twice, Axiom("forward_mean", ("sum", -1))),
        *_both("lipschitz", 4 * (q + 1) / n),
        *_both("split", 4 * (2 * q - 1 - 1 / (n - 1)) / n, 4 * (n - 2) / ((n - 1) * n)),
    ]
    return (
        _single(
            used,
            "pair-moment",
            *moments,
            (8 * (1 + n0 / n * (d + 1) / rv), Axiom("gradient_at_mean")),
        ),
        _single(used, "pair-moment-smooth", *moments),
        _single(
            used,
            "descent",
            (1 / n, Axiom("forward_mean", ("y", 1))),
            *_both("smoothness_at", 1 / n),
            *_both("convexity_at", 1 / n),
            (1 / n, Axiom("gap_of_the_mean")),
        ),
        _single(
            used,
            "distance",
            (eta**2 / n**2, pair),
            (TOWARD, Axiom("forward_mean", ("y", 1))),
            *_both("smoothness_at", TOWARD),
            *_both("convexity_at", TOWARD),
            (TOWARD, Axiom("gap_of_the_mean")),
        ),
        _single(
            used,
            "consensus",
            (GAMMA, pair),
            (CROSS, Axiom("forward_mean", ("x", 1))),
            *_both("monotone", CROSS),
            *_both("split", DRAGGED),
        ),
        _single(
            used,
            "consensus-smooth",
            (GAMMA, smooth),
            (CROSS, Axiom("forward_mean", ("x", 1))),
            *_both("lipschitz", CROSS / (2 * L)),
            *_both("split", DRAGGED),
        ),
        _single(
            used,
            "value",
            (sp.Integer(1), Axiom("smooth_descent")),
            (L * eta**2 / (2 * n**2), smooth),
            (2 * eta / n**2, Axiom("forward_mean", ("h", 1))),
            *_both("lipschitz", eta / n**2),
        ),
    )


def _biased() -> tuple[Proof, ...]:
    """Two-point agents: m_i = grad phi^i(X_i), phi^i the smoothed f^i on N0, f^i on N1."""
    used, q, whole = ladder("two-point"), 2 * (d + 2), n / (n - 1)
    mean, mean_square = (n0 * q + n - n0) / n, _mean_square(used)
    pair, smooth = _use(used, "pair-moment"), _use(used, "pair-moment-smooth")
    moments: list[Known] = [
        (2 / n, Axiom("sharp_two_point_square")),
        (2 / n, Axiom("gradient_noise")),
        *_both("lipschitz", 4 * q / n),
        *_both("split", 4 * (2 * q - 1) / n, 4 / n),
        *_both("smoothed_change", 4 / (n - 1)),
    ]
    return (
        _single(
            used,
            "pair-moment",
            *moments,
            (4 * (2 * mean - 1), Axiom("gradient_at_mean")),
            (4 * whole, Axiom("smoothed_gradient")),
        ),
        _in_two_steps(used, mean_square, *moments[:-2], (2 * whole, Earlier(mean_square.label))),
        _single(
            used,
            "descent",
            *_both("smoothed_smoothness", 1 / n),
            *_both("smoothed_convexity", 1 / n),
            *_both("smoothing_raises", 1 / n),
            (1 / n, Axiom("smoothing_little")),
            (1 / n, Axiom("same_function")),
            (1 / n, Axiom("gap_of_the_mean")),
        ),
        _single(
            used,
            "distance",
            (eta**2 / n**2, pair),
            *_both("smoothed_smoothness", TOWARD),
            *_both("smoothed_convexity", TOWARD),
            *_both("smoothing_raises", TOWARD),
            (TOWARD, Axiom("smoothing_little")),
            (TOWARD, Axiom("same_function")),
            (TOWARD, Axiom("gap_of_the_mean")),
        ),
        _single(
            used,
            "consensus",
            (GAMMA, pair),
            *_both("smoothed_monotone", CROSS),
            *_both("split", 2 * DRAGGED),
            *_both("smoothing_shift", 2 * DRAGGED),
        ),
        _single(
            used,
            "consensus-smooth",
            (GAMMA, smooth),
            *_both("smoothed_change", CROSS / (2 * L)),
            *_both("split", 2 * DRAGGED),
            *_both("smoothing_shift", 2 * DRAGGED),
        ),
        _single(
            used,
            "value",
            (sp.Integer(1), Axiom("smooth_descent")),
            (L * eta**2 / (2 * n**2), smooth),
            *_both("smoothed_change", 2 * eta / n**2),
            (2 * eta / n, Axiom("smoothing_mean_shift")),
        ),
    )


def _mean_square(used: Ladder) -> Step:
    """||mbar||^2 <= 2 L^2 Gamma + 4 ||grad f||^2 + 4 b^2."""
    Gamma, grad_sq, sum_sq = symbols("Gamma grad_sq sum_m_norm_sq")
    larger = 2 * L**2 * Gamma + 4 * grad_sq + 4 * used.bias_sq
    known: list[Known] = [
        *_both("smoothed_change", 2 / n),
        (sp.Integer(4), Axiom("smoothing_mean_shift")),
    ]
    return Step("mean estimate", larger, sum_sq / n**2, tuple(known))


def _in_two_steps(used: Ladder, first: Step, *using: Known) -> Proof:
    key = _key(used, "pair-moment-smooth")
    subject = next(claim for claim in steps(used) if claim.key == key)
    return Proof(key, "sharp", (first, _step(subject, *using)))


def _strongly_convex(used: Ladder) -> Proof:
    """Distance summed D times, consensus W times, over (D C1) S_T; the longer sums of e and 1."""
    W = 2 * eta / n * (L - l) + eta**2 / n**2 * used.spread
    share = 1 / (C_ * S_T)
    return _theorem(
        strongly_convex(used),
        (1 / S_T, Axiom("average_point")),
        (D_ * share, Summed(_use(used, "distance"), "geometric", "all")),
        (W * share, Summed(_use(used, "consensus"), "geometric", "but the last")),
        (W * GAMMA * used.gap * share, Axiom("longer_gap_sum")),
        (W * (pull(used) + GAMMA * used.rest) * share, Axiom("longer_weight_sum")),
        (D_ * share * 3 * eta * l / (2 * n), Axiom("squared_sum")),
    )


def _nonconvex(used: Ladder) -> Proof:
    """Value summed D times, consensus W times, over (D C1) T."""
    near = 1 if used.bias_sq == 0 else 2
    W = eta / n * L**2 * near + L * eta**2 / (2 * n**2) * used.spread
    share = 1 / (C_ * T)
    return _theorem(
        nonconvex(used),
        (D_ * share, Summed(_use(used, "value"), "plain", "all")),
        (W * share, Summed(_use(used, "consensus-smooth"), "plain", "but the last")),
        (W * GAMMA * used.gradient * share, Axiom("longer_gradient_sum")),
        (W * (pull(used) + GAMMA * used.rest_smooth) * share, Axiom("one")),
    )


def proofs() -> tuple[Proof, ...]:
    """In an order in which each uses earlier ones only."""
    made: tuple[tuple[str, Callable[[], tuple[Proof, ...]]], ...] = (
        ("forward-gradient", _unbiased),
        ("two-point", _biased),
    )
    ladders = tuple(
        proof
        for kind, one_step in made
        for proof in (*one_step(), _strongly_convex(ladder(kind)), _nonconvex(ladder(kind)))
    )
    return (direct(second_moment(), *two_point("agent")), *ladders)
