"""What the strategies draw covers every kind and every edge, and is the same for the same seed."""

import importlib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from verify.instance import Draft
from verify.optimum import optimum
from verify.sampling import sample
from verify.strategies import KINDS, drafts, trajectory_drafts

NO_DATA = KINDS[:5]


@cache
def drawn(kind: str) -> tuple[Draft, ...]:
    """A fixed sample of one kind."""
    return tuple(sample(drafts(kind), count=60 if kind in NO_DATA else 12, entropy=1))


def everything() -> list[Draft]:
    """The fixed sample of the kinds without data."""
    return [draft for kind in NO_DATA for draft in drawn(kind)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn_and_is_a_valid_spec(kind: str) -> None:
    """No draw is filtered out: each builds its problem and measures its constants."""
    assert len(drawn(kind)) >= 6
    for draft in drawn(kind):
        assert draft.problem.kind == kind.partition("-")[0]
        assert draft.shell.models(draft.problem.d).shape == (draft.problem.n, draft.problem.d)


def edges(draft: Draft) -> set[str]:
    """The edge cases that a draft is one of."""
    population, problem = draft.shell.population, draft.problem
    found = draft.problem.constants()
    models = draft.shell.models(problem.d)
    names = {
        "no zeroth-order agent": population.n0 == 0,
        "no first-order agent": population.n1 == 0,
        "two agents": population.n == 2,
        "eight agents": population.n == 8,
        "one dimension": problem.d == 1,
        "six dimensions": problem.d == 6,
        "several directions": population.directions > 1,
        "mixed estimators": len(set(population.agents)) == 3,
        "condition 1e8": found.l.value > 0 and found.L.value / found.l.value >= 0.99e8,
        "not strongly convex": found.convex and found.l.value == 0,
        "no noise": max(s.value for s in found.s_sq) == 0,
        "noise": max(s.value for s in found.s_sq) > 0,
        "tiny radius": draft.radius is not None and draft.radius <= 1e-7,
        "small ratio": draft.ratio is not None and draft.ratio <= 1e-2,
        "large ratio": draft.ratio is not None and draft.ratio >= 1e2,
        "the whole limit": draft.fraction == 1.0,
        "a thousandth of it": draft.fraction <= 1e-3,
        "large steps": draft.scale >= 3,
        "small steps": draft.scale <= -3,
        "common models": bool(np.all(models == models[0])),
        "one outlier": len(np.unique(models, axis=0)) == 2,
        "at the optimum": bool(np.all(models == optimum(problem).x)),
    }
    return {name for name, present in names.items() if present}


def test_every_edge_is_reached() -> None:
    """Counts, dimensions, condition, noise, smoothing, step sizes and states at their extremes."""
    seen: set[str] = set()
    for draft in everything():
        seen |= edges(draft)
    assert len(seen) == 22, sorted(seen)


def parameters(draft: Draft) -> dict[str, Any]:
    """The claim's free parameters of a draft."""
    return dict(draft.shell.parameters)


@given(drafts("kinked"))
@settings(max_examples=40)
def test_the_free_parameters_are_admissible(draft: Draft) -> None:
    """alpha0 >= alpha1 > 0 and k >= 2, whatever is drawn."""
    given_parameters = parameters(draft)
    assert given_parameters["alpha0"] >= given_parameters["alpha1"] > 0
    assert given_parameters["k"] >= 2


def test_the_first_draw_is_the_simplest() -> None:
    """Two two-point agents at the origin in one dimension, no noise, all of the limit."""
    first = drawn("quadratic")[0]
    assert first.shell.population.agents == ("two-point", "two-point")
    assert first.shell.models(1).tolist() == [[0.0], [0.0]]
    assert (first.problem.d, first.fraction) == (1, 1.0)


def test_trajectories_reach_long_horizons_and_large_populations() -> None:
    """Agents alike within their group allow both at once; others are few."""
    found = sample(trajectory_drafts(), count=80, entropy=1)
    assert max(draft.steps for draft in found) >= 10**6
    assert max(draft.problem.n for draft in found) >= 256
    assert min(draft.steps for draft in found) == 2
    assert {draft.shell.population.n0 == 0 for draft in found} == {True, False}


def test_the_same_seed_draws_the_same() -> None:
    """And another seed does not."""
    again = sample(drafts("kinked"), count=60, entropy=1)
    assert tuple(again) == drawn("kinked")
    assert tuple(sample(drafts("kinked"), count=60, entropy=2)) != drawn("kinked")


def test_modules_that_happen_to_be_loaded_change_no_draw(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hypothesis collects constants from imported local modules; a worker has imported others."""
    before = drawn("kinked")
    numbers = [1.234567 + k / 7 for k in range(400)] + [float(k) for k in range(17, 400)]
    (tmp_path / "many_numbers.py").write_text(f"NUMBERS = {numbers}\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("many_numbers")
    assert tuple(sample(drafts("kinked"), count=60, entropy=1)) == before
