"""What the steps did to single figures: gaps filled, outliers moved, units left out."""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from metropolis.tools.barometer.engine.building import Index, Stage
from metropolis.tools.barometer.engine.table import Table

#: Steps after which an indicator without a denominator is still in its own unit.
_STILL_RAW = frozenset({"denominate", "screen", "impute"})
_Row = tuple[str, int | None]


class Moved(NamedTuple):
    """A figure that winsorising moved, by unit, year and indicator."""

    unit: str
    year: int | None
    code: str
    before: float
    after: float


class Trace:
    """What an index made of `data`, the figures as they were given."""

    def __init__(self, index: Index, data: Table) -> None:
        self._index, self._data = index, data
        self._codes = [node.code for node in index.framework.indicators]

    @cached_property
    def moved(self) -> dict[tuple[str, int | None, str], Moved]:
        """The outliers that winsorising moved, by unit, year and indicator."""
        found = {}
        for stage in self._index.stages:
            rows = _rows(stage.table)
            for point in stage.touched:
                key = (*rows[point.row], self._codes[point.column])
                found[key] = Moved(*key, point.before, point.after)
        return found

    @cached_property
    def transformed(self) -> dict[str, str]:
        """How each indicator was transformed whose outliers winsorising could not mend, by code."""
        pairs = (pair for stage in self._index.stages for pair in zip(self._codes, stage.transformed, strict=False))
        return {code: how for code, how in pairs if how != "none"}

    @cached_property
    def imputed(self) -> dict[tuple[str, int | None, str], float | None]:
        """Each gap that was filled, by unit, year and indicator: its value where it is in the indicator's own unit."""
        data = self._data
        found: dict[tuple[str, int | None, str], float | None] = {}
        given = dict(zip(_rows(data), data.select(self._codes).values, strict=True))
        divided = {node.code for node in self._index.framework.indicators if node.denominator}
        for stage in self._filling:
            is_raw = self._is_raw(stage)
            filled = stage.table.select(self._codes).values
            for key, values in zip(_rows(stage.table), filled, strict=True):
                for place in np.flatnonzero(np.isnan(given[key]) & ~np.isnan(values)):
                    code = self._codes[place]
                    known = float(values[place]) if is_raw and code not in divided else None
                    found.setdefault((*key, code), known)
        return found

    @cached_property
    def left_out(self) -> frozenset[_Row]:
        """The units (and years) that screening left out."""
        return frozenset(_rows(self._data)) - frozenset(_rows(self._index.scores))

    @property
    def _filling(self) -> list[Stage]:
        return [stage for stage in self._index.stages if stage.name == "impute"]

    def _is_raw(self, stage: Stage) -> bool:
        before = self._index.stages[: self._index.stages.index(stage)]
        return {one.name for one in before} <= _STILL_RAW


def _rows(table: Table) -> list[_Row]:
    times: tuple[int | None, ...] = table.times or (None,) * len(table.units)
    return list(zip(table.units, times, strict=True))
