"""`hdo claims`: what is claimed, and what rests on what."""

from collections.abc import Mapping, Sequence
from typing import Any

from report.output import Answer, print_table
from theory import (
    Claim,
    claim,
    claims,
    dependency_graph,
    hypotheses,
    latex,
    name_of,
    plain,
)
from theory import inherited_conditions as conditions_of_ancestors
from theory.render_proofs import document
from verify.proofs.prover import proof_of


def show_claims(
    key: str | None, *, edition: str | None, latex: bool, graph: bool, json_to: str | None
) -> int:
    """Print claims (all of them, or one in full), or their graph as DOT; exit code."""
    answer = Answer(json_to)
    chosen = claims(edition) if key is None else editions_of(key, edition)
    records = [claim_record(c) for c in chosen]

    def show() -> None:
        if graph:
            print(to_dot(_below(chosen)))
        elif key is None:
            _print_all(chosen, as_latex=latex)
        elif latex:
            print(document(*((c, proof_of(c)) for c in chosen)), end="")
        else:
            for subject in chosen:
                _print_one(subject)

    answer.give(records, show=show)
    return 0


def editions_of(key: str, edition: str | None) -> tuple[Claim, ...]:
    """The claims with this key, in one or every edition; UnknownClaimError if there are none."""
    return tuple(c for c in claims(edition) if c.key == key) or (claim(key, edition),)


def claim_record(subject: Claim) -> dict[str, Any]:
    """The JSON record of a claim."""
    return {
        "claim": subject.key,
        "edition": subject.edition,
        "statement": plain(subject),
        "latex": latex(subject),
        "hypotheses": hypotheses(subject),
        "depends_on": list(subject.depends_on),
        "source": list(subject.source),
    }


def _print_all(chosen: Sequence[Claim], *, as_latex: bool) -> None:
    write = latex if as_latex else plain
    rows = [
        (c.key, c.edition, c.kind, " ".join(sorted(c.assumptions)) or "-", write(c)) for c in chosen
    ]
    print_table(("claim", "edition", "kind", "assumes", "statement"), rows)
    print("\nWhat rests on what (a claim, and under it the claims its proof uses):")
    print(to_tree(_below(chosen)))
    print("\nHypotheses, sources and symbols of one claim: hdo claims KEY")


def _print_one(subject: Claim) -> None:
    print(f"{subject.key} ({subject.edition}, {subject.kind}): {subject.title}\n")
    print(f"  {plain(subject)}")
    _print_list("Hypotheses", hypotheses(subject))
    inherited = [f"{condition}  ({key})" for key, condition in conditions_of_ancestors(subject)]
    _print_list("Conditions of the claims its proof uses, not printed with it", inherited)
    _print_list("Source", subject.source)
    print("\nRests on:")
    print(to_tree(_below([subject]), roots=[name_of(subject)]))
    names = sorted(used.name for used in subject.free_symbols)
    print("\nSymbols:")
    known = subject.notation
    rows = [(n, known[n].meaning, known[n].domain, known[n].unit) for n in names]
    print_table(("symbol", "meaning", "domain", "unit"), rows)


def _print_list(heading: str, lines: Sequence[str]) -> None:
    if lines:
        print(f"\n{heading}:")
        for line in lines:
            print(f"  {line}")


Graph = Mapping[str, tuple[str, ...]]
"""Claims, each with the claims its proof uses."""


def _below(chosen: Sequence[Claim]) -> Graph:
    """The part of the dependency graph that the chosen claims rest on, themselves included."""
    graph = dependency_graph()
    found: dict[str, tuple[str, ...]] = {}
    waiting = [name_of(c) for c in chosen]
    while waiting:
        key = waiting.pop(0)
        if key not in found:
            found[key] = graph[key]
            waiting.extend(graph[key])
    return found


def to_tree(graph: Graph, *, roots: Sequence[str] | None = None) -> str:
    """An indented tree from each root (a claim no other uses); repeated branches are cut short."""
    if roots is None:
        used = {below for keys in graph.values() for below in keys}
        roots = [key for key in graph if key not in used]
    lines: list[str] = []
    shown: set[str] = set()

    def grow(key: str, depth: int) -> None:
        again = key in shown and bool(graph[key])
        lines.append("  " * depth + key + (" (as above)" if again else ""))
        shown.add(key)
        if not again:
            for below in graph[key]:
                grow(below, depth + 1)

    for root in roots:
        grow(root, 1)
    return "\n".join(lines)


def to_dot(graph: Graph) -> str:
    """The graph for Graphviz: an arrow from a claim to each claim its proof uses."""
    lines = ["digraph claims {", '  rankdir="BT";', '  node [shape="box"];']
    lines += [f'  "{key}";' for key in graph]
    lines += [f'  "{key}" -> "{below}";' for key, keys in graph.items() for below in keys]
    return "\n".join([*lines, "}"])
