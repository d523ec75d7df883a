"""The audit grid's table: sharp noise floor and step-size limit beside the exact values."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from theory.claim import Claim
from theory.notation import symbols
from theory.published.theorems import theorem_1_1
from theory.repaired.theorems import theorem_1_1 as repaired_1_1
from theory.sharp.estimators import Estimator, forward_gradient, two_point
from theory.sharp.floor import MULTIPLIERS, SPREAD, floor, margin, optimised, step_limit
from theory.sharp.mixing import mixing
from verify.grid_cases import FRACTIONS, Cell, settled, threshold

Row = dict[str, Any]
Floats = NDArray[np.float64]

NAMES = ("n", "n0", "n1", "d", "rv", "L", "l", "eta", "nu", "vs0_sq", "vs1_sq", "S_Z", "S_F")
BETAS = (0.03, 0.0625, 0.125, 0.18, 0.25, 0.35, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0)
KAPPAS = (0.1, 0.2, 0.3, 0.4, 0.5)
EPSILONS = (0.25, 0.5, 1.0, 2.0)
"""The multipliers tried: each gives a bound, the table takes the least."""

SPREAD_WEIGHT = 1.5
"""Gamma's weight in the table's left-hand side, in units of L."""

LARGEST_X = 0.95
"""The largest share x of the gap that a bound may lose."""

_TINY = 1e-9
_BRACKETS, _HALVINGS = 80, 40


def exact_two_point() -> Estimator:
    """Two-point on a quadratic of half curvature l, half L: no bias, exact second moment.

    z = (nu^2/4)(d+4)(tr(A)^2 + 2 tr(A^2)) by Isserlis; f_nu - f is constant, so that delta = 0.
    """
    d, L, l, nu = symbols("d L l nu")  # noqa: E741
    low = sp.Max(1, sp.floor(d / 2))
    trace, square = low * l + (d - low) * L, low * l**2 + (d - low) * L**2
    z = nu**2 / 4 * (d + 4) * (trace**2 + 2 * square)
    q = forward_gradient().q
    return Estimator("two-point, exact", q, q, z)


MODELS: Mapping[str, tuple[Estimator, ...]] = {
    "forward-gradient": (forward_gradient(),),
    "two-point": tuple(two_point(sp.Rational(*tau)) for tau in ((1, 16), (1, 2), (4, 1))),
    "two-point, exact": (exact_two_point(),),
}
"""What a bound is told of the zeroth-order agents; any tau > 0 is a bound."""


def tied(cell: Cell, eta: float) -> float:
    """nu = eta/sqrt(d), as in Theorem 1."""
    return eta / float(np.sqrt(cell.d))


def values(cell: Cell, eta: float, nu: float | None = None) -> dict[str, float]:
    """The parameters by name; nu is tied to eta unless given."""
    n1 = cell.n - cell.n0
    nu = tied(cell, eta) if nu is None else nu
    numbers = (cell.n, cell.n0, n1, cell.d, 1, cell.kappa, 1, eta, nu)
    noise = (cell.split, cell.split, cell.n0 * cell.noise, n1 * cell.noise)
    return dict(zip(NAMES, map(float, (*numbers, *noise)), strict=True))


@lru_cache(maxsize=64)
def _compiled(
    interaction: str, odd: bool, estimator: Estimator, apart: bool, quadratic: bool
) -> Callable[..., tuple[Floats, ...]]:
    mix = mixing(interaction, 3 if odd else 2)
    distance = symbols("vs0_sq")[0] if apart else sp.Integer(0)
    step = optimised(mix, estimator, distance, quadratic=quadratic)
    outputs = [step.x, margin(mix, step, quadratic=quadratic), floor(mix, step)]
    found: Callable[..., tuple[Floats, ...]] = sp.lambdify(
        [*symbols(" ".join(NAMES)), *MULTIPLIERS, SPREAD], outputs, "numpy"
    )
    return found


@lru_cache(maxsize=8)
def _limit(estimator: Estimator) -> Callable[..., float]:
    found: Callable[..., float] = sp.lambdify(
        symbols(" ".join(NAMES)), step_limit(estimator), "numpy"
    )
    return found


def limit(cell: Cell) -> float:
    """The stated step-size limit for estimators with q = d + 2 (rv = 1)."""
    return float(_limit(forward_gradient())(**values(cell, 1.0)))


def bound(
    cell: Cell, model: str, eta: float, *, spread: float, nu: float | None = None
) -> tuple[float, float]:
    """(x, floor): the least bound on (1-x) gap + (l/2) distance_sq + spread L gamma.

    With spread = 0 the least floor/(1-x), a bound on the gap. nu is tied to eta unless given.
    """
    cost, given = _first if spread else _alone, values(cell, eta, nu)
    found = [_least(cell, estimator, given, spread, cost) for estimator in MODELS[model]]
    return min(found, key=lambda pair: float(cost(*pair)))


def gap_bound(cell: Cell, model: str, eta: float, nu: float | None = None) -> float:
    """The least bound on the stationary gap, for every convex f."""
    return float(_alone(*bound(cell, model, eta, spread=0.0, nu=nu)))


def quadratic_gap_bound(cell: Cell, model: str, eta: float) -> float:
    """The same if the f^i are known to be quadratics with one Hessian; infinite where biased."""
    (estimator, *_) = MODELS[model]
    if not estimator.unbiased:
        return np.inf
    return float(_halved(*_least(cell, estimator, values(cell, eta), 0.0, _halved)))


Cost = Callable[[Any, Any], Any]


def _first(x: Any, right: Any) -> Any:
    del x
    return right


def _alone(x: Any, right: Any) -> Any:
    return right / (1 - x)


def _halved(x: Any, right: Any) -> Any:
    return right / (2 - x)


def _least(
    cell: Cell, estimator: Estimator, given: Mapping[str, float], spread: float, cost: Cost
) -> tuple[float, float]:
    """The multipliers of least cost for one estimator; omega is the least the margin allows."""
    eta, quadratic = given["eta"], cost is _halved
    evaluate = _compiled(cell.interaction, bool(cell.n % 2), estimator, cell.apart, quadratic)
    shares = KAPPAS if cell.n > 2 and (cell.split or not estimator.unbiased) else (_TINY,)
    menu = np.meshgrid(BETAS, shares, EPSILONS if cell.apart else (1.0,), indexing="ij")
    beta, kappa, epsilon = (axis.ravel() for axis in menu)

    def at(omega: Floats) -> tuple[Floats, Floats, Floats]:
        with np.errstate(divide="ignore", invalid="ignore"):
            x, left, right = evaluate(*given.values(), omega, beta, kappa, epsilon, spread)
        return x + 0 * omega, left + 0 * omega, right + 0 * omega

    start = np.full_like(beta, eta * cell.kappa / 50)
    omega = _smallest(lambda weight: at(weight)[1], start)
    x, left, right = at(omega)
    ok = (left >= -_TINY * eta) & (x <= LARGEST_X)
    found = np.where(ok, cost(np.where(ok, x, 0), right), np.inf)
    best = int(np.argmin(found))
    return (float(x[best]), float(right[best])) if ok[best] else (0.0, np.inf)


def _smallest(left: Callable[[Floats], Floats], start: Floats) -> Floats:
    """Where `left` becomes >= 0: bracket, then bisect; elementwise."""
    low, high = 0 * start, start
    for _ in range(_BRACKETS):
        short = ~(left(high) >= 0)
        if not short.any():
            break
        low, high = np.where(short, high, low), np.where(short, high * 1.3, high)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        short = ~(left(middle) >= 0)
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return high


@lru_cache(maxsize=2)
def _ladder(edition: str) -> Claim:
    return {"published": theorem_1_1, "repaired": repaired_1_1}[edition]()


def published(
    cell: Cell, eta: float, nu: float | None = None, *, edition: str = "published"
) -> float | None:
    """D2/D1 of eq. (43) as printed; None outside its hypotheses (Algorithm 1 and two-point).

    Or of the repaired edition. With nu given, c = eta/nu.
    """
    if cell.interaction != "pair" or (cell.n0 and cell.estimator != "two-point"):
        return None
    claim, given = _ladder(edition), values(cell, eta, nu)
    numbers = {**given, "c": eta / given["nu"], "T": 2.0, "a_0_sq": 0.0}
    for condition in claim.conditions:
        low, high = (float(_number(side, numbers)) for side in (condition.lts, condition.gts))
        if not low <= high or high == low == 0:
            return None
    return float(claim.evaluate("rhs", numbers))


def _number(side: sp.Expr, numbers: Mapping[str, float]) -> float:
    return float(side.xreplace({s: sp.Float(numbers[str(s.name)]) for s in side.free_symbols}))


def rows(chosen: Iterable[Cell], *, fractions: tuple[float, ...] = FRACTIONS) -> list[Row]:
    """One row a cell, model and step size.

    `exact`: (1-x) gap + (l/2) distance_sq + (3/2) L gamma, stationary; `sharp`: its bound; `ratio`
    their quotient (NaN where both are 0). `gap_ratio`: the bound on the gap alone beside the exact
    gap; `quadratic_gap_ratio`: that for quadratics with one Hessian. `published`: D2/D1, a bound
    on the gap, where the published hypotheses hold.
    """
    return [
        _row(cell, model, fraction)
        for cell in chosen
        for model in MODELS
        if model.startswith(cell.estimator)
        for fraction in fractions
    ]


def _row(cell: Cell, model: str, fraction: float) -> Row:
    top = limit(cell)
    eta = fraction * top
    x, sharp = bound(cell, model, eta, spread=SPREAD_WEIGHT)
    alone = gap_bound(cell, model, eta)
    quadratic = quadratic_gap_bound(cell, model, eta)
    seen = settled(cell, eta=eta, nu=tied(cell, eta))
    spread = SPREAD_WEIGHT * cell.kappa * seen["gamma"]
    exact = (1 - x) * seen["gap"] + seen["distance_sq"] / 2 + spread
    stable = threshold(cell.interaction, cell.n, cell.n0, cell.d, cell.kappa)
    return {
        **asdict(cell),
        "model": model,
        "apart": cell.apart,
        "fraction": fraction,
        "eta": eta,
        "limit_ratio": top / stable,
        "x": x,
        "exact": exact,
        "sharp": sharp,
        "ratio": _quotient(sharp, exact),
        "exact_gap": seen["gap"],
        "sharp_gap": alone,
        "gap_ratio": _quotient(alone, seen["gap"]),
        "quadratic_gap": quadratic,
        "quadratic_gap_ratio": _quotient(quadratic, seen["gap"]),
        "published": published(cell, eta),
    }


def _quotient(value: float, exact: float) -> float:
    if exact:
        return value / exact
    return np.inf if value else np.nan
