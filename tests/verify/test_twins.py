"""Every printed constant, made small enough, is refuted by the harness."""

from collections.abc import Sequence

import pytest
import sympy as sp
from twin_bank import measured_claims

from theory import Claim, claim, claims, name_of, symbol
from verify.judge import judge
from verify.twins import LARGER, SLIGHTLY, constants, factors, refuted, refuted_divisor

CONSTANTS = [(c, index) for c in claims() for index in constants(c)]
ETA = symbol("eta")


def divides(subject: Claim, total: sp.Expr) -> bool:
    """Whether a divisor has constants of its own: D1, and the n - 1 of an identity.

    The n - 1 of a bound counts pairs; it is in the definitions that proofs expand.
    """
    return subject.relation == "==" or ETA in total.free_symbols


DIVISORS = [
    (c, index)
    for c in claims()
    for index, (total, _) in enumerate(c.divisor_terms)
    if divides(c, total)
]
KNOWN_FALSE = {"theorem-1.1", "lemma-13", "lemma-20"}
"""Claims with a witness of their own: the true claim may fail where its twin does."""


def ids(cases: Sequence[tuple[Claim, int]]) -> list[str]:
    """Names of twins."""
    return [f"{name_of(c).replace(' ', '-')}-term{index}" for c, index in cases]


@pytest.mark.parametrize(("subject", "index"), CONSTANTS, ids=ids(CONSTANTS))
def test_every_printed_constant_made_smaller_is_refuted(subject: Claim, index: int) -> None:
    """The twin is surely violated on an instance where the claim itself is not."""
    twins = list(refuted(subject, index, measured_claims()[subject.key, subject.edition]))
    assert len(twins) == (len(SLIGHTLY) if subject.relation == "==" else 1)
    for twin in twins:
        assert twin.judgement.outcome == "violated"
        if subject.edition != "published" or subject.key not in KNOWN_FALSE:
            assert judge(subject, twin.instance).outcome == "holds"


@pytest.mark.parametrize(("subject", "index"), DIVISORS, ids=ids(DIVISORS))
def test_every_constant_of_a_divisor_is_refuted(subject: Claim, index: int) -> None:
    """D1 of Theorem 1.1 made larger in one term, on an instance where the theorem holds."""
    twin = refuted_divisor(subject, index, measured_claims()[subject.key, subject.edition])
    assert twin is not None
    assert twin.judgement.outcome == "violated"
    assert judge(subject, twin.instance).outcome == "holds"


def test_a_subtracted_constant_is_made_larger() -> None:
    """-Gamma/(2n) of Lemma 2 weakens the bound when it shrinks; its twin has a larger one."""
    subject = claim("lemma-2")
    signs = [t.could_extract_minus_sign() for t in subject.terms]
    assert [factors(subject, i) == LARGER for i in constants(subject)] == signs
    assert any(signs)


def test_a_constant_that_no_instance_feels_is_not_refuted() -> None:
    """Without instances there is no refutation, so the tests above can fail."""
    assert list(refuted(claim("lemma-2"), 0, [])) == []
