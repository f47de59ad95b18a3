"""From indicators to the index, level by level."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine.framework import Framework, Node
from metropolis.tools.barometer.engine.optimising import benefit_of_the_doubt
from metropolis.tools.barometer.engine.outranking import copeland, kemeny, outranking
from metropolis.tools.barometer.engine.table import Matrix

Aggregation = Literal[
    "arithmetic", "geometric", "harmonic", "power", "median", "minimum", "maximum", "product", "ratio",
    "copeland", "kemeny", "benefit-of-the-doubt",
]  # fmt: skip


#: A score that has been turned round on its scale, or drawn in single precision, may be off zero by this.
ROUNDING = 1e-5


def aggregate_one(
    values: Matrix,
    weights: Matrix,
    method: Aggregation = "arithmetic",
    power: float = 2.0,
    bounds: tuple[float, float] = (0.0, 1.0),
) -> Matrix:
    """The weighted mean of each row, or its place by an outranking; shape (units,).

    Weights count as shares of those of the values that are known, so that a gap counts for nothing. "minimum" and
    "maximum" are those of the parts with a weight; "product" is that of all parts to the power of their weight, which
    is no share here, and "ratio" the first of two parts by the second; neither is known where a part is not. "copeland"
    gives Copeland's score, "kemeny" the number of units placed after. "benefit-of-the-doubt" weighs each row as suits
    it best, each share between the `bounds`, so that the best rows have 1; a part of weight zero is left out. A value
    that its method cannot take (geometric and harmonic: zero or less; power: less than zero, or zero too where it is
    negative; benefit of the doubt: a gap or less than zero) is refused. OECD/JRC Handbook (2008), step 6.

    >>> aggregate_one(np.array([[1.0, 4.0], [np.nan, 2.0]]), np.array([1.0, 1.0]), "geometric").round(9).tolist()
    [2.0, 2.0]
    """
    if method in {"copeland", "kemeny"}:
        above = outranking(values, weights.tolist())
        return copeland(above) if method == "copeland" else _places(kemeny(above).rankings[0])
    if method in {"median", "minimum", "maximum", "product", "ratio"}:
        return _of_parts(values, weights, method)
    if method == "benefit-of-the-doubt":
        _refuse((weights > 0) & ~(values >= 0))
        found = benefit_of_the_doubt(values[:, weights > 0], least=bounds[0], most=bounds[1])
        return np.array(found.scores)
    known = ~np.isnan(values)
    shares = known * weights
    total = shares.sum(axis=1)
    unfit = unfit_for(values, method, power)
    if unfit is not None:
        _refuse(known & unfit & (weights > 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        filled = np.where(known & (weights > 0), values, 1.0)
        exponents = {"arithmetic": 1.0, "harmonic": -1.0, "power": power}
        if method == "geometric":
            return np.asarray(np.exp((np.log(filled) * shares).sum(axis=1) / total))
        exponent = exponents[method]
        if exponent == 1:
            return np.asarray((filled * shares).sum(axis=1) / total)
        return np.asarray(((raised(filled, exponent) * shares).sum(axis=1) / total) ** (1 / exponent))


def unfit_for(values: NDArray[Any], method: str, power: float) -> NDArray[np.bool_] | None:
    """Which values a mean cannot take, whatever the shape; None where it takes all.

    >>> unfit_for(np.array([-1.0, 0.0, 2.0]), "power", 0.5).tolist(), unfit_for(np.array([-1.0]), "arithmetic", 0.5)
    ([True, False, False], None)
    """
    if method in {"geometric", "harmonic"} or (method == "power" and power < 0):
        return np.asarray(values <= 0)
    return np.asarray(values < -ROUNDING) if method == "power" and power != 1 else None


def raised(values: NDArray[Any], power: float) -> NDArray[Any]:
    """To a power, what is below zero by rounding counting as zero, for of that there is no broken power.

    >>> raised(np.array([-1e-9, 4.0]), 0.5).tolist()
    [0.0, 2.0]
    """
    return np.asarray((values if power == 1 else np.maximum(values, 0.0)) ** power)


class _Unfit(InvalidInput):
    # Caught by `aggregate`, which knows the names.
    def __init__(self, row: int, column: int) -> None:
        super().__init__(f"The value in row {row + 1}, column {column + 1} does not go with this mean.", field="values")
        self.row, self.column = row, column


def _refuse(unfit: NDArray[np.bool_]) -> None:
    bad = np.argwhere(unfit)
    if len(bad):
        raise _Unfit(int(bad[0][0]), int(bad[0][1]))


def _places(order: tuple[int, ...]) -> Matrix:
    found = np.empty(len(order))
    found[list(order)] = np.arange(len(order))[::-1]
    return found


def _of_parts(values: Matrix, weights: Matrix, method: Aggregation) -> Matrix:
    counts = np.flatnonzero(weights > 0)
    if method == "median":
        return _median(values[:, counts], weights[counts])
    if method == "product":
        _refuse((values < 0) & (weights % 1 != 0))
        return np.asarray((values[:, counts] ** weights[counts]).prod(axis=1))
    if method == "ratio":
        if len(counts) != 2:  # noqa: PLR2004 a first and a second
            raise InvalidInput(f"A ratio is that of two parts with a weight, not of {len(counts)}.", field="aggregate")
        _refuse((values <= 0) & (np.arange(len(weights)) == counts[1]))
        return np.asarray(values[:, counts[0]] / values[:, counts[1]])
    reduce = np.fmin if method == "minimum" else np.fmax
    return np.asarray(reduce.reduce(values[:, counts], axis=1))


def _median(values: Matrix, weights: Matrix) -> Matrix:
    """The value at which half of the known weight is reached, midway between two where it is reached exactly."""
    order = np.argsort(values, axis=1)
    rising = np.take_along_axis(values, order, axis=1)
    shares = np.where(np.isnan(rising), 0.0, weights[order])
    reached = np.cumsum(shares, axis=1)
    half = reached[:, -1:] / 2
    rows = np.arange(len(values))
    lower = rising[rows, np.argmax(reached >= half * (1 - 1e-12), axis=1)]
    upper = rising[rows, np.argmax(reached > half * (1 + 1e-12), axis=1)]
    return np.where(half[:, 0] > 0, (lower + upper) / 2, np.nan)


def aggregate(
    scores: Mapping[str, Matrix],
    framework: Framework,
    units: tuple[str, ...],
    methods: Mapping[str, Aggregation],
    *,
    mirror: float = 100.0,
    least: Mapping[str, float] = {},
    power: float = 2.0,
    bounds: tuple[float, float] = (0.0, 1.0),
    times: Sequence[int] = (),
) -> dict[str, Matrix]:
    """The scores of every aggregate, shape (units,) each, by its code, from the pillars up to the index.

    `scores` are the indicators' by code; `methods` the way of each aggregate. An aggregate has no score where less
    than its share of `least` of its parts' weight is known. `mirror` is the sum of opposite scores, by which an
    aggregate of direction -1 is turned round before it goes up. `times` are the units' years, which
    refusals name. OECD/JRC Handbook (2008), step 6.

    >>> from metropolis.tools.barometer.engine.framework import Node
    >>> tree = Framework(nodes=[Node(code="a", parent="i", weight=3), Node(code="b", parent="i"), Node(code="i")])
    >>> scores = {"a": np.array([40.0, 80.0]), "b": np.array([20.0, np.nan])}
    >>> aggregate(scores, tree, ("X", "Y"), {"i": "arithmetic"}, least={"i": 0.5})["i"].tolist()
    [35.0, 80.0]
    """
    found: dict[str, Matrix] = {}
    for node in framework.aggregates:
        parts = framework.children[node.code]
        columns = np.column_stack([_upward(part, scores, found, mirror) for part in parts])
        weights = np.array([part.weight for part in parts], dtype=np.float64)
        try:
            up = aggregate_one(columns, weights, methods[node.code], power, bounds)
        except _Unfit as error:
            part, value = parts[error.column].code, columns[error.row, error.column]
            subject = f"{part!r} of {units[error.row]!r}{f' in {times[error.row]}' if times else ''}"
            raise InvalidInput(_why(methods[node.code], subject, value, power), field=part) from error
        share = (~np.isnan(columns) * weights).sum(axis=1) / weights.sum()
        found[node.code] = np.where(share >= least.get(node.code, np.finfo(float).tiny), up, np.nan)
    return found


def _why(method: Aggregation, subject: str, value: float, power: float) -> str:
    if method == "product":
        return f"A broken power needs values of zero or more: {subject} is {value:g}."
    if method == "ratio":
        return f"A ratio is by something above zero: {subject} is {value:g}."
    if method == "power" and power > 0:
        message = f"A power mean needs values of zero or more: {subject} is {value:g}."
        return f"{message} Normalise to a scale that begins at zero or above."
    if method != "benefit-of-the-doubt":
        message = f"A {method} mean needs values above zero: {subject} is {value:g}."
        return f"{message} Normalise to a scale that begins above zero."
    if np.isnan(value):
        return f"Benefit of the doubt needs every value: {subject} is missing. Fill gaps before."
    return f"Benefit of the doubt needs values of zero or more: {subject} is {value:g}."


def _upward(part: Node, scores: Mapping[str, Matrix], found: Mapping[str, Matrix], mirror: float) -> Matrix:
    if part.code in scores:  # an indicator: normalising has turned it round
        return scores[part.code]
    return found[part.code] if part.direction == 1 else mirror - found[part.code]
