"""Typeset formulas say what the expressions say."""

import re
import unicodedata
from fractions import Fraction
from xml.etree import ElementTree

import pytest
import sympy as sp
from fontTools.ttLib import TTFont

from report.html.mathml import broken, formula, math, pieces
from report.html.rendering import HERE
from theory import ASSUMPTION_TABLE, NOTATION, Claim, claims
from theory.render_parts import Line, in_parts

Element = ElementTree.Element


def tree(markup: str) -> Element:
    """The MathML as a tree: it is well-formed."""
    return ElementTree.fromstring(markup)


def lines(subject: Claim) -> list[Line]:
    """Every line that is typeset for a claim."""
    parts = in_parts(subject)
    return [parts.statement, *parts.ties, *parts.conditions, *parts.named]


def value(node: Element) -> Fraction:
    """What MathML says, as exact arithmetic; letters stand for their code points."""
    if node.tag in ("math", "mrow", "mstyle"):
        return total(list(node))
    if node.tag == "mn":
        return Fraction(node.text or "")
    if node.tag == "mi":
        return Fraction(ord(node.text or " "))
    if node.tag == "mfrac":
        return value(node[0]) / value(node[1])
    if node.tag == "msup":
        return value(node[0]) ** int(value(node[1]))
    raise AssertionError(f"<{node.tag}> is not arithmetic")


def total(nodes: list[Element]) -> Fraction:
    """A row: products between signs; brackets only hold together what is in them."""
    nodes = [n for n in nodes if not (n.tag == "mo" and (n.text or "") in "()")]
    terms: list[Fraction] = []
    sign, product = 1, None
    for node in nodes:
        if node.tag == "mo":
            assert node.text in ("+", "\N{MINUS SIGN}"), node.text
            if product is not None:
                terms.append(sign * product)
            sign, product = (1 if node.text == "+" else -1), None
        else:
            product = value(node) * (1 if product is None else product)
    assert product is not None
    return sum(terms, sign * product)


x, y, z = sp.symbols("x y z")
ARITHMETIC = (
    x + y * z,
    -x / (y + 3),
    (x - y) ** 2 / (2 * z),
    3 * x**2 * (y - 1) / (z**3 * (x + y)),
    x / y - (z + 1) * (x - 2) ** 3,
    (x / (y + 1) + z / 7) / (x - y / (z + 2)),
    5 * (x + (y - (z + 1) ** 2) / 4) ** 2,
)


@pytest.mark.parametrize("expression", ARITHMETIC, ids=str)
def test_a_formula_has_the_value_of_its_expression(expression: sp.Expr) -> None:
    """Read back from the page, fraction by fraction and power by power."""
    found = value(tree(math(sp.latex(expression))))
    at = {s: ord(s.name) for s in expression.free_symbols}
    assert found == Fraction(str(sp.nsimplify(expression.subs(at))))


@pytest.mark.parametrize("subject", claims(), ids=lambda c: f"{c.key}-{c.edition}")
def test_every_number_of_a_statement_is_typeset_once(subject: Claim) -> None:
    """No coefficient, exponent or index is lost, joined to another or repeated."""
    for line in lines(subject):
        html = tree(formula(line))
        shown = sorted(n.text or "" for n in html.iter("mn"))
        assert shown == sorted(re.findall(r"\d+", " ".join(line.latex())))


def test_signs_between_pieces_are_infix() -> None:
    """A piece that begins with a sign goes on from the one before, and has room on both sides."""
    shown = tree(pieces(["a", r"\le b", "+c", "-d"], label="l"))
    first = [next(m.iter("mo"), None) for m in shown]
    assert [(None if m is None else (m.text, m.get("form"))) for m in first] == [
        None,
        ("≤", "infix"),
        ("+", "infix"),
        ("\N{MINUS SIGN}", "infix"),
    ]


def test_a_label_and_text_are_escaped() -> None:
    """What is less than something does not open an element."""
    shown = tree(pieces([r"a < b \text{ if } c"], label='"<script>'))
    assert shown.get("aria-label") == '"<script>'
    assert "<" in [n.text for n in shown.iter("mo")]
    assert [n.tag for n in shown.iter() if n.tag.startswith("s")] == []


def test_long_assumptions_break_where_they_can() -> None:
    """After a gap, and before a relation; brackets are not mistaken for one."""
    for one in ASSUMPTION_TABLE.values():
        shown = tree(broken(one.latex, label=one.statement))
        relations = len(re.findall(r"\\[lg]e(?![a-z])", one.latex))
        assert len(shown) == 1 + relations + one.latex.count(r"\quad")
    assert len(tree(broken(r"\left(a\right) \le b", label=""))) == 2


def test_the_font_has_every_sign() -> None:
    """Letters in italics, Greek, brackets, sums: no box where a sign should be."""
    font = TTFont(HERE / "assets" / "math.woff")
    assert "MATH" in font
    known = set(font.getBestCmap())
    latex = [piece for c in claims() for line in lines(c) for piece in line.latex()]
    latex += [entry.latex for entry in NOTATION.values()]
    latex += [assumption.latex for assumption in ASSUMPTION_TABLE.values()]
    for node in (n for text in dict.fromkeys(latex) for n in tree(math(text)).iter()):
        letters = node.text or ""
        assert {ord(letter) for letter in letters if not letter.isspace()} <= known, letters
        if node.tag == "mi" and len(letters) == 1 and letters.isalpha():
            assert ord(italic(letters)) in known, letters


def italic(letter: str) -> str:
    """The letter a browser shows for a one-letter identifier."""
    if letter == "h":
        return "\N{PLANCK CONSTANT}"
    kind = "CAPITAL" if letter.isupper() else "SMALL"
    name = unicodedata.name(letter)
    if name.startswith("LATIN") and len(name.split()) == 4:
        return unicodedata.lookup(f"MATHEMATICAL ITALIC {kind} {letter.upper()}")
    if name.startswith("GREEK") and len(name.split()) == 4:
        return unicodedata.lookup(f"MATHEMATICAL ITALIC {kind} {name.split()[-1]}")
    return letter
