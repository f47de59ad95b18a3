"""Reading data and frameworks: COINr's iData and iMeta, long tables, SDMX-CSV; as CSV or XLSX."""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from pydantic import ValidationError

from metropolis.engine_kit import InvalidInput
from metropolis.engine_kit.tables import TableFormat, TableRow
from metropolis.tools.barometer.engine.cells import figure_in, is_word, number_in, rows_of, word_in, wrong
from metropolis.tools.barometer.engine.framework import Framework, Goalposts, Node
from metropolis.tools.barometer.engine.table import Table

#: Columns of iMeta by their lower-case name, without underscores, and what they say of a node.
META = {
    "icode": "code", "iname": "name", "parent": "parent", "weight": "weight", "direction": "direction",
    "unit": "unit", "target": "target", "denominator": "denominator", "type": "type", "level": "level",
    "goalpostlower": "lower", "lower": "lower", "lowergoalpost": "lower", "minmaxlower": "lower", "minimum": "lower",
    "goalpostmin": "lower", "lowerbound": "lower", "min": "lower", "worst": "lower",
    "goalpostupper": "upper", "upper": "upper", "uppergoalpost": "upper", "minmaxupper": "upper", "maximum": "upper",
    "goalpostmax": "upper", "upperbound": "upper", "max": "upper", "best": "upper",
    "soft": "is_soft", "issoft": "is_soft", "year": "year", "source": "source", "licence": "licence",
    "license": "licence", "topic": "topic", "description": "description",
}  # fmt: skip
#: The columns of a long table, as people and SDMX-CSV call them, by what they hold.
LONG = {
    "unit": ("ucode", "unit", "ref_area", "city"),
    "indicator": ("icode", "indicator", "measure"),
    "value": ("value", "obs_value"),
    "time": ("time", "year", "time_period"),
}
#: The columns of a wide table that are about the unit: COINr's uCode, uName and Time, or what people call them.
ABOUT = {"unit": LONG["unit"], "name": ("uname", "city"), "time": LONG["time"]}

#: A larger number is no year.
LAST_YEAR = 9999
#: Rows of iMeta that are no nodes: columns to divide by, words about units, and what an index does not use.
ASIDE = ("Denominator", "Group", "Other")
TYPES = "Indicator, Aggregate, Group, Denominator, Other"


class Meta(NamedTuple):
    """A framework, and which columns of the data are denominators and groups."""

    framework: Framework
    denominators: tuple[str, ...]
    groups: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of figures that the data must have."""
        return (*(node.code for node in self.framework.indicators), *self.denominators)


def read_framework(path: Path, form: TableFormat | None = None) -> Meta:
    """The framework in a table like COINr's iMeta, a row a node; `InvalidInput` names the row and the column.

    Columns: iCode, iName, Parent, Weight, Direction, Unit, Target, Denominator, Type (Indicator, Aggregate, Group,
    Denominator, or Other, which is left alone), Level; and goalpost_lower, goalpost_upper, Soft, Year, Source, Licence,
    Topic, Description. Only iCode and Parent must be there; Level is checked if it is. Goalposts that fall from the
    lower to the upper one are those of an indicator of direction -1, and say so where Direction is empty.

    >>> from metropolis.tools.barometer.engine.example import META
    >>> meta = read_framework(META)
    >>> [node.code for node in meta.framework.aggregates], meta.groups
    (['care', 'calm', 'index'], ('region',))
    """
    rows = list(rows_of(path, form))
    nodes: list[Node] = []
    levels: dict[str, int] = {}
    others: dict[str, list[str]] = {kind: [] for kind in ASIDE}
    for row in rows:
        told = told_of(row, path)
        kind = str(told.pop("type", "") or "Indicator").strip().title()
        code = str(told.get("code", "")).strip()
        if not code:
            raise wrong(path, row, "iCode", "it is empty; every row needs a code")
        if kind in others:
            others[kind].append(code)
        elif kind in {"Indicator", "Aggregate"}:
            level = number_in(told.pop("level", ""), path, row, "Level")
            if level is not None:
                levels[code] = int(level)
            nodes.append(node_of(told, path, row))
        else:
            raise wrong(path, row, "Type", f"{kind!r} is none of {TYPES}")
    if not nodes:
        raise InvalidInput(f"{path.name} names no indicator.", field="meta")
    framework = _framework(nodes, rows, path)
    _check_levels(framework, levels, path)
    return Meta(framework, tuple(others["Denominator"]), tuple(others["Group"]))


def _framework(nodes: Sequence[Node], rows: Sequence[TableRow], path: Path) -> Framework:
    try:
        return Framework(nodes=tuple(nodes))
    except InvalidInput as error:
        here = [row for row in rows if word_in(told_of(row, path)["code"]) == error.data.get("code")]
        if not here:
            raise
        raise wrong(path, here[-1], error.field or "iCode", error.message.rstrip(".")) from error


def _check_levels(framework: Framework, levels: Mapping[str, int], path: Path) -> None:
    for node in framework.nodes:
        parent = node.parent
        if parent is not None and levels.get(parent, math.inf) <= levels.get(node.code, -math.inf):
            message = f"{node.code!r} is on level {levels[node.code]}, its parent {parent!r} on {levels[parent]}"
            raise InvalidInput(f"{path.name}: {message}; a parent stands on a higher one.", field="Level")


def told_of(row: TableRow, path: Path) -> dict[str, Any]:
    """What a row of a framework says, by the names of `META`'s values; `InvalidInput` without a column of codes."""
    found: dict[str, Any] = {}
    for heading, cell in row.cells.items():
        name = META.get(heading.strip().lower().replace("_", "").replace(" ", ""))
        if name is not None and name not in found:
            found[name] = cell
    if "code" not in found:
        raise InvalidInput(f"{path.name} has no column iCode, which names each row.", field="iCode")
    return found


def node_of(told: Mapping[str, Any], path: Path, row: TableRow) -> Node:
    """The node a row of a framework tells of; `InvalidInput` names the column that is wrong."""
    words = {
        name: word_in(told.get(name)) for name in ("code", "name", "unit", "source", "licence", "topic", "description")
    }
    lower, upper = (number_in(told.get(name), path, row, f"goalpost_{name}") for name in ("lower", "upper"))
    direction = number_in(told.get("direction"), path, row, "Direction")
    if direction not in {None, 1.0, -1.0}:
        raise wrong(path, row, "Direction", f"{direction:g} is neither 1 (more is better) nor -1")
    weight = number_in(told.get("weight"), path, row, "Weight")
    if weight is not None and weight < 0:
        raise wrong(path, row, "Weight", f"{weight:g} is less than zero")
    year = number_in(told.get("year"), path, row, "Year")
    if (lower is None) != (upper is None):
        raise wrong(path, row, "goalpost_lower", "there is one goalpost; give both or none")
    if lower is not None and upper is not None and lower > upper:
        if direction == 1:
            message = f"the goalposts fall from {lower:g} to {upper:g}, but Direction 1 says that more is better"
            raise wrong(path, row, "goalpost_lower", message)
        lower, upper, direction = upper, lower, -1.0
    try:
        return Node(
            **words,
            parent=word_in(told.get("parent")) or None,
            denominator=word_in(told.get("denominator")) or None,
            weight=1.0 if weight is None else weight,
            direction=-1 if direction == -1 else 1,
            target=number_in(told.get("target"), path, row, "Target"),
            goalposts=None if lower is None or upper is None else Goalposts(lower=lower, upper=upper),
            is_soft=word_in(told.get("is_soft")).lower() in {"1", "true", "yes", "soft", "1.0"},
            year=None if year is None else int(year),
        )
    except (ValidationError, InvalidInput) as error:
        raise wrong(path, row, words["code"], str(error)) from error


def read_data(path: Path, meta: Meta | None = None, form: TableFormat | None = None) -> Table:
    """Figures in a wide table like COINr's iData (uCode, uName, Time, a column for each code), or in a long one.

    What COINr calls uCode may be "unit", "city" or REF_AREA, and Time "year" or TIME_PERIOD. A long table has columns
    for unit, indicator and value, and perhaps a year; SDMX-CSV's REF_AREA, INDICATOR (or MEASURE), OBS_VALUE and
    TIME_PERIOD are understood. With `meta`, the columns it names must be there and others are left out; without, every
    column that holds numbers is taken. `InvalidInput` names the row and the column.

    >>> from metropolis.tools.barometer.engine.example import DATA, META
    >>> data = read_data(DATA, read_framework(META))
    >>> data.units[:2], data.years, data.groups["region"][0]
    (('LIM', 'QUI'), (2024, 2025), 'America')
    """
    rows = list(rows_of(path, form))
    if not rows:
        raise InvalidInput(f"{path.name} has no row under its heading.", field="data")
    headings = headings_of(rows[0])
    long = long_headings(headings)
    return _long(rows, path, long, meta) if long else _wide(rows, path, headings, meta)


def headings_of(row: TableRow) -> dict[str, str]:
    """The headings of a table by their lower-case name."""
    return {heading.strip().lower(): heading for heading in row.cells}


def long_headings(headings: Mapping[str, str]) -> dict[str, str]:
    """The columns of a long table by what they hold, "time" perhaps empty; nothing at all if it is not a long one."""
    found = _found(headings, LONG)
    return found if found["unit"] and found["indicator"] and found["value"] else {}


def about_units(headings: Mapping[str, str], path: Path, meta: Meta | None) -> dict[str, str]:
    """The columns of a wide table that say which unit, its name and the year, "" for none of the year."""
    figures = set(meta.columns) if meta else set()
    found = _found({name: heading for name, heading in headings.items() if heading not in figures}, ABOUT)
    if not found["unit"]:
        raise InvalidInput(f"{path.name} has no column uCode, which names each unit.", field="uCode")
    return found | {"name": found["name"] or found["unit"]}


def _found(headings: Mapping[str, str], wanted: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {what: next((headings[name] for name in names if name in headings), "") for what, names in wanted.items()}


def _wide(rows: Sequence[TableRow], path: Path, headings: Mapping[str, str], meta: Meta | None) -> Table:
    about = about_units(headings, path, meta)
    columns, groups = _columns(rows, path, set(about.values()), meta)
    units = [word_in(row.cells.get(about["unit"])) for row in rows]
    if not all(units):
        raise wrong(path, rows[units.index("")], about["unit"], "it is empty")
    times = _times(rows, path, about["time"])
    name = about["name"]
    _no_twins(rows, path, units, times)
    values = [[figure_in(row.cells.get(column), path, row, column) for column in columns] for row in rows]
    return Table(
        units=tuple(units),
        columns=tuple(columns),
        values=np.array(values, dtype=np.float64).reshape(len(rows), len(columns)),
        names=tuple(word_in(row.cells.get(name)) for row in rows),
        times=times,
        groups={group: tuple(word_in(row.cells.get(group)) for row in rows) for group in groups},
    )


def _columns(rows: Sequence[TableRow], path: Path, about: set[str], meta: Meta | None) -> tuple[list[str], list[str]]:
    there = list(rows[0].cells)
    if meta is not None:
        missing = [code for code in meta.columns if code not in there]
        if missing:
            message = f"{path.name} has no column {', '.join(missing)}, which the framework names."
            raise InvalidInput(message, field=missing[0])
        return list(meta.columns), [code for code in meta.groups if code in there]
    own = [heading for heading in there if heading not in about]
    words = [heading for heading in own if any(is_word(row.cells.get(heading)) for row in rows)]
    return [heading for heading in own if heading not in words], words


def _times(rows: Sequence[TableRow], path: Path, heading: str) -> tuple[int, ...]:
    """The years, where there is more than one."""
    if not heading:
        return ()
    found = [_year(row, path, heading) for row in rows]
    return tuple(found) if len(set(found)) > 1 else ()


def _year(row: TableRow, path: Path, heading: str) -> int:
    time = number_in(row.cells.get(heading), path, row, heading)
    if time is None or time != int(time) or not 0 <= time <= LAST_YEAR:
        raise wrong(path, row, heading, "it is not a year")
    return int(time)


def _no_twins(rows: Sequence[TableRow], path: Path, units: Sequence[str], times: Sequence[int]) -> None:
    seen: dict[tuple[str, int], int] = {}
    for row, unit, time in zip(rows, units, times or [0] * len(units), strict=True):
        if (unit, time) in seen:
            when = f" in {time}" if time else ""
            raise wrong(path, row, "uCode", f"{unit!r} stands there twice{when}, first in row {seen[unit, time]}")
        seen[unit, time] = row.number


def _long(rows: Sequence[TableRow], path: Path, heading: Mapping[str, str], meta: Meta | None) -> Table:
    def distinct(values: Iterable[Any]) -> list[Any]:
        return list(dict.fromkeys(values))

    codes = [word_in(row.cells.get(heading["indicator"])) for row in rows]
    units = [word_in(row.cells.get(heading["unit"])) for row in rows]
    years = [_year(row, path, heading["time"]) if heading["time"] else 0 for row in rows]
    columns = distinct(codes)
    if meta is not None:
        columns = list(meta.columns)
        missing = [code for code in columns if code not in set(codes)]
        if missing:
            message = f"{path.name} has no row of {', '.join(missing)}, which the framework names."
            raise InvalidInput(message, field=missing[0])
    keys = distinct(zip(units, years, strict=True))
    places = {key: place for place, key in enumerate(keys)}
    values = np.full((len(keys), len(columns)), np.nan)
    filled: dict[tuple[int, int], int] = {}
    for row, code, key in zip(rows, codes, zip(units, years, strict=True), strict=True):
        if code not in columns:
            continue
        cell = places[key], columns.index(code)
        if cell in filled:
            message = f"{code!r} of {key[0]!r} stands there twice, first in row {filled[cell]}"
            raise wrong(path, row, heading["value"], message)
        filled[cell] = row.number
        values[cell] = figure_in(row.cells.get(heading["value"]), path, row, heading["value"])
    named = tuple(key[0] for key in keys)
    times = tuple(key[1] for key in keys)
    return Table(named, tuple(columns), values, named, times if len(set(times)) > 1 else ())
