"""Putting columns on one scale, each so that more is better."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, Self

import numpy as np
from pydantic import Field, model_validator

from metropolis.engine_kit import InvalidInput, Value
from metropolis.tools.barometer.engine.framework import Goalposts, Node
from metropolis.tools.barometer.engine.statistics import rising_ranks
from metropolis.tools.barometer.engine.table import Matrix


class MinMax(Value):
    """From the column's least to its greatest value, stretched onto `lower` … `upper`."""

    method: Literal["min-max"] = "min-max"
    lower: float = 0.0
    upper: float = 100.0

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        _refuse_point(self.lower, self.upper)
        return self


class ToGoalposts(Value):
    """From the node's lower to its upper goalpost, stretched onto `lower` … `upper`; `cut` what lies beyond them.

    The goalposts do not depend on the data, so scores of different years can be compared. `goalposts` are others than
    the nodes' own, by code, which is how they are varied. A node without any is refused; or has these `percentiles` of
    its column, counted from the worst, as the SDG Index and the Environmental Performance Index do.
    """

    method: Literal["goalposts"] = "goalposts"
    lower: float = 0.0
    upper: float = 100.0
    cut: bool = True
    goalposts: dict[str, Goalposts] = {}
    percentiles: tuple[float, float] | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        _refuse_point(self.lower, self.upper)
        if self.percentiles is not None and not 0 <= self.percentiles[0] < self.percentiles[1] <= 100:  # noqa: PLR2004
            raise InvalidInput(
                "The percentiles are two numbers from 0 to 100, the lower one first.", field="percentiles"
            )
        return self

    def depends_on_data(self, nodes: Sequence[Node]) -> bool:
        """Whether some of the nodes have no goalposts but percentiles of their columns."""
        return self.percentiles is not None and any(
            node.goalposts is None and node.code not in self.goalposts for node in nodes
        )

    def of(self, node: Node) -> Goalposts:
        """The goalposts of one node."""
        found = self.goalposts.get(node.code, node.goalposts)
        if found is None:
            raise InvalidInput(f"{node.code!r} has no goalposts: give its lower and its upper one.", field=node.code)
        return found


def _refuse_point(lower: float, upper: float) -> None:
    if lower == upper:
        raise InvalidInput(f"A scale from {lower:g} to {upper:g} gives every unit the same score.", field="upper")


class ZScore(Value):
    """Mean and standard deviation (of a sample) of the column set to these."""

    method: Literal["z-score"] = "z-score"
    mean: float = 0.0
    deviation: float = Field(default=1.0, gt=0)


class ByRank(Value):
    """Rank from the lowest, 1 ("rank"), less one ("borda"), or as a share of the others ("percentile"); ties share.

    As in COINr, a column of which all values are the same is taken: all share a rank.
    """

    method: Literal["rank", "borda", "percentile"] = "rank"


class ToReference(Value):
    """How far from the lowest value towards that of a reference unit, which has 1."""

    method: Literal["distance-to-reference"] = "distance-to-reference"
    unit: str


class ToTarget(Value):
    """How far from the worst value towards the node's target, which has 1; `cut` what lies beyond it."""

    method: Literal["distance-to-target"] = "distance-to-target"
    cut: bool = False


class ToMaximum(Value):
    """How far from the worst value towards the best ("distance-to-maximum"), or as a share of it."""

    method: Literal["distance-to-maximum", "share-of-maximum"] = "distance-to-maximum"


class Categorical(Value):
    """The score of the interval the percentile rank lies in: OECD/JRC Handbook (2008), table 14.

    The percentile rank is the unit's place from the lowest in percent of all. `percentiles` rise, and there is one more
    of the `scores` than of them.
    """

    method: Literal["categorical"] = "categorical"
    percentiles: tuple[float, ...] = (5, 15, 35, 65, 85, 95)
    scores: tuple[float, ...] = (0, 20, 40, 50, 60, 80, 100)


Normalisation = Annotated[
    MinMax | ToGoalposts | ZScore | ByRank | ToReference | ToTarget | ToMaximum | Categorical,
    Field(discriminator="method"),
]


def normalise(values: Matrix, nodes: Sequence[Node], how: Normalisation, units: Sequence[str] = ()) -> Matrix:
    """The columns of `nodes` on one scale, shape (units, columns).

    A column whose node has direction -1 is turned round (multiplied by -1, its goalposts and target with it) before.
    OECD/JRC Handbook (2008), step 5; the formulas are those of COINr (Becker et al., JOSS 2022).

    >>> normalise(np.array([[1.0], [2.0], [5.0]]), [Node(code="a", direction=-1)], MinMax()).ravel().tolist()
    [100.0, 75.0, 0.0]
    """
    signs = np.array([node.direction for node in nodes], dtype=np.float64)
    return _WAYS[type(how)](_Columns(values * signs, nodes, units), how)


def mirror(how: Normalisation) -> float:
    """The sum of a score and of its opposite on the scale: how an aggregate of direction -1 is turned round.

    >>> mirror(MinMax(lower=1, upper=100)), mirror(ZScore(mean=10))
    (101.0, 20.0)
    """
    if isinstance(how, MinMax | ToGoalposts):
        return how.lower + how.upper
    if isinstance(how, ZScore):
        return 2 * how.mean
    if isinstance(how, Categorical):
        return how.scores[0] + how.scores[-1]
    return 1.0


def divided_by_nothing(how: Normalisation) -> str:
    """Why a value may have no finite score: `normalise` leaves it infinite, as COINr does, and `build` refuses it.

    >>> divided_by_nothing(ToMaximum(method="share-of-maximum"))
    'the greatest value is zero'
    """
    reasons = {
        "distance-to-reference": "the reference has the worst value itself",
        "distance-to-target": "the target is the worst value itself",
        "share-of-maximum": "the greatest value is zero",
        "percentile": "there is but one unit",
    }
    return reasons.get(how.method, "the numbers are too large")


def given_goalposts(how: Normalisation) -> Mapping[str, Goalposts]:
    """The goalposts that a way of normalising gives of its own, by code."""
    return how.goalposts if isinstance(how, ToGoalposts) else {}


class _Columns(NamedTuple):
    """Columns turned so that more is better, their nodes and the units."""

    values: Matrix
    nodes: Sequence[Node]
    units: Sequence[str]

    @property
    def limits(self) -> tuple[Matrix, Matrix]:
        """The least and the greatest value of each column, which must differ."""
        low, high = np.nanmin(self.values, axis=0), np.nanmax(self.values, axis=0)
        flat = np.flatnonzero(~(low < high))
        if len(flat):
            code = self.nodes[flat[0]].code
            message = f"Every unit has the same value of {code!r}: it cannot tell them apart."
            raise InvalidInput(f"{message} Leave it out, or give it goalposts.", field=code)
        return low, high


def _min_max(columns: _Columns, how: MinMax) -> Matrix:
    return _between(columns.values, *columns.limits, how.lower, how.upper)


def _between(values: Matrix, low: Matrix, high: Matrix, lower: float, upper: float) -> Matrix:
    return np.asarray((values - low) / (high - low) * (upper - lower) + lower)


def _to_goalposts(columns: _Columns, how: ToGoalposts) -> Matrix:
    posts = []
    for node, values in zip(columns.nodes, columns.values.T, strict=True):
        if how.percentiles is not None and how.depends_on_data([node]):
            posts.append(_percentile_goalposts(values, how.percentiles, node.code))
            continue
        ends = (how.of(node).lower, how.of(node).upper)
        posts.append(ends if node.direction == 1 else (-ends[1], -ends[0]))
    low, high = np.array(posts).T
    found = _between(columns.values, low, high, how.lower, how.upper)
    return np.clip(found, min(how.lower, how.upper), max(how.lower, how.upper)) if how.cut else found


def _percentile_goalposts(values: Matrix, percentiles: tuple[float, float], code: str) -> tuple[float, float]:
    low, high = np.nanpercentile(values, percentiles).tolist()
    if not low < high:
        message = (
            f"The percentiles {percentiles[0]:g} and {percentiles[1]:g} of {code!r} are the same: give it goalposts."
        )
        raise InvalidInput(message, field=code)
    return low, high


def _z_score(columns: _Columns, how: ZScore) -> Matrix:
    _ = columns.limits  # a constant column is refused
    away = columns.values - np.nanmean(columns.values, axis=0)
    return np.asarray(away / np.nanstd(columns.values, axis=0, ddof=1) * how.deviation + how.mean)


def _by_rank(columns: _Columns, how: ByRank) -> Matrix:
    rank = rising_ranks(columns.values)
    if how.method == "rank":
        return rank
    others = (~np.isnan(columns.values)).sum(axis=0) - 1
    with np.errstate(invalid="ignore"):  # of one unit alone
        return rank - 1 if how.method == "borda" else (rank - 1) / others


def _to_reference(columns: _Columns, how: ToReference) -> Matrix:
    if how.unit not in columns.units:
        raise InvalidInput(f"There is no unit {how.unit!r} to refer to.", field="unit")
    _ = columns.limits  # a constant column is refused
    best = columns.values[list(columns.units).index(how.unit)]
    if np.isnan(best).any():
        code = columns.nodes[int(np.argmax(np.isnan(best)))].code
        raise InvalidInput(f"The reference {how.unit!r} has no value of {code!r}.", field="unit")
    return _towards(columns.values, best)


def _to_target(columns: _Columns, how: ToTarget) -> Matrix:
    bare = [node.code for node in columns.nodes if node.target is None]
    if bare:
        raise InvalidInput(f"{bare[0]!r} has no target.", field=bare[0])
    target = [node.target * node.direction for node in columns.nodes if node.target is not None]
    found = _towards(columns.values, np.array(target, dtype=np.float64))
    return np.minimum(found, 1.0) if how.cut else found


def _to_maximum(columns: _Columns, how: ToMaximum) -> Matrix:
    if how.method == "distance-to-maximum":
        return _towards(columns.values, columns.limits[1])
    high = np.nanmax(columns.values, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(columns.values / high)


def _towards(values: Matrix, best: Matrix) -> Matrix:
    low = np.nanmin(values, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(1 - (best - values) / (best - low))


def _categorical(columns: _Columns, how: Categorical) -> Matrix:
    if len(how.scores) != len(how.percentiles) + 1 or list(how.percentiles) != sorted(how.percentiles):
        message = "Percentiles must rise, and there must be one score more than percentiles."
        raise InvalidInput(message, field="percentiles")
    known = ~np.isnan(columns.values)
    percent = 100 * rising_ranks(columns.values) / known.sum(axis=0)
    place = (percent[None] >= np.array(how.percentiles)[:, None, None]).sum(axis=0)
    return np.where(known, np.asarray(how.scores)[place], np.nan)


_WAYS: Mapping[type, Callable[[_Columns, Any], Matrix]] = {
    MinMax: _min_max,
    ToGoalposts: _to_goalposts,
    ZScore: _z_score,
    ByRank: _by_rank,
    ToReference: _to_reference,
    ToTarget: _to_target,
    ToMaximum: _to_maximum,
    Categorical: _categorical,
}
