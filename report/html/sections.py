"""The sections of the report, in order. A new one is a line here (docs/architecture.md)."""

from report.html.claims import ASSUMPTIONS, FURTHER, STATEMENTS
from report.html.errata import ERRATA, STEPS
from report.html.notation import NOTATION_TABLE
from report.html.provenance import PROVENANCE
from report.html.section import Section
from report.html.summary import SUMMARY
from report.html.tightness import MAPS, PHASES, SHARES, WATERFALL
from report.html.verdicts import BOUND_VS_EXACT, LEGEND, VERDICT_TABLE

SECTIONS: tuple[Section, ...] = (
    SUMMARY,
    LEGEND,
    ASSUMPTIONS,
    STATEMENTS,
    FURTHER,
    VERDICT_TABLE,
    BOUND_VS_EXACT,
    SHARES,
    WATERFALL,
    MAPS,
    PHASES,
    ERRATA,
    STEPS,
    NOTATION_TABLE,
    PROVENANCE,
)
