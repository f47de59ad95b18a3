"""Weights found by optimising: benefit of the doubt, and weights that give each part a wanted influence."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import scipy  # and not what is in it, which takes a second to load and is only loaded when it is used

from metropolis.engine_kit import InvalidInput, Value
from metropolis.tools.barometer.engine.statistics import correlations
from metropolis.tools.barometer.engine.table import Matrix


class Benefit(Value):
    """The score of each unit by its own best weights, and those weights, a row a unit."""

    scores: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]


def benefit_of_the_doubt(
    values: Matrix, *, least: float = 0.0, most: float = 1.0, of: Literal["weights", "score"] = "weights"
) -> Benefit:
    """Each unit's score by the weights that suit it best, so that no unit scores above 1 by them.

    Each weight stays between the shares `least` and `most` of all "weights", or each weight times value of the
    "score": Melyn & Moesen (1991); Cherchye et al. (2008); OECD/JRC Handbook (2008), p. 92. `values` are not negative,
    without gaps, shape (units, columns). `InvalidInput` when the bounds leave no weights.

    >>> benefit_of_the_doubt(np.array([[1.0, 0.5], [0.5, 0.5]])).scores
    (1.0, 1.0)
    """
    if np.isnan(values).any() or (values < 0).any():
        raise InvalidInput("Benefit of the doubt needs values without gaps and not below zero.", field="values")
    count = values.shape[1]
    if not least * count <= 1 <= most * count:
        message = f"Shares between {least:g} and {most:g} of {count} indicators cannot add up to 1."
        raise InvalidInput(message, field="least")
    found = [
        _best(values, unit, least, most, np.ones(count) if of == "weights" else values[unit])
        for unit in range(len(values))
    ]
    return Benefit(scores=tuple(score for score, _ in found), weights=tuple(weights for _, weights in found))


def _best(values: Matrix, unit: int, least: float, most: float, per: Matrix) -> tuple[float, tuple[float, ...]]:
    count = len(per)
    rows, limits = [values], [np.ones(len(values))]
    if least > 0:
        rows.append(least * per[None, :] - np.diag(per))
        limits.append(np.zeros(count))
    if most < 1:
        rows.append(np.diag(per) - most * per[None, :])
        limits.append(np.zeros(count))
    done = scipy.optimize.linprog(
        -values[unit], A_ub=np.vstack(rows), b_ub=np.concatenate(limits), bounds=(0, None), method="highs"
    )
    if done.status:
        message = f"There are no weights within the bounds for the unit in row {unit + 1}: {done.message}"
        raise InvalidInput(message, field="least")
    return float(-done.fun), tuple(done.x.tolist())


class Targeted(Value):
    """Weights by code that come closest to the wanted influence, the influence they give, and the squares left."""

    weights: dict[str, float]
    influence: dict[str, float]
    left: float


def target_influence(values: Matrix, codes: Sequence[str], wanted: Mapping[str, float] | None = None) -> Targeted:
    """Weights of the columns by which each has the wanted share of influence on their weighted mean.

    Influence is the correlation with the mean, as a share of all (Becker et al. 2017); `wanted` are shares by code,
    equal if not given. Weights are shares, none below zero. Shape of `values` (units, columns), without gaps.

    >>> values = np.random.default_rng(1).normal(size=(30, 3))
    >>> told = target_influence(values, ("a", "b", "c"), {"a": 0.5, "b": 0.25, "c": 0.25})
    >>> influence_of(values, np.array(list(told.weights.values()))).round(2).tolist()
    [0.5, 0.25, 0.25]
    """
    target = np.array([1.0 if wanted is None else wanted[code] for code in codes])
    target = target / target.sum()

    def squares(logs: Matrix) -> float:
        return float(((influence_of(values, np.exp(logs - logs.max())) - target) ** 2).sum())

    best = scipy.optimize.minimize(squares, np.zeros(len(codes)), method="BFGS", options={"gtol": 1e-10})
    polished = scipy.optimize.minimize(
        squares, best.x, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-14, "maxiter": 20000}
    )
    weights = np.exp(polished.x - polished.x.max())
    shares = weights / weights.sum()
    return Targeted(
        weights=dict(zip(codes, shares.tolist(), strict=True)),
        influence=dict(zip(codes, influence_of(values, shares).tolist(), strict=True)),
        left=float(polished.fun),
    )


def influence_of(values: Matrix, weights: Matrix) -> Matrix:
    """The correlation of each column with the weighted mean of all, as a share of the sum; shape (columns,).

    Paruolo, Saisana & Saltelli (2013).

    >>> influence_of(np.array([[1.0, 2.0], [2.0, 1.0], [3.0, 3.0]]), np.array([1.0, 1.0])).tolist()
    [0.5, 0.5]
    """
    mean = values @ weights
    related = correlations(np.column_stack([values, mean]))[:-1, -1]
    return np.asarray(related / related.sum())
