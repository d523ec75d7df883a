"""The sharp edition: identities of one interaction, and the best bounds that follow from them.

`sharp` holds closed forms for Algorithm 1; `lyapunov` and `floor` the same with free multipliers,
for any law of interactions and any pair of estimators.
"""

from theory.claim import Claim
from theory.proofs.proof import Proof
from theory.sharp.certificates import proofs as pair_proofs
from theory.sharp.identities import identities
from theory.sharp.ladder import ladder, second_moment, steps
from theory.sharp.law_proofs import law_proofs
from theory.sharp.laws import claims_of_laws
from theory.sharp.theorems import theorems

__all__ = ["identities", "proofs", "sharp"]


def sharp() -> tuple[Claim, ...]:
    """The sharp bounds, for two-point agents and for forward gradients, pairs and other laws."""
    kinds = [ladder(kind) for kind in ("two-point", "forward-gradient")]
    ladders = [claim for used in kinds for claim in steps(used)]
    rates = (claim for used in kinds for claim in theorems(used))
    return (second_moment(), *ladders, *rates, *claims_of_laws())


def proofs() -> tuple[Proof, ...]:
    """In an order in which each uses earlier ones only."""
    return (*pair_proofs(), *law_proofs())
