"""Proofs of Lemmas 1, 5 and 10: one function or one agent, and Gaussian directions.

Lemma 1's first statement (moments of any real order) has no proof here; no other claim needs it.
"""

import sympy as sp

from theory.claim import Claim
from theory.proofs.proof import Axiom, Proof, Source, Step
from theory.published.lemma_1 import lemma_1, lemma_5
from theory.published.lemmas import convex_lemmas

Known = tuple[int, Source]


def direct(subject: Claim, *using: Known) -> Proof:
    """A proof of one step, which is the claim."""
    sides = (subject.rhs, subject.lhs)
    return _proof(subject, *(reversed(sides) if subject.relation == ">=" else sides), *using)


def squared(subject: Claim, *using: Known) -> Proof:
    """A proof of one step, the claim squared."""
    return _proof(subject, subject.rhs**2, subject.lhs**2, *using)


def _proof(subject: Claim, larger: sp.Expr, smaller: sp.Expr, *using: Known) -> Proof:
    known = tuple((sp.Integer(times), source) for times, source in using)
    step = Step(subject.source[-1], larger, smaller, known)
    return Proof(subject.key, subject.edition, (step,))


def two_point(who: str) -> tuple[Known, ...]:
    """Young: ||linear + remainder||^2 <= 2 ||linear||^2 + 2 ||remainder||^2."""
    return (2, Axiom("remainder_square", (who,))), (2, Axiom("linear_square", (who,)))


def lemma_1_proofs() -> tuple[Proof, ...]:
    """Lemma 1 but its first statement, Lemma 5, Lemma 10."""
    lemma = {c.key: c for c in (*lemma_1(), *lemma_5(), *convex_lemmas())}
    error = ((4, Axiom("linear_mean", (1,))), (2, Axiom("gradient_square", (-1,))))
    bias = (1, Axiom("bias_by_remainder")), (1, Axiom("remainder_square", ("function",)))
    return (
        squared(lemma["lemma-1.2"], (1, Axiom("shift_mean")), (1, Axiom("shift_square"))),
        direct(lemma["lemma-1.3"], (1, Axiom("smoothing_values"))),
        squared(lemma["lemma-1.4"], *bias),
        direct(lemma["lemma-1.5"], *two_point("function")),
        direct(lemma["lemma-5.6"], *two_point("agent")),
        direct(lemma["lemma-5.7"], *two_point("agent"), *error),
        direct(lemma["lemma-10"], (1, Axiom("biases_of_agents"))),
    )
