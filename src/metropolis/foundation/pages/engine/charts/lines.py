"""How values went over the years, with their intervals and the breaks in their series."""

from collections.abc import Sequence
from functools import partial
from math import inf

from metropolis.engine_kit import Value
from metropolis.foundation.pages.engine.charts.rows import Key, write_keys
from metropolis.foundation.pages.engine.drawing import SMALL, TEXT, Drawing, Side, placed, width_of
from metropolis.foundation.pages.engine.look import PLAIN, Chart, Figure, Look, with_table
from metropolis.foundation.pages.engine.scale import digits_of, scale

#: Series are told apart by colour, by dashes and by their names at the end of the line.
_COLOURS = ("action", "inclusion", "sustainability", "governance", "innovation", "ink-soft")
_DASHES = ("", "7 3", "2 3", "10 3 2 3", "4 2", "1 2")
_TOP, _BELOW = 12.0, 30.0
#: The part of the width that names may take at the ends of lines; longer ones become keys.
_NAMES = 0.34
#: Room for a year on the axis; with more years than this points have no dots.
_YEAR, _DOTTED = 44, 15


class Point(Value):
    """A value of a year, with the ends of its interval."""

    year: int
    value: Figure = None
    lower: Figure = None
    upper: Figure = None


class Series(Value):
    """A line: its `points` by year, and the years (`breaks`) from which on it is another than before."""

    name: str
    points: tuple[Point, ...]
    breaks: tuple[int, ...] = ()
    url: str = ""


def line_chart(
    title: str, series: Sequence[Series], *, unit: str = "", digits: int | None = None, look: Look = PLAIN
) -> Chart:
    """Lines over years with bands for their intervals; a line is cut where a value is missing or its series breaks."""
    frame = _Frame(Drawing(look), series, digits)
    for year in sorted({year for each in series for year in each.breaks if year in frame.years[1:]}):
        frame.mark_break(year)
    for number, each in enumerate(series):
        for run in _runs(each, frame.years):
            frame.draw(run, number)
    frame.name_ends()
    svg = frame.drawing.svg(frame.bottom + _BELOW, title, unit)
    columns: list[tuple[str, Sequence[str | None]]] = [
        (look.words.year, [str(year) for year in frame.years]),
        *((each.name, [_cell(each, year, frame.digits, look) for year in frame.years]) for each in series),
    ]
    return with_table(title, svg, columns, unit=unit)


def _runs(series: Series, years: Sequence[int]) -> list[list[Point]]:
    """The points that may be joined: of known value, in one piece of the series."""
    by_year = {point.year: point for point in series.points}
    runs: list[list[Point]] = [[]]
    for year in years:
        point = by_year.get(year)
        if year in series.breaks or (point and point.value is None):
            runs.append([])
        if point and point.value is not None:
            runs[-1].append(point)
    return [run for run in runs if run]


def _cell(series: Series, year: int, digits: int, look: Look) -> str | None:
    point = next((point for point in series.points if point.year == year), None)
    if point is None or point.value is None:
        return None
    text = look.number(point.value, digits)
    if point.lower is not None and point.upper is not None:
        text += f" ({look.number(point.lower, digits)}\N{EN DASH}{look.number(point.upper, digits)})"
    return f"{text} · {look.words.break_}" if year in series.breaks else text


def _widest(names: Sequence[str]) -> float:
    return max((width_of(name, TEXT, bold=True) for name in names), default=0.0)


class _Frame:
    """The axes: years across, values down, and room for names where the lines end."""

    def __init__(self, drawing: Drawing, series: Sequence[Series], digits: int | None) -> None:
        self.drawing, self._series = drawing, series
        points = [point for each in series for point in each.points]
        self.years = sorted({point.year for point in points})
        self.scale = scale(figure for point in points for figure in (point.value, point.lower, point.upper))
        self.digits = digits_of(self.scale) if digits is None else digits
        self._names = [f"{each.name} {self._end_text(each)}" for each in series]
        keys: list[Key] = []
        if _widest(self._names) > _NAMES * drawing.look.width:
            keys = [Key(each.name, partial(self._key, number)) for number, each in enumerate(series)]
            self._names = [self._end_text(each) for each in series]
        self.top = write_keys(drawing, keys) + _TOP
        self.bottom = self.top + (220 if drawing.look.is_narrow else 260)
        self.end = drawing.look.width - 14 - _widest(self._names)
        self._axes()

    def _axes(self) -> None:
        look = self.drawing.look
        texts = [look.number(tick, self.scale.digits) for tick in self.scale.ticks]
        self.start = max(width_of(text, SMALL) for text in texts) + 16
        for tick, text in zip(self.scale.ticks, texts, strict=True):
            y = self.y(tick)
            self.drawing.line((self.start - 6, y, self.end + 4, y), "line")
            self.drawing.text((self.start - 10, y + 4), text, side="end", size=SMALL, colour="ink-soft")
        beyond = inf
        for year in reversed(self.years):
            if beyond - self.x(year) >= _YEAR:
                beyond = self.x(year)
                self.drawing.text((beyond, self.bottom + 18), str(year), side="middle", size=SMALL, colour="ink-soft")

    def x(self, year: float) -> float:
        """Where a year lies across."""
        first, last = self.years[0], self.years[-1]
        part = (year - first) / (last - first) if last > first else 0.5
        return self.start + (self.end - self.start) * part

    def y(self, value: float) -> float:
        """Where a value lies down."""
        return self.bottom - (self.bottom - self.top) * self.scale.at(value)

    def mark_break(self, year: int) -> None:
        """A dashed line before the year from which a series is another."""
        x = self.x(year) - min(14.0, (self.x(year) - self.x(year - 1)) / 2)
        self.drawing.line((x, self.top, x, self.bottom), "line-strong", 1, "3 3")
        text = self.drawing.look.words.break_
        side: Side = "end" if x > (self.start + self.end) / 2 else "start"
        at = (x + (-5 if side == "end" else 5), self.top + 9)
        self.drawing.text(at, text, side=side, size=SMALL, colour="ink-soft")

    def draw(self, run: Sequence[Point], number: int) -> None:
        """One piece of a series, its band first."""
        colour, dashes = _COLOURS[number % len(_COLOURS)], _DASHES[number % len(_DASHES)]
        known = [(self.x(point.year), point.lower, point.upper) for point in run]
        banded = [(x, self.y(low), self.y(high)) for x, low, high in known if low is not None and high is not None]
        if len(banded) > 1:
            lower = [(x, low) for x, low, _high in banded]
            upper = [(x, high) for x, _low, high in banded]
            self.drawing.area([*upper, *reversed(lower)], colour)
        elif banded:
            x, low, high = banded[0]
            self.drawing.line((x, low, x, high), colour, 2)
        places = [(self.x(point.year), self.y(point.value)) for point in run if point.value is not None]
        self.drawing.path(places, colour, 2.25, dashes)
        for place in places if len(self.years) <= _DOTTED or len(places) == 1 else places[-1:]:
            self.drawing.dot(place, colour, radius=3.25)

    def name_ends(self) -> None:
        """The name and last value of each series, where it ends."""
        lasts = [self._last(each) for each in self._series]
        known = [(number, point.value) for number, point in enumerate(lasts) if point and point.value is not None]
        places = placed([self.y(value) for _number, value in known], 16, self.top, self.bottom)
        for (number, _value), y in zip(known, places, strict=True):
            colour = _COLOURS[number % len(_COLOURS)]
            self.drawing.text((self.end + 12, y + 4.5), self._names[number], colour=colour, bold=True)

    def _last(self, series: Series) -> Point | None:
        known = [point for point in series.points if point.value is not None]
        return max(known, key=lambda point: point.year, default=None)

    def _end_text(self, series: Series) -> str:
        last = self._last(series)
        return self.drawing.look.number(last.value, self.digits) if last else ""

    def _key(self, number: int, at: tuple[float, float]) -> None:
        colour, dashes = _COLOURS[number % len(_COLOURS)], _DASHES[number % len(_DASHES)]
        self.drawing.path([(at[0] - 10, at[1]), (at[0] + 10, at[1])], colour, 2.25, dashes)
