"""Reading figures with all their mistakes, so that a check can name every one at once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from metropolis.engine_kit import InvalidInput
from metropolis.engine_kit.tables import TableFormat, TableRow
from metropolis.tools.barometer.engine.cells import any_rows_of, figure_in, number_in, word_in
from metropolis.tools.barometer.engine.findings import Finding
from metropolis.tools.barometer.engine.reading import Meta, about_units, headings_of, long_headings
from metropolis.tools.barometer.engine.table import Matrix, Table


@dataclass(frozen=True)
class Sheet:
    """Figures as a file has them: a unit may stand there twice, and `mistakes` lists what could not be read.

    `rows` holds the row of the file each figure is from, shape of `values`, 0 where it is from none; `others` the
    columns that the framework does not name.
    """

    units: tuple[str, ...]
    columns: tuple[str, ...]
    values: Matrix = field(repr=False)
    rows: NDArray[np.int64] = field(repr=False)
    names: tuple[str, ...] = ()
    times: tuple[int, ...] = ()
    others: tuple[str, ...] = ()
    mistakes: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, table: Table, meta: Meta) -> Self:
        """A table that has been read before."""
        wanted = [code for code in meta.columns if code in table.columns]
        chosen = table.select(wanted)
        rows = np.zeros(chosen.values.shape, dtype=np.int64)
        others = tuple(code for code in table.columns if code not in wanted)
        return cls(table.units, chosen.columns, chosen.values, rows, table.names, table.times, others)


def read_sheet(path: Path, meta: Meta, form: TableFormat | None = None) -> Sheet:
    r"""The figures of a file that `read_data` would take, or nearly; whatever is wrong with a cell or row is listed.

    `InvalidInput` only where nothing can be read: no table, no row, no column that names the units.

    >>> from tempfile import TemporaryDirectory
    >>> from metropolis.tools.barometer.engine.example import META
    >>> from metropolis.tools.barometer.engine.reading import read_framework
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "iData.csv"
    ...     _ = path.write_text("uCode,clinics,waiting,trust,fear\nLIM,4,30,55 %,52\n")
    ...     read_sheet(path, read_framework(META)).mistakes[0].message
    "'55 %' is not a number. Perhaps: 55."
    """
    read = list(any_rows_of(path, form))
    rows = [row for row in read if not row.problem]
    broken = [Finding(code="broken-row", row=row.number, value=row.problem) for row in read if row.problem]
    if not rows:
        raise InvalidInput(f"{path.name} has no row under its heading that can be read.", field="data")
    headings = headings_of(rows[0])
    long = long_headings(headings)
    reader = _Reader(path, meta, broken)
    return reader.long(rows, long) if long else reader.wide(rows, headings)


class _Reader:
    """One file, and what is wrong with it so far."""

    def __init__(self, path: Path, meta: Meta, mistakes: list[Finding]) -> None:
        self._path, self._meta, self._mistakes = path, meta, mistakes

    def wide(self, rows: Sequence[TableRow], headings: Mapping[str, str]) -> Sheet:
        about = about_units(headings, self._path, self._meta)
        rows, units, times = self._about(rows, about["unit"], about["time"])
        there = list(rows[0].cells) if rows else list(headings.values())
        columns = [code for code in self._meta.columns if code in there]
        values = [
            [self._figure(row.cells.get(column), row, column, unit, year) for column in columns]
            for row, unit, year in zip(rows, units, times or [None] * len(rows), strict=True)
        ]
        known = {*columns, *self._meta.groups, *about.values()}
        return Sheet(
            units=units,
            columns=tuple(columns),
            values=np.array(values, dtype=np.float64).reshape(len(rows), len(columns)),
            rows=np.repeat(np.array([[row.number] for row in rows], dtype=np.int64).reshape(-1, 1), len(columns), 1),
            names=tuple(word_in(row.cells.get(about["name"])) for row in rows),
            times=times,
            others=tuple(head for head in there if head not in known),
            mistakes=tuple(self._mistakes),
        )

    def long(self, rows: Sequence[TableRow], heading: Mapping[str, str]) -> Sheet:
        rows, units, times = self._about(rows, heading["unit"], heading["time"])
        codes = [word_in(row.cells.get(heading["indicator"])) for row in rows]
        columns = [code for code in self._meta.columns if code in set(codes)]
        keys = list(zip(units, times or [None] * len(units), strict=True))
        at = {key: place for place, key in enumerate(dict.fromkeys(keys))}
        column_at = {code: place for place, code in enumerate(columns)}
        values, numbers = np.full((len(at), len(columns)), np.nan), np.zeros((len(at), len(columns)), dtype=np.int64)
        for row, code, key in zip(rows, codes, keys, strict=True):
            if code not in column_at:
                continue
            cell = at[key], column_at[code]
            if numbers[cell]:
                first = {"first": int(numbers[cell])}
                self._add("repeated-value", row, column=code, unit=key[0], year=key[1], parameters=first)
                continue
            numbers[cell] = row.number
            values[cell] = self._figure(row.cells.get(heading["value"]), row, code, *key)
        others = tuple(code for code in dict.fromkeys(codes) if code not in column_at)
        named = tuple(unit for unit, _ in at)
        years = tuple(year for _, year in at if year is not None)
        return Sheet(named, tuple(columns), values, numbers, named, years, others, tuple(self._mistakes))

    def _about(
        self, rows: Sequence[TableRow], unit: str, time: str
    ) -> tuple[list[TableRow], tuple[str, ...], tuple[int, ...]]:
        """The rows that tell of which unit and year they are."""
        kept, units, times = [], [], []
        for row in rows:
            name = word_in(row.cells.get(unit))
            if not name:
                self._add("no-unit", row, column=unit)
                continue
            year = self._year(row, time, name) if time else 0
            if year is not None:
                kept.append(row)
                units.append(name)
                times.append(year)
        return kept, tuple(units), tuple(times) if time else ()

    def _year(self, row: TableRow, heading: str, unit: str) -> int | None:
        cell = row.cells.get(heading)
        try:
            year = number_in(cell, self._path, row, heading)
        except InvalidInput:
            year = None
        if year is None or year != int(year):
            self._add("not-a-year", row, column=heading, unit=unit, value=word_in(cell))
            return None
        return int(year)

    def _figure(self, cell: Any, row: TableRow, column: str, unit: str, year: int | None) -> float:
        try:
            return figure_in(cell, self._path, row, column)
        except InvalidInput:
            word = word_in(cell)
            self._add("not-a-number", row, column=column, unit=unit, year=year, value=word, perhaps=_number_meant(word))
            return float("nan")

    def _add(self, code: str, row: TableRow, **told: Any) -> None:
        self._mistakes.append(Finding(code=code, row=row.number, **told))


def _number_meant(word: str) -> tuple[str, ...]:
    """A decimal comma, spaces between thousands, a per cent sign or a mark after the figure read away."""
    bare = re.sub(r"[\s'\u2019]", "", word).rstrip("%*†")
    if re.fullmatch(r"-?\d{1,3}(,\d{3}){2,}(\.\d+)?", bare):
        return (bare.replace(",", ""),)
    bare = bare.replace(",", ".")
    return (bare,) if re.fullmatch(r"-?\d+(\.\d+)?", bare) else ()
