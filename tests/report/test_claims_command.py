"""`hdo claims` shows every claim as it is in theory, in each form."""

import re

import pytest
from command_line import hdo

from report.claim_pages import to_dot, to_tree
from theory import claims, dependency_graph, hypotheses, latex, name_of, plain, used_by

KEYS = {"claim", "edition", "statement", "latex", "hypotheses", "depends_on", "source"}


def test_json_lists_every_claim_with_its_contract_keys(capsys: pytest.CaptureFixture[str]) -> None:
    """One record a claim and edition, in the paper's order, nothing else on standard output."""
    answer = hdo(capsys, "claims", "--json", "-")
    assert answer.code == 0
    assert [set(record) for record in answer.json] == [KEYS] * len(claims())
    for record, subject in zip(answer.json, claims(), strict=True):
        assert (record["claim"], record["edition"]) == (subject.key, subject.edition)
        assert record["statement"] == plain(subject)
        assert record["latex"] == latex(subject)
        assert record["hypotheses"] == hypotheses(subject)
        assert record["depends_on"] == list(subject.depends_on)
        assert record["source"] == list(subject.source)


@pytest.mark.parametrize("edition", sorted({c.edition for c in claims()}))
def test_an_edition_can_be_chosen(capsys: pytest.CaptureFixture[str], edition: str) -> None:
    """Only its claims are listed."""
    records = hdo(capsys, "claims", "--edition", edition, "--json", "-").json
    assert [record["claim"] for record in records] == [c.key for c in claims(edition)]


def test_the_table_has_every_statement_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """Piped, a line a claim, however long its statement; with --latex in LaTeX."""
    lines = hdo(capsys, "claims").out.splitlines()
    formulas = hdo(capsys, "claims", "--latex").out
    for subject in claims():
        start, end = f"{subject.key} ", plain(subject)
        assert any(line.startswith(start) and line.endswith(end) for line in lines)
        assert latex(subject) in formulas


def test_one_claim_is_shown_with_all_that_belongs_to_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Statement, hypotheses, sources, what it rests on, and the meaning of each symbol."""
    for subject in claims():
        page = hdo(capsys, "claims", subject.key, "--edition", subject.edition).out
        for part in (subject.title, plain(subject), *hypotheses(subject), *subject.source):
            assert part in page
        for used in subject.free_symbols:
            assert re.search(rf"^{used.name} ", page, flags=re.MULTILINE)
        for below in map(name_of, used_by(subject)):
            assert re.search(rf"^ +{re.escape(below)}", page, flags=re.MULTILINE)


def test_an_unknown_key_is_answered_with_close_ones(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2 and one sentence."""
    answer = hdo(capsys, "claims", "lemma-133")
    assert (answer.code, answer.out) == (2, "")
    assert "'lemma-133'" in answer.err
    assert "lemma-13" in answer.err
    assert answer.err.count("\n") == 1


def test_the_graph_has_an_arrow_for_each_dependency(capsys: pytest.CaptureFixture[str]) -> None:
    """DOT with every claim as a node and nothing else on standard output."""
    dot = hdo(capsys, "claims", "--graph").out
    graph = dependency_graph()
    arrows = {(key, below) for key, keys in graph.items() for below in keys}
    assert set(re.findall(r'"([^"]+)" -> "([^"]+)";', dot)) == arrows
    assert set(re.findall(r'^  "([^"]+)";$', dot, flags=re.MULTILINE)) == set(graph)
    assert dot.startswith("digraph")
    assert dot.endswith("}\n")


def test_the_graph_of_one_claim_is_what_it_rests_on(capsys: pytest.CaptureFixture[str]) -> None:
    """Lemma 13 rests on 9 and 10 and what these use; Lemma 2 on nothing (paper, appendix)."""
    dot = hdo(capsys, "claims", "lemma-13", "--graph").out
    nodes = set(re.findall(r'^  "([^"]+)";$', dot, flags=re.MULTILINE))
    assert nodes >= {"lemma-13", "lemma-9", "lemma-10", "lemma-8", "lemma-5.7"}
    assert nodes.isdisjoint({"lemma-2", "lemma-11", "theorem-1.1"})
    assert "->" not in hdo(capsys, "claims", "lemma-2", "--graph").out


def test_a_tree_shows_each_branch_once() -> None:
    """A branch met again is cut short with a remark; a leaf is just repeated."""
    graph = {"top": ("left", "right"), "left": ("low",), "right": ("left", "low"), "low": ()}
    assert to_tree(graph).splitlines() == [
        "  top",
        "    left",
        "      low",
        "    right",
        "      left (as above)",
        "      low",
    ]
    assert to_dot({"a": ()}).splitlines()[3] == '  "a";'
