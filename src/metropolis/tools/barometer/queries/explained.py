"""Why a score is what it is: parts that add up, of the gap between two units or of the change between two years."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine.advancing import Move, Situation, moves_up
from metropolis.tools.barometer.engine.building import Index
from metropolis.tools.barometer.engine.explaining import Difference, difference
from metropolis.tools.barometer.engine.figures import YearFigures, in_year
from metropolis.tools.barometer.engine.framework import Framework, Node
from metropolis.tools.barometer.models import Edition
from metropolis.tools.barometer.queries.computed import index_of, material_of, replications_of

#: From this share of the others on which a unit is better (or worse) than, a measure is a strength (or a weakness).
STANDS_OUT = 0.75
#: Parts smaller than this, in points of the index, are written as zero and are nothing to speak of.
NOTHING = 0.05


class Part(NamedTuple):
    """What one node adds to a gap or takes from it, in points of the index."""

    node: Node
    value: float


class Explained(NamedTuple):
    """A gap and its parts by indicator, the largest first, and by pillar; both add up to it."""

    first: float
    second: float
    parts: tuple[Part, ...]
    pillars: tuple[Part, ...]

    @property
    def gap(self) -> float:
        """The first score less the second."""
        return self.first - self.second

    def ahead(self, most: int = 3) -> list[Part]:
        """The parts that add most."""
        return [part for part in self.parts if part.value >= NOTHING][:most]

    def behind(self, most: int = 3) -> list[Part]:
        """The parts that take most away."""
        return [part for part in self.parts[::-1] if part.value <= -NOTHING][:most]


def gap(row: Edition, tree: Framework, year: int | None, unit: str, against: str | None = None) -> Explained | None:
    """Why a unit scores otherwise than another one in a year, or than the typical one, which has every median.

    `tree` gives the nodes as they are to be told. None where the score of either is not known, or where the index is
    formed in a way whose gaps have no parts.
    """
    index = _in_year(index_of(row), year)
    units = index.scores.units
    if unit not in units or (against is not None and against not in units):
        return None
    return _explained(index, tree, units.index(unit), None if against is None else units.index(against))


def change(row: Edition, tree: Framework, unit: str, before: int, after: int) -> Explained | None:
    """Why a unit scores otherwise than in a year before; `tree` and None likewise."""
    index = index_of(row)
    rows = {pair: place for place, pair in enumerate(zip(index.scores.units, index.scores.times, strict=False))}
    if (unit, before) not in rows or (unit, after) not in rows:
        return None
    return _explained(index, tree, rows[unit, after], rows[unit, before])


def _in_year(index: Index, year: int | None) -> Index:
    return index if year is None else replace(index, scores=index.scores.of_year(year))


def _explained(index: Index, tree: Framework, first: int, second: int | None) -> Explained | None:
    try:
        found = difference(index, first, second)
    except InvalidInput:
        return None
    return None if np.isnan(found.gap) else _parts(index.framework, tree, found)


def _parts(framework: Framework, tree: Framework, found: Difference) -> Explained:
    nodes = tree.by_code
    parts = [Part(nodes[code], value) for code, value in found.parts.items()]
    pillars = [
        Part(nodes[pillar.code], sum(found.parts[leaf.code] for leaf in framework.leaves(pillar.code)))
        for pillar in framework.children[framework.root.code]
    ]
    return Explained(found.first, found.second, _sorted(parts), _sorted(pillars))


def _sorted(parts: Sequence[Part]) -> tuple[Part, ...]:
    return tuple(sorted(parts, key=lambda part: -part.value))


def above(row: Edition, year: int | None, pairs: Sequence[tuple[str, str]]) -> list[float]:
    """The probability, of each pair of units, that the first stands above the second in a year.

    A second for a large edition, which each process spends once; none at all where it would be minutes.
    """
    if not pairs or material_of(row).replications_take_long:
        return []
    found = in_year(replications_of(row), year)
    return [found.above(first, second) for first, second in pairs]


class Standout(NamedTuple):
    """An indicator in which a unit is better, or worse, than `share` of the others of which it is known."""

    node: Node
    share: float


def strengths(year: YearFigures, framework: Framework, unit: str, most: int = 5) -> list[Standout]:
    """The indicators in which a unit is better than three quarters of the others, the best first."""
    return _standing_out(year, framework, unit, 1)[:most]


def weaknesses(year: YearFigures, framework: Framework, unit: str, most: int = 5) -> list[Standout]:
    """Those in which it is worse than three quarters of the others, the worst first."""
    return _standing_out(year, framework, unit, -1)[:most]


def _standing_out(year: YearFigures, framework: Framework, unit: str, sign: int) -> list[Standout]:
    if unit not in year.units:
        return []
    row = year.units.index(unit)
    values = np.array(year.scores, dtype=np.float64)  # None becomes nan
    found = []
    for place, node in enumerate(framework.indicators):
        column = values[:, place] * sign
        others = np.count_nonzero(~np.isnan(column)) - 1
        if others > 0 and not np.isnan(column[row]):
            share = np.count_nonzero(column < column[row]) / others
            found.append(Standout(node, share))
    return sorted((one for one in found if one.share >= STANDS_OUT), key=lambda one: -one.share)


def moves(row: Edition, year: int | None, unit: str) -> tuple[Move, ...]:
    """The smallest change of each indicator that would bring a unit up a place, the easiest first.

    None for the first one and for one without a score. A tenth of a second and more, which each process spends once;
    none at all where it would be minutes (`Material.takes_long`).
    """
    if material_of(row).takes_long:
        return ()
    return _moves(row.digest, row.pk, year, unit)


@lru_cache(200)
def _moves(digest: str, pk: int, year: int | None, unit: str) -> tuple[Move, ...]:
    material = material_of(Edition(pk=pk, digest=digest))
    data, framework = material.parts()
    now = Situation(data, framework, material.recipe, unit, data if data.times else None, year)
    try:
        return moves_up(now)
    except InvalidInput:  # it was left out for want of data
        return ()
