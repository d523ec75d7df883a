"""Templates: everything that comes from data is escaped unless it is Markup already."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from report.html.badges import badge
from report.html.blocks import Picture, Table, Text, data_uri, number_cell
from report.html.families import anchor
from report.html.mathml import broken, math

HERE = Path(__file__).parent


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"math": math, "broken": broken, "number": number_cell, "badge": badge}
    made.globals |= {"data_uri": data_uri, "anchor": anchor}
    made.tests |= {
        "table": lambda block: isinstance(block, Table),
        "picture": lambda block: isinstance(block, Picture),
        "text": lambda block: isinstance(block, Text),
    }
    return made


def render(template: str, **values: Any) -> Markup:
    """A template of `templates/` filled in."""
    return Markup(_environment().get_template(f"{template}.j2").render(**values))


def asset(name: str) -> str:
    """A text file of `assets/`."""
    return (HERE / "assets" / name).read_text(encoding="utf-8")
