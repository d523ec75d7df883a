"""A folder of results made by hand: what an audit would have stored."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments import Provenance
from report.auditing import store_audit
from verify.audit import Audit

SOURCE = Provenance(
    spec_hash="c0ffee" * 10 + "abcd",
    seed=7,
    versions='{"numpy": "9.8.7", "python": "3.99.1"}',
    platform="Linux-made-up-python3.99.1",
    commit="0123456789abcdef0123456789abcdef01234567",
    created="2031-02-03T04:05:06+00:00",
)
COMMAND = "hdo verify lemma-13 --instance '{\"a\": \"<b> & 'c'\"}'"
WITNESS = {
    "instance": {"population": {}},
    "lhs": 2.5,
    "rhs": 1.25,
    "command": COMMAND,
    "inherited_conditions_hold": False,
}
RUN = {
    "command": "hdo audit",
    "profile": "quick",
    "seconds": 123.456,
    "taken_over": 2,
    "processor": "Made Up 9000",
    "processors": 3,
}
TRACED = tuple(
    {"panel": panel, "t": t, "series": series, "value": 1.0 + t + len(series)}
    for panel in ("breast_cancer", "quadratic")
    for series in ("Gamma", "lemma-11")
    for t in range(3)
)
STEPS = (
    {"step": "eq-34", "location": "Lemma 13", "outcome": "PROVED", "evidence": "exact checker"},
    {"step": "eq-38", "location": "Lemma 13", "outcome": "REFUTED", "evidence": "fails on 3"},
)


def record(
    claim: str,
    edition: str,
    verdict: str,
    *,
    ratio: float | None = 0.5,
    instances: int = 10,
    evidence: str = "exact one-step, ball arithmetic",
    witness: Any = None,
    axioms: Sequence[str] = (),
) -> dict[str, Any]:
    """A verdict as `hdo audit --json` gives it."""
    return {
        "claim": claim,
        "edition": edition,
        "verdict": verdict,
        "evidence": evidence,
        "instances": instances,
        "worst_ratio": ratio,
        "witness": witness,
        "axioms": list(axioms),
    }


RECORDS = (
    record("lemma-2", "published", "PROVED", ratio=0.9145123456789, axioms=("Jensen",)),
    record("lemma-3", "published", "HOLDS", ratio=1 - 3e-9, instances=164),
    record("lemma-12", "published", "HOLDS", ratio=0.04768, instances=372),
    record("lemma-13", "published", "REFUTED", ratio=2.0, witness=WITNESS),
    record("lemma-20", "published", "REFUTED", ratio=float("inf"), witness=WITNESS),
    record("lemma-1.1", "published", "INCONCLUSIVE", ratio=None, instances=0),
    record("theorem-1.2", "published", "HOLDS", evidence="statistical, 4096 replicas, seed 0"),
    record("lemma-13", "repaired", "PROVED", ratio=1.0),
    record("distance", "sharp", "PROVED", ratio=0.99),
)


def store(folder: Path, records: Sequence[dict[str, Any]] = RECORDS) -> Path:
    """The folder, with these verdicts in it."""
    folder.mkdir(parents=True, exist_ok=True)
    found = Audit((), TRACED, STEPS)
    store_audit(records, found, RUN, folder=folder, source=SOURCE)
    return folder
