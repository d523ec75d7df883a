"""`hdo optimum`, `hdo moments`, `hdo simulate`: what is true of one spec, and a run of it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hdo import build_problem, load_spec
from hdo.ring import round_down, round_up
from report.output import Answer, number, print_table
from report.progress import progress
from verify.optimum import Optimum

_SHOWN_COORDINATES = 12
_RECORDS = 200


def show_optimum(source: str, *, json_to: str | None) -> int:
    """Print the certified optimum of a spec's objective; exit code."""
    from verify.optimum import optimum

    answer = Answer(json_to)
    record = optimum_record(optimum(build_problem(load_spec(source))))
    answer.give(record, show=lambda: _print_optimum(record))
    return 0


def optimum_record(found: Optimum) -> dict[str, Any]:
    """The JSON record: lower <= f* <= upper holds for the floats as written."""
    lower, upper = round_down(found.lower) + 0.0, round_up(found.upper) + 0.0  # no -0.0
    middle = upper if found.status == "enclosed" else float(found.f_star.mid())
    return {
        "f_star": middle,
        "lower": lower,
        "upper": upper,
        "x_star": found.x.tolist(),
        "status": found.status,
    }


def _print_optimum(record: Mapping[str, Any]) -> None:
    x_star: list[float] = record["x_star"]
    shown = ", ".join(number(value) for value in x_star[:_SHOWN_COORDINATES])
    more = len(x_star) - _SHOWN_COORDINATES
    rows = [
        ("f_star", repr(record["f_star"])),
        ("lower", repr(record["lower"])),
        ("upper", repr(record["upper"])),
        ("upper - lower", f"{record['upper'] - record['lower']:.2e}"),
        ("x_star", f"[{shown}{f', ... {more} more, see --json' if more > 0 else ''}]"),
        ("status", record["status"]),
    ]
    print_table(("quantity", "value"), rows)


def show_moments(source: str, *, every: int | None, json_to: str | None) -> int:
    """Print exact expectations along the runs of a spec; exit code."""
    from verify.trajectory.moments import moments

    answer = Answer(json_to)
    spec = load_spec(source)
    with progress() as advance:
        found = moments(
            build_problem(spec),
            spec.population,
            spec.method,
            every=every,
            progress=advance and (lambda done, total: advance("moments", done, total)),
        )
    record = {name: getattr(found, name).tolist() for name in ("t", *_QUANTITIES)}
    answer.give(record, show=lambda: _print_moments(record))
    return 0


def _print_moments(record: Mapping[str, Sequence[float]]) -> None:
    columns = [[str(t) for t in record["t"]]]
    columns += [[number(value) for value in record[name]] for name in _QUANTITIES]
    print_table(("t", *_HEADINGS), list(zip(*columns, strict=True)))


def show_simulation(
    source: str,
    *,
    replicas: int,
    every: int | None,
    seed: int | None,
    resume: Path | None = None,
    json_to: str | None,
) -> int:
    """Print Monte Carlo estimates along a run; exit code."""
    from hdo.engine import quantities, run_chunks, summarised
    from verify.optimum import optimum

    answer = Answer(json_to)
    spec = load_spec(source)
    truth = optimum(build_problem(spec))
    x_star = None if truth.x_ball is None else truth.x
    f_star = optimum_record(truth)["f_star"]
    options: dict[str, Any] = {
        "replicas": replicas,
        "every": every or max(1, spec.method.steps // _RECORDS),
        "seed": spec.method.seed if seed is None else seed,
        "wanted": list(quantities(x_star=x_star, f_star=f_star)),
    }
    stored = None
    if resume is not None:
        from experiments.checkpoints import Checkpoints

        stored = Checkpoints(resume, {"spec": spec.to_dict(), **options})
    before = [] if stored is None else list(stored.chunks())
    with progress() as advance:
        rest = run_chunks(
            spec,
            **options,
            x_star=x_star,
            f_star=f_star,
            after=before[-1] if before else None,
            progress=advance and (lambda done, total: advance("simulate", done, total)),
        )
        for chunk in rest:
            before.append(chunk)
            if stored is not None:
                stored.add(chunk)
    estimates = summarised(before)
    record = {"t": estimates["t"], **{name: estimates.get(name) for name in _QUANTITIES}}
    answer.give(record, show=lambda: _print_simulation(record))
    return 0


_QUANTITIES = ("gamma", "distance_sq", "gap")
_HEADINGS = ("E Gamma_t", "E||mu_t - x*||^2", "E f(mu_t) - f*")


def _print_simulation(record: Mapping[str, Any]) -> None:
    columns: list[Sequence[str]] = [[str(t) for t in record["t"]]]
    headings = ["t"]
    for quantity, heading in zip(_QUANTITIES, _HEADINGS, strict=True):
        if record[quantity] is not None:
            headings += [heading, "+-"]
            for part in ("mean", "stderr"):
                columns.append([number(value) for value in record[quantity][part]])
    print_table(headings, list(zip(*columns, strict=True)))
