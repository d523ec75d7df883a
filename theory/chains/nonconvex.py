"""The chains of Theorem 1.2."""

import sympy as sp

from theory.chains.link import Chain, Link, local, sides
from theory.chains.moments import ONE, second_moment, summed
from theory.claim import Claim
from theory.notation import symbols
from theory.published import lemmas as ladder
from theory.published.proofs import published_claims
from theory.registry import claim

n, d, L, eta, T, B = symbols("n d L eta T B")
Gamma, grad_sq, M_G = symbols("Gamma grad_sq M_G")
drift, moved, f_step, mean_grad = symbols("drift mu_step_sq f_step mean_grad_sq")
(f_T,) = local("f_T_gap")
ZERO = sp.Integer(0)


def theorem_1_2_chains() -> tuple[Chain, ...]:
    """As published and as repaired; the sharp one is in `theory.chains.sharp`."""
    return tuple(_chain(claim("theorem-1.2", edition)) for edition in ("published", "repaired"))


def _chain(subject: Claim) -> Chain:
    """(57)-(59) with Lemma 20 of the same edition."""
    twenty = claim("lemma-20", subject.edition)
    scale = 4 * n / eta
    J0 = sp.expand(twenty.rhs).coeff(Gamma)
    lost = 2 * L * ladder.GRADIENTS * eta**2 / n**3
    kept = J0 * 16 * eta**2 * ladder.GRADIENTS / n
    links = (
        *(link.within(scale) for link in _twenty(twenty)),
        Link("f(mu_T) - f* is left out", "Theorem 1.2, (57)", scale / T, f_T, ZERO, part="run"),
        Link(
            "half of the gradient's term pays for its noise",
            "Theorem 1.2, (57)",
            scale,
            eta / (2 * n) * grad_sq,
            lost * grad_sq,
        ),
        *summed(published_claims()["lemma-17"], scale * J0, ONE, 4 * n, convex=False),
        Link(
            "1 - K6 - K7 >= 1/2",
            "Theorem 1.2, (59)",
            scale,
            eta / (4 * n) * grad_sq,
            kept * grad_sq,
        ),
    )
    return Chain(subject, mean_grad, links)


def _twenty(lemma: Claim) -> tuple[Link, ...]:
    """Lemma 20 by Lemmas 19, 10, 14 and 16."""
    known = published_claims()
    biased = known["lemma-19"].rhs.subs(B, ladder.LEMMA_10)
    unbiased = known["lemma-19"].rhs.subs(B, symbols("B_attained")[0])
    merged = biased + L / 2 * known["lemma-14"].rhs.subs(M_G, known["lemma-16"].rhs)
    printed = lemma.edition == "published"
    return (
        Link("smoothness of f: the Hessian by L", "Lemma 20", ONE, drift + L / 2 * moved, f_step),
        Link(
            "the inner product of grad f(mu) and the mean step by squares",
            "Lemma 19, (51)-(55)",
            ONE,
            unbiased,
            drift,
        ),
        Link(
            "the bias by Lemma 10; on quadratics there is none",
            "Lemma 10, in Lemma 20",
            ONE,
            biased,
            unbiased,
        ),
        Link(
            "||G^i + G^j||^2 <= 2 ||G^i||^2 + 2 ||G^j||^2",
            "Lemma 14, in Lemma 20",
            L / 2,
            *sides(known["lemma-14"]),
        ),
        *(
            link.within(2 * L * eta**2 / n**2, where="in Lemma 20 by Lemma 16")
            for link in second_moment(convex=False)
        ),
        Link(
            "the constants are added up with L where L^3 follows in Gamma's"
            if printed
            else "the constants are added up",
            "Lemma 20",
            ONE,
            lemma.rhs,
            merged,
            erratum="lemma-20" if printed else "",
        ),
    )
