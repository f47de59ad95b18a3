"""Outliers: pulled in or transformed where skewness and kurtosis say that a column has some."""

from typing import NamedTuple

import numpy as np
import scipy  # and not what is in it, which takes a second to load and is only loaded when it is used
from numpy.typing import NDArray

from metropolis.engine_kit import Value
from metropolis.tools.barometer.engine.statistics import kurtosis, skewness
from metropolis.tools.barometer.engine.table import Matrix

Choice = str


class Touched(Value):
    """A value that winsorising moved: its row and column, and what it was and became."""

    row: int
    column: int
    before: float
    after: float


class Treated(NamedTuple):
    """What treatment made of the columns: their values, the points moved, and how each column was transformed."""

    values: Matrix
    touched: tuple[Touched, ...]
    transformed: tuple[str, ...]


def has_outliers(values: Matrix, *, skew: float = 2.0, kurt: float = 3.5) -> NDArray[np.bool_]:
    """Whether each column has both |skewness| ≥ `skew` and excess kurtosis ≥ `kurt`, shape (columns,).

    The rule of the OECD/JRC Handbook (2008), step 5, with bias-corrected moments as in COINr. A constant column has
    none.

    >>> has_outliers(np.array([[1.0, 1], [2, 2], [3, 3], [4, 4], [5, 90]])).tolist()
    [False, True]
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((np.abs(skewness(values)) >= skew) & (kurtosis(values) >= kurt), dtype=np.bool_)


def treat(
    values: Matrix, *, points: int = 5, skew: float = 2.0, kurt: float = 3.5, otherwise: Choice = "log"
) -> Treated:
    """Winsorise each column that has outliers, at most `points` times; transform it instead where that is not enough.

    Winsorising sets the most extreme value, on the side of the skew, to the next one. `otherwise` is "log", the
    logarithm of x − min + 0.01·(max − min) of the column as it was, "box-cox", or "none". Shape (units, columns).
    OECD/JRC Handbook (2008), step 5, as in COINr (Becker et al., JOSS 2022).

    >>> told = treat(np.array([[1.0], [2], [3], [4], [5], [6], [90]]))
    >>> told.values.ravel().tolist(), told.touched[0].before, told.touched[0].after
    ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 6.0], 90.0, 6.0)
    """
    found, touched, transformed = values.copy(), [], ["none"] * values.shape[1]
    for column in np.flatnonzero(has_outliers(values, skew=skew, kurt=kurt)):
        series = values[:, column].copy()
        moved: dict[int, float] = {}
        for _ in range(points):
            for row in _pull_in(series):
                moved[row] = float(values[row, column])
            if not has_outliers(series[:, None], skew=skew, kurt=kurt)[0]:
                break
        else:
            if otherwise != "none":
                series, moved = transform(values[:, column], otherwise), {}
                transformed[column] = otherwise
        found[:, column] = series
        touched += [
            Touched(row=row, column=int(column), before=before, after=float(series[row]))
            for row, before in moved.items()
        ]
    return Treated(found, tuple(touched), tuple(transformed))


def _pull_in(series: Matrix) -> list[int]:
    is_high = float(skewness(series[:, None])[0]) > 0
    extreme = np.nanmax(series) if is_high else np.nanmin(series)
    rows = np.flatnonzero(series == extreme)
    rest = series[series != extreme]
    series[rows] = np.nanmax(rest) if is_high else np.nanmin(rest)
    return [int(row) for row in rows]


def transform(series: Matrix, method: Choice) -> Matrix:
    """One column by "log" or "box-cox" (Box & Cox 1964, its exponent by maximum likelihood); shape (units,).

    Both begin a hundredth of the range above zero, so that zeros and negative values have a logarithm.

    >>> transform(np.array([0.0, 1.0, 100.0]), "log").round(3).tolist()
    [0.0, 0.693, 4.615]
    """
    shifted = series - np.nanmin(series) + 0.01 * (np.nanmax(series) - np.nanmin(series))
    if method == "log":
        return np.asarray(np.log(shifted), dtype=np.float64)
    known = ~np.isnan(series)
    found = np.full_like(series, np.nan)
    found[known] = scipy.stats.boxcox(shifted[known])[0]
    return found
