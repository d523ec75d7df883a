"""Axioms and definitions of the proof language hold on populations where all is known exactly."""

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from quadratic_states import State, add, dot, plus, times

from theory.notation import symbols
from theory.proofs.axioms import AXIOMS
from theory.proofs.definitions import definitions, expand, h_bar, over
from theory.proofs.series import GROWTH, RATE, RATES, S_A, S_E, S_T, Q
from theory.proofs.vectors import common, inner, member

F = Fraction
MODELS = ((F(1), F(0)), (F(-2), F(3)), (F(1, 2), F(5)), (F(0), F(-4)), (F(7, 3), F(1)))
CENTRES = ((F(0), F(1)), (F(2), F(2)), (F(-1), F(0)), (F(3), F(-1)), (F(1), F(1)))
NOISE = (F(1), F(2), F(1, 2), F(0), F(3))
ALIKE = (F(3),) * 5
"""One curvature: the inequalities of smoothness and convexity are equalities."""

FLAT = (F(1, 5),) * 5
"""Below 1, where L^2 < L."""

APART = (F(1), F(4), F(2), F(1, 3), F(5))


def states(estimator: str) -> list[State]:
    """Populations of two and three agents in the two groups, and one where nobody has moved."""
    found = [State(a, CENTRES, MODELS, NOISE, 2, estimator) for a in (ALIKE, FLAT, APART)]
    still = State(ALIKE, CENTRES, (MODELS[1],) * 5, (F(0),) * 5, 2, estimator)
    one = State(APART[:2], CENTRES[:2], MODELS[:2], NOISE[:2], 1, estimator)
    return [*found, still, one]


GROUPED = ("lipschitz", "split", "smoothed_smoothness", "smoothed_convexity", "smoothing_raises",
           "second_moment", "smoothed_change", "smoothed_monotone", "smoothing_shift", "monotone",
           "smoothness_at", "convexity_at")  # fmt: skip
WHOLE = ("gradient_at_mean", "gradient_noise", "gradient_error", "first_order_mean",
         "two_point_square", "two_point_error", "bias_bound", "mean_bias", "smoothing_little",
         "same_function", "gap_of_the_mean", "smooth_descent", "sharp_two_point_square",
         "smoothed_gradient", "smoothing_mean_shift", "one", "forward_square",
         "forward_mean", "first_order_variance")  # fmt: skip
OVER_TIME = ("longer_gap_sum", "longer_weight_sum", "longer_gradient_sum", "average_point",
             "squared_sum")  # fmt: skip
ON_GRAPHS = ("spectral_gap", "edges_at_most")
"""In tests/verify/sharp/test_laws.py."""
ONE_FUNCTION = ("remainder_square", "linear_square", "linear_mean", "gradient_square",
                "bias_by_remainder", "bias_by_change", "change_square", "shift_square",
                "shift_mean", "smoothing_values", "absolute_value", "smoothing_above",
                "biases_of_agents")  # fmt: skip

TIGHT = ("lipschitz", "split", "gradient_at_mean", "gradient_noise", "gradient_error",
         "smoothed_smoothness", "smoothed_convexity", "smoothing_little", "same_function",
         "gap_of_the_mean", "second_moment", "smooth_descent", "forward_square", "smoothed_change",
         "monotone", "smoothness_at", "convexity_at")  # fmt: skip
"""Axioms that some population here attains: their constants cannot be smaller."""


def arguments(name: str) -> list[tuple[Any, ...]]:
    """Every way to name the axiom."""
    if name in GROUPED:
        return [(0,), (1,)]
    if name == "forward_mean":
        return [(p, sign) for p in ("squares", "sum", "x", "y", "h") for sign in (1, -1)]
    return [()]


def found(name: str) -> list[sp.Expr]:
    """The axiom's quantity on every population whose estimator it speaks of."""
    known = [AXIOMS[name](*given) for given in arguments(name)]
    return [
        state.value(expand(one.expression))
        for one in known
        for estimator in ("two-point", "forward-gradient")
        if not one.assumptions & {"two-point", "forward-gradient"} - {estimator}
        for state in states(estimator)
    ]


def test_every_axiom_is_tried() -> None:
    """Here on populations, or on series and single functions below; none is left out."""
    assert {*GROUPED, *WHOLE, *OVER_TIME, *ONE_FUNCTION, *ON_GRAPHS} == set(AXIOMS)


@pytest.mark.parametrize("name", [*GROUPED, *WHOLE])
def test_axioms_hold_on_quadratic_populations(name: str) -> None:
    """Each is >= 0 in rationals, and 0 somewhere where no smaller constant would do."""
    values = found(name)
    assert values
    assert all(value >= 0 for value in values)
    assert name not in TIGHT or 0 in values


def test_a_common_vector_counts_once_for_every_agent_of_a_group() -> None:
    """sum over the group of ||h_i - grad f(mu)||^2, by enumeration."""
    state = states("two-point")[2]
    h = state.families["h"]
    mean = times(add(h), F(1, state.n))
    for group in (0, 1):
        away = member("h", group) - h_bar
        agents = [plus(h[i], mean, -1) for i in state.group(group)]
        assert state.value(expand(over(group, away, away))) == sum(dot(a, a) for a in agents)


def test_a_false_axiom_is_seen() -> None:
    """Half of the tight ones' positive part is too little: the populations can tell."""
    state = states("two-point")[0]
    L, e = symbols("L e")
    too_small = AXIOMS["gradient_at_mean"]().expression - L * e
    assert state.value(expand(too_small)) < 0


def weights(state: State) -> list[Fraction]:
    """w_t = (1 - eta l/(2n))^-t, t = 1..6."""
    q = 1 - state.eta * state.numbers["l"] / (2 * state.n)
    return [q**-t for t in range(1, 7)]


def test_the_sum_of_the_weights_is_that_of_a_geometric_series() -> None:
    """sum_{t=1}^T w_t = 2n (w_T - 1)/(eta l), summed term by term; Q is w_{t-1}/w_t."""
    for state in states("two-point"):
        w = weights(state)
        last = sp.Rational(w[-1].numerator, w[-1].denominator) - 1
        total = sum(w, start=F(0))
        assert state.value(S_T.subs({GROWTH: last, RATE: RATES["pair"]})) == sp.Rational(
            total.numerator, total.denominator
        )
        ratio = w[2] / w[3]
        assert state.value(Q.subs(RATE, RATES["pair"])) == sp.Rational(
            ratio.numerator, ratio.denominator
        )


def measured(state: State) -> dict[str, Fraction]:
    """What the symbols are, straight from the population."""
    n, m, x = state.n, state.families["m"], state.families["x"]
    g, h = state.families["g"], add(state.families["h"])
    mean = times(add(m), F(1, n))
    off = tuple(a - b for a, b in zip(state.mu, state.minimiser, strict=True))
    first = sum((dot(v, v) for v in g[: state.n0]), start=F(0))
    second = sum((dot(v, v) for v in g[state.n0 :]), start=F(0))
    pair_sq = state.over_pairs(state.pair_sq)
    return {
        "Gamma": sum((dot(v, v) for v in x), start=F(0)) / n,
        "a_sq": dot(off, off),
        "grad_sq": dot(h, h) / F(n) ** 2,
        "M_G": sum(state.second, start=F(0)) / n,
        "S": sum(state.second, start=F(0)) / n,
        "sbar_sq": sum(state.errors(), start=F(0)) / n,
        "M_f": (5 * first + 2 * second) / n,
        "sum_m_norm_sq": dot(add(m), add(m)),
        "sum_m_sq": sum((dot(v, v) for v in m), start=F(0)),
        "mu_dot_m": dot(off, mean),
        "x_dot_m": sum((dot(a, b) for a, b in zip(x, m, strict=True)), start=F(0)) / n,
        "pair_sq": pair_sq,
        "mu_step_sq": (state.eta / n) ** 2 * pair_sq,
        "Gamma_next": state.over_pairs(state.consensus_after),
        "a_sq_next": state.over_pairs(state.distance_after),
        "drift": -2 * state.eta / F(n) ** 2 * dot(h, mean),
        "mean_step_defect": F(0),
    }


def test_definitions_are_the_quantities_of_a_population() -> None:
    """Each symbol expanded in atoms equals the number taken from the agents, pair by pair."""
    for estimator in ("two-point", "forward-gradient"):
        for state in states(estimator):
            for name, value in measured(state).items():
                defined = state.value(expand(definitions()[symbols(name)[0]]))
                assert defined == sp.Rational(value.numerator, value.denominator), name


def test_expanding_keeps_the_value_of_a_parameter() -> None:
    """n1 = n - n0 and nu = eta/c, whose values are the population's own."""
    state = states("two-point")[0]
    for name in ("n1", "nu"):
        assert state.value(expand(symbols(name)[0])) == sp.Rational(
            state.numbers[name].numerator, state.numbers[name].denominator
        )


def one_function(d: int, curvature: Fraction) -> dict[sp.Expr, sp.Expr]:
    """f(x) = (a/2)||x||^2 at g = grad f, u ~ N(0, I): products of its vectors and its numbers.

    E||u||^2, E <g, u>^2 ||u||^2/||g||^2 and E||u||^6 are moments of chi-square with d degrees.
    """
    two, four, six = {1: (1, 3, 15), 2: (2, 4, 48), 3: (3, 5, 105)}[d]
    a, nu, g_sq, s_sq, dist = curvature, F(1, 3), F(7, 2), F(2), F(5, 4)
    products = {
        ("change", "change"): nu**2 * a**2 * two,
        ("shift", "shift"): a**2 * dist**2,
        ("gradient", "gradient"): g_sq,
        ("linear of function", "linear of function"): four * g_sq,
        ("linear of agent", "linear of agent"): four * (g_sq + s_sq),
        ("gradient", "linear of agent"): g_sq,
    }
    for who in ("function", "agent"):  # u'Au u/2: odd moments vanish
        rest = f"remainder of {who}"
        products[rest, rest] = nu**2 * a**2 / 4 * six
    numbers = {
        "n": F(5), "n0": F(2), "d": F(d), "L": F(3), "nu": nu, "dist_xy": dist,
        "s_sq": s_sq, "grad_x_sq": g_sq, "grad_i_sq": g_sq, "smoothing_bias": F(0),
        "grad_nu_gap": a * dist, "smoothing_gap": nu**2 * a * two / 2,
        "smoothing_signed_gap": nu**2 * a * two / 2, "B_attained": F(0),
    }  # fmt: skip
    vectors = {dotted(*pair): value for pair, value in products.items()}
    known = {**vectors, **{symbols(name)[0]: value for name, value in numbers.items()}}
    return {k: sp.Rational(v.numerator, v.denominator) for k, v in known.items()}


def dotted(first: str, second: str) -> sp.Expr:
    """E of the product of two named vectors."""
    return inner(common(first), common(second))


@pytest.mark.parametrize("name", ONE_FUNCTION)
def test_axioms_of_one_function_hold_on_quadratics(name: str) -> None:
    """In 1, 2 and 3 dimensions, with curvature L and below it."""
    ways: dict[str, list[tuple[Any, ...]]] = {
        "remainder_square": [("function",), ("agent",)],
        "linear_square": [("function",), ("agent",)],
        "linear_mean": [(1,), (-1,)],
        "gradient_square": [(1,), (-1,)],
    }
    tight = ("remainder_square", "linear_square", "change_square", "shift_square", "shift_mean",
             "smoothing_values")  # fmt: skip
    for given in ways.get(name, [()]):
        expression = AXIOMS[name](*given).expression
        for d in (1, 2, 3):
            for curvature in (F(3), F(1, 2)):
                value = expression.xreplace(one_function(d, curvature))
                assert value.is_number
                assert value >= 0
                assert name not in tight or curvature != 3 or value == 0


@pytest.mark.parametrize("name", OVER_TIME)
def test_axioms_of_sums_hold_for_any_nonnegative_numbers(name: str) -> None:
    """T = 4, weights 2^t, gaps and gradients at t = 0..3, f(y_T) - f* no more than their mean."""
    w, e, g = [2**t for t in range(1, 5)], [5, 0, 1, 2], [3, 0, 2, 1]
    gaps = [weight * gap for weight, gap in zip(w, e, strict=True)]
    T = symbols("T")[0]
    known = {
        **dict(zip(symbols("sum_w_e sum_w sum_grad_sq"), (sum(gaps[:3]), sum(w[:3]), 5),
                   strict=True)),
        symbols("mean_grad_sq")[0]: sp.Rational(sum(g), 4),
        symbols("f_ybar_gap")[0]: sp.Rational(sum(gaps), sum(w)),
        S_E: sum(gaps), S_A: 1, T: 4, GROWTH: 15, RATE: sp.Rational(1, 2),
    }  # fmt: skip
    # 1 - q = 1/2: w_t = 2^t, as above
    value = AXIOMS[name]().expression.subs(known)
    assert (
        value
        == {
            "longer_gap_sum": gaps[3],
            "longer_weight_sum": w[3],
            "longer_gradient_sum": g[3],
            "average_point": 0,
            "squared_sum": 1,
        }[name]
    )
