"""The sharp statements in limits that can be computed by hand, and beside the published ones."""

import pytest
import sympy as sp

from theory.notation import symbols
from theory.published.theorems import theorem_1_1
from theory.sharp import identities, proofs, sharp
from theory.sharp.estimators import forward_gradient, two_point
from theory.sharp.floor import step_limit
from theory.sharp.ladder import ladder
from theory.sharp.laws import LAWS, law, weights
from theory.sharp.mixing import Mixing, graph, matching, mixing, pair

n = symbols("n")[0]
CLAIMS = {claim.key: claim for claim in sharp()}


def test_keys_are_unique_and_every_proof_is_of_a_claim() -> None:
    """One claim a key in this edition."""
    keys = [claim.key for claim in (*identities(), *sharp())]
    assert len(set(keys)) == len(keys)
    assert {proof.key for proof in proofs()} <= set(keys)


def test_a_pair_of_first_order_agents_feels_no_heterogeneity() -> None:
    """n = 2, n0 = 0: the mean model makes an exact gradient step."""
    rest = ladder("forward-gradient").rest
    alone = rest.subs(dict(zip(symbols("n n0 n1 S_Z S_F"), (2, 0, 2, 0, 0), strict=True)))
    assert sp.simplify(alone) == 0


def test_the_complete_graph_is_the_pair() -> None:
    """gap = 1/(n-1) gives the pair's numbers."""
    one, other = graph(1 / (n - 1)), pair()
    for name in ("p", "rho", "theta"):
        assert sp.simplify(getattr(one, name) - getattr(other, name)) == 0
    for left, right in zip((*one.mean, *one.spread), (*other.mean, *other.spread), strict=True):
        assert sp.simplify(left - right) == 0


def test_the_complete_graphs_claims_are_the_pairs() -> None:
    """With gap = 1/(n-1); Gamma' pays 2 theta/n for each ||m_i - mbar||^2 beside, and no more."""
    complete = {symbols("gap")[0]: 1 / (n - 1), symbols("n1")[0]: n - symbols("n0")[0]}
    L, eta, Gamma, theta = *symbols("L eta Gamma"), (n - 2) / (n * (n - 1))
    split = ladder("forward-gradient").drag
    beside = eta**2 * 2 * theta / n * (2 * L**2 * Gamma + 2 * split)
    for base, extra in (
        ("distance", 0),
        ("value", 0),
        ("consensus", beside),
        ("consensus-smooth", beside),
    ):
        one, other = (CLAIMS[f"{base}{law}.forward-gradient"].rhs for law in (".graph", ""))
        assert sp.simplify((one - other - extra).subs(complete)) == 0, base


def test_two_agents_claims_are_alike_in_all_laws() -> None:
    """n = 2, where rho = 0 and the gap is 1: one statement for each recursion and theorem."""
    two = dict(zip(symbols("n rho gap"), (2, 0, 1), strict=True))
    two[symbols("n1")[0]] = 2 - symbols("n0")[0]
    for base in ("distance", "consensus", "consensus-smooth", "value", "theorem-1.1"):
        laws = (CLAIMS[f"{base}{law}.forward-gradient"] for law in (".matching", ".graph", ""))
        first, *others = (law.rhs.subs(two) for law in laws)
        assert all(sp.simplify(first - other) == 0 for other in others), base


@pytest.mark.parametrize("name", LAWS)
def test_the_parts_of_a_laws_second_moments_add_up(name: str) -> None:
    """To the weights of variance, dispersion and mean that enumeration confirms; all are >= 0."""
    mix = law(name, "two-point").mix
    parts = weights(name)
    tops = (mix.mean[2], mix.p * mix.rho)
    for found, top in zip(parts, tops, strict=True):
        assert sp.simplify(found.joint + found.mean + found.apart - top) == 0
    for found, known in zip(parts, (mix.mean, mix.spread), strict=True):
        assert all(sp.simplify(a - b) == 0 for a, b in zip(found.triple, known, strict=True))
    where = dict(zip(symbols("n rho gap"), (6, sp.Rational(2, 5), sp.Rational(1, 12)), strict=True))
    for part in parts:
        values = (part.own, part.joint, part.mean, part.apart)
        assert all(sp.sympify(value).subs(where) >= 0 for value in values)


def test_two_agents_meet_alike_in_both_laws() -> None:
    """n = 2: a pair is a matching."""
    one, other = pair(), matching(odd=False)
    for left, right in zip((*one.mean, *one.spread), (*other.mean, *other.spread), strict=True):
        assert sp.sympify(left - right).subs(n, 2) == 0


@pytest.mark.parametrize("agents", [4, 5])
def test_laws_are_found_by_name(agents: int) -> None:
    """Names as in a spec."""
    assert isinstance(mixing("matching", agents), Mixing)
    with pytest.raises(ValueError, match="interaction must be"):
        mixing("ring", agents)


def test_forward_gradients_have_q_of_their_identity() -> None:
    """(d+1)/rv + 1; a two-point estimate needs 1 + tau times as much."""
    d, rv = symbols("d rv")
    assert forward_gradient().q == (d + 1) / rv + 1
    assert sp.simplify(two_point(sp.Integer(3)).q / forward_gradient().q) == 4


def test_the_limit_counts_directions_by_their_share() -> None:
    """One zeroth-order agent among many: the mean's part forgets d, the agent's own does not."""
    names = symbols("n n0 n1 d rv L")
    limit = sp.lambdify(names, step_limit(forward_gradient()))
    few, none = limit(10**6, 1, 10**6 - 1, 62, 1, 1.0), limit(10**6, 0, 10**6, 62, 1, 1.0)
    assert few == pytest.approx(1 / (4 * 8), rel=1e-2)
    assert none == pytest.approx(1 / 4, rel=1e-2)


def test_the_sharp_theorem_is_below_the_published_one() -> None:
    """The floors of Theorem 1.1 in closed form, two-point, where the published conditions hold."""
    sharp_claim, published = CLAIMS["theorem-1.1"], theorem_1_1()
    names = ["n", "n0", "n1", "d", "L", "l", "vs0_sq", "vs1_sq", "S_Z", "S_F", "a_0_sq", "T"]
    base = dict(
        zip(names, (8.0, 4.0, 4.0, 5.0, 2.0, 1.0, 1.0, 1.0, 4.0, 4.0, 0.0, 2.0), strict=True)
    )
    for eta in (1e-4, 1e-3):
        values = {**base, "eta": eta, "nu": eta / 5**0.5, "c": 5**0.5}
        assert all(
            c.subs({s: values[s.name] for s in c.free_symbols}) for c in published.conditions
        )
        assert sharp_claim.evaluate("rhs", values) < published.evaluate("rhs", values) / 3
