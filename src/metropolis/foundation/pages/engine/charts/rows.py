"""What the charts that have a row for each thing share: labels, an axis, lines of the grid, keys."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from metropolis.foundation.pages.engine.drawing import SMALL, TEXT, Drawing, lines_of, width_of
from metropolis.foundation.pages.engine.scale import Scale

_GAP, _LEADING = 14.0, 16.0
_EDGE = 6.0
#: With more rows the axis is written below them too.
_AXIS_TWICE = 16


@dataclass(frozen=True)
class Row:
    """What stands beside a row's drawing: before it a `lead` and the `label`, behind it the `text` of its figures."""

    label: str
    text: str = ""
    lead: str = ""
    url: str = ""
    is_chosen: bool = False
    indent: int = 0
    is_strong: bool = False


class Rows:
    """The rows laid out and labelled; `middles` are the places down of their drawings, `bottom` is below the last."""

    def __init__(self, drawing: Drawing, rows: Sequence[Row], scale: Scale | None, top: float = 0) -> None:
        self._drawing, self._rows, self._scale = drawing, rows, scale
        self._narrow = drawing.look.is_narrow
        self._lead = max((width_of(row.lead, TEXT) for row in rows if row.lead), default=-_GAP) + _GAP
        self._measure()
        self.top = top + (22 if scale else 4)
        self._place()
        self._write()

    def x(self, value: float) -> float:
        """Where a value lies across."""
        return self.along(self._scale.at(value) if self._scale else value)

    def along(self, part: float) -> float:
        """Where a part, 0 to 1, of the line lies across."""
        return self.start + (self.end - self.start) * part

    def _measure(self) -> None:
        width = float(self._drawing.look.width)
        self._text = max((width_of(row.text, TEXT, bold=row.is_strong) for row in self._rows), default=0)
        if self._narrow:
            self.start, self.end = self._edge(0), width - self._edge(-1)
            self._label = width - self._lead - self._text - _GAP
        else:
            longest = max((width_of(row.label, TEXT, bold=True) + 12 * row.indent for row in self._rows), default=0)
            self._label = min(longest + 2, 0.36 * width)
            self.start = self._lead + self._label + _GAP + _EDGE
            self.end = width - self._text - (_GAP if self._text else 0) - _EDGE

    def _edge(self, number: int) -> float:
        """Room for half of the text below an end of the axis."""
        if not self._scale:
            return _EDGE
        return max(_EDGE, width_of(self._drawing.look.number(self._scale.ticks[number], self._scale.digits), SMALL) / 2)

    def _place(self) -> None:
        self._labels = [lines_of(row.label, self._label - 12 * row.indent, most=2) for row in self._rows]
        self.middles: list[float] = []
        self._tops: list[float] = []
        self.bottom = self.top
        for lines in self._labels:
            self._tops.append(self.bottom)
            beside = _LEADING * len(lines)
            self.middles.append(self.bottom + (beside + 14 if self._narrow else (beside + 10) / 2))
            self.bottom += beside + (26 if self._narrow else 10)

    def _write(self) -> None:
        for number, row in enumerate(self._rows):
            if row.is_chosen:
                below = self._tops[number + 1] if number + 1 < len(self._rows) else self.bottom
                self._drawing.bar((0, self._drawing.look.width, self._tops[number], below - self._tops[number]), "tint")
        if self._scale:
            self._grid(self._scale)
        for row, lines, top, middle in zip(self._rows, self._labels, self._tops, self.middles, strict=True):
            strong = row.is_chosen or row.is_strong
            first = top + 14 if self._narrow else middle + 4.5 - _LEADING * (len(lines) - 1) / 2
            for number, line in enumerate(lines):
                at = (self._lead + 12 * row.indent, first + _LEADING * number)
                self._drawing.text(at, line, bold=strong, url=row.url)
            if row.lead:
                self._drawing.text((self._lead - _GAP, first), row.lead, side="end", colour="ink-soft")
            if row.text:
                at = (self._drawing.look.width - 2, first if self._narrow else middle + 4.5)
                self._drawing.text(at, row.text, side="end", bold=strong)

    def _grid(self, scale: Scale) -> None:
        texts = [self._drawing.look.number(tick, scale.digits) for tick in scale.ticks]
        apart = (self.end - self.start) / max(1, len(texts) - 1)
        every = 1
        while apart * every < max(width_of(text, SMALL) for text in texts) + 8 and every < len(texts):
            every += 1
        # On a phone labels stand on the lines of the grid, which make way.
        spans = [(middle - 9, middle + 9) for middle in self.middles] if self._narrow else [(self.top - 2, self.bottom)]
        places = [self.top - 8, *([self.bottom + 14] if len(self._rows) > _AXIS_TWICE else [])]
        for number, (tick, text) in enumerate(zip(scale.ticks, texts, strict=True)):
            x = self.x(tick)
            is_zero = tick == 0 and scale.low < 0
            self._drawing.lines([(x, begin, x, end) for begin, end in spans], "line-strong" if is_zero else "line")
            for y in places if number % every == 0 else []:
                self._drawing.text((x, y), text, side="middle", colour="ink-soft", size=SMALL)
        self.bottom += 20 if len(places) > 1 else 2


def whisker(drawing: Drawing, ends: tuple[float, float], middle: float, colour: str = "line-strong") -> None:
    """An interval: a line between two places across, closed at both ends."""
    closed = [(end, middle - 4, end, middle + 4) for end in ends]
    drawing.lines([(ends[0], middle, ends[1], middle), *closed], colour, 2)


@dataclass(frozen=True)
class Key:
    """What a sign means: `draw` draws it around a place."""

    text: str
    draw: Callable[[tuple[float, float]], None]


def write_keys(drawing: Drawing, keys: Sequence[Key], top: float = 0) -> float:
    """The keys side by side, in as many lines as they need; the place down below them."""
    x, y = 0.0, top + 10
    for key in keys:
        width = 26 + width_of(key.text, SMALL)
        if x and x + width > drawing.look.width:
            x, y = 0.0, y + 20
        key.draw((x + 10, y))
        drawing.text((x + 24, y + 4), key.text, size=SMALL, colour="ink-soft")
        x += width + 18
    return y + 14 if keys else top
