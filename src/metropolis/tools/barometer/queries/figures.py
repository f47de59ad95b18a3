"""One unit's figures beside all others': for charts of its profile, and what is to be known of each figure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from metropolis.tools.barometer.engine.figures import YearFigures
from metropolis.tools.barometer.engine.framework import Framework, Node
from metropolis.tools.barometer.engine.table import Matrix
from metropolis.tools.barometer.models import Edition
from metropolis.tools.barometer.queries.computed import material_of, trace_of

#: Fewer answers than this of a plain sample are few.
FEW = 100


class Spread(NamedTuple):
    """One unit's score in a node, and the spread of all: least, quartiles and greatest; None where nothing is known."""

    node: Node
    value: float | None
    minimum: float | None
    quartile_1: float | None
    median: float | None
    quartile_3: float | None
    maximum: float | None
    peers: float | None


def spreads(
    year: YearFigures, nodes: Iterable[Node], codes: Sequence[str], unit: str, peers: Sequence[str]
) -> list[Spread]:
    """A unit's scores in some nodes beside all units' and its peers' median; `codes` are the columns of the scores."""
    values = np.array(year.scores, dtype=np.float64)
    row = year.units.index(unit)
    like = [year.units.index(peer) for peer in peers if peer in year.units]
    return [_spread(node, values[:, codes.index(node.code)], row, like) for node in nodes]


def _spread(node: Node, column: Matrix, row: int, like: list[int]) -> Spread:
    known = column[~np.isnan(column)]
    least, low, middle, high, most = np.quantile(known, [0, 0.25, 0.5, 0.75, 1]).tolist() if len(known) else [None] * 5
    near = column[like]
    near = near[~np.isnan(near)]
    return Spread(
        node=node,
        value=None if np.isnan(column[row]) else float(column[row]),
        minimum=least,
        quartile_1=low,
        median=middle,
        quartile_3=high,
        maximum=most,
        peers=float(np.median(near)) if len(near) else None,
    )


class Measured(NamedTuple):
    """One indicator of a unit as it was measured; None where it is not known.

    `error` is its standard error and `answers` how many of a plain sample it is worth, where it comes of a survey;
    `is_filled` says that a gap was filled (with `filled`, where that has the indicator's unit), `moved_to` where an
    outlier was moved to.
    """

    node: Node
    value: float | None
    error: float | None
    answers: float | None
    is_filled: bool
    filled: float | None
    moved_to: float | None

    @property
    def is_withheld(self) -> bool:
        """Whether a survey asked, but too few answered."""
        return self.value is None and self.answers is not None

    @property
    def rests_on_few(self) -> bool:
        """Whether it rests on few answers."""
        return self.value is not None and self.answers is not None and self.answers < FEW


def measured_of(row: Edition, tree: Framework, year: int | None, unit: str) -> list[Measured]:
    """A unit's indicators in a year, as `tree` tells them and in its order."""
    material = material_of(row)
    data, _framework = material.parts()
    times = data.times or (None,) * len(data.units)
    place = next((at for at, pair in enumerate(zip(data.units, times, strict=True)) if pair == (unit, year)), None)
    if place is None:
        return []
    trace = trace_of(row)
    found = []
    for node in tree.indicators:
        key = (unit, year, node.code)
        value = float(data.values[place, data.place(node.code)])
        moved = trace.moved.get(key)
        found.append(
            Measured(
                node=node,
                value=None if np.isnan(value) else value,
                error=(material.errors[node.code][place] or None) if node.code in material.errors else None,
                answers=material.answers[node.code][place] if node.code in material.answers else None,
                is_filled=key in trace.imputed,
                filled=trace.imputed.get(key),
                moved_to=moved.after if moved else None,
            )
        )
    return found
