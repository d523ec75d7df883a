"""Claims, their notation and their evaluation."""

import ast
import math
import random
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import flint
import pytest
import sympy as sp

import theory
from theory.evaluate import slack

ROOM = Path(theory.__file__).parent
PUBLISHED = [
    *(f"lemma-1.{i}" for i in range(1, 6)),
    *("lemma-2", "lemma-3", "lemma-5.6", "lemma-5.7"),
    *(f"lemma-{i}" for i in range(8, 21)),
    *("theorem-1.1", "theorem-1.2"),
]
EVERY = theory.claims()
IDS = [c.key for c in EVERY]


def random_values(seed: int) -> dict[str, int | Fraction]:
    """Small rationals for every symbol; d with rational square roots of d + 3 now and then."""
    rng = random.Random(seed)
    values: dict[str, int | Fraction] = {
        name: Fraction(rng.randint(1, 27), rng.randint(2, 9)) for name in theory.NOTATION
    }
    sizes = {"n": rng.randint(3, 9), "n0": rng.randint(1, 4), "n1": rng.randint(1, 4)}
    return values | sizes | {"d": rng.choice([1, 6, 8]), "k": 2, "T": rng.randint(2, 5)}


def _as_floats(values: dict[str, int | Fraction], term: sp.Expr) -> dict[sp.Symbol, float]:
    return {s: float(values[s.name]) for s in term.free_symbols}


def test_published_keys_are_the_papers_ladder() -> None:
    """Lemmas 1-20 without the two textbook inequalities, and both theorems."""
    assert [c.key for c in theory.claims("published")] == PUBLISHED


def test_every_registered_symbol_is_used_and_every_used_one_registered() -> None:
    """The notation has no stray symbol (a claim refuses an unregistered one itself)."""
    used = {s.name for c in EVERY for s in c.free_symbols}
    assert used == set(theory.NOTATION)


def test_dependencies_exist_and_have_no_cycle() -> None:
    """Following dependencies ends."""
    graph = theory.dependency_graph()
    assert all(key in graph for keys in graph.values() for key in keys)
    assert all(key not in theory.ancestors(key) for key in graph)


@pytest.mark.parametrize("subject", EVERY, ids=IDS)
@pytest.mark.parametrize("seed", range(4))
def test_floats_and_exact_rationals_lie_in_the_ball(subject: theory.Claim, seed: int) -> None:
    """One expression, three rings: the ball contains the rational and is near the float."""
    values = random_values(seed)
    lifted = {k: flint.arb(flint.fmpq(*v.as_integer_ratio())) for k, v in values.items()}
    with flint.ctx.workprec(256):
        inside = flint.arb(subject.evaluate("rhs", lifted))
    rounded = subject.evaluate("rhs", {k: float(v) for k, v in values.items()})
    largest = max(abs(float(term.subs(_as_floats(values, term)))) for term in subject.terms)
    assert abs(float(inside.mid()) - rounded) <= 1e-12 * largest
    try:
        exact = subject.evaluate("rhs", values)
    except theory.NotExactError:
        return
    with flint.ctx.workprec(4000):
        assert inside.contains(flint.fmpq(*Fraction(exact).as_integer_ratio()))


def test_exact_evaluation_gives_the_rational_itself() -> None:
    """Lemma 2 at n = 3: (5/6) 2 + (4/3)(1/4) 5 = 10/3."""
    values = {"n": 3, "Gamma": 2, "eta": Fraction(1, 2), "M_G": 5}
    assert theory.claim("lemma-2").evaluate("rhs", values) == Fraction(10, 3)


def test_exact_evaluation_refuses_an_irrational_value() -> None:
    """sqrt(1+3) is rational, sqrt(2+3) is not."""
    values = {"L": 1, "eta": 1, "n0": 1, "n": 2, "c": 1}
    assert theory.claim("lemma-10").evaluate("rhs", values | {"d": 1}) == 2
    with pytest.raises(theory.NotExactError, match="evaluate in float64 or in balls"):
        theory.claim("lemma-10").evaluate("rhs", values | {"d": 2})


def test_integers_stay_exact_beside_balls() -> None:
    """1/(2n) at n = 3 is the ball of 1/6, not of the float."""
    one = flint.arb(1)
    rest = {"Gamma": one, "eta": one, "M_G": 0 * one}
    found = theory.claim("lemma-2").evaluate("rhs", {"n": 3, **rest})
    assert found.contains(flint.fmpq(5, 6))


def test_floats_among_rationals_are_refused() -> None:
    """A float would silently round an exact evaluation."""
    values = {"n": Fraction(3), "Gamma": 2.0, "eta": Fraction(1, 2), "M_G": Fraction(5)}
    with pytest.raises(TypeError, match="one kind of number"):
        theory.claim("lemma-2").evaluate("rhs", values)


@pytest.mark.parametrize("subject", EVERY, ids=IDS)
def test_terms_add_up_and_a_twin_changes_one_of_them(subject: theory.Claim) -> None:
    """terms sum to the right-hand side; scaling term i by 3 adds twice that term."""
    assert sp.simplify(sp.Add(*subject.terms) - subject.rhs) == 0
    values = {s.name: 1.5 for s in subject.free_symbols}
    whole = subject.evaluate("rhs", values)
    for index, term in enumerate(subject.terms):
        twin = subject.scaled(index, 3).evaluate("rhs", values)
        part = term.subs({s: sp.Float(1.5) for s in term.free_symbols})
        assert math.isclose(twin, whole + 2 * float(part), rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize("subject", EVERY, ids=IDS)
def test_latex_is_balanced_and_names_no_ascii_symbol(subject: theory.Claim) -> None:
    """Braces pair up and no internal name with an underscore or digit leaks out."""
    text = theory.latex(subject)
    assert text.count("{") == text.count("}")
    assert text.count(r"\left") == text.count(r"\right")
    leaked = [name for name in ("eta", "alpha0", "vs0_sq", "grad_sq", "S_Z") if f" {name} " in text]
    assert not leaked


def test_lemma_13_step_limit_is_the_published_one() -> None:
    """eta = sqrt(l c n)/(2 sqrt(L n0)(d+3)^(3/4)) sits on the limit; 1 % more breaks it."""
    values = {"l": 2.0, "c": 0.5, "n": 6, "L": 3.0, "n0": 4, "d": 2}
    limit = math.sqrt(2.0 * 0.5 * 6) / (2 * math.sqrt(3.0 * 4) * 5**0.75)
    (condition,) = theory.claim("lemma-13").conditions
    assert abs(slack(condition, values | {"eta": limit})) < 1e-12
    assert (
        slack(condition, values | {"eta": 1.01 * limit})
        < 0
        < slack(condition, values | {"eta": 0.99 * limit})
    )


def test_lemma_13_has_no_step_limit_without_zeroth_order_agents() -> None:
    """With n0 = 0 any step size satisfies the condition."""
    values = {"l": 2.0, "c": 0.5, "n": 6, "L": 3.0, "n0": 0, "d": 2, "eta": 1e9}
    assert slack(theory.claim("lemma-13").conditions[0], values) > 0


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


def test_lemmas_2_and_3_give_lemma_11_within_its_step_limit() -> None:
    """Composing the two published bounds never exceeds the third at its own limit."""
    rng_values = [
        {"n": n, "n0": n0, "n1": n - n0, "d": d, "L": L, "c": 0.3, "Gamma": g, "e": e}
        | {"vs0_sq": 0.7, "vs1_sq": 0.2, "S_Z": 0.4, "S_F": 1.1}
        for n, n0, d, L, g, e in [(2, 0, 1, 1.0, 1.0, 0.0), (9, 4, 30, 5.0, 2.0, 0.1)]
    ]
    for values in rng_values:
        values["eta"] = 1 / (14 * values["L"] * math.sqrt(values["d"] + 4))
        bound_3 = theory.claim("lemma-3").evaluate("rhs", values)
        composed = theory.claim("lemma-2").evaluate("rhs", values | {"M_G": bound_3})
        assert composed <= theory.claim("lemma-11").evaluate("rhs", values) * (1 + 1e-12)
