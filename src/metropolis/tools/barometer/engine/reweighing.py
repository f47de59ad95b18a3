"""Other weights for a finished index: the new ranking at once, without building it again."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine.building import Index, State
from metropolis.tools.barometer.engine.framework import Framework, Node
from metropolis.tools.barometer.engine.material import Material
from metropolis.tools.barometer.engine.prepared import Prepared
from metropolis.tools.barometer.engine.recipe import Aggregate
from metropolis.tools.barometer.engine.statistics import ranks
from metropolis.tools.barometer.engine.table import Matrix

#: What has no weights of its own to move, or takes too long for an answer at once.
_NOT_MOVABLE = frozenset({"kemeny", "benefit-of-the-doubt"})
#: Rows beyond which comparing every two of them takes too long as well.
_MOST_COMPARED = 1000
#: The greatest weight that can be set by hand.
GREATEST = 1e6


class Reweighed(NamedTuple):
    """Scores and ranks of the index under other weights, shape (units,) each, in one year; `framework` has them."""

    framework: Framework
    units: tuple[str, ...]
    scores: Matrix
    ranks: Matrix


class LeftOut(NamedTuple):
    """The ranking without each indicator in turn: its code, and the rank of every unit, shape (indicators, units)."""

    codes: tuple[str, ...]
    units: tuple[str, ...]
    ranks: Matrix


class Reweighing:
    """An index brought as far as its aggregation, from which any weights make a ranking."""

    def __init__(self, material: Material, index: Index) -> None:
        data, framework = material.parts()
        state = State.of(data, framework)
        for step in material.recipe.steps[:-1]:
            state = state.after(step)
        self._prepared = Prepared(state, material.recipe)
        self._framework, self._scores = index.framework, index.scores
        last = material.recipe.steps[-1]
        methods = {last.method, *last.but.values()} if isinstance(last, Aggregate) else set()
        slow = {"copeland"} if len(self._scores.units) > _MOST_COMPARED else set()
        self.fixed = min(methods & (_NOT_MOVABLE | slow), default="")

    def with_weights(self, weights: Mapping[str, float], year: int | None = None) -> Reweighed:
        """The ranking under other weights for some nodes, by code; others keep those of the edition.

        `InvalidInput` for a code that is none, for a weight below zero or above a million, where all parts of a node
        would weigh nothing, and for an index without weights to move (`fixed`).
        """
        if self.fixed:
            message = f"Weights cannot be moved by hand here: part of the index is formed by {self.fixed!r}."
            raise InvalidInput(message, field="weights")
        for code, weight in weights.items():
            if not 0 <= weight <= GREATEST:
                raise InvalidInput(f"A weight is a number from 0 to {GREATEST:,.0f}.", field=code)
        framework = self._framework.with_weights(dict(weights))
        column = np.array([[node.weight] for node in framework.nodes])
        scores = np.asarray(self._prepared.scores(column)[0], dtype=np.float64)
        units, here = self._of_year(year)
        return Reweighed(framework, units, scores[here], ranks(scores[here]))

    def without_each(self, year: int | None = None) -> LeftOut:
        """The ranking of one year less one indicator, for each that is not alone in its node.

        None where not every node is a mean: each of them would take as long as a whole index.
        """
        codes = [node.code for node in self._framework.nodes]
        candidates = self._framework.indicators if self._prepared.is_tree_of_means else ()
        kept = tuple(node.code for node in candidates if self._can_do_without(node))
        units, here = self._of_year(year)
        weights = np.repeat([[node.weight] for node in self._framework.nodes], len(kept), axis=1)
        weights[[codes.index(code) for code in kept], np.arange(len(kept))] = 0.0
        scores = self._prepared.scores(weights) if kept else np.empty((0, len(self._scores.units)))
        return LeftOut(kept, units, ranks(scores[:, here].T).T if kept else scores[:, here])

    def _can_do_without(self, node: Node) -> bool:
        """Whether something else of the same group weighs anything."""
        beside = self._framework.children.get(node.parent or "", ())
        return sum(one.weight for one in beside if one.code != node.code) > 0

    def _of_year(self, year: int | None) -> tuple[tuple[str, ...], NDArray[np.intp]]:
        table = self._scores
        here = np.arange(len(table.units)) if year is None else np.flatnonzero(np.asarray(table.times) == year)
        return tuple(table.units[place] for place in here), here
