"""Factors of one-step claims: closed forms, proved claims at most 1, false twins above it."""

from dataclasses import replace

import pytest
import sympy as sp
from flint import fmpq

from theory import Claim, claim, claims
from verify.tightness import Cell, exactly, setting_of
from verify.worst.certificate import proves
from verify.worst.claims import claim_program, factor, smallest
from verify.worst.presolve import needed
from verify.worst.program import NotOptimalError
from verify.worst.rows import NotLinearError, Row

NOT_CERTIFIED = frozenset({("lemma-10", "published"), ("lemma-13.34", "repaired")})
"""Proved, but by no program: an irrational axiom; a direction that leaves no interior."""


def values(subject: Claim, n: int = 4, n0: int = 2) -> dict[sp.Symbol, sp.Rational]:
    """Parameters at the claim's largest step size, d = 2, L = 4, l = 1."""
    chosen = setting_of(subject, Cell(n0, n - n0, 2, 4.0, 1.0))
    assert chosen is not None
    return exactly(chosen)


def one_step() -> list[Claim]:
    """The upper bounds on a step that all agents' meetings share."""
    return [
        c for c in claims() if (c.scope, c.relation) == ("step", "<=") and c.interaction != "graph"
    ]


@pytest.mark.parametrize("subject", one_step(), ids=lambda c: f"{c.key}-{c.edition}")
def test_a_factor_is_certified_and_at_most_one(subject: Claim) -> None:
    """Inside its hypotheses; the certificate holds exactly, one with a smaller t does not."""
    if (subject.key, subject.edition) in NOT_CERTIFIED:
        with pytest.raises(NotOptimalError):
            factor(subject, values(subject))
        return
    found = factor(subject, values(subject))
    assert 0 < float(found.t) <= 1 + 1e-7
    assert proves(found.certificate, found.program)


@pytest.mark.parametrize(
    ("key", "edition", "known"),
    [
        ("lemma-8", "published", 2 / 3),  # 2 L e = ||h||^2 where the bound has 3 L e
        ("lemma-14", "published", 1.0),  # all agents' estimates equal
        ("pair-moment.forward-gradient", "sharp", 1.0),
    ],
)
def test_known_factors(key: str, edition: str, known: float) -> None:
    """From above, to seven digits."""
    subject = claim(key, edition)
    found = float(factor(subject, values(subject)).t)
    assert known - 1e-12 <= found <= known + 1e-7


@pytest.mark.parametrize("n", [2, 3, 4, 50, 1000])
def test_the_least_contraction_of_lemma_2(n: int) -> None:
    """(n-2)/(n-1) + (n-2)^2/((n-1)(3n^2-4)), from the 2 x 2 form that design and paper give."""
    subject = claim("lemma-2")
    (index,) = (i for i, term in enumerate(subject.terms) if str(term) == "Gamma")
    least = (n - 2) / (n - 1) + (n - 2) ** 2 / ((n - 1) * (3 * n**2 - 4))
    for n0 in {0, n // 2, n}:
        found = float(smallest(subject, index, values(subject, n, n0)).t) - 1 / (2 * n)
        assert least - 1e-12 <= found <= least + 1e-6


def test_a_false_twin_has_a_factor_above_one() -> None:
    """Every term of Lemma 8 times 0.6, where 2/3 is needed: 10/9."""
    whole = claim("lemma-8")
    short = replace(whole, rhs=sp.Rational(6, 10) * whole.rhs)
    assert float(factor(short, values(whole)).t) == pytest.approx(10 / 9, abs=1e-6)


def test_a_certificate_does_not_prove_less() -> None:
    """The same multipliers with a smaller t."""
    found = factor(claim("lemma-2"), values(claim("lemma-2")))
    lower = type(found.certificate)(
        found.t * fmpq(99, 100), found.certificate.multipliers, found.certificate.matrices
    )
    assert not proves(lower, found.program)


@pytest.mark.parametrize("key", ["identity-consensus", "descent", "consensus.graph", "theorem-1.1"])
def test_what_is_no_upper_bound_on_a_step_of_all_is_refused(key: str) -> None:
    """Identities, lower bounds, graphs, runs."""
    with pytest.raises(NotLinearError, match=key):
        claim_program(claim(key, "sharp"), values(claim("lemma-2")))


def test_inequalities_without_a_part_are_left_out() -> None:
    """Not connected; or a multiplier that nothing balances; the others stay."""
    s, free, far = sp.symbols("s free far")
    side, norm = Row(scalars={s: fmpq(1)}), Row(constant=fmpq(1))
    rows = {
        "used": Row(scalars={s: fmpq(-1)}, constant=fmpq(1)),
        "unbalanced": Row(scalars={s: fmpq(-1), free: fmpq(1)}),
        "far": Row(scalars={far: fmpq(1)}),
    }
    assert set(needed([side, norm], rows, frozenset({s, far}))) == {"used"}
    rows["balance"] = Row(scalars={free: fmpq(-1), s: fmpq(-1)})
    assert set(needed([side, norm], rows, frozenset({s}))) == {"used", "unbalanced", "balance"}
    assert set(needed([side, norm], rows, frozenset({s, free}))) == {
        "used",
        "unbalanced",
        "balance",
    }
