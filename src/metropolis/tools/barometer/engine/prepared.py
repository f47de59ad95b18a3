"""Normalised data under one choice of steps, from which weights make scores, many replications at a time.

Trees of arithmetic, geometric or harmonic means collapse to one weight an indicator: a run is then one matrix product.
Other trees of means go up node by node for all replications, and what is no mean one by one.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine.aggregating import aggregate_one, raised, unfit_for
from metropolis.tools.barometer.engine.building import State
from metropolis.tools.barometer.engine.recipe import Aggregate, Recipe
from metropolis.tools.barometer.engine.table import Matrix

Floats = NDArray[np.float32]
Floating = NDArray[np.floating[Any]]
Pair = tuple[Callable[[Floating], Floating], Callable[[Floating], Floating]]
#: Means of the form f⁻¹(Σ w f(x)): f and its inverse.
MEANS: Mapping[str, Pair] = {
    "arithmetic": (lambda x: x, lambda x: x),
    "geometric": (np.log, np.exp),
    "harmonic": (lambda x: 1 / x, lambda x: 1 / x),
}
#: Those that take values above zero only.
POSITIVE = frozenset({"geometric", "harmonic"})


class Prepared:
    """Normalised data under one choice of steps, from which weights make scores."""

    def __init__(self, state: State, recipe: Recipe) -> None:
        self.framework = state.framework
        self.values = state.table.select([node.code for node in self.framework.indicators]).values
        last = recipe.steps[-1]
        if not isinstance(last, Aggregate):
            raise InvalidInput("The last step aggregates.", field="steps")
        self._last = last
        self._methods = {node.code: last.but.get(node.code, last.method) for node in self.framework.aggregates}
        self._mirror = state.mirror
        self._places = {node.code: place for place, node in enumerate(self.framework.nodes)}
        unfit = (unfit_for(self.values, method, last.power) for method in sorted(set(self._methods.values())))
        if any(found is not None and found.any() for found in unfit):
            state.after(last)  # which names the value that has no logarithm or inverse, if it counts

    @property
    def is_tree_of_means(self) -> bool:
        """Whether every node is a mean, so that many replications go up together."""
        return set(self._methods.values()) <= {*MEANS, "power"}

    @cached_property
    def collapses(self) -> Pair | None:
        """The mean's function and inverse where one weight for each indicator says it all."""
        first, *others = set(self._methods.values())
        turned = any(node.direction != 1 for node in self.framework.aggregates)
        if others or first not in MEANS or turned or np.isnan(self.values).any():
            return None
        return MEANS[first]

    @cached_property
    def _forward(self) -> Matrix:
        """What a weight multiplies, where the tree collapses; shape (indicators, units)."""
        forward, _ = self.collapses or MEANS["arithmetic"]
        values = self.values
        if POSITIVE & set(self._methods.values()):
            values = np.where(values > 0, values, 1.0)  # those that are not have no weight
        return np.ascontiguousarray(forward(values).T)

    def shares(self, weights: Matrix) -> Matrix:
        """The part of each indicator in the index, shape (indicators, replications), from all nodes' weights."""
        found = np.empty_like(weights)
        found[self._places[self.framework.root.code]] = 1.0
        for node in reversed(self.framework.aggregates):
            parts = [self._places[part.code] for part in self.framework.children[node.code]]
            own = weights[parts]
            own *= found[self._places[node.code]] / own.sum(axis=0)
            found[parts] = own
        return found[[self._places[node.code] for node in self.framework.indicators]]

    def scores(self, weights: Matrix) -> Matrix:
        """The index for each column of weights, shape (replications, units)."""
        if self.collapses is not None:
            _, back = self.collapses
            return np.asarray(back(self.shares(weights).T @ self._forward), dtype=np.float64)
        if self.is_tree_of_means:
            return self._climb(weights, {})
        return np.array([self._score(column) for column in weights.T])

    def scores_with(self, weights: Matrix, scaled: Mapping[str, Floats]) -> Floating:
        """Likewise, with some indicators' values of each replication, which are used up."""
        if self.collapses is None:
            return self._climb(weights, scaled)
        forward, back = self.collapses
        shares = self.shares(weights).astype(np.float32)
        codes = [node.code for node in self.framework.indicators]
        still = [place for place, code in enumerate(codes) if code not in scaled]
        total = shares[still].T @ self._forward[still].astype(np.float32)
        for code, values in scaled.items():
            _check_fit(values, code, next(iter(self._methods.values())), self._last.power)
            series = forward(values)
            series *= shares[codes.index(code)][:, None]
            total += series
        return back(total)

    def _climb(self, weights: Matrix, scaled: Mapping[str, Floats]) -> Matrix:
        """All replications node by node, gaps left out; a node's values have the shape (replications or 1, units)."""
        found: dict[str, Matrix] = {
            node.code: values[None] for node, values in zip(self.framework.indicators, self.values.T, strict=True)
        }
        found |= {code: values.astype(np.float64) for code, values in scaled.items()}
        for node in self.framework.aggregates:
            parts = self.framework.children[node.code]
            own = weights[[self._places[part.code] for part in parts]][:, :, None]
            up = self._mean(node.code, [found[part.code] for part in parts], own)
            found[node.code] = up if node.direction == 1 else self._mirror - up
        return found[self.framework.root.code]

    def _mean(self, code: str, columns: Sequence[Matrix], weights: Matrix) -> Matrix:
        power = self._last.power
        pair: Pair = (lambda x: raised(x, power), lambda x: x ** (1 / power))
        forward, back = MEANS.get(self._methods[code], pair)
        shape = (weights.shape[1], columns[0].shape[1])
        total, weight = np.zeros(shape), np.zeros(shape)
        for column, own in zip(columns, weights, strict=True):
            known = ~np.isnan(column) & (own > 0)
            _check_fit(np.where(known, column, 1.0), code, self._methods[code], power)
            total += np.where(known, forward(np.where(known, column, 1.0)), 0.0) * own
            weight += known * own
        least = self._last.needed(code)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(weight >= least * weights.sum(axis=0), back(total / weight), np.nan)

    def _score(self, weights: Matrix) -> Matrix:
        found = dict(zip((node.code for node in self.framework.indicators), self.values.T, strict=True))
        for node in self.framework.aggregates:
            parts = self.framework.children[node.code]
            columns = np.column_stack([found[part.code] for part in parts])
            own = weights[[self._places[part.code] for part in parts]]
            up = aggregate_one(columns, own, self._methods[node.code], self._last.power, self._last.bounds)
            known = (~np.isnan(columns) * own).sum(axis=1) / own.sum()
            up = np.where(known >= self._last.needed(node.code), up, np.nan)
            found[node.code] = up if node.direction == 1 else self._mirror - up
        return np.asarray(found[self.framework.root.code])


def _check_fit(values: Floating, code: str, method: str, power: float) -> None:
    unfit = unfit_for(values, method, power)
    if unfit is not None and unfit.any():
        message = f"In some replication a value of {code!r} is zero or less, of which there is no {method} mean"
        raise InvalidInput(f"{message}: normalise to goalposts that cut, on a scale above zero.", field=code)
