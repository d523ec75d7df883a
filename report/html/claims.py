"""The statements, typeset, each edition beside the others with its verdict."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from experiments.schemas import VERDICTS
from report.html.badges import badge
from report.html.blocks import Text, number_cell
from report.html.families import Family, anchor, families, further, title
from report.html.mathml import formula, math
from report.html.rendering import render
from report.html.section import Section, by_name, stored
from report.html.witnesses import Witness, axioms, witness
from theory import (
    ASSUMPTION_TABLE,
    NOTATION,
    Assumption,
    Claim,
    Notation,
    inherited_conditions,
    latex,
    plain,
    used_by,
)
from theory.notation import QUANTITIES
from theory.render import meeting
from theory.render_parts import Parts, in_parts
from verify.proofs.prover import proof_of

_SAYS = {"<=": "Bounds from above", ">=": "Bounds from below", "==": "Gives exactly"}

Verdicts = Mapping[tuple[str, str], Mapping[str, Any]]


@dataclass(frozen=True)
class Card:
    """One claim as the page shows it."""

    claim: Claim
    row: Mapping[str, Any] | None
    head: str = ""

    @property
    def id(self) -> str:
        """Its anchor."""
        return anchor(self.claim.key, self.claim.edition)

    @property
    def badge(self) -> Markup:
        """The verdict, and what decided it."""
        return badge(self.row)

    @property
    def name(self) -> str:
        """Edition, and the key where it is not that of the printed statement, `head`."""
        edition = self.claim.edition.capitalize()
        return edition if self.claim.key == self.head else f"{edition}: {self.claim.key}"

    @cached_property
    def statement(self) -> Markup:
        """The statement, typeset."""
        return formula(self._parts.statement, label=plain(self.claim))

    @cached_property
    def named(self) -> list[Markup]:
        """What the names in it stand for."""
        return list(map(formula, self._parts.named))

    @cached_property
    def hypotheses(self) -> list[Markup]:
        """Assumptions (links), fixed parameters, conditions, how agents meet."""
        own = self.claim
        linked = [
            Markup('<a href="#assumption-{}">{}</a>').format(key, assumption_name(key))
            for key in sorted(own.assumptions)
        ]
        first = [Markup(", ").join(linked)] if linked else []
        lines = [formula(line) for line in (*self._parts.ties, *self._parts.conditions)]
        words = [escape(text) for text in meeting(own)]
        if own.estimator != "any":
            words.append(escape(f"zeroth-order agents use the {own.estimator} estimator"))
        return [*first, *lines, *words]

    @cached_property
    def inherited(self) -> list[str]:
        """Conditions of claims that its proof uses and that are not printed with it."""
        return [f"{condition} ({key})" for key, condition in inherited_conditions(self.claim)]

    @cached_property
    def uses(self) -> list[Markup]:
        """Links to the claims that its proof uses."""
        return [
            Markup('<a href="#{}">{} ({})</a>').format(anchor(c.key, c.edition), c.key, c.edition)
            for c in used_by(self.claim)
        ]

    @cached_property
    def proof(self) -> list[str]:
        """The steps of the proof on record, by name."""
        found = proof_of(self.claim)
        return [] if found is None else [step.label for step in found.steps]

    @cached_property
    def witness(self) -> Witness | None:
        """The counterexample, if there is one."""
        return None if self.row is None else witness(self.row)

    @cached_property
    def axioms(self) -> list[str]:
        """What the verdict takes for granted."""
        return [] if self.row is None else axioms(self.row)

    @cached_property
    def ratio(self) -> Markup:
        """The largest left-hand side over right-hand side that was found, with what it means."""
        if self.row is None or self.row["worst_ratio"] is None:
            return Markup("")
        value = float(self.row["worst_ratio"])
        return Markup("{} ({})").format(number_cell(value), meaning(self.claim, value))

    @cached_property
    def latex(self) -> str:
        """The statement in LaTeX."""
        return latex(self.claim)

    @cached_property
    def plain(self) -> str:
        """The statement in one line of text."""
        return plain(self.claim)

    @cached_property
    def proof_command(self) -> str:
        """What prints statement and proof in full."""
        return f"hdo claims {self.claim.key} --edition {self.claim.edition} --latex"

    @cached_property
    def _parts(self) -> Parts:
        return in_parts(self.claim)


def assumption_name(key: str) -> str:
    """What an assumption is called in a sentence."""
    return "convexity" if key == "convex" else key


def meaning(claim: Claim, ratio: float) -> str:
    """What a worst ratio says, in words that follow from the number."""
    if claim.relation == "==":
        return "left over right; 1 is equality"
    if ratio > 1:
        return "above 1: violated"
    if ratio <= 0:
        return "the smaller side was never positive"
    if claim.relation == ">=":
        return f"the right-hand side reached {percent(ratio)} of the left"
    return f"the left-hand side reached {percent(ratio)} of what is allowed"


def percent(ratio: float) -> str:
    """A share in percent that never rounds up to all of it."""
    return "100 %" if ratio == 1 else f"{100 * ratio:.3g} %" if ratio < 0.9995 else "over 99.9 %"


@dataclass(frozen=True)
class Group:
    """A published statement with its editions and variants, as cards."""

    family: Family
    cards: Sequence[Card]
    variants: Sequence[Card]

    @property
    def id(self) -> str:
        """Its anchor."""
        return self.family.id

    @property
    def subject(self) -> Markup:
        """What the published statement is about, in words."""
        own = self.family.published
        measured = [entry for entry in QUANTITIES if entry.symbol in own.lhs.free_symbols]
        named = [Markup("{} ({})").format(math(entry.latex), entry.meaning) for entry in measured]
        return Markup("{} {}.").format(_SAYS[own.relation], Markup(" and ").join(named))

    @property
    def symbols(self) -> list[Notation]:
        """Every symbol of the statements side by side, in the order of the notation."""
        used = {symbol for card in self.cards for symbol in card.claim.free_symbols}
        return [entry for entry in NOTATION.values() if entry.symbol in used]

    @property
    def heading(self) -> str:
        """Its number in the paper and what it says."""
        return f"{title(self.family.published)}: {self.family.published.title}"


def groups(rows: Verdicts) -> list[Group]:
    """Every published statement, theorems first."""
    return [
        Group(f, cards(f.editions, rows, f.published.key), cards(f.variants, rows))
        for f in families()
    ]


def cards(chosen: Sequence[Claim], rows: Verdicts, head: str = "") -> list[Card]:
    """A card a claim; `head` is the key of the printed statement they are shown with."""
    return [Card(c, rows.get((c.key, c.edition)), head) for c in chosen]


def verdicts_of(folder: Path) -> Verdicts:
    """The stored verdicts by (key, edition); empty where none are stored."""
    return by_name(stored("verdicts.parquet", VERDICTS)(folder) or ())


def _statements(rows: Verdicts) -> Iterator[Text]:
    yield Text(render("claims.html", groups=groups(rows), judged=bool(rows)))


def _further(rows: Verdicts) -> Iterator[Text]:
    yield Text(render("further.html", cards=cards(further(), rows)))


def _assumptions(table: Mapping[str, Assumption]) -> Iterator[Text]:
    yield Text(render("assumptions.html", assumptions=list(table.values())))


ASSUMPTIONS = Section(
    "assumptions",
    "What is assumed",
    lambda folder: ASSUMPTION_TABLE,
    _assumptions,
    intro="Statements name their assumptions by these letters. Where the printed text cannot be "
    "meant, the reading that is used in its place is given.",
)
STATEMENTS = Section(
    "statements",
    "Theorems and lemmas, edition by edition",
    verdicts_of,
    _statements,
    intro="Published is the text as printed; repaired the least change that makes it true; sharp "
    "the best constants that are certified. Theorems come first, then the lemmas they rest on.",
)
FURTHER = Section(
    "further",
    "Identities and further sharp statements",
    verdicts_of,
    _further,
    intro="Statements on the way to the sharp theorems that correspond to no single printed one.",
)
