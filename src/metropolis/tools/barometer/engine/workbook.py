"""A result as one workbook for people who work in spreadsheets."""

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, Self

import numpy as np
import xlsxwriter

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine.building import Index
from metropolis.tools.barometer.engine.reading import Meta
from metropolis.tools.barometer.engine.table import Matrix, Table
from metropolis.tools.barometer.engine.uncertainty import Uncertainty
from metropolis.tools.barometer.engine.writing import framework_rows, touched_rows, weight_rows

Cell = str | float | int | None
#: The same result is the same file, so it holds no moment of writing.
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)


class Intervals(NamedTuple):
    """How sure each unit's index is, shape (units,) each in the order of the scores, nan where that is not known."""

    lower: Matrix
    upper: Matrix
    best: Matrix
    worst: Matrix
    top_quarter: Matrix

    @classmethod
    def of(cls, found: Uncertainty, level: float = 0.9) -> Self:
        """The intervals of replications at a `level`."""
        lower, _, upper = found.score_interval(level)
        best, _, worst = found.rank_interval(level)
        return cls(lower, upper, best, worst, found.top_quarter())


def workbook(
    index: Index, data: Table, intervals: Intervals | None = None, *, notes: Iterable[tuple[str, str]] = ()
) -> bytes:
    """A workbook (XLSX) with the sheets scores, ranks, data, weights, framework, recipe, outliers and notes.

    `data` are the figures as they were given. The sheets framework and data can be read again as such. `notes` are
    pairs of a title and a text, such as the licence. Texts stay texts, whatever they begin with. `InvalidInput` where
    `intervals` are of other units.

    >>> from metropolis.tools.barometer.engine.building import build
    >>> from metropolis.tools.barometer.engine.example import example
    >>> data, framework = example()
    >>> workbook(build(data, framework), data)[:2]
    b'PK'
    """
    if intervals is not None and any(len(column) != len(index.scores.units) for column in intervals):
        raise InvalidInput("The intervals are not of the units of the index.", field="intervals")
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": index.framework.root.label, "created": _CREATED})
        heading = book.add_format({"bold": True, "bottom": 1})
        for title, rows in _sheets(index, data, intervals, notes):
            _write_sheet(book.add_worksheet(title), heading, rows)
    return file.getvalue()


def _sheets(
    index: Index, data: Table, intervals: Intervals | None, notes: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, Iterable[Sequence[Cell]]]]:
    score_ends, rank_ends = {}, {}
    if intervals is not None:
        score_ends = {"lower": intervals.lower, "upper": intervals.upper}
        rank_ends = {"best": intervals.best, "worst": intervals.worst, "topQuartile": intervals.top_quarter}
    meta = _meta(index, data)
    yield "scores", _rows(index.scores, score_ends)
    yield "ranks", _rows(index.ranks, rank_ends)
    yield "data", _rows(data, {})
    yield "weights", weight_rows(index)
    yield "framework", framework_rows(meta)
    yield "recipe", _recipe(index)
    yield "outliers", touched_rows(index)
    yield "notes", [("title", "text"), *notes]


def _meta(index: Index, data: Table) -> Meta:
    divisors = {node.denominator for node in index.given.indicators}
    return Meta(index.given, tuple(code for code in data.columns if code in divisors), tuple(data.groups))


def _rows(table: Table, ends: dict[str, Matrix]) -> Iterator[Sequence[Cell]]:
    """The index's own column and how sure it is come first."""
    names = table.names or table.units
    codes = table.columns
    if ends:
        codes = (codes[-1], *codes[:-1])
    yield ("uCode", "uName", *(("Time",) if table.times else ()), *table.groups, codes[0], *ends, *codes[1:])
    values = table.select(codes).values
    for place, unit in enumerate(table.units):
        when = (table.times[place],) if table.times else ()
        words = (group[place] for group in table.groups.values())
        first, *rest = values[place].tolist()
        yield (unit, names[place], *when, *words, first, *(float(end[place]) for end in ends.values()), *rest)


def _recipe(index: Index) -> Iterator[Sequence[Cell]]:
    yield ("step", "do", "field", "value")
    for number, step in enumerate(index.recipe.model_dump(mode="json")["steps"], start=1):
        for field, value in step.items():
            if field != "do":
                yield (number, step["do"], field, value if isinstance(value, str) else json.dumps(value))
        if len(step) == 1:
            yield (number, step["do"], "", "")


def _write_sheet(sheet: "xlsxwriter.worksheet.Worksheet", heading: object, rows: Iterable[Sequence[Cell]]) -> None:
    widths: dict[int, int] = {}
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            style = heading if row == 0 else None
            if isinstance(cell, str):
                sheet.write_string(row, column, cell, style)
            elif cell is not None and not np.isnan(cell):
                sheet.write_number(row, column, cell, style)
            widths[column] = min(40, max(widths.get(column, 8), len(cell) if isinstance(cell, str) else 0))
    for column, width in widths.items():
        sheet.set_column(column, column, width + 1)
    sheet.freeze_panes(1, 0)
