"""What a claim's hypotheses say of one state: rows >= 0 and matrices that are semidefinite.

The axioms of the proofs, and the interpolation conditions of f^i, and of f_nu^i where the
zeroth-order agents are two-point, at X_i, at mu and, where f^i is convex, at x*.

Families beside those of the proofs: k_i = grad f^i(x*), whose sum over all agents is 0, and
q_i = grad f_nu^i(x*).
"""

from collections.abc import Iterator, Mapping
from typing import Literal, get_args

import sympy as sp

from theory import Claim
from theory.notation import symbols
from theory.proofs.axioms import AXIOMS
from theory.proofs.definitions import CENTRED, SIZES, everywhere, over, y
from theory.proofs.smoothing import SMOOTHING_AXIOMS
from theory.proofs.vectors import GROUPS, Level, inner, member, met, total
from verify.worst.classes import ZERO, Point, smooth_convex
from verify.worst.rows import Reader

n, n0, L, l, d, nu, e, B, gap = symbols("n n0 L l d nu e B gap")  # noqa: E741
vs_sq = symbols("vs0_sq vs1_sq")

OF_GROUPS = ("split", "second_moment")
OF_ALL = (
    "gradient_noise",
    "gradient_error",
    "first_order_variance",
    "smooth_descent",
    "forward_square",
)
OF_SMOOTHED = (
    "two_point_error",
    "sharp_two_point_square",
    "smoothed_gradient",
    "biases_of_agents",
)
"""Axioms that are taken as rows, by what their argument is; the last: with two-point agents."""

Told = Literal["plain", "less slope", "less curvature"]
TOLD: tuple[Told, ...] = get_args(Told)
"""Coordinates of the same problem: in some there is room around a solution, in others none."""

MADE_HERE = {
    "first_order_mean": "m_i is g_i where it is known",
    "forward_mean": "m_i is g_i where it is known",
    "same_function": "f_nu^i is f^i on N1",
    "gap_of_the_mean": "e is the mean of f^i(mu) - f^i(x*)",
    "spectral_gap": "a matrix for all combinations of families",
    "edges_at_most": "a matrix for all combinations of families",
    "mean_bias": "where the claim speaks of B",
    "lipschitz": "interpolation",
    "monotone": "interpolation",
    "smoothness_at": "interpolation",
    "convexity_at": "interpolation",
    "gradient_at_mean": "interpolation at x*, with sum k_i = 0",
    "two_point_square": "the sharp one",
    "smoothed_smoothness": "interpolation",
    "smoothed_convexity": "interpolation",
    "smoothed_change": "interpolation",
    "smoothed_monotone": "interpolation",
    "smoothing_raises": "f <= f_nu at every point",
    "smoothing_little": "f_nu <= f + nu^2 L d/2 at every point",
    "smoothing_shift": "at every point",
    "smoothing_mean_shift": "the shift of every agent",
    "bias_bound": "the shift of every agent",
    "one": "the constant 1",
}
"""Axioms that are here in another form, and which."""

ELSEWHERE = (
    "longer_gap_sum",
    "longer_weight_sum",
    "longer_gradient_sum",
    "average_point",
    "squared_sum",
    *(f.__name__ for f in SMOOTHING_AXIOMS if f.__name__ != "biases_of_agents"),
)
"""Axioms on a run, or on one function: nothing about one state of all agents."""


def reader(subject: Claim, values: Mapping[sp.Symbol, sp.Rational], told: Told = "plain") -> Reader:
    """How the claim's quantities become rows: which families and values are others.

    Not told plainly, gradients and values are less those of one linear function an agent, with the
    gradient of f^i at one point, x* or mu, or of such a quadratic of the least curvature: a claim
    that does not notice these has a coordinate then that nothing bounds, which `pruned` removes.
    """
    vectors: dict[tuple[str, int], Mapping[str, sp.Expr]] = {}
    scalars: dict[sp.Expr, sp.Expr] = {}
    convex = "convex" in subject.assumptions
    for group in GROUPS:
        same = subject.estimator == "forward-gradient" or (
            subject.estimator == "two-point" and group == 1
        )
        if same:
            vectors |= {(m, group): {g: sp.Integer(1)} for m, g in zip("mpq", "ghk", strict=True)}
        if "A2" in subject.assumptions:
            points = _points(group, "ghk", "f", convex=convex)
            points += [] if same else _points(group, "mpq", "phi", convex=convex)
            for point in points:
                _tilt(point, group, convex, told, vectors, scalars)
    if convex:
        scalars[e] = sp.Add(*(scalars[_value("f_mu", g)] for g in GROUPS)) / n
    centred = CENTRED | {"k"}
    return Reader(values, vectors, scalars, subject.interaction, centred=centred, paired=True)


def _tilt(
    point: Point,
    group: int,
    convex: bool,
    told: Told,
    vectors: dict[tuple[str, int], Mapping[str, sp.Expr]],
    scalars: dict[sp.Expr, sp.Expr],
) -> None:
    """Gradient and value at a point, less those of the quadratic."""
    base, low = ("k", l) if convex else ("h", -L)
    away = point.at if convex else point.at - y
    slope = member(base, group)
    (family,) = (name for name, _ in point.gradient.own)
    rest, value = sp.Integer(0), _value(point.value, group)
    if told == "plain":
        scalars[value] = rest if family == base else value
        return
    low = low if told == "less curvature" else sp.Integer(0)
    if family != base:
        curved = {name: low for (name, _) in away.own} | {str(p): low for p in away.common}
        vectors[family, group] = {f"{family}'": sp.Integer(1), base: sp.Integer(1), **curved}
        rest = _value(f"{point.value}'", group)
    scalars[value] = rest + over(group, slope, away) + low / 2 * over(group, away, away)


def _value(name: str, group: int) -> sp.Expr:
    return Level(sp.Symbol(name), group)


def rows_known(subject: Claim, read: Reader) -> Iterator[tuple[str, sp.Expr]]:
    """Every quantity >= 0 that the hypotheses allow, by name."""
    allowed = subject.assumptions | {subject.estimator, subject.interaction}
    groups = [g for g in GROUPS if read.sizes[g]]
    asked: list[tuple[str, tuple[int, ...]]] = [(name, (g,)) for name in OF_GROUPS for g in groups]
    asked += [(name, ()) for name in OF_ALL]
    asked += [("mean_bias", ())] if B in subject.free_symbols else []
    two_point = subject.estimator == "two-point" and 0 in groups
    asked += [(name, ()) for name in OF_SMOOTHED if two_point]
    for name, arguments in asked:
        axiom = AXIOMS[name](*arguments)
        if axiom.assumptions <= allowed:
            yield " ".join(map(str, (name, *arguments))), axiom.expression
    convex = "convex" in allowed
    if "A2" in allowed:
        for group in groups:
            points = _points(group, "ghk", "f", convex=convex)
            yield from smooth_convex(group, points, L, l if convex else -L)
        if two_point:
            yield from _smoothed(convex=convex)
    if "A3" in allowed and convex:
        for group in groups:
            k = member("k", group)
            yield f"split at x* {group}", SIZES[group] * vs_sq[group] - over(group, k, k)


def _points(group: int, gradients: str, value: str, *, convex: bool) -> list[Point]:
    """X_i, mu and, where f^i is convex, x*: measured from x*."""
    places = (("X", member("x", group) + y), ("mu", y), ("star", ZERO))
    return [
        Point(f"{value}_{name}", at, member(gradient, group), f"{value}_{name}")
        for (name, at), gradient in zip(places, gradients, strict=True)
        if convex or name != "star"
    ]


def _smoothed(*, convex: bool) -> Iterator[tuple[str, sp.Expr]]:
    """Of f_nu^i, i in N0 (Lemma 1, sharp): of the same class as f^i, and close to it."""
    plain = _points(0, "ghk", "f", convex=convex)
    smoothed = _points(0, "mpq", "phi", convex=convex)
    yield from smooth_convex(0, smoothed, L, l if convex else -L)
    delta = n0 * nu**2 * L * d / 2
    for p, q in zip(plain, smoothed, strict=True):
        rise = _value(q.value, 0) - _value(p.value, 0)
        yield f"{q.name} at least", rise if convex else rise + delta
        yield f"{q.name} at most", delta - rise
        shift = q.gradient - p.gradient
        yield f"{q.name} shifted", n0 * nu**2 * L**2 * d - over(0, shift, shift)


def matrices_known(subject: Claim) -> Mapping[str, list[list[sp.Expr]]]:
    """On a graph: what the spectral gap and the number of meetings say of differences on edges."""
    if subject.interaction != "graph":
        return {}
    families = ["x", *("gh" if "A2" in subject.assumptions else "m")]
    if subject.estimator == "two-point":
        families += ["m", "p"]
    about = {
        (a, b): everywhere(a, b) - inner(total(a), total(b)) / n for a in families for b in families
    }
    return {
        "spectral gap": [[met(a, b) - 2 * gap * about[a, b] for b in families] for a in families],
        "edges": [[4 / n * about[a, b] - met(a, b) for b in families] for a in families],
    }
