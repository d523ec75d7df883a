"""The summary in plain language: every sentence is counted from the records."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from report.html.badges import badge
from report.html.blocks import Text
from report.html.claims import Verdicts, percent, verdicts_of
from report.html.families import anchor, families, title
from report.html.rendering import render
from report.html.section import Section
from report.judging import MUST_HOLD
from theory import EDITIONS, Claim, claims
from theory.errata import KINDS, errata

_UPPER = ("upper", "rate")
TIGHT = 0.9
"""An instance that reaches this share of a bound shows it to be tight, in the summary's words."""


@dataclass(frozen=True)
class Judged:
    """A claim with its stored verdict."""

    claim: Claim
    row: Mapping[str, Any]

    @property
    def verdict(self) -> str:
        """PROVED, HOLDS, REFUTED or INCONCLUSIVE."""
        return str(self.row["verdict"])

    @property
    def link(self) -> Markup:
        """Its name, linked to where it is in the page."""
        place = anchor(self.claim.key, self.claim.edition)
        return Markup('<a href="#{}">{}</a>').format(place, title(self.claim))


def counted(count: int, one: str, many: str = "") -> str:
    """`1 lemma`, `3 lemmas`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def listed(judged: Sequence[Judged]) -> Markup:
    """Links in a sentence."""
    *first, last = [one.link for one in judged]
    return Markup(", ").join(first) + Markup(" and ") + last if first else last


def judged_claims(rows: Verdicts, edition: str) -> list[Judged]:
    """The claims of an edition that have a verdict."""
    named = [(c, rows.get((c.key, edition))) for c in claims(edition)]
    return [Judged(c, row) for c, row in named if row is not None]


def sentences(rows: Verdicts) -> Iterator[Markup]:
    """What the records say, one sentence after the other."""
    printed = judged_claims(rows, "published")
    yield Markup("<strong>{}</strong> of the paper {} judged: {}.").format(
        counted(len(printed), "statement"), "was" if len(printed) == 1 else "were", _tally(printed)
    )
    false = [one for one in printed if one.verdict == "REFUTED"]
    if false:
        yield Markup("False as printed: {}. One command shows each counterexample.").format(
            listed(false)
        )
        yield from _repairs(false, rows)
    undecided = [one for one in printed if one.verdict == "INCONCLUSIVE"]
    if undecided:
        yield Markup("Undecided: {}.").format(listed(undecided))
    for edition in MUST_HOLD:
        found = judged_claims(rows, edition)
        if found:
            yield Markup("{} of the edition <em>{}</em>: {}.").format(
                counted(len(found), "statement"), edition, _tally(found)
            )
    yield from _failures(rows)
    yield from _tightness(printed)
    yield _mistakes()


def _tally(judged: Sequence[Judged]) -> Markup:
    count = Counter(one.verdict for one in judged)
    words = {
        "PROVED": "proved for all parameters",
        "HOLDS": "not proved, without exception where tried",
        "REFUTED": "false",
        "INCONCLUSIVE": "undecided",
    }
    parts = [
        Markup("<strong>{}</strong> {}").format(count[name], text)
        for name, text in words.items()
        if count[name]
    ]
    return Markup(", ").join(parts) or Markup("none")


def _repairs(false: Sequence[Judged], rows: Verdicts) -> Iterator[Markup]:
    for one in false:
        mended = rows.get((one.claim.key, "repaired"))
        if mended is None:
            yield Markup("{}: nothing is judged in its place.").format(one.link)
        else:
            place = anchor(one.claim.key, "repaired")
            yield Markup('{}: its <a href="#{}">repaired form</a> is {}.').format(
                one.link, place, badge(mended)
            )


def _failures(rows: Verdicts) -> Iterator[Markup]:
    failed = [
        one
        for edition in MUST_HOLD
        for one in judged_claims(rows, edition)
        if one.verdict == "REFUTED"
    ]
    if failed:
        yield Markup(
            "<strong>This project is wrong somewhere</strong>: {} must hold and {} refuted."
        ).format(listed(failed), "is" if len(failed) == 1 else "are")


def _tightness(printed: Sequence[Judged]) -> Iterator[Markup]:
    standing = [
        one
        for one in printed
        if one.claim.kind in _UPPER
        and one.verdict in ("PROVED", "HOLDS")
        and one.row["worst_ratio"] is not None
        and 0 < one.row["worst_ratio"] <= 1
    ]
    if not standing:
        return
    tight = [one for one in standing if one.row["worst_ratio"] >= TIGHT]
    loosest = min(standing, key=lambda one: float(one.row["worst_ratio"]))
    yield Markup(
        "How tight: on {} of {} that stand, some instance reaches at least {} of the bound. "
        "The loosest is {}: none of {} reaches more than {}."
    ).format(
        len(tight),
        counted(len(standing), "printed upper bound"),
        percent(TIGHT),
        loosest.link,
        counted(int(loosest.row["instances"]), "instance"),
        percent(float(loosest.row["worst_ratio"])),
    )


def _mistakes() -> Markup:
    count = Counter(entry.kind for entry in errata())
    kinds = ", ".join(
        counted(count[kind], "false statement" if kind == "false" else kind)
        for kind in KINDS
        if count[kind]
    )
    return Markup('The printed text has <a href="#errata">{}</a> on record: {}.').format(
        counted(len(errata()), "mistake"), kinds
    )


@dataclass(frozen=True)
class Headline:
    """A theorem with the verdict on each of its editions."""

    name: str
    says: str
    place: str
    verdicts: Sequence[tuple[str, Markup]]


def headlines(rows: Verdicts) -> Iterator[Headline]:
    """The theorems, each edition's verdict beside the others."""
    for family in families():
        own = family.published
        if own.key.startswith("theorem"):
            yield Headline(title(own), own.title, family.id, tuple(_editions(own, rows)))


def _editions(own: Claim, rows: Verdicts) -> Iterable[tuple[str, Markup]]:
    for edition in EDITIONS:
        if any(c.key == own.key for c in claims(edition)):
            yield edition, badge(rows.get((own.key, edition)))


def _load(folder: Path) -> Verdicts | None:
    return verdicts_of(folder) or None


def _blocks(rows: Verdicts) -> Iterator[Text]:
    yield Text(
        render("summary.html", sentences=list(sentences(rows)), theorems=list(headlines(rows)))
    )


SUMMARY = Section("summary", "Summary", _load, _blocks)
