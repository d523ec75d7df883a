"""The assumptions A1-A4 as published, and how an audit reads them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Assumption:
    """One assumption: the published statement, its LaTeX, and how an instance decides it."""

    key: str
    statement: str
    latex: str
    decided_by: str
    note: str = ""


ASSUMPTION_TABLE: dict[str, Assumption] = {
    a.key: a
    for a in (
        Assumption(
            "A1",
            "(x-y).(grad f^i(x) - grad f^i(y)) >= l ||x-y||^2, for f and every f^i",
            r"\langle x-y,\nabla f^i(x)-\nabla f^i(y)\rangle\ge\ell\|x-y\|^2",
            "l > 0, the smallest over agents",
        ),
        Assumption(
            "A2",
            "||grad F^i(x,xi) - grad F^i(y,xi)|| <= L ||x-y||",
            r"\|\nabla F^i(x,\xi)-\nabla F^i(y,\xi)\|\le L\|x-y\|",
            "L finite, the largest over agents and samples",
            "For convex F^i the paper adds ||grad F^i(x,xi)-grad F^i(y,xi)|| <= 2L (F^i(x,xi)"
            " - F^i(y,xi) - <x-y, grad F^i(y,xi)>), without a square on the left. Only an affine "
            "F^i satisfies that near x = y; the audit reads the left-hand side squared, which follows "
            "from smoothness and convexity.",
        ),
        Assumption(
            "A3",
            "mean over N0 of ||grad f^i(x)-grad f(x)||^2 <= varsigma_0^2, over N1 <= varsigma_1^2",
            r"\tfrac1{n_g}\sum_{i\in N_g}\|\nabla f^i(x)-\nabla f(x)\|^2\le\varsigma_g^2",
            "finite suprema over x",
        ),
        Assumption(
            "A4",
            "E grad F^i = grad f^i and E||grad F^i(x,xi) - grad f^i(x)||^2 <= s_i^2",
            r"E\|\nabla F^i(x,\xi)-\nabla f^i(x)\|^2\le s_i^2",
            "finite suprema over x",
        ),
        Assumption(
            "convex",
            "every F^i(., xi) is convex",
            r"F^i(\cdot,\xi)\ \text{convex}",
            "known from the problem's kind",
        ),
    )
}
"""The assumptions by key."""
