"""LaTeX as MathML, which browsers typeset without a script."""

import html
import re
from collections.abc import Iterable
from functools import lru_cache
from xml.etree import ElementTree

from latex2mathml.converter import convert_to_element
from markupsafe import Markup

from theory.render_parts import Line

FITS = 26
"""A piece wider than this, in characters, may have to be scrolled on a phone."""

_KEPT = {"display", "displaystyle", "form", "lspace", "rspace", "mathvariant", "stretchy", "width"}
_INFIX = {"+", "\N{MINUS SIGN}", "≤", "≥", "=", "<", ">"}


def math(latex: str) -> Markup:
    """Mathematics in a line of text."""
    return Markup(_converted(latex, False))


def formula(line: Line, *, label: str = "") -> Markup:
    """A displayed formula: pieces between which a line may break.

    `label` is for those who cannot see it; without one it is the LaTeX.
    """
    found = line.latex()
    return pieces(found, label=label or " ".join(found), wide=line.width > FITS)


def broken(latex: str, *, label: str) -> Markup:
    """The same for LaTeX in one piece: it breaks after `\\quad` and before a relation."""
    found = re.split(r"\\quad|(?=\\[lg]e(?![a-z]))", latex)
    return pieces([part for part in found if part.strip()], label=label, wide=True)


def pieces(latex: Iterable[str], *, label: str, wide: bool = False) -> Markup:
    """The same from LaTeX; a `wide` one can be scrolled with the keyboard."""
    shown = Markup(" ").join(Markup(_converted(text, True)) for text in latex)
    focus = Markup(' tabindex="0"') if wide else ""
    return Markup('<div class="formula" role="group" aria-label="{}"{}>{}</div>').format(
        label, focus, shown
    )


@lru_cache(maxsize=4096)
def _converted(latex: str, displayed: bool) -> str:
    root = convert_to_element(latex)
    for element in root.iter():
        element.text = html.unescape(element.text) if element.text else element.text
    _tidy(root)
    root.attrib = {"displaystyle": "true"} if displayed else {}
    if displayed:
        _join(root)
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=False)


def _tidy(parent: ElementTree.Element) -> None:
    """Drop boxes around single things, and attributes that say what is the default."""
    for index, child in enumerate(parent):
        while child.tag == "mrow" and len(child) == 1:
            child = child[0]
            parent[index] = child
        child.attrib = {k: v for k, v in child.attrib.items() if k in _KEPT}
        _tidy(child)


def _join(root: ElementTree.Element) -> None:
    """A piece that begins with a sign continues the one before: the sign stands between the two."""
    row = root[0] if len(root) == 1 and root[0].tag == "mrow" else root
    first = row[0] if len(row) else row
    if first.tag == "mo" and first.text in _INFIX:
        first.set("form", "infix")
