"""The repaired edition: the least change that makes a false statement, or its proof, valid.

A published claim that is true as printed has no copy here.
"""

from theory.claim import Claim
from theory.repaired.lemmas import repaired_lemmas
from theory.repaired.proofs import proofs
from theory.repaired.theorems import (
    theorem_1_1,
    theorem_1_1_explicit,
    theorem_1_2,
    theorem_1_2_explicit,
)

__all__ = ["proofs", "repaired"]


def repaired() -> tuple[Claim, ...]:
    """The repaired claims, in the paper's order."""
    return (
        *repaired_lemmas(),
        theorem_1_1(),
        theorem_1_1_explicit(),
        theorem_1_2(),
        theorem_1_2_explicit(),
    )
