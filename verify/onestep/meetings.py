"""One interaction in which all agents step, or two at the ends of an edge, exactly."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from verify.balls import Ball, total
from verify.onestep.pairs import Before, PairMoments, norm_sq_after, one_pair

Pairs = tuple[tuple[int, int], ...]
"""Who averages with whom."""


def along_edges(start: Before, edges: Sequence[tuple[int, int]]) -> PairMoments:
    """Every edge in turn, all alike, straight from Algorithm 1's update."""
    found = [one_pair(start, i, j) for i, j in edges]
    count = len(found)
    known = [f.a_sq_next for f in found if f.a_sq_next is not None]
    return PairMoments(
        total(f.pair_sq for f in found if f.pair_sq is not None) / count,
        total(known) / count if known else None,
        total(f.Gamma_next for f in found) / count,
        total(f.mu_step_sq for f in found) / count,
        np.sum([f.mean_step for f in found], axis=0) / count,
    )


def matched_by_enumeration(start: Before) -> PairMoments:
    """Every matching in turn, straight from X' = W (X - eta G)."""
    n, eta, away = len(start.X), start.eta, start.X - start.mu
    stepped: dict[tuple[int, ...], Ball] = {
        (i,): norm_sq_after(away[i], -eta * start.m[i], eta**2 * start.second[i]) for i in range(n)
    }
    matchings = all_matchings(n)
    for i, j in {pair for pairs in matchings for pair in pairs}:
        both = start.m[i] + start.m[j]
        both_sq = start.second[i] + start.second[j] + 2 * (start.m[i] @ start.m[j])
        middle = (away[i] + away[j]) / 2
        stepped[i, j] = 2 * norm_sq_after(middle, -eta * both / 2, eta**2 * both_sq / 4)
    squares = total(_squares(stepped, pairs, n) for pairs in matchings) / len(matchings)
    return _with_mean(start, squares / n)


def _squares(stepped: dict[tuple[int, ...], Ball], pairs: Pairs, n: int) -> Ball:
    alone = set(range(n)) - {i for pair in pairs for i in pair}
    return total(stepped[met] for met in (*pairs, *((i,) for i in alone)))


def matched_by_partners(start: Before) -> PairMoments:
    """Every other agent is the partner equally often; with odd n one is alone, also equally often.

    So E Gamma' = rho Gamma - 2 eta rho (1/n) sum <x_i, m_i> + eta^2 rho ((n-1)/n (1/n) sum v_i +
    (1/n) sum ||m_i - mbar||^2) with rho = (n-2)/(2(n-1)), or 1/2.
    """
    n, eta, away = len(start.X), start.eta, start.X - start.mu
    rho = Ball(1) / 2 if n % 2 else Ball(n - 2) / (2 * (n - 1))
    mean_sq, whole = (start.m * start.m).sum() / n, start.m.sum(axis=0) / n
    variance = start.second.sum() / n - mean_sq
    inner = (away * away).sum() / n - 2 * eta * (away * start.m).sum() / n
    after = inner + eta**2 * ((n - 1) * variance / n + mean_sq - whole @ whole)
    # E||mu' - mu||^2 is taken off again
    return _with_mean(start, rho * after + _step_sq(start))


def _step_sq(start: Before) -> Ball:
    n, whole = len(start.X), start.m.sum(axis=0)
    square = start.second.sum() + whole @ whole - (start.m * start.m).sum()
    return start.eta**2 * square / n**2


def _with_mean(start: Before, squares: Ball) -> PairMoments:
    """The moments, given E (1/n) sum ||X'_i - mu||^2; all step, so mu' - mu = -eta Gbar."""
    step, step_sq = -start.eta * start.m.sum(axis=0) / len(start.X), _step_sq(start)
    a_sq = None
    if start.x_star is not None:
        a_sq = norm_sq_after(start.mu - start.x_star, step, step_sq)
    return PairMoments(None, a_sq, squares - step_sq, step_sq, step)


@lru_cache(maxsize=16)
def all_matchings(n: int) -> tuple[Pairs, ...]:
    """Every way to match n agents, but one where n is odd."""
    return tuple(_matchings(tuple(range(n))))


def _matchings(agents: tuple[int, ...]) -> Iterator[Pairs]:
    if len(agents) < 2:
        yield ()
        return
    first, rest = agents[0], agents[1:]
    for other in rest:
        left = tuple(a for a in rest if a != other)
        yield from (((first, other), *more) for more in _matchings(left))
    if len(agents) % 2:
        yield from _matchings(rest)
