"""Figures of cities with few answers, drawn towards what cities like them have: the model of Fay and Herriot."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import scipy  # and not what is in it, which takes a second to load and is only loaded when it is used

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine.surveys import Estimates
from metropolis.tools.barometer.engine.table import Matrix, Table

#: Variances between areas at which the likelihood is looked at first.
TRIED = 100


@dataclass(frozen=True)
class SmallAreas:
    """What the model says of every area.

    `values` and `errors` (roots of mean squared errors) have the shape (areas,); `own` is the share that an area's own
    answers have in its value, 0 where there are none. `variance` is that between areas which the covariates leave.
    """

    values: Matrix
    errors: Matrix
    own: Matrix = field(repr=False)
    coefficients: Matrix
    coefficient_errors: Matrix
    variance: float


def fay_herriot(direct: Matrix, variances: Matrix, covariates: Matrix) -> SmallAreas:
    """Best linear unbiased predictors of areas' means from direct estimates and covariates: Fay & Herriot (1979).

    The variance between areas is found by restricted maximum likelihood; mean squared errors are those of Datta &
    Lahiri (2000), equation 4.6, which count that it is estimated. `direct` and the sampling `variances` have the shape
    (areas,), nan for an area without a survey, which gets what the covariates say; `covariates` (areas, columns),
    without a constant, which is added. `InvalidInput` for too few areas or covariates that say the same.

    >>> found = fay_herriot(np.array([1.0, 2.0, 3.0, 4.1]), np.full(4, 9.0), np.empty((4, 0)))
    >>> found.values.round(3).tolist(), found.variance
    ([2.525, 2.525, 2.525, 2.525], 0.0)
    """
    design = np.column_stack([np.ones(len(direct)), covariates])
    known = ~np.isnan(direct)
    y, x, sampling = direct[known], design[known], variances[known]
    _check(y, x, sampling)
    between = _between(y, x, sampling)
    weights = 1 / (between + sampling)
    spread = np.linalg.inv((x.T * weights) @ x)
    slopes = spread @ (x.T @ (weights * y))
    own = np.zeros(len(direct))
    own[known] = between * weights
    fitted = design @ slopes
    values = np.where(known, own * np.nan_to_num(direct) + (1 - own) * fitted, fitted)
    estimated = np.zeros(len(direct))
    estimated[known] = sampling**2 * weights**3 * 2 / (weights**2).sum()
    within = np.where(known, own * np.nan_to_num(variances), between)
    slope_part = (1 - own) ** 2 * np.einsum("ij,jk,ik->i", design, spread, design)
    errors = np.sqrt(within + slope_part + 2 * estimated)
    return SmallAreas(values, errors, own, slopes, np.sqrt(np.diag(spread)), between)


def _check(direct: Matrix, design: Matrix, sampling: Matrix) -> None:
    areas, columns = design.shape
    if areas < columns + 2:
        message = f"{areas} areas with a survey are too few for {columns - 1} covariates: {columns + 2} are needed."
        raise InvalidInput(message, field="covariates")
    if np.isnan(design).any() or np.linalg.matrix_rank(design) < columns:
        message = "Each covariate must be known of every area, vary, and not follow from the others."
        raise InvalidInput(message, field="covariates")
    if not (sampling > 0).all() or not np.isfinite(direct).all():
        raise InvalidInput("Each direct estimate needs a variance above zero.", field="variances")


def _between(direct: Matrix, design: Matrix, sampling: Matrix) -> float:
    """The variance between areas of greatest restricted likelihood, which can have several peaks: 0 if none is higher.

    Fisher scoring, the usual way, goes round in circles on some data.
    """

    def less_likely(between: float) -> float:
        weights = 1 / (between + sampling)
        cross = (design.T * weights) @ design
        left = direct - design @ np.linalg.solve(cross, design.T @ (weights * direct))
        return float(np.linalg.slogdet(cross)[1] - np.log(weights).sum() + (weights * left**2).sum())

    most = 10 * (float(np.ptp(direct)) ** 2 + float(sampling.max()))
    tried = np.concatenate([[0.0], np.geomspace(most * 1e-10, most, TRIED)])
    best = int(np.argmin([less_likely(between) for between in tried]))
    ends = tried[max(0, best - 1)], tried[min(TRIED, best + 1)]
    found = scipy.optimize.minimize_scalar(
        less_likely, bounds=ends, method="bounded", options={"xatol": ends[1] * 1e-9}
    )
    return 0.0 if less_likely(0.0) <= found.fun else float(found.x)


def shrunk(estimates: Estimates, covariates: Table, *, columns: Sequence[str]) -> Estimates:
    """Estimates of all units of `covariates`, each drawn towards what its `columns` lead to expect.

    Sampling variances are smoothed first, since a small sample knows its own error badly: the mean variance of one
    answer over all units, divided by each unit's effective answers. Units without a figure get the expected one.
    Fay & Herriot (1979); Rao & Molina, "Small Area Estimation" (2015), ch. 6.

    >>> few = Estimates(
    ...     table=Table(tuple("VWXYZ"), ("safe",), np.array([[50.0], [57.0], [60.0], [66.0], [99.0]])),
    ...     errors=np.array([[2.0], [2.0], [2.0], [2.0], [12.0]]),
    ...     answers=np.array([[600.0], [600], [600], [600], [16]]),
    ...     effective=np.array([[600.0], [600], [600], [600], [16]]),
    ... )
    >>> covariates = Table(tuple("VWXYZ"), ("income",), np.array([[1.0], [2], [3], [4], [5]]))
    >>> shrunk(few, covariates, columns=["income"]).table.values.round(0).ravel().tolist()
    [50.0, 56.0, 61.0, 67.0, 72.0]
    """
    places = {unit: place for place, unit in enumerate(estimates.table.units)}
    strange = places.keys() - set(covariates.units)
    if strange:
        raise InvalidInput(f"{min(strange)!r} is in the survey, but has no covariates.", field="unit")
    rows = np.array([places.get(unit, -1) for unit in covariates.units])
    wide = covariates.select(columns).values
    values, errors = np.full((2, len(rows), len(estimates.table.columns)), np.nan)
    for column in range(values.shape[1]):
        direct, error, effective = (
            np.where(rows < 0, np.nan, figures[rows, column])
            for figures in (estimates.table.values, estimates.errors, estimates.effective)
        )
        one = np.nansum(error**2 * effective * effective) / np.nansum(np.where(np.isnan(direct), np.nan, effective))
        found = fay_herriot(direct, np.where(np.isnan(effective), error**2, one / effective), wide)
        values[:, column], errors[:, column] = found.values, found.errors
    table = Table(covariates.units, estimates.table.columns, values, covariates.names)
    answers, effective = (
        np.where(rows[:, None] < 0, 0.0, np.nan_to_num(figures[rows]))
        for figures in (estimates.answers, estimates.effective)
    )
    return replace(estimates, table=table, errors=errors, answers=answers, effective=effective)
