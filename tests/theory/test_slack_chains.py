"""The links of the chains against the printed steps, and against the cases in which each is tight.

What lies between two links cancels in their sum: only these tests see it.
"""

import pytest
import sympy as sp

from theory.chains import chains
from theory.chains.link import PARTS, local, printed
from theory.chains.moments import error, gradients, second_moment
from theory.errata import errata
from theory.errata.convex import SMOOTHED_7
from theory.notation import symbols

n, n0, n1, d, L, e, grad_sq = symbols("n n0 n1 d L e grad_sq")
g0, g1, Gamma, Gamma0, Gamma1 = symbols("g0_sq g1_sq Gamma Gamma0 Gamma1")
vs0, vs1, SZ, SF = symbols("vs0_sq vs1_sq S_Z S_F")
near0, near1, apart0, apart1 = local("near0_sq near1_sq apart0_sq apart1_sq")
ALPHA = sp.Symbol("alpha", positive=True)


def zero(expression: sp.Expr) -> bool:
    """Whether it vanishes identically."""
    return bool(sp.expand(expression) == 0)


@pytest.mark.parametrize("convex", [True, False])
def test_three_squares_are_tight_where_the_three_vectors_are_equal(convex: bool) -> None:
    """||3 x||^2 = 3 (||x||^2 + ||x||^2 + ||x||^2); with 2 for 3 it would be less."""
    split, *_ = gradients(ALPHA, convex=convex)
    equal = {near0: n0 * grad_sq, apart0: n0 * grad_sq, g0: 9 * n0 * grad_sq}
    equal |= {near1: n1 * grad_sq, apart1: n1 * grad_sq, g1: 9 * n1 * grad_sq}
    assert zero((split.larger - split.smaller).subs(equal, simultaneous=True))


@pytest.mark.parametrize("convex", [True, False])
def test_smoothness_and_A3_are_tight_where_they_hold_with_equality(convex: bool) -> None:
    """||grad f^i(X) - grad f^i(mu)|| = L ||X - mu||, the split attained, ||grad f||^2 = 2 L e."""
    _, known, _ = gradients(ALPHA, convex=convex)
    equal = {near0: L**2 * Gamma0, near1: L**2 * Gamma1, apart0: n0 * vs0, apart1: n1 * vs1}
    if convex:
        equal[grad_sq] = 2 * L * e
    assert zero((known.larger - known.smaller).subs(equal, simultaneous=True))


def test_merging_the_groups_is_tight_where_they_are_alike() -> None:
    """Equal weights and no convexity: Gamma is the mean of both groups'."""
    *_, merged = gradients(sp.Integer(1), convex=False)
    whole = {Gamma: (Gamma0 + Gamma1) / n}
    assert zero((merged.larger - merged.smaller).subs(whole))


def test_bounds_on_estimates_are_the_printed_ones() -> None:
    """(17), (18), and (19) with (7) on N0 and second moments on N1."""
    for convex in (True, False):
        zeroth, first, *_ = second_moment(convex=convex)
        for link, key in ((zeroth, "eq-17"), (first, "eq-18")):
            larger, smaller = printed(key)
            assert zero(link.larger - larger)
            assert zero(link.smaller - smaller)
    zeroth, first, *_ = error()
    assert zero(zeroth.larger - (n0 * SMOOTHED_7 + 4 * (d + 4) * (g0 + SZ)) / n)
    assert zero(first.larger - (g1 + SF) / n)


def test_links_say_what_they_are() -> None:
    """Words, an equation, a known part and a known erratum, in every chain."""
    ids = {erratum.id for erratum in errata()} | {""}
    found = chains()
    assert len({(chain.claim.key, chain.claim.edition) for chain in found}) == len(found) == 9
    for chain in found:
        for link in chain.links:
            assert link.step
            assert link.equation
            assert link.part in PARTS
            assert link.erratum in ids
        places = [(link.equation, link.step) for link in chain.links]
        assert len(set(places)) == len(places)
