"""The replications of an index: what weights, options and errors make of it, those of the same steps together."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine.building import Index, State, build
from metropolis.tools.barometer.engine.framework import Framework, Node
from metropolis.tools.barometer.engine.normalising import MinMax, ToGoalposts
from metropolis.tools.barometer.engine.prepared import Floating, Floats, Prepared
from metropolis.tools.barometer.engine.recipe import Impute, Normalise, Recipe, Screen, Step
from metropolis.tools.barometer.engine.table import Matrix, Table
from metropolis.tools.barometer.engine.varying import (
    DataNoise,
    Indices,
    LeaveOut,
    StepOptions,
    Variation,
    WeightNoise,
    WeightSets,
    block_size,
    errors_of,
    noisy_weights,
)


class Study:
    """One index and what varies in it."""

    def __init__(self, data: Table, framework: Framework, recipe: Recipe, variation: Variation, seed: int) -> None:
        variation.check(recipe, framework)
        _check_rows(variation, len(data.units))
        self._data, self._framework, self._recipe = data, framework, recipe
        self._variation, self._seed = variation, seed
        self.nominal = build(data, framework, recipe)
        self._block = block_size(len(data.units))
        self._prepared: dict[tuple[int, ...], Prepared] = {}
        self._states: dict[tuple[int, ...], State] = {}
        self._factors = {
            place: noisy_weights(one, framework, seed, place)
            for place, one in enumerate(variation.inputs)
            if isinstance(one, WeightNoise)
        }
        self._stepwise = [p for p, one in enumerate(variation.inputs) if isinstance(one, StepOptions)]
        self._noise = next((p for p, one in enumerate(variation.inputs) if isinstance(one, DataNoise)), None)
        self._drawn: tuple[int, Floats] = (-1, np.empty((0, 0, 0), dtype=np.float32))

    def __getstate__(self) -> dict[str, object]:
        """Without what can be computed again: it is much, and steps are told apart by their place in memory."""
        return {**self.__dict__, "_prepared": {}, "_states": {}, "_drawn": (-1, self._drawn[1][:0])}

    def groups(self, rows: Indices) -> Sequence[NDArray[np.intp]]:
        """The replications that share their steps, in blocks, shape (replications,) each."""
        together = [np.arange(len(rows))]
        if self._stepwise:
            kinds, inverse = np.unique(rows[:, self._stepwise], axis=0, return_inverse=True)
            together = [np.flatnonzero(inverse == kind) for kind in range(len(kinds))]
        if self._noise is not None:  # replications whose errors are drawn together follow one another
            drawn = rows[:, self._noise] // self._block
            together = [group[np.argsort(drawn[group], kind="stable")] for group in together]
        return [group[start : start + self._block] for group in together for start in range(0, len(group), self._block)]

    def scores(self, rows: Indices) -> Floating:
        """The index of replications that share their steps, shape (replications, units)."""
        prepared = self._prepare(rows[0])
        if self._noise is None:
            return prepared.scores(self.weights(rows, prepared.framework))
        how = self._redone(rows[0])
        if how is None or not prepared.is_tree_of_means:
            return np.array([self.alone(row).scores.values[:, -1] for row in rows])
        return self._with_errors(rows, prepared, how)

    def weights(self, rows: Indices, framework: Framework) -> Matrix:
        """The weight of every node in every replication, shape (nodes, replications)."""
        found = np.empty((len(framework.nodes), len(rows)))
        found[:] = np.array([node.weight for node in framework.nodes])[:, None]
        places = {node.code: place for place, node in enumerate(framework.nodes)}
        for place, one in enumerate(self._variation.inputs):
            if isinstance(one, WeightSets):
                for number, given in enumerate(one.sets):
                    here = rows[:, place] == number
                    for code, weight in given.items():
                        found[places[code], here] = weight
            elif isinstance(one, LeaveOut):
                for number, code in enumerate(one.codes, start=1):
                    found[places[code], rows[:, place] == number] = 0.0
        for place, factors in self._factors.items():
            found *= factors.take(rows[:, place], axis=1)
        return found

    def alone(self, row: Indices) -> Index:
        """One replication, by `build`."""
        recipe = self._variation.recipe(self._recipe, row)
        data, framework = self._disturbed(row), self._framework
        kept = tuple(step for step in recipe.steps if step.do != "weigh")
        if len(kept) < len(recipe.steps):
            framework = build(data, framework, recipe).framework
        weights = self.weights(row[None], framework)[:, 0]
        codes = [node.code for node in framework.nodes]
        changed = self._framework.with_weights(dict(zip(codes, weights.tolist(), strict=True)))
        return build(data, changed, Recipe(steps=kept))

    def _prepare(self, row: Indices) -> Prepared:
        key = tuple(row[self._stepwise].tolist())
        if key not in self._prepared:
            recipe = self._variation.recipe(self._recipe, row)
            self._prepared[key] = Prepared(self._state(recipe.steps[:-1]), recipe)
        return self._prepared[key]

    def _state(self, steps: tuple[Step, ...]) -> State:
        """The state after some steps; those that other choices begin with as well are done once."""
        key = tuple(id(step) for step in steps)
        if key not in self._states:
            before = self._state(steps[:-1]) if steps else None
            self._states[key] = State.of(self._data, self._framework) if before is None else before.after(steps[-1])
        return self._states[key]

    def _redone(self, row: Indices) -> "_Scale | None":
        """How columns with errors come onto the scale, if each does so by itself; None where a build is needed."""
        *before, scaled, last = self._variation.recipe(self._recipe, row).steps
        del last
        if not isinstance(scaled, Normalise) or not isinstance(scaled.how, MinMax | ToGoalposts) or scaled.but:
            return None
        noisy = [self._framework.by_code[code] for code in self._errors_asked.errors]
        if isinstance(scaled.how, ToGoalposts) and scaled.how.depends_on_data(noisy):
            return None
        full = not any(np.isnan(self._data.column(node.code)).any() for node in noisy)
        for step in before:
            if isinstance(step, Screen) and not step.least_nonzero:
                continue  # whether a value is known does not depend on its error
            is_apart = isinstance(step, Impute) and step.method in {"mean", "median"} and full
            if not is_apart and not (step.do == "denominate" and all(node.denominator is None for node in noisy)):
                return None
        return _Scale(self._data, self._kept_rows((*before, scaled)), noisy, self._errors_asked, scaled.how)

    def _kept_rows(self, steps: tuple[Step, ...]) -> NDArray[np.intp] | None:
        """The places of the data's rows that these steps leave, shape (units,); None where they leave all."""
        left = self._state(steps).table
        if len(left.units) == len(self._data.units):
            return None
        known = set(zip(left.units, left.times or left.units, strict=True))
        whole = zip(self._data.units, self._data.times or self._data.units, strict=True)
        return np.array([place for place, key in enumerate(whole) if key in known], dtype=np.intp)

    def _with_errors(self, rows: Indices, prepared: Prepared, how: "_Scale") -> Floating:
        """The scale anew in each replication, one indicator at a time: no cube of replications."""
        normal = self._normal(rows)
        scaled = {code: how.scaled(code, normal[place]) for place, code in enumerate(self._errors_asked.errors)}
        return prepared.scores_with(self.weights(rows, prepared.framework), scaled)

    @property
    def _errors_asked(self) -> DataNoise:
        one = self._variation.inputs[self._noise or 0]
        if not isinstance(one, DataNoise):
            raise InvalidInput("There are no errors of the data among the inputs.", field="inputs")
        return one

    def _normal(self, rows: Indices) -> Floats:
        """Standard normal numbers of these replications, shape (indicators with errors, replications, units)."""
        numbers = rows[:, self._noise or 0]
        blocks = numbers // self._block
        shape = (len(self._errors_asked.errors), self._block, len(self._data.units))
        found = np.empty((shape[0], len(rows), shape[2]), dtype=np.float32)
        for block in np.unique(blocks):
            number, normal = self._drawn  # read once: two threads may compute at the same time
            if number != block:
                normal = errors_of(self._seed, int(block), shape)
                self._drawn = int(block), normal
            here = blocks == block
            found[:, here] = normal.take(numbers[here] % self._block, axis=1)
        return found

    def _disturbed(self, row: Indices) -> Table:
        if self._noise is None:
            return self._data
        values = self._data.values.copy()
        for (code, error), normal in zip(self._errors_asked.errors.items(), self._normal(row[None]), strict=True):
            values[:, self._data.place(code)] += normal[0] * np.asarray(error)
        return self._data.with_values(values)


def _check_rows(variation: Variation, units: int) -> None:
    for one in variation.inputs:
        for code, errors in one.errors.items() if isinstance(one, DataNoise) else ():
            if isinstance(errors, tuple) and len(errors) != units:
                message = f"{one.name}: there are {len(errors)} errors of {code!r} for {units} rows of data."
                raise InvalidInput(message, field="inputs")


class _Scale:
    """Columns with errors on their scale. They are put near 0 … 1 first, where 24 bits are enough."""

    def __init__(
        self,
        data: Table,
        rows: NDArray[np.intp] | None,
        nodes: Sequence[Node],
        noise: DataNoise,
        how: MinMax | ToGoalposts,
    ) -> None:
        self._how, self._rows = how, rows
        kept = slice(None) if rows is None else rows
        self._own: dict[str, tuple[Floats, Floats]] = {}
        for node in nodes:
            column = data.column(node.code)[kept] * node.direction
            low, high = float(np.nanmin(column)), float(np.nanmax(column))
            if isinstance(how, ToGoalposts):
                posts = how.of(node)
                low, high = sorted((posts.lower * node.direction, posts.upper * node.direction))
            span = np.asarray((high - low) * node.direction)
            errors = np.asarray(noise.errors[node.code])
            size = (errors[kept] if errors.ndim else errors) / span
            self._own[node.code] = ((column - low) / (high - low)).astype(np.float32), size.astype(np.float32)

    def scaled(self, code: str, normal: Floats) -> Floats:
        """One column in each replication, out of standard normal numbers, in their place; (replications, units)."""
        own, size = self._own[code]
        series = normal if self._rows is None else normal[:, self._rows]
        series *= size
        series += own
        span = np.float32(self._how.upper - self._how.lower)
        if isinstance(self._how, ToGoalposts):
            if self._how.cut:
                np.clip(series, 0, 1, out=series)
            series *= span
        else:
            low, high = (
                reduce.reduce(series, axis=1, keepdims=True)
                for reduce in ((np.fmin, np.fmax) if np.isnan(own).any() else (np.minimum, np.maximum))
            )
            series -= low
            series *= span / (high - low)
        series += np.float32(self._how.lower)
        return series
