"""Gradient descent on one smooth convex function: how far f(x_N) can stay above f*.

The worst f(x_N) - f* of N steps 1/L is L ||x_0 - x*||^2/(4 N + 2), and conditions between
consecutive points and with x* suffice to prove it (Drori and Teboulle 2014). A case with a known
answer that grows: floating-point solvers drift below the truth well before N = 60.
"""

import sympy as sp
from flint import fmpq

from hdo.errors import InputError
from verify.worst.program import Program
from verify.worst.rows import MEANS, Combination, Row

START = "x 0"


def descent_program(steps: int) -> Program:
    """f(x_N) - f* in units of L ||x_0 - x*||^2, in a basis of x_0 - x* and N + 1 gradients.

    Raises:
        InputError: no step.
    """
    if steps < 1:
        raise InputError("steps", steps, "an integer >= 1")
    points = [_point(k) for k in range(steps + 1)]
    inequalities: dict[str, Row] = {}
    for k in range(steps + 1):
        inequalities[f"x* above x_{k}"] = _above(None, k, points)
        if k:
            inequalities[f"x_{k - 1} above x_{k}"] = _above(k - 1, k, points)
    size = Row()
    size.add_product(MEANS, points[0], points[0], fmpq(1))
    return Program(Row(scalars={_level(steps): fmpq(1)}), size, inequalities)


def _point(k: int) -> Combination:
    """x_k - x* = x_0 - x* minus the gradients so far; L = 1."""
    return {START: fmpq(1), **{_gradient(j): fmpq(-1) for j in range(k)}}


def _level(k: int) -> sp.Symbol:
    """f(x_k) - f*."""
    return sp.Symbol(f"f_{k}", real=True)


def _gradient(k: int) -> str:
    return f"g {k:04}"


def _above(p: int | None, q: int, points: list[Combination]) -> Row:
    """f_p - f_q - <g_q, x_p - x_q> - ||g_p - g_q||^2/2 >= 0; None: x*, where all are 0."""
    found = Row(scalars={_level(q): fmpq(-1)})
    step = {name: -a for name, a in points[q].items()}
    change = {_gradient(q): fmpq(-1)}
    if p is not None:
        found.scalars[_level(p)] = fmpq(1)
        step = {name: points[p].get(name, fmpq(0)) + a for name, a in step.items()}
        change[_gradient(p)] = fmpq(1)
    found.add_product(MEANS, {_gradient(q): fmpq(1)}, step, fmpq(-1))
    found.add_product(MEANS, change, change, fmpq(-1, 2))
    return found
