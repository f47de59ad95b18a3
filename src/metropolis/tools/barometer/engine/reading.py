"""Reading data and frameworks: COINr's iData and iMeta, long tables, SDMX-CSV; as CSV or XLSX."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from pydantic import ValidationError

from metropolis.engine_kit import InvalidInput
from metropolis.engine_kit.tables import TableFormat, TableRow
from metropolis.tools.barometer.engine.cells import (
    figure_in,
    is_word,
    known_word_in,
    number_in,
    rows_of,
    word_in,
    wrong,
)
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
#: Rows that are nodes; where Type is empty, the tree says what they are.
KINDS = ("Indicator", "Aggregate", "")


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
    codes = codes_of(rows, path)
    found: list[NodeRow] = []
    levels: dict[str, int] = {}
    others: dict[str, list[str]] = {kind: [] for kind in ASIDE}
    for row in rows:
        told = told_of(row, path)
        kind = known_word_in(told.pop("type", "")).title()
        code = word_in(told.get("code"))
        if not code:
            raise wrong(path, row, "iCode", "it is empty; every row needs a code")
        if kind in others:
            others[kind].append(code)
        elif kind in KINDS:
            level = number_in(told.pop("level", ""), path, row, "Level")
            if level is not None:
                levels[code] = int(level)
            found.append(NodeRow(row, node_of(told, path, row, codes), kind))
        else:
            raise wrong(path, row, "Type", f"{kind!r} is none of {TYPES}")
    if not found:
        raise InvalidInput(f"{path.name} names no indicator.", field="meta")
    framework = _framework(found, path)
    _check_levels(found, levels, path)
    meta = Meta(framework, tuple(others["Denominator"]), tuple(others["Group"]))
    for refusal in misnamed(found, meta.denominators, path):
        raise refusal
    return meta


class NodeRow(NamedTuple):
    """A row that tells of a node, the node, and the Type the row says it is of, "" for none."""

    row: TableRow
    node: Node
    kind: str


def _framework(found: Sequence[NodeRow], path: Path) -> Framework:
    try:
        return Framework(nodes=tuple(one.node for one in found))
    except InvalidInput as error:
        here = [one.row for one in found if one.node.code == error.data.get("code")]
        if not here:
            raise
        raise wrong(path, here[-1], error.field or "iCode", error.message.rstrip(".")) from error


def _check_levels(found: Sequence[NodeRow], levels: Mapping[str, int], path: Path) -> None:
    for row, node, _kind in found:
        parent = node.parent
        if parent is not None and levels.get(parent, math.inf) <= levels.get(node.code, -math.inf):
            message = f"{node.code!r} is on level {levels[node.code]}, its parent {parent!r} on {levels[parent]}"
            raise wrong(path, row, "Level", f"{message}; a parent stands on a higher one")


def misnamed(found: Sequence[NodeRow], denominators: Collection[str], path: Path) -> Iterator[InvalidInput]:
    """Rows whose Type is not what the tree makes of them, and those with a denominator that is no column of figures."""
    parents = {one.node.parent for one in found}
    columns = {*denominators, *(one.node.code for one in found if one.node.code not in parents)}
    for row, node, kind in found:
        if kind == "Aggregate" and node.code not in parents:
            yield wrong(path, row, "Type", f"{node.code!r} is an Aggregate, but no row names it as its Parent")
        if kind == "Indicator" and node.code in parents:
            below = next(one.node.code for one in found if one.node.parent == node.code)
            message = f"{node.code!r} is an Indicator, but the Parent of {below!r}: make it an Aggregate"
            yield wrong(path, row, "Type", message)
        if node.denominator is not None and node.denominator not in columns:
            message = f"{node.denominator!r} is no row's code: add a row of it, of Type Denominator"
            yield wrong(path, row, "Denominator", message)


def codes_of(rows: Sequence[TableRow], path: Path) -> frozenset[str]:
    """The codes that the rows of a framework tell of."""
    return frozenset(word_in(told_of(row, path)["code"]) for row in rows if not row.problem)


def told_of(row: TableRow, path: Path) -> dict[str, Any]:
    """What a row of a framework says, by the names of `META`'s values; `InvalidInput` without a column of codes."""
    found = {name: row.cells[heading] for name, heading in _meta_headings(row).items()}
    if "code" not in found:
        raise InvalidInput(f"{path.name} has no column iCode, which names each row.", field="iCode")
    return found


def _meta_headings(row: TableRow) -> dict[str, str]:
    """The columns of a framework, as the file calls them, by the names of `META`'s values."""
    found: dict[str, str] = {}
    for heading in row.cells:
        name = META.get(heading.strip().lower().replace("_", "").replace(" ", ""))
        if name is not None:
            found.setdefault(name, heading)
    return found


def node_of(told: Mapping[str, Any], path: Path, row: TableRow, codes: Collection[str] = ()) -> Node:
    """The node a row of a framework tells of; `InvalidInput` names the column that is wrong.

    Words for what is missing are none, unless they are among the `codes` of the framework.
    """
    words = {
        name: known_word_in(told.get(name)) for name in ("name", "unit", "source", "licence", "topic", "description")
    }
    parent, denominator = (node_code_in(told.get(name), codes) for name in ("parent", "denominator"))
    headings = _meta_headings(row)
    lower, upper = (number_in(told.get(name), path, row, headings.get(name, name)) for name in ("lower", "upper"))
    direction = number_in(told.get("direction"), path, row, "Direction")
    if direction not in {None, 1.0, -1.0}:
        raise wrong(path, row, "Direction", f"{direction:g} is neither 1 (more is better) nor -1")
    weight = number_in(told.get("weight"), path, row, "Weight")
    if weight is not None and weight < 0:
        raise wrong(path, row, "Weight", f"{weight:g} is less than zero")
    year = number_in(told.get("year"), path, row, "Year")
    if (lower is None) != (upper is None):
        missing = headings.get("lower" if lower is None else "upper", "goalpost_lower")
        raise wrong(path, row, missing, "there is one goalpost; give both or none")
    if lower is not None and lower == upper:
        raise wrong(path, row, headings["lower"], f"both goalposts are {lower:g}; they have to differ")
    if lower is not None and upper is not None and lower > upper:
        if direction == 1:
            message = f"the goalposts fall from {lower:g} to {upper:g}, but Direction 1 says that more is better"
            raise wrong(path, row, headings["lower"], message)
        lower, upper, direction = upper, lower, -1.0
    try:
        return Node(
            code=word_in(told.get("code")),
            **words,
            parent=parent,
            denominator=denominator,
            weight=1.0 if weight is None else weight,
            direction=-1 if direction == -1 else 1,
            target=number_in(told.get("target"), path, row, "Target"),
            goalposts=None if lower is None or upper is None else Goalposts(lower=lower, upper=upper),
            is_soft=word_in(told.get("is_soft")).lower() in {"1", "true", "yes", "soft", "1.0"},
            year=None if year is None else int(year),
        )
    except (ValidationError, InvalidInput) as error:
        raise wrong(path, row, "iCode", str(error).rstrip(".")) from error


def node_code_in(cell: Any, codes: Collection[str]) -> str | None:
    """The code that a cell names, None where it says that there is none."""
    word = word_in(cell)
    return (word if word in codes else known_word_in(cell)) or None


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
    units = _units(rows, path, about["unit"])
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


def _units(rows: Sequence[TableRow], path: Path, heading: str) -> list[str]:
    units = [word_in(row.cells.get(heading)) for row in rows]
    if not all(units):
        raise wrong(path, rows[units.index("")], heading, "it is empty")
    return units


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
    units = _units(rows, path, heading["unit"])
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
