"""The links of Lemmas 2, 3, 8, 9, 15 and 16: moments of the estimators, and the consensus error."""

import sympy as sp

from theory.chains.link import Link, local, printed
from theory.claim import Claim
from theory.notation import symbols
from theory.published.lemma_1 import lemma_5
from theory.published.proofs import published_claims

n, n0, n1, d, L, l, eta = symbols("n n0 n1 d L l eta")  # noqa: E741
alpha0, alpha1, vs0, vs1, SZ, SF = symbols("alpha0 alpha1 vs0_sq vs1_sq S_Z S_F")
Gamma, e, grad_sq, M_G = symbols("Gamma e grad_sq M_G")
Gamma0, Gamma1, g0, g1, M0, M1 = symbols("Gamma0 Gamma1 g0_sq g1_sq M_G0 M_G1")
x_dot_m, pair_sq, Gamma_next = symbols("x_dot_m pair_sq Gamma_next")
sbar0, sbar1, near0, near1, apart0, apart1 = local(
    "sbar0_sq sbar1_sq near0_sq near1_sq apart0_sq apart1_sq"
)
ONE = sp.Integer(1)


def _over_group(lemma: Claim) -> sp.Expr:
    """The sum over N0 of a bound on one agent's estimate."""
    grad, noise = symbols("grad_i_sq s_sq")
    still = lemma.rhs.subs({grad: 0, noise: 0})
    moving = (lemma.rhs - still).subs({grad: g0, noise: SZ}, simultaneous=True)
    return n0 * still + moving


def gradients(zeroth: sp.Expr, *, convex: bool) -> tuple[Link, ...]:
    """Lemma 8 (convex) or 15 with weights (`zeroth`, 1): gradients at X^i by those at mu."""
    lemma = published_claims()["lemma-8" if convex else "lemma-15"]
    equation = "Lemma 8, (15)-(16)" if convex else "Lemma 15, (45)-(46)"
    weights = {alpha0: zeroth, alpha1: ONE}
    groups = ((zeroth, n0, Gamma0, vs0, near0, apart0), (ONE, n1, Gamma1, vs1, near1, apart1))
    last = 2 * L * e if convex else grad_sq
    squares = sum(3 * a / n * (near + far + k * grad_sq) for a, k, _, _, near, far in groups)
    bounded = sum(3 * a / n * (L**2 * G + k * vs + k * last) for a, k, G, vs, _, _ in groups)
    merged = lemma.rhs.subs(weights, simultaneous=True)
    known = "smoothness, A3" + (" and ||grad f(mu)||^2 <= 2 L e" if convex else "")
    return (
        Link(
            "||x + y + z||^2 <= 3 (||x||^2 + ||y||^2 + ||z||^2) splits each agent's gradient",
            equation,
            ONE,
            squares,
            (zeroth * g0 + g1) / n,
        ),
        Link(f"{known} bound the three squares", equation, ONE, bounded, squares),
        Link(
            "both groups count as if they were all agents",
            equation,
            ONE,
            merged,
            bounded,
        ),
    )


def second_moment(*, convex: bool) -> tuple[Link, ...]:
    """Lemma 3 (convex) or 16: E M^G."""
    six, _ = lemma_5()
    zeroth = _over_group(six)
    first, second = ("(17)", "(18)") if convex else ("(47)", "(48)")
    return (
        Link(
            "a two-point estimate's second moment by d+4 and (d+6)^3, with Young's factor 2",
            f"{first}, by (6)",
            ONE,
            zeroth / n,
            M0 / n,
        ),
        Link("a sampled gradient's second moment, A4", second, ONE, (g1 + SF) / n, M1 / n),
        *gradients(2 * (d + 4), convex=convex),
    )


def error() -> tuple[Link, ...]:
    """Lemma 9: the estimators' errors."""
    _, seven = lemma_5()
    return (
        Link(
            "a two-point estimate's error by twice its second moment and more",
            "(19), by (7)",
            ONE,
            _over_group(seven) / n,
            sbar0 / n,
        ),
        Link(
            "a sampled gradient's error by its second moment: ||grad f^i||^2 is not subtracted",
            "(19)",
            ONE,
            (g1 + SF) / n,
            sbar1 / n,
        ),
        *gradients(4 * (d + 4), convex=True),
    )


def consensus(lemma: Claim, *, convex: bool) -> tuple[Link, ...]:
    """Lemma 11 (convex) or 17, `lemma`: what one interaction does to Gamma."""
    young, turned = printed("eq-25-minus")
    total, final = printed("eq-26-sum")[1], printed("eq-26-sum")[0]
    noise = sp.expand(total - (1 - 1 / n) * Gamma + Gamma / (n * (n - 1)) - young)
    name = "Lemma 11" if convex else "Lemma 17"
    inner = "Lemma 3" if convex else "Lemma 16"
    moment = published_claims()["lemma-3" if convex else "lemma-16"]
    whole = final.subs(M_G, moment.rhs)
    return (
        Link(
            "||G^i + G^j||^2 <= 2 ||G^i||^2 + 2 ||G^j||^2, and (n-2)/n <= 1",
            "Lemma 2, (23)",
            ONE,
            noise,
            (n - 2) * eta**2 / (2 * n**2) * pair_sq,
        ),
        Link(
            "Young in the cross term: its sign, known for convex f, is given away",
            "Lemma 2, (25)",
            ONE,
            young,
            turned,
        ),
        Link("-Gamma/(n(n-1)) is left out", "Lemma 2, (26)", ONE, final, total),
        *(
            link.within(4 * eta**2 / n, where=f"in {name} by {inner}")
            for link in second_moment(convex=convex)
        ),
        Link(
            f"half of Gamma's contraction pays for its noise: {name}",
            name,
            ONE,
            *(lemma.rhs, whole),
        ),
    )


def summed(
    lemma: Claim, multiplier: sp.Expr, ratio: sp.Expr, constant: sp.Expr, *, convex: bool
) -> tuple[Link, ...]:
    """Lemma 12 (convex) or 18, times `multiplier`: the recursion `lemma` added up over the run.

    `ratio` is w_{t-1}/w_t, `constant` what 1/(ratio - (1 - 1/(4n))) is bounded by.
    """
    left = ONE - 1 / (4 * n)
    true = 1 / (ratio - left)
    added = lemma.rhs - left * Gamma
    tail = "(28)" if convex else "(49)-(50)"
    name = "Lemma 12" if convex else "Lemma 18"
    found = [
        link.within(multiplier * true, part="head") for link in consensus(lemma, convex=convex)
    ]
    zero = sp.Integer(0)
    found.append(
        Link(
            "the geometric series is continued beyond T",
            f"{name}, {tail}",
            multiplier * true,
            left * Gamma,
            zero,
            part="last",
        )
    )
    if convex:
        found.append(
            Link(
                "1/(1/(4n) - eta l/(2n)) <= 5n",
                f"{name}, (29)",
                multiplier,
                constant * added,
                true * added,
                part="head",
            )
        )
    closing = Link(
        "sums to T - 1 are continued to T",
        "(41)" if convex else "(58)",
        multiplier,
        constant * added,
        zero,
        part="last",
    )
    return (*found, closing)
