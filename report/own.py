"""`hdo audit FILE`, and `--from FILE`: claims and estimators of a user's own file."""

import hashlib
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments import Journal, provenance, write_rows, writing
from experiments.schemas import VERDICTS
from report.auditing import keeping, recorded, stored
from report.judging import exit_code, judge_claims, judge_instance, print_verdicts
from report.output import Answer
from report.progress import progress, say
from report.statistical import judge_statistically
from theory import Claim
from theory.units import conflict
from verify.audit import run_audit
from verify.own import Source, standing
from verify.verdict import Verdict


def audit_own(path: str, profile: str, *, out: Path, seed: int, json_to: str | None) -> int:
    """Judge every claim of a file, store the verdicts in `out`, print the table; exit code.

    An audit of the same file, profile and seed that was interrupted there is taken up where it
    stopped.
    """
    answer = Answer(json_to)
    begun = time.monotonic()
    with standing(path) as own, writing(out, where="--out"):
        assert own is not None
        _remark_units(own.beside.claims)
        source = own.source
        spec = {"command": "audit", "profile": profile, "file": source.digest}
        work = {**spec, "seed": seed, "data": os.environ.get("HDO_DATA")}
        name = _name(source)
        journal = Journal(out / f"unfinished-{name}-{profile}-{seed}.jsonl", work)
        known = {(r["claim"], r["edition"]): Verdict.from_json(r) for r in journal.records}
        if known:
            say(f"{len(known)} verdicts of an interrupted audit are taken over")
        with keeping(journal), progress() as advance:
            found = run_audit(
                subjects=own.beside.claims,
                own=source,
                profile=profile,
                seed=seed,
                progress=advance,
                known=known,
                keep=lambda result: journal.add(recorded(result)),
            )
        records = [verdict.to_json() for verdict in found.verdicts]
        file = out / f"verdicts-{name}.parquet"
        write_rows(file, map(stored, records), schema=VERDICTS, source=provenance(spec, seed=seed))
        journal.done()
    seconds = time.monotonic() - begun

    def show() -> None:
        print_verdicts(records)
        print(f"\nIn {seconds:.0f} s. Written: {file}")

    answer.give(records, show=show)
    return exit_code(records)


def verify_claims(
    keys: Sequence[str],
    *,
    edition: str | None,
    instance: str | None,
    profile: str,
    budget: int | None,
    own: str | None,
    seed: int,
    json_to: str | None,
) -> int:
    """`hdo verify`, with the claims of the file `own` beside the paper's if any; exit code.

    Without keys then all claims of the file. With a `budget` trajectories are sampled.
    """
    with standing(own) as file:
        if file is not None and not keys and edition is None:
            keys = [claim.key for claim in file.beside.claims]
        asked: dict[str, Any] = {"edition": edition, "seed": seed, "json_to": json_to}
        if budget is not None:
            return judge_statistically(keys, instance=instance, budget=budget, **asked)
        if instance is not None:
            return judge_instance(keys, instance=instance, **asked)
        source = None if file is None else file.source
        return judge_claims(keys, profile=profile, own=source, **asked)


def _name(source: Source) -> str:
    """The file's stem, and what tells it from others of this stem."""
    place = hashlib.sha256(os.fsencode(Path(source.path).resolve())).hexdigest()[:8]
    return f"{Path(source.path).stem}-{place}"


def _remark_units(claims: tuple[Claim, ...]) -> None:
    """A slip that units show is said; in units of one's own choice it may be none."""
    for claim in claims:
        found = conflict(claim.lhs, claim.rhs, notation=claim.notation)
        if found is not None:
            say(f"{claim.key}: units do not agree: {found}")
