"""The numbers of the audit's picture: bounds against exact values over t, on two problems."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from theory import Claim, claim
from verify.balls import Ball, ball
from verify.instance import Draft, Instance, Table
from verify.judge import judge, right_hand_side, rounded
from verify.paths import expectations, simulated_states
from verify.resolve import resolve

Row = dict[str, Any]
"""panel, t, series (the name of a quantity, or the key of the claim that bounds it), value."""

_HYBRID = {"zeroth_order": 3, "first_order": 3}
_LOGISTIC: Table = {
    "problem": {"kind": "logistic", "data": "breast_cancer", "regularisation": 0.1},
    "population": _HYBRID,
    "state": {"models": 0.0},
}
_QUADRATIC: Table = {
    "problem": {
        "kind": "quadratic",
        "curvature": [0.5, 1.0],
        "centres": [[0, 0], [1, 0], [0, 1], [1, 1], [-1, 0], [-1, -2]],
        "noise": 0.5,
    },
    "population": _HYBRID,
    "start": [20.0, -10.0],
}
_PATH_STEPS, _PATH_RECORDS = 360, 12
_RUN_STEPS, _RUN_STRIDE = 3000, 25


def trace_rows(seed: int = 0) -> list[Row]:
    """Both panels' rows; the same for the same seed.

    `breast_cancer`: one simulated path of a hybrid population, and from each state on it the exact
    E_t Gamma_{t+1} and its bounds by Lemmas 2 and 11. `quadratic`: exact E Gamma_t and E||mu_t -
    x*||^2 and the bounds that Lemmas 11 and 13 give when they are unrolled from t = 0, with the
    exact e_t in them.
    """
    return [*_breast_cancer(seed), *_quadratic()]


def _resolved(table: Table, *, radius: float, claims: tuple[Claim, ...]) -> Instance:
    """The instance of these tables at the largest step size that all the claims admit."""
    together = replace(claims[0], conditions=tuple(c for x in claims for c in x.conditions))
    found = resolve(together, Draft.of(table, radius=radius))
    if found is None:
        raise AssertionError("the picture's instances meet the hypotheses of its claims")
    return found


def _with_steps(instance: Instance, table: Table, steps: int) -> Instance:
    content = instance.spec.to_dict()
    content["method"] |= {"steps": steps, "start": table.get("start", 0.0)}
    return Instance.from_dict(content)


def _breast_cancer(seed: int) -> Iterator[Row]:
    bounds = (claim("lemma-2", "published"), claim("lemma-11", "published"))
    start = _resolved(_LOGISTIC, radius=1e-3, claims=bounds[::-1])
    run = _with_steps(start, _LOGISTIC, _PATH_STEPS)
    for t, models in simulated_states(run, every=_PATH_STEPS // _PATH_RECORDS, entropy=seed):
        content = start.spec.to_dict()
        content["state"] = {"models": models.tolist()}
        instance = Instance.from_dict(content)
        judged = [judge(bound, instance) for bound in bounds]
        yield _row("breast_cancer", t, "Gamma_next", rounded(judged[0].lhs))
        for bound, found in zip(bounds, judged, strict=True):
            yield _row("breast_cancer", t, bound.key, rounded(found.rhs))


def _quadratic() -> Iterator[Row]:
    consensus, distance = (claim(key, "published") for key in ("lemma-11", "lemma-13"))
    table = {**_QUADRATIC, "state": {"models": _QUADRATIC["start"]}}
    start = _resolved(table, radius=0.1, claims=(distance, consensus))
    found = expectations(_with_steps(start, _QUADRATIC, _RUN_STEPS))
    recursions = [_Affine(subject, start) for subject in (consensus, distance)]
    Gamma, a_sq = ball(float(found.gamma[0])), ball(float(found.distance_sq[0]))
    for t in range(_RUN_STEPS + 1):
        if t % _RUN_STRIDE == 0:
            yield _row("quadratic", t, "Gamma", float(found.gamma[t]))
            yield _row("quadratic", t, "lemma-11", rounded(Gamma))
            yield _row("quadratic", t, "a_sq", float(found.distance_sq[t]))
            yield _row("quadratic", t, "lemma-13", rounded(a_sq))
        e = ball(float(found.gap[t]))
        Gamma, a_sq = (recursion(Gamma=Gamma, a_sq=a_sq, e=e) for recursion in recursions)


class _Affine:
    """A claim's right-hand side as an affine function of Gamma, a_sq and e; B = 0 on quadratics."""

    def __init__(self, subject: Claim, instance: Instance) -> None:
        at = dict.fromkeys(("Gamma", "a_sq", "e", "B"), 0.0)
        self.constant = right_hand_side(subject, instance, at)
        self.slopes = {
            name: right_hand_side(subject, instance, {**at, name: 1.0}) - self.constant
            for name in ("Gamma", "a_sq", "e")
        }

    def __call__(self, **values: Ball) -> Ball:
        return self.constant + sum(
            (self.slopes[name] * value for name, value in values.items()), start=Ball(0)
        )


def _row(panel: str, t: int, series: str, value: float) -> Row:
    return {"panel": panel, "t": t, "series": series, "value": value}
