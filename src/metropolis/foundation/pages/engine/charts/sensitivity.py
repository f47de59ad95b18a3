"""On which assumptions a result hangs: Sobol's indices with their intervals."""

from collections.abc import Sequence

from metropolis.engine_kit import Value
from metropolis.foundation.pages.engine.charts.rows import Key, Row, Rows, whisker, write_keys
from metropolis.foundation.pages.engine.drawing import Drawing
from metropolis.foundation.pages.engine.look import PLAIN, Chart, Figure, Look, if_any, with_table
from metropolis.foundation.pages.engine.scale import scale

_Interval = tuple[Figure, Figure]


class SensitivityRow(Value):
    """One input: its `first`-order and `total` index, shares of 1, each with a bootstrap interval."""

    label: str
    first: Figure = None
    total: Figure = None
    first_interval: _Interval = (None, None)
    total_interval: _Interval = (None, None)
    url: str = ""


def sensitivity_chart(title: str, rows: Sequence[SensitivityRow], *, digits: int = 2, look: Look = PLAIN) -> Chart:
    """Two bars for each input, the first-order index full and the total one hollow, in the order given."""
    around = scale(
        (figure for row in rows for figure in (row.first, row.total, *row.first_interval, *row.total_interval)),
        zero=True,
    )
    drawing = Drawing(look)
    words = look.words
    lines = [
        Row(row.label, f"{look.number(row.first, digits)} · {look.number(row.total, digits)}", url=row.url)
        for row in rows
    ]
    frame = Rows(drawing, lines, around, write_keys(drawing, _keys(drawing)))
    for row, middle in zip(rows, frame.middles, strict=True):
        for value, interval, place, (colour, edge) in (
            (row.first, row.first_interval, middle - 5.5, ("action", "")),
            (row.total, row.total_interval, middle + 5.5, ("page", "action")),
        ):
            if value is not None:
                drawing.bar((frame.x(0), frame.x(value), place - 4.5, 9), colour, edge=edge)
            if interval[0] is not None and interval[1] is not None:
                whisker(drawing, (frame.x(interval[0]), frame.x(interval[1])), place, "ink")
    columns: list[tuple[str, Sequence[str | None]]] = [
        (words.name, [row.label for row in rows]),
        (words.first, [look.known(row.first, digits) for row in rows]),
        (f"{words.first}: {words.interval}", if_any([_between(look, row.first_interval, digits) for row in rows])),
        (words.total, [look.known(row.total, digits) for row in rows]),
        (f"{words.total}: {words.interval}", if_any([_between(look, row.total_interval, digits) for row in rows])),
    ]
    return with_table(title, drawing.svg(frame.bottom, title), columns, links=[row.url for row in rows])


def _between(look: Look, interval: _Interval, digits: int) -> str:
    lower, upper = interval
    if lower is None or upper is None:
        return ""
    return f"{look.number(lower, digits)}\N{EN DASH}{look.number(upper, digits)}"


def _keys(drawing: Drawing) -> list[Key]:
    words = drawing.look.words
    return [
        Key(words.first, lambda at: drawing.bar((at[0] - 8, at[0] + 8, at[1] - 4, 8), "action")),
        Key(words.total, lambda at: drawing.bar((at[0] - 8, at[0] + 8, at[1] - 4, 8), "page", edge="action")),
        Key(words.interval, lambda at: whisker(drawing, (at[0] - 8, at[0] + 8), at[1], "ink")),
    ]
