"""One-step evidence: identities against enumeration, closed forms against integrals and draws."""

import math
from dataclasses import replace
from typing import Any

import flint
import numpy as np
import pytest
from onestep_cases import AGENTS, PROBLEMS, gradient_samples, make, measure

from hdo import InputError, Population, Spec, build_problem
from verify.balls import Ball, ball, balls
from verify.onestep import NotExact, linear, measure_step, smoothness
from verify.onestep.pairs import Before, by_enumeration, by_identities
from verify.onestep.state import make_state

KINDS = sorted(PROBLEMS)
Z_BOUND = 5.5
"""Standard errors allowed to a Monte Carlo mean: false alarm below 4e-8 a comparison."""


def points(spec: Spec, *, scale: float = 0.4, seed: int = 0) -> np.ndarray:
    """Scattered models."""
    shape = (spec.population.n, build_problem(spec).d)
    return scale * np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["Gamma_next", "a_sq_next", "mu_step_sq", "pair_sq"])
def test_identities_and_enumeration_of_pairs_give_the_same_narrow_ball(
    kind: str, name: str
) -> None:
    """Two routes, one value, known to 60 digits, or to 30 where there is quadrature."""
    spec = make(kind)
    X = points(spec)
    if name == "a_sq_next" and kind in ("cosine", "sigmoid"):
        with pytest.raises(NotExact, match="not unique or not known"):
            measure(spec, X)[name]
        return
    first, second = (measure(spec, X, route=r)[name] for r in ("identities", "enumeration"))
    assert first.overlaps(second)
    narrow = 1e-30 if kind in ("logistic", "sigmoid") else 1e-60
    if name == "a_sq_next" and kind == "ridge":
        narrow = 1e-12  # the minimiser is itself enclosed
    assert max(float(b.rad()) for b in (first, second)) < narrow * float(abs(first).mid())


@pytest.mark.parametrize(
    "wrong",
    [
        lambda s: replace(s, second=s.second * 2),
        lambda s: replace(s, m=-s.m),
        lambda s: replace(s, eta=s.eta * 2),
        lambda s: replace(s, X=s.X + balls(np.eye(*s.X.shape))),
    ],
    ids=["second moment doubled", "mean negated", "step doubled", "one model moved"],
)
def test_a_wrong_input_to_the_identities_is_told_from_enumeration(wrong: Any) -> None:
    """The comparison above can fail: each change moves some value off its ball."""
    rng = np.random.default_rng(3)
    m = balls(rng.normal(size=(5, 2)))
    start = Before(balls(rng.normal(size=(5, 2))), m, (m * m).sum(axis=1) + 1, Ball(0.25), m[0])
    right, changed = by_enumeration(start), by_identities(wrong(start))
    names = ("pair_sq", "a_sq_next", "Gamma_next", "mu_step_sq")
    assert any(not getattr(right, n).overlaps(getattr(changed, n)) for n in names)


def test_two_agents_agree_after_they_meet() -> None:
    """n = 2: Gamma' = 0 by both routes."""
    m = balls([[1.0, 2.0], [0.5, -1.0]])
    start = Before(balls([[3.0, 0.0], [1.0, 1.0]]), m, balls([9.0, 9.0]), Ball(0.5), None)
    assert by_identities(start).Gamma_next == 0
    assert abs(by_enumeration(start).Gamma_next).upper() < 1e-60


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("directions", [1, 3])
@pytest.mark.parametrize("agent", [0, 1, 2])
def test_mean_and_second_moment_agree_with_plain_draws(
    kind: str, directions: int, agent: int
) -> None:
    """Every estimator on every kind within 5.5 standard errors of 40,000 draws."""
    spec = make(kind, directions=directions)
    problem, X = build_problem(spec), points(spec)
    measured = measure(spec, X, nu=0.3)
    state = measured._state
    rng = np.random.default_rng([KINDS.index(kind), directions, agent])
    draws = gradient_samples(problem, spec.population, agent, X[agent], 0.3, count=40_000, rng=rng)
    _agrees((draws**2).sum(axis=1), state.second[agent])
    for k in range(problem.d):
        _agrees(draws[:, k], state.m[agent, k])


def _agrees(draws: np.ndarray, exact: Ball) -> None:
    error = draws.std(ddof=1) / math.sqrt(len(draws))
    assert abs(draws.mean() - float(exact.mid())) <= Z_BOUND * error + 1e-12


@pytest.mark.parametrize("batch", [2, "full"])
def test_ridge_batches_agree_with_plain_draws(batch: int | str) -> None:
    """Rows drawn with replacement, and no sampling at all."""
    spec = make("ridge", batch=batch, directions=2)
    problem, X = build_problem(spec), points(spec)
    state = measure(spec, X)._state
    rng = np.random.default_rng(7)
    draws = gradient_samples(problem, spec.population, 0, X[0], 0.3, count=40_000, rng=rng)
    _agrees((draws**2).sum(axis=1), state.second[0])


@pytest.mark.parametrize("kind", ["logistic", "sigmoid"])
@pytest.mark.parametrize("batch", [2, "full"])
def test_pairs_of_rows_agree_with_plain_draws(kind: str, batch: int | str) -> None:
    """Batches of several rows: Hermite series over pairs, few rows an agent, d = 4."""
    table = {"kind": kind, "data": "breast_cancer", "rows": 25, "regularisation": 0.3}
    content = {"agents": ["two-point"] * 9, "directions": 1, "batch": batch}
    spec = Spec.from_dict({"problem": table, "population": content})
    full: Any = build_problem(spec)
    problem = replace(full, features=full.features[:, :4])
    X = np.full((9, 4), 0.2)
    found = linear.moments(problem, spec.population, 0, balls(X[0]), ball(0.3))
    assert 2 <= len(problem.rows[0]) <= 3
    assert float(found.second.rad()) < 1e-20
    rng = np.random.default_rng(11)
    draws = gradient_samples(problem, spec.population, 0, X[0], 0.3, count=60_000, rng=rng)
    _agrees((draws**2).sum(axis=1), found.second)


def gaussian_integral(function: Any) -> Ball:
    """E function(u) by the library's certified adaptive quadrature on [-20, 20]."""

    def integrand(u: flint.acb, _: bool) -> flint.acb:
        return function(u) * (-u * u / 2).exp()

    whole = flint.acb.integral(integrand, -20, 20).real
    return whole / (2 * Ball.pi()).sqrt()


@pytest.mark.parametrize("kind", ["logistic", "sigmoid"])
@pytest.mark.parametrize("nu", [1e-3, 0.7])
def test_quadrature_contains_the_librarys_certified_integral(kind: str, nu: float) -> None:
    """One feature, one row: E[D u] and E[D^2 u^2] with the regulariser, by acb.integral."""
    table = {"kind": kind, "data": "breast_cancer", "rows": 25, "regularisation": 0.3}
    spec = Spec.from_dict({"problem": table, "population": {"agents": ["two-point"] * 2}})
    problem: Any = build_problem(spec)
    one = replace(problem, features=problem.features[:, :1])
    X = np.array([[0.3], [-0.2]])
    state = make_state(
        one, spec.population, X, eta=0.1, nu=nu, optimum=None, interaction="pair",
        parameters=None, route="automatic",
    )  # fmt: skip
    x, r, step = ball(0.3), ball(0.3), ball(nu)
    s, wanted_m, wanted_s = ball(one.scale[0]), Ball(0), Ball(0)
    for row in one.rows[0]:
        a, y = ball(float(one.features[row, 0])), ball(float(one.targets[row]))

        def loss(v: Any, a: Ball = a, y: Ball = y) -> Any:
            inner = (y * a * v).exp() + 1
            data = (inner / (inner - 1)).log() if kind == "logistic" else 1 / inner
            return s * data + r / 2 * v * v

        def D(u: Any, loss: Any = loss) -> Any:
            return (loss(x + step * u) - loss(flint.acb(x))) / step

        wanted_m += gaussian_integral(lambda u, D=D: D(u) * u)
        wanted_s += gaussian_integral(lambda u, D=D: D(u) * D(u) * u * u)
    count = len(one.rows[0])
    for found, wanted in ((state.m[0, 0], wanted_m), (state.second[0], wanted_s)):
        assert found.overlaps(wanted / count)
        assert float(found.rad()) < 1e-25


@pytest.mark.parametrize("kind", ["kinked", "cosine", "logistic", "quadratic"])
def test_tiny_smoothing_loses_no_digits(kind: str) -> None:
    """At nu = 1e-8 the second moment is still known to 30 digits."""
    spec = make(kind)
    found = measure(spec, points(spec), nu=1e-8)["M_G"]
    assert float(found.rad()) < 1e-30 * float(found.mid())


@pytest.mark.parametrize("kind", ["logistic", "kinked", "cosine"])
def test_two_point_tends_to_the_forward_gradient(kind: str) -> None:
    """As nu -> 0, E||G||^2 of the two-point estimator is that of the forward gradient."""
    spec = make(kind)
    X = points(spec)
    forward = replace(spec.population, agents=("forward-gradient", *AGENTS[1:]))
    problem: Any = build_problem(spec)
    values = [
        measure_step(replace(problem, population=p), p, X, eta=0.1, nu=1e-9)._state.second[0]
        for p in (spec.population, forward)
    ]
    assert abs(float((values[0] / values[1] - 1).mid())) < 1e-7


def test_smoothing_enclosure_contains_the_exact_second_moment() -> None:
    """The fallback for softmax and batches, on a loss where the exact value is known."""
    spec = make("logistic")
    problem: Any = build_problem(spec)
    X = balls(points(spec))
    for nu in (1e-6, 1e-2, 1.0):
        arguments = (problem, spec.population, 0, X[0], ball(nu))
        exact, wide = linear.moments(*arguments), smoothness.enclosed_moments(*arguments)
        assert wide.second.contains(exact.second)
        off = exact.mean - wide.mean
        assert (off @ off).upper() <= (wide.blur * wide.blur).upper()


def test_bias_bound_is_attained_at_the_kink_and_exceeded_nowhere() -> None:
    """sup ||grad f_nu - grad f|| of the kinked function is at its offset."""
    spec = make("kinked", noise=0.0)
    problem: Any = build_problem(spec)
    at_kink = measure(spec, np.array(problem.offsets), nu=0.7)
    assert at_kink["B"].overlaps(at_kink["B_attained"])
    elsewhere = measure(spec, points(spec), nu=0.7)
    assert elsewhere["B_attained"] < elsewhere["B"]


def test_objective_step_is_exact_for_quadratics_by_enumeration() -> None:
    """E f(mu') - f(mu) over pairs, with the curvature's inner product, straight from the update."""
    spec = make("quadratic", noise=0.0)
    spec = replace(spec, population=Population(("first-order",) * 4))
    problem, X = build_problem(spec), points(spec)
    found = measure_step(problem, spec.population, X, eta=0.1, nu=0.1)["f_step"]
    g, mu = problem.gradients(X), X.mean(axis=0)
    steps = [
        problem.value(mu - 0.1 / 4 * (g[i] + g[j])) - problem.value(mu)
        for i in range(4)
        for j in range(i)
    ]
    assert math.isclose(float(found.mid()), np.mean(steps), rel_tol=1e-11)


@pytest.mark.parametrize("kind", ["kinked", "logistic", "cosine"])
def test_objective_step_is_enclosed_for_other_kinds(kind: str) -> None:
    """First-order, noiseless: the enumerated E f(mu') - f(mu) lies in the enclosure."""
    table = dict(PROBLEMS[kind])
    table.pop("noise", None)
    content: dict[str, Any] = {"problem": table, "population": {"first_order": 4}}
    if "data" in table:
        content["population"]["batch"] = "full"
    spec = Spec.from_dict(content)
    problem, X = build_problem(spec), points(spec)
    found = measure_step(problem, spec.population, X, eta=0.1, nu=0.1)["f_step"]
    g, mu = problem.gradients(X), X.mean(axis=0)
    steps = [
        problem.value(mu - 0.1 / 4 * (g[i] + g[j])) - problem.value(mu)
        for i in range(4)
        for j in range(i)
    ]
    assert float(found.lower()) - 1e-13 <= np.mean(steps) <= float(found.upper()) + 1e-13


def test_gaussian_moments_by_coordinates() -> None:
    """E||u||^4 = d(d+2), E||u||^3 for d = 1, the quartic form by hand for g = e1, h = e2."""
    spec = make("quadratic")
    X = np.array([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 0], [0, 0, 0]])
    fourth = measure(spec, X, parameters={"k": 4, "agent": 0, "other": 1})
    assert fourth["u_moment"].overlaps(Ball(15))
    assert fourth["gaussian_quartic"] == 1  # E[u1^2 u2^2]
    assert fourth["u6_moment"] == 105
    assert fourth["forward_sq"] == 3  # ((3+1)/2 + 1) ||g||^2


def test_what_is_not_exact_says_why() -> None:
    """Softmax smoothing, a missing parameter, one step on no graph, an unknown minimiser."""
    table = {"kind": "softmax", "data": "digits", "rows": 40, "regularisation": 0.5}
    spec = Spec.from_dict({"problem": table, "population": {"agents": AGENTS}})
    X = points(spec, scale=0.01)
    with pytest.raises(NotExact, match="softmax"):
        measure(spec, X)["smoothing_gap"]
    with pytest.raises(NotExact, match="parameters.alpha0"):
        measure(spec, X)["M_f"]
    unknown = measure(make("kinked"), points(make("kinked")), interaction="graph")
    with pytest.raises(NotExact, match="'graph' is not measured"):
        unknown["Gamma_next"]
    assert unknown["M_G"] > 0


@pytest.mark.parametrize(
    ("change", "where"),
    [({"eta": 0.0}, "method.step_size"), ({"nu": -1.0}, "method.smoothing")],
)
def test_bad_steps_are_refused(change: dict[str, float], where: str) -> None:
    """eta and nu must be positive."""
    spec = make("quadratic")
    with pytest.raises(InputError, match=where):
        measure(spec, points(spec), **change)


def test_models_of_a_wrong_shape_are_refused() -> None:
    """The sentence names the shape that is needed."""
    spec = make("quadratic")
    with pytest.raises(InputError, match=r"shape \(4, 3\)"):
        measure(spec, np.zeros((3, 3)))
