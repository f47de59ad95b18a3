"""Filling gaps in the data; every filled value can be listed by comparing the stages."""

from collections.abc import Callable, Sequence

import numpy as np

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine.framework import Framework
from metropolis.tools.barometer.engine.table import Matrix, Table

Middle = Callable[..., Matrix]
MIDDLES: dict[str, Middle] = {"mean": np.nanmean, "median": np.nanmedian}
SETTLED = 1e-10
ROUNDS = 500


def impute_by_column(values: Matrix, middle: str = "mean", groups: Sequence[str] | None = None) -> Matrix:
    """Fill gaps with the mean or median of the column, or of the unit's group in it; shape (units, columns).

    A group of which nothing is known takes the whole column's. OECD/JRC Handbook (2008), step 3.

    >>> impute_by_column(np.array([[1.0], [np.nan], [4.0]]), groups=["n", "n", "s"]).ravel().tolist()
    [1.0, 1.0, 4.0]
    """
    found = values.copy()
    if groups is not None:
        words = np.asarray(groups)
        for word in dict.fromkeys(groups):
            rows = words == word
            found[rows] = _filled(values[rows], MIDDLES[middle])
    return _filled_from(found, values, MIDDLES[middle])


def _filled(values: Matrix, middle: Middle) -> Matrix:
    return _filled_from(values, values, middle)


def _filled_from(values: Matrix, source: Matrix, middle: Middle) -> Matrix:
    gaps = np.isnan(values)
    some = ~np.isnan(source).all(axis=0)
    fill = np.full(values.shape[1], np.nan)
    fill[some] = middle(source[:, some], axis=0)
    return np.where(gaps, fill, values)


def impute_within_pillars(table: Table, framework: Framework, height: int, middle: str = "mean") -> Matrix:
    """Fill a unit's gaps with the mean or median of what is known of it beneath the same node of a `height`.

    The columns are put on one scale by min-max, with their direction, before, and back after it: COINr's "impute by
    row". Where nothing is known beneath a node, the gap stays. Shape (units, columns) of the whole table.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> data, framework = example(2024)
    >>> filled = impute_within_pillars(data, framework, 2)
    >>> float(filled[data.units.index("ACC"), data.place("fear")].round(2))
    35.56
    """
    found = table.values.copy()
    for node in framework.aggregates:
        if framework.heights[node.code] != height:
            continue
        leaves = framework.leaves(node.code)
        places = [table.place(leaf.code) for leaf in leaves]
        signs = np.array([leaf.direction for leaf in leaves], dtype=float)
        part = table.values[:, places] * signs
        low, high = np.nanmin(part, axis=0), np.nanmax(part, axis=0)
        scaled = (part - low) / np.where(high > low, high - low, np.nan)
        row = _filled(scaled.T, MIDDLES[middle]).T
        gaps = np.isnan(part)
        part[gaps] = (row * (high - low) + low)[gaps]
        found[:, places] = np.where(gaps, part * signs, table.values[:, places])
    return found


def impute_over_time(table: Table, *, linear: bool = False) -> Matrix:
    """Fill a gap from the same unit's other years: with the last value before it, or `linear` between two.

    After the last known year its value stays, with one observation alone it is that one; before the first known
    year only `linear` fills, with the first value. Shape (rows, columns). `InvalidInput` without years. OECD/JRC
    Handbook (2008), step 3.

    >>> data = Table(("X", "X", "X"), ("a",), np.array([[2.0], [np.nan], [6.0]]), times=(2023, 2024, 2025))
    >>> impute_over_time(data).ravel().tolist(), impute_over_time(data, linear=True).ravel().tolist()
    ([2.0, 2.0, 6.0], [2.0, 4.0, 6.0])
    """
    if not table.times:
        raise InvalidInput("To fill gaps from other years, the data needs a column of years.", field="impute")
    found = table.values.copy()
    units, times = np.asarray(table.units), np.asarray(table.times)
    for unit in dict.fromkeys(table.units):
        rows = np.flatnonzero(units == unit)
        rows = rows[np.argsort(times[rows])]
        for place in range(len(table.columns)):
            found[rows, place] = _over_time(times[rows], table.values[rows, place], linear=linear)
    return found


def _over_time(times: Matrix, series: Matrix, *, linear: bool) -> Matrix:
    known = np.flatnonzero(~np.isnan(series))
    if not len(known) or len(known) == len(series):
        return series
    if linear:
        filled = np.interp(times, times[known], series[known])
    else:
        before = np.searchsorted(known, np.arange(len(series)), side="right") - 1
        filled = np.where(before >= 0, series[known[np.maximum(before, 0)]], np.nan)
    return np.where(np.isnan(series), filled, series)


def impute_by_em(values: Matrix) -> Matrix:
    """Fill gaps with their expectation given what is known, of a multivariate normal fitted by EM.

    Dempster, Laird & Rubin (1977); Little & Rubin, "Statistical Analysis with Missing Data", ch. 11. Columns with one
    observation take its value. Shape (units, columns). `InvalidInput` for a column without any.

    >>> known = np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0], [4.0, np.nan]])
    >>> float(impute_by_em(known)[3, 1].round(2))
    8.0
    """
    counts = (~np.isnan(values)).sum(axis=0)
    if not counts.all():
        raise InvalidInput(f"Column {int(np.argmin(counts)) + 1} has no value at all.", field="impute")
    found = _filled(values, np.nanmean)
    spread = found.std(axis=0)
    moving = spread > 0
    scale, centre = spread[moving], found[:, moving].mean(axis=0)
    part = (values[:, moving] - centre) / scale
    found[:, moving] = _expected(part) * scale + centre
    return np.where(np.isnan(values), found, values)


def _expected(values: Matrix) -> Matrix:
    gaps = np.isnan(values)
    patterns = {row.tobytes(): row for row in gaps if row.any()}
    found = np.where(gaps, 0.0, values)
    extra = np.zeros((values.shape[1], values.shape[1]))
    for _ in range(ROUNDS):
        mean = found.mean(axis=0)
        covariance = (found - mean).T @ (found - mean) / len(found) + extra / len(found)
        covariance[np.diag_indices_from(covariance)] += 1e-6  # fewer units than columns leave it singular
        before, extra = found.copy(), np.zeros_like(covariance)
        for row in patterns.values():
            units = (gaps == row).all(axis=1)
            known = ~row
            slope = np.linalg.solve(covariance[np.ix_(known, known)], covariance[np.ix_(known, row)])
            found[np.ix_(units, row)] = mean[row] + (before[np.ix_(units, known)] - mean[known]) @ slope
            rest = covariance[np.ix_(row, row)] - covariance[np.ix_(row, known)] @ slope
            extra[np.ix_(row, row)] += units.sum() * rest
        if np.abs(found - before).max(initial=0.0) < SETTLED:
            break
    return found
