"""Long and large runs: powers against steps, types against agents, random centres, Monte Carlo."""

import math
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from runs import MIXED, NAMES, method, quadratic

from hdo.errors import InputError
from hdo.population import Population
from hdo.problems import KinkedProblem, QuadraticProblem
from verify.trajectory import Moments, TypedQuadratic, moments, records, typed_moments

INTERACTIONS = ("pair", "matching")


def largest_difference(a: Moments, b: Moments) -> float:
    """Relative, over all quantities and records but the first (where Gamma is 0)."""
    pairs = [(getattr(a, k)[1:], getattr(b, k)[1:]) for k in NAMES]
    return max(float(np.max(np.abs(x - y) / np.abs(y))) for x, y in pairs)


def two_groups(n: int, **more: Any) -> TypedQuadratic:
    """Half two-point, half first-order agents around two random centres."""
    content: dict[str, Any] = {
        "counts": (n // 2, n - n // 2),
        "estimators": ("two-point", "first-order"),
        "curvatures": np.array([[1.0, 2.0, 2.0]] * 2),
        "centres": np.array([[0.0, 1.0, 2.0], [1.0, 1.0, 1.0]]),
        "variances": (0.3, 0.1),
        "directions": 2,
        "noise": 0.5,
    }
    return TypedQuadratic(**{**content, **more})


@pytest.mark.parametrize(("n", "bits"), [(7, 53), (7, 256), (10**9, 256)])
@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_repeated_squaring_agrees_with_stepping_to_1e_9(
    n: int, bits: int, interaction: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power of the matrix against the map applied 200 times, without the matrix."""
    system, run = two_groups(n), method(interaction, 200)
    jumped = typed_moments(system, run, every=100)
    monkeypatch.setattr(records, "LARGEST_MATRIX", 0)
    monkeypatch.setattr(records, "LARGEST_PRECISE", 0 if bits == 53 else 128)
    stepped = typed_moments(system, run, every=100)
    assert largest_difference(jumped, stepped) < (1e-9 if bits == 53 else 1e-15)


def test_powers_in_float64_agree_with_powers_in_256_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Increments keep what a matrix close to I would round away: n = 10^6, T = 10^7."""
    system, run = two_groups(10**6), method("pair", 10**7)
    precise = typed_moments(system, run, every=10**7)
    monkeypatch.setattr(records, "LARGEST_PRECISE", 0)
    rounded = typed_moments(system, run, every=10**7)
    assert largest_difference(precise, rounded) < 1e-9


def test_a_thousand_million_interactions_reach_the_fixed_point() -> None:
    """After T = 10^9 interactions of 10 agents one more changes nothing, and Gamma is positive."""
    for interaction in INTERACTIONS:
        run = method(interaction, 10**9 + 1, step_size=0.05)
        found = typed_moments(two_groups(10), run, every=10**9)
        assert found.t.tolist() == [0, 10**9, 10**9 + 1]
        for name in NAMES:
            values = getattr(found, name)
            assert values[1] == pytest.approx(values[2], rel=1e-15)
            assert values[1] > 0


def test_many_agents_of_few_types_are_the_general_form() -> None:
    """n = 40 agents of 3 types, two of them in one group, odd and even, both interactions."""
    for n, interaction in product((39, 40), INTERACTIONS):
        agents = tuple(np.tile(MIXED, 8)[:n])
        one = quadratic(agents, 2, shape="shared", directions=2)
        kinds = {name: index for index, name in enumerate(sorted(set(agents)))}
        centres = one.centres[[kinds[a] for a in agents]]
        problem = replace(one, centres=centres)
        run = method(interaction, 40, step_size=0.05)
        pair = [moments(problem, problem.population, run, form=f) for f in ("typed", "general")]
        assert largest_difference(*pair) < 1e-10


@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_random_centres_are_the_average_over_their_draws(interaction: str) -> None:
    """A moment is quadratic in the centres, so signs +-sqrt(v) average to it exactly (d = 1)."""
    agents = ("two-point", "two-point", "first-order")
    problem = quadratic(agents, 1, shape="shared")
    centres = np.array([[0.3], [0.3], [-1.0]])
    variance = (0.4, 0.9)
    random = replace(problem, centres=centres, centre_variance=variance)
    run = method(interaction, 6)
    expected = {name: 0.0 for name in NAMES}
    scale = np.sqrt([variance[0], variance[0], variance[1]])
    for signs in product((-1.0, 1.0), repeat=3):
        drawn = replace(problem, centres=centres + (np.array(signs) * scale)[:, None])
        found = moments(drawn, problem.population, run, form="general", every=6)
        for name in NAMES:
            expected[name] += getattr(found, name)[-1] / 8
    found = moments(random, problem.population, run, every=6)
    for name in NAMES:
        assert getattr(found, name)[-1] == pytest.approx(expected[name], rel=1e-13)


def estimates(problem: QuadraticProblem, X: Any, nu: float, rng: np.random.Generator) -> Any:
    """One estimate for every replica and agent, straight from Definition 2; (replicas, n, d)."""
    G = np.zeros_like(X)
    for i, name in enumerate(problem.population.agents):
        A, b = np.diag(problem.curvatures[i]), problem.centres[i]
        x, rv = X[:, i], problem.population.directions
        xi = rng.normal(size=x.shape) * math.sqrt(problem.noise / problem.d)
        gradient = (x - b) @ A + xi
        if name == "first-order":
            G[:, i] = gradient
            continue
        for _ in range(rv):
            u = rng.normal(size=x.shape)
            slope = (gradient * u).sum(axis=1)
            if name == "two-point":

                def F(at: Any, A: Any = A, b: Any = b, xi: Any = xi) -> Any:
                    return ((at - b) @ A * (at - b)).sum(axis=1) / 2 + (xi * at).sum(axis=1)

                slope = (F(x + nu * u) - F(x)) / nu
            G[:, i] += slope[:, None] * u / rv
    return G


def simulated(problem: QuadraticProblem, run: Any, replicas: int, seed: int) -> Any:
    """Algorithm 1 in plain numpy: models after the run, (replicas, n, d)."""
    rng = np.random.default_rng(seed)
    n, d = problem.n, problem.d
    X = np.full((replicas, n, d), 2.0)
    rows = np.arange(replicas)
    for _ in range(run.steps):
        Y = X - run.step_size * estimates(problem, X, run.smoothing, rng)
        order = rng.permuted(np.tile(np.arange(n), (replicas, 1)), axis=1)
        if run.interaction == "matching":
            X = Y
        for k in range(0, n - 1, 2) if run.interaction == "matching" else (0,):
            i, j = order[:, k], order[:, k + 1]
            X = X.copy()
            X[rows, i] = X[rows, j] = (Y[rows, i] + Y[rows, j]) / 2
    return X


@pytest.mark.parametrize("interaction", INTERACTIONS)
@pytest.mark.parametrize("agents", [MIXED[:4], MIXED[:3], ("two-point",) * 2])
def test_monte_carlo_agrees_within_its_error(agents: tuple[str, ...], interaction: str) -> None:
    """40,000 replicas, 8 interactions: |z| <= 5 for 3 quantities (chance 2e-6 a case)."""
    problem = quadratic(agents, 2, directions=2)
    run = method(interaction, 8, step_size=0.1)
    exact = moments(problem, problem.population, run, every=8)
    X = simulated(problem, run, 40_000, seed=7)
    mu = X.mean(axis=1)
    A = problem.curvatures.mean(axis=0)
    x = (problem.curvatures * problem.centres).mean(axis=0) / A
    samples = {
        "gamma": ((X - mu[:, None]) ** 2).sum(axis=2).mean(axis=1),
        "distance_sq": ((mu - x) ** 2).sum(axis=1),
        "gap": (A * (mu - x) ** 2).sum(axis=1) / 2,
    }
    for name, values in samples.items():
        error = values.std() / math.sqrt(len(values))
        assert abs(values.mean() - getattr(exact, name)[-1]) <= 5 * error + 1e-15


def test_records_and_progress_cover_the_whole_run() -> None:
    """Every third interaction and the last; progress tells each."""
    problem = quadratic(MIXED[:3], 1)
    told: list[tuple[int, int]] = []
    found = moments(
        problem,
        problem.population,
        method("pair", 10),
        every=3,
        progress=lambda done, steps: told.append((done, steps)),
    )
    assert found.t.tolist() == [0, 3, 6, 9, 10]
    assert told == [(t, 10) for t in (0, 3, 6, 9, 10)]
    assert len(found.gap) == 5


def test_an_interrupt_passes_through() -> None:
    """Ctrl-C during a run ends it; nothing is returned as if it were whole."""
    problem = quadratic(MIXED[:3], 1)

    def interrupt(done: int, steps: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        moments(problem, problem.population, method("pair", 10), progress=interrupt)


def test_bad_input_is_named() -> None:
    """Kind, size, form, stride, and matrices that differ where only types can serve."""
    matrices = quadratic(("first-order",) * 41, 10, shape="matrices")
    run = method("pair", 1)
    with pytest.raises(InputError, match="n d <= 400"):
        moments(matrices, matrices.population, run)
    small = quadratic(MIXED[:3], 2, shape="matrices")
    with pytest.raises(InputError, match="curvature matrices differ"):
        moments(small, small.population, run, form="typed")
    with pytest.raises(InputError, match="form: expected auto"):
        moments(quadratic(MIXED[:3], 2), small.population, run, form="other")
    with pytest.raises(InputError, match="every: expected an integer >= 1"):
        moments(small, small.population, run, every=0)
    with pytest.raises(InputError, match="population: expected 3, as in the problem"):
        moments(quadratic(MIXED[:3], 2), Population(MIXED[:4]), run)
    kinked = KinkedProblem(
        population=small.population, offsets=np.zeros((3, 1)), slope_low=1.0, slope_high=2.0
    )
    with pytest.raises(InputError, match="problem.kind"):
        moments(kinked, kinked.population, run)
    with pytest.raises(InputError, match=r"types\.variances"):
        two_groups(4, curvatures=np.array([[1.0, 2.0, 2.0], [1.0, 2.0, 3.0]]))


def test_a_run_that_outgrows_float64_says_so() -> None:
    """A step size far beyond 2/L diverges: an error with the remedy, not infinities."""
    problem = quadratic(MIXED[:3], 2)
    run = method("matching", 4000, step_size=20.0)
    for form in ("typed", "general"):
        with pytest.raises(InputError, match=r"method\.steps: .* smaller method\.step_size"):
            moments(problem, problem.population, run, form=form)
