"""What a value is made of, or what lies between two values: parts that add up."""

from collections.abc import Sequence

from metropolis.engine_kit import Value
from metropolis.foundation.pages.engine.charts.rows import Key, Row, Rows, write_keys
from metropolis.foundation.pages.engine.drawing import Drawing
from metropolis.foundation.pages.engine.look import PLAIN, Chart, Figure, Look, with_table
from metropolis.foundation.pages.engine.scale import digits_of, scale

#: A difference smaller than this part of the scale is not shown as a remainder.
_NOTHING = 1e-6


class Part(Value):
    """One part: how much it adds, or takes away where it is below zero."""

    label: str
    value: Figure = None
    url: str = ""


class End(Value):
    """A value at which the parts begin or end, under its name."""

    label: str
    value: float


def parts_chart(
    title: str,
    parts: Sequence[Part],
    *,
    start: End | None = None,
    end: End | None = None,
    unit: str = "",
    digits: int | None = None,
    look: Look = PLAIN,
) -> Chart:
    """A waterfall: from `start`, or zero, each part goes on where the one before it ended.

    Bars that add are full, those that take away hollow. Where the parts do not add up to `end`, a remainder is shown.
    """
    begun = start.value if start else 0.0
    steps = _steps(parts, begun)
    reached = steps[-1][1] if steps else begun
    shown = list(parts)
    around = scale(
        [begun, reached, end.value if end else None, *(place for step in steps for place in step)], zero=not start
    )
    if end and abs(end.value - reached) > _NOTHING * (around.high - around.low):
        shown.append(Part(label=look.words.rest, value=end.value - reached))
        steps.append((reached, end.value))
    digits = digits_of(around) if digits is None else digits
    drawing = Drawing(look)
    lines = _lines(shown, start, end, digits, look)
    frame = Rows(drawing, lines, around, write_keys(drawing, _keys(drawing)))
    _draw(drawing, frame, (shown, steps), (start, end))
    columns = (
        (look.words.name, [line.label for line in lines]),
        (look.words.value, [None if line.text == look.words.unknown else line.text for line in lines]),
    )
    links = [line.url for line in lines]
    return with_table(title, drawing.svg(frame.bottom, title, unit), columns, unit=unit, links=links)


def _steps(parts: Sequence[Part], begun: float) -> list[tuple[float, float]]:
    steps = []
    for part in parts:
        steps.append((begun, begun + (part.value or 0.0)))
        begun = steps[-1][1]
    return steps


def _lines(parts: Sequence[Part], start: End | None, end: End | None, digits: int, look: Look) -> list[Row]:
    lines = [Row(part.label, look.number(part.value, digits, signed=True), url=part.url) for part in parts]
    first = [Row(start.label, look.number(start.value, digits), is_strong=True)] if start else []
    last = [Row(end.label, look.number(end.value, digits), is_strong=True)] if end else []
    return first + lines + last


def _keys(drawing: Drawing) -> list[Key]:
    words = drawing.look.words
    return [
        Key(words.adds, lambda at: drawing.bar((at[0] - 8, at[0] + 8, at[1] - 5, 10), "good")),
        Key(words.takes, lambda at: drawing.bar((at[0] - 8, at[0] + 8, at[1] - 5, 10), "page", edge="bad")),
    ]


def _draw(
    drawing: Drawing,
    frame: Rows,
    moved: tuple[Sequence[Part], Sequence[tuple[float, float]]],
    ends: tuple[End | None, End | None],
) -> None:
    middles = iter(frame.middles)
    place: tuple[float, float] | None = None
    # A bar would have to begin at zero, which may lie far away: the ends are dots.
    if ends[0]:
        place = frame.x(ends[0].value), next(middles)
        drawing.dot(place, "action", radius=6)
    for part, (one, other), middle in zip(*moved, middles, strict=False):
        place = _joined(drawing, place, (frame.x(one), middle), frame.x(other))
        if part.value == 0:
            drawing.line((frame.x(one), middle - 7, frame.x(one), middle + 7))
        elif part.value:
            colour, edge = ("page", "bad") if part.value < 0 else ("good", "")
            drawing.bar((frame.x(one), frame.x(other), middle - 7, 14), colour, edge=edge)
    if ends[1]:
        last = frame.x(ends[1].value), frame.middles[-1]
        _joined(drawing, place, last, 0)
        drawing.dot(last, "action", radius=6)


def _joined(
    drawing: Drawing, place: tuple[float, float] | None, at: tuple[float, float], reached: float
) -> tuple[float, float]:
    # On a phone it would run through the labels.
    if place and not drawing.look.is_narrow:
        drawing.line((place[0], place[1] + 7, at[0], at[1] - 7), "line-strong", 1)
    return reached, at[1]
