"""The assumptions A1-A4 as published, how an audit reads them, and those on the kind of loss."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Assumption:
    """One assumption: the published statement, its LaTeX, and how an instance decides it.

    `read_as` is what an audit takes in place of a published statement that cannot be meant, and
    `note` says why; both are empty where the statement is taken as printed.
    """

    key: str
    statement: str
    latex: str
    decided_by: str
    read_as: str = ""
    note: str = ""


_TABLE = (
    Assumption(
        "A1",
        "(x-y).(grad f^i(x) - grad f^i(y)) >= l ||x-y||^2, for f and every f^i",
        r"\langle x-y,\nabla f^i(x)-\nabla f^i(y)\rangle\ge\ell\|x-y\|^2",
        "l > 0, the smallest over agents",
    ),
    Assumption(
        "A2",
        "||grad F^i(x,xi) - grad F^i(y,xi)|| <= L ||x-y||; if F^i is convex, moreover "
        "||grad F^i(x,xi) - grad F^i(y,xi)|| <= 2L (F^i(x,xi) - F^i(y,xi) - <x-y, grad F^i(y,xi)>)",
        r"\|\nabla F^i(x,\xi)-\nabla F^i(y,\xi)\|\le L\|x-y\|;\quad"
        r"\text{if }F^i\text{ is convex, }\|\nabla F^i(x,\xi)-\nabla F^i(y,\xi)\|\le"
        r"2L(F^i(x,\xi)-F^i(y,\xi)-\langle x-y,\nabla F^i(y,\xi)\rangle)",
        "0 < L < inf, the largest over agents and samples",
        read_as="the norm on the left of the second half squared",
        note="No convex F^i that is not affine satisfies the second half as printed: near y the "
        "left-hand side is of first order in x - y and the right-hand side of second. Squared, it "
        "follows from smoothness and convexity, and the proofs use it so.",
    ),
    Assumption(
        "A3",
        "mean over N0 of ||grad f^i(x)-grad f(x)||^2 <= varsigma_0^2, over N1 <= varsigma_1^2",
        r"\tfrac1{n_g}\sum_{i\in N_g}\|\nabla f^i(x)-\nabla f(x)\|^2\le\varsigma_g^2,\ g=0,1",
        "finite suprema over x, 0 for an empty group",
    ),
    Assumption(
        "A4",
        "E grad F^i(x,xi) = grad f^i(x) and E||grad F^i(x,xi) - grad f^i(x)|| <= s_i^2",
        r"E\nabla F^i(x,\xi)=\nabla f^i(x),\quad E\|\nabla F^i(x,\xi)-\nabla f^i(x)\|\le s_i^2",
        "finite suprema over x of the second moment",
        read_as="E||grad F^i(x,xi) - grad f^i(x)||^2 <= s_i^2",
        note="The square on the left is missing in print: the two sides have different units, and "
        "(6), (17)-(19) use the second moment.",
    ),
    Assumption(
        "convex",
        "every F^i(., xi) is convex",
        r"F^i(\cdot,\xi)\ \text{convex}",
        "known from the problem's kind",
    ),
    Assumption(
        "quadratic",
        "every F^i(., xi) is a quadratic",
        r"F^i(\cdot,\xi)\ \text{quadratic}",
        "known from the problem's kind",
    ),
)

ASSUMPTION_TABLE: Mapping[str, Assumption] = MappingProxyType({a.key: a for a in _TABLE})
"""The assumptions by key."""
