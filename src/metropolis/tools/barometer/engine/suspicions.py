"""Figures that may be false: outliers, wrong units of measure, impossible values, jumps from year to year."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from metropolis.engine_kit import Value
from metropolis.tools.barometer.engine.findings import Finding
from metropolis.tools.barometer.engine.framework import Node
from metropolis.tools.barometer.engine.sheet import Sheet
from metropolis.tools.barometer.engine.statistics import kurtosis, medians, skewness
from metropolis.tools.barometer.engine.table import Matrix
from metropolis.tools.barometer.engine.treating import has_outliers

Flags = NDArray[np.bool_]
#: Among fewer units none stands out: each is as far from the others as they are from it.
_ENOUGH = 8
#: Units of measure that end at 100, those that begin at zero, and words that say that it is otherwise.
_PERCENT = re.compile(r"%|per ?cent\b|percent\b|\bpct\b", re.IGNORECASE)
_COUNTED = re.compile(
    r"%|per ?cent\b|\bpct\b|\bper \d|/ ?\d|\bnumber|\b(people|persons|inhabitants|residents|households|cases|deaths|"
    r"visits|beds|days|hours|minutes|years|km|m²|m2|hectares|litres|tonnes|share|rate)\b", re.IGNORECASE,
)  # fmt: skip
_SIGNED = re.compile(r"growth|change|balance|\bnet\b|difference|loss|gain|points|deviation|migration", re.IGNORECASE)
_UNBOUNDED = re.compile(r"\b(of|per) (gdp|gni)\b|debt|loan|trade|ratio|index|enrol|percentage of", re.IGNORECASE)


class Limits(Value):
    """When something is worth a word: the share known, how many times the usual deviation or change, apart."""

    known: float = Field(default=2 / 3, ge=0, le=1)
    outlier: float = Field(default=8.0, gt=0)
    jump: float = Field(default=20.0, gt=0)


@dataclass(frozen=True)
class Cube:
    """Figures by unit, year and column, shape (units, years, columns), and the row of the file each is from."""

    units: tuple[str, ...]
    years: tuple[int, ...]
    columns: tuple[str, ...]
    values: Matrix = field(repr=False)
    rows: NDArray[np.int64] = field(repr=False)
    is_there: Flags = field(repr=False)

    @classmethod
    def of(cls, sheet: Sheet) -> Self:
        """Of a unit and year that stand there twice, the first row."""
        times = sheet.times or (0,) * len(sheet.units)
        units, years = tuple(dict.fromkeys(sheet.units)), tuple(sorted(set(times)))
        unit_at, year_at = ({key: place for place, key in enumerate(keys)} for keys in (units, years))
        first = {(unit_at[unit], year_at[time]): row for row, (unit, time) in reversed(_keys(sheet.units, times))}
        shape = (len(units), len(years), len(sheet.columns))
        values, rows = np.full(shape, np.nan), np.zeros(shape, dtype=np.int64)
        there = np.zeros(shape[:2], dtype=np.bool_)
        at, source = tuple(np.array(list(first)).T), np.array(list(first.values()))
        values[at], rows[at], there[at] = sheet.values[source], sheet.rows[source], True
        return cls(units, years, sheet.columns, values, rows, there)

    def row(self, unit: int, year: int) -> int | None:
        """The first row of the file that tells of a unit and year."""
        rows = self.rows[unit, year]
        return int(rows[rows > 0].min()) if rows.any() else None

    def year(self, place: int) -> int | None:
        """The year, where there are any."""
        return self.years[place] or None

    def about(self, unit: int, year: int, column: int) -> dict[str, Any]:
        """Where one figure stands, and the figure."""
        return {
            "unit": self.units[unit], "year": self.year(year), "column": self.columns[column],
            "row": int(self.rows[unit, year, column]) or None, "value": float(self.values[unit, year, column]),
        }  # fmt: skip


def _keys(units: Sequence[str], times: Sequence[int]) -> list[tuple[int, tuple[str, int]]]:
    return list(enumerate(zip(units, times, strict=True)))


def suspicions(cube: Cube, nodes: Sequence[Node | None], limits: Limits) -> Iterator[Finding]:
    """What may be false of each column; `nodes` has None for a denominator."""
    powers = _off_by_powers(cube)
    powers[:, :, [node is not None and bool(_SIGNED.search(f"{node.unit} {node.name}")) for node in nodes]] = 0
    yield from _scales(cube, powers)
    explained = powers != 0
    far = _outliers(cube, limits) & ~explained
    middles = medians(_flat(cube))
    for unit, column in np.argwhere(far.any(axis=1)):
        years = np.flatnonzero(far[unit, :, column])
        furthest = years[np.argmax(np.abs(cube.values[unit, years, column] - middles[column]))]
        told = {"median": float(middles[column])}
        yield Finding(code="outlier", parameters=told, **cube.about(unit, furthest, column))
    yield from _skewed(cube, nodes)
    yield from _jumps(cube, explained | far, limits)
    for column, node in enumerate(nodes):
        if node is not None:
            yield from _impossible(cube, column, node)


def _flat(cube: Cube) -> Matrix:
    """A row a unit and year."""
    return cube.values.reshape(-1, len(cube.columns))


def _modified_z(values: Matrix) -> Matrix:
    """0.6745 (x − median) / MAD, after Iglewicz & Hoaglin (1993); by the mean deviation where the MAD is zero."""
    away = values - medians(values)
    size = np.abs(away)
    known = np.isfinite(values)
    mean = np.where(known, size, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    middle = medians(size)
    scale = np.where(middle > 0, middle / 0.6745, mean * 1.2533)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(scale > 0, away / scale, 0.0)


def _logarithms(flat: Matrix) -> Matrix:
    """To the base of ten, nan where there is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(flat > 0, np.log10(np.where(flat > 0, flat, 1.0)), np.nan)


def _outliers(cube: Cube, limits: Limits) -> Flags:
    flat = _flat(cube)
    positive = ~(flat <= 0).any(axis=0)
    far = np.abs(_modified_z(flat)) > limits.outlier
    far[:, positive] &= np.abs(_modified_z(np.log(flat[:, positive]))) > limits.outlier / 2
    cells = far.reshape(cube.values.shape)
    return cells & _few(cells, cube)


def _few(flags: Flags, cube: Cube) -> Flags:
    """Columns where so few units stand out that it is no tail; shape (columns,)."""
    known = np.isfinite(cube.values).any(axis=1).sum(axis=0)
    return np.asarray((flags.any(axis=1).sum(axis=0) <= np.maximum(1, known // 25)) & (known >= _ENOUGH))


def _off_by_powers(cube: Cube) -> NDArray[np.int64]:
    """By which power of ten a figure is off its unit's other years, or else all other figures; 0 for none."""
    logs = _logarithms(_flat(cube)).reshape(cube.values.shape)
    found = np.zeros(logs.shape, dtype=np.int64)
    if len(cube.years) > 1:
        found = _off_other_years(logs)
    rest = np.where(found == 0, logs, np.nan).reshape(-1, len(cube.columns))
    by_others = _off_others(rest).reshape(logs.shape)
    by_others[:, :, ~_few(by_others != 0, cube)] = 0
    # A unit is off the others in every year or in none: where only some years are, the years differ more than units do.
    known = np.isfinite(logs)
    always = ((by_others != 0) | ~known).all(axis=1, keepdims=True)
    return np.where((found == 0) & always & known, by_others, found)


def _off_other_years(logs: Matrix) -> NDArray[np.int64]:
    found = np.zeros(logs.shape, dtype=np.int64)
    for year in range(logs.shape[1]):
        others = np.delete(logs, year, axis=1)
        known = np.isfinite(others)
        spread = np.where(known, others, -np.inf).max(axis=1) - np.where(known, others, np.inf).min(axis=1)
        apart = logs[:, year] - medians(others, axis=1)
        power = np.rint(apart)
        with np.errstate(invalid="ignore"):
            is_off = (np.abs(apart - power) < 0.12) & (power != 0) & (spread < 0.3)  # noqa: PLR2004 nearly so, nearly alike
        found[:, year] = np.where(is_off, power, 0)
    if logs.shape[1] == 2:  # noqa: PLR2004 each is off the other: of two years, the one further from the other units
        away = np.abs(logs - medians(logs.reshape(-1, logs.shape[2])))
        found[away < away.max(axis=1, keepdims=True)] = 0
    return found


def _off_others(logs: Matrix) -> NDArray[np.int64]:
    """Figures that stand alone, and would be ordinary ones if divided by a power of ten."""
    away = logs - medians(logs)
    usual = medians(np.abs(away)) / 0.6745
    power = np.rint(away)
    with np.errstate(invalid="ignore"):
        is_off = (np.abs(away) > 5 * usual) & (usual > 0) & (power != 0) & (np.abs(away - power) < 2 * usual + 0.05)
    is_off &= usual < 0.6  # noqa: PLR2004 figures of a size: not over many powers of ten themselves
    return np.where(is_off, power, 0).astype(np.int64)


def _scales(cube: Cube, powers: NDArray[np.int64]) -> Iterator[Finding]:
    known = np.isfinite(cube.values)
    with np.errstate(invalid="ignore"):
        whole = ((powers != 0).sum(axis=0) > 0.8 * known.sum(axis=0)) & (known.sum(axis=0) > 2)  # noqa: PLR2004 nearly all
    for year, column in np.argwhere(whole):
        factor = _factor(int(np.median(powers[:, year, column])))
        told: dict[str, Any] = {"column": cube.columns[column], "year": cube.year(year)}
        yield Finding(code="wrong-scale-year", parameters={"factor": factor}, **told)
    for unit, year, column in np.argwhere((powers != 0) & ~whole):
        factor = _factor(int(powers[unit, year, column]))
        yield Finding(code="wrong-scale", parameters={"factor": factor}, **cube.about(unit, year, column))


def _factor(power: int) -> float:
    return float(f"1e{power}")


def _skewed(cube: Cube, nodes: Sequence[Node | None]) -> Iterator[Finding]:
    latest = cube.values[:, -1]
    skew, kurt, flags = skewness(latest), kurtosis(latest), has_outliers(latest)
    for column in np.flatnonzero(flags).tolist():
        if nodes[column] is not None:
            told = {"skewness": float(skew[column]), "kurtosis": float(kurt[column])}
            yield Finding(code="skewed", column=cube.columns[column], year=cube.year(-1), parameters=told)


def _jumps(cube: Cube, explained: Flags, limits: Limits) -> Iterator[Finding]:
    """Changes far beyond the usual, of the column and of the unit, and beyond the usual ratio too."""
    if len(cube.years) == 1:
        return
    values = np.where(explained, np.nan, cube.values)
    years = np.diff(np.array(cube.years, dtype=np.float64))[None, :, None]
    flat = values.reshape(-1, len(cube.columns))
    logs = _logarithms(flat).reshape(values.shape)
    times = _times_usual(np.diff(values, axis=1) / years)
    ratio = _times_usual(np.diff(logs, axis=1) / years)
    with np.errstate(invalid="ignore"):
        far = (times > limits.jump) & ~(ratio <= limits.jump)
    far[:, 1:] &= ~far[:, :-1]  # a value that jumps up and back again is named once
    for unit, year, column in np.argwhere(far):
        told = {"before": float(values[unit, year, column]), "times": float(np.rint(times[unit, year, column]))}
        yield Finding(code="jump", parameters=told, **cube.about(unit, year + 1, column))


def _times_usual(steps: Matrix) -> Matrix:
    """Each change as a multiple of the median one of its column and of its unit, whichever is more."""
    size = np.abs(steps)
    moved = np.where(size > 0, size, np.nan)
    of_column = medians(moved.reshape(-1, moved.shape[2]))
    # A unit's own usual change takes three changes to know.
    own = np.where(np.isfinite(moved).sum(axis=1) > 2, medians(moved, axis=1), 0.0)  # noqa: PLR2004
    return np.asarray(size / np.maximum(of_column, own)[:, None, :])


def _impossible(cube: Cube, column: int, node: Node) -> Iterator[Finding]:
    values = cube.values[:, :, column]
    words = f"{node.unit} {node.name}"
    counted = _COUNTED.search(node.unit) and not _SIGNED.search(words)
    percent = _PERCENT.search(node.unit) and not _UNBOUNDED.search(words)
    with np.errstate(invalid="ignore"):
        below, above = values < 0, values > 100  # noqa: PLR2004 per cent
    if counted and below.any():
        yield _furthest("negative", cube, column, np.where(below, -values, 0), measured=node.unit)
    if percent and above.any():
        yield _furthest("above-hundred", cube, column, np.where(above, values, 0))
    known = values[np.isfinite(values)]
    if percent and len(known) > 2 and known.max() <= 1 and np.median(known) > 0.02:  # noqa: PLR2004 rare things are below
        yield Finding(code="share-for-percent", column=node.code)
    if node.goalposts is not None and node.denominator is None:
        lower, upper = node.goalposts.lower, node.goalposts.upper
        away = np.fmax(np.fmax(lower - values, values - upper), 0)
        if (away > 0).any():
            yield _furthest("beyond-goalposts", cube, column, np.nan_to_num(away), lower=lower, upper=upper)


def _furthest(code: str, cube: Cube, column: int, away: Matrix, **told: Any) -> Finding:
    """One finding for all such figures of a column, at the furthest of them."""
    unit, year = np.unravel_index(int(np.argmax(away)), away.shape)
    parameters = {"count": int((away > 0).sum()), **told}
    return Finding(code=code, parameters=parameters, **cube.about(int(unit), int(year), column))
