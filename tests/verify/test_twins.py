"""Every printed constant, made small enough, is refuted by the harness."""

import pytest
from twin_bank import measured_claims

from theory import claim, claims
from verify.judge import judge
from verify.twins import LARGER, SLIGHTLY, constants, factors, refuted

CONSTANTS = [(c.key, index) for c in claims() for index in constants(c)]
KNOWN_FALSE = {"theorem-1.1", "lemma-13", "lemma-20"}
"""Claims with a witness of their own: the true claim may fail where its twin does."""


@pytest.mark.parametrize(("key", "index"), CONSTANTS, ids=[f"{k}-term{i}" for k, i in CONSTANTS])
def test_every_printed_constant_made_smaller_is_refuted(key: str, index: int) -> None:
    """The twin is surely violated on an instance where the claim itself is not."""
    subject = claim(key)
    twins = list(refuted(subject, index, measured_claims()[key]))
    assert len(twins) == (len(SLIGHTLY) if subject.relation == "==" else 1)
    for twin in twins:
        assert twin.judgement.outcome == "violated"
        if key not in KNOWN_FALSE:
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
