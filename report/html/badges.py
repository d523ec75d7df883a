"""A verdict in words: what is concluded, and what kind of evidence decided it."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

DECIDED_BY = {
    "PROVED": "a proof, checked exactly",
    "HOLDS": "exact evidence, no exception found",
    "REFUTED": "an exact counterexample",
    "INCONCLUSIVE": "nothing: undecided",
}
STATISTICAL = {
    "HOLDS": "statistics, simulated replicas",
    "REFUTED": "statistics, simulated replicas",
    "INCONCLUSIVE": "nothing: statistics leave it open",
}
MEANINGS = {
    "PROVED": "An exact checker accepted a proof that covers every admissible choice of "
    "parameters. The instances that were tried confirm it and do not decide it.",
    "HOLDS": "Not proved here. No counterexample among the instances that were tried, which are "
    "generated, real data and the outcome of a search; both sides are computed without "
    "sampling error unless the badge says statistics.",
    "REFUTED": "False as stated: there is an instance that meets every hypothesis and violates "
    "the statement with certainty. The command beside it shows it.",
    "INCONCLUSIVE": "Not enough could be decided.",
}
_SIGNS = {"PROVED": "✓", "HOLDS": "○", "REFUTED": "✗", "INCONCLUSIVE": "?"}
_NONE = Markup('<span class="badge none">not judged yet</span>')


def decided_by(row: Mapping[str, Any]) -> str:
    """What kind of evidence a stored verdict rests on."""
    kinds = STATISTICAL if str(row["evidence"]).startswith("statistical") else DECIDED_BY
    return kinds.get(row["verdict"], DECIDED_BY["INCONCLUSIVE"])


def badge(row: Mapping[str, Any] | None, *, full: bool = True) -> Markup:
    """The verdict as a sign, a word and (if `full`) what decided it; colour only repeats these."""
    if row is None:
        return _NONE
    verdict = str(row["verdict"])
    by = Markup(" <small>by {}</small>").format(decided_by(row)) if full else Markup("")
    return Markup('<span class="badge {}"><span aria-hidden="true">{}</span> {}{}</span>').format(
        verdict.lower(), _SIGNS.get(verdict, "?"), verdict, by
    )
