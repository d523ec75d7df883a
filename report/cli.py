"""The commands of `hdo` and their options. Light: a command imports what it needs when it runs."""

import signal
import sys
import traceback
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from report.progress import say

DONE, FAILED, BAD_INPUT, BUG, INTERRUPTED = 0, 1, 2, 70, 130
"""Exit codes: done; a claim that must hold did not; bad input; an error in hdo; Ctrl-C."""

EXIT_CODES = (
    "Exit status: 0 done; 1 a claim that must hold (edition repaired, sharp or own) is refuted, or "
    "ground truth could not be certified; 2 bad input or output; 130 interrupted. A refuted "
    "published claim is a finding, not a failure: 0."
)

EXCEPTIONS = {
    "hdo.errors.InputError": BAD_INPUT,
    "theory.registry.UnknownClaimError": BAD_INPUT,
    "verify.hypotheses.HypothesisError": BAD_INPUT,
    "verify.optimum.enclosure.OptimumError": FAILED,
    "verify.audit.WorkerLostError": FAILED,
    "verify.errors.OwnFileError": BAD_INPUT,
    "verify.worst.program.NotOptimalError": FAILED,
}
"""What an exception means, by name: importing the rooms for the classes would be slow."""


class Edition(StrEnum):
    """Which statement of the claims."""

    published = "published"
    repaired = "repaired"
    sharp = "sharp"


class Profile(StrEnum):
    """How much an audit does."""

    quick = "quick"
    full = "full"


app = typer.Typer(
    name="hdo",
    help="Hybrid Decentralized Optimization: the system, its claims, and exact evidence for or "
    "against each.",
    epilog=EXIT_CODES,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"max_content_width": 100},
)

Json = Annotated[
    str | None,
    typer.Option(
        "--json",
        metavar="FILE|-",
        help="Write the answer as JSON; - is standard output, with nothing else on it.",
    ),
]
Seed = Annotated[
    int,
    typer.Option("--seed", min=0, max=2**32 - 1, help="Seed of every random draw."),
]
EditionOption = Annotated[
    Edition | None, typer.Option("--edition", help="Only this edition [default: all].")
]
SpecArgument = Annotated[
    str, typer.Argument(metavar="SPEC", help="A TOML spec file, or the same as inline JSON.")
]
From = Annotated[
    str | None,
    typer.Option("--from", metavar="FILE", help="Claims of this file stand beside the paper's."),
]
Every = Annotated[
    int | None,
    typer.Option(min=1, help="Report every so many steps [default: about 200 reports]."),
]


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        from importlib.metadata import version as version_of

        typer.echo(f"hdo {version_of('hdo-audit')}")
        raise typer.Exit(DONE)
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command(epilog=EXIT_CODES)
def audit(
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE]",
            help="A Python file with CLAIMS or ESTIMATORS of your own (docs/your-own-claim).",
        ),
    ] = None,
    profile: Annotated[
        Profile, typer.Option(help="quick: a minute; full: more instances, a quarter of an hour.")
    ] = Profile.quick,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for results.")] = Path("out"),
    seed: Seed = 0,
    json: Json = None,
) -> int:
    """Judge every claim on real data, quadratics and generated instances (the main job).

    Prints the verdict table and the command that replays each witness; writes report.html, its
    tables, the stored rows (parquet) and the picture bound_vs_exact to the output folder. Ctrl-C
    loses no verdict that is there: the same command goes on from it. With FILE the claims of that
    file are judged, and none of the paper's; they must hold.
    """
    if file is not None:
        from report.own import audit_own

        return audit_own(file, profile.value, out=out, seed=seed, json_to=json)
    from report.auditing import audit_all

    return audit_all(profile.value, out=out, seed=seed, json_to=json)


@app.command(epilog=EXIT_CODES)
def claims(
    key: Annotated[str | None, typer.Argument(help="Only this claim, in full.")] = None,
    edition: EditionOption = None,
    latex: Annotated[
        bool,
        typer.Option("--latex", help="Statements as LaTeX; with KEY a document with the proof."),
    ] = False,
    graph: Annotated[
        bool, typer.Option("--graph", help="Only the dependency graph, as Graphviz DOT.")
    ] = False,
    own: From = None,
    json: Json = None,
) -> int:
    """Show what is claimed: statements, hypotheses, dependencies, sources."""
    from report.claim_pages import show_claims
    from verify.own import standing

    chosen = edition.value if edition else None
    with standing(own):
        return show_claims(key, edition=chosen, latex=latex, graph=graph, json_to=json)


@app.command(epilog=EXIT_CODES)
def verify(
    keys: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY]...", help="Claims [default: all].")
    ] = None,
    edition: EditionOption = None,
    instance: Annotated[
        str | None,
        typer.Option(
            metavar="SPEC", help="Judge one claim on this instance only (file or inline JSON)."
        ),
    ] = None,
    profile: Annotated[
        Profile, typer.Option(help="How many instances, as in audit.")
    ] = Profile.quick,
    statistical: Annotated[
        bool,
        typer.Option(
            "--statistical",
            help="Claims about trajectories on simulated replicas (docs/statistics).",
        ),
    ] = False,
    budget: Annotated[
        int, typer.Option(min=128, help="With --statistical: replicas of one verdict at most.")
    ] = 4096,
    own: From = None,
    seed: Seed = 0,
    json: Json = None,
) -> int:
    """Judge some claims, or one claim on one instance (replays a witness)."""
    from report.own import verify_claims

    return verify_claims(
        keys or [],
        edition=edition.value if edition else None,
        instance=instance,
        profile=profile.value,
        budget=budget if statistical else None,
        own=own,
        seed=seed,
        json_to=json,
    )


@app.command(epilog=EXIT_CODES)
def errata(
    steps: Annotated[
        bool, typer.Option("--steps", help="Also every printed step, with what decided it.")
    ] = False,
    json: Json = None,
) -> int:
    """Show where the published text is wrong: location, witness, correction, consequence."""
    from report.errata import show_errata

    return show_errata(with_steps=steps, json_to=json)


@app.command(epilog=EXIT_CODES)
def optimum(spec: SpecArgument, json: Json = None) -> int:
    """Ground truth: the minimiser, and an interval that is certain to hold f*."""
    from report.systems import show_optimum

    return show_optimum(spec, json_to=json)


@app.command(epilog=EXIT_CODES)
def moments(
    spec: SpecArgument,
    every: Every = None,
    json: Json = None,
) -> int:
    """Exact E Gamma_t, E||mu_t - x*||^2 and E f(mu_t) - f* of a quadratic."""
    from report.systems import show_moments

    return show_moments(spec, every=every, json_to=json)


@app.command(epilog=EXIT_CODES)
def simulate(
    spec: SpecArgument,
    replicas: Annotated[int, typer.Option(min=2, help="Independent runs.")],
    every: Every = None,
    seed: Annotated[
        int | None,
        typer.Option("--seed", min=0, max=2**32 - 1, help="[default: method.seed of the spec]"),
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Keep finished chunks here, and go on from those that are there."
        ),
    ] = None,
    json: Json = None,
) -> int:
    """Monte Carlo estimates of what `moments` computes, for any problem, with standard errors."""
    from report.systems import show_simulation

    return show_simulation(
        spec, replicas=replicas, every=every, seed=seed, resume=resume, json_to=json
    )


@app.command(epilog=EXIT_CODES)
def rates(
    only: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this rate; may be repeated.")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for figures.")] = Path(
        "out/rates"
    ),
    seed: Seed = 0,
    json: Json = None,
) -> int:
    """Measured exponents against predicted ones: a table, and a figure each (docs/statistics)."""
    from report.rates import show_rates

    return show_rates(only or [], out=out, seed=seed, json_to=json)


@app.command("worst-case", epilog=EXIT_CODES)
def worst_case(
    agents: Annotated[int, typer.Option(metavar="N", help="How many, n >= 2.")],
    smoothness: Annotated[float, typer.Option(metavar="L")],
    strong_convexity: Annotated[float, typer.Option(metavar="l", help="0 < l <= L.")],
    step_size: Annotated[float, typer.Option(metavar="ETA")],
    weights: Annotated[
        tuple[float, float], typer.Option(metavar="WM WG", help="Of the two squares.")
    ] = (1.0, 1.0),
    zeroth_order: Annotated[
        int, typer.Option(metavar="N0", help="How many of them take forward gradients.")
    ] = 0,
    dimension: Annotated[int, typer.Option(metavar="D", help="Theirs.")] = 1,
    directions: Annotated[int, typer.Option(metavar="RV", help="Theirs.")] = 1,
    instance: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the population that attains it here.")
    ] = None,
    best_weights: Annotated[
        bool, typer.Option("--best-weights", help="With the weights that contract fastest.")
    ] = False,
    largest_step_size: Annotated[
        bool, typer.Option("--largest-step-size", help="And at the largest step that contracts.")
    ] = False,
    json: Json = None,
) -> int:
    """Worst E[WM||mu'-x*||^2 + WG Gamma'] over its value before, one minimiser, no noise."""
    from report.worst import show_worst_case

    return show_worst_case(
        agents=agents,
        zeroth=zeroth_order,
        smoothness=smoothness,
        strong_convexity=strong_convexity,
        step_size=step_size,
        weights=weights,
        dimension=dimension,
        directions=directions,
        instance_to=instance,
        json_to=json,
        best=best_weights,
        largest=largest_step_size,
    )


@app.command(epilog=EXIT_CODES)
def report(
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder of results; the report is written there.")
    ] = Path("out"),
    json: Json = None,
) -> int:
    """Write the HTML report from what is stored: one file, and its tables as CSV and LaTeX."""
    from report.html_command import make_report

    return make_report(out=out, json_to=json)


def run(arguments: Sequence[str]) -> int:
    """Run `hdo` with these arguments in this process; the exit code.

    Whatever is wrong with the input is said in one sentence on standard error.
    """
    try:
        code = app(list(arguments), standalone_mode=False, prog_name="hdo") or DONE
    except Exception as error:  # the front door: everything ends here
        return _explain(error)
    if code == INTERRUPTED:
        say("interrupted; files are whole or not there")
    return int(code)


def main() -> None:
    """The console script `hdo`."""
    if hasattr(signal, "SIGPIPE"):
        # end quietly, like any filter, when the reader of a pipe goes away
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(run(sys.argv[1:]))


def _explain(error: Exception) -> int:
    if isinstance(error, typer.TyperException):
        command = getattr(getattr(error, "ctx", None), "command_path", "hdo")
        say(f"{error.format_message().rstrip('.')}; see {command} --help")
        return BAD_INPUT
    for kind in type(error).__mro__:
        code = EXCEPTIONS.get(f"{kind.__module__}.{kind.__name__}")
        if code is not None:
            say(str(error))
            return code
    traceback.print_exception(error)
    return BUG
