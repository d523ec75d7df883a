"""docs/worst-case.md: `python -m report.worst_page` judges every one-step bound and writes it."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from experiments.files import replacing
from verify.worst.table import USUAL, worst_rows

MADE = "<!-- made by `python -m report.worst_page` (`make pages`); edit that, not this file -->\n"

INTRODUCTION = """# Worst cases of one step

`hdo worst-case` gives the worst expected one-step ratio of WM||mu - x*||^2 + WG Gamma;
`verify/worst/claims.py` asks of every bound on one step how tight it is. Both are semidefinite
programs whose size does not depend on n.

## What is certified, and how

- **The program.** Agents of a group are alike, so a sum over a group is one small form of the
  deviations from the group's mean and one of the means. What is known: interpolation conditions of
  L-smooth functions with curvature >= l (or -L) at X_i, mu and x*, the same of f_nu where agents
  are two-point, and the axioms of the proofs (A3, A4, Gaussian moments) on unknown moments.
- **From above.** The solver's multipliers become rational numbers; t P - (lhs + Q) must then *be*
  the combination of what is known plus semidefinite forms, which exact arithmetic decides
  (elimination in rationals, or in balls where every pivot is certainly > 0). No floating-point
  number decides: what the solver calls `optimal` is a candidate, refused where the identity fails;
  of any other status nothing is looked at. On 60 steps of gradient descent SCS says `optimal`
  with a value 1e-4 below the truth, which is 1/242; its multipliers prove nothing
  (`tests/verify/worst/test_descent.py`). Where no candidate survives, the answer is *not
  certified*; a bound far above what is attained is true and says little.
- **From below.** `hdo worst-case`: an explicit population of quadratics, measured by the exact
  one-step evidence. Claims: exact rational inner products and moments that satisfy everything
  assumed and need so much. Nothing smaller follows from what is assumed; that is less than a
  population.
- **Tolerances.** A solution is sought a margin inside its cones (from 1e-11, in units in which the
  optimal inner products are at most 1), so that rounding leaves it there. What is certified is
  therefore above the truth by about the margin times the number of vectors: 1.00000000003 says 1.
  Where there is little room a larger margin is needed; the last column says what is left open.
- **Weights and steps.** `--best-weights` and `--largest-step-size` propose by bisection, in
  floating point, and certify at what they return: nothing is claimed of other weights. From
  `unstable_from` on, agents that all have the curvature L diverge in mean square, to 13 digits;
  between the two nothing is known.
- **Quadratics.** One step sees each function at one point and at x*, where quadratics can do what
  smooth convex functions can: the ratio is the same, and quadratics attain it.

## The factor of every bound on one step

lhs <= P - Q, P and Q the terms with coefficients > 0 and < 0. The factor is the least t with
lhs + Q <= t P: 1 says that some state allowed needs all of P, less than 1 that P can shrink. A
factor of 1 does not make every constant the best one: `smallest_constant` asks of one term at a
time.
"""

NOT_HERE = """
## What is not here

Several interactions; noise, bias and A3 in `hdo worst-case` itself (in the claims they are unknown
moments); l = L in the factor of a claim; agents that differ within a group.
"""


def page(rows: Iterable[Mapping[str, Any]]) -> str:
    """The page."""
    return MADE + INTRODUCTION + "\n".join(_table(rows)) + "\n" + NOT_HERE


def _table(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    others = ", ".join(f"{name} = {value}" for name, value in USUAL.items())
    yield f"\nOther parameters, where a claim has them: {others}.\n"
    yield "| claim | edition | n | eta | certified | attained | open |"
    yield "|---|---|---|---|---|---|---|"
    for row in rows:
        used = json.loads(row["params"])
        start = (row["claim"], row["edition"], used["n"], used["eta"])
        yield f"| {' | '.join((*start, *_numbers(row)))} |"


def _numbers(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """Certified, attained, and how far they are apart."""
    high, low = row["certified"], row["attained"]
    if high is None:
        return "not certified", "-", "-"
    if low is None:
        return f"{high:.9f}", "-", "-"
    return f"{high:.9f}", f"{low:.9f}", f"{high - low:.0e}"


def main(arguments: list[str]) -> None:
    """`python -m report.worst_page [FOLDER]`: docs/ unless another folder is named."""
    target = Path(arguments[0] if arguments else "docs") / "worst-case.md"
    with replacing(target, where="FOLDER") as temporary:
        temporary.write_text(page(worst_rows("full")), encoding="utf-8")
    print(target)


if __name__ == "__main__":
    main(sys.argv[1:])
