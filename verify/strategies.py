"""Hypothesis strategies that draw drafts, built up without filtering, simplest values first."""

from collections.abc import Callable
from typing import Any

# imported inside a strategy it would draw from the generator that hypothesis watches
import sklearn.datasets  # noqa: F401
from hypothesis import strategies as st

from hdo.population import PAPER
from hdo.spec import Spec, build_problem
from verify.instance import Draft, Table
from verify.optimum import optimum

Draw = Callable[[st.SearchStrategy[Any]], Any]

KINDS = (
    "quadratic",
    "quadratic-own",
    "quadratic-matrix",
    "kinked",
    "cosine",
    "ridge",
    "logistic",
    "sigmoid",
    "softmax",
)
"""What a draft's problem may be; `quadratic` has one diagonal for all agents."""

SPREADS = ("common", "scattered", "balanced", "outlier", "wide")
"""How the models lie around their anchor; balanced: their mean is the anchor."""

ANCHORS = ("point", "origin", "optimum", "near-optimum", "shifted-optimum")
"""What they lie around; shifted: by multiples of nu, where a smoothed function has its minimum."""

_LARGEST_CONDITION = 8
_DATA: dict[str, tuple[Table, ...]] = {
    "ridge": ({"data": "diabetes", "rows": 6}, {"data": "diabetes", "rows": 12}),
    "logistic": (
        {"data": "diabetes", "classes": [72.0, 200.0]},
        {"data": "diabetes", "classes": [178.0, 72.0]},
    ),
    "sigmoid": ({"data": "diabetes", "classes": [72.0, 200.0]},),
    "softmax": ({"data": "diabetes", "classes": [72.0, 178.0, 200.0]},),
}


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")


def _powers(low: float, high: float) -> st.SearchStrategy[float]:
    """Three digits of 10^u with u uniform; powers of ten among them."""
    whole = st.integers(round(low), round(high)).map(lambda u: float(f"1e{u}"))
    real = st.floats(low, high).map(lambda u: _rounded(10.0**u))
    return st.one_of(whole, real)


def sizes() -> st.SearchStrategy[float]:
    """Numbers > 0 of ordinary size."""
    return st.one_of(st.sampled_from([1.0, 2.0, 0.5, 4.0, 0.1, 10.0]), _powers(-2, 2))


def _within(size: float) -> st.SearchStrategy[float]:
    """Hundredths between -size and size, 0 first."""
    return st.floats(-size, size).map(lambda x: round(x, 2) + 0.0)


def noises() -> st.SearchStrategy[float]:
    """E||xi||^2, with 0 first."""
    return st.one_of(st.just(0.0), _powers(-4, 4))


def coordinates() -> st.SearchStrategy[float]:
    """Numbers of either sign, 0 first."""
    real = _within(3)
    far = st.builds(lambda s, x: s * x, st.sampled_from([1.0, -1.0]), _powers(-4, 4))
    return st.one_of(st.sampled_from([0.0, 1.0, -1.0, 2.0]), real, far)


def _points(n: int, d: int) -> st.SearchStrategy[list[list[float]]]:
    row = st.lists(coordinates(), min_size=d, max_size=d)
    equal = row.map(lambda r: [list(r) for _ in range(n)])
    return st.one_of(equal, st.lists(row, min_size=n, max_size=n))


@st.composite
def populations(draw: Draw, *, most: int = 8) -> Table:
    """2 to `most` agents: two-point and first-order in any numbers, or any mixture with rv <= 4."""
    n = draw(st.integers(2, most))
    if draw(st.sampled_from(["two-point", "two-point", "mixed"])) == "mixed":
        agents = draw(st.lists(st.sampled_from(PAPER), min_size=n, max_size=n))
        return {"agents": agents, "directions": draw(st.integers(1, 4))}
    n0 = n - draw(st.integers(0, n))
    agents = ["two-point"] * n0 + ["first-order"] * (n - n0)
    return {"agents": agents[::-1] if draw(st.booleans()) else agents}


@st.composite
def _spectrum(draw: Draw, d: int) -> list[float]:
    """d curvatures between L/kappa and L with kappa up to 1e8; 0 among them at times."""
    top = draw(sizes())
    decades = draw(st.one_of(st.sampled_from([0, 1, 4, _LARGEST_CONDITION]), st.floats(0, 8)))
    inner = st.floats(0, 1).map(lambda u: _rounded(top * 10 ** (-u * decades)))
    rest = draw(st.lists(inner, min_size=max(0, d - 2), max_size=max(0, d - 2)))
    low = 0.0 if draw(st.sampled_from([False] * 5 + [True])) else _rounded(top * 10.0**-decades)
    return ([low, *rest, top] if d > 1 else [top])[:d]


@st.composite
def _quadratic(draw: Draw, n: int, d: int, layout: str) -> Table:
    if layout == "quadratic":
        curvature: Any = draw(_spectrum(d))
    elif layout == "quadratic-own":
        curvature = [draw(_spectrum(d)) for _ in range(n)]
    else:
        curvature = [_matrix(draw(st.lists(coordinates(), min_size=d, max_size=d)), draw(sizes()))]
        curvature *= n
    return {"kind": "quadratic", "curvature": curvature, "centres": draw(_points(n, d))}


def _matrix(direction: list[float], size: float) -> list[list[float]]:
    """size I + v v' with v clipped and rounded, so that the products are nearly exact."""
    v = [max(-4.0, min(4.0, round(x * 4) / 4)) for x in direction]
    return [[(size if i == j else 0.0) + a * b for j, b in enumerate(v)] for i, a in enumerate(v)]


@st.composite
def problems(draw: Draw, kind: str, n: int, d: int) -> Table:
    """The [problem] table of one kind in KINDS; kinds on data bring their own dimension."""
    if kind in _DATA:
        data = draw(st.sampled_from(_DATA[kind]))
        split = draw(st.sampled_from(["contiguous", "iid", "by-label"]))
        # the regulariser is the strong convexity, so it must not vanish
        return {"kind": kind, "split": split, "regularisation": draw(_powers(-3, 1)), **data}
    if kind.startswith("quadratic"):
        table: Table = draw(_quadratic(n, d, kind))
    elif kind == "kinked":
        high = draw(sizes())
        decades = draw(st.one_of(st.sampled_from([1, 0, 4, _LARGEST_CONDITION]), st.floats(0, 8)))
        low = 0.0 if draw(st.sampled_from([False] * 5 + [True])) else high * 10.0**-decades
        table = {"kind": "kinked", "slope_low": low, "slope_high": high}
        table["offsets"] = draw(_points(n, d))
    else:
        table = {"kind": "cosine", "amplitude": draw(sizes()), "frequency": draw(sizes())}
        table["offsets"] = draw(_points(n, d))
    return {**table, "noise": draw(noises())}


@st.composite
def _models(draw: Draw, content: Table, n: int, nu: float) -> list[list[float]]:
    """X_t: an anchor, moved a little or by multiples of nu, and a spread around it."""
    problem = build_problem(Spec.from_dict(content))
    d = problem.d
    anchor = draw(st.sampled_from(ANCHORS))
    if d > 8 or (anchor in ("point", "origin")):
        # on data only a few coordinates are drawn; repeated, they make the rest
        few = draw(st.lists(coordinates(), min_size=min(d, 4), max_size=min(d, 4)))
        base = [0.0 if anchor == "origin" else few[k % len(few)] for k in range(d)]
    else:
        moves = {"optimum": 0.0, "near-optimum": draw(_powers(-6, -1)), "shifted-optimum": nu}
        shift = draw(st.lists(_within(2), min_size=d, max_size=d))
        x = optimum(problem).x
        base = [float(x[k]) + moves[anchor] * shift[k] for k in range(d)]
    spread = draw(st.sampled_from(SPREADS))
    if spread == "common":
        return [list(base) for _ in range(n)]
    if spread == "balanced":
        size = draw(_powers(-4, 4))
        signs = [(-1.0) ** i if 2 * (i // 2) + 1 < n else 0.0 for i in range(n)]
        return [[b + size * sign for b in base] for sign in signs]
    size = draw(_powers(-4, 0) if spread != "wide" else _powers(0, 4))
    moved = draw(st.lists(_within(1), min_size=n, max_size=n))
    if spread == "outlier":
        moved = [1.0] + [0.0] * (n - 1)
    return [[b + size * moved[i] * (-1) ** (i * k) for k, b in enumerate(base)] for i in range(n)]


@st.composite
def _choices(draw: Draw, *, widest: float = 6) -> dict[str, Any]:
    """Fraction of the limit (1 first), scale (up to `widest`) where there is none, and nu or c."""
    fraction = draw(st.one_of(st.sampled_from([1.0, 0.5, 0.1]), _powers(-4, 0)))
    chosen: dict[str, Any] = {"fraction": fraction, "scale": draw(_within(widest))}
    if draw(st.booleans()):
        chosen["ratio"] = draw(_powers(-3, 3))
    else:
        chosen["radius"] = draw(st.one_of(st.sampled_from([1.0, 1e-3, 1e-8]), _powers(-8, 2)))
    return chosen


@st.composite
def drafts(draw: Draw, kind: str | None = None) -> Draft:
    """A draft with a state, for claims on one step, one agent, one function."""
    kind = kind or draw(st.sampled_from(KINDS))
    population = draw(populations(most=4 if kind in _DATA else 8))
    n, d = len(population["agents"]), draw(st.integers(1, 6))
    content: Table = {"problem": draw(problems(kind, n, d)), "population": population}
    if kind in _DATA and draw(st.booleans()):
        population["batch"] = "full"
    choices = draw(_choices())
    content["state"] = {"models": draw(_models(content, n, choices.get("radius", 1.0)))}
    low = draw(sizes())
    content["parameters"] = {
        "alpha1": low,
        "alpha0": low * draw(st.one_of(st.just(1.0), _powers(0, 3))),
        "k": draw(st.integers(2, 9)),
        "agent": draw(st.integers(0, n - 1)),
        "other": draw(st.integers(0, n - 1)),
    }
    return Draft.of(content, **choices)


@st.composite
def trajectory_drafts(draw: Draw) -> Draft:
    """A draft with a start and steps, on quadratics: agents alike within a group, or few."""
    grouped = draw(st.sampled_from([True, True, True, False]))
    d = draw(st.integers(1, 2))
    row = st.lists(coordinates(), min_size=d, max_size=d)
    if grouped:
        population = draw(group_counts())
        centres = {name: draw(row) for name in ("zeroth_order", "first_order")}
        problem = {"curvature": draw(_spectrum(d)), "kind": "quadratic", "group_centres": centres}
        steps = draw(st.sampled_from([2, 3, 10, 100, 10**4, 10**6]))
    else:
        population = draw(populations(most=3))
        layout = draw(st.sampled_from(["quadratic", "quadratic-own"]))
        problem = draw(_quadratic(len(population["agents"]), d, layout))
        steps = draw(st.sampled_from([2, 3, 5, 10, 40]))
    content = {
        "problem": {**problem, "noise": draw(noises())},
        "population": population,
        "start": draw(row),
    }
    # over many steps anything far beyond 1/L explodes, anything far below stands still
    return Draft.of(content, steps=steps, **draw(_choices(widest=2)))


@st.composite
def group_counts(draw: Draw) -> Table:
    """How many zeroth-order and first-order agents, at least 2 in all, up to thousands."""
    some = st.one_of(st.integers(0, 8), st.sampled_from([16, 64, 256, 1024]))
    n0, n1 = draw(some), draw(some)
    return {
        "zeroth_order": n0 + max(0, 2 - n0 - n1),
        "first_order": n1,
        "estimator": draw(st.sampled_from(["two-point", "two-point", "forward-gradient"])),
    }
