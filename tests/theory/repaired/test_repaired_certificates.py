"""The steps between repaired claims hold for all parameters: coefficientwise, on the orthant.

Parameters are written as n = 2 + k, d = 1 + p, l = L/(1 + t), eta = limit/(1 + s) with k, p, t, s
>= 0; a polynomial in these without negative coefficient is nonnegative on the whole region.
"""

import sympy as sp

import theory
from theory.repaired import repaired
from theory.repaired.lemmas import coefficients_13
from theory.repaired.theorems import distances

REPAIRED = {claim.key: claim for claim in repaired()}
n, n0, n1, d, L, l, eta, nu, c = theory.notation.symbols("n n0 n1 d L l eta nu c")  # noqa: E741
vs0, vs1, SZ, SF = theory.notation.symbols("vs0_sq vs1_sq S_Z S_F")
e, a_sq, mu_m, M_G = theory.notation.symbols("e a_sq mu_dot_m M_G")
s, t, k, p = sp.symbols("s t k p", nonnegative=True)
LIMIT = REPAIRED["theorem-1.1-explicit"].conditions[0].rhs


def nonnegative(expression: sp.Expr, *, limit: sp.Expr | None = None) -> bool:
    """Whether the numerator and the denominator have no negative coefficient on the orthant."""
    inside = expression if limit is None else expression.subs(eta, limit / (1 + s))
    inside = inside.subs(n0, n - n1) if n1 in inside.free_symbols else inside
    placed = inside.subs(l, L / (1 + t)).subs({n: 2 + k, d: 1 + p})
    parts = sp.fraction(sp.together(placed))
    return all(min(sp.Poly(sp.expand(part)).coeffs()) >= 0 for part in parts)


def test_what_has_a_negative_value_is_not_called_nonnegative() -> None:
    """d - 2 is negative at d = 1, and L - l is not."""
    assert not nonnegative(d - 2)
    assert nonnegative(L - l)
    assert not nonnegative(LIMIT - 2 * eta, limit=LIMIT)


def test_lemma_13_follows_from_its_three_parts_for_every_step_size() -> None:
    """The right-hand side less the sum of (34) times 4 eta/n, Lemma 14 and Lemma 3."""
    lemma_3, lemma_14 = (theory.claim(f"lemma-{i}", "published") for i in (3, 14))
    descent = e + l / 4 * a_sq - REPAIRED["lemma-13.34"].rhs.subs(mu_m, 0)
    composed = a_sq - 4 * eta / n * descent + lemma_14.rhs.subs(M_G, lemma_3.rhs)
    rest = sp.expand(REPAIRED["lemma-13"].rhs - composed)
    quantities = [x for x in rest.free_symbols if x not in (n, n0, n1, d, L, l, eta, c)]
    assert sp.expand(rest.subs(dict.fromkeys(quantities, 0)) * c**2) == sp.expand(
        10 * eta**4 * n0 * L**2 * (d + 6) ** 3 / n**3
    )
    for quantity in quantities:
        assert nonnegative(sp.cancel(sp.expand(rest.coeff(quantity)))), quantity


def test_lemmas_11_and_17_stay_below_a_quarter() -> None:
    """24 (d+4) L^2 eta^2 <= 1/4 at their limits, and 1/(1/(4n) - eta l/(2n)) <= 5n for Lemma 12."""
    for key in ("lemma-12", "lemma-18"):
        (limit,) = REPAIRED[key].conditions
        square = sp.expand(24 * (d + 4) * L**2 * limit.rhs**2)
        assert sp.simplify(square) <= sp.Rational(1, 4)
    # L eta <= 1/(14 sqrt(5)) < 1/10, and then 1/4 - eta l/2 >= 1/5
    assert sp.Rational(1, 14**2 * 5) < sp.Rational(1, 10) ** 2


def test_the_explicit_theorem_1_1_follows_from_the_gathered_one() -> None:
    """C2 <= 99 L eta/(20 n), 2 eta/n <= D1 <= 4 eta/n, and D2 term by term."""
    _, C2, _ = coefficients_13()
    D1, D2 = distances()
    assert nonnegative(sp.Rational(99, 20) * L * eta / n - C2, limit=LIMIT)
    assert nonnegative(D1 - 2 * eta / n, limit=LIMIT)
    assert nonnegative(4 * eta / n - D1, limit=LIMIT)
    assert nonnegative(1 - 196 * (d + 4) * L**2 * eta**2, limit=LIMIT)
    floor = sp.Add(*(x for x in REPAIRED["theorem-1.1-explicit"].terms if not x.has(a_0())))
    rest = sp.expand(2 * eta / n * floor.subs(nu, eta / c) - D2)
    for weight in (vs0, vs1, SZ, SF):
        assert nonnegative(
            sp.expand(rest.coeff(weight) / (n1 if weight == vs1 else 1)), limit=LIMIT
        )
    smoothing = rest.subs(dict.fromkeys((vs0, vs1, SZ, SF), 0))
    assert nonnegative(sp.expand(smoothing * c**2 / n0), limit=LIMIT)


def a_0() -> sp.Symbol:
    """||mu_0 - x*||^2."""
    return theory.symbol("a_0_sq")


def test_the_explicit_theorem_1_2_follows_from_the_gathered_one() -> None:
    """In X = L eta G/n^2, Y = n L eta, W = L eta sqrt(d+4), where 4 X + 16 Y + 20 W <= 1."""
    X, Y, W, rest = sp.symbols("X Y W rest", nonnegative=True)
    # homogeneous in the four parts of 1 = 4 X + 16 Y + 20 W + rest
    one = 4 * X + 16 * Y + 20 * W + rest
    sixth_and_seventh = 64 * X * Y * one + 384 * X * W**2
    noise = one**2 + 16 * Y * one + 96 * W**2
    smoothing = 4 * Y * one**2 + 64 * Y**2 * one + 384 * Y * W**2
    for bound in (
        one**3 / 2 - sixth_and_seventh,
        2 * one**2 - noise,
        one**3 - smoothing,
        one - 10 * W,
        one - 4 * X,
    ):
        assert min(sp.Poly(sp.expand(bound), X, Y, W, rest).coeffs()) >= 0


def test_the_gathered_theorem_1_2_is_made_of_these_products() -> None:
    """(59) in X, Y, W: noise 8 L eta/n^2 (1 + 16 Y + 96 W^2), smoothing as tested above."""
    gathered = REPAIRED["theorem-1.2"].rhs
    Y, W_sq = n * L * eta, L**2 * eta**2 * (d + 4)
    factor = 8 * L * eta / n**2 * (1 + 16 * Y + 96 * W_sq)
    weights = {vs0: 6 * (d + 4) * n0, vs1: 3 * n1, SZ: 2 * (d + 4), SF: sp.Integer(1)}
    for weight, number in weights.items():
        assert sp.expand(sp.expand(gathered).coeff(weight) - factor * number) == 0
    clean = gathered.subs(dict.fromkeys((*weights, theory.symbol("f0_gap")), 0))
    smoothing = (
        2 * n0 * n * (d + 3) ** 3 + (d + 6) ** 3 * (4 * Y + 64 * Y**2 + 384 * Y * W_sq)
    ) * n0
    assert sp.expand(clean - eta**2 / c**2 * L**2 * smoothing / n**3) == 0
