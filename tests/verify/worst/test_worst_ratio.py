"""The worst one-step ratio: closed forms, both bounds, instances, certificates that lie."""

from dataclasses import replace
from fractions import Fraction as F
from itertools import product

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from hdo.errors import InputError
from verify.worst.certificate import Certificate, certify, proves
from verify.worst.onestep import Population, ratio_program
from verify.worst.program import NotOptimalError, solve
from verify.worst.ratio import LARGEST, attained, worst_case

CLOSE = 1e-6


def population(agents: int = 6, zeroth: int = 0, **changes: object) -> Population:
    """First-order agents with L = 1, l = 1/10, eta = 1/2, unless said."""
    base = Population(zeroth, agents - zeroth, F(1), F(1, 10), F(1, 2))
    return replace(base, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("l", "eta"), [(F(1, 10), F(1, 2)), (F(1, 100), F(19, 10)), (F(1), F(1, 3))]
)
def test_two_agents_do_gradient_descent_on_their_mean(l: F, eta: F) -> None:  # noqa: E741
    """n = 2: Gamma' = 0, ||mu' - x*||^2 <= max((1 - eta l)^2, (1 - eta L)^2) (a^2 + Gamma)."""
    found = worst_case(population(2, strong_convexity=l, step_size=eta))
    exact = float(max((1 - eta * l) ** 2, (1 - eta) ** 2))
    assert found.certified_upper >= exact
    assert found.certified_upper == pytest.approx(exact, abs=1e-8)
    assert found.lower == pytest.approx(exact, abs=1e-8)


def test_one_curvature_is_a_closed_form() -> None:
    """l = L: the mean contracts by 1 - (2/n)(1 - (1 - eta L)^2)/... on equal models, by hand."""
    for n, eta in product((2, 3, 7), (F(1, 10), F(1))):
        # equal models: mu' = mu (1 - 2 eta/n), two of n agents step
        step = F(2, n) * eta
        mean, moved = (1 - step) ** 2, eta**2 * 2 * F(n - 2, n * n)
        found = worst_case(population(n, strong_convexity=F(1), step_size=eta))
        assert found.certified_upper >= float(mean + moved) * (1 - 1e-15)
        assert found.lower is not None
        assert found.certified_upper - found.lower < CLOSE


CASES = [
    population(3),
    population(50),
    population(8, step_size=F(3, 2)),
    population(8, step_size=F(5)),
    population(8, weights=(F(1), F(1, 50))),
    population(6, strong_convexity=F(1, 10**8), step_size=F(1, 10)),
    population(5, 2, step_size=F(1, 100), dimension=16),
    population(4, 4, step_size=F(1, 100), dimension=16, directions=4),
    population(5, 4, step_size=F(1, 100), dimension=20, directions=2),
    population(5, smoothness=F(10**6), strong_convexity=F(10**5), step_size=F(1, 10**6)),
]


@pytest.mark.parametrize("given_case", CASES, ids=range(len(CASES)))
def test_an_explicit_population_attains_what_is_certified(given_case: Population) -> None:
    """The exact one-step evidence on the instance is within 1e-6 of the proved upper bound."""
    found = worst_case(given_case)
    assert found.instance is not None
    assert found.lower is not None
    assert found.lower <= found.certified_upper
    assert found.certified_upper - found.lower < CLOSE * found.certified_upper
    known = found.instance.problem.constants()
    assert given_case.strong_convexity <= F(known.l.value)
    assert F(known.L.value) <= given_case.smoothness


@settings(max_examples=12, deadline=None)
@given(
    n=st.integers(2, 9),
    kappa=st.sampled_from([1, 3, 50]),
    step=st.sampled_from([F(1, 50), F(1, 3), F(1), F(9, 4)]),
    weight=st.sampled_from([F(1, 10), F(1), F(7)]),
    seed=st.integers(0, 2**16),
)
def test_no_population_exceeds_the_certified_bound(
    n: int, kappa: int, step: F, weight: F, seed: int
) -> None:
    """Random quadratics of the class, from random models: the ratio stays below."""
    case = population(n, strong_convexity=F(1, kappa), step_size=step, weights=(F(1), weight))
    certificate, _ = certify(ratio_program(case))
    rng = np.random.default_rng(seed)
    turned, _ = np.linalg.qr(rng.normal(size=(n, 2, 2)))
    values = rng.choice([1 / kappa, 1.0], size=(n, 2))
    A = np.einsum("nij,nj,nkj->nik", turned, values, turned)
    X = rng.normal(size=(n, 2))
    G = np.einsum("nij,nj->ni", A, X)
    assert ratio_by_enumeration(X, G, float(step), float(weight)) <= float(F(*parts(certificate.t)))


def parts(value: fmpq) -> tuple[int, int]:
    """Numerator and denominator."""
    return int(value.p), int(value.q)


def ratio_by_enumeration(X: np.ndarray, G: np.ndarray, eta: float, weight: float) -> float:
    """(||mu'||^2 + weight Gamma')/(||mu||^2 + weight Gamma), the mean over all pairs."""

    def size(models: np.ndarray) -> float:
        mu = models.mean(axis=0)
        return float(mu @ mu + weight * ((models - mu) ** 2).sum() / len(models))

    after = []
    for i in range(len(X)):
        for j in range(i):
            moved = X.copy()
            moved[[i, j]] = (X[i] + X[j] - eta * (G[i] + G[j])) / 2
            after.append(size(moved))
    return float(np.mean(after)) / size(X)


def test_the_size_of_the_program_does_not_depend_on_n() -> None:
    """Ten agents and a million: the same forms, no instance is written down for the latter."""
    few, many = (ratio_program(population(n)) for n in (10, 10**6))
    assert few.basis("means") == many.basis("means") == ["g 1", "y"]
    assert few.basis("deviations 1") == many.basis("deviations 1") == ["g", "x"]
    found = worst_case(population(10**6))
    assert found.lower is None
    assert 0 < 1 - found.certified_upper < 1e-6
    assert LARGEST < 10**6


def test_a_certificate_that_lies_is_refused() -> None:
    """A smaller t, a multiplier of the wrong sign, one that is changed: none is a proof."""
    program = ratio_program(population(5, 2, step_size=F(1, 100), dimension=3))
    true, _ = certify(program)
    assert proves(true, program)
    below = Certificate(true.t - fmpq(1, 10**6), true.multipliers, true.matrices)
    assert not proves(below, program)
    for name in true.multipliers:
        for changed in (-true.multipliers[name], true.multipliers[name] * fmpq(99, 100)):
            lie = Certificate(true.t, {**true.multipliers, name: changed}, true.matrices)
            assert not proves(lie, program)


def test_another_populations_certificate_is_no_proof() -> None:
    """What proves the bound at one step size does not at a larger one."""
    certificate, _ = certify(ratio_program(population()))
    assert not proves(certificate, ratio_program(population(step_size=F(3))))


def test_without_what_is_assumed_nothing_follows() -> None:
    """No interpolation conditions: the solver finds no bound, and says so with a remedy."""
    program = replace(ratio_program(population()), inequalities={})
    with pytest.raises(NotOptimalError, match="infeasible, not optimal; no finite bound"):
        solve(program)
    with pytest.raises(NotOptimalError, match="take a smaller step size, or weights"):
        worst_case(population(weights=(F(0), F(1))))


def test_an_instance_is_replayed_from_its_own_text() -> None:
    """Its JSON gives the same lower bound again."""
    case = population(5, 2, step_size=F(1, 100), dimension=16)
    found = worst_case(case)
    assert found.instance is not None
    again = type(found.instance).from_dict(found.instance.to_dict())
    assert float(attained(again, case).lower()) == pytest.approx(found.lower, rel=1e-12)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"first": 1}, "--agents"),
        ({"zeroth": -1}, "--agents"),
        ({"strong_convexity": F(0)}, "--strong-convexity"),
        ({"strong_convexity": F(2)}, "--strong-convexity"),
        ({"step_size": F(0)}, "--step-size"),
        ({"weights": (F(0), F(0))}, "--weights"),
        ({"dimension": 0}, "--dimension"),
        ({"directions": 0}, "--directions"),
    ],
)
def test_what_has_no_meaning_is_one_sentence(changes: dict[str, object], where: str) -> None:
    """Expected, given, where."""
    with pytest.raises(InputError, match=f"^{where}: expected .*, got "):
        population(**changes)  # type: ignore[arg-type]
