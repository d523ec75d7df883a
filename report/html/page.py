"""The report: one HTML file that asks the network for nothing, and its tables as files."""

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from experiments.files import replacing, require_folder
from report.html.blocks import Table
from report.html.rendering import HERE, asset, render
from report.html.section import Section, Shown, show
from report.html.sections import SECTIONS

NAME = "report.html"
TABLES = "tables"


def write_report(folder: Path, *, sections: Sequence[Section] = SECTIONS) -> Path:
    """Write `folder`/report.html from what is stored in `folder`, and `folder`/tables; its path.

    Raises:
        InputError: a stored file is there and cannot be used, or nothing can be written.
    """
    shown = [show(section, folder) for section in sections]
    text = page(shown)
    tables = [table for one in shown for table in one.tables]
    require_folder(folder / TABLES, where="--out")
    for table in tables:
        _write_table(table, folder / TABLES)
    path = folder / NAME
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path


def page(shown: Sequence[Shown]) -> str:
    """The page of these sections."""
    script = asset("page.js")
    style = asset("page.css").replace("MATH_FONT", _font())
    return str(
        render(
            "page.html",
            shown=shown,
            style=Markup(style),
            script=Markup(script),
            policy=_policy(script),
        )
    )


def _write_table(table: Table, folder: Path) -> None:
    for suffix, text in (("csv", table.csv()), ("tex", table.latex())):
        with replacing(folder / f"{table.id}.{suffix}") as temporary:
            temporary.write_text(text, encoding="utf-8")


def _font() -> str:
    """The font of formulas, inside the page: few phones and servers have one."""
    data = (HERE / "assets" / "math.woff").read_bytes()
    return f"data:font/woff;base64,{base64.b64encode(data).decode('ascii')}"


def _policy(script: str) -> str:
    """What the page may load: nothing but what is in it."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "font-src data:; img-src data:; base-uri 'none'; form-action 'none'"
    )
