"""Statistics of columns, with missing values left out."""

import numpy as np
import scipy  # and not what is in it, which takes a second to load and is only loaded when it is used
from numpy.typing import NDArray

from metropolis.tools.barometer.engine.table import Matrix

#: Scores that differ by less than this part of themselves are equal: the last bits depend on the order of a sum.
TIED = 1e-12


def skewness(values: Matrix) -> Matrix:
    """The bias-corrected skewness G1 of each column, shape (columns,), as in Joanes & Gill (1998).

    nan for a constant column and for fewer than three values.

    >>> float(skewness(np.array([[1.0], [2.0], [9.0]]))[0].round(4))
    1.6301
    """
    count, second, third, _ = _moments(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.sqrt(count * (count - 1)) / (count - 2) * third / second**1.5
    return np.where(count < 3, np.nan, found)  # noqa: PLR2004 otherwise rounding divided by zero


def kurtosis(values: Matrix) -> Matrix:
    """The bias-corrected excess kurtosis G2 of each column, shape (columns,), as in Joanes & Gill (1998).

    nan for a constant column and for fewer than four values.

    >>> float(kurtosis(np.array([[1.0], [2.0], [3.0], [4.0], [20.0]]))[0].round(2))
    4.61
    """
    count, second, _, fourth = _moments(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        excess = fourth / second**2 - 3
        found = (count - 1) / ((count - 2) * (count - 3)) * ((count + 1) * excess + 6)
    return np.where(count < 4, np.nan, found)  # noqa: PLR2004 the same


def _moments(values: Matrix) -> tuple[Matrix, Matrix, Matrix, Matrix]:
    known = ~np.isnan(values)
    count = known.sum(axis=0).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, values, 0.0).sum(axis=0) / count
        away = np.where(known, values - mean, 0.0)
        square = away * away
        second = square.sum(axis=0) / count
        flat = second <= (np.finfo(np.float64).eps * np.abs(mean)) ** 2
        second = np.where(flat, np.nan, second)
        return count, second, (square * away).sum(axis=0) / count, (square * square).sum(axis=0) / count


def medians(values: Matrix, axis: int = 0) -> Matrix:
    """The median along an axis of what is known, nan where nothing is: `nanmedian`, several times as fast.

    >>> medians(np.array([[1.0, np.nan], [4.0, np.nan], [np.nan, np.nan]])).tolist()
    [2.5, nan]
    """
    rising = np.sort(values, axis=axis)  # what is not known comes last
    count = np.expand_dims((~np.isnan(rising)).sum(axis=axis), axis)
    low, high = (
        np.take_along_axis(rising, np.maximum(place, 0), axis=axis) for place in ((count - 1) // 2, count // 2)
    )
    return np.asarray(np.squeeze(np.where(count > 0, (low + high) / 2, np.nan), axis=axis))


def ranks(scores: Matrix) -> NDArray[np.float64]:
    """The rank of each score from the highest, 1, down its column; ties share the best rank, nan has none.

    >>> ranks(np.array([3.0, 5.0, 5.0 + 1e-15, np.nan])).tolist()
    [3.0, 1.0, 1.0, nan]
    """
    if scores.ndim > 1:
        return np.column_stack([ranks(column) for column in scores.T])
    found = np.full(len(scores), np.nan)
    known = np.flatnonzero(~np.isnan(scores))
    order = known[np.argsort(-scores[known], kind="stable")]
    if not len(order):
        return found
    falling = scores[order]
    drop = np.diff(falling) < -TIED * np.maximum(np.abs(falling[:-1]), np.abs(falling[1:]))
    places = np.concatenate([[0], np.where(drop, np.arange(1, len(order)), 0)])
    found[order] = np.maximum.accumulate(places) + 1
    return found


def rising_ranks(values: Matrix) -> Matrix:
    """The rank of each value from the lowest, 1, up its column; ties share the lowest rank, nan has none.

    >>> rising_ranks(np.array([[3.0], [5.0], [3.0], [np.nan]])).ravel().tolist()
    [1.0, 3.0, 1.0, nan]
    """
    return np.asarray(scipy.stats.rankdata(values, method="min", axis=0, nan_policy="omit"), dtype=np.float64)


def correlations(values: Matrix) -> Matrix:
    """Pearson's correlation of every two columns, shape (columns, columns), over the rows that both have.

    >>> correlations(np.array([[1.0, 2.0], [2.0, np.nan], [3.0, 6.0], [4.0, 5.0]])).round(3).tolist()
    [[1.0, 0.839], [0.839, 1.0]]
    """
    known = (~np.isnan(values)).astype(np.float64)
    filled = np.where(np.isnan(values), 0.0, values - np.nanmean(values, axis=0))
    count = known.T @ known
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = filled.T @ known / count  # of the first column over the rows that the second has as well
        square = (filled**2).T @ known / count - mean**2
        return np.asarray((filled.T @ filled / count - mean * mean.T) / np.sqrt(square * square.T))
