"""The sharp edition: identities of one interaction, and the best bounds that follow from them.

`sharp` holds closed forms for Algorithm 1; `lyapunov` and `floor` the same with free multipliers,
for any law of interactions and any pair of estimators.
"""

from theory.claim import Claim
from theory.sharp.certificates import proofs
from theory.sharp.identities import identities
from theory.sharp.ladder import ladder, second_moment, steps
from theory.sharp.theorems import theorems

__all__ = ["identities", "proofs", "sharp"]


def sharp() -> tuple[Claim, ...]:
    """The sharp bounds, for two-point agents and for forward gradients."""
    kinds = [ladder(kind) for kind in ("two-point", "forward-gradient")]
    ladders = [claim for used in kinds for claim in steps(used)]
    return (second_moment(), *ladders, *(claim for used in kinds for claim in theorems(used)))
