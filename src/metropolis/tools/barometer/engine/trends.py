"""How a figure moved over the years."""

import numpy as np

from metropolis.engine_kit import InvalidInput, Value
from metropolis.tools.barometer.engine.table import Table


class Trend(Value):
    """One unit's series of one column: the share of years known, the first and last of them, and the yearly growth.

    `growth` is the compound annual growth rate between the first and the last value, None where it has no meaning:
    with one year alone, or a value that is not above zero. `slope` is the mean change a year by least squares.
    """

    known: float
    first: int | None = None
    last: int | None = None
    growth: float | None = None
    slope: float | None = None


def trend(table: Table, unit: str, code: str) -> Trend:
    """The trend of one column of one unit; `InvalidInput` for an unknown one or for a table without years.

    >>> table = Table(("A", "A"), ("x",), np.array([[100.0], [121.0]]), times=(2020, 2022))
    >>> trend(table, "A", "x").growth.__round__(3)
    0.1
    """
    if not table.times:
        raise InvalidInput("A trend needs a column of years.", field="Time")
    rows = np.array([place for place, name in enumerate(table.units) if name == unit])
    if not len(rows):
        raise InvalidInput(f"There is no unit {unit!r}.", field="unit")
    times, series = np.asarray(table.times)[rows], table.column(code)[rows]
    order = np.argsort(times)
    times, series = times[order], series[order]
    known = ~np.isnan(series)
    if not known.any():
        return Trend(known=0.0)
    years, values = times[known], series[known]
    span = int(years[-1] - years[0])
    has_growth = span > 0 and values[0] > 0 and values[-1] > 0
    return Trend(
        known=float(known.mean()),
        first=int(years[0]),
        last=int(years[-1]),
        growth=float((values[-1] / values[0]) ** (1 / span) - 1) if has_growth else None,
        slope=float(np.polyfit(years - years[0], values, 1)[0]) if span > 0 else None,
    )
