"""Many things under many headings: each cell a text, and a tone that leads the eye."""

from collections.abc import Sequence
from typing import Literal

from metropolis.engine_kit import InvalidInput, Value
from metropolis.foundation.pages.engine.drawing import SMALL, Drawing, lines_of, width_of
from metropolis.foundation.pages.engine.look import PLAIN, Chart, Look, with_table

#: What a cell's surface says besides its text.
Tone = Literal["good", "caution", "bad", "tint", "plain"]

_ROW, _LEADING, _LEAST = 28.0, 14.0, 44.0


class HeatCell(Value):
    """A cell: what is written in it, empty for unknown, and its tone."""

    text: str = ""
    tone: Tone = "plain"


class HeatRow(Value):
    """A row: its head and a cell for each column."""

    label: str
    cells: tuple[HeatCell, ...]
    url: str = ""


def heat_table(title: str, columns: Sequence[str], rows: Sequence[HeatRow], *, look: Look = PLAIN) -> Chart:
    """The cells in a grid, every one with its text, under the `columns`' names; `InvalidInput` if a row has others."""
    for row in rows:
        if len(row.cells) != len(columns):
            raise InvalidInput(f"{row.label} has {len(row.cells)} cells for {len(columns)} columns.", field="rows")
    drawing = Drawing(look)
    first = min(max((width_of(row.label, 13) for row in rows), default=0) + 12, 0.3 * look.width)
    each = max(_LEAST, (look.width - first) / max(1, len(columns)))
    heads = [lines_of(column, each - 8, SMALL, most=4) for column in columns]
    top = 6 + _LEADING * max((len(head) for head in heads), default=0)
    for number, head in enumerate(heads):
        for line, text in enumerate(head):
            at = (first + each * (number + 0.5), top - _LEADING * (len(head) - line) + 8)
            drawing.text(at, text, side="middle", size=SMALL, bold=True)
    for number, row in enumerate(rows):
        above = top + 4 + _ROW * number
        (label,) = lines_of(row.label, first - 8)
        drawing.text((0, above + 18), label, url=row.url)
        for place, cell in enumerate(row.cells):
            _draw(drawing, cell, (first + each * place, above, each))
    svg = drawing.svg(top + 8 + _ROW * len(rows), title)
    cells = [[row.cells[number].text for row in rows] for number in range(len(columns))]
    named = [(look.words.name, [row.label for row in rows]), *zip(columns, cells, strict=True)]
    return with_table(title, svg, named, links=[row.url for row in rows])


def _draw(drawing: Drawing, cell: HeatCell, box: tuple[float, float, float]) -> None:
    across, above, width = box
    surface = {"tint": "tint", "plain": "sunken"}.get(cell.tone, f"{cell.tone}-tint")
    drawing.bar((across + 1, across + width - 1, above + 1, _ROW - 2), surface)
    (text,) = lines_of(cell.text or drawing.look.words.unknown, width - 8, SMALL)
    colour = "ink" if cell.text else "ink-soft"
    drawing.text((across + width / 2, above + 18), text, side="middle", size=SMALL, colour=colour)
