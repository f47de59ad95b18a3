"""A ranking, each value with the interval it lies in."""

from collections.abc import Sequence

from metropolis.engine_kit import Value
from metropolis.foundation.pages.engine.charts.rows import Key, Row, Rows, whisker, write_keys
from metropolis.foundation.pages.engine.drawing import Drawing
from metropolis.foundation.pages.engine.look import PLAIN, Chart, Figure, Look, if_any, with_table
from metropolis.foundation.pages.engine.scale import digits_of, scale


class IntervalRow(Value):
    """One thing: its `value` with the `lower` and `upper` end of its interval.

    `rank` is its rank as it is written ("4" or "3–7"), `tie` a letter it shares with those it is not told apart from,
    `is_chosen` says that it is the one the chart is about.
    """

    label: str
    value: Figure = None
    lower: Figure = None
    upper: Figure = None
    rank: str = ""
    tie: str = ""
    url: str = ""
    is_chosen: bool = False


def interval_chart(
    title: str, rows: Sequence[IntervalRow], *, unit: str = "", digits: int | None = None, look: Look = PLAIN
) -> Chart:
    """Points with whiskers on one scale, a row each, in the order given."""
    around = scale(figure for row in rows for figure in (row.value, row.lower, row.upper))
    digits = digits_of(around) if digits is None else digits
    values = [look.number(row.value, digits) for row in rows]
    drawing = Drawing(look)
    beside = [
        Row(row.label, f"{value} {row.tie}".strip(), lead=row.rank, url=row.url, is_chosen=row.is_chosen)
        for row, value in zip(rows, values, strict=True)
    ]
    keys = [Key(look.words.tied, lambda at: drawing.text((at[0], at[1] + 4), "a", colour="ink-soft"))]
    top = write_keys(drawing, keys if any(row.tie for row in rows) else [])
    frame = Rows(drawing, beside, around, top)
    for row, middle in zip(rows, frame.middles, strict=True):
        if row.lower is not None and row.upper is not None:
            whisker(drawing, (frame.x(row.lower), frame.x(row.upper)), middle)
        if row.value is not None:
            drawing.dot((frame.x(row.value), middle), "action")
    words = look.words
    columns = (
        (words.name, [row.label for row in rows]),
        (words.rank, if_any([row.rank for row in rows])),
        (words.value, [look.known(row.value, digits) for row in rows]),
        (words.lower, if_any([look.known(row.lower, digits) for row in rows])),
        (words.upper, if_any([look.known(row.upper, digits) for row in rows])),
        (words.tie, if_any([row.tie for row in rows])),
    )
    return with_table(
        title, drawing.svg(frame.bottom, title, unit), columns, unit=unit, links=[row.url for row in rows]
    )
