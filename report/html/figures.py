"""Figures of `paper_figures` inside the page: SVG whose text is text and whose ids are its own."""

import io
from collections.abc import Sequence
from xml.etree import ElementTree

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.figure import Figure

from report.html.blocks import Picture, Row, csv_text


def picture(
    figure: Figure, *, id: str, caption: str, alt: str, columns: Sequence[str], rows: Sequence[Row]
) -> Picture:
    """A figure with the rows it was drawn from; `alt` says what is seen, in a sentence or two."""
    svg = inline_svg(figure, prefix=id, alt=alt)
    return Picture(id, caption, alt, svg, csv_text(columns, rows))


def inline_svg(figure: Figure, *, prefix: str, alt: str) -> Markup:
    """The figure as an `svg` element for a page: no ids of others, no metadata, text as text."""
    file = io.BytesIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "hdo"}):
        figure.savefig(file, format="svg", metadata={"Date": None})
    root = ElementTree.fromstring(file.getvalue())
    for parent in root.iter():
        for child in [c for c in parent if _local(c.tag) == "metadata"]:
            parent.remove(child)
    for element in root.iter():
        element.tag = _local(element.tag)
        element.attrib = {
            _local(name): _own(value, name=_local(name), prefix=prefix)
            for name, value in element.attrib.items()
        }
    width = float(root.attrib.pop("width").removesuffix("pt"))
    root.attrib.pop("height")
    root.attrib |= {"role": "img", "aria-label": alt, "style": f"--width: {width:g}pt"}
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _own(value: str, *, name: str, prefix: str) -> str:
    """An attribute with the ids it gives or points to made this figure's own."""
    if name == "id":
        return f"{prefix}-{value}"
    if name == "href" and value.startswith("#"):
        return f"#{prefix}-{value[1:]}"
    return value.replace("url(#", f"url(#{prefix}-")
