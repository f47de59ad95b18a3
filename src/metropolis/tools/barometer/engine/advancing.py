"""Getting on: whether a unit is really better than before, and what would bring it up."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from metropolis.engine_kit import InvalidInput, Value
from metropolis.tools.barometer.engine.building import build
from metropolis.tools.barometer.engine.framework import Framework, Node
from metropolis.tools.barometer.engine.recipe import Recipe
from metropolis.tools.barometer.engine.statistics import ranks
from metropolis.tools.barometer.engine.table import Table
from metropolis.tools.barometer.engine.uncertainty import Progress as Told
from metropolis.tools.barometer.engine.uncertainty import Uncertainty


class Progress(Value):
    """One unit's score in two years, the probability that it really rose, and the interval of the change."""

    before: float
    after: float
    probability: float
    interval: tuple[float, float]


def progress(found: Uncertainty, unit: str, before: int, after: int, level: float = 0.9) -> Progress:
    """Whether a unit is really better than before, from replications of a table of several years.

    In each replication both years have the same weights and choices, and errors of their own. The scale must not
    depend on the year: goalposts, or min-max over all years together, as `build` does. The share of replications in
    which it rose, a tie counting half, of those that give both scores: OECD/JRC Handbook (2008), step 7. `InvalidInput`
    where none does.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> from metropolis.tools.barometer.engine.uncertainty import simulate
    >>> from metropolis.tools.barometer.engine.varying import DataNoise, Variation
    >>> unsure = Variation(inputs=(DataNoise(errors={"trust": 9.0}),))
    >>> told = progress(simulate(*example(None), variation=unsure, seed=1), "LIM", 2024, 2025)
    >>> round(told.before, 1), round(told.after, 1), told.probability
    (2.8, 16.5, 0.912)
    """
    table = found.nominal.scores
    places = {(name, time): row for row, (name, time) in enumerate(zip(table.units, table.times, strict=True))}
    for time in (before, after):
        if (unit, time) not in places:
            raise InvalidInput(f"There is no score of {unit!r} in {time}.", field="unit")
    first, second = places[unit, before], places[unit, after]
    change = found.scores[:, second].astype(np.float64) - found.scores[:, first]
    change = change[~np.isnan(change)]
    if not len(change):
        raise InvalidInput(f"No replication scores {unit!r} both in {before} and in {after}.", field="unit")
    low, high = np.quantile(change, [(1 - level) / 2, (1 + level) / 2])
    nominal = table.values[:, -1]
    return Progress(
        before=float(nominal[first]),
        after=float(nominal[second]),
        probability=float((change > 0).mean() + (change == 0).mean() / 2),
        interval=(float(low), float(high)),
    )


class Move(Value):
    """The change of one indicator that would bring a unit to a rank, all else as it is.

    `precedent` is the share of changes of the indicator from year to year, of any unit, that were at least as large;
    None where no other years are known. It is not feasible if no unit has such a value today.
    """

    code: str
    value: float
    needed: float
    is_feasible: bool
    precedent: float | None = None

    @property
    def change(self) -> float:
        """What has to be added to the value."""
        return self.needed - self.value


class Situation(NamedTuple):
    """An index and the unit in it that wants to get on; `history` is a table of several years, if there is one.

    Where `data` are of several years themselves, `year` is the one in which it wants to.
    """

    data: Table
    framework: Framework
    recipe: Recipe | None
    unit: str
    history: Table | None = None
    year: int | None = None

    def rank(self, data: Table | None = None) -> int:
        """The unit's rank, with other data if given."""
        scores = build(data or self.data, self.framework, self.recipe).scores
        if scores.times and self.year is not None:
            scores = scores.of_year(self.year)
        if self.unit not in scores.units:
            raise InvalidInput(f"There is no unit {self.unit!r} in the index.", field="unit")
        return int(ranks(scores.values[:, -1])[scores.units.index(self.unit)])

    @property
    def rows(self) -> NDArray[np.intp]:
        """Where the units of the year stand in the data."""
        is_now = np.asarray(self.data.times) == self.year if self.data.times else np.ones(len(self.data.units), bool)
        return np.flatnonzero(is_now)

    @property
    def row(self) -> int:
        """Where the unit stands in the data."""
        return next(int(row) for row in self.rows if self.data.units[row] == self.unit)


def moves_up(
    now: Situation, *, rank: int | None = None, codes: Sequence[str] = (), told: Told | None = None
) -> tuple[Move, ...]:
    """The smallest change of each indicator that brings the unit to `rank` (default: one up), feasible ones first.

    Every try is computed by `build` itself, scale and outliers included, so it holds for any recipe; halving finds the
    change to a thousandth of the way to the best value there is. `told(done, total)` counts indicators.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> data, framework = example()
    >>> move = moves_up(Situation(data, framework, None, "LIM", history=example(None)[0]))[0]
    >>> move.code, move.value, round(move.needed, 2), move.is_feasible, move.precedent
    ('trust', 47.0, 58.23, True, 0.0)
    """
    own = now.rank()
    goal = max(1, own - 1) if rank is None else rank
    if own <= goal:
        return ()
    nodes = [node for node in now.framework.indicators if not codes or node.code in codes]
    found = []
    for done, node in enumerate(nodes, start=1):
        found.append(_move(now, node, goal))
        if told is not None:
            told(done, len(nodes))
    moves = [move for move in found if move is not None]
    return tuple(sorted(moves, key=lambda move: (not move.is_feasible, _effort(move, now.data))))


def _effort(move: Move, data: Table) -> float:
    spread = float(np.nanstd(data.column(move.code)))
    return abs(move.change) / spread if spread else np.inf


def _move(now: Situation, node: Node, goal: int) -> Move | None:
    row, column = now.row, now.data.place(node.code)
    value = float(now.data.values[row, column])
    best = float(np.nanmax(now.data.values[now.rows, column] * node.direction) * node.direction)
    if np.isnan(value) or value == best:
        return None

    def reaches(share: float) -> bool:
        values = now.data.values.copy()
        values[row, column] = value + share * (best - value)
        try:
            return now.rank(now.data.with_values(values)) <= goal
        except InvalidInput:  # of two units both have the same then, which no scale can tell apart
            return False

    if not reaches(1.0):
        return Move(code=node.code, value=value, needed=best, is_feasible=False)
    low, high = 0.0, 1.0
    while high - low > 1e-3:  # noqa: PLR2004 of the way to the best value
        middle = (low + high) / 2
        low, high = (low, middle) if reaches(middle) else (middle, high)
    needed = value + high * (best - value)
    precedent = None if now.history is None else _precedent(now.history, node, needed - value)
    return Move(code=node.code, value=value, needed=needed, is_feasible=True, precedent=precedent)


def _precedent(history: Table, node: Node, change: float) -> float | None:
    units, times = np.asarray(history.units), np.asarray(history.times)
    series = history.column(node.code)
    steps = []
    for unit in np.unique(units):
        rows = np.flatnonzero(units == unit)
        steps.append(np.diff(series[rows[np.argsort(times[rows])]]))
    moved = np.concatenate(steps) * node.direction
    moved = moved[~np.isnan(moved)]
    return float((moved >= abs(change)).mean()) if len(moved) else None
