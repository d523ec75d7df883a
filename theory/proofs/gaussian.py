"""Moments of a Gaussian direction u ~ N(0, I_d): exact polynomials in d, for every d >= 1."""

from collections.abc import Mapping

import sympy as sp

from theory.notation import symbols

d, rv, g_sq, h_sq, g_dot_h = symbols("d rv g_sq h_sq g_dot_h")

PRODUCTS: Mapping[frozenset[str], sp.Expr] = {
    frozenset("g"): g_sq,
    frozenset("h"): h_sq,
    frozenset("gh"): g_dot_h,
}
"""<g, g>, <h, h> and <g, h>."""


def moment(squares: int, *vectors: str) -> sp.Expr:
    """E ||u||^(2 squares) <u, a> <u, b> ... over the named vectors.

    Integration by parts: E <u, u> F = (d + k) E F for F homogeneous of degree k, and
    E <u, a> F = E <a, grad F> (Isserlis).
    """
    if squares:
        degree = 2 * (squares - 1) + len(vectors)
        return (d + degree) * moment(squares - 1, *vectors)
    if not vectors:
        return sp.Integer(1)
    first, rest = vectors[0], vectors[1:]
    return sp.Add(
        *(
            PRODUCTS[frozenset((first, other))] * moment(0, *rest[:index], *rest[index + 1 :])
            for index, other in enumerate(rest)
        )
    )


def gaussian_definitions() -> Mapping[str, sp.Expr]:
    """What the symbols of the Gaussian identities are.

    A forward gradient is the mean of rv terms <u, g> u: two terms are independent, of mean g.
    """
    return {
        "u6_moment": moment(3),
        "gaussian_quartic": moment(0, "g", "g", "h", "h"),
        "forward_sq": moment(1, "g", "g") / rv + (rv - 1) / rv * moment(0, "g", "g"),
    }
