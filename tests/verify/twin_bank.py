"""One bank of judged instances for the tests of twins, built once a session."""

from functools import cache

from theory import claims
from verify.bank import Entry, Profile, judge_bank, make_part
from verify.instance import Draft
from verify.real import real_instances
from verify.twins import Measured, measure

PROFILE = Profile(80, 2, 64, False, 1, 0, 0, 0)
PARTS = ("quadratic", "quadratic-own", "kinked", "cosine", "ridge", "runs-0", "runs-1", "runs-2")
SEED = 5
QUIET = {
    "problem": {"kind": "quadratic", "curvature": [1.0], "centres": [[0.0], [0.0]]},
    "population": {"zeroth_order": 0, "first_order": 2},
    "start": [1000.0],
}
"""Only the start's distance is left of the bounds of Theorem 1.1: no noise, no bias, no split."""


@cache
def measured_claims() -> dict[tuple[str, str], list[Measured]]:
    """Every claim's decided instances with everything measured, by (key, edition)."""
    bank = [entry for part in PARTS for entry in make_part(part, PROFILE, entropy=SEED)]
    bank.append(Entry(Draft.of(QUIET, steps=2, radius=0.01)))
    bank += [Entry(d, real=True) for d in real_instances(thorough=False, data="diabetes")]
    records = judge_bank(claims(), bank)
    found: dict[tuple[str, str], list[Measured]] = {}
    for claim in claims():
        name = (claim.key, claim.edition)
        decided = {r.trial.instance: None for r in records[name] if r.trial.judgement.decided}
        found[name] = measure(claim, decided)
    return found
