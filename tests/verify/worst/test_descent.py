"""Sixty steps of gradient descent: the known worst case, and a solver that claims less."""

from fractions import Fraction as F

import cvxpy as cp
import pytest
from flint import fmpq

from hdo.errors import InputError
from verify.worst.certificate import Certificate, certify, exact, proves
from verify.worst.descent import descent_program
from verify.worst.program import solve

STEPS = 60


def truth(steps: int) -> fmpq:
    """L ||x_0 - x*||^2/(4 N + 2), Drori and Teboulle 2014, theorem 3.1."""
    return fmpq(1, 4 * steps + 2)


def published(steps: int, t: fmpq) -> Certificate:
    """Their multipliers: i/(2N + 1 - i) between x_{i-1} and x_i, and the differences at x*."""
    between = [fmpq(0), *(fmpq(i, 2 * steps + 1 - i) for i in range(1, steps + 1)), fmpq(1)]
    table = {f"x_{i - 1} above x_{i}": between[i] for i in range(1, steps + 1)}
    table |= {f"x* above x_{i}": between[i + 1] - between[i] for i in range(steps + 1)}
    return Certificate(t, table, {})


def test_the_published_multipliers_are_a_proof_and_nothing_less_is() -> None:
    """Exactly 1/242 at N = 60; not a millionth of it less, nor for one step fewer."""
    program = descent_program(STEPS)
    assert proves(published(STEPS, truth(STEPS)), program)
    below = truth(STEPS) * (1 - fmpq(1, 10**6))
    assert not proves(published(STEPS, below), program)
    assert not proves(published(STEPS, truth(STEPS + 1)), program)


@pytest.mark.parametrize("steps", [1, 2, 7])
def test_a_huber_function_attains_it(steps: int) -> None:
    """f = r|x| - r^2/2 beyond r = 1/(2N + 1), from 1: every step is r, f(x_N) = 1/(4N + 2)."""
    r, x = F(1, 2 * steps + 1), F(1)
    for _ in range(steps):
        x -= r if x > r else x
    assert r * x - r**2 / 2 == F(1, 4 * steps + 2)


@pytest.mark.parametrize("steps", [1, 5, 20])
def test_what_is_certified_is_the_truth_from_above(steps: int) -> None:
    """Never below, and within a ten-millionth."""
    certificate, _ = certify(descent_program(steps))
    assert certificate.t >= truth(steps)
    assert certificate.t <= truth(steps) * (1 + fmpq(1, 10**6))


def test_a_solver_that_claims_less_than_the_truth_is_refused() -> None:
    """SCS: `optimal`, with a value that is too small; its multipliers prove no such thing."""
    program = descent_program(STEPS)
    found = solve(program, solver=cp.SCS)
    assert found.t < float(F(1, 4 * STEPS + 2))
    candidate = exact(found, program)
    assert candidate is None or not proves(candidate, program)


def test_no_step_is_refused() -> None:
    """One sentence."""
    with pytest.raises(InputError, match="^steps: expected an integer >= 1, got 0$"):
        descent_program(0)
