"""One Lyapunov function for both recursions, with every constant explicit.

Convex: V = ||mu-x*||^2 + omega Gamma obeys, for any omega >= 0 and any beta, kappa, epsilon > 0,

    E_t V' <= V - 2 eta p [(1-x) e + (l/2) a^2] - [omega (1-rho)(1-kappa) + eta p l - K] Gamma
              + eta^2 N + 2 eta p (1+x) delta.

Not convex: V = f(mu) - f* + omega Gamma obeys

    E_t V' <= V - (eta p/2)(1-x) ||grad f(mu)||^2 - [omega (1-rho)(1-kappa) - K] Gamma
              + eta^2 N + eta p bias.
"""

from dataclasses import dataclass

import sympy as sp

from theory.notation import symbols
from theory.sharp.estimators import Estimator, first_order
from theory.sharp.mixing import Mixing

n, n0, n1, L, l, eta = symbols("n n0 n1 L l eta")  # noqa: E741
vs0, vs1, SZ, SF = symbols("vs0_sq vs1_sq S_Z S_F")
SPLIT = (n0 * vs0 + n1 * vs1) / n
"""Mean over agents of the heterogeneity."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """The multipliers that a proof may choose: all > 0, `omega` >= 0.

    `omega`: weight of Gamma in V; `beta`: Young, gradients at X_i against those at mu; `kappa` < 1:
    share of the contraction given to heterogeneity; `epsilon`: Young, the groups' mean gradients
    against grad f; `apart`: squared distance between group 0's mean gradient and grad f (0 where
    each group holds all data, at most varsigma_0^2 by A3).
    """

    omega: sp.Expr
    beta: sp.Expr
    kappa: sp.Expr
    epsilon: sp.Expr
    apart: sp.Expr


@dataclass(frozen=True)
class OneStep:
    """x, K, N and the bias term of this module's first lines."""

    x: sp.Expr
    K: sp.Expr
    N: sp.Expr
    bias: sp.Expr


@dataclass(frozen=True)
class _Energy:
    """Second moments of a step: coefficients of ||grad f(mu)||^2, of L^2 Gamma, and the rest."""

    gradient: sp.Expr
    spread: sp.Expr
    rest: sp.Expr


def _present(count: sp.Expr) -> sp.Expr:
    return sp.Min(1, count)


def _energy(
    group0: Estimator, weights: Weights, mean: tuple[sp.Expr, ...], *, centred: bool = False
) -> _Energy:
    """sum of `mean` times (variance, dispersion, ||mbar||^2), bounded at mu.

    With B_g = A_v (q_g - 1) + A_D: (1/n) sum B_g ||m_i||^2 + (A_M - A_D) ||mbar||^2 + A_v (noise);
    Young (beta) between grad f^i(X_i) and grad f^i(mu), then A3 at mu, the groups' means apart.
    `centred`: mbar = grad f(mu).
    """
    group1 = first_order()
    variance, apart, whole = mean
    B1 = variance * (group1.q - 1) + apart
    if group0.unbiased:
        B0, noisy = variance * (group0.q - 1) + apart, variance
    else:  # ||E G||^2 <= E||G||^2 where it counts, left out where it helps
        noisy = sp.Max(variance, apart)
        B0 = noisy * group0.q
    R = sp.Max(0, whole - apart)
    beta, cross = weights.beta, sp.Abs(B0 - B1) * n0 / n * _present(n1)
    if weights.apart == 0:
        cross = sp.Integer(0)
    mixed = (n0 * B0 + n1 * B1) / n
    largest = sp.Max(B0 * _present(n0), B1 * _present(n1))
    noise = (noisy * (group0.r * SZ + n0 * group0.z) + variance * group1.r * SF) / n
    split = (n0 * B0 * vs0 + n1 * B1 * vs1) / n + cross * weights.apart / weights.epsilon
    loose = 1 if centred else 1 + beta
    return _Energy(
        gradient=(1 + beta) * (mixed + cross * weights.epsilon) + loose * R,
        spread=(1 + 1 / beta) * (largest + (0 if centred else R)),
        rest=(1 + beta) * split + noise,
    )


def _both(mix: Mixing, omega: sp.Expr) -> tuple[sp.Expr, ...]:
    return tuple(a + omega * b for a, b in zip(mix.mean, mix.spread, strict=True))


def _drag(mix: Mixing, group0: Estimator, weights: Weights) -> sp.Expr:
    """Heterogeneity in the cross term of the consensus recursion, by Young (kappa).

    Where G_i is biased its mean differs from grad f^i by `bias` more.
    """
    beta, apart = weights.beta, SPLIT
    if not group0.unbiased:
        apart = (1 + beta) * SPLIT + (1 + 1 / beta) * n0 / n * group0.bias**2
    return weights.omega * mix.theta**2 / (weights.kappa * (1 - mix.rho)) * apart


def convex_step(mix: Mixing, group0: Estimator, weights: Weights) -> OneStep:
    """The convex recursion; group 1 is first-order.

    K: for unbiased estimators and an aligned cross term the largest value of 2 a <k, x> - (c - s)
    k^2 under k^2 <= L <k, x>, with k = grad f^i(X_i) - grad f^i(mu), a = eta (p - theta omega),
    c = eta p/L, s the second moment's part; else eta p L + s L^2 (+ 2 eta theta omega L).
    """
    energy = _energy(group0, weights, _both(mix, weights.omega))
    s = eta**2 * energy.spread
    plain = eta * mix.p * L + s * L**2
    if group0.unbiased and mix.aligned:
        a, c = eta * (mix.p - mix.theta * weights.omega), eta * mix.p / L
        K = sp.Piecewise(
            (L * (2 * a - c * L + s * L), sp.Ge(a, (c - s) * L)),
            (sp.Max(0, a) ** 2 / (c - s), True),
        )
    else:
        K = plain + (0 if mix.aligned else 2 * eta * mix.theta * weights.omega * L)
    x = eta * L * energy.gradient / mix.p
    delta = n0 / n * group0.delta
    return OneStep(
        x, K, energy.rest + _drag(mix, group0, weights), 2 * eta * mix.p * (1 + x) * delta
    )


def quadratic_step(mix: Mixing, group0: Estimator, weights: Weights) -> OneStep:
    """Where all f^i are quadratics with one Hessian and estimators are unbiased.

    Then mbar = grad f(mu) and <mu-x*, mbar> = 2 e, whatever Gamma; with the convex x and N,
    E_t V' <= V - 4 eta p (1 - x/2) e - [omega (1-rho)(1-kappa) - K] Gamma + eta^2 N.
    """
    if not group0.unbiased:
        raise ValueError(f"{group0.name}: expected an unbiased estimator, got bias {group0.bias}")
    energy = _energy(group0, weights, _both(mix, weights.omega), centred=True)
    s, cross = eta**2 * energy.spread, 2 * eta * mix.theta * weights.omega
    K = sp.Max(0, s * L**2 - cross * L) if mix.aligned else s * L**2 + cross * L
    x = eta * L * energy.gradient / mix.p
    return OneStep(x, K, energy.rest + _drag(mix, group0, weights), sp.Integer(0))


def nonconvex_step(mix: Mixing, group0: Estimator, weights: Weights) -> OneStep:
    """The recursion without convexity; b = (n0/n) bias is the mean's bias.

    From <g, mbar> = (||g||^2 + ||mbar||^2 - ||mbar - g||^2)/2 with g = grad f(mu); the second
    moment of the mean's step counts L/2 times, ||mbar||^2 pays for itself (eta L <= p/mean[2]).
    """
    mean = tuple(L / 2 * part for part in mix.mean)
    energy = _energy(group0, weights, (mean[0], mean[1], mean[1]))
    spread = tuple(weights.omega * part for part in mix.spread)
    consensus = _energy(group0, weights, spread)
    beta, b = weights.beta, n0 / n * group0.bias
    gradient = energy.gradient + consensus.gradient
    x = 2 * eta / mix.p * gradient
    K = (
        eta * mix.p / 2 * (1 if group0.unbiased else 2) * L**2
        + eta**2 * L**2 * (energy.spread + consensus.spread)
        + 2 * eta * mix.theta * weights.omega * L
    )
    rest = energy.rest + consensus.rest + _drag(mix, group0, weights)
    if group0.unbiased:
        return OneStep(x, K, rest, sp.Integer(0))
    # ||grad f_nu||^2 <= (1+beta)||grad f||^2 + (1+1/beta) b^2 for the part that sees E G
    lost = eta**2 * gradient * (1 + 1 / beta) * b**2
    return OneStep(x * (1 + beta), K, rest, eta * mix.p * b**2 + lost)
