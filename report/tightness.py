"""How tight the bounds are: `python -m report.tightness` (`make tightness`).

Writes docs/tightness.md with its pictures, and every number to out/. An audit measures the
same and calls `store_rows`: slack along the proofs, tightness maps, the phase diagram of mixed
populations.
"""

import json
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from experiments import Provenance, Schema, provenance, write_rows, writing
from experiments.schemas import MAP, PHASE, SLACK
from hdo.errors import InputError
from paper_figures import maps as map_figures
from paper_figures import phase as phase_figures
from paper_figures import waterfall
from report.output import number
from report.progress import Advance, progress
from verify import maps, phase, slack
from verify.audit import Audit
from verify.phase_cases import BUDGETS, GRADIENT_COST, LARGEST_SHARE
from verify.slack_cases import STATES, cells

Row = Mapping[str, Any]

DOCS = Path(__file__).parents[1] / "docs"
PROFILES = ("quick", "full")

PICTURES = "tightness"
"""The folder of the page's pictures, beside the page."""

MADE = "<!-- made by `python -m report.tightness` (`make tightness`); not to be edited -->\n"


@dataclass(frozen=True)
class Tightness:
    """The rows of all three parts."""

    slack: tuple[Row, ...]
    maps: tuple[Row, ...]
    phase: tuple[Row, ...]


def measured(profile: str, advance: Advance | None = None) -> Tightness:
    """Every row of a profile: `quick` or `full`; InputError for another."""
    if profile not in PROFILES:
        raise InputError("profile", profile, f"one of {list(PROFILES)}")
    parts = {
        "slack along the proofs": lambda: slack.rows(cells(profile)),
        "tightness maps": lambda: maps.rows(profile),
        "phase diagram": lambda: phase.rows(profile),
    }
    found = []
    for done, (what, rows) in enumerate(parts.items()):
        if advance is not None:
            advance(what, done, len(parts))
        found.append(tuple(rows()))
    return Tightness(*found)


def store_rows(found: Tightness | Audit, folder: Path, source: Provenance) -> tuple[Path, ...]:
    """Write the rows there are, and their pictures; the files written."""
    kinds: tuple[tuple[str, Sequence[Row], Schema, Any], ...] = (
        ("slack", found.slack, SLACK, waterfall),
        ("maps", found.maps, MAP, map_figures),
        ("phase", found.phase, PHASE, phase_figures),
    )
    written: list[Path] = []
    for name, rows, schema, figure in kinds:
        if not rows:
            continue
        path = folder / f"{name}.parquet"
        write_rows(path, rows, schema=schema, source=source)
        written += [path, *figure.save(path, folder)]
    return tuple(written)


def page(found: Tightness) -> str:
    """The page as Markdown: every number in it is computed from the rows."""
    lines = (*_slack_lines(found.slack), *_map_lines(found.maps), *_phase_lines(found.phase))
    return MADE + "\n".join(lines) + "\n"


def chains_of(rows: Iterable[Row]) -> list[list[Row]]:
    """The slack rows, one list a claim, edition and cell."""
    key = ("claim", "edition", "cell")
    return [list(part) for _, part in groupby(rows, lambda row: tuple(row[k] for k in key))]


NAMES = {
    "lemma-13": "Lemma 13",
    "distance": "Lemma 13",
    "theorem-1.1": "Theorem 1.1",
    "theorem-1.2": "Theorem 1.2",
}
EDITIONS = ("published", "repaired", "sharp")


def _subject(row: Row) -> str:
    state = json.loads(row["cell"]).get("state")
    return NAMES[row["claim"]] + (f", {state}" if state else "")


def ratios(rows: Iterable[Row]) -> dict[tuple[str, str], list[float]]:
    """bound / exact value by (subject, edition), the base cell first."""
    found: dict[tuple[str, str], list[float]] = {}
    for part in chains_of(rows):
        first = part[0]
        key = (_subject(first), first["edition"])
        found.setdefault(key, []).append(first["bound"] / first["exact"])
    return found


def _number(value: float) -> str:
    return f"{value:.4g}"


_SLACK = """# How tight the bounds are

Each bound beside the exact value of what it bounds, on quadratics of the [audit grid](grid.md) with
n0 two-point and n1 first-order agents, where all second moments are known. Quadratics are instances
of both theorems; on them estimates are unbiased, so that terms for the bias are given away.

| bound / exact value | published | repaired | sharp |
| --- | --- | --- | --- |"""

_CHAIN = """
Base population: {base}. In brackets: the range over {count} populations, each of which differs
from the base in one respect. The step size is {share:.0%} of the largest that the published
conditions admit; for the theorems T is what they tie to it, the run starts at distance {start:g}
from x\\*. Exact value of Theorem 1.1: E f(y_T) - f\\* + w_T E||mu_T - x\\*||^2/(S_T D1) with S_T =
sum w_t (an edition has its own D1). Lemma 13 next to 1 says little: a_{{t+1}}^2 contains a_t^2.
Closed forms for the sharp edition; with free multipliers it is tighter: the maps below.

## Where the slack comes from

Bound - exact value = sum of (multiplier of an inequality in the proof) x (its right-hand side -
its left-hand side at the exact second moments): an identity, tested to rounding
(`theory/chains/`, `verify/slack.py`). A bar of the pictures is one inequality, in the order of the
proof; its factor is (value after it) / (value before it), and the factors multiply to bound / exact
value. A factor depends on the order; the part of bound - exact value that an inequality adds does
not, and the three that cost most are ranked by it.
"""


def _slack_lines(rows: Sequence[Row]) -> Iterator[str]:
    yield _SLACK
    found = ratios(rows)
    for subject in dict.fromkeys(name for name, _ in found):
        shown = (_range(found[subject, edition]) for edition in EDITIONS)
        yield f"| {subject} | {' | '.join(shown)} |"
    first = json.loads(rows[0]["cell"])
    names = ("n", "n0", "d", "kappa", "noise", "split")
    words = ("n", "n0", "d", "L/l", "s^2", "varsigma^2")
    base = ", ".join(f"{w} = {first[name]}" for w, name in zip(words, names, strict=True))
    count = len(next(iter(found.values()))) - 1
    yield _CHAIN.format(base=base, count=count, share=slack.SHARE_OF_LIMIT, start=slack.START)
    base_cell = {name: first[name] for name in names}
    for part in sorted(chains_of(rows), key=_place):
        cell = json.loads(part[0]["cell"])
        here = {name: cell[name] for name in names} == base_cell
        if here and cell.get("state") != STATES[1]:
            yield from _costs(part)
    yield from _errata_lines(rows)
    for group, (title, _) in waterfall.GROUPS.items():
        yield f"![{title}]({PICTURES}/{waterfall.STEM}-{group}.png)\n"


def _place(part: Sequence[Row]) -> tuple[int, int]:
    subjects = list(dict.fromkeys(NAMES.values()))
    return subjects.index(NAMES[part[0]["claim"]]), EDITIONS.index(part[0]["edition"])


def _range(values: Sequence[float]) -> str:
    shown = f"**{_number(values[0])}**"
    if len(values) == 1:
        return shown
    return f"{shown} ({_number(min(values))} to {_number(max(values))})"


def _costs(part: Sequence[Row]) -> Iterator[str]:
    first = part[0]
    ratio = first["bound"] / first["exact"]
    yield f"**{_subject(first)}, {first['edition']}**, {_number(ratio)} times the exact value.\n"
    for place, row in enumerate(slack.costliest(part), start=1):
        share = (row["after"] - row["before"]) / (first["bound"] - first["exact"])
        yield (
            f"{place}. {_plain(row['equation'])}: {_plain(row['step'])}: {share:.0%} of bound - "
            f"exact value, factor {row['factor']:.3g}."
        )
    yield ""


def _errata_lines(rows: Sequence[Row]) -> Iterator[str]:
    yield "Steps that are false in general ([errata.md](errata.md)), as they show here:\n"
    named = sorted({row["erratum"] for row in rows} - {""})
    for name in named:
        factors = [row["factor"] for row in rows if row["erratum"] == name]
        equation = next(row["equation"] for row in rows if row["erratum"] == name)
        below = sum(factor < 1 - 1e-9 for factor in factors)
        yield (
            f"- [{name}](errata.md#{name.lower()}), {_plain(equation)}: factor "
            f"{number(min(factors), 4)} to {number(max(factors), 4)}, below 1 in {below} of "
            f"{len(factors)} chains."
        )
    yield ""


def _plain(text: str) -> str:
    return text.replace("|", r"\|").replace("*", r"\*").replace("<", "&lt;")


_MAPS = """## Tightness maps

Noise floor of the gap over the exact stationary gap: published and repaired D2/D1 of (43), sharp
the least bound on the gap that free multipliers give. What a map does not vary: {base}, eta =
{fine} of the sharp edition's stated limit, nu = eta/sqrt(d). Grey: the edition's hypotheses do not
hold.

| map | edition | tightest | loosest | hypotheses hold in |
| --- | --- | --- | --- | --- |"""


def _map_lines(rows: Sequence[Row]) -> Iterator[str]:
    cell = maps.BASE
    base = (
        f"n = {cell.n}, n0 = {cell.n0}, d = {cell.d}, L/l = {cell.kappa} (1 where d = 1), "
        f"s^2 = varsigma^2 = {cell.noise}"
    )
    yield _MAPS.format(base=base, fine=f"1/{round(1 / maps.FINE)}")
    for name in dict.fromkeys(row["map"] for row in rows):
        for edition in maps.EDITIONS:
            part = [row for row in rows if (row["map"], row["edition"]) == (name, edition)]
            held = [row for row in part if row["ratio"] is not None]
            low, high = (pick(held, key=lambda row: row["ratio"]) for pick in (min, max))
            title = f"({part[0]['x_name']}, {part[0]['y_name']})"
            yield (
                f"| {title} | {edition} | {_at(low)} | {_at(high)} | {len(held)} of {len(part)} |"
            )
    below = [
        row["ratio"] / other["ratio"]
        for row, other in _paired(rows)
        if row["ratio"] is not None and other["ratio"] is not None
    ]
    yield (
        f"\nWhere both speak, the sharp floor is {_number(min(below))} to {_number(max(below))} "
        f"times below the published one{_beyond(below)}.\n"
    )
    yield f"![maps]({PICTURES}/{map_figures.STEM}.png)\n"


def _beyond(ratios: Sequence[float]) -> str:
    """What is to be said where the published floor is the smaller one."""
    above = sum(ratio < 1 for ratio in ratios)
    if not above:
        return ""
    return (
        f"; in {above} places it is above it, where a large nu meets (38)-(40), in which the bias "
        "acts at order eta^2 only ([eq-39](errata.md#eq-39)): the repaired edition shows its price"
    )


def _paired(rows: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    place = {(r["map"], r["x"], r["y"], r["edition"]): r for r in rows}
    for (name, x, y, edition), row in place.items():
        if edition == "published":
            yield row, place[name, x, y, "sharp"]


def _at(row: Row) -> str:
    return f"{_number(row['ratio'])} at {row['x']:.3g}, {row['y']:.3g}"


_PHASE = """## Do zeroth-order agents help?

n1 = {n1} first-order agents alone, against the same with n0 two-point agents beside them (rv = 1,
L/l = {kappa}, one minimiser for all, E||xi||^2 = s_1^2 = 1). Each has its own best step size, of
one grid below its own stability threshold ({share:g} of it, and down by factors sqrt(2)). The error
is the exact E||mu_T - x\\*||^2 at the end of the budget; the first-order agents alone have
{T:,} interactions.

**Cost model** (`verify/phase_cases.py`). *Interactions*: T. *Oracle calls*: a first-order step asks
for one gradient, a zeroth-order one for rv + 1 values of F. *Compute cost*: a gradient costs
{gradient} evaluations of F (its value included), a zeroth-order step rv + 1. *Parallel time*: T/n,
as in the paper: n agents meet n/2 pairs at once, so more agents have more interactions, as if
all steps took equally long.

*Predicted*: the same comparison of the sharp edition's bounds (`last-iterate`), each at its
own best step size. *Within 5 %*: neither wins.

| plane | equal | {regions} |
| --- | --- |{dashes}"""


def _phase_lines(rows: Sequence[Row]) -> Iterator[str]:
    yield _PHASE.format(
        n1=phase.FIRST_ORDER,
        kappa=phase.KAPPA,
        share=LARGEST_SHARE,
        T=phase.INTERACTIONS,
        gradient=GRADIENT_COST,
        regions=" | ".join(phase.REGIONS),
        dashes=" --- |" * len(phase.REGIONS),
    )
    for plane in phase.PLANES:
        for budget in BUDGETS:
            part = _points(rows, plane.name, budget)
            counts = " | ".join(str(count) for count in phase.counted(part).values())
            yield f"| {plane.x}, d | {budget} | {counts} |"
    yield ""
    yield from _answers(rows)
    yield f"![phase diagram]({PICTURES}/{phase_figures.STEM}.png)"


def _points(rows: Iterable[Row], plane: str, budget: str) -> list[Row]:
    return [row for row in rows if (row["plane"], row["budget"]) == (plane, budget)]


def _answers(rows: Sequence[Row]) -> Iterator[str]:
    shares, noise = phase.PLANES
    for plane in (shares, noise):
        for budget in BUDGETS:
            yield f"- {_answer(_points(rows, plane.name, budget), plane.x, budget)}"
    decided = [row for row in rows if row["region"] != "within 5 %"]
    right = sum((row["rule"] < 1) == (row["ratio"] < 1) for row in decided)
    wrong = phase.counted(rows)["predicted only"]
    missed = phase.counted(rows)["mixed wins, not predicted"]
    yield (
        "- Rule of thumb: compare (noise of an estimate, averaged over the agents: s_i^2 for a "
        "gradient, ((d+1)/rv + 1) s_i^2 for a zeroth-order one) x (price of an interaction). It "
        f"names the winner in {right} of {len(decided)} points. With equal noise and parallel time "
        "it says n0/n1 > d (rv = 1); at equal interactions s_1^2/s_0^2 > (d+1)/rv + 1."
    )
    yield (
        f"- The bounds never promise what does not happen: {wrong} points are predicted only. "
        if wrong == 0
        else f"- In {wrong} points the bounds promise a win of the mixed population that is none. "
    ) + (
        f"In {missed} points the mixed population wins though they do not say so: they count a "
        "two-point estimate's noise twice.\n"
    )


def _answer(part: Sequence[Row], x_name: str, budget: str) -> str:
    """Who wins along x, for every d."""
    won = [row for row in part if row["region"].startswith("mixed")]
    where = f"Equal {budget}, {x_name} varied"
    if not won:
        least = min(row["ratio"] for row in part)
        if any(row["region"] == "within 5 %" for row in part):
            return f"{where}: the mixed population nowhere wins."
        return f"{where}: alone wins in all {len(part)} points, by a factor of {least:.2g} or more."
    first = {d: min(r["x"] for r in won if r["d"] == d) for d in sorted({r["d"] for r in won})}
    said = ", ".join(f"d = {d}: {x:g}" for d, x in first.items())
    return f"{where}: the mixed population wins in {len(won)} of {len(part)} points, from {said}."


def main() -> None:
    """The full profile: docs/tightness.md with its pictures, and out/*.parquet."""
    begun, out = time.monotonic(), Path("out")
    with writing(out, where="out"), progress() as advance:
        source = provenance({"command": "tightness", "profile": "full"}, seed=0)
        found = measured("full", advance)
        files = store_rows(found, out, source)
    pictures = DOCS / PICTURES
    pictures.mkdir(exist_ok=True)
    for path in files:
        if path.suffix == ".png":
            shutil.copyfile(path, pictures / path.name)
    text = page(found)
    (DOCS / "tightness.md").write_text(text, encoding="utf-8")
    sys.stdout.write(f"{text}\nIn {time.monotonic() - begun:.0f} s.\n")


if __name__ == "__main__":
    main()
