"""Proofs of the identities, by computation, and of the bounds on Gaussian smoothing."""

from theory.proofs.proof import Axiom, Proof
from theory.published.lemma_1_proofs import direct, squared
from theory.sharp.identities import identities


def identity_proofs() -> tuple[Proof, ...]:
    """In the order of the identities."""
    value = (1, Axiom("smoothing_values"))
    found = []
    for subject in identities():
        match subject.key:
            case "identity-smoothing-value-lower":
                step = direct(subject, (1, Axiom("smoothing_above")))
            case "identity-smoothing-value-upper":
                step = direct(subject, (1, Axiom("absolute_value")), value)
            case "identity-smoothing-gradient":
                step = squared(subject, (1, Axiom("bias_by_change")), (1, Axiom("change_square")))
            case _:
                step = direct(subject)
        found.append(step)
    return tuple(found)
