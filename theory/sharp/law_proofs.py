"""Proofs of the ladder and the theorems for matchings and graphs."""

from collections.abc import Iterator, Sequence

import sympy as sp

from theory.claim import Claim
from theory.notation import symbols
from theory.proofs.proof import Axiom, Earlier, Proof, Range, Source, Step, Summed, Use
from theory.proofs.series import S_T, T
from theory.sharp.laws import (
    LAWS,
    Law,
    Second,
    law,
    nonconvex,
    steps,
    strongly_convex,
    weight,
)

n, n0, L, l, eta = symbols("n n0 L l eta")  # noqa: E741
vs0, SZ, SF = symbols("vs0_sq S_Z S_F")
Gamma, e, grad_sq, S, m_sq, sum_m_sq = symbols("Gamma e grad_sq S sum_m_sq sum_m_norm_sq")
D_, C_ = sp.symbols("D C", positive=True)
"""Stand for the theorems' D and C1 D, which their conditions say are > 0."""

Known = tuple[sp.Expr, Source]


def _both(name: str, *multipliers: sp.Expr) -> list[Known]:
    pair = multipliers * 2 if len(multipliers) == 1 else multipliers
    return [(sp.sympify(factor), Axiom(name, (g,))) for g, factor in enumerate(pair)]


def _times(factor: sp.Expr, known: list[Known]) -> list[Known]:
    return [(factor * multiplier, source) for multiplier, source in known]


def _parts(used: Law, *, convex: bool) -> tuple[Step, Step, Step, Step]:
    """The bounds of the four moments of `Weights`, in their order."""
    agents, unbiased = used.agents, used.agents.unbiased
    change = _both("lipschitz" if unbiased else "smoothed_change", 2 / n)
    about = _both("split", (2 if unbiased else 4) / n)
    near = 2 * L**2 * Gamma
    at_mean, mean_known = 2 * grad_sq, list[Known]()
    if not unbiased:
        about += _both("smoothing_shift", 4 / n)
        shifted = (sp.Integer(4), Axiom("smoothing_mean_shift"))
        at_mean, mean_known = 4 * (grad_sq + agents.bias_sq), [shifted]
        if convex:
            at_mean = 4 * L * (e + agents.delta)
            mean_known = [(sp.Integer(2), Axiom("smoothed_gradient"))]
    square, whole = m_sq / n, sum_m_sq / n**2
    squares, sums = _same("squares", -1 / n, unbiased), _same("sum", -1 / n**2, unbiased)
    plus = _same("sum", 1 / n**2, unbiased)
    apart = near + 2 * agents.drag
    return (
        _variance(used),
        _step("all", apart + at_mean, square, squares, change, about, mean_known),
        _step("mean", near + at_mean, whole, sums, change, mean_known),
        _step("dispersion", apart, square - whole, squares, plus, change, about),
    )


def _step(label: str, larger: sp.Expr, smaller: sp.Expr, *using: list[Known]) -> Step:
    return Step(label, larger, smaller, tuple(known for part in using for known in part))


def _same(products: str, factor: sp.Expr, unbiased: bool) -> list[Known]:
    """m_i = grad f^i(X_i) in these products of `forward_mean`."""
    sign = -1 if factor.could_extract_minus_sign() else 1
    return [(sign * factor, Axiom("forward_mean", (products, sign)))] if unbiased else []


def _variance(used: Law) -> Step:
    """(1/n) sum v_i, v_i = E||G_i||^2 - ||m_i||^2."""
    agents = used.agents
    excess, q = agents.excess, agents.q
    noise = (4 * excess * n0 * vs0 + q * SZ + SF + n0 * agents.z) / n
    larger = 4 * excess * n0 / n * grad_sq + 2 * excess * L**2 * Gamma + noise
    if agents.unbiased:
        names = ["forward_square", "gradient_noise"]
    else:
        names = ["sharp_two_point_square", "first_order_variance"]
    moments: list[Known] = [(1 / n, Axiom(name)) for name in names]
    around: list[Known] = [
        (2 * excess / n, Axiom("lipschitz", (0,))),
        (4 * excess / n, Axiom("split", (0,))),
    ]
    same = _same("squares", 1 / n, agents.unbiased)
    return _step("variance", larger, S - m_sq / n, moments, same, around)


def _second(used: Law, moment: Second, *, convex: bool) -> tuple[list[Step], list[Known]]:
    """Steps that bound the parts of a second moment, and what they give together."""
    found = moment.weights
    factors = (found.own, found.joint, found.mean, found.apart)
    parts = zip(factors, _parts(used, convex=convex), strict=True)
    chosen = [(factor, step) for factor, step in parts if factor != 0]
    known: list[Known] = [(factor, Earlier(step.label)) for factor, step in chosen]
    if convex:
        own = moment.gradient if used.agents.unbiased else 4 * found.own * used.agents.q * n0 / n
        known.append((own, Axiom("gradient_at_mean")))
    return [step for _, step in chosen], known


def _moved(used: Law) -> list[Known]:
    """(1/n^2) E||m_i - m_j||^2, along an edge, is taken away from ||mu' - mu||^2/eta^2."""
    if used.mix.name != "graph":
        return []
    return [(1 / n**2, Axiom("spectral_gap", (("m", sp.Integer(1)),)))]


def _spread(used: Law) -> list[Known]:
    """-(1/(2n)) E||X_i - X_j - eta (m_i - m_j)||^2 + (eta^2/n^2) E||m_i - m_j||^2 in E Gamma'."""
    if used.mix.name != "graph":
        return []
    moved = (("x", sp.Integer(1)), ("m", -eta))
    return [
        (1 / (2 * n), Axiom("spectral_gap", moved)),
        (eta**2 / n**2, Axiom("edges_at_most", ("m",))),
    ]


def _descent(used: Law) -> list[Known]:
    """n <mu - x*, mbar> >= n (e - delta + (l/2) a^2 - ((L-l)/2) Gamma)."""
    one = sp.Integer(1)
    if used.agents.unbiased:
        first: list[Known] = [(one, Axiom("forward_mean", ("y", 1)))]
        return [
            *first,
            *_both("smoothness_at", one),
            *_both("convexity_at", one),
            (one, Axiom("gap_of_the_mean")),
        ]
    return [
        *_both("smoothed_smoothness", one),
        *_both("smoothed_convexity", one),
        *_both("smoothing_raises", one),
        (one, Axiom("smoothing_little")),
        (one, Axiom("same_function")),
        (one, Axiom("gap_of_the_mean")),
    ]


def _crossed(used: Law, *, convex: bool) -> list[Known]:
    """-2 eta theta (1/n) sum <x_i, m_i>: convexity or smoothness, and Young against A3."""
    mix, unbiased = used.mix, used.agents.unbiased
    cross = 2 * eta * mix.theta / n
    drag = 2 * eta**2 * mix.theta**2 / ((1 - mix.rho) * n)
    change = "lipschitz" if unbiased else "smoothed_change"
    monotone = "monotone" if unbiased else "smoothed_monotone"
    aligned = _both(monotone, cross) if convex else _both(change, cross / (2 * L))
    if unbiased:
        same: list[Known] = [(cross, Axiom("forward_mean", ("x", 1)))]
        return [*same, *aligned, *_both("split", drag)]
    return [*aligned, *_both("split", 2 * drag), *_both("smoothing_shift", 2 * drag)]


def _drift(used: Law) -> list[Known]:
    """-eta p <grad f(mu), mbar>, and (L/2) ||mu' - mu||^2."""
    p, start = used.mix.p, [(sp.Integer(1), Axiom("smooth_descent"))]
    if used.agents.unbiased:
        same: list[Known] = [(eta * p / n, Axiom("forward_mean", ("h", 1)))]
        return [*start, *same, *_both("lipschitz", eta * p / (2 * n))]
    shift: list[Known] = [(eta * p, Axiom("smoothing_mean_shift"))]
    return [*start, *shift, *_both("smoothed_change", eta * p / n)]


def _ladder(used: Law) -> Iterator[Proof]:
    """The proofs of the one-step claims, in their order."""
    mean, spread = used.mean, used.spread
    distance, *consensus, value = steps(used)
    moved, square = _moved(used), eta**2
    first, known = _second(used, mean, convex=True)
    toward = _times(2 * eta * used.mix.p / n, _descent(used))
    yield _proof(distance, [*toward, *_times(square, [*moved, *known])], first)
    for convex, subject in zip((True, False), consensus, strict=True):
        first, known = _second(used, spread, convex=convex)
        crossed = _crossed(used, convex=convex)
        yield _proof(subject, [*_spread(used), *crossed, *_times(square, known)], first)
    first, known = _second(used, mean, convex=False)
    yield _proof(value, [*_drift(used), *_times(L * square / 2, [*moved, *known])], first)


def _proof(subject: Claim, using: list[Known], first: Sequence[Step] = ()) -> Proof:
    last = Step(subject.title, subject.rhs, subject.lhs, tuple(using))
    if subject.scope == "step":
        return Proof(subject.key, "sharp", (*first, last))
    D, C1, *weights = subject.conditions
    limits = tuple(Range(eta, sp.Integer(0), limit.gts) for limit in weights)
    return Proof(subject.key, "sharp", (last,), limits, ((D_, D.gts), (C_, C1.gts)))


def _strongly_convex(used: Law) -> Proof:
    """Distance summed D times, consensus W times, over (C1 D) S_T; the longer sums of e and 1."""
    W, share = weight(used, convex=True), 1 / (C_ * S_T)
    spread = used.spread
    using: list[Known] = [
        (1 / S_T, Axiom("average_point")),
        (D_ * share, Summed(_use(used, "distance"), "geometric", "all")),
        (W * share, Summed(_use(used, "consensus"), "geometric", "but the last")),
        (W * eta**2 * spread.gap * share, Axiom("longer_gap_sum")),
        (W * (used.pull + eta**2 * spread.rest) * share, Axiom("longer_weight_sum")),
        (D_ * share * 3 * eta * used.mix.p * l / 4, Axiom("squared_sum")),
    ]
    return _proof(strongly_convex(used), using)


def _nonconvex(used: Law) -> Proof:
    """Value summed D times, consensus W times, over (C1 D) T."""
    W, share = weight(used, convex=False), 1 / (C_ * T)
    spread = used.spread
    using: list[Known] = [
        (D_ * share, Summed(_use(used, "value"), "plain", "all")),
        (W * share, Summed(_use(used, "consensus-smooth"), "plain", "but the last")),
        (W * eta**2 * spread.gradient * share, Axiom("longer_gradient_sum")),
        (W * (used.pull + eta**2 * spread.rest_smooth) * share, Axiom("one")),
    ]
    return _proof(nonconvex(used), using)


def _use(used: Law, base: str) -> Use:
    return Use(used.key(base), "sharp")


def law_proofs() -> tuple[Proof, ...]:
    """In an order in which each uses earlier ones only."""
    laws = [law(name, kind) for name in LAWS for kind in ("forward-gradient", "two-point")]
    return tuple(
        proof
        for used in laws
        for proof in (
            *_ladder(used),
            _strongly_convex(used),
            _nonconvex(used),
        )
    )
