"""The HTML report: sections, each from one stored file or from the objects, in one page.

`SECTIONS` is the registry; a section is made of tables, pictures and text.
"""

from report.html.blocks import Column, Picture, Table, Text
from report.html.figures import picture
from report.html.page import write_report
from report.html.section import Section, rows_section
from report.html.sections import SECTIONS

__all__ = [
    "SECTIONS",
    "Column",
    "Picture",
    "Section",
    "Table",
    "Text",
    "picture",
    "rows_section",
    "write_report",
]
