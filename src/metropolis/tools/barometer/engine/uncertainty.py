"""How sure scores and ranks are: an index computed again and again with what is uncertain in it varied.

Replications that differ in weights only share their normalised data, and trees of arithmetic, geometric or harmonic
means collapse to one weight an indicator: a run is then one matrix product.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine.aggregating import aggregate_one
from metropolis.tools.barometer.engine.building import Index, State, build
from metropolis.tools.barometer.engine.framework import Framework
from metropolis.tools.barometer.engine.normalising import MinMax
from metropolis.tools.barometer.engine.recipe import Aggregate, Normalise, Recipe, Step
from metropolis.tools.barometer.engine.table import Matrix, Table
from metropolis.tools.barometer.engine.varying import (
    DataNoise,
    Indices,
    LeaveOut,
    StepOptions,
    Variation,
    WeightNoise,
    WeightSets,
    errors_of,
    noisy_weights,
)

Progress = Callable[[int, int], None]
Scores = NDArray[np.float32]
#: Replications computed at a time, and the block whose random errors are drawn together.
BLOCK = 500
#: Units up to which a count is kept of each unit at each rank.
COUNTED = 1000
COLLAPSING: Mapping[str, tuple[Callable[[Matrix], Matrix], Callable[[Matrix], Matrix]]] = {
    "arithmetic": (lambda x: x, lambda x: x),
    "geometric": (np.log, np.exp),
    "harmonic": (lambda x: 1 / x, lambda x: 1 / x),
}


@dataclass(frozen=True)
class Uncertainty:
    """The index of every replication. `rows` holds what made each of them, shape (replications, inputs)."""

    nominal: Index
    variation: Variation
    seed: int
    rows: Indices
    scores: Scores = field(repr=False)  # (replications, units)

    @cached_property
    def ranks(self) -> NDArray[np.uint16]:
        """The rank of each unit in each replication, 1 for the highest, shape (replications, units)."""
        found = np.empty(self.scores.shape, dtype=np.uint16)
        places = np.arange(1, self.scores.shape[1] + 1, dtype=np.uint16)
        for start in range(0, len(self.scores), BLOCK):
            part = slice(start, start + BLOCK)
            np.put_along_axis(found[part], _order(self.scores[part]), places[None], axis=1)
        return found

    @cached_property
    def rank_counts(self) -> NDArray[np.int64]:
        """How often each unit had each rank, shape (units, ranks)."""
        units = self.scores.shape[1]
        counts = np.zeros(units * units, dtype=np.int64)
        for start in range(0, len(self.scores), BLOCK):
            flat = _order(self.scores[start : start + BLOCK])
            flat *= units
            flat += np.arange(units)
            counts += np.bincount(flat.ravel(), minlength=units * units)
        return counts.reshape(units, units)

    def score_interval(self, level: float = 0.9) -> Matrix:
        """The lower end, the median and the upper end of each unit's scores, shape (3, units)."""
        rising = np.sort(np.ascontiguousarray(self.scores.T), axis=1)
        return _quantiles(rising, level)

    def rank_interval(self, level: float = 0.9) -> Matrix:
        """The best, the median and the worst rank of each unit at a `level`, shape (3, units)."""
        if self.scores.shape[1] > COUNTED:
            return _quantiles(np.sort(np.ascontiguousarray(self.ranks.T), axis=1), level)
        reached = np.cumsum(self.rank_counts, axis=1) / len(self.scores)
        ends = ((1 - level) / 2, 0.5, (1 + level) / 2)
        return np.array([(reached >= end - 1e-12).argmax(axis=1) + 1.0 for end in ends])

    def above(self, first: str, second: str) -> float:
        """The probability that one unit scores higher than another, a tie counting half."""
        one, other = (self.scores[:, self.nominal.scores.units.index(unit)] for unit in (first, second))
        return float((one > other).mean() + (one == other).mean() / 2)

    def within(self, best: int) -> Matrix:
        """The probability that each unit is among the `best` so many, shape (units,)."""
        if self.scores.shape[1] > COUNTED:
            return np.asarray((self.ranks <= best).mean(axis=0))
        return np.asarray(self.rank_counts[:, :best].sum(axis=1) / len(self.scores))


def _order(scores: Scores) -> NDArray[np.int64]:
    """The units from the highest score to the lowest of each row, ties in their order; shape of the rows.

    Sorts one integer made of score and unit: quicker than sorting places by scores.
    """
    units = scores.shape[1]
    bits = max(1, (units - 1).bit_length())
    keys = scores.view(np.int32).astype(np.int64)
    if scores.min(initial=0.0) < 0:
        keys = np.where(keys < 0, keys ^ 0x7FFFFFFF, keys)  # negative floats rise where their bits fall
    keys *= -(1 << bits)
    keys += np.arange(units)
    keys.sort(axis=1)
    keys &= (1 << bits) - 1
    return keys


def _quantiles(rising: NDArray[np.generic], level: float) -> Matrix:
    last = rising.shape[1] - 1
    ends = np.array([(1 - level) / 2, 0.5, (1 + level) / 2]) * last
    low = np.floor(ends).astype(int)
    share = ends - low
    high = np.minimum(low + 1, last)
    return np.asarray((rising[:, low] * (1 - share) + rising[:, high] * share).T, dtype=np.float64)


def simulate(
    data: Table,
    framework: Framework,
    recipe: Recipe | None = None,
    *,
    variation: Variation,
    replications: int = 1000,
    seed: int = 0,
    rows: Indices | None = None,
    progress: Progress | None = None,
) -> Uncertainty:
    """Compute the index `replications` times, what is uncertain drawn anew each time; or for the given `rows`.

    Saisana, Saltelli & Tarantola (2005). The same seed gives the same replications; `replay` computes one alone.
    `progress(done, total)` counts replications.
    """
    study = _Study(data, framework, recipe or Recipe(), variation, seed)
    chosen = variation.draw(replications, seed) if rows is None else rows
    scores = np.empty((len(chosen), len(study.nominal.scores.units)), dtype=np.float32)
    for done, some in study.groups(chosen):
        scores[some] = study.scores(chosen[some])
        if progress is not None:
            progress(done, len(chosen))
    return Uncertainty(study.nominal, variation, seed, chosen, scores)


def replay(data: Table, found: Uncertainty, row: int) -> Index:
    """One replication of `found`, computed by `build` from its row alone: any figure can be checked."""
    study = _Study(data, found.nominal.framework, found.nominal.recipe, found.variation, found.seed)
    return study.alone(found.rows[row])


class _Study:
    """One index and what varies in it."""

    def __init__(self, data: Table, framework: Framework, recipe: Recipe, variation: Variation, seed: int) -> None:
        variation.check(recipe, framework)
        self._data, self._framework, self._recipe = data, framework, recipe
        self._variation, self._seed = variation, seed
        self.nominal = build(data, framework, recipe)
        self._prepared: dict[tuple[int, ...], _Prepared] = {}
        self._states: dict[tuple[int, ...], State] = {}
        self._factors = {
            place: noisy_weights(one, framework, seed, place)
            for place, one in enumerate(variation.inputs)
            if isinstance(one, WeightNoise)
        }
        self._stepwise = [p for p, one in enumerate(variation.inputs) if isinstance(one, StepOptions)]
        self._noise = next((p for p, one in enumerate(variation.inputs) if isinstance(one, DataNoise)), None)

    def groups(self, rows: Indices) -> "Sequence[tuple[int, NDArray[np.intp]]]":
        """The replications that share their steps, in blocks, each with how many are done after it."""
        found: list[tuple[int, NDArray[np.intp]]] = []
        done = 0
        if not self._stepwise:
            together = [np.arange(len(rows))]
        else:
            kinds, inverse = np.unique(rows[:, self._stepwise], axis=0, return_inverse=True)
            together = [np.flatnonzero(inverse == kind) for kind in range(len(kinds))]
        for group in together:
            for start in range(0, len(group), BLOCK):
                block = group[start : start + BLOCK]
                done += len(block)
                found.append((done, block))
        return found

    def scores(self, rows: Indices) -> Matrix:
        """The index of replications that share their steps, shape (replications, units)."""
        if self._noise is not None:
            return self._with_errors(rows)
        prepared = self._prepare(rows[0])
        return prepared.scores(self.weights(rows, prepared.framework))

    def weights(self, rows: Indices, framework: Framework) -> Matrix:
        """The weight of every node in every replication, shape (replications, nodes)."""
        found = np.tile([node.weight for node in framework.nodes], (len(rows), 1))
        places = {node.code: place for place, node in enumerate(framework.nodes)}
        for place, one in enumerate(self._variation.inputs):
            if isinstance(one, WeightSets):
                for number, given in enumerate(one.sets):
                    here = rows[:, place] == number
                    for code, weight in given.items():
                        found[here, places[code]] = weight
            elif isinstance(one, LeaveOut):
                for number, code in enumerate(one.codes, start=1):
                    found[rows[:, place] == number, places[code]] = 0.0
        for place, factors in self._factors.items():
            found *= factors[rows[:, place]]
        return found

    def alone(self, row: Indices) -> Index:
        """One replication, by `build`."""
        recipe = self._variation.recipe(self._recipe, row)
        prepared = build(self._disturbed(row), self._framework, recipe)
        weights = self.weights(row[None], prepared.framework)[0]
        codes = [node.code for node in prepared.framework.nodes]
        changed = self._framework.with_weights(dict(zip(codes, weights.tolist(), strict=True)))
        kept = tuple(step for step in recipe.steps if step.do != "weigh")
        return build(self._disturbed(row), changed, Recipe(steps=kept))

    def _prepare(self, row: Indices) -> "_Prepared":
        key = tuple(row[self._stepwise].tolist())
        if key not in self._prepared:
            recipe = self._variation.recipe(self._recipe, row)
            self._prepared[key] = _Prepared(self._state(recipe.steps[:-1]), recipe)
        return self._prepared[key]

    def _state(self, steps: tuple[Step, ...]) -> State:
        """The state after some steps; those that other choices begin with as well are done once."""
        key = tuple(id(step) for step in steps)
        if key not in self._states:
            before = self._state(steps[:-1]) if steps else None
            self._states[key] = State.of(self._data, self._framework) if before is None else before.after(steps[-1])
        return self._states[key]

    def _with_errors(self, rows: Indices) -> Matrix:
        recipe = self._variation.recipe(self._recipe, rows[0])
        if [step.do for step in recipe.steps] != ["normalise", "aggregate"]:
            return np.array([self.alone(row).scores.values[:, -1] for row in rows])
        first = recipe.steps[0]
        if not isinstance(first, Normalise) or not isinstance(first.how, MinMax) or first.but:
            return np.array([self.alone(row).scores.values[:, -1] for row in rows])
        prepared = self._prepare(rows[0])
        if not prepared.collapses:
            return np.array([self.alone(row).scores.values[:, -1] for row in rows])
        return self._min_max_redone(rows, prepared, first.how)

    def _min_max_redone(self, rows: Indices, prepared: "_Prepared", how: MinMax) -> Matrix:
        """Min-max anew in each replication, one indicator at a time: no cube of replications."""
        shares = prepared.shares(self.weights(rows, prepared.framework)).astype(np.float32)
        forward, back = COLLAPSING[prepared.method]
        errors = self._errors(rows)
        total = np.zeros((len(rows), len(self._data.units)), dtype=np.float32)
        for place, node in enumerate(prepared.framework.indicators):
            own = np.asarray(self._data.column(node.code) * node.direction, dtype=np.float32)
            if node.code in errors:
                series = own + errors[node.code] * np.float32(node.direction)
                low, high = series.min(axis=1, keepdims=True), series.max(axis=1, keepdims=True)
                series -= low
                series *= np.float32(how.upper - how.lower) / (high - low)
                series += np.float32(how.lower)
                total += shares[:, [place]] * forward(series)
        still = [place for place, node in enumerate(prepared.framework.indicators) if node.code not in errors]
        fixed = forward(prepared.values[:, still]).astype(np.float32)
        return back(np.asarray(total + shares[:, still] @ fixed.T, dtype=np.float64))

    def _errors(self, rows: Indices) -> dict[str, NDArray[np.float32]]:
        """The errors of each indicator in each replication, shape (replications, units) each."""
        assert self._noise is not None  # noqa: S101 asked for only where there is noise
        one = self._variation.inputs[self._noise]
        if not isinstance(one, DataNoise):
            raise InvalidInput("There are no errors of the data among the inputs.", field="inputs")
        numbers = rows[:, self._noise]
        units = len(self._data.units)
        blocks = {
            int(block): errors_of(self._seed, int(block), (BLOCK, len(one.errors), units))
            for block in np.unique(numbers // BLOCK)
        }
        found = {}
        for place, (code, error) in enumerate(one.errors.items()):
            size = np.asarray(error, dtype=np.float32)
            normal = np.concatenate(
                [blocks[block][numbers[numbers // BLOCK == block] % BLOCK, place] for block in blocks]
            )
            order = np.argsort(numbers // BLOCK, kind="stable")
            placed = np.empty_like(normal)
            placed[order] = normal
            found[code] = placed * size
        return found

    def _disturbed(self, row: Indices) -> Table:
        if self._noise is None:
            return self._data
        values = self._data.values.copy()
        for code, error in self._errors(row[None]).items():
            values[:, self._data.place(code)] += error[0]
        return self._data.with_values(values)


class _Prepared:
    """Normalised data under one choice of steps, from which weights make scores."""

    def __init__(self, state: State, recipe: Recipe) -> None:
        self.framework = state.framework
        self.values = state.table.select([node.code for node in self.framework.indicators]).values
        last = recipe.steps[-1]
        if not isinstance(last, Aggregate):
            raise InvalidInput("The last step aggregates.", field="steps")
        self._last = last
        self._methods = {node.code: last.but.get(node.code, last.method) for node in self.framework.aggregates}
        self.method = next(iter(self._methods.values()))
        self._mirror = state.mirror
        self._places = {node.code: place for place, node in enumerate(self.framework.nodes)}

    @property
    def collapses(self) -> bool:
        """Whether one weight for each indicator says it all."""
        return (
            set(self._methods.values()) <= {self.method}
            and self.method in COLLAPSING
            and not np.isnan(self.values).any()
            and all(node.direction == 1 for node in self.framework.aggregates)
        )

    def shares(self, weights: Matrix) -> Matrix:
        """The part of each indicator in the index, shape (replications, indicators), from all nodes' weights."""
        found = {self.framework.root.code: np.ones(len(weights))}
        for node in reversed(self.framework.aggregates):
            parts = self.framework.children[node.code]
            own = weights[:, [self._places[part.code] for part in parts]]
            own = own * (found[node.code] / own.sum(axis=1))[:, None]
            found |= {part.code: own[:, place] for place, part in enumerate(parts)}
        return np.column_stack([found[node.code] for node in self.framework.indicators])

    def scores(self, weights: Matrix) -> Matrix:
        """The index for each row of weights, shape (replications, units)."""
        if self.collapses:
            forward, back = COLLAPSING[self.method]
            return np.asarray(back(self.shares(weights) @ forward(self.values).T), dtype=np.float64)
        return np.array([self._score(row) for row in weights])

    def _score(self, weights: Matrix) -> Matrix:
        found = dict(zip((node.code for node in self.framework.indicators), self.values.T, strict=True))
        for node in self.framework.aggregates:
            parts = self.framework.children[node.code]
            columns = np.column_stack([found[part.code] for part in parts])
            own = weights[[self._places[part.code] for part in parts]]
            up = aggregate_one(columns, own, self._methods[node.code], self._last.power)
            known = (~np.isnan(columns) * own).sum(axis=1) / own.sum()
            up = np.where(known >= max(self._last.least, np.finfo(float).tiny), up, np.nan)
            found[node.code] = up if node.direction == 1 else self._mirror - up
        return np.asarray(found[self.framework.root.code])
