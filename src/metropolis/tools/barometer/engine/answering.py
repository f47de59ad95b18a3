"""Answers about one unit or several: where it stands, why, how sure that is, and what would bring it up."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from metropolis.engine_kit import InvalidInput, Value
from metropolis.tools.barometer.engine.advancing import Move, Situation, moves_up, progress
from metropolis.tools.barometer.engine.building import Index
from metropolis.tools.barometer.engine.explaining import Difference, Strength, difference, strengths, weaknesses
from metropolis.tools.barometer.engine.figures import in_year
from metropolis.tools.barometer.engine.preparing import denominate
from metropolis.tools.barometer.engine.table import Table
from metropolis.tools.barometer.engine.uncertainty import Progress, Uncertainty


class NodeStanding(Value):
    """A unit's score and rank in one node; None where it has no score."""

    score: float | None
    rank: int | None


class Standing(Value):
    """Where a unit stands in a year, in the index and in every node, by code.

    `of` counts the units that have a score. Intervals are there where the index was computed again and again.
    """

    unit: str
    name: str
    year: int | None
    score: float
    rank: int
    of: int
    nodes: dict[str, NodeStanding]
    score_interval: tuple[float, float] | None = None
    rank_interval: tuple[int, int] | None = None


class Gap(Value):
    """How far a unit is ahead of another, or of itself in another year, and what makes it.

    `parts` add up to the gap, by indicator; where it has none, `without_parts` says why. `probability` is that of being
    really ahead, `interval` that of the change over the years.
    """

    to: Standing
    gap: float
    parts: dict[str, float] = {}
    without_parts: str = ""
    probability: float | None = None
    interval: tuple[float, float] | None = None


class Explanation(Value):
    """All that can be said of one unit; `apart` is its difference from the typical unit, if that has parts."""

    standing: Standing
    apart: Difference | None
    strengths: tuple[Strength, ...]
    weaknesses: tuple[Strength, ...]
    against: Gap | None = None
    since: Gap | None = None
    moves: tuple[Move, ...] = ()


class Comparison(Value):
    """Several units side by side; `above` is the probability of each, by code, to stand above each other.

    `gaps` are those of the first to each of the others.
    """

    standings: tuple[Standing, ...]
    gaps: tuple[Gap, ...]
    above: dict[str, dict[str, float]] = {}


@dataclass(frozen=True)
class Case:
    """An index of `data`, its replications `found` if there are any, and the year that questions are about.

    >>> from metropolis.tools.barometer.engine import Framework, Node, build
    >>> tree = Framework(nodes=[Node(code="a", parent="i"), Node(code="i")])
    >>> data = Table(("X", "Y", "Z"), ("a",), np.array([[1.0], [3.0], [2.0]]))
    >>> case = Case(data, build(data, tree))
    >>> case.standing("Z").rank, case.gap("Y", "Z").parts, case.explanation("Z").moves[0].needed
    (2, {'a': 50.0}, 3.0)
    """

    data: Table
    index: Index
    found: Uncertainty | None = None
    year: int | None = None

    def __post_init__(self) -> None:
        times = self.index.scores.times
        if times and self.year not in times:
            known = ", ".join(map(str, self.index.scores.years))
            raise InvalidInput(f"Choose one of the years there are: {known}.", field="year")

    def unit(self, word: str) -> str:
        """The code of the unit that a code or a name stands for; `InvalidInput` where that is none or several."""
        table = self.index.scores
        if word in table.units:
            return word
        names = dict(zip(table.units, table.names or table.units, strict=True))
        meant = [unit for unit, name in names.items() if word.casefold() in {name.casefold(), unit.casefold()}]
        if len(meant) == 1:
            return meant[0]
        if meant:
            message = f"{word!r} is the name of several units: {', '.join(meant)}. Give the code."
            raise InvalidInput(message, field="unit", data={"candidates": meant})
        known = sorted(dict.fromkeys(names.values()))
        shown = f"{', '.join(known[:8])}{' …' if len(known) > 8 else ''}"  # noqa: PLR2004 enough to see what they are
        raise InvalidInput(f"There is no unit {word!r} in the index; there are: {shown}.", field="unit")

    def standing(self, unit: str, year: int | None = None) -> Standing:
        """Where a unit stands; `InvalidInput` where it has no score in the year."""
        when = self._year(year)
        row = self._row(unit, when)
        table, ranks = self.index.scores, self._ranks
        score = table.values[row, -1]
        if np.isnan(score):
            raise InvalidInput(
                f"{unit!r} has no score{f' in {when}' if when else ''}: too little is known.", field="unit"
            )
        peers = np.asarray(table.times or (None,) * len(table.units)) == when
        nodes = {
            code: NodeStanding(score=None, rank=None) if np.isnan(one) else NodeStanding(score=one, rank=int(rank))
            for code, one, rank in zip(table.columns, table.values[row].tolist(), ranks.values[row], strict=True)
        }
        told = Standing(
            unit=unit, name=(table.names or table.units)[row], year=when, score=float(score),
            rank=int(ranks.values[row, -1]), of=int((~np.isnan(table.values[peers, -1])).sum()), nodes=nodes,
        )  # fmt: skip
        return told if self.found is None or when != self.year else self._sure(told)

    def gap(self, unit: str, other: str, *, before: int | None = None) -> Gap:
        """How far a unit is ahead of another; or, with `before`, of itself in an earlier year."""
        to = self.standing(other, before)
        own = self.standing(unit)
        told = Gap(to=to, gap=own.score - to.score)
        try:
            found = difference(self.index, self._row(unit, own.year), self._row(other, to.year))
        except InvalidInput as refusal:  # medians and outrankings have gaps without parts
            told = told.model_copy(update={"without_parts": refusal.message})
        else:
            told = told.model_copy(update={"parts": found.parts})
        if self.found is None:
            return told
        if before is None:
            return told.model_copy(update={"probability": self._this_year.above(unit, other)})
        change = progress(self.found, unit, before, own.year or 0)
        return told.model_copy(update={"probability": change.probability, "interval": change.interval})

    def explanation(
        self,
        unit: str,
        *,
        against: str | None = None,
        since: int | None = None,
        rank: int | None = None,
        told: Progress | None = None,
    ) -> Explanation:
        """Everything about a unit; `rank` is the one it wants to reach, one up if not given.

        `InvalidInput` as `check_question` says.
        """
        self.check_question(unit, against=against, since=since, rank=rank)
        standing = self.standing(unit)
        figures = self._figures
        most = min(5, max(1, len(self.index.framework.indicators) // 2))  # nothing is a strength and a weakness
        try:
            apart = difference(self.index, self._row(unit, standing.year))
        except InvalidInput:  # the same as of gaps
            apart = None
        now = Situation(self.data, self.index.given, self.index.recipe, unit, self._history, self.year)
        return Explanation(
            standing=standing,
            apart=apart,
            strengths=strengths(figures, self.index.framework, unit, most),
            weaknesses=weaknesses(figures, self.index.framework, unit, most),
            against=None if against is None else self.gap(unit, against),
            since=None if since is None else self.gap(unit, unit, before=since),
            moves=moves_up(now, rank=rank, told=told),
        )

    def check_question(
        self, unit: str, *, against: str | None = None, since: int | None = None, rank: int | None = None
    ) -> None:
        """Refuse what has no answer: the unit itself to be told from, a year that is not earlier, a rank no better."""
        standing = self.standing(unit)
        if against is not None:
            if against == unit:
                raise InvalidInput(f"{standing.name} cannot be told from itself: name another unit.", field="against")
            self.standing(against)
        if since is not None:
            if standing.year is None:
                raise InvalidInput("The data have no years, or only one.", field="since")
            if since >= standing.year:
                raise InvalidInput(f"{since} is not before {standing.year}, the year asked about.", field="since")
            self.standing(unit, since)
        if rank is not None and rank >= standing.rank:
            message = f"{standing.name} has rank {standing.rank} already: {rank} is no better."
            raise InvalidInput(message, field="rank")

    def comparison(self, units: Sequence[str]) -> Comparison:
        """Two units or more side by side."""
        if len(set(units)) < 2 or len(set(units)) < len(units):  # noqa: PLR2004 what a comparison takes
            raise InvalidInput("Name two units or more, each once.", field="unit")
        above = {
            one: {other: self._this_year.above(one, other) for other in units if other != one}
            for one in (units if self.found is not None else ())
        }
        return Comparison(
            standings=tuple(self.standing(unit) for unit in units),
            gaps=tuple(self.gap(units[0], other) for other in units[1:]),
            above=above,
        )

    @cached_property
    def _ranks(self) -> Table:
        return self.index.ranks

    @cached_property
    def _this_year(self) -> Uncertainty:
        if self.found is None:
            raise InvalidInput("The index was not computed again and again.", field="found")
        return in_year(self.found, self.year if self.found.nominal.scores.times else None)

    @cached_property
    def _intervals(self) -> tuple[np.ndarray, np.ndarray]:
        return self._this_year.score_interval(), self._this_year.rank_interval()

    @property
    def _history(self) -> Table | None:
        return self.data if self.data.times else None

    @property
    def _figures(self) -> Table:
        """This year's figures in the indicators' own units, divided where the recipe says so."""
        divides = any(step.do == "denominate" for step in self.index.recipe.steps)
        table = denominate(self.data, self.index.framework) if divides else self.data
        return table.of_year(self.year) if self.year is not None and table.times else table

    def _year(self, year: int | None) -> int | None:
        return (self.year if year is None else year) if self.index.scores.times else None

    def _row(self, unit: str, year: int | None) -> int:
        table = self.index.scores
        for row, key in enumerate(zip(table.units, table.times or (None,) * len(table.units), strict=True)):
            if key == (unit, year):
                return row
        raise InvalidInput(f"There is no score of {unit!r}{f' in {year}' if year else ''}.", field="unit")

    def _sure(self, standing: Standing) -> Standing:
        place = self._this_year.nominal.scores.units.index(standing.unit)
        scores, ranks = (found[:, place].tolist() for found in self._intervals)
        ends = {"score_interval": (scores[0], scores[2]), "rank_interval": (int(ranks[0]), int(ranks[2]))}
        return standing.model_copy(update=ends)
