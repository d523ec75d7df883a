"""What a section of the report is made of: text, tables, pictures; tables and numbers as files."""

import base64
import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from markupsafe import Markup, escape

from report.output import number
from theory.render_proofs import escaped

Row = Mapping[str, Any]

NOTHING = "\N{EN DASH}"
"""Shown where there is no value."""

DIGITS = 4
"""Significant digits of a number that is shown; files hold all of them."""


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Args:
        name: the key in a row, and the heading in CSV.
        title: the heading for people.
        kind: `text`, `number`, or `code` for what is typed or copied.
        show: HTML for a whole row's cell, in place of the value.
        width: share of the line in LaTeX, for text that folds; 0 is as wide as its content.
    """

    name: str
    title: str
    kind: Literal["text", "number", "code"] = "text"
    show: Callable[[Row], Markup] | None = None
    width: float = 0.0

    def cell(self, row: Row) -> Markup:
        """The value as HTML."""
        if self.show is not None:
            return self.show(row)
        value = row[self.name]
        if self.kind == "number":
            return number_cell(value)
        text = plain(value)
        return Markup("<code>{}</code>").format(text) if self.kind == "code" else escape(text)


@dataclass(frozen=True)
class Table:
    """Rows for people (HTML), for programs (CSV) and for an appendix (LaTeX, booktabs).

    `id` is its anchor in the page and the name of its files; `caption` is a sentence.
    """

    id: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]

    def csv(self) -> str:
        """Every value in full, one line a row."""
        return csv_text([column.name for column in self.columns], self.rows)

    def latex(self) -> str:
        r"""A `longtable` with booktabs rules, to be read in by `\input`."""
        layout = "".join(map(_layout, self.columns))
        head = " & ".join(escaped(column.title) for column in self.columns)
        lines = (
            r"% needs \usepackage{booktabs,longtable,array}",
            rf"\begin{{longtable}}{{{layout}}}",
            rf"\caption{{{escaped(self.caption)}}}\label{{tab:{self.id}}}\\",
            rf"\toprule {head} \\ \midrule \endfirsthead",
            rf"\toprule {head} \\ \midrule \endhead",
            r"\bottomrule \endfoot",
            *(" & ".join(_latex_cell(c, row) for c in self.columns) + r" \\" for row in self.rows),
            r"\end{longtable}",
        )
        return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Picture:
    """A figure as inline SVG, what it shows in words, and the numbers in it as CSV."""

    id: str
    caption: str
    alt: str
    svg: Markup
    csv: str


@dataclass(frozen=True)
class Text:
    """Ready HTML."""

    html: Markup


Block = Table | Picture | Text


def csv_text(names: Sequence[str], rows: Iterable[Row]) -> str:
    """CSV with a header; numbers with all their digits, nothing where there is none."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([row[name] for name in names] for row in rows)
    return file.getvalue()


def data_uri(text: str, *, kind: str) -> str:
    """A file inside the page, as the target of a link."""
    encoded = base64.b64encode(text.encode()).decode("ascii")
    return f"data:{kind};charset=utf-8;base64,{encoded}"


def plain(value: Any) -> str:
    """A value for people: a dash where there is none, yes or no, numbers rounded."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    return shown(value) if isinstance(value, float) else str(value)


def shown(value: float, digits: int = DIGITS) -> str:
    """A number for people; what is nearly 1 as `1 - 3e-09`."""
    text = number(value, digits).replace("inf", "∞")
    return re.sub(r"^1(?=[-+]\d+e)", "1 ", text).replace("1 -", "1 - ").replace("1 +", "1 + ")


def number_cell(value: float | int | None, digits: int = DIGITS) -> Markup:
    """A number as HTML: rounded to see, in full for programs."""
    if value is None:
        return Markup(NOTHING)
    text = str(value) if isinstance(value, int) else shown(value, digits)
    return Markup('<data value="{}">{}</data>').format(repr(value), text)


def _layout(column: Column) -> str:
    if column.width:
        return rf">{{\raggedright\arraybackslash}}p{{{column.width}\linewidth}}"
    return "r" if column.kind == "number" else "l"


def _latex_cell(column: Column, row: Row) -> str:
    text = plain(row[column.name])
    if column.kind == "number":
        return _latex_number(text)
    return rf"\texttt{{{escaped(text)}}}" if column.kind == "code" else _dashes(escaped(text))


def _latex_number(text: str) -> str:
    """`1.2e-05` as a power of ten; a dash where there is no number."""
    powers = re.sub(r"(\d)e([-+]?)0*(\d+)", _power, text)
    return _dashes(text) if text == NOTHING else f"${powers.replace('∞', chr(92) + 'infty')}$"


def _power(found: re.Match[str]) -> str:
    mantissa, sign, exponent = found.groups()
    return rf"{mantissa}\cdot10^{{{sign.replace('+', '')}{exponent}}}"


def _dashes(text: str) -> str:
    return text.replace(NOTHING, "--")
