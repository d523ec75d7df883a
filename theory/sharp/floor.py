"""The strongly convex theorem with the best multipliers: step-size limit, lost share, noise floor.

For eta up to `step_limit` there are multipliers with

    limsup_t E[(1-x) e_t + (l/2) a_t^2 + (3/2) L Gamma_t] <= eta N/(2 p) + (1+x) delta,   x < 1,

the limsup being that of the averages over time.
"""

import sympy as sp

from theory.notation import symbols
from theory.sharp.estimators import Estimator, first_order
from theory.sharp.lyapunov import OneStep, Weights, convex_step, quadratic_step
from theory.sharp.mixing import Mixing

n, n0, n1, L, l, eta = symbols("n n0 n1 L l eta")  # noqa: E741

SPREAD = sp.Symbol("spread", nonnegative=True)
"""Gamma's weight on the left-hand side in units of L: 3/2 above, 0 for a bound on the gap alone."""

MULTIPLIERS = tuple(
    sp.Symbol(name, positive=True) for name in ("omega", "beta", "kappa", "epsilon")
)
"""omega, beta, kappa, epsilon of `theory.sharp.lyapunov.Weights`."""


def mean_q(group0: Estimator) -> sp.Expr:
    """The mean of q over the agents."""
    return (n0 * group0.q + n1 * first_order().q) / n


def step_limit(group0: Estimator) -> sp.Expr:
    """The stated limit: (1/(eta L))^2 = (5 mean q/(2n))^2 + 16 (n-2)/(n-1) max q."""
    largest = sp.Max(group0.q * sp.Min(1, n0), first_order().q)
    square = (5 * mean_q(group0) / (2 * n)) ** 2 + 16 * (n - 2) / (n - 1) * largest
    return 1 / (L * sp.sqrt(square))


def optimised(
    mix: Mixing, group0: Estimator, apart: sp.Expr, *, quadratic: bool = False
) -> OneStep:
    """The one-step inequality with `MULTIPLIERS` as symbols; `quadratic`: one Hessian for all."""
    omega, beta, kappa, epsilon = MULTIPLIERS
    weights = Weights(omega=omega, beta=beta, kappa=kappa, epsilon=epsilon, apart=apart)
    return (quadratic_step if quadratic else convex_step)(mix, group0, weights)


def margin(mix: Mixing, step: OneStep, *, quadratic: bool = False) -> sp.Expr:
    """What is left of Gamma's coefficient beyond 2 eta p SPREAD L: must be >= 0."""
    omega, _, kappa, _ = MULTIPLIERS
    kept = omega * (1 - mix.rho) * (1 - kappa) - step.K
    return kept + eta * mix.p * ((0 if quadratic else l) - 2 * SPREAD * L)


def floor(mix: Mixing, step: OneStep) -> sp.Expr:
    """eta N/(2p) and the bias: the right-hand side of this module's first lines."""
    return eta * step.N / (2 * mix.p) + step.bias / (2 * eta * mix.p)
