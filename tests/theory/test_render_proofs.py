"""Statements and proofs as LaTeX documents that parse."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from pylatexenc.latexwalker import LatexMacroNode, LatexWalker

from theory import claim, claims
from theory.proofs.axioms import AXIOMS
from theory.published.proofs import proofs as published
from theory.render import latex
from theory.render_proofs import document, escaped, formula
from theory.repaired.proofs import proofs as repaired
from theory.sharp import proofs as sharp

PROOFS = {(p.key, p.edition): p for p in (*published(), *repaired(), *sharp())}
WHOLE = document(*((c, PROOFS.get((c.key, c.edition))) for c in claims()))
_KNOWN = r"""Gamma Sigma alpha bar bigl bigr cdot displaystyle documentclass dots ell eta frac
gamma ge geq hfill in item langle le left leq log mathrm mu nabla nu paragraph parindent quad
raggedright rangle rho right section setlength sigma sloppy sqrt square sum text textbf textstyle
tfrac top usepackage varphi varsigma xi _ ^ | & % $ # { }"""
MACROS = {*_KNOWN.split(), " "}
"""Of LaTeX, amsmath and amssymb; all documents were compiled with them (docs/proofs.md)."""


def macros(nodes: Iterable[Any]) -> Iterator[str]:
    """The names of all macros below these nodes."""
    for node in nodes:
        if isinstance(node, LatexMacroNode):
            yield node.macroname
        arguments = getattr(node, "nodeargd", None)
        if arguments is not None and arguments.argnlist:
            yield from macros(n for n in arguments.argnlist if n is not None)
        yield from macros(getattr(node, "nodelist", None) or ())


def test_every_statement_and_proof_is_well_formed_latex() -> None:
    """A strict parser accepts braces, environments and mathematics, and every macro is known."""
    nodes, _, length = LatexWalker(WHOLE, tolerant_parsing=False).get_latex_nodes()
    assert length == len(WHOLE)
    assert set(macros(nodes)) <= MACROS


def test_a_broken_document_is_seen() -> None:
    """The parser is strict."""
    with pytest.raises(Exception, match="(?i)unexpected|mismatch|expected"):
        LatexWalker(WHOLE.replace("}", "", 1), tolerant_parsing=False).get_latex_nodes()


@pytest.mark.parametrize("name", PROOFS, ids=lambda name: "-".join(name))
def test_a_proof_shows_every_multiplier_and_source(name: tuple[str, str]) -> None:
    """Nothing that the checker reads is left out."""
    proof = PROOFS[name]
    text = document((claim(*name), proof))
    assert latex(claim(*name)) in text
    for step in proof.steps:
        assert rf"\textbf{{{escaped(step.label)}.}}" in text
        assert formula(step.larger) in text
        for multiplier, _ in step.using:
            assert formula(multiplier) in text
    assert text.count(r"\ge 0$ times") == sum(len(step.using) for step in proof.steps)


def test_a_claim_without_a_proof_says_so() -> None:
    """As Lemma 13 as printed."""
    assert "None is on record." in document((claim("lemma-13", "published"), None))


def test_axioms_that_hold_for_one_group_name_it() -> None:
    """A sum over N_0 is not one over N_1."""
    texts = [formula(AXIOMS["lipschitz"](group).expression) for group in (0, 1)]
    assert [(r"\sum_{N_0}" in t, r"\sum_{N_1}" in t) for t in texts] == [
        (True, False),
        (False, True),
    ]
