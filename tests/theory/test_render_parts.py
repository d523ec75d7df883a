"""Statements in pieces: the same statement, in pieces that are short."""

from collections.abc import Iterator

import pytest
import sympy as sp

from theory import Claim, claim, claims, name_of
from theory.notation import NOTATION
from theory.render_parts import WIDEST, Line, Parts, in_parts, width


def lines(parts: Parts) -> Iterator[Line]:
    """Every line of a claim."""
    yield from (parts.statement, *parts.ties, *parts.conditions, *parts.named)


def equal(first: sp.Expr, second: sp.Expr) -> bool:
    """Whether two expressions agree: as written, else at a point, to thirty digits."""
    if first == second:
        return True
    names = sorted(first.free_symbols | second.free_symbols, key=str)
    point = {s: sp.Rational(sp.prime(i + 5), sp.prime(i + 7)) for i, s in enumerate(names)}
    left, right = (sp.N(side.xreplace(point), 40) for side in (first, second))
    return bool(abs(left - right) <= abs(right) * sp.Float("1e-30"))


@pytest.mark.parametrize("subject", claims(), ids=lambda c: f"{c.key}-{c.edition}")
def test_putting_the_names_back_gives_the_statement(subject: Claim) -> None:
    """Both sides, every condition: naming changes no value, and no name is left over."""
    parts = in_parts(subject)
    restored = [(parts.restored(one.left), parts.restored(one.right)) for one in lines(parts)]
    printed = [subject.as_printed(c) for c in subject.conditions]
    given = [
        (subject.lhs, subject.rhs),
        *subject.ties,
        *((c.lhs, c.rhs) for c in printed),
    ]
    for found, wanted in zip(restored, given, strict=False):
        assert all(equal(f, w) for f, w in zip(found, wanted, strict=True))
    assert [one.relation for one in parts.conditions] == [c.rel_op for c in printed]
    known = {entry.symbol for entry in NOTATION.values()}
    assert set().union(*(side.free_symbols for pair in restored for side in pair)) <= known


@pytest.mark.parametrize("subject", claims(), ids=lambda c: f"{c.key}-{c.edition}")
def test_no_term_holds_a_long_sum(subject: Claim) -> None:
    """What is inside a term is short; a name is defined once, after the line that needs it."""
    parts = in_parts(subject)
    for one in lines(parts):
        for term in (*one.left.as_ordered_terms(), *one.right.as_ordered_terms()):
            inner = [p for p in sp.preorder_traversal(term) if p.is_Add]
            assert all(width(p) <= WIDEST for p in inner), name_of(subject)
    names = [one.left for one in parts.named]
    assert len(names) == len(set(names))
    used = set().union(*(one.left.free_symbols | one.right.free_symbols for one in lines(parts)))
    assert set(names) == {s for s in used if str(s).startswith("Q_")}


def test_theorem_1_1_reads_as_in_the_paper() -> None:
    """D2 over D1: the long sums have names, and the condition D1 > 0 uses one of them."""
    parts = in_parts(claim("theorem-1.1", "published"))
    _, _, first, *_ = parts.statement.latex()
    assert first == r"\le \frac{Q_{2}}{Q_{1}}"
    positive = [list(one.latex()) for one in parts.conditions if one.relation == ">"]
    assert ["Q_{1}", "> 0"] in positive


def test_signs_stand_between_the_pieces() -> None:
    """A minus is written once, a first plus not at all, a sum in brackets where it is one term."""
    x, y = NOTATION["d"].symbol, NOTATION["L"].symbol
    assert list(Line(x, "<=", y - x).latex()) == ["d", r"\le L", "-d"] or list(
        Line(x, "<=", y - x).latex()
    ) == ["d", r"\le -d", "+L"]
    assert list(Line(-x, ">", sp.Integer(0)).latex()) == ["-d", "> 0"]
