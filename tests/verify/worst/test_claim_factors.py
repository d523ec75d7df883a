"""How tight one-step claims are: closed forms, both sides, twins, refusals, points that lie."""

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
import sympy as sp
from flint import fmpq

from hdo.errors import InputError
from theory import Claim, claim, claims
from theory.proofs.axioms import AXIOMS
from verify.worst import known
from verify.worst.attained import satisfies
from verify.worst.certificate import proves
from verify.worst.claims import Values, factor, parameters, smallest_constant
from verify.worst.rows import NotLinearError

CLOSE = 1e-6
MET = 1e-5
"""Of the factor: how near what is attained has to come."""


def setting(n: int = 4, n0: int = 2, eta: F = F(1, 50), **more: int | F) -> Values:
    """Small numbers for every parameter, and others as named."""
    usual: dict[str, int | F] = {
        "n": n,
        "n0": n0,
        "eta": eta,
        "d": 3,
        "rv": 1,
        "c": 5,
        "L": 1,
        "l": F(1, 10),
        "alpha0": 8,
        "alpha1": 3,
        "gap": F(1, 10),
    }
    return parameters(**(usual | more))


def number(value: fmpq) -> float:
    """As a float."""
    return float(F(int(value.p), int(value.q)))


def deviations(n: int) -> tuple[float, float, float]:
    """Gamma' is [[a, -b], [-b, c]] in (x, eta m): E||G_i + G_j||^2 = 2 S (n-2)/(n-1) there."""
    return (n - 2) / (n - 1), (n - 2) / (n * (n - 1)), (n - 2) ** 2 / (n**2 * (n - 1))


@pytest.mark.parametrize("n", [3, 4, 10, 10**6])
def test_lemma_2_has_a_closed_form(n: int) -> None:
    """By hand: the largest eigenvalue of the form on deviations; the means give less."""
    a, b, c = deviations(n)
    scale = np.diag([(1 - 1 / (2 * n)) ** -0.5, (4 / n) ** -0.5])
    expected = float(np.linalg.eigvalsh(scale @ np.array([[a, -b], [-b, c]]) @ scale)[-1])
    for eta in (F(1, 50), F(3)):
        found = factor(claim("lemma-2", "published"), setting(n, n // 2, eta))
        assert number(found.t) == pytest.approx(expected, rel=CLOSE)
        assert found.attained is not None
        assert number(found.attained.ratio) == pytest.approx(expected, rel=CLOSE)


@pytest.mark.parametrize("n", [3, 4, 10])
def test_lemma_2_has_a_least_contraction(n: int) -> None:
    """By hand, with 4 eta^2/n M_G kept: a + b^2/(4/n - c); Gamma (1 - 1/(2n)) is two terms."""
    a, b, c = deviations(n)
    contraction = a + b**2 / (4 / n - c)
    subject = claim("lemma-2", "published")
    for index, theta in ((0, contraction + 1 / (2 * n)), (1, 2 * n * (1 - contraction))):
        found = smallest_constant(subject, index, setting(n))
        assert found.least == (index == 0)
        assert number(found.theta) == pytest.approx(theta, rel=MET)
        assert found.limit is not None
        assert number(found.limit) == pytest.approx(theta, rel=MET)


def term_of(key: str, quantity: str, edition: str = "published") -> int:
    """The index of the first term of this quantity."""
    terms = claim(key, edition).terms
    return next(i for i, t in enumerate(terms) if quantity in {s.name for s in t.free_symbols})


@pytest.mark.parametrize("n", [2, 5])
def test_lemma_14_cannot_be_better(n: int) -> None:
    """All G alike: ||G_i + G_j||^2 = 4||G||^2. Half of the constant needs twice as much."""
    subject = claim("lemma-14", "published")
    for theta, expected in ((1, 1.0), (F(1, 2), 2.0)):
        found = factor(subject.scaled(0, sp.Rational(theta)), setting(n, 1))
        assert number(found.t) == pytest.approx(expected, rel=CLOSE)
    assert number(smallest_constant(subject, 0, setting(n, 1)).theta) == pytest.approx(1, rel=CLOSE)


def test_no_constant_of_lemma_19_can_be_better() -> None:
    """m = 0, |h| = B + L sqrt(Gamma) with B = L sqrt(Gamma): equality, so every constant is 1."""
    subject, values = claim("lemma-19", "published"), setting()
    assert number(factor(subject, values).t) == pytest.approx(1, rel=CLOSE)
    for index, term in enumerate(subject.terms):
        found = smallest_constant(subject, index, values)
        assert found.least == (sp.Symbol("grad_sq") not in map(plain, term.free_symbols))
        assert number(found.theta) == pytest.approx(1, rel=MET)
        assert found.limit is not None
        assert abs(number(found.limit) - number(found.theta)) < MET


def plain(symbol: sp.Symbol) -> sp.Symbol:
    """Without its domain."""
    return sp.Symbol(symbol.name)


PROVED = [
    ("lemma-3", "published"),
    ("lemma-8", "published"),
    ("lemma-15", "published"),
    ("lemma-17", "published"),
    ("lemma-20", "repaired"),
    ("pair-moment", "sharp"),
    ("distance.forward-gradient", "sharp"),
    ("consensus.forward-gradient", "sharp"),
    ("value.forward-gradient", "sharp"),
    ("descent.forward-gradient", "sharp"),
    ("consensus-smooth.matching.forward-gradient", "sharp"),
    ("distance.graph.forward-gradient", "sharp"),
]


@pytest.mark.parametrize(("key", "edition"), PROVED)
def test_a_proved_claim_needs_no_more_than_it_says(key: str, edition: str) -> None:
    """The certificate is exact: t <= 1 but for what rounding adds; the point satisfies it all."""
    found = factor(claim(key, edition), setting())
    assert found.t <= 1 + fmpq(1, 10**6)
    assert proves(found.certificate, found.program)
    assert found.attained is not None
    assert found.allowing is not None
    assert satisfies(found.attained, found.allowing)
    assert found.attained.ratio <= found.t


@pytest.mark.parametrize(
    ("n", "n0", "eta"), [(3, 1, F(1, 50)), (8, 2, F(1, 100)), (1000, 300, F(1, 7))]
)
def test_the_sharp_edition_is_attained_at_every_size(n: int, n0: int, eta: F) -> None:
    """Nothing below its right-hand side follows: what is attained is 1 as well."""
    for key in ("pair-moment.forward-gradient", "consensus-smooth.forward-gradient"):
        found = factor(claim(key, "sharp"), setting(n, n0, eta))
        assert found.t <= 1 + fmpq(1, 10**6)
        assert found.attained is not None
        assert number(found.attained.ratio) > 1 - 100 * MET


@pytest.mark.parametrize(
    ("key", "edition", "quantity", "theta"),
    [
        ("lemma-2", "published", "Gamma", F(3, 4)),
        ("lemma-15", "published", "grad_sq", F(1, 20)),
        ("lemma-19", "published", "Gamma", F(9, 10)),
        ("pair-moment.forward-gradient", "sharp", "S_F", F(9, 10)),
    ],
)
def test_a_falsified_twin_is_shown_to_need_more(
    key: str, edition: str, quantity: str, theta: F
) -> None:
    """Exact inner products that satisfy every assumption exceed the twin's right-hand side."""
    twin = claim(key, edition).scaled(term_of(key, quantity, edition), sp.Rational(theta))
    found = factor(twin, setting())
    assert found.t > 1
    assert found.attained is not None
    assert found.attained.ratio > 1


def test_a_point_that_lies_is_refused() -> None:
    """Another ratio, a product that is no product, a moment that is too large."""
    found = factor(claim("lemma-19", "published"), setting())
    point, program = found.attained, found.allowing
    assert point is not None
    assert program is not None
    assert satisfies(point, program)
    assert not satisfies(replace(point, ratio=point.ratio + fmpq(1, 10**9)), program)
    block = "deviations 0"
    bent = [[-value for value in row] for row in point.grams[block]]
    assert not satisfies(replace(point, grams={**point.grams, block: bent}), program)
    more = [[100 * value for value in row] for row in point.grams["means"]]
    assert not satisfies(replace(point, grams={**point.grams, "means": more}), program)


def test_the_certificate_of_a_claim_is_none_of_its_twin() -> None:
    """What proves t = 1 does not where a constant is smaller."""
    subject, values = claim("lemma-14", "published"), setting()
    found = factor(subject, values)
    twin = factor(subject.scaled(0, sp.Rational(9, 10)), values)
    assert not proves(found.certificate, twin.program)


def test_every_axiom_is_taken_or_said_why_not() -> None:
    """A new axiom must be placed here."""
    placed = {*known.OF_GROUPS, *known.OF_ALL, *known.OF_SMOOTHED, *known.MADE_HERE}
    assert placed | set(known.ELSEWHERE) == set(AXIOMS)
    assert not placed & set(known.ELSEWHERE)


@pytest.mark.parametrize(
    "subject", [c for c in claims() if c.relation == "=="], ids=lambda c: c.key
)
def test_equalities_have_no_factor(subject: Claim) -> None:
    """One sentence."""
    with pytest.raises(NotLinearError, match="is no inequality between quantities of one step"):
        factor(subject, setting())


def test_what_is_missing_or_excluded_is_one_sentence() -> None:
    """A parameter, a condition, a name, a term, a trajectory."""
    with pytest.raises(InputError, match=r"^lemma-2 published: expected .* got \['eta'\]$"):
        factor(claim("lemma-2", "published"), parameters(n=4, n0=1))
    with pytest.raises(InputError, match="^lemma-11 published: expected parameters that satisfy"):
        factor(claim("lemma-11", "published"), setting(eta=F(1)))
    with pytest.raises(InputError, match="^etta: expected a parameter of the notation"):
        parameters(etta=F(1))
    with pytest.raises(IndexError, match="index must be >= 0 and < 3, got 3"):
        smallest_constant(claim("lemma-2", "published"), 3, setting())
    with pytest.raises(NotLinearError, match="no inequality between quantities of one step"):
        factor(claim("theorem-1.1", "published"), setting())
