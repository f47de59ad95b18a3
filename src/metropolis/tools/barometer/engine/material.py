"""All that an edition is made of, as one value: store it, and every figure can be computed again to the last bit."""

from dataclasses import replace
from functools import cached_property
from hashlib import sha256
from typing import Self

import numpy as np
from pydantic import Field, model_validator

from metropolis.engine_kit import InvalidInput, Value
from metropolis.tools.barometer.engine.framework import Framework
from metropolis.tools.barometer.engine.recipe import Aggregate, Recipe, Step, is_outranked_or_solved, takes_long
from metropolis.tools.barometer.engine.surveys import Estimates
from metropolis.tools.barometer.engine.table import Table
from metropolis.tools.barometer.engine.varying import DataNoise, StepOptions, Variation, usual_variation

#: What the input made of survey errors is called.
SURVEY = "Survey"
#: Linear programmes that replications, and then again sensitivity, may take, or what lasts as long: 2 to 10 ms each.
_PROGRAMMES = 20_000
_MOST_PROGRAMMES = 100_000
_LEAST_BASE = 16


class StoredTable(Value):
    """A `Table` as plain values: a row a unit (and year), None where nothing is known."""

    units: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    names: tuple[str, ...] = ()
    times: tuple[int, ...] = ()
    groups: dict[str, tuple[str, ...]] = {}

    @classmethod
    def of(cls, table: Table) -> Self:
        """A table's values.

        >>> StoredTable.of(Table(("A",), ("x", "y"), np.array([[1.0, np.nan]]))).values
        ((1.0, None),)
        """
        return cls(
            units=table.units,
            columns=table.columns,
            values=tuple(tuple(None if np.isnan(one) else one for one in row) for row in table.values.tolist()),
            names=table.names,
            times=table.times,
            groups=dict(table.groups),
        )

    @cached_property
    def table(self) -> Table:
        """The same as arrays."""
        values = np.array(self.values, dtype=np.float64).reshape(len(self.units), len(self.columns))
        return Table(self.units, self.columns, values, self.names, self.times, self.groups)


class Break(Value):
    """A year from which an indicator is measured otherwise: figures before and after do not compare."""

    code: str
    year: int
    note: str = ""


class Material(Value):
    """An edition's framework, data, recipe and what varies; a draft may lack the framework or the data.

    `errors` are standard errors by indicator, one a row of the data; `answers` how many answers of a plain sample each
    figure is worth.
    """

    framework: Framework | None = None
    data: StoredTable | None = None
    recipe: Recipe = Recipe()
    variation: Variation | None = None
    errors: dict[str, tuple[float, ...]] = {}
    answers: dict[str, tuple[float | None, ...]] = {}
    breaks: tuple[Break, ...] = ()
    replications: int = Field(default=1000, ge=100, le=10_000)
    base: int = Field(default=256, ge=16, le=4096)
    seed: int = 1

    @model_validator(mode="after")
    def _fits(self) -> Self:
        rows = len(self.data.units) if self.data else 0
        for what, columns in (("errors", self.errors), ("answers", self.answers)):
            for code, numbers in columns.items():
                if len(numbers) != rows:
                    message = f"{code}: there are {len(numbers)} {what} for {rows} rows of data."
                    raise InvalidInput(message, field=what)
        return self

    @property
    def is_complete(self) -> bool:
        """Whether it can be computed."""
        return self.framework is not None and self.data is not None

    def parts(self) -> tuple[Table, Framework]:
        """The data and the framework; `InvalidInput` says which is missing."""
        if self.framework is None:
            raise InvalidInput("There is no framework yet: upload one.", field="framework")
        if self.data is None:
            raise InvalidInput("There are no data yet: upload them.", field="data")
        return self.data.table, self.framework

    @property
    def varying(self) -> Variation:
        """What varies: as given, or the usual; and the errors of surveys."""
        _data, framework = self.parts()
        chosen = self.variation or usual_variation(framework)
        known = {code: errors for code, errors in self.errors.items() if code in framework.by_code}
        if not known or any(isinstance(one, DataNoise) for one in chosen.inputs):
            return chosen
        return Variation(inputs=(*chosen.inputs, DataNoise(name=SURVEY, errors=dict(known))))

    def affordable(self) -> "Material":
        """The same with as many replications as can be computed in minutes: the usual number of means.

        Benefit of the doubt solves a linear programme for each row and node, Kemeny's order is searched for, and errors
        under slow steps have every replication built alone: these have fewer. `InvalidInput` where even the fewest are
        too many.
        """
        usual = Material()
        programmes = self._programmes()
        inputs = len(self.varying.inputs) if self.is_complete else 0
        fewest = 100 + _LEAST_BASE * (inputs + 2)
        if programmes * fewest > _MOST_PROGRAMMES:
            message = "This takes too long with so many units: use slow methods for fewer nodes, or the command line."
            raise InvalidInput(message, field="recipe")
        if not programmes:
            return self.model_copy(update={"replications": usual.replications, "base": usual.base})
        replications = max(100, min(usual.replications, _PROGRAMMES // programmes))
        base = usual.base
        while base > _LEAST_BASE and base * (inputs + 2) * programmes > _PROGRAMMES:
            base //= 2
        return self.model_copy(update={"replications": replications, "base": base})

    def _programmes(self) -> int:
        """Linear programmes that one replication takes, or what lasts as long as so many."""
        if not self.is_complete:
            return 0
        data, framework = self.parts()
        rows, steps = len(data.units), self._steps()
        methods = [
            [step.but.get(node.code, step.method) for node in framework.aggregates]
            for step in steps
            if isinstance(step, Aggregate)
        ]
        solved = max(rows * one.count("benefit-of-the-doubt") + rows // 6 * one.count("kemeny") for one in methods)
        has_errors = any(isinstance(one, DataNoise) for one in self.varying.inputs)
        built = rows // 2 if has_errors and any(takes_long(step) for step in steps) else 0
        return solved + built

    def _steps(self) -> tuple[Step, ...]:
        """The recipe's steps, and all that may stand in their place."""
        options = (step for one in self.varying.inputs if isinstance(one, StepOptions) for step in one.options)
        return (*self.recipe.steps, *options)

    @property
    def takes_long(self) -> bool:
        """Whether its index is too slow to be computed hundreds of times for an answer at once."""
        return any(takes_long(step) for step in self.recipe.steps)

    @property
    def replications_take_long(self) -> bool:
        """Whether its replications are: each a search, or each with errors of its own under a slow recipe."""
        has_errors = any(isinstance(one, DataNoise) for one in self.varying.inputs)
        return any(is_outranked_or_solved(step) or (has_errors and takes_long(step)) for step in self._steps())

    def with_estimates(self, estimates: Estimates, year: int | None = None) -> "Material":
        """A survey's estimates as columns of the data, in the rows of one year, with their standard errors.

        Columns of the same codes are replaced in these rows. `InvalidInput` for a unit or a year that the data lack.
        """
        data = self.data.table if self.data else Table((), (), np.empty((0, 0)))
        if data.times and year is None:
            raise InvalidInput("The data have several years: say which one the survey belongs to.", field="year")
        rows = {
            unit: row
            for row, (unit, time) in enumerate(zip(data.units, data.times or (year,) * len(data.units), strict=True))
            if time == year
        }
        strange = [unit for unit in estimates.table.units if unit not in rows]
        if strange:
            message = f"{strange[0]!r} is in the survey, but not in the data{f' of {year}' if data.times else ''}."
            raise InvalidInput(message, field="unit")
        places = [rows[unit] for unit in estimates.table.units]
        columns = {code: data.column(code).copy() for code in data.columns}
        errors = {code: np.array(numbers) for code, numbers in self.errors.items()}
        answers = {code: np.array(numbers, dtype=np.float64) for code, numbers in self.answers.items()}
        for place, code in enumerate(estimates.table.columns):
            empty = np.full(len(data.units), np.nan)
            columns.setdefault(code, empty.copy())[places] = estimates.table.values[:, place]
            errors.setdefault(code, np.zeros(len(data.units)))[places] = np.nan_to_num(estimates.errors[:, place])
            answers.setdefault(code, empty)[places] = estimates.effective[:, place]
        table = replace(data, columns=tuple(columns), values=np.column_stack(list(columns.values())))
        return self.model_copy(
            update={
                "data": StoredTable.of(table),
                "errors": {code: tuple(numbers.tolist()) for code, numbers in errors.items()},
                "answers": {
                    code: tuple(None if np.isnan(one) else one for one in numbers.tolist())
                    for code, numbers in answers.items()
                },
            }
        )

    def digest(self) -> str:
        """The SHA-256 of all of it: two editions of one digest have the same figures."""
        return sha256(self.model_dump_json().encode()).hexdigest()
