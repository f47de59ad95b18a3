"""What a careful statistician looks at before accepting data: all of it at once, with the row and the column."""

from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any
from unicodedata import combining, normalize

import numpy as np
from numpy.typing import NDArray

from metropolis.engine_kit import Value
from metropolis.tools.barometer.engine import suspicions
from metropolis.tools.barometer.engine.findings import Finding, Report, reported
from metropolis.tools.barometer.engine.framework import Node
from metropolis.tools.barometer.engine.reading import Meta
from metropolis.tools.barometer.engine.sheet import Sheet
from metropolis.tools.barometer.engine.suspicions import Cube, Limits
from metropolis.tools.barometer.engine.table import Matrix, Table

#: Two units alike in fewer figures than this may well be so by chance.
_ENOUGH = 3


class Place(Value):
    """What a name means: the `key` of the one place, or none and the labels of those it may be."""

    key: str = ""
    candidates: tuple[str, ...] = ()


Places = Callable[[str], Place]


def check(data: Table | Sheet, meta: Meta, *, places: Places | None = None, limits: Limits | None = None) -> Report:
    """Everything in `data` that an index cannot be built of, that may be false, or that is good to know.

    `data` are a table, or what `read_sheet` made of a file, whose unreadable cells are then reported as well. `places`
    resolves the code or else the name of a unit; without it units may be anything. Outliers are found by the modified
    z-score (Iglewicz & Hoaglin 1993), of the logarithms too where all are above zero, so that a long tail is none;
    skewness and kurtosis by the rule of `treating`.

    >>> from metropolis.tools.barometer.engine import Framework, Meta, Node
    >>> tree = Framework(nodes=[Node(code="a", parent="i", unit="%"), Node(code="b", parent="i"), Node(code="i")])
    >>> data = Table(("X", "Y", "Z"), ("a", "c"), np.array([[40.0, 1], [130.0, 2], [55.0, 3]]))
    >>> [(found.severity, found.code, found.where) for found in check(data, Meta(tree, (), ())).findings]
    [('error', 'no-column', 'b'), ('warning', 'unknown-column', 'c'), ('warning', 'above-hundred', 'Y, a')]
    """
    sheet = data if isinstance(data, Sheet) else Sheet.of(data, meta)
    limits = limits or Limits()
    resolved, found = _resolved(sheet, places)
    findings = [
        *sheet.mistakes, *_columns(sheet, meta), *found, *_repeated(sheet), *_alike(sheet, given=places is not None)
    ]  # fmt: skip
    if sheet.units and sheet.columns:
        cube = Cube.of(sheet)
        nodes = meta.framework.by_code
        findings += [*_figures(sheet, meta), *_identical(cube), *_gaps(cube, meta, limits)]
        findings += suspicions.suspicions(cube, [nodes.get(code) for code in sheet.columns], limits)
    return reported(findings, resolved)


def _columns(sheet: Sheet, meta: Meta) -> Iterator[Finding]:
    folded = {_folded(code): code for code in sheet.others}
    for code in meta.columns:
        if code not in sheet.columns:
            near = get_close_matches(_folded(code), folded, n=1, cutoff=0.75)
            yield Finding(code="no-column", column=code, perhaps=tuple(folded[name] for name in near))
    for code in sheet.others:
        yield Finding(code="unknown-column", column=code)


def _resolved(sheet: Sheet, places: Places | None) -> tuple[dict[str, str], list[Finding]]:
    """The key of each unit's place by its code, and what is wrong with the others."""
    keys: dict[str, str] = {}
    findings: list[Finding] = []
    if places is None:
        return keys, findings
    first: dict[str, str] = {}
    names = dict(zip(sheet.units, sheet.names or sheet.units, strict=True))
    row = {unit: _row(sheet, place) for place, unit in reversed(list(enumerate(sheet.units)))}
    for unit, name in names.items():
        place = places(unit)
        if not place.key and name != unit:
            place = places(name)
        about: dict[str, Any] = {"unit": unit, "row": row[unit], "parameters": {"name": name}}
        if not place.key:
            code = "ambiguous-place" if place.candidates else "unknown-place"
            findings.append(Finding(code=code, perhaps=place.candidates, **about))
            continue
        keys[unit] = place.key
        if place.key in first:
            about["parameters"] = {"name": name, "other": names[first[place.key]], "place": place.key}
            findings.append(Finding(code="repeated-place", **about))
        first.setdefault(place.key, unit)
    return keys, findings


def _repeated(sheet: Sheet) -> Iterator[Finding]:
    seen: dict[tuple[str, int], int] = {}
    for place, key in enumerate(zip(sheet.units, sheet.times or [0] * len(sheet.units), strict=True)):
        if key in seen:
            first = _row(sheet, seen[key]) or seen[key] + 1
            yield Finding(
                code="repeated-unit", unit=key[0], year=key[1] or None, row=_row(sheet, place),
                parameters={"first": first},
            )  # fmt: skip
        seen.setdefault(key, place)


def _alike(sheet: Sheet, *, given: bool) -> Iterator[Finding]:
    """Units that differ in capitals, accents or spaces alone; those that are places have been resolved instead."""
    seen: dict[str, str] = {}
    for unit in () if given else dict.fromkeys(sheet.units):
        other = seen.setdefault(_folded(unit), unit)
        if other != unit:
            place = sheet.units.index(unit)
            yield Finding(code="alike-units", unit=unit, row=_row(sheet, place), parameters={"other": other})


def _folded(word: str) -> str:
    plain = "".join(sign for sign in normalize("NFKD", word.casefold()) if not combining(sign))
    return "".join(sign for sign in plain if sign.isalnum())


def _figures(sheet: Sheet, meta: Meta) -> Iterator[Finding]:
    """Columns that an index cannot be built of."""
    indicators = meta.framework.indicators
    divided = {node.denominator: node.code for node in indicators if node.denominator}
    refused = {mistake.column for mistake in sheet.mistakes if mistake.code == "not-a-number"}
    for node in indicators:  # of a column with cells that could not be read it is not known what it holds
        if node.code in sheet.columns and node.code not in refused:
            yield from _without_difference(node, sheet.values[:, sheet.columns.index(node.code)])
    for column, indicator in divided.items():
        if column in sheet.columns:
            place = sheet.columns.index(column)
            for row in np.flatnonzero(sheet.values[:, place] == 0):
                yield Finding(
                    code="zero-denominator", column=column, parameters={"indicator": indicator},
                    **_about(sheet, int(row), place),
                )  # fmt: skip


def _without_difference(node: Node, values: NDArray[np.float64]) -> Iterator[Finding]:
    known = values[~np.isnan(values)]
    if not len(known):
        yield Finding(code="no-value", column=node.code)
    elif (known == known[0]).all() and len(values) > 1:
        code = "constant-between-goalposts" if node.goalposts else "constant"
        yield Finding(code=code, column=node.code, value=float(known[0]))


def _gaps(cube: Cube, meta: Meta, limits: Limits) -> Iterator[Finding]:
    codes = {node.code for node in meta.framework.indicators}
    places = [place for place, code in enumerate(cube.columns) if code in codes]
    there = cube.is_there
    known = ~np.isnan(cube.values[:, :, places])
    rows = there.sum(axis=1)
    by_unit = (known & there[:, :, None]).sum(axis=(1, 2)) / np.maximum(rows * max(len(places), 1), 1)
    for unit in np.flatnonzero((by_unit < limits.known) & (len(places) > 0)):
        year = int(np.argmax(there[unit]))
        about: dict[str, Any] = {"unit": cube.units[unit], "row": cube.row(int(unit), year)}
        yield Finding(code="gaps-in-unit", parameters={"share": float(by_unit[unit])}, **about)
    by_column = known.sum(axis=(0, 1)) / max(int(there.sum()), 1)
    for place in np.flatnonzero((by_column < limits.known) & (by_column > 0)):
        share = {"share": float(by_column[place])}
        yield Finding(code="gaps-in-indicator", column=cube.columns[places[place]], parameters=share)
    for unit in np.flatnonzero(~there.all(axis=1)):
        years = [str(cube.years[year]) for year in np.flatnonzero(~there[unit])]
        yield Finding(code="missing-years", unit=cube.units[unit], parameters={"years": ", ".join(years)})


def _identical(cube: Cube) -> Iterator[Finding]:
    """Units, years of a unit and columns of which all figures are the same."""
    seen: dict[bytes, tuple[int, int]] = {}
    for unit, year in np.argwhere(cube.is_there & _tells(cube.values, axis=2)):
        first = seen.setdefault(cube.values[unit, year].tobytes(), (unit, year))
        about: dict[str, Any] = {"unit": cube.units[unit], "year": cube.year(year), "row": cube.row(unit, year)}
        if first[0] != unit:
            yield Finding(code="identical-units", parameters={"other": cube.units[first[0]]}, **about)
        elif first[1] != year:
            yield Finding(code="identical-years", parameters={"before": cube.years[first[1]]}, **about)
    columns: dict[bytes, str] = {}
    flat = cube.values.reshape(-1, len(cube.columns))
    for place in np.flatnonzero(_tells(flat, axis=0)):
        code = cube.columns[place]
        other = columns.setdefault(flat[:, place].tobytes(), code)
        if other != code:
            yield Finding(code="identical-columns", column=code, parameters={"other": other})


def _tells(values: Matrix, axis: int) -> NDArray[np.bool_]:
    """Whether there are enough different figures along an axis for two of them not to be the same by chance."""
    steps = np.diff(np.sort(values, axis=axis), axis=axis)
    return np.asarray((steps > 0).sum(axis=axis) >= _ENOUGH - 1)


def _about(sheet: Sheet, row: int, column: int) -> dict[str, Any]:
    year = sheet.times[row] if sheet.times else None
    return {"unit": sheet.units[row], "year": year, "row": int(sheet.rows[row, column]) or None}


def _row(sheet: Sheet, place: int) -> int | None:
    """The first row of the file that a row of figures is from."""
    rows: Sequence[int] = sheet.rows[place][sheet.rows[place] > 0].tolist()
    return min(rows, default=None)
