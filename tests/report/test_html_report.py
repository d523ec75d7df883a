"""The report says what is stored, all of it, and nothing else; it asks the network for nothing."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from command_line import hdo
from html_page import Node, parsed
from records import COMMAND, RECORDS, SOURCE, record, store

from experiments import read_rows
from experiments.schemas import VERDICTS
from hdo.errors import InputError
from report.html import SECTIONS, write_report
from report.html.families import anchor
from report.html.page import page
from report.html.section import show
from theory import claims
from theory.errata import errata

LOADS = {"src", "href", "data", "action", "poster", "srcset", "formaction", "background"}


@pytest.fixture(scope="module")
def tree(report_folder: Path) -> Node:
    """The page of the shared report."""
    return parsed((report_folder / "report.html").read_text(encoding="utf-8"))


def only(folder: Path, *ids: str) -> Node:
    """A page of these sections alone."""
    return parsed(page([show(section, folder) for section in SECTIONS if section.id in ids]))


def test_ids_are_unique_and_anchors_resolve(tree: Node) -> None:
    """Every link within the page, and every label, points at one element."""
    ids = [n.attributes["id"] for n in tree.walk() if "id" in n.attributes]
    assert len(ids) == len(set(ids)) > 100
    for node in tree.walk():
        target = node.attributes.get("href", "")
        if target.startswith("#"):
            assert target[1:] in ids, target
        for name in node.attributes.get("aria-labelledby", "").split():
            assert name in ids, name
        for name in re.findall(r"url\(#([^)]+)\)", " ".join(node.attributes.values())):
            assert name in ids, name


def test_the_page_has_a_language_a_title_and_headings_in_order(tree: Node) -> None:
    """One first heading, and no level is left out on the way down."""
    (root,) = tree.all("html")
    assert root.attributes["lang"] == "en"
    assert len(tree.all("title")) == len(tree.all("main")) == len(tree.all("h1")) == 1
    levels = [int(n.tag[1]) for n in tree.walk() if re.fullmatch(r"h[1-6]", n.tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_nothing_is_loaded_from_elsewhere(tree: Node) -> None:
    """What an attribute or a style loads is in the page; a policy forbids the rest."""
    for node in tree.walk():
        assert node.tag not in {"link", "iframe", "object", "embed", "base", "img"}
        for name in LOADS & node.attributes.keys():
            assert node.attributes[name].startswith(("#", "data:")), node.attributes[name][:80]
        styles = node.attributes.get("style", "") + (node.text if node.tag == "style" else "")
        assert all(u.startswith(("data:", "#")) for u in re.findall(r"url\(([^)]*)", styles))
        assert "@import" not in styles
    (policy,) = (n for n in tree.all("meta") if "http-equiv" in n.attributes)
    assert policy.attributes["content"].startswith("default-src 'none';")
    assert "http" not in policy.attributes["content"]


def test_every_claim_and_every_erratum_is_there(tree: Node) -> None:
    """Each with its own place, each claim with a typeset statement, each erratum with its text."""
    for subject in claims():
        card = tree.by_id(anchor(subject.key, subject.edition))
        assert card.all("math"), subject.key
    for entry in errata():
        article = tree.by_id(f"erratum-{entry.id}")
        assert " ".join(entry.published.split()) in article.words
        assert " ".join(entry.corrected.split()) in article.words


def test_numbers_are_those_of_the_records(tree: Node, report_folder: Path) -> None:
    """In the table and on the card, to the last digit; a badge is the verdict that is stored."""
    rows = read_rows(report_folder / "verdicts.parquet", schema=VERDICTS)
    (body,) = tree.by_id("table-verdicts").all("tbody")
    assert len(body.all("tr")) == len(rows) == len(RECORDS)
    for row, line in zip(rows, body.all("tr"), strict=True):
        shown = [n.attributes["value"] for n in line.all("data")]
        ratio = [] if row["worst_ratio"] is None else [repr(row["worst_ratio"])]
        assert shown == [str(row["instances"]), *ratio]
        assert row["verdict"] in line.words
        card = tree.by_id(anchor(row["claim"], row["edition"]))
        assert row["verdict"] in card.words
        assert row["evidence"] in card.words
        assert [n.attributes["value"] for n in card.all("data")][: len(ratio)] == ratio


def test_claims_without_a_verdict_say_so(tree: Node) -> None:
    """Nothing is invented for them."""
    judged = {(r["claim"], r["edition"]) for r in RECORDS}
    for subject in claims():
        card = tree.by_id(anchor(subject.key, subject.edition))
        name = (subject.key, subject.edition)
        assert ("not judged yet" in card.words) == (name not in judged)


def test_a_statement_is_introduced_in_words(tree: Node) -> None:
    """What is bounded, from which side, and every symbol with its meaning."""
    for key, says, meaning in (
        ("lemma-2", "Bounds from above", "E_t Gamma_{t+1}"),
        ("lemma-1.4", "Bounds from above", "||grad f_nu(x) - grad f(x)||"),
    ):
        group = tree.by_id(f"family-{key}")
        introduction = group.all("p")[0].words
        assert introduction.startswith(says)
        assert meaning in introduction
    (symbols,) = tree.by_id("family-lemma-2").all("details", **{"class": "symbols"})
    for meaning in ("number of agents", "step size", "consensus error"):
        assert meaning in symbols.words


def test_a_badge_says_what_decided(tree: Node) -> None:
    """Proof, exact evidence, counterexample, statistics or nothing."""
    expected = {
        "claim-lemma-2-published": "PROVED by a proof, checked exactly",
        "claim-lemma-3-published": "HOLDS by exact evidence, no exception found",
        "claim-lemma-13-published": "REFUTED by an exact counterexample",
        "claim-theorem-1.2-published": "HOLDS by statistics, simulated replicas",
        "claim-lemma-1.1-published": "INCONCLUSIVE by nothing: undecided",
    }
    for place, words in expected.items():
        assert words in tree.by_id(place).words


def test_a_witness_comes_with_its_numbers_and_its_command(tree: Node) -> None:
    """The command is there to the letter, and the condition it breaks is not hidden."""
    card = tree.by_id("claim-lemma-13-published")
    assert COMMAND in [n.text for n in card.all("code")]
    assert {"2.5", "1.25"} <= {n.attributes["value"] for n in card.all("data")}
    assert "breaks a condition of a claim that the proof uses" in card.words


def test_the_summary_counts_the_records(tree: Node) -> None:
    """Names and numbers of the hand-made records, in sentences."""
    text = tree.by_id("summary").words
    for part in (
        "7 statements of the paper were judged: 1 proved for all parameters, "
        "3 not proved, without exception where tried, 2 false, 1 undecided.",
        "False as printed: Lemma 13 and Lemma 20.",
        "Lemma 13: its repaired form is ✓ PROVED",
        "Lemma 20: nothing is judged in its place.",
        "Undecided: Lemma 1, first statement.",
        "1 statement of the edition sharp: 1 proved",
        "on 2 of 4 printed upper bounds that stand, some instance reaches at least 90 %",
        "The loosest is Lemma 12: none of 372 instances reaches more than 4.77 %.",
        f"{len(errata())} mistakes on record",
    ):
        assert part in text
    assert "wrong somewhere" not in text


def test_the_summary_follows_the_records(tmp_path: Path) -> None:
    """Other records, other sentences: a refuted sharp claim is an error of this project."""
    store(
        tmp_path,
        [
            record("lemma-2", "published", "PROVED", ratio=1.0),
            record("distance", "sharp", "REFUTED", ratio=1.5),
        ],
    )
    text = only(tmp_path, "summary").by_id("summary").words
    assert "1 statement of the paper was judged: 1 proved for all parameters." in text
    assert "This project is wrong somewhere: distance must hold and is refuted." in text
    assert "False as printed" not in text
    assert "on 1 of 1 printed upper bound that stand" in text


def test_markup_in_a_record_is_text(tmp_path: Path) -> None:
    """Data cannot become part of the page."""
    bad = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    witness = {"lhs": 1.0, "rhs": 2.0, "command": bad, "instance": {}}
    records = [
        record(bad, "published", "REFUTED", evidence=bad, witness=witness, axioms=[bad]),
        record("lemma-2", "published", bad, evidence=bad, witness=witness, axioms=[bad]),
    ]
    store(tmp_path, records)
    found = only(tmp_path, "verdicts", "statements", "summary")
    assert len(found.all("script")) == 1
    assert found.all("img") == []
    assert "alert(1)" not in found.all("script")[0].text
    assert found.by_id("table-verdicts").words.count(bad) >= 4


def test_missing_data_names_the_command_that_makes_it(tmp_path: Path) -> None:
    """In an empty folder: no verdict, no picture, no provenance, and one sentence each."""
    tree = parsed(write_report(tmp_path).read_text(encoding="utf-8"))
    for id in ("summary", "verdicts", "bounds", "steps", "provenance"):
        text = tree.by_id(id).words
        assert "There is no data for this section in the folder: hdo audit makes it." in text
    assert "No verdicts are stored in the folder: hdo audit makes them." in tree.words
    assert tree.by_id("claim-theorem-1.1-published").all("math")
    assert {path.name for path in (tmp_path / "tables").iterdir()} == {
        f"{name}.{suffix}" for name in ("errata", "notation") for suffix in ("csv", "tex")
    }


@pytest.mark.parametrize("damage", ["cut", "empty", "other columns"])
def test_a_damaged_file_is_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, damage: str
) -> None:
    """It names the file; the report of before stays."""
    store(tmp_path)
    path = tmp_path / "verdicts.parquet"
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-20])
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        path.write_bytes((tmp_path / "runs.parquet").read_bytes())
    (tmp_path / "report.html").write_text("before")
    answer = hdo(capsys, "report", "--out", str(tmp_path))
    assert answer.code == 2
    assert answer.out == ""
    assert re.fullmatch(r"hdo: \S[^\n]*\n", answer.err)
    assert "verdicts.parquet" in answer.err
    assert (tmp_path / "report.html").read_text() == "before"


@pytest.mark.parametrize("witness", [{"lhs": 1}, [1], {"lhs": "x", "rhs": 1, "command": ""}])
def test_a_damaged_witness_names_its_claim(tmp_path: Path, witness: object) -> None:
    """What cannot be shown is not left out."""
    store(tmp_path, [record("lemma-13", "published", "REFUTED", witness=witness)])
    with pytest.raises(InputError, match=r"lemma-13 \(published\)"):
        only(tmp_path, "verdicts")


def test_the_command_answers_with_the_path(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As text and as JSON."""
    from report import html_command

    monkeypatch.setattr(html_command, "write_report", lambda folder: folder / "report.html")
    answer = hdo(capsys, "report", "--out", str(tmp_path))
    assert (answer.code, answer.out) == (0, f"{tmp_path / 'report.html'}\n")
    answer = hdo(capsys, "report", "--out", str(tmp_path), "--json", "-")
    assert answer.json == {"path": str(tmp_path / "report.html")}


def test_provenance_is_that_of_the_rows(tree: Node) -> None:
    """Commit, seed, time, platform, versions, duration and processor."""
    text = tree.by_id("provenance").words
    for part in (
        SOURCE.commit,
        str(SOURCE.seed),
        SOURCE.created,
        SOURCE.platform,
        SOURCE.spec_hash,
        *(f"{name} {version}" for name, version in json.loads(SOURCE.versions).items()),
        "Made Up 9000",
        "verdicts.parquet",
    ):
        assert str(part) in text
    runs = tree.by_id("table-runs").all("data")
    assert [n.attributes["value"] for n in runs] == ["123.456", "2", "3"]


def test_the_printed_steps_are_listed(tree: Node) -> None:
    """With what decided each."""
    (body,) = tree.by_id("table-printed-steps").all("tbody")
    assert [[cell.words for cell in line.all("td")] for line in body.all("tr")] == [
        ["eq-34", "Lemma 13", "✓ PROVED", "exact checker"],
        ["eq-38", "Lemma 13", "✗ REFUTED", "fails on 3"],
    ]


def test_sections_have_their_own_ids() -> None:
    """A table of contents needs them, and each has a title and a command."""
    assert len({s.id for s in SECTIONS}) == len({s.title for s in SECTIONS}) == len(SECTIONS)
    assert all(s.made_by.startswith("hdo ") for s in SECTIONS)
