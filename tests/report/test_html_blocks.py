"""Tables as HTML, CSV and LaTeX, pictures as SVG: what a new section is made of."""

import csv
import io
import re
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from html_page import Node, parsed
from markupsafe import Markup
from matplotlib.figure import Figure
from pylatexenc.latexwalker import LatexWalker
from records import RECORDS, SOURCE

from experiments import Schema, read_rows, write_rows
from experiments.schemas import VERDICTS
from report.html import Column, Picture, Section, Table, Text, picture, rows_section, write_report
from report.html.blocks import data_uri, number_cell, shown
from report.html.page import page
from report.html.section import show

ROWS = Schema("made-up", {"name": "text", "value": "number", "count": "integer", "good": "flag"})
AWKWARD = "50 % of a_b & {c} \\ #1 ^ ~ $x$ <y>"
STORED: list[dict[str, Any]] = [
    {"name": AWKWARD, "value": 1.2345678901234567e-05, "count": 3, "good": True},
    {"name": 'plain, "quoted"\nnext', "value": float("inf"), "count": -4, "good": False},
    {"name": None, "value": None, "count": None, "good": None},
]
COLUMNS = (
    Column("name", "name & title", width=0.5),
    Column("value", "value", "number"),
    Column("count", "count", "number"),
    Column("good", "good"),
)
TABLE = Table("made-up", "All of it, 100 %.", COLUMNS, STORED)


def drawn() -> Figure:
    """A small figure with text, mathematics, a clip path and two lines."""
    figure = Figure(figsize=(4, 3))
    axes = figure.subplots()
    axes.plot([1, 2], [3, 4], label="words & <signs>")
    axes.plot([1, 2], [4, 3], label=r"$\Gamma_t$")
    axes.set(xlabel="interactions t", title="Title of it")
    axes.legend()
    return figure


def sections(folder: Path) -> tuple[Section, ...]:
    """A section as another module would register it: one table, the same picture twice."""

    def blocks(rows: list[dict[str, Any]]) -> list[Table | Picture]:
        pictures = [
            picture(drawn(), id=id, caption="C", alt="A & B", columns=["count"], rows=rows)
            for id in ("first", "second")
        ]
        return [Table("made-up", "All of it, 100 %.", COLUMNS, rows), *pictures]

    return (
        rows_section(
            id="new", title="New", file="new.parquet", schema=ROWS, blocks=blocks, made_by="hdo new"
        ),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the made-up rows and a report of them alone."""
    made = tmp_path_factory.mktemp("new")
    write_rows(made / "new.parquet", STORED, schema=ROWS, source=SOURCE)
    write_report(made, sections=sections(made))
    return made


@pytest.fixture(scope="module")
def tree(folder: Path) -> Node:
    """Its page."""
    return parsed((folder / "report.html").read_text(encoding="utf-8"))


def downloads(tree: Node) -> dict[str, str]:
    """The files inside the page by name."""
    found = {}
    for link in (n for n in tree.all("a") if "download" in n.attributes):
        head, _, data = link.attributes["href"].partition(",")
        assert head.endswith(";base64")
        found[link.attributes["download"]] = b64decode(data).decode()
    return found


def test_a_section_from_rows_takes_a_few_lines(tree: Node, tmp_path: Path) -> None:
    """With rows it shows them; without the file it says which command makes it."""
    assert len(tree.by_id("table-made-up").all("tbody")[0].all("tr")) == len(STORED)
    empty = parsed(page([show(section, tmp_path) for section in sections(tmp_path)]))
    assert "hdo new makes it" in empty.by_id("new").words


def test_csv_holds_every_value_in_full(folder: Path, tree: Node) -> None:
    """In the page and beside it, equal to what is stored."""
    beside = (folder / "tables" / "made-up.csv").read_bytes().decode()
    assert downloads(tree)["made-up.csv"] == beside == TABLE.csv()
    read = list(csv.DictReader(io.StringIO(beside, newline="")))
    for line, row in zip(read, STORED, strict=True):
        assert line["name"] == (row["name"] or "")
        assert (float(line["value"]) if line["value"] else None) == row["value"]
        assert (int(line["count"]) if line["count"] else None) == row["count"]


def latex_errors(text: str) -> list[str]:
    """What a strict parser finds wrong; environments and braces that do not match."""
    try:
        LatexWalker(text, tolerant_parsing=False).get_latex_nodes()
    except Exception as error:  # whatever the parser raises is an error of the text
        return [str(error)]
    return []


def test_latex_is_a_booktabs_table(folder: Path) -> None:
    """It parses, has the rules, a row a row, and as many cells as columns."""
    text = (folder / "tables" / "made-up.tex").read_text(encoding="utf-8")
    assert text == TABLE.latex()
    assert latex_errors(text) == []
    assert all(rule in text for rule in (r"\toprule", r"\midrule", r"\bottomrule"))
    body = text.split(r"\bottomrule \endfoot")[1].split(r"\end{longtable}")[0]
    lines = re.split(r"\\\\\n", body.strip() + "\n")[:-1]
    assert len(lines) == len(STORED)
    for line in lines:
        assert len(re.findall(r"(?<!\\)&", line)) == len(COLUMNS) - 1
    assert r"$1.235\cdot10^{-5}$" in body
    assert r"$\infty$" in body
    assert r"50 \% of a\_b \& \{c\}" in body
    assert latex_errors(text.replace(r"\}", "}")) != []


def test_the_report_writes_latex_that_parses(report_folder: Path) -> None:
    """Verdicts, errata and every other table."""
    files = sorted((report_folder / "tables").glob("*.tex"))
    assert {"verdicts.tex", "errata.tex"} <= {path.name for path in files}
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert latex_errors(text) == [], path.name
        assert path.with_suffix(".csv").exists()


def test_the_verdicts_as_csv_are_those_stored(report_folder: Path) -> None:
    """Claim, edition, verdict and ratio of each row, in order."""
    stored = read_rows(report_folder / "verdicts.parquet", schema=VERDICTS)
    text = (report_folder / "tables" / "verdicts.csv").read_bytes().decode()
    read = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(read) == len(RECORDS)
    for line, row in zip(read, stored, strict=True):
        for name in ("claim", "edition", "verdict", "evidence"):
            assert line[name] == row[name]
        assert (float(line["worst_ratio"]) if line["worst_ratio"] else None) == row["worst_ratio"]


def test_a_picture_keeps_its_text_and_has_its_own_ids(tree: Node) -> None:
    """Twice the same figure in one page: no id twice, each reference to its own."""
    ids = [n.attributes["id"] for n in tree.walk() if "id" in n.attributes]
    assert len(ids) == len(set(ids))
    for id in ("first", "second"):
        (svg,) = tree.by_id(f"figure-{id}").all("svg")
        assert svg.attributes["aria-label"] == "A & B"
        assert {"interactions t", "Title of it", "words & <signs>"} <= {
            n.words for n in svg.all("text")
        }
        inner = [n.attributes["id"] for n in svg.walk() if "id" in n.attributes]
        assert inner
        assert all(name.startswith(f"{id}-") for name in inner)
        values = " ".join(v for n in svg.walk() for v in n.attributes.values())
        clips = re.findall(r"url\(#([^)]+)\)", values)
        uses = [n.attributes["href"] for n in svg.walk() if "href" in n.attributes]
        assert clips
        assert set(clips) | {use[1:] for use in uses} <= set(inner)
        assert svg.all("metadata") == []
        assert "http" not in values
        assert downloads(tree)[f"{id}.csv"] == 'count\n3\n-4\n""\n'


def test_numbers_are_rounded_to_see_and_whole_for_programs() -> None:
    """What is nearly 1 is not shown as 1."""
    assert number_cell(0.123456789) == Markup('<data value="0.123456789">0.1235</data>')
    assert number_cell(7) == Markup('<data value="7">7</data>')
    assert shown(1 - 3e-9) == "1 - 3e-09"
    assert shown(1 + 3e-9) == "1 + 3e-09"
    assert shown(1.0) == "1"
    assert shown(float("inf")) == "∞"
    assert number_cell(None) == Markup("\N{EN DASH}")


def test_cells_escape_what_is_not_markup() -> None:
    """A value is text; only `show` makes HTML."""
    row = {"name": "<b>"}
    assert Column("name", "n").cell(row) == "&lt;b&gt;"
    assert Column("name", "n", "code").cell(row) == "<code>&lt;b&gt;</code>"
    assert Column("name", "n", show=lambda r: Markup("<i>x</i>")).cell(row) == "<i>x</i>"
    assert data_uri("ä,b", kind="text/csv").startswith("data:text/csv;charset=utf-8;base64,")
    assert Text(Markup("<p></p>")).html == "<p></p>"
