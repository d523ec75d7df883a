r"""Calibration and power of statistical verdicts, written into docs/statistics.md.

Some minutes: python benchmarks/calibration.py --write docs/statistics.md
The picture again from what was stored: python benchmarks/calibration.py \
    --redraw docs/statistics.json
"""

import argparse
import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from scipy.stats import beta

from paper_figures.calibration import save
from verify.statistical.bounds import KURTOSIS
from verify.statistical.calibration import (
    LAWS,
    QUADRATIC,
    Alarms,
    Power,
    alarms,
    exact_values,
    law_batches,
    power,
    simulated,
)

AUDITS, SIZE, REPLICAS = 10_000, 1024, 512
THETAS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.97, 0.99)
TWINS = ("a_T_sq", "sum_Gamma")
BEGIN, END = "<!-- calibration: begin -->", "<!-- calibration: end -->"


def all_alarms(audits: int, seed: int) -> Iterator[Alarms]:
    """False alarms on synthetic laws, and on the quadratic whose exact values are the bounds."""
    for law in LAWS:
        yield from alarms(law, law_batches(law, audits=audits, size=SIZE, seed=seed), 1.0)
    exact = exact_values(QUADRATIC)
    found = simulated(QUADRATIC, count=audits * REPLICAS, seed=seed)
    for name, values in found.items():
        rows = values.reshape(audits, REPLICAS)
        batches = [rows[k : k + 500] for k in range(0, audits, 500)]
        yield from alarms(f"quadratic, {name}", batches, exact[name])


def all_power(seed: int, pool: int) -> Iterator[Power]:
    """The power curves on the quadratic's twins."""
    exact, found = exact_values(QUADRATIC), simulated(QUADRATIC, count=pool, seed=seed + 1)
    for name in TWINS:
        for theta in THETAS:
            yield power(
                name, found[name], exact[name], theta=theta, level=5e-7, audits=100, seed=seed
            )


def _upper(count: int, audits: int) -> float:
    """The 99 % Clopper-Pearson upper limit of a rate."""
    return 1.0 if count == audits else float(beta.ppf(0.99, count + 1, audits - count))


def alarm_table(found: Sequence[Alarms]) -> str:
    """One row a source: wrong refutations and confirmations at each level."""
    levels = sorted({a.level for a in found}, reverse=True)
    head = ["audited law or quantity", "E X^2/(E X)^2"]
    head += [f"refuted at {level:g}" for level in levels]
    head += [f"confirmed at {level:g}" for level in levels]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for source in dict.fromkeys(a.source for a in found):
        own = {a.level: a for a in found if a.source == source}
        first = own[levels[0]]
        moment = f"{first.second_moment:.3g}" + ("" if first.assumed else f" (> {KURTOSIS:g})")
        cells = [source, moment]
        cells += [f"{own[level].refuted}" for level in levels]
        cells += [f"{own[level].confirmed}" for level in levels]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def power_table(found: Sequence[Power]) -> str:
    """Median replicas (10 % to 90 %) by theta, and the ideal."""
    names = list(dict.fromkeys(p.quantity for p in found))
    head = ["theta"]
    for name in names:
        head += [f"{name}: median (10 % - 90 %)", "known variance"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for theta in dict.fromkeys(p.theta for p in found):
        cells = [f"{theta:g}"]
        for name in names:
            (one,) = (p for p in found if p.quantity == name and p.theta == theta)
            low, middle, high = (one.quantile(share) for share in (0.1, 0.5, 0.9))
            cells += [f"{middle:,.0f} ({low:,.0f} - {high:,.0f})", f"{one.ideal:,.0f}"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def summary(found: Sequence[Alarms]) -> str:
    """Whether any rate is above its level: the largest ratio, with its confidence limit."""
    rows = [a for a in found if a.level >= 1e-3]
    worst = max(rows, key=lambda a: a.refuted / a.audits / a.level)
    sure = max(rows, key=lambda a: _upper(a.refuted, a.audits) / a.level)
    held = [a for a in rows if a.assumed]
    other = max(held, key=lambda a: a.confirmed / a.audits / a.level)
    return (
        f"Largest rate of false refutations relative to its level: "
        f"{worst.refuted / worst.audits / worst.level:.2f} ({worst.source}, level "
        f"{worst.level:g}, {worst.refuted} of {worst.audits:,}); largest 99 % upper limit of a "
        f"rate relative to its level: {_upper(sure.refuted, sure.audits) / sure.level:.2f}. False "
        f"confirmations where the assumption holds: at most "
        f"{other.confirmed / other.audits / other.level:.2f} of the level."
    )


def _rows(found: Sequence[Alarms], strength: Sequence[Power]) -> tuple[list[Any], list[Any]]:
    alarm_rows = [
        {"source": a.source, "level": a.level, "rate": a.refuted / a.audits} for a in found
    ]
    power_rows = [
        {
            "quantity": p.quantity,
            "theta": p.theta,
            "low": p.quantile(0.1),
            "median": p.quantile(0.5),
            "high": p.quantile(0.9),
            "ideal": p.ideal,
        }
        for p in strength
    ]
    return alarm_rows, power_rows


def main() -> None:
    """Run, print, and write tables and picture where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="the document whose marked part is replaced")
    parser.add_argument("--redraw", type=Path, help="only the picture, from this stored file")
    parser.add_argument("--audits", type=int, default=AUDITS)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.redraw is not None:
        stored = json.loads(options.redraw.read_text(encoding="utf-8"))
        save(stored["alarms"], stored["power"], options.redraw.with_suffix(".png"))
        return
    found = list(all_alarms(options.audits, options.seed))
    strength = list(all_power(options.seed, 2**20 if options.audits == AUDITS else 2**16))
    assert all(math.isfinite(p.ideal) for p in strength)
    body = "\n\n".join(
        [
            f"{options.audits:,} audits a row, {SIZE} values each ({REPLICAS} replicas for the "
            f"quadratic), looked at after every one; seed {options.seed}.",
            alarm_table(found),
            summary(found),
            power_table(strength),
        ]
    )
    print(body)
    if options.write is not None:
        text = options.write.read_text(encoding="utf-8")
        head, rest = text.split(BEGIN)
        tail = rest.split(END)[1]
        whole = f"{head}{BEGIN}\n{body}\n{END}{tail}"
        options.write.write_text(whole, encoding="utf-8")
        rows = dict(zip(("alarms", "power"), _rows(found, strength), strict=True))
        stored = options.write.with_suffix(".json")
        stored.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
        save(rows["alarms"], rows["power"], options.write.with_suffix(".png"))


if __name__ == "__main__":
    main()
