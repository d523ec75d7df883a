"""The chains of Lemma 13 and of Theorem 1.1."""

import sympy as sp

from theory.chains.link import EQUAL_ON_QUADRATICS, Chain, Link, local, printed, sides
from theory.chains.moments import ONE, error, second_moment, summed
from theory.claim import Claim
from theory.errata.convex import rhs_36, rhs_37
from theory.errata.theorem import WEIGHT
from theory.notation import symbols
from theory.published.proofs import published_claims
from theory.registry import claim

n, n0, d, L, l, eta, T, B = symbols("n n0 d L l eta T B")  # noqa: E741
Gamma, e, a_sq, M_G, sbar = symbols("Gamma e a_sq M_G sbar_sq")
a_next, moved, f_ybar, a_0, a_T = symbols("a_sq_next mu_step_sq f_ybar_gap a_0_sq a_T_sq")
(ratio,) = local("S_ratio")
"""S_T/w_T with S_T = sum_{t=1}^T w_t."""

ZERO = sp.Integer(0)
RATE = eta * l / (2 * n)


def _published_13() -> tuple[Link, ...]:
    """(30)-(40)."""
    direction, mean = printed("eq-34"), printed("eq-32")
    lemma_9 = published_claims()["lemma-9"].rhs
    cross, truth = printed("eq-40")
    return (
        Link(
            "the mean gradient's square by Gamma and e",
            "Lemma 13, (31)-(32)",
            4 * eta**2 / n**2,
            *mean,
        ),
        Link(
            "smoothness between X^i and mu, strong convexity split between mu and X^i",
            "Lemma 13, (33)-(34)",
            4 * eta / n,
            *direction,
        ),
        Link(
            "the noise of the mean's step by 8 sbar^2, its conditional mean by 64 L^2 Gamma and A3",
            "Lemma 13, (36)",
            ONE,
            *printed("eq-36"),
        ),
        *(link.within(8 * eta**2 / n**2, where="in Lemma 13 by Lemma 9") for link in error()),
        Link(
            "the constants are added up with 8 (d+4) S_Z where 32 (d+4) S_Z follows",
            "Lemma 13, (37)",
            ONE,
            rhs_37(8),
            rhs_36(lemma_9),
            erratum="eq-37",
        ),
        Link(
            f"the bias by z <= z^2 + 1/4: {EQUAL_ON_QUADRATICS}",
            "Lemma 13, (38)-(40)",
            sp.Integer(2),
            cross,
            truth,
            erratum="eq-40",
        ),
    )


def _repaired_13() -> tuple[Link, ...]:
    """Lemma 13 by its steps (34), Lemma 14 and Lemma 3."""
    final = claim("lemma-13", "repaired").rhs
    towards = claim("lemma-13.34", "repaired")
    far = towards.rhs - symbols("mu_dot_m")[0] - towards.lhs
    moment = published_claims()["lemma-3"].rhs
    return (
        Link(
            "smoothness between X^i and mu, strong convexity split, bias as a value",
            "Lemma 13, (33)-(34) repaired",
            4 * eta / n,
            *sides(towards),
        ),
        _fourteen("Lemma 13"),
        *(
            link.within(4 * eta**2 / n**2, where="in Lemma 13 by Lemma 3")
            for link in second_moment(convex=True)
        ),
        Link(
            "the printed constants are kept where they are larger than needed",
            "Lemma 13 repaired",
            ONE,
            final,
            a_sq + 4 * eta / n * far + 4 * eta**2 / n**2 * moment,
        ),
    )


def _fourteen(where: str) -> Link:
    lemma = published_claims()["lemma-14"]
    return Link(
        "||G^i + G^j||^2 <= 2 ||G^i||^2 + 2 ||G^j||^2",
        f"Lemma 14, in {where}",
        ONE,
        *sides(lemma),
    )


LEMMA_13 = {"published": _published_13, "repaired": _repaired_13}


def distance_chains() -> tuple[Chain, ...]:
    """Lemma 13 as published and as repaired."""
    return tuple(
        Chain(claim("lemma-13", edition), a_next, links()) for edition, links in LEMMA_13.items()
    )


def convexity() -> Link:
    """f at the average point by the average of f."""
    return Link("f at the average point by the average of f", "Theorem 1.1, (42)", ONE, e, f_ybar)


def _ladder_1_1(subject: Claim) -> Chain:
    """(41)-(43) in the published or the repaired edition."""
    lemma = claim("lemma-13", subject.edition)
    D1 = next(c.gts for c in subject.conditions if c.lts == 0)
    C2 = sp.expand(lemma.rhs).coeff(Gamma)
    slowed = (1 - RATE) * a_sq
    kept = sp.expand(lemma.rhs).coeff(a_sq) * a_sq
    links = [
        convexity(),
        *(link.within(1 / D1) for link in LEMMA_13[subject.edition]()),
        Link(
            "half of the contraction l eta/n is given away",
            "Theorem 1.1, before (41)",
            1 / D1,
            slowed,
            kept,
        ),
        *summed(published_claims()["lemma-11"], C2 / D1, 1 - RATE, 5 * n, convex=True),
    ]
    if subject.edition == "published":
        links.append(
            Link(
                "a_0^2 is divided by S_T = sum w_T as printed, where sum w_t belongs",
                "Theorem 1, S_T",
                1 / D1,
                a_0 / (T * WEIGHT),
                a_0 / (ratio * WEIGHT),
                part="run",
                erratum="S_T",
            )
        )
    return Chain(subject, f_ybar + a_T / (ratio * D1), tuple(links), RATE)


def theorem_1_1_chains() -> tuple[Chain, ...]:
    """Theorem 1.1 as published and as repaired; the sharp one is in `theory.chains.sharp`."""
    return tuple(_ladder_1_1(claim("theorem-1.1", name)) for name in ("published", "repaired"))
