"""The parts of the proof checker on statements whose truth is known without it."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from theory import Claim, claim
from theory.notation import symbols
from theory.proofs.proof import Proof, Range
from theory.proofs.vectors import Dotted, GroupSum, Own
from verify.proofs import prover
from verify.proofs.check import DEFAULT_RANGES, Checked, check
from verify.proofs.forms import semidefinite
from verify.proofs.prover import Prover, all_proofs, prove
from verify.proofs.rational import NotRationalError, Quotients
from verify.proofs.signs import Region

n, n0, d, L, l, eta = symbols("n n0 d L l eta")  # noqa: E741
REGION = Region(DEFAULT_RANGES)
SIZES = (n0, n - n0)
p, q = sp.symbols("p q")
g = sp.Symbol("g")


def restated(proof: Proof, subject: Claim) -> Proof:
    """The same proof with another statement at its end."""
    last = replace(proof.steps[-1], larger=subject.rhs, smaller=subject.lhs)
    return replace(proof, steps=(*proof.steps[:-1], last))


def test_a_false_constant_is_not_accepted() -> None:
    """Lemmas 2 and 14 without E||G||^2, false for noise alone."""
    for key in ("lemma-2", "lemma-14"):
        proof, subject = all_proofs()[key, "published"], claim(key)
        false = subject.scaled(len(subject.terms) - 1, 0)
        assert check(proof, proved={}).outcome == "accepted"
        assert check(restated(proof, false), proved={}, subject=false).outcome != "accepted"


def test_a_claim_whose_proof_failed_may_not_be_used() -> None:
    """Lemma 11 rests on Lemma 2: tried and not accepted is as good as not tried."""
    proof = all_proofs()["lemma-11", "published"]
    checker = Prover(all_proofs())
    checker("lemma-11", "published")
    known = dict(checker.checked)
    assert known.pop(("lemma-11", "published")).outcome == "accepted"
    for outcome in ("undecided", "refuted"):
        known["lemma-2", "published"] = Checked(outcome)
        assert "not proved" in check(proof, proved=known).reason


def squares(group: int) -> sp.Expr:
    """sum over a group of ||g_i||^2."""
    return Own(g, g, group)


def square_of_sum(group: int) -> sp.Expr:
    """||sum over a group of g_i||^2."""
    whole = GroupSum(g, group)
    return Dotted(whole, whole)


@pytest.mark.parametrize("group", [0, 1])
def test_deviations_within_a_group_are_asked_for(group: int) -> None:
    """||sum g_i||^2/size <= sum ||g_i||^2 (Jensen) for every size of the group; no converse."""
    size = SIZES[group]
    jensen = {squares(group): size, square_of_sum(group): -sp.Integer(1)}
    converse = {atom: -value for atom, value in jensen.items()}
    assert semidefinite(jensen, REGION).outcome == "accepted"
    assert semidefinite(converse, REGION).outcome != "accepted"


@pytest.mark.parametrize("group", [0, 1])
def test_means_of_the_groups_are_asked_for(group: int) -> None:
    """size sum ||g_i||^2 - 2 ||sum g_i||^2 is negative where all g_i are equal."""
    wrong = {squares(group): SIZES[group], square_of_sum(group): -sp.Integer(2)}
    assert semidefinite(wrong, REGION).outcome != "accepted"


@pytest.mark.parametrize("coefficient", [sp.Rational(2), sp.Rational(-2)], ids=str)
def test_a_form_on_the_edge_of_definiteness_is_told_from_one_beyond(coefficient: sp.Expr) -> None:
    """||p||^2 +- 2 <p, q> + ||q||^2 is a square; with 2.01 it is not nonnegative."""
    form = {Dotted(p, p): sp.Integer(1), Dotted(q, q): sp.Integer(1), Dotted(p, q): coefficient}
    assert semidefinite(form, REGION).outcome == "accepted"
    assert semidefinite({**form, Dotted(p, q): coefficient * sp.Rational(201, 200)}, REGION)\
        .outcome == "refuted"  # fmt: skip


def test_a_form_whose_leading_minor_vanishes_is_asked_for_all_of_them() -> None:
    """2 <p, q> alone, and -||q||^2 beside a p that does not occur in it, are not nonnegative."""
    for form in (
        {Dotted(p, q): sp.Integer(2)},
        {Dotted(p, q): sp.Integer(2), Dotted(q, q): sp.Integer(5)},
        {Dotted(q, q): -sp.Integer(1), Dotted(p, p): sp.Integer(1)},
    ):
        assert semidefinite(form, REGION).outcome == "refuted"


SIGNS: list[tuple[Any, bool]] = [
    (n - 2, True),
    (n - 3, False),
    (n0 - 1, False),
    (n - n0, True),
    (n - n0 - 1, False),
    (L - l, True),
    (L - 2 * l, False),
    (l - L, False),
    (d - 1, True),
    (d - 2, False),
    ((n - 2) / (n - 1), True),
    ((n - 2) / (1 - n), False),
    ((2 - n) / (1 - n), True),
    (1 / (n - 3), False),
    ((n - 3) / (n - 3), True),
    (n**2 - 5 * n + 7, True),
    (n**2 - 5 * n + sp.Rational(61, 10), False),
    (sp.sqrt(d + 4) - 2, True),
    (sp.sqrt(d + 4) - 3, False),
    (1 / sp.sqrt(d + 4) - sp.Rational(1, 3), False),
    (eta * L - eta * l, True),
    (eta - eta**2, False),
    (sp.Rational(-1, 7), False),
    (sp.Integer(0), True),
    (2 - sp.sqrt(3), True),
    (sp.sqrt(3) - 2, False),
    (sp.Symbol("unknown"), False),
]
"""Expressions and whether they are >= 0 for l, eta >= 0, L >= l, d >= 1, n >= 2, 0 <= n0 <= n."""


@pytest.mark.parametrize(("expression", "nonnegative"), SIGNS, ids=str)
def test_signs_on_a_region_are_those_of_the_expression(
    expression: sp.Expr, nonnegative: bool
) -> None:
    """Accepted exactly if it is nonnegative; a witness makes it negative."""
    found = REGION.sign(expression)
    assert (found.outcome == "accepted") == nonnegative
    if found.outcome == "refuted":
        known = {s: found.witness[str(s)] for s in expression.free_symbols}
        assert expression.subs(known) < 0


def test_an_upper_limit_is_used_and_needed() -> None:
    """1 - 2 eta L >= 0 for eta <= 1/(2L), not without, and not for a limit twice as large."""
    expression = 1 - 2 * eta * L
    at = {r.symbol: r for r in DEFAULT_RANGES}

    def limited(upper: sp.Expr | None) -> bool:
        ranges = {**at, eta: Range(eta, sp.Integer(0), upper)}
        return bool(Region(tuple(ranges.values()), frozenset({L})).sign(expression))

    assert limited(1 / (2 * L))
    assert not limited(1 / L)
    assert not limited(None)


def test_what_probes_cannot_see_is_not_accepted() -> None:
    """(eta - 2)^2 - 1/100 is negative about 2 alone, between the points that are tried."""
    found = REGION.sign((eta - 2) ** 2 - sp.Rational(1, 100))
    assert found.outcome == "undecided"
    assert REGION.sign((eta - 2) ** 2 + sp.Rational(1, 100) - sp.Rational(1, 200))


POSITIVE: list[tuple[Any, bool]] = [
    (n - 1, True),
    (n - 2, False),
    (n - n0, False),
    (n - n0 + 1, True),
    (l, False),
    (L, True),
    (eta, True),
    (1 - eta * L, False),
    (d * n, True),
    (sp.sqrt(d + 4), True),
    (1 + eta * L, True),
    (sp.Integer(0), False),
]


@pytest.mark.parametrize(("expression", "positive"), POSITIVE, ids=str)
def test_divisors_are_positive_on_the_whole_region(expression: sp.Expr, positive: bool) -> None:
    """With its ends: one may divide by n - 1, not by n - 2."""
    assert REGION.positive(expression) == positive
    divided = sp.Pow(expression, -1, evaluate=False)
    assert REGION.defined(divided) == positive


def test_roots_of_negative_numbers_are_not_defined() -> None:
    """sqrt(L - l) is, sqrt(l - L) is not."""
    assert REGION.defined(sp.sqrt(L - l))
    assert not REGION.defined(sp.sqrt(l - L))


def test_what_is_no_quotient_of_polynomials_is_neither_positive_nor_nonnegative() -> None:
    """The cube root of d less 5: negative for small d, and out of the checker's reach."""
    beyond = sp.cbrt(d) - 5
    assert not REGION.positive(beyond)
    assert REGION.sign(beyond).outcome != "accepted"


VALUES = st.fractions(-3, 3, max_denominator=5)
x, y = sp.symbols("x y")
LEAVES = st.one_of(st.sampled_from([x, y, x + 1, y - 2]), VALUES.map(lambda v: sp.Rational(v)))
TREES = st.recursive(
    LEAVES,
    lambda part: st.one_of(
        st.tuples(part, part).map(lambda ab: sp.Add(*ab, evaluate=False)),
        st.tuples(part, part).map(lambda ab: sp.Mul(*ab, evaluate=False)),
        part.map(lambda a: sp.Pow(a + x**2 + 1, -1, evaluate=False)),
        part.map(lambda a: sp.Pow(a, 2, evaluate=False)),
    ),
    max_leaves=6,
)


@given(expression=TREES, at=st.tuples(VALUES, VALUES))
def test_quotients_agree_with_rational_arithmetic(
    expression: sp.Expr, at: tuple[Fraction, Fraction]
) -> None:
    """Numerator over denominator at a point is what sympy finds there."""
    quotients = Quotients.of(expression, x, y)
    values = {s: sp.Rational(v.numerator, v.denominator) for s, v in zip((x, y), at, strict=True)}
    try:
        top, bottom = quotients(expression)
    except ZeroDivisionError:
        return
    point = [values[s] for s in quotients.generators]
    above, below = (sp.Rational(str(part(*(_flint(v) for v in point)))) for part in (top, bottom))
    expected = expression.xreplace(values).doit()
    if below != 0 and expected.is_finite:
        assert above / below == expected


def _flint(value: sp.Rational) -> Any:
    from flint import fmpq

    return fmpq(int(value.p), int(value.q))


def test_quotients_together_are_the_same_quotients() -> None:
    """Over one denominator, of different degrees; the ratio of each two is kept."""
    a, b = sp.symbols("a b")
    given = [1 / a, b / (a * (a + b)), (a - b) / 3, a / (a + b) ** 2]
    tops, common = Quotients.of(*given).together(given)
    at = [_flint(sp.Rational(5, 7)), _flint(sp.Rational(2, 3))]
    for expression, top in zip(given, tops, strict=True):
        expected = expression.xreplace({a: sp.Rational(5, 7), b: sp.Rational(2, 3)})
        assert top(*at) / common(*at) == _flint(expected)


def test_a_root_of_a_sum_is_a_generator() -> None:
    """(a + 2)^(3/2) and its inverse are powers of one root; a cube root is refused."""
    a = sp.Symbol("a")
    root = sp.sqrt(a + 2)
    quotients = Quotients.of(root)
    assert quotients.generators == (root,)
    top, bottom = quotients(root**3 - 1 / root)
    three = _flint(sp.Integer(3))
    assert top(three) / bottom(three) == _flint(27 - sp.Rational(1, 3))
    with pytest.raises(NotRationalError):
        quotients((a + 2) ** sp.Rational(1, 3))


def test_a_proof_is_of_the_claim_itself() -> None:
    """An equal claim is proved; one with the same key and another constant is not."""
    subject = claim("lemma-14")
    found = prove(replace(subject))
    assert found is not None
    assert found.outcome == "accepted"
    assert prove(subject.scaled(0, sp.Rational(1, 2))) is None
    assert prove(claim("lemma-13")) is None


def test_all_proofs_on_record_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those that nobody has asked for yet."""
    names = [("lemma-2", "published"), ("lemma-14", "published")]
    few = {name: all_proofs()[name] for name in names}
    fresh = Prover(few)
    monkeypatch.setattr(prover, "all_proofs", lambda: few)
    monkeypatch.setattr(prover, "_prover", lambda: fresh)
    assert set(prover.all_checked()) == set(names)
