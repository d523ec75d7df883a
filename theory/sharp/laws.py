"""The ladder and the theorems for matchings and for graphs: one computation for both laws.

A law is known by p, rho, theta and what (1/n) sum v_i, (1/n) sum ||m_i - mbar||^2 and ||mbar||^2
weigh in ||mu' - mu||^2 and in Gamma' (`theory.sharp.mixing`); rho, for a matching, and the spectral
gap, for a graph, are parameters. With c the weight of ||mbar||^2, a that of the variances:

    E||mu' - x*||^2 <= a^2 - 2 eta p (e - delta + (l/2) a^2 - ((L-l)/2) Gamma) + eta^2 (second)
    E Gamma'        <= (1 - (1-rho)/2) Gamma + 2 eta^2 theta^2/(1-rho) drag + eta^2 (second)
"""

from dataclasses import dataclass
from typing import Any

import sympy as sp

from theory.claim import Claim
from theory.notation import symbols
from theory.sharp.estimators import forward_gradient, two_point
from theory.sharp.ladder import CONVEX, SMOOTH, ladder
from theory.sharp.mixing import Mixing, Triple, averaging, edges

n, n0, L, l, eta, rv, rho, gap = symbols("n n0 L l eta rv rho gap")  # noqa: E741
vs0, SZ, SF = symbols("vs0_sq S_Z S_F")
Gamma, e, a_sq, grad_sq = symbols("Gamma e a_sq grad_sq")
T, a_0, a_T, f0 = symbols("T a_0_sq a_T_sq f0_gap")

LAWS = ("matching", "graph")


@dataclass(frozen=True)
class Agents:
    """Zeroth-order agents beside first-order ones.

    E||G_i||^2 <= q (||grad f^i||^2 + s_i^2) + z. `excess`: q less what ||m_i||^2 takes away, known
    where m_i = grad f^i; `delta`, `bias_sq`, `drag` as in `theory.sharp.ladder.Ladder`.
    """

    estimator: str
    q: sp.Expr
    excess: sp.Expr
    z: sp.Expr
    delta: sp.Expr
    bias_sq: sp.Expr
    drag: sp.Expr

    @property
    def unbiased(self) -> bool:
        """Whether E G_i = grad f^i."""
        return self.bias_sq == 0


def agents(kind: str) -> Agents:
    """For two-point or forward-gradient agents."""
    known = ladder(kind)
    shared = (known.delta, known.bias_sq, known.drag)
    if kind == "forward-gradient":
        q = forward_gradient().q
        return Agents(kind, q, q - 1, sp.Integer(0), *shared)
    used = two_point()
    q = used.q.subs(rv, 1)
    return Agents(kind, q, q, used.z.subs(rv, 1), *shared)


@dataclass(frozen=True)
class Weights:
    """A second moment as nonnegative multiples of four that are bounded one by one.

    `own`: of (1/n) sum v_i; `joint`: (1/n) sum ||m_i||^2; `mean`: ||mbar||^2; `apart`: (1/n) sum
    ||m_i - mbar||^2.
    """

    own: sp.Expr
    joint: sp.Expr
    mean: sp.Expr
    apart: sp.Expr

    @property
    def triple(self) -> Triple:
        """The weights of variance, dispersion and mean in `theory.sharp.mixing`."""
        return (self.own, self.joint + self.apart, self.joint + self.mean)


@dataclass(frozen=True)
class Second:
    """<= gap e + spread Gamma + rest if convex, else gradient ||grad f||^2 + spread Gamma + ..."""

    weights: Weights
    gap: sp.Expr
    gradient: sp.Expr
    spread: sp.Expr
    rest: sp.Expr
    rest_smooth: sp.Expr


def second(used: Agents, weights: Weights, triple: Triple, top: sp.Expr) -> Second:
    """Young's inequality with factors 2, between gradients at X_i and at mu and at mu and A3.

    `triple` and `top` are what `weights` add up to, in a short form.
    """
    a, b, c = triple
    own = 4 * a * used.excess
    noise = (own * n0 * vs0 + a * (used.q * SZ + SF + n0 * used.z)) / n + 2 * b * used.drag
    own *= n0 / n
    return Second(
        weights,
        gap=2 * L * (own + 2 * c),
        gradient=own + (2 if used.unbiased else 4) * c,
        spread=2 * (a * used.excess + top) * L**2,
        rest=noise + 4 * c * L * used.delta,
        rest_smooth=noise + 4 * c * used.bias_sq,
    )


def weights(name: str) -> tuple[Weights, Weights]:
    """What makes up the second moments of the mean's step and of Gamma' (`averaging`, `edges`)."""
    zero, one = sp.Integer(0), sp.Integer(1)
    if name == "matching":
        return Weights(1 / n, zero, one, zero), Weights(rho * (n - 1) / n, zero, zero, rho)
    theta, some = 2 / n - gap, (n - 2) / n
    mean = Weights(2 / n**2, 2 * theta / n, 2 * gap / n, zero)
    return mean, Weights(some / n, some * theta, some * gap, 2 * theta / n)


@dataclass(frozen=True)
class Law:
    """A law of interactions with the agents that it moves."""

    mix: Mixing
    agents: Agents

    @property
    def mean(self) -> Second:
        """Of (mu' - mu)/eta."""
        return second(self.agents, weights(self.mix.name)[0], self.mix.mean, self.mix.mean[2])

    @property
    def spread(self) -> Second:
        """Of what estimates add to Gamma'."""
        top = self.mix.p * self.mix.rho
        return second(self.agents, weights(self.mix.name)[1], self.mix.spread, top)

    @property
    def pull(self) -> sp.Expr:
        """What heterogeneity adds to Gamma'."""
        mix = self.mix
        return 2 * eta**2 * mix.theta**2 / (1 - mix.rho) * self.agents.drag

    @property
    def near(self) -> int:
        """How often ||m_i - grad f^i(mu)||^2 is taken: once, or split from the bias."""
        return 1 if self.agents.unbiased else 2

    def kept(self, *, convex: bool) -> sp.Expr:
        """Gamma's factor in the consensus recursion before second moments: half the gap is kept."""
        half = 1 - (1 - self.mix.rho) / 2
        return half if convex else half + 2 * eta * L * self.mix.theta

    def key(self, base: str) -> str:
        """`consensus.matching`, `consensus.matching.forward-gradient`."""
        named = f"{base}.{self.mix.name}"
        return named if self.agents.estimator == "two-point" else f"{named}.{self.agents.estimator}"


def law(name: str, kind: str) -> Law:
    """The law by the name of its interaction, with these zeroth-order agents."""
    return Law({"matching": averaging(rho), "graph": edges(gap)}[name], agents(kind))


def _claim(used: Law, base: str, title: str, **more: Any) -> Claim:
    fields: dict[str, Any] = {
        "key": used.key(base),
        "edition": "sharp",
        "title": f"{title}, {used.mix.name}",
        "relation": "<=",
        "scope": "step",
        "estimator": used.agents.estimator,
        "interaction": used.mix.name,
        "source": ("direct computation",),
        **more,
    }
    fields["depends_on"] = tuple(map(used.key, fields.get("depends_on", ())))
    return Claim(**fields)


def steps(used: Law) -> tuple[Claim, ...]:
    """What one interaction does to the distance, to the consensus error and to the objective."""
    mean, spread, p = used.mean, used.spread, used.mix.p
    step_sq = mean.gradient * grad_sq + mean.spread * Gamma + mean.rest_smooth
    toward = e - used.agents.delta + l / 2 * a_sq - (L - l) / 2 * Gamma
    along = -grad_sq + used.near * L**2 * Gamma + 2 * used.agents.bias_sq
    apart = used.kept(convex=False) * Gamma + used.pull
    apart += eta**2 * (spread.gradient * grad_sq + spread.spread * Gamma + spread.rest_smooth)
    return (
        _claim(
            used,
            "distance",
            "distance recursion, convex",
            lhs=symbols("a_sq_next")[0],
            rhs=a_sq
            - 2 * eta * p * toward
            + eta**2 * (mean.gap * e + mean.spread * Gamma + mean.rest),
            assumptions=CONVEX,
            source=("Lemma 13",),
        ),
        _claim(
            used,
            "consensus",
            "consensus recursion, convex",
            lhs=symbols("Gamma_next")[0],
            rhs=used.kept(convex=True) * Gamma
            + used.pull
            + eta**2 * (spread.gap * e + spread.spread * Gamma + spread.rest),
            assumptions=CONVEX,
            source=("Lemma 11",),
        ),
        _claim(
            used,
            "consensus-smooth",
            "consensus recursion, not convex",
            lhs=symbols("Gamma_next")[0],
            rhs=apart,
            assumptions=SMOOTH,
            source=("Lemma 17",),
        ),
        _claim(
            used,
            "value",
            "descent of the objective, not convex",
            lhs=symbols("f_step")[0],
            rhs=eta * p / 2 * along + L * eta**2 / 2 * step_sq,
            assumptions=SMOOTH,
            source=("Lemma 20",),
        ),
    )


def _theorem(used: Law, base: str, title: str, **fields: Any) -> Claim:
    return _claim(used, base, title, scope="trajectory", kind="rate", **fields)


def weight(used: Law, *, convex: bool) -> sp.Expr:
    """W: what the sum of the other recursion leaves of Gamma."""
    p, spread = used.mix.p, used.mean.spread
    if convex:
        return eta * p * (L - l) + eta**2 * spread
    return eta * p / 2 * L**2 * used.near + L / 2 * eta**2 * spread


def strongly_convex(used: Law) -> Claim:
    """Theorem 1.1 with w_t = (1 - eta p l/4)^{-t} and S_T = sum_{t=1}^T w_t."""
    mean, spread, p = used.mean, used.spread, used.mix.p
    rate = eta * p * l / 4
    D = 1 - used.kept(convex=True) - rate - eta**2 * spread.spread
    W = weight(used, convex=True)
    C1 = 2 * eta * p * D - eta**2 * (mean.gap * D + spread.gap * W)
    C3 = eta**2 * (mean.rest * D + spread.rest * W) + W * used.pull
    C3 += 2 * eta * p * used.agents.delta * D
    w_T = (1 - rate) ** (-T)
    return _theorem(
        used,
        "theorem-1.1",
        "convergence, strongly convex",
        lhs=symbols("f_ybar_gap")[0] + w_T * rate * D * a_T / ((w_T - 1) * C1),
        rhs=rate * D * a_0 / ((w_T - 1) * C1) + C3 / C1,
        assumptions=CONVEX | {"A1"},
        conditions=(sp.Gt(D, 0), sp.Gt(C1, 0), sp.Le(eta, 1 / (2 * p * L))),
        depends_on=("distance", "consensus"),
        source=("Theorem 1.1", "for every T and every eta that meets the conditions"),
    )


def nonconvex(used: Law) -> Claim:
    """Theorem 1.2 with V = f(mu) - f* + (W/D) Gamma."""
    mean, spread, p = used.mean, used.spread, used.mix.p
    D = 1 - used.kept(convex=False) - eta**2 * spread.spread
    W = weight(used, convex=False)
    C1 = eta * p / 2 * D - eta**2 * (L / 2 * mean.gradient * D + spread.gradient * W)
    C3 = eta**2 * (L / 2 * mean.rest_smooth * D + spread.rest_smooth * W) + W * used.pull
    C3 += eta * p * used.agents.bias_sq * D
    return _theorem(
        used,
        "theorem-1.2",
        "convergence, non-convex",
        lhs=symbols("mean_grad_sq")[0],
        rhs=D * f0 / (T * C1) + C3 / C1,
        assumptions=SMOOTH,
        conditions=(sp.Gt(D, 0), sp.Gt(C1, 0)),
        depends_on=("value", "consensus-smooth"),
        source=("Theorem 1.2", "for every T and every eta that meets the conditions"),
    )


def claims_of_laws() -> tuple[Claim, ...]:
    """The ladder and both theorems for each law and each kind of zeroth-order agents."""
    used = [law(name, kind) for name in LAWS for kind in ("two-point", "forward-gradient")]
    return tuple(c for one in used for c in (*steps(one), strongly_convex(one), nonconvex(one)))
