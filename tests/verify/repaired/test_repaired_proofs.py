"""The checker accepts the proof of every repaired claim, and of none that is falsified."""

from dataclasses import replace
from functools import cache

import pytest

import theory
from theory.published.proofs import proofs as published_proofs
from theory.repaired import proofs, repaired
from verify.proofs.check import Checked, check

PROOFS = {proof.key: proof for proof in proofs()}
CLAIMS = {claim.key: claim for claim in repaired()}


@cache
def proved() -> dict[tuple[str, str], Checked]:
    """Every proof of the two editions, checked in order."""
    found: dict[tuple[str, str], Checked] = {}
    for proof in (*published_proofs(), *proofs()):
        found[proof.key, proof.edition] = check(proof, proved=found)
    return found


def test_every_repaired_claim_has_a_proof() -> None:
    """And nothing else has."""
    assert set(PROOFS) == set(CLAIMS)


@pytest.mark.parametrize("key", CLAIMS)
def test_the_proof_is_accepted(key: str) -> None:
    """For all parameters, from the listed axioms."""
    found = proved()[key, "repaired"]
    assert (found.outcome, found.step, found.reason) == ("accepted", "", "")
    assert found.axioms


QUICK = [key for key in CLAIMS if key != "theorem-1.2-explicit"]


@pytest.mark.parametrize("key", QUICK)
def test_no_falsified_twin_is_accepted(key: str) -> None:
    """Each term of the right-hand side, turned around and made large, in claim and last step."""
    subject, proof = CLAIMS[key], PROOFS[key]
    for index in range(len(subject.terms)):
        subtracted = subject.terms[index].could_extract_minus_sign()
        twin = subject.scaled(index, 10**13 if subtracted else -(10**13))
        last = replace(proof.steps[-1], larger=twin.rhs)
        false = replace(proof, steps=(*proof.steps[:-1], last))
        assert check(false, proved=proved(), subject=twin).outcome != "accepted"


@pytest.mark.parametrize("key", ["lemma-12", "lemma-18", "theorem-1.1-explicit"])
def test_without_its_limit_the_proof_fails(key: str) -> None:
    """The step size is used."""
    subject = replace(CLAIMS[key], conditions=())
    found = check(PROOFS[key], proved=proved(), subject=subject)
    assert found.outcome != "accepted"


def test_the_published_lemma_20_is_not_proved_by_the_same_steps() -> None:
    """12 L (d+4) in place of 12 L^3 (d+4)."""
    subject, proof = theory.claim("lemma-20", "published"), PROOFS["lemma-20"]
    last = replace(proof.steps[-1], larger=subject.rhs)
    false = replace(proof, edition="published", steps=(last,))
    assert check(false, proved=proved(), subject=subject).outcome != "accepted"
