"""Claims, their notation and their evaluation."""

import ast
import math
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import sympy as sp

import theory
from theory.errata import errata, steps
from verify.balls import Ball

ROOM = Path(theory.__file__).parent
PUBLISHED = [
    *(f"lemma-1.{i}" for i in range(1, 6)),
    *("lemma-2", "lemma-3", "lemma-5.6", "lemma-5.7"),
    *(f"lemma-{i}" for i in range(8, 21)),
    *("theorem-1.1", "theorem-1.2"),
]
EVERY = theory.claims()
IDS = [c.key for c in EVERY]


def test_published_keys_are_the_papers_ladder() -> None:
    """Lemmas 1-20 without the two textbook inequalities, and both theorems."""
    assert [c.key for c in theory.claims("published")] == PUBLISHED


def test_every_registered_symbol_is_used_and_every_used_one_registered() -> None:
    """The notation has no stray symbol (a claim refuses an unregistered one itself)."""
    printed = [step.claim for step in steps()]
    cases = [
        c for erratum in errata() for case in erratum.cases for c in (case.printed, case.mended)
    ]
    sides = [s for e in errata() for u in e.units for s in (*u.printed, *u.mended)]
    used = {s.name for c in (*EVERY, *printed, *cases) for s in c.free_symbols}
    used |= {s.name for side in sides for s in side.free_symbols}
    assert used == set(theory.NOTATION)


def test_dependencies_exist_and_have_no_cycle() -> None:
    """Following dependencies ends."""
    graph = theory.dependency_graph()
    assert all(key in graph for keys in graph.values() for key in keys)
    assert all(subject not in theory.ancestors(subject) for subject in theory.claims())


def generic(subject: theory.Claim, salt: int) -> dict[str, Ball]:
    """Values without a pattern, where every power and divisor is defined: n >= 2, eta small."""
    names = sorted(s.name for s in subject.free_symbols)
    values = {name: Ball(3 + salt) + Ball(7 * k + 2).sqrt() / 5 for k, name in enumerate(names)}
    return {**values, "eta": Ball(1 + salt) / 997, "l": Ball(2 + salt) / 31, "T": Ball(5 + salt)}


@pytest.mark.parametrize("subject", EVERY, ids=IDS)
def test_terms_add_up_and_a_twin_changes_one_of_them(subject: theory.Claim) -> None:
    """Terms sum to the right-hand side at generic points; one times 3 adds twice that term."""
    for salt in (0, 1):
        values = generic(subject, salt)
        parts = [Ball(theory.compiled(term)(values)) for term in subject.terms]
        whole = Ball(subject.evaluate("rhs", values))
        scale = sum(map(abs, parts), start=Ball(1))
        assert abs(sum(parts, start=Ball(0)) - whole) < scale * Ball(2) ** -100
        for index, part in enumerate(parts):
            twin = Ball(subject.scaled(index, 3).evaluate("rhs", values))
            assert abs(twin - whole - 2 * part) < scale * Ball(2) ** -100


@pytest.mark.parametrize("subject", EVERY, ids=IDS)
def test_latex_can_be_set_and_names_no_ascii_symbol(subject: theory.Claim) -> None:
    """Braces and delimiters pair up, no script stands on a script, no internal name leaks out."""
    longer = {name for name in theory.NOTATION if len(name) > 1}
    for text in (theory.latex(subject), *theory.latex_hypotheses(subject)):
        assert text.count("{") == text.count("}")
        assert text.count(r"\left") == text.count(r"\right")
        assert not re.search(r"\^\w\^|\^\{[^{}]*\}\^", text)
        assert not set(re.findall(r"(?<![\\\w])\w+", text)) & longer


def test_a_claim_that_is_printed_with_a_fraction_shows_it() -> None:
    """Lemma 12 is evaluated as 10 l eta <= 1, which allows l = 0, and printed as in the paper."""
    subject = theory.claim("lemma-12")
    (condition,) = subject.conditions
    assert sp.sstr(condition) == "10*eta*l <= 1"
    assert "eta <= 1/(10*l)" in theory.hypotheses(subject)
    assert r"\eta \leq \frac{1}{10 \ell}" in theory.latex_hypotheses(subject)


def test_a_twin_of_d1_changes_it_on_both_sides() -> None:
    """With D1's term 4 eta/n doubled, D1 grows by 4 eta/n wherever Theorem 1.1 divides by it."""
    subject = theory.claim("theorem-1.1")
    eta, n = theory.symbol("eta"), theory.symbol("n")
    index = [term for _, term in subject.divisor_terms].index(4 * eta / n)
    values = {s.name: 0.01 for s in subject.free_symbols} | {"n": 3.0, "T": 4.0, "d": 2.0}
    no_noise = values | {"f_y_gap": 0.0, "S_Z": 0.0, "S_F": 0.0, "n0": 0.0, "n1": 0.0}
    d1 = sp.lambdify(sorted(subject.free_symbols, key=str), subject.divisor_terms[0][0])(
        **{s.name: no_noise[s.name] for s in subject.free_symbols}
    )
    twin = subject.scaled_divisor(index, 2)
    for side in ("lhs", "rhs"):
        ratio = subject.evaluate(side, no_noise) / twin.evaluate(side, no_noise)
        assert math.isclose(ratio, (d1 + 4 * 0.01 / 3) / d1, rel_tol=1e-12)
    assert twin.conditions == subject.conditions


def test_twins_reach_every_coefficient_of_a_divisor() -> None:
    """The terms of each divisor add up to it."""
    for subject in EVERY:
        for total in {total for total, _ in subject.divisor_terms}:
            parts = [term for of, term in subject.divisor_terms if of == total]
            assert sp.expand(sp.Add(*parts) - total) == 0
    assert [c.key for c in theory.claims("published") if c.divisor_terms] == ["theorem-1.1"]


def test_a_factor_is_taken_as_written_and_an_index_must_exist() -> None:
    """0.9999999999 is not rounded to 1, and -1 is not the last term."""
    subject = theory.claim("lemma-14")
    assert subject.scaled(0, 0.9999999999).rhs == sp.Rational("0.9999999999") * subject.rhs
    for index in (-1, 1):
        with pytest.raises(IndexError, match="index must be >= 0 and < 1"):
            subject.scaled(index, 2)


def test_registries_cannot_be_changed() -> None:
    """Notation and assumptions are the same for everyone."""
    for registry in (theory.NOTATION, theory.ASSUMPTION_TABLE):
        with pytest.raises(TypeError):
            registry["L"] = None  # type: ignore[index]


def test_an_assumption_that_is_not_read_as_printed_says_how_and_why() -> None:
    """A2's second half and A4 lack the square; the hypotheses show statement and reading."""
    changed = {key for key, found in theory.ASSUMPTION_TABLE.items() if found.read_as}
    assert changed == {"A2", "A4"}
    assert all(bool(a.read_as) == bool(a.note) for a in theory.ASSUMPTION_TABLE.values())
    (line,) = (h for h in theory.hypotheses(theory.claim("lemma-3")) if h.startswith("A4"))
    assert "grad f^i(x)|| <= s_i^2 (read as: " in line
    assert "grad f^i(x)||^2 <= s_i^2)" in line


def test_lemma_12_inherits_the_step_limit_of_lemma_11() -> None:
    """Printed is eta <= 1/(10 l) alone; the proof unrolls Lemma 11."""
    subject = theory.claim("lemma-12")
    assert "lemma-11" in [key for key, _ in theory.inherited_conditions(subject)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"edition": "draft"}, "edition must be one of"),
        ({"assumptions": frozenset({"A9"})}, "assumptions must be among"),
        ({"relation": "<"}, "relation must be"),
        ({"scope": "steps"}, "scope must be one of"),
        ({"estimator": "one-point"}, "estimator must be one of"),
        ({"kind": "bound"}, "kind must be one of"),
        ({"interaction": "ring"}, "interaction must be one of"),
        ({"conditions": (sp.true,)}, "must be a sympy relation"),
        ({"ties": ((sp.Integer(1), sp.Integer(1)),)}, "a tie must fix a symbol"),
        ({"conditions": (sp.Symbol("eta"),)}, "must be a sympy relation"),
        ({"rhs": sp.Symbol("eta")}, "not in the notation"),
    ],
)
def test_a_malformed_claim_is_refused(change: dict[str, object], message: str) -> None:
    """Each refusal names the claim and what is allowed."""
    with pytest.raises(ValueError, match=message):
        replace(theory.claim("lemma-2"), **change)  # type: ignore[arg-type]


def test_an_unknown_key_is_answered_with_close_ones() -> None:
    """lemma-133 is near lemma-13."""
    with pytest.raises(theory.UnknownClaimError, match="lemma-13"):
        theory.claim("lemma-133")


def test_theory_imports_sympy_and_the_standard_library_only() -> None:
    """The room of claims needs no other library and none of our rooms."""
    allowed = {"sympy", "theory", *sys.stdlib_module_names}
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert {name.split(".")[0] for name in names} <= allowed, path
