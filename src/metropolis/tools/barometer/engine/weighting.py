"""Weights: how much each part counts in its node."""

from collections.abc import Mapping
from itertools import combinations
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from metropolis.engine_kit import InvalidInput, Value
from metropolis.tools.barometer.engine.optimising import target_influence
from metropolis.tools.barometer.engine.statistics import correlations
from metropolis.tools.barometer.engine.table import Matrix


class Equal(Value):
    """Every part the same."""

    method: Literal["equal"] = "equal"


class Given(Value):
    """These, by code; a node left out keeps its own."""

    method: Literal["given"] = "given"
    weights: dict[str, float]


class ByComponent(Value):
    """The loadings of the first principal component of the parts, their sign kept, as COINr gives them."""

    method: Literal["first-component"] = "first-component"


class ByFactors(Value):
    """From rotated factors (Nicoletti et al. 2000): OECD/JRC Handbook (2008), step 6.

    Factors with an eigenvalue above `least` are kept, at most `most`, and rotated by varimax; each indicator counts by
    its squared loading in the factor it loads highest on, each factor by what it explains.
    """

    method: Literal["factors"] = "factors"
    least: float = 1.0
    most: int | None = Field(default=None, ge=1)


class ByBudget(Value):
    """Points that experts gave out, one row of points by code for each expert; their shares are averaged."""

    method: Literal["budget"] = "budget"
    points: tuple[dict[str, float], ...] = Field(min_length=1)


class ByHierarchy(Value):
    """Pairwise comparisons by code (Saaty 1980): the principal eigenvector; refused above the consistency `limit`."""

    method: Literal["ahp"] = "ahp"
    codes: tuple[str, ...] = Field(min_length=2)
    comparisons: tuple[tuple[float, ...], ...]
    limit: float = Field(default=0.1, gt=0)


class ByInfluence(Value):
    """Weights by which each part has the wanted share of influence on its node: see `target_influence`.

    `shares` are those of all parts of a node, by code; a node of which none is named gives its parts the same.
    """

    method: Literal["target"] = "target"
    shares: dict[str, Annotated[float, Field(gt=0)]] = {}


Weighting = Annotated[
    Equal | Given | ByComponent | ByFactors | ByBudget | ByHierarchy | ByInfluence, Field(discriminator="method")
]


class Hierarchy(Value):
    """Weights out of pairwise comparisons, their largest eigenvalue and their consistency ratio."""

    weights: tuple[float, ...]
    eigenvalue: float
    consistency_ratio: float


#: The mean consistency index of random matrices by size, Saaty (1980); OECD/JRC Handbook (2008), p. 98.
RANDOM_INDEX = (0.0, 0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)


def weights_of(how: Weighting, codes: tuple[str, ...], values: Matrix) -> Mapping[str, float]:
    """The weights of the parts of one node, by code; `values` are the parts' scores, shape (units, parts).

    >>> weights_of(ByBudget(points=({"a": 60, "b": 40}, {"a": 40, "b": 60})), ("a", "b"), np.empty((0, 2)))
    {'a': 0.5, 'b': 0.5}
    """
    if isinstance(how, Given):
        return {code: how.weights[code] for code in codes if code in how.weights}
    if isinstance(how, ByBudget):
        return budget_weights(how.points, codes)
    if isinstance(how, ByHierarchy):
        return _compared(how, codes)
    if isinstance(how, ByInfluence):
        return _influencing(how, codes, values)
    found = np.ones(len(codes))
    if isinstance(how, ByComponent):
        found = first_component(values)
    elif isinstance(how, ByFactors):
        found = factor_weights(values, least=how.least, most=how.most)
    return dict(zip(codes, found.tolist(), strict=True))


def codes_in(how: Weighting) -> set[str]:
    """The parts that a way of weighing names.

    >>> sorted(codes_in(ByBudget(points=({"a": 60, "b": 40}, {"a": 40, "c": 60}))))
    ['a', 'b', 'c']
    """
    if isinstance(how, ByBudget):
        return {code for given in how.points for code in given}
    if isinstance(how, ByHierarchy):
        return set(how.codes)
    if isinstance(how, Given):
        return set(how.weights)
    return set(how.shares) if isinstance(how, ByInfluence) else set()


def _compared(how: ByHierarchy, codes: tuple[str, ...]) -> Mapping[str, float]:
    if set(how.codes) != set(codes):
        return {}
    if {len(how.codes)} != {len(how.comparisons), *map(len, how.comparisons)}:
        message = f"Of {len(how.codes)} codes there must be {len(how.codes)} rows of {len(how.codes)} comparisons."
        raise InvalidInput(message, field="comparisons")
    found = hierarchy(np.array(how.comparisons, dtype=np.float64))
    if found.consistency_ratio > how.limit:
        message = f"The comparisons contradict one another: consistency ratio {found.consistency_ratio:.2f}"
        raise InvalidInput(f"{message}, at most {how.limit:g} is allowed.", field="comparisons")
    return dict(zip(how.codes, found.weights, strict=True))


def _influencing(how: ByInfluence, codes: tuple[str, ...], values: Matrix) -> Mapping[str, float]:
    wanted = {code: how.shares[code] for code in codes if code in how.shares}
    if wanted and len(wanted) < len(codes):
        missing = ", ".join(code for code in codes if code not in wanted)
        raise InvalidInput(
            f"A share of influence is given for {', '.join(wanted)}, but not for {missing}.", field="shares"
        )
    if len(codes) == 1:
        return {codes[0]: 1.0}
    whole = values[~np.isnan(values).any(axis=1)]
    return target_influence(whole, codes, wanted or None).weights


def first_component(values: Matrix) -> Matrix:
    """The loadings of the first principal component of the standardised columns, shape (columns,).

    Rows with a gap are left out. The sign is such that the loadings' sum is positive. OECD/JRC Handbook (2008),
    step 6.

    >>> values = np.array([[1.0, 2, 3], [2, 4, 1], [3, 6, 2], [4, 8, 0]])
    >>> first_component(values).round(3).tolist()
    [0.593, 0.593, -0.546]
    """
    whole = values[~np.isnan(values).any(axis=1)]
    _, vectors = np.linalg.eigh(correlations(whole))
    first = vectors[:, -1]
    return np.asarray(first if first.sum() >= 0 else -first)


class Loadings(Value):
    """Factors of columns: eigenvalues of the correlations, all of them, and the loadings, rows of columns."""

    eigenvalues: tuple[float, ...]
    loadings: tuple[tuple[float, ...], ...]
    rotated: tuple[tuple[float, ...], ...]


def factors(values: Matrix, *, least: float = 1.0, most: int | None = None) -> Loadings:
    """Principal components of the standardised columns with an eigenvalue above `least`, rotated by varimax.

    OECD/JRC Handbook (2008), step 4; varimax: Kaiser (1958).

    >>> values = np.array([[1.0, 2, 3], [2, 4, 1], [3, 6, 2], [4, 8, 0]])
    >>> [[round(one, 2) for one in row] for row in factors(values).loadings]
    [[-0.98], [-0.98], [0.9]]
    """
    whole = values[~np.isnan(values).any(axis=1)]
    eigenvalues, vectors = np.linalg.eigh(correlations(whole))
    eigenvalues, vectors = eigenvalues[::-1], vectors[:, ::-1]
    kept = max(1, int((eigenvalues > least).sum()))
    kept = kept if most is None else min(kept, most)
    loadings = vectors[:, :kept] * np.sqrt(eigenvalues[:kept])
    return Loadings(
        eigenvalues=tuple(eigenvalues.tolist()),
        loadings=tuple(map(tuple, loadings.tolist())),
        rotated=tuple(map(tuple, varimax(loadings).tolist())),
    )


def varimax(loadings: Matrix) -> Matrix:
    """Loadings turned so that each column has few large ones; Kaiser (1958), rows normalised. Shape (columns, factors).

    >>> varimax(np.array([[0.7, 0.7], [0.7, -0.7]])).round(6).__abs__().tolist()
    [[0.989949, 0.0], [0.0, 0.989949]]
    """
    length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    rows = loadings / np.where(length > 0, length, 1.0)
    largest = np.inf
    while largest > 1e-12:  # noqa: PLR2004 radians
        largest = 0.0
        for first, second in combinations(range(rows.shape[1]), 2):
            angle = _angle(rows[:, first], rows[:, second])
            turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
            rows[:, [first, second]] = rows[:, [first, second]] @ turn
            largest = max(largest, abs(angle))
    return np.asarray(rows * length)


def _angle(first: Matrix, second: Matrix) -> float:
    """The turn of two columns that makes their squares differ most: Kaiser (1958), equation 23."""
    difference, product = first**2 - second**2, 2 * first * second
    count = len(first)
    numerator = 2 * (difference @ product - difference.sum() * product.sum() / count)
    denominator = (difference**2 - product**2).sum() - (difference.sum() ** 2 - product.sum() ** 2) / count
    return float(np.arctan2(numerator, denominator) / 4)


def factor_weights(values: Matrix, *, least: float = 1.0, most: int | None = None) -> Matrix:
    """The weights of `ByFactors`, shape (columns,), with a sum of 1.

    Nicoletti, Scarpetta & Boylaud (2000).

    >>> values = np.array([[1.0, 2, 3], [2, 4, 1], [3, 6, 2], [4, 8, 0]])
    >>> factor_weights(values).round(3).tolist()
    [0.351, 0.351, 0.298]
    """
    square = np.array(factors(values, least=least, most=most).rotated) ** 2
    explained = square.sum(axis=0)
    own = square.argmax(axis=1)
    weight = square[np.arange(len(square)), own] / explained[own] * (explained[own] / explained.sum())
    return np.asarray(weight / weight.sum())


def budget_weights(points: tuple[dict[str, float], ...], codes: tuple[str, ...]) -> Mapping[str, float]:
    """The mean of the experts' shares of their points among these codes; `InvalidInput` for one who gave none.

    OECD/JRC Handbook (2008), step 6.

    >>> budget_weights(({"a": 60, "b": 40}, {"a": 40, "b": 60}), ("a", "b"))
    {'a': 0.5, 'b': 0.5}
    """
    rows = np.array([[given.get(code, 0.0) for code in codes] for given in points])
    if not rows.any():
        return {}
    totals = rows.sum(axis=1, keepdims=True)
    if (rows < 0).any() or not totals.all():
        message = f"Expert {int(np.argmin(totals)) + 1} gave no points to any of {', '.join(codes)}."
        raise InvalidInput(message, field="points")
    return dict(zip(codes, (rows / totals).mean(axis=0).tolist(), strict=True))


def hierarchy(comparisons: Matrix) -> Hierarchy:
    """Weights from a matrix of pairwise comparisons, a[i, j] times as important, a[j, i] = 1 / a[i, j]. Saaty (1980).

    >>> hierarchy(np.array([[1.0, 3.0], [1 / 3, 1.0]])).weights
    (0.75, 0.25)
    """
    size = len(comparisons)
    if comparisons.shape != (size, size) or not np.allclose(comparisons * comparisons.T, 1.0, atol=1e-6):
        raise InvalidInput("Each comparison needs its reciprocal: a[j, i] = 1 / a[i, j].", field="comparisons")
    values, vectors = np.linalg.eig(comparisons)
    largest = int(np.argmax(values.real))
    weights = np.abs(vectors[:, largest].real)
    eigenvalue = float(values[largest].real)
    index = (eigenvalue - size) / (size - 1)
    ratio = index / RANDOM_INDEX[min(size, len(RANDOM_INDEX) - 1)] if size > 2 else 0.0  # noqa: PLR2004 two agree
    shares = tuple((weights / weights.sum()).round(15).tolist())
    return Hierarchy(weights=shares, eigenvalue=eigenvalue, consistency_ratio=ratio)
