"""The sharp proofs are tight: with a constant a hundredth smaller they are not accepted."""

from dataclasses import replace

import pytest
import sympy as sp

from theory import Claim, claim
from theory.sharp import proofs
from verify.proofs.check import check
from verify.proofs.prover import all_checked

PROOFS = {proof.key: proof for proof in proofs()}
ONE_STEP = [
    key for key in PROOFS if key.split(".")[0] in ("pair-moment", "distance", "consensus", "value")
]


def smaller(subject: Claim, part: sp.Expr) -> sp.Expr:
    """The right-hand side with one of its terms a hundredth smaller, a subtracted one larger."""
    sign = -1 if part.could_extract_minus_sign() else 1
    return sp.expand(subject.rhs) - sign * part / 100


@pytest.mark.parametrize("key", ONE_STEP)
def test_the_same_proof_of_a_smaller_bound_is_not_accepted(key: str) -> None:
    """A hundredth off a term of the right-hand side is too much for the given multipliers."""
    subject, proof = claim(key, "sharp"), PROOFS[key]
    *first, step = proof.steps
    for part in sp.Add.make_args(sp.expand(subject.rhs))[:6]:
        twin = replace(subject, rhs=smaller(subject, part))
        changed = replace(proof, steps=(*first, replace(step, larger=twin.rhs)))
        assert check(changed, proved=all_checked(), subject=twin).outcome != "accepted", part


def test_a_proof_that_uses_an_unproved_claim_is_not_accepted() -> None:
    """The distance recursion rests on the pair's second moment."""
    assert check(PROOFS["distance"], proved={}).outcome == "undecided"
