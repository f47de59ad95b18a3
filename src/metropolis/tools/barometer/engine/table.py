"""Data of units (cities, countries) over columns, as arrays."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from metropolis.engine_kit import InvalidInput

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Table:
    """Figures of units: `values` has the shape (units, columns), nan where nothing is known.

    `times` are given when the same unit stands there for several years: unit and time together are unique. `groups`
    holds words about the units (a region, an income group), shape (units,) each.
    """

    units: tuple[str, ...]
    columns: tuple[str, ...]
    values: Matrix
    names: tuple[str, ...] = ()
    times: tuple[int, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.units), len(self.columns)):
            shape = (len(self.units), len(self.columns))
            raise InvalidInput(f"The values have the shape {self.values.shape}, not {shape}.", field="values")
        _unique(self.columns, "column")
        _unique(list(zip(self.units, self.times, strict=True)) if self.times else self.units, "unit")

    def column(self, code: str) -> Matrix:
        """One column's values, shape (units,); `InvalidInput` when there is none of this code."""
        return self.values[:, self.place(code)]

    def place(self, code: str) -> int:
        """Where the column stands."""
        if code not in self.columns:
            raise InvalidInput(f"There is no column {code!r} in the data.", field=code)
        return self.columns.index(code)

    def select(self, columns: Sequence[str]) -> "Table":
        """Some columns, in the order given."""
        return replace(self, columns=tuple(columns), values=self.values[:, [self.place(code) for code in columns]])

    def keep(self, rows: NDArray[np.bool_]) -> "Table":
        """Only the rows where `rows`, shape (units,), is true."""
        places = np.flatnonzero(rows)

        def kept(row: Sequence[str]) -> tuple[str, ...]:
            return tuple(row[int(place)] for place in places)

        return replace(
            self,
            units=kept(self.units),
            values=self.values[places],
            names=kept(self.names) if self.names else (),
            times=tuple(self.times[place] for place in places) if self.times else (),
            groups={name: kept(words) for name, words in self.groups.items()},
        )

    def with_values(self, values: Matrix) -> "Table":
        """The same rows and columns with other values."""
        return replace(self, values=values)

    @property
    def years(self) -> tuple[int, ...]:
        """The years there are, in order."""
        return tuple(sorted(set(self.times)))

    def of_year(self, year: int) -> "Table":
        """The rows of one year, without their times."""
        if year not in self.times:
            raise InvalidInput(f"There is no row for the year {year}.", field="year")
        return replace(self.keep(np.asarray(self.times) == year), times=())

    def group(self, name: str) -> tuple[str, ...]:
        """The words of one group, shape (units,); `InvalidInput` when there is none of this name."""
        if name not in self.groups:
            known = ", ".join(self.groups) or "none"
            raise InvalidInput(f"There is no group {name!r} in the data; there are: {known}.", field="group")
        return self.groups[name]


def _unique(keys: Iterable[object], what: str) -> None:
    seen: set[object] = set()
    for key in keys:
        if key in seen:
            shown = f"{key[0]} in {key[1]}" if isinstance(key, tuple) else str(key)
            raise InvalidInput(f"The {what} {shown!r} stands there twice.", field=what)
        seen.add(key)
