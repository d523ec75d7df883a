"""The slack along a proof: its factors multiply to bound / exact value, and say which step lost."""

import json
from dataclasses import replace
from functools import cache
from itertools import groupby
from typing import Any

import pytest

from theory.chains import Chain
from theory.errata import errata
from theory.evaluate import value_of
from theory.registry import claim
from verify.grid_cases import Cell
from verify.slack import (
    SHARE_OF_LIMIT,
    THEOREMS,
    Parts,
    admits,
    costliest,
    horizon,
    known_chains,
    parameters,
    rows,
    split,
    stated,
    step_parts,
    theorem_parts,
)
from verify.slack_cases import BASE, STATES
from verify.slack_cases import cells as slack_cells

SMALL = Cell("pair", "two-point", 2, 1, 1, 1, noise=1, split=0)
FIRST_ORDER = Cell("pair", "two-point", 6, 0, 8, 100, noise=0, split=1)
CHOSEN = (BASE, SMALL, FIRST_ORDER)
ROUNDING = 1e-9
"""Relative; the sums of squares of a million interactions are in float64."""


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    """The rows of three cells."""
    return list(rows(CHOSEN))


@cache
def chain_parts() -> list[tuple[Chain, Parts]]:
    """Every chain with its numbers on `BASE`, Lemma 13 at the stationary state."""
    pairs = []
    for (key, _), chain in known_chains().items():
        eta, steps = horizon(claim(key if key in THEOREMS else THEOREMS[0], "published"), BASE)
        if key in THEOREMS:
            pairs.append((chain, theorem_parts(chain, BASE, eta, steps)))
        else:
            pairs.append((chain, step_parts(BASE, eta, STATES[1])))
    return pairs


def by_chain(found: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The rows, one list a chain and cell."""
    key = ("claim", "edition", "cell")
    return [list(part) for _, part in groupby(found, lambda row: [row[k] for k in key])]


def test_every_chain_is_on_every_cell(found: list[dict[str, Any]]) -> None:
    """Both theorems once, Lemma 13 in both states, each in three editions."""
    assert len(by_chain(found)) == len(CHOSEN) * 3 * (2 + len(STATES))


def test_the_product_of_the_factors_is_bound_over_exact_value(
    found: list[dict[str, Any]],
) -> None:
    """The bound is the claim's own right-hand side, computed without any link."""
    for part in by_chain(found):
        product = 1.0
        for row in part:
            product *= row["factor"]
        assert product == pytest.approx(part[0]["bound"] / part[0]["exact"], rel=ROUNDING)
        assert part[-1]["after"] == pytest.approx(part[0]["bound"], rel=ROUNDING)
        assert part[0]["before"] == part[0]["exact"]


def test_only_false_steps_lose_less_than_nothing(found: list[dict[str, Any]]) -> None:
    """A factor below 1 belongs to an erratum; every valid inequality is at least 1."""
    known = {erratum.id for erratum in errata()}
    for row in found:
        assert row["factor"] >= 1 - ROUNDING or row["erratum"], row
        assert not row["erratum"] or row["erratum"] in known


def test_the_misprinted_noise_of_37_shows(found: list[dict[str, Any]]) -> None:
    """Its factor is below 1 exactly where zeroth-order agents have noise."""
    seen = [row for row in found if row["erratum"] == "eq-37"]
    for row in seen:
        cell = json.loads(row["cell"])
        assert (row["factor"] < 1 - 1e-6) == (cell["n0"] > 0 and cell["noise"] > 0)


def test_the_lost_powers_of_L_show(found: list[dict[str, Any]]) -> None:
    """Lemma 20's 12 L for 12 L^3 costs a factor below 1 where L > 1, and nothing at L = 1."""
    for row in found:
        if row["erratum"] == "lemma-20":
            assert (row["factor"] < 1 - ROUNDING) == (json.loads(row["cell"])["kappa"] > 1)


@pytest.mark.parametrize("wrong", ["left out", "doubled", "other part"])
def test_a_wrong_link_breaks_the_product(wrong: str) -> None:
    """Every link that adds anything: without it, or with twice it, the end is not the bound."""
    for chain, parts in chain_parts():
        _, bound = stated(chain, parts)
        for place, row in enumerate(split(chain, parts)):
            if abs(row["after"] - row["before"]) <= 1e-6 * bound:
                continue
            link = chain.links[place]
            changed = {"left out": (), "doubled": (link, link)}.get(wrong)
            if changed is None:
                if "last" not in parts.numbers or link.part == "run":
                    continue
                changed = (replace(link, part="last" if link.part != "last" else "head"),)
            links = (*chain.links[:place], *changed, *chain.links[place + 1 :])
            end = split(replace(chain, links=links), parts)[-1]["after"]
            assert abs(end / bound - 1) > 1e-7, link.step


@pytest.mark.parametrize(
    ("key", "edition", "name"),
    [
        ("lemma-13", "published", "F_err_sq"),
        ("lemma-13", "published", "R2"),
        ("lemma-13", "repaired", "mu_step_sq"),
        ("distance", "sharp", "pair_sq"),
    ],
)
def test_a_wrong_quantity_breaks_the_product(key: str, edition: str, name: str) -> None:
    """One quantity that is 1 % off: the inequalities no longer add up to the bound."""
    chain = known_chains()[key, edition]
    eta, _ = horizon(claim("theorem-1.1", "published"), BASE)
    parts = step_parts(BASE, eta, STATES[1])
    wrong = {k: {**v, name: 1.01 * v[name]} for k, v in parts.numbers.items()}
    _, bound = stated(chain, parts)
    assert split(chain, parts)[-1]["after"] == pytest.approx(bound, rel=1e-12)
    assert split(chain, Parts(wrong, parts.share))[-1]["after"] != pytest.approx(bound, rel=1e-7)


@pytest.mark.parametrize("key", THEOREMS)
def test_the_step_size_is_tied_to_T_and_admitted(key: str) -> None:
    """Half of the largest admitted step size, to what an integer T allows."""
    subject = claim(key, "published")
    eta, steps = horizon(subject, BASE)
    given = parameters(BASE, eta, steps)
    tie = next(expression for symbol, expression in subject.ties if symbol.name == "eta")
    assert value_of(tie, given) == pytest.approx(eta, rel=1e-12)
    assert admits(subject, given)
    assert admits(subject, parameters(BASE, 0.999 * eta / SHARE_OF_LIMIT))
    assert not admits(subject, parameters(BASE, 1.001 * eta / SHARE_OF_LIMIT))


def test_the_other_editions_are_judged_inside_their_conditions() -> None:
    """At the published theorem's step size the repaired and the sharp one hold too."""
    for cell in (*slack_cells("full"), *CHOSEN):
        for key in THEOREMS:
            eta, steps = horizon(claim(key, "published"), cell)
            for edition in ("published", "repaired", "sharp"):
                assert admits(claim(key, edition), parameters(cell, eta, steps))


def test_lemma_13_at_the_minimiser_by_hand() -> None:
    """One agent a group, d = 1, L = 1, no split: the next distance is the mean of the noises.

    E||mu' - x*||^2 = (eta^2/4) (E G_0^2 + E G_1^2), E G_1^2 = s^2 = 1, E G_0^2 = 3 s^2 + (15/4)
    nu^2.
    """
    eta = 0.01
    numbers = step_parts(SMALL, eta, STATES[0]).numbers["whole"]
    nu = numbers["nu"]
    assert numbers["a_sq_next"] == pytest.approx(eta**2 / 4 * (1 + 3 + 15 / 4 * nu**2), rel=1e-12)


def test_the_costliest_add_most_in_whatever_order(found: list[dict[str, Any]]) -> None:
    """Ranked by what they add to the bound; an order of the links changes factors, not that."""
    part = next(p for p in by_chain(found) if p[0]["claim"] == "theorem-1.1")
    top = costliest(part)
    added = sorted((row["after"] - row["before"] for row in part), reverse=True)
    assert [row["after"] - row["before"] for row in top] == added[:3]
    assert costliest(reversed(part)) == top


def test_cells_differ_and_suit_the_published_theorems() -> None:
    """Algorithm 1 with two-point agents; the quick profile is the first cell."""
    chosen = slack_cells("full")
    assert len(set(chosen)) == len(chosen)
    assert {(cell.interaction, cell.estimator) for cell in chosen} == {("pair", "two-point")}
    assert not any(cell.apart for cell in chosen)
    assert slack_cells("quick") == chosen[:1]


def test_a_link_is_taken_where_something_is_measured() -> None:
    """A part of the run that does not exist is refused."""
    link = next(iter(known_chains().values())).links[0]
    with pytest.raises(ValueError, match="part must be one of"):
        replace(link, part="tail")
