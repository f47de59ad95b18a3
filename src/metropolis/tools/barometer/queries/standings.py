"""Who stands where: the ranking of a year with its intervals, and who cannot be told apart."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from string import ascii_lowercase
from typing import Any, NamedTuple

from metropolis.tools.barometer.engine.figures import YearFigures
from metropolis.tools.barometer.queries.units import Place

#: The probability from which on one city is said to stand above another.
TOLD_APART = 0.9


class Standing(NamedTuple):
    """One unit's place in a year's ranking; None for what is not known, or not yet.

    `rank` is that of the score as published, `is_tied` says that others have exactly the same. `group` is a letter it
    shares with the neighbours in the ranking that it cannot be told apart from, "" where it can.
    """

    place: Place
    score: float | None
    rank: int | None
    is_tied: bool = False
    lower: float | None = None
    upper: float | None = None
    best: int | None = None
    worst: int | None = None
    top_quarter: float | None = None
    above_next: float | None = None
    group: str = ""

    @property
    def code(self) -> str:
        """The unit's code."""
        return self.place.code

    @property
    def rank_text(self) -> str:
        """The ranks it may have, as "5–12"; with "=" where it is exactly equal to another; "" without a score."""
        if self.rank is None:
            return ""
        tie = "=" if self.is_tied else ""
        if self.best is None or self.worst is None:
            return f"{tie}{self.rank}"
        return f"{tie}{self.best}" if self.best == self.worst else f"{tie}{self.best}\N{EN DASH}{self.worst}"

    @property
    def ends_group(self) -> bool:
        """Whether it stands clearly above the next one."""
        return self.above_next is not None and self.above_next >= TOLD_APART


def standings(year: YearFigures, found: Mapping[str, Place]) -> list[Standing]:
    """All units of a year, best first; those without a score come last."""
    ranks = [_whole(row[-1]) for row in year.ranks]
    counts = Counter(ranks)
    rows = [
        Standing(
            place=found.get(unit) or Place(unit, unit, None, None),
            score=scores[-1],
            rank=rank,
            is_tied=rank is not None and counts[rank] > 1,
            **_sure(year, place),
        )
        for place, (unit, scores, rank) in enumerate(zip(year.units, year.scores, ranks, strict=True))
    ]
    rows.sort(key=lambda row: (row.rank is None, row.rank))
    return _grouped(rows)


def _sure(year: YearFigures, place: int) -> dict[str, Any]:
    sure = year.sure
    if sure is None or year.ranks[place][-1] is None:
        return {}
    return {
        "lower": sure.lower[place],
        "upper": sure.upper[place],
        "best": _whole(sure.best[place]),
        "worst": _whole(sure.worst[place]),
        "top_quarter": sure.top_quarter[place],
        "above_next": sure.above_next[place],
    }


def _whole(number: float | None) -> int | None:
    return None if number is None else round(number)


def _grouped(rows: Sequence[Standing]) -> list[Standing]:
    """Letters for runs of two and more in which nobody stands clearly above the next."""
    runs: list[list[Standing]] = [[]]
    for row in rows:
        runs[-1].append(row)
        if row.ends_group or row.above_next is None:
            runs.append([])
    letters = iter(_letters())
    found: list[Standing] = []
    for run in runs:
        letter = next(letters, "") if len(run) > 1 else ""
        found += [row._replace(group=letter) for row in run]
    return found


def _letters() -> Iterable[str]:
    yield from ascii_lowercase
    yield from (first + second for first in ascii_lowercase for second in ascii_lowercase)


def told_apart(rows: Iterable[Standing]) -> tuple[int, int]:
    """How many neighbours in the ranking can be told apart, and of how many pairs."""
    pairs = [row for row in rows if row.above_next is not None]
    return sum(row.ends_group for row in pairs), len(pairs)
