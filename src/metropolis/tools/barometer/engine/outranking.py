"""Rankings that never let one indicator make up for another: Copeland's and Kemeny's."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import scipy  # and not what is in it, which takes a second to load and is only loaded when it is used
from numpy.typing import NDArray

from metropolis.engine_kit import Value
from metropolis.tools.barometer.engine.table import Matrix

#: Units in one majority circle up to which every order of them is weighed, and up to which the best one is solved for.
EXACT, SOLVED = 14, 25
#: Branches after which the search for the best order gives up: a number, not a time, so that it does so everywhere.
BRANCHES = 2000
#: Rankings tied for the best that are listed.
LISTED = 20
CLOSE = 1e-9


class Consensus(Value):
    """The best rankings found, each from the first unit to the last as row numbers, and the score they share.

    Not `is_exact`: there was a circle of more than `SOLVED` units, and a better ranking may exist. Of a circle of more
    than `EXACT` units one best order is given, though others may be as good.
    """

    score: float
    rankings: tuple[tuple[int, ...], ...]
    is_exact: bool


def outranking(values: Matrix, weights: Sequence[float]) -> Matrix:
    """The weight of the columns in which the row's unit is above the column's, halves where equal; (units, units).

    Weights are taken as shares; a column that one of the two lacks counts for neither, and the others the more.
    Munda & Nardo (2005); OECD/JRC Handbook (2008), step 6.

    >>> outranking(np.array([[5.0, 1.0], [3.0, 2.0]]), [2.0, 1.0]).round(2).tolist()
    [[0.0, 0.67], [0.33, 0.0]]
    """
    shares = np.asarray(weights, dtype=np.float64)
    above = np.zeros((len(values), len(values)))
    both = np.zeros_like(above)
    for series, share in zip(values.T, shares, strict=True):
        known = ~np.isnan(series)
        pair = known[:, None] & known[None, :]
        above += share * np.where(pair, (series[:, None] > series) + 0.5 * (series[:, None] == series), 0.0)
        both += share * pair
    found = np.divide(above, both, out=np.full_like(above, 0.5), where=both > 0)
    np.fill_diagonal(found, 0.0)
    return found


def copeland(above: Matrix) -> Matrix:
    """Units outranked less units outranking, by more than half of the weight; shape (units,). Copeland (1951).

    >>> copeland(np.array([[0, 0.6], [0.4, 0]])).tolist()
    [1.0, -1.0]
    """
    beats = above > above.T + CLOSE
    return np.asarray(beats.sum(axis=1) - beats.sum(axis=0), dtype=np.float64)


def kemeny(above: Matrix) -> Consensus:
    """The rankings for which the sum of `above[i, j]` over all i placed before j is greatest. Kemeny (1959).

    Each circle of the majority is ranked apart (Truchon 1998): by dynamic programming up to `EXACT` units, as a linear
    ordering problem (Grötschel, Jünger & Reinelt 1984) up to `SOLVED`, and beyond by moving one unit at a time from
    Copeland's ranking.

    >>> kemeny(np.array([[0, 0.6], [0.4, 0]])).rankings
    ((0, 1),)
    """
    found: list[tuple[int, ...]] = [()]
    is_exact = True
    for block in _circles(above):
        options, is_best = _ranked(above, block)
        is_exact &= is_best
        found = [(*head, *tail) for head in found for tail in options][:LISTED]
    return Consensus(score=_score(above, found[0]), rankings=tuple(found), is_exact=is_exact)


def _ranked(above: Matrix, block: Sequence[int]) -> tuple[list[tuple[int, ...]], bool]:
    """The best orders of a block that are found, and whether they are the best there are."""
    if len(block) <= EXACT:
        return _exact(above, block), True
    solved = _solved(above, block) if len(block) <= SOLVED else None
    return [solved or _moved(above, block)], solved is not None


def _score(above: Matrix, order: Sequence[int]) -> float:
    placed = above[np.ix_(order, order)]
    return float(np.triu(placed, 1).sum())


def _circles(above: Matrix) -> list[list[int]]:
    """Units that the majority, ties included, puts in a circle, from the best block to the last."""
    reach = (above >= above.T - CLOSE) | np.eye(len(above), dtype=bool)
    for middle in range(len(above)):
        reach |= reach[:, middle, None] & reach[None, middle]
    together = reach & reach.T
    blocks = {tuple(np.flatnonzero(row).tolist()) for row in together}
    return [list(block) for block in sorted(blocks, key=lambda block: -int(reach[block[0]].sum()))]


def _exact(above: Matrix, block: Sequence[int]) -> list[tuple[int, ...]]:
    part = above[np.ix_(block, block)]
    size = len(block)
    best: NDArray[np.float64] = np.full(1 << size, -np.inf)
    best[0] = 0.0
    gains = _gains(part)
    for chosen in range(1 << size):
        for last in range(size):
            if not chosen >> last & 1:
                after = chosen | 1 << last
                best[after] = max(best[after], best[chosen] + gains[last][chosen])
    found: list[tuple[int, ...]] = []
    _retrace(best, gains, (1 << size) - 1, (), found)
    return [tuple(block[place] for place in order) for order in found]


def _gains(part: Matrix) -> Matrix:
    """For each unit and set of units before it, the sum of their outranking it; shape (size, 2 ** size)."""
    size = len(part)
    gains = np.zeros((size, 1 << size))
    for other in range(size):
        gains[:, 1 << other : 2 << other] = gains[:, : 1 << other] + part[other][:, None]
    return gains


def _retrace(best: Matrix, gains: Matrix, chosen: int, tail: tuple[int, ...], found: list[tuple[int, ...]]) -> None:
    if not chosen:
        found.append(tail)
        return
    for last in range(len(gains)):
        before = chosen & ~(1 << last)
        is_best = before != chosen and best[before] + gains[last][before] >= best[chosen] - CLOSE
        if is_best and len(found) < LISTED:
            _retrace(best, gains, before, (last, *tail), found)


def _solved(above: Matrix, block: Sequence[int]) -> tuple[int, ...] | None:
    """The best order by integer programming, over who of each pair comes first and no three in a circle."""
    size = len(block)
    pairs = {pair: number for number, pair in enumerate(combinations(range(size), 2))}
    part = above[np.ix_(block, block)]
    gains = np.array([part[first, second] - part[second, first] for first, second in pairs])
    threes = list(combinations(range(size), 3))
    columns = np.array([(pairs[i, j], pairs[j, k], pairs[i, k]) for i, j, k in threes]).ravel()
    signs = np.tile([1.0, 1.0, -1.0], len(threes))
    circles = scipy.sparse.csr_array(
        (signs, (np.repeat(np.arange(len(threes)), 3), columns)), shape=(len(threes), len(pairs))
    )
    done = scipy.optimize.milp(
        -gains,
        integrality=np.ones(len(pairs)),
        bounds=scipy.optimize.Bounds(0, 1),
        constraints=scipy.optimize.LinearConstraint(circles, 0, 1),
        options={"node_limit": BRANCHES, "mip_rel_gap": 0.0},
    )
    if done.status:
        return None
    before = np.zeros(size)
    for (first, second), is_first in zip(pairs, done.x > 0.5, strict=True):  # noqa: PLR2004 of 0 and 1
        before[second if is_first else first] += 1
    return tuple(block[int(place)] for place in np.argsort(before, kind="stable"))


def _moved(above: Matrix, block: Sequence[int]) -> tuple[int, ...]:
    order = sorted(block, key=lambda unit: -float(copeland(above)[unit]))
    better = True
    while better:
        better = False
        for place in range(len(order)):
            unit, rest = order[place], [*order[:place], *order[place + 1 :]]
            gain = np.concatenate([[0.0], np.cumsum(above[rest, unit] - above[unit, rest])])
            target = int(np.argmax(gain))
            if gain[target] > gain[place] + CLOSE:
                order = [*rest[:target], unit, *rest[target:]]
                better = True
    return tuple(order)
