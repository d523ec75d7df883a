"""Shares of bounds: what is certified is above what is found, and both are where they should be."""

import json
import math
import shlex

import pytest

from theory import claim
from verify.instance import Instance
from verify.judge import judge
from verify.tightness import (
    CERTIFIED,
    EFFORTS,
    FOUND,
    SMALL,
    Effort,
    claim_rows,
    has_rows,
)

WHOLE = Effort((SMALL,), 6, EFFORTS["full"].data)


def test_a_tight_bound_is_found_tight() -> None:
    """The second moment of a pair with forward gradients is attained; its rows say where."""
    rows = claim_rows(claim("pair-moment.forward-gradient"), WHOLE)
    (found,) = [row for row in rows if row["source"] == FOUND]
    assert found["share"] == pytest.approx(1, abs=1e-6)
    assert (found["n"], found["n0"], found["d"], found["L"], found["l"]) == (4, 2, 2, 4, 1)
    assert found["nu"] == pytest.approx(found["eta"] / math.sqrt(2))
    real = [row for row in rows if row["source"].startswith("real: ")]
    assert {row["source"] for row in real} == {"real: breast_cancer", "real: digits"}
    assert all(0 <= row["share"] < 1 for row in real)


def test_a_witness_shows_its_share() -> None:
    """Its command holds the instance; there lhs/rhs is the share, as nothing is subtracted."""
    rows = claim_rows(claim("lemma-8"), WHOLE)
    (found,) = [row for row in rows if row["source"] == FOUND]
    words = shlex.split(found["witness"])
    made = Instance.from_dict(json.loads(words[words.index("--instance") + 1]))
    assert judge(claim("lemma-8"), made).ratio == pytest.approx(found["share"], rel=1e-12)
    assert found["share"] == pytest.approx(2 / 3, abs=1e-6)


def test_what_is_certified_is_above_what_is_found() -> None:
    """On every claim that has both, and near it where the claim is tight."""
    both = 0
    for key in ("lemma-2", "lemma-8", "lemma-14", "distance.forward-gradient", "lemma-13"):
        shares = {row["source"]: row["share"] for row in claim_rows(claim(key), WHOLE)}
        if CERTIFIED in shares:
            both += 1
            assert shares[FOUND] <= shares[CERTIFIED] * (1 + 1e-9)
            assert shares[CERTIFIED] <= 1
    assert both == 4


def test_where_a_claim_is_silent_there_is_no_row() -> None:
    """Theorem 1.2 speaks of runs: no row of one step; populations without first-order agents."""
    rows = claim_rows(claim("theorem-1.2", "repaired"), WHOLE)
    assert {row["source"] for row in rows} == {"real: diabetes"}
    assert all(0 < row["share"] <= 1 for row in rows)
    assert not has_rows(claim("identity-consensus"))
    assert not claim_rows(claim("identity-consensus"), WHOLE)


def test_the_full_audit_varies_every_parameter_of_the_grid() -> None:
    """One at a time around a base: agents, shares, dimensions, conditions, step sizes."""
    cells = EFFORTS["full"].cells
    assert len(set(cells)) == len(cells)
    assert {c.zeroth + c.first for c in cells} >= {2, 6, 16}
    assert {c.zeroth / (c.zeroth + c.first) for c in cells} == {0, 1 / 2, 1}
    assert {c.kappa for c in cells} == {1, 4, 100}
    assert {c.d for c in cells} >= {1, 8, 64}
    assert {c.fraction for c in cells} == {1, 1 / 64}
    assert all(c.kappa == 1 for c in cells if c.d == 1)
