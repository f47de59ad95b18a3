"""One city among all: its value, its peers' and everybody's, in each of several measures."""

from collections.abc import Sequence

from metropolis.engine_kit import Value
from metropolis.foundation.pages.engine.charts.rows import Key, Row, Rows, write_keys
from metropolis.foundation.pages.engine.drawing import Drawing
from metropolis.foundation.pages.engine.look import PLAIN, Chart, Figure, Look, if_any, with_table
from metropolis.foundation.pages.engine.scale import Scale, digits_of, scale


class ProfileRow(Value):
    """One measure: the city's `value` and the spread of all: least, quartiles and greatest; the `peers`' median.

    `digits` are those its figures are written with; by themselves about three digits that count.
    """

    label: str
    value: Figure = None
    minimum: Figure = None
    quartile_1: Figure = None
    median: Figure = None
    quartile_3: Figure = None
    maximum: Figure = None
    peers: Figure = None
    unit: str = ""
    url: str = ""
    digits: int | None = None

    @property
    def figures(self) -> tuple[float | None, ...]:
        """The city's value and everything it stands beside."""
        spread = (self.minimum, self.quartile_1, self.median, self.quartile_3, self.maximum)
        return (self.value, self.peers, *spread)


def profile_chart(
    title: str,
    rows: Sequence[ProfileRow],
    *,
    name: str,
    unit: str = "",
    is_shared: bool = True,
    look: Look = PLAIN,
) -> Chart:
    """For each measure a dot for the city called `name`, beside the spread of all and the median of its peers.

    All rows share one scale, as scores do; otherwise (`is_shared=False`) each has its own, for figures as they were
    measured, and there is no axis.
    """
    shared = scale(figure for row in rows for figure in row.figures) if is_shared else None
    scales = [shared or scale(row.figures) for row in rows]
    digits = [digits_of(each) if row.digits is None else row.digits for row, each in zip(rows, scales, strict=True)]
    values = [look.number(row.value, count) for row, count in zip(rows, digits, strict=True)]
    drawing = Drawing(look)
    lines = [
        Row(row.label, text if row.value is None else f"{text} {row.unit}".strip(), url=row.url)
        for row, text in zip(rows, values, strict=True)
    ]
    frame = Rows(drawing, lines, shared, write_keys(drawing, _keys(drawing, name, rows)))
    for row, each, middle in zip(rows, scales, frame.middles, strict=True):
        _draw(drawing, frame, each, row, middle)
    columns = _columns(rows, digits, name, look)
    links = [row.url for row in rows]
    return with_table(title, drawing.svg(frame.bottom, title, unit), columns, unit=unit, links=links)


def _columns(
    rows: Sequence[ProfileRow], digits: Sequence[int], name: str, look: Look
) -> list[tuple[str, Sequence[str | None]]]:
    words = look.words
    names = (words.peers, words.minimum, words.quartile_1, words.median, words.quartile_3, words.maximum)
    figures = [
        [look.known(figure, count) for figure in row.figures[1:]] for row, count in zip(rows, digits, strict=True)
    ]
    beside = zip(*figures, strict=True) if figures else ([] for _name in names)
    return [
        (words.measure, [f"{row.label} ({row.unit})" if row.unit else row.label for row in rows]),
        (name, [look.known(row.value, count) for row, count in zip(rows, digits, strict=True)]),
        *((column, if_any(cells)) for column, cells in zip(names, beside, strict=True)),
    ]


def _keys(drawing: Drawing, name: str, rows: Sequence[ProfileRow]) -> list[Key]:
    words = drawing.look.words
    keys = [Key(name, lambda at: drawing.dot(at, "action", radius=5.5))]
    if any(row.peers is not None for row in rows):
        keys.append(Key(words.peers, lambda at: drawing.diamond(at, "inclusion")))
    if any(row.quartile_1 is not None for row in rows):
        keys.append(Key(words.half, lambda at: _half(drawing, (at[0] - 9, at[0] + 9), at[1], median=at[0])))
    if any(row.minimum is not None for row in rows):
        keys.append(Key(words.all, lambda at: drawing.line((at[0] - 9, at[1], at[0] + 9, at[1]), "line-strong", 1.5)))
    return keys


def _draw(drawing: Drawing, frame: Rows, around: Scale, row: ProfileRow, middle: float) -> None:
    def x(value: float) -> float:
        return frame.along(around.at(value))

    if row.minimum is not None and row.maximum is not None:
        drawing.line((x(row.minimum), middle, x(row.maximum), middle), "line-strong", 1.5)
    if row.quartile_1 is not None and row.quartile_3 is not None:
        median = None if row.median is None else x(row.median)
        _half(drawing, (x(row.quartile_1), x(row.quartile_3)), middle, median=median)
    if row.peers is not None:
        drawing.diamond((x(row.peers), middle), "inclusion")
    if row.value is not None:
        drawing.dot((x(row.value), middle), "action", radius=5.5)


def _half(drawing: Drawing, ends: tuple[float, float], middle: float, *, median: float | None) -> None:
    drawing.bar((*ends, middle - 5, 10), "border", edge="line-strong")
    if median is not None:
        drawing.line((median, middle - 5, median, middle + 5), "ink-soft", 2)
