"""Why a score is what it is: exact parts of a gap or a change, strengths and weaknesses, peers."""

from collections.abc import Mapping

import numpy as np

from metropolis.engine_kit import InvalidInput, Value
from metropolis.tools.barometer.engine.building import Index
from metropolis.tools.barometer.engine.framework import Framework, Node
from metropolis.tools.barometer.engine.recipe import Aggregate
from metropolis.tools.barometer.engine.statistics import medians, ranks
from metropolis.tools.barometer.engine.table import Matrix, Table

#: Means of the form f⁻¹(Σ w f(x)), by their f: the gap of two of them has exact parts.
QUASI_ARITHMETIC = ("arithmetic", "geometric", "harmonic", "power")


class Difference(Value):
    """The difference of two scores, and the part of it that each indicator makes; the parts add up to it."""

    first: float
    second: float
    parts: dict[str, float]

    @property
    def gap(self) -> float:
        """The first score less the second."""
        return self.first - self.second


def difference(index: Index, first: int, second: int | None = None) -> Difference:
    """Why the unit in row `first` scores otherwise than that in row `second`, or than the typical unit.

    The typical unit has the median of every indicator's score in that year. Rows of two years explain a change. The
    parts are exact for every tree of arithmetic, geometric, harmonic and power means: the gap of a mean f⁻¹(Σ w f(x))
    is Σ w (f(x) − f(x')) times (y − y') / (f(y) − f(y')), which for the geometric mean is the logarithmic mean (Ang
    2005, LMDI). `InvalidInput` for an index with medians or outrankings, whose gaps have no parts.

    >>> from metropolis.tools.barometer.engine.building import build
    >>> from metropolis.tools.barometer.engine.example import example
    >>> told = difference(build(*example()), 0, 1)  # Lima and Quito
    >>> round(told.gap, 2), {code: round(part, 2) for code, part in told.parts.items()}
    (-24.08, {'clinics': -3.12, 'waiting': -11.84, 'trust': -6.67, 'fear': -2.45})
    """
    leaves = [node.code for node in index.framework.indicators]
    values = index.scores.select(leaves).values
    times = np.asarray(index.scores.times or [0] * len(values))
    typical = medians(values[times == times[first]])
    other = typical if second is None else values[second]
    tree = _Tree(index)
    one, two = tree.scores(values[first]), tree.scores(other)
    parts = tree.parts(index.framework.root, one, two)
    code = index.framework.root.code
    return Difference(first=one[code], second=two[code], parts={leaf: parts.get(leaf, 0.0) for leaf in leaves})


class _Tree:
    """The means of an index, for one unit at a time."""

    def __init__(self, index: Index) -> None:
        last = index.recipe.steps[-1]
        if not isinstance(last, Aggregate):
            raise InvalidInput("The last step of a recipe aggregates.", field="recipe")
        self._framework, self._last = index.framework, last
        for node in index.framework.aggregates:
            if self._method(node) not in QUASI_ARITHMETIC:
                message = f"{node.label} is formed by {self._method(node)!r}: the gap of two scores has no parts."
                raise InvalidInput(message, field="aggregate")
            if node.direction != 1:
                raise InvalidInput(f"{node.label} is turned round: parts are not defined for it.", field="direction")

    def scores(self, values: Matrix) -> dict[str, float]:
        """The score of every node from those of the indicators."""
        found = dict(zip((n.code for n in self._framework.indicators), values.tolist(), strict=True))
        for node in self._framework.aggregates:
            terms = [(share, self._raised(node, found[code])) for code, share in self._shares(node, found).items()]
            found[node.code] = self._lowered(node, sum(share * raised for share, raised in terms))
        return found

    def parts(self, node: Node, one: Mapping[str, float], two: Mapping[str, float]) -> dict[str, float]:
        """The parts of the gap between two units in one node, by indicator."""
        if node.code not in self._framework.children:
            return {node.code: one[node.code] - two[node.code]}
        high, low = self._raised(node, one[node.code]), self._raised(node, two[node.code])
        middle = (high + low) / 2
        slope = self._slope(node, one[node.code], two[node.code])
        found: dict[str, float] = {}
        shares = self._shares(node, one), self._shares(node, two)
        for part in self._framework.children[node.code]:
            terms = [
                share[part.code] * (self._raised(node, unit[part.code]) - middle) if part.code in share else 0.0
                for share, unit in zip(shares, (one, two), strict=True)
            ]
            found |= self._spread(part, (terms[0] - terms[1]) * slope, one, two)
        return found

    def _spread(
        self, part: Node, amount: float, one: Mapping[str, float], two: Mapping[str, float]
    ) -> dict[str, float]:
        """Hand the part of a child on to its indicators, in proportion to theirs in its own gap."""
        if part.code not in self._framework.children:
            return {part.code: amount}
        below = self.parts(part, one, two)
        own = one[part.code] - two[part.code]
        if own and not np.isnan(own):
            return {code: amount * share / own for code, share in below.items()}
        leaves = self._framework.leaves(part.code)
        return {leaf.code: amount / len(leaves) for leaf in leaves}

    def _method(self, node: Node) -> str:
        return self._last.but.get(node.code, self._last.method)

    def _shares(self, node: Node, scores: Mapping[str, float]) -> dict[str, float]:
        known = [part for part in self._framework.children[node.code] if not np.isnan(scores[part.code])]
        total = sum(part.weight for part in known)
        return {part.code: part.weight / total for part in known}

    def _exponent(self, node: Node) -> float:
        return {"arithmetic": 1.0, "geometric": 0.0, "harmonic": -1.0, "power": self._last.power}[self._method(node)]

    def _raised(self, node: Node, score: float) -> float:
        exponent = self._exponent(node)
        return float(np.log(score)) if exponent == 0 else float(score**exponent)

    def _lowered(self, node: Node, raised: float) -> float:
        exponent = self._exponent(node)
        return float(np.exp(raised)) if exponent == 0 else float(raised ** (1 / exponent))

    def _slope(self, node: Node, one: float, two: float) -> float:
        rise = self._raised(node, one) - self._raised(node, two)
        if abs(rise) > 1e-12 * max(1.0, abs(self._raised(node, one))):
            return (one - two) / rise
        exponent = self._exponent(node)
        return one if exponent == 0 else one ** (1 - exponent) / exponent


class Strength(Value):
    """An indicator in which a unit stands out: its rank there, the best being 1, and its value."""

    code: str
    rank: int
    value: float


def strengths(data: Table, framework: Framework, unit: str, most: int = 5) -> tuple[Strength, ...]:
    """The indicators in which a unit ranks best, the best first; ties in the framework's order.

    `data` are the figures to rank by: as they were given, or as a stage of a build left them.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> [(one.code, one.rank, one.value) for one in strengths(*example(), "OSL", most=2)]
    [('clinics', 1, 12.0), ('waiting', 1, 10.0)]
    """
    return _standing_out(data, framework, unit)[:most]


def weaknesses(data: Table, framework: Framework, unit: str, most: int = 5) -> tuple[Strength, ...]:
    """The indicators in which a unit ranks worst, the worst first.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> [(one.code, one.rank, one.value) for one in weaknesses(*example(), "LIM", most=2)]
    [('fear', 6, 50.0), ('trust', 5, 47.0)]
    """
    return _standing_out(data, framework, unit)[::-1][:most]


def _standing_out(data: Table, framework: Framework, unit: str) -> tuple[Strength, ...]:
    if unit not in data.units:
        raise InvalidInput(f"There is no unit {unit!r} in the data.", field="unit")
    row = data.units.index(unit)
    found = [
        Strength(code=node.code, rank=int(ranks(data.column(node.code) * node.direction)[row]), value=float(value))
        for node in framework.indicators
        if not np.isnan(value := data.column(node.code)[row])
    ]
    return tuple(sorted(found, key=lambda one: one.rank))


def peers(context: Table, unit: str, most: int = 10) -> tuple[str, ...]:
    """The units nearest to one in structure: by Gower's distance (1971) over what both are known of.

    `context` has a column for each figure of size, density, income and so on, and a group for each word.

    >>> size = np.array([[9.0], [2.0], [8.5], [1.5]])
    >>> peers(Table(("Lima", "Quito", "Bogotá", "Cali"), ("millions",), size), "Lima", most=2)
    ('Bogotá', 'Quito')
    """
    if unit not in context.units:
        raise InvalidInput(f"There is no unit {unit!r} in the context.", field="unit")
    row = context.units.index(unit)
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = np.abs(context.values - context.values[row]) / np.ptp(_known(context.values), axis=0)
    words = [np.asarray(group) for group in context.groups.values()]
    unlike = [np.where(np.isin([""], [word[row]]) | (word == ""), np.nan, word != word[row]) for word in words]
    distances = np.column_stack([apart, *unlike]).astype(float)
    known = ~np.isnan(distances)
    mean = np.where(known, distances, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    mean[~known.any(axis=1)] = np.inf
    mean[row] = np.inf
    order = [int(place) for place in np.argsort(mean, kind="stable") if np.isfinite(mean[place])]
    return tuple(context.units[place] for place in order[:most])


def _known(values: Matrix) -> Matrix:
    """The values with gaps filled by the column's median, so that the range is that of what is known."""
    return np.where(np.isnan(values), np.nanmedian(values, axis=0), values)
