"""The proofs of the theorems and of Lemma 13 as chains: what each inequality adds to the bound.

A chain says: bound - exact value = sum of multiplier x (larger side - smaller side), link by link.
"""

from theory.chains.convex import distance_chains, theorem_1_1_chains
from theory.chains.link import Chain, Link
from theory.chains.nonconvex import theorem_1_2_chains
from theory.chains.sharp import sharp_chains

__all__ = ["Chain", "Link", "chains"]


def chains() -> tuple[Chain, ...]:
    """Every chain: Lemma 13, Theorem 1.1, Theorem 1.2, in each edition."""
    return (*distance_chains(), *theorem_1_1_chains(), *theorem_1_2_chains(), *sharp_chains())
