"""Pages of docs/ that are made from the objects: `python -m report.pages` writes them again."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from report.errata import entry_lines, step_rows, summary
from theory import Claim, claims, latex, latex_hypotheses, name_of, used_by
from theory.errata import errata, steps
from verify.errata import affected, examine, false_claims, ledger
from verify.proofs.prover import prove

MADE = "<!-- made by `python -m report.pages`; edit the objects in theory/, not this file -->\n"
THEOREMS = ("theorem-1.1", "theorem-1.2")


def pages() -> Mapping[str, str]:
    """The text of every page by its path under docs/."""
    made = {f"{key}.md": theorem_page(key) for key in THEOREMS}
    return {"errata.md": errata_page(), **made}


def errata_page() -> str:
    """The ledger as Markdown."""
    return MADE + "\n".join(_errata_lines()) + "\n"


_INTRODUCTION = """# Errata of the published text

`hdo errata` judges every witness again and prints this ledger; `hdo errata --json -` gives it as
data, `hdo errata --steps` what decided each printed step. A *slip* is misprinted, and the rest of
the paper uses what is meant; a *gap* does not follow, or hides a constant, and may still be true; a
*false* statement is refuted as printed, and relied on.
"""


def _errata_lines() -> Iterator[str]:
    records = ledger()
    yield _INTRODUCTION
    yield "| id | kind | where | consequence |\n| --- | --- | --- | --- |"
    for record in records:
        cells = (f"[{record['id']}](#{record['id'].lower().replace('.', '')})", record["kind"])
        yield f"| {' | '.join((*cells, record['location'], record['consequence']))} |"
    for record in records:
        yield f"\n## {record['id']}\n"
        yield f"*{record['kind']}*, {record['location']}.\n"
        for name, text in entry_lines(record):
            yield f"- **{name}**: {_code(text) if name in _VERBATIM else _plain(text)}"
    examined = [examine(step) for step in steps()]
    yield f"\n## Printed steps\n\n{summary(examined)}.\n"
    yield "| step | where | outcome | decided by |\n| --- | --- | --- | --- |"
    for row in step_rows(examined):
        yield f"| {' | '.join(map(_plain, row))} |"


_VERBATIM = ("printed", "corrected", "witness")


def _code(text: str) -> str:
    return f"`{text}`"


def _plain(text: str) -> str:
    return text.replace("|", r"\|").replace("<", "&lt;").replace("*", r"\*").replace("_", r"\_")


def theorem_page(key: str) -> str:
    """A theorem in every edition side by side, and what is wrong with the published one."""
    return MADE + "\n".join(_theorem_lines(key)) + "\n"


def _theorem_lines(key: str) -> Iterator[str]:
    editions = [c for c in claims() if c.key == key or c.key.startswith((f"{key}-", f"{key}."))]
    yield f"# {key.replace('theorem', 'Theorem').replace('-', ' ')}: {editions[0].title}\n"
    yield "A statement with its proof, as LaTeX: `hdo claims KEY --edition E --latex`.\n"
    yield "| edition | verdict | rests on |\n| --- | --- | --- |"
    for subject in editions:
        below = ", ".join(map(name_of, used_by(subject)))
        yield f"| {_title(subject)} | {standing(subject)} | {below} |"
    yield "\n## What is wrong with the published text\n"
    for erratum in errata():
        if any(c.key == key for c in affected(erratum)):
            reading = f" (not if {erratum.unless})" if erratum.unless else ""
            link = f"[{erratum.id}](errata.md#{erratum.id.lower().replace('.', '')})"
            yield f"- {link}, {erratum.kind}, {_plain(erratum.location)}{_plain(reading)}"
    for subject in editions:
        yield f"\n## {_title(subject)}\n"
        yield "\n".join(f"- {_plain(line)}" for line in subject.source)
        yield f"\n```math\n{latex(subject)}\n```\n\nwhere\n"
        yield "\n".join(f"- ${text}$" for text in _conditions(subject))
        proof = prove(subject)
        if proof is not None:
            yield f"\nTaken without proof: {', '.join(proof.axioms)}."
    yield "\nWhy, and what follows: [repaired.md](repaired.md), [sharp.md](sharp.md)."


def _title(subject: Claim) -> str:
    suffix = subject.key.removeprefix("theorem-1.1").removeprefix("theorem-1.2")
    words = suffix.strip("-.").replace("-", " ").replace(".", ", ")
    return subject.edition + (f", {words}" if suffix else "")


def standing(subject: Claim) -> str:
    """What is known of a claim from proofs and the ledger."""
    proof = prove(subject)
    if proof is not None and proof.outcome == "accepted":
        return "proved, for all parameters"
    if subject.edition == "published" and subject.key in false_claims():
        return f"false as printed ({false_claims()[subject.key]})"
    return (
        "not proved: the printed proof fails, no instance refutes it"
        if (subject.edition == "published")
        else "not proved: holds on exact evidence"
    )


def _conditions(subject: Claim) -> list[str]:
    every = latex_hypotheses(subject)
    return every[len(subject.assumptions) :] or [r"\text{none}"]


def write(folder: Path) -> list[Path]:
    """Write the pages; their paths."""
    found = []
    for name, text in pages().items():
        found.append(folder / name)
        found[-1].write_text(text, encoding="utf-8")
    return found


def main(arguments: list[str]) -> Any:
    """`python -m report.pages [FOLDER]`: docs/ unless another folder is named."""
    print(*write(Path(arguments[0] if arguments else "docs")), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
