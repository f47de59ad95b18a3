"""From data, framework and recipe to every score, with each stage kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine import imputing, treating
from metropolis.tools.barometer.engine.aggregating import aggregate
from metropolis.tools.barometer.engine.framework import Framework
from metropolis.tools.barometer.engine.normalising import divided_by_nothing, given_goalposts, mirror, normalise
from metropolis.tools.barometer.engine.preparing import denominate, screen
from metropolis.tools.barometer.engine.recipe import (
    Aggregate,
    Denominate,
    Ends,
    Impute,
    Normalise,
    Recipe,
    Screen,
    Step,
    Transform,
    Treat,
    Weigh,
)
from metropolis.tools.barometer.engine.statistics import ranks
from metropolis.tools.barometer.engine.table import Matrix, Table
from metropolis.tools.barometer.engine.transforming import clipped, transformed, with_transformed_ends
from metropolis.tools.barometer.engine.weighting import ByHierarchy, codes_in, weights_of


@dataclass(frozen=True)
class Stage:
    """What one step made of the data."""

    name: str
    table: Table
    touched: tuple[treating.Touched, ...] = ()
    transformed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Index:
    """A result: scores and ranks of every node, the framework with the weights used, and each stage on the way.

    `scores` has a column for every node, indicators normalised first and the index last, shape (units, nodes).
    `framework` is as the steps left it, with the weights and goalposts used; `given` as it was before them.
    """

    recipe: Recipe
    framework: Framework
    scores: Table
    stages: tuple[Stage, ...] = field(repr=False)
    given: Framework = field(repr=False)

    @property
    def ranks(self) -> Table:
        """The rank of every unit in every node, 1 for the highest; of one year where there are several."""
        found = np.full_like(self.scores.values, np.nan)
        times = np.asarray(self.scores.times or [0] * len(self.scores.units))
        for time in np.unique(times):
            found[times == time] = ranks(self.scores.values[times == time])
        return self.scores.with_values(found)

    def of(self, code: str) -> Matrix:
        """The scores of one node, shape (units,)."""
        return self.scores.column(code)


def build(data: Table, framework: Framework, recipe: Recipe | None = None) -> Index:
    """Compute an index: the one definition behind the library, the command line, the API and the pages.

    `data` has a column for each indicator and for each denominator. Without a `recipe`: min-max to 0 … 100 and
    arithmetic means with the framework's weights. `InvalidInput` names what of the data does not go with the step.

    >>> from metropolis.tools.barometer.engine import Node
    >>> tree = Framework(nodes=[Node(code="a", parent="i"), Node(code="b", parent="i", direction=-1), Node(code="i")])
    >>> data = Table(units=("X", "Y"), columns=("a", "b"), values=np.array([[1.0, 5.0], [2.0, 9.0]]))
    >>> build(data, tree).of("i").tolist()
    [50.0, 50.0]
    """
    recipe = recipe or Recipe()
    state = State.of(data, framework)
    for step in recipe.steps:
        state = state.after(step)
    units, nodes = state.table.units, (*framework.indicators, *framework.aggregates)
    values = np.column_stack([state.scores[node.code] for node in nodes])
    columns = tuple(node.code for node in nodes)
    _refuse_infinite(np.isinf(values), columns, state.table, lambda _code: "the numbers are too large")
    table = Table(units, columns, values, state.table.names, state.table.times, state.table.groups)
    return Index(recipe, state.framework, table, (*state.stages, Stage("aggregate", table)), framework)


def _refuse_infinite(bad: NDArray[np.bool_], codes: Sequence[str], table: Table, why: Callable[[str], str]) -> None:
    """The last guard: a division by nothing, or a power too great, is no score."""
    if bad.any():
        row, column = np.argwhere(bad)[0].tolist()
        when = f" in {table.times[row]}" if table.times else ""
        code = codes[column]
        raise InvalidInput(f"{code!r} of {table.units[row]!r}{when} has no finite score: {why(code)}.", field=code)


def _check(data: Table, framework: Framework) -> None:
    for node in framework.indicators:
        if np.isnan(data.column(node.code)).all():
            raise InvalidInput(f"There is no value at all of {node.code!r}.", field=node.code)
        if node.denominator is not None:
            data.place(node.denominator)


@dataclass(frozen=True)
class State:
    """How far a build has come: the data and the framework as the steps so far left them, and each stage.

    `mirror` is the sum of opposite scores on the scale, once there is one; `scores` are the nodes', at the end.
    """

    table: Table
    framework: Framework
    stages: tuple[Stage, ...] = ()
    scores: Mapping[str, Matrix] = field(default_factory=dict)
    mirror: float = 0.0

    @classmethod
    def of(cls, data: Table, framework: Framework) -> "State":
        """Before any step; `InvalidInput` for an indicator or denominator without a column or without any value."""
        _check(data, framework)
        return cls(data, framework)

    def after(self, step: Step) -> "State":
        """The state one step further."""
        self._check_names(step)
        if isinstance(step, Aggregate):
            methods = {node.code: step.but.get(node.code, step.method) for node in self.framework.aggregates}
            values = {node.code: self.table.column(node.code) for node in self.framework.indicators}
            least = {node.code: step.needed(node.code) for node in self.framework.aggregates}
            found = aggregate(
                values, self.framework, self.table.units, methods,
                mirror=self.mirror, least=least, power=step.power, bounds=step.bounds, times=self.table.times,
            )  # fmt: skip
            return State(self.table, self.framework, self.stages, values | found, self.mirror)
        if isinstance(step, Weigh):
            return self._weighed(step)
        if isinstance(step, Transform):
            return self._transformed(step)
        stage = self._stage(step)
        scale = mirror(step.how) if isinstance(step, Normalise) else self.mirror
        return State(stage.table, self.framework, (*self.stages, stage), self.scores, scale)

    def _check_names(self, step: Step) -> None:
        """Refuse a step that says something of a code there is none of: it would say it in vain."""
        named: set[str] = set()
        nodes = self.framework.indicators
        if isinstance(step, Normalise):
            named = {*step.but, *(code for how in (step.how, *step.but.values()) for code in given_goalposts(how))}
        if isinstance(step, Transform):
            named = set(step.codes)
        if isinstance(step, Aggregate):
            named, nodes = {*step.but, *step.least_of}, self.framework.aggregates
        if isinstance(step, Weigh):
            self._check_weighed(step)
        unknown = named - {node.code for node in nodes}
        if unknown:
            what = "aggregate" if isinstance(step, Aggregate) else "indicator"
            raise InvalidInput(f"The step {step.do!r} names {min(unknown)!r}, which is no {what}.", field=step.do)

    def _check_weighed(self, step: Weigh) -> None:
        """Likewise, of a step that would weigh nothing, or other parts than it says."""
        framework = self.framework
        here = [node.code for node in framework.aggregates if step.height in {None, framework.heights[node.code]}]
        beneath = "a node" if step.height is None else f"a node of height {step.height}"
        if not here:
            message = f"The step 'weigh' is for nodes of height {step.height}; there are those of 2"
            raise InvalidInput(f"{message} to {framework.heights[framework.root.code]}.", field="weigh")
        groups = [{part.code for part in framework.children[code]} for code in here]
        if isinstance(step.how, ByHierarchy) and set(step.how.codes) not in groups:
            together = ", ".join(step.how.codes)
            message = f"The step 'weigh' compares {together}, which are not all the parts of {beneath}."
            raise InvalidInput(message, field="weigh")
        unknown = codes_in(step.how).difference(*groups, [framework.root.code])
        if unknown:
            message = f"The step 'weigh' names {min(unknown)!r}, which is no part of {beneath}."
            raise InvalidInput(message, field="weigh")

    def _stage(self, step: Denominate | Screen | Impute | Treat | Normalise) -> Stage:
        table, framework = self.table, self.framework
        if isinstance(step, Denominate):
            return Stage(step.do, denominate(table, framework))
        if isinstance(step, Screen):
            return Stage(step.do, screen(table, framework, least=step.least, least_nonzero=step.least_nonzero))
        places = [table.place(node.code) for node in framework.indicators]
        values = table.values.copy()
        if isinstance(step, Impute):
            values[:, places] = _imputed(table, framework, step)[:, places]
            return Stage(step.do, table.with_values(values))
        if isinstance(step, Treat):
            found = _treated(table.select([node.code for node in framework.indicators]), step)
            values[:, places] = found.values
            return Stage(step.do, table.with_values(values), found.touched, found.transformed)
        for place, node in zip(places, framework.indicators, strict=True):
            if node.code in step.but:
                values[:, [place]] = normalise(values[:, [place]], [node], step.but[node.code], table.units)
        rest = [node for node in framework.indicators if node.code not in step.but]
        where = [table.place(node.code) for node in rest]
        values[:, where] = normalise(values[:, where], rest, step.how, table.units)
        bad = ~np.isfinite(values[:, places]) & ~np.isnan(table.values[:, places])
        codes = [node.code for node in framework.indicators]
        _refuse_infinite(bad, codes, table, lambda code: divided_by_nothing(step.but.get(code, step.how)))
        return Stage(step.do, table.with_values(values))

    def _transformed(self, step: Transform) -> "State":
        values, nodes = self.table.values.copy(), dict(self.framework.by_code)
        for code in step.codes:
            place = self.table.place(code)
            cut = clipped(values[:, place], step.clip.get(code, Ends()))
            values[:, place] = transformed(cut, code, step, self.table.units)
            nodes[code] = with_transformed_ends(nodes[code], step)
        table = self.table.with_values(values)
        framework = Framework(nodes=tuple(nodes[node.code] for node in self.framework.nodes))
        return State(table, framework, (*self.stages, Stage(step.do, table)), self.scores, self.mirror)

    def _weighed(self, step: Weigh) -> "State":
        framework = self.framework
        for node in framework.aggregates:
            if step.height not in {None, framework.heights[node.code]}:
                continue
            codes = tuple(part.code for part in framework.children[node.code])
            scores = self._below(framework)
            framework = framework.with_weights(
                dict(weights_of(step.how, codes, np.column_stack([scores[code] for code in codes])))
            )
        return State(self.table, framework, self.stages, self.scores, self.mirror)

    def _below(self, framework: Framework) -> Mapping[str, Matrix]:
        """The scores that weights are taken from: arithmetic means of what is below."""
        values = {node.code: self.table.column(node.code) for node in framework.indicators}
        methods = {node.code: "arithmetic" for node in framework.aggregates}
        return values | aggregate(values, framework, self.table.units, methods, mirror=self.mirror)  # type: ignore[arg-type]


def _imputed(table: Table, framework: Framework, step: Impute) -> Matrix:
    if step.method in {"mean", "median"}:
        groups = None if step.group is None else table.group(step.group)
        return imputing.impute_by_column(table.values, step.method, groups)
    if step.method == "within-pillar":
        return imputing.impute_within_pillars(table, framework, step.height)
    if step.method == "em":
        return _em(table, framework)
    return imputing.impute_over_time(table, linear=step.method == "linear")


def _treated(table: Table, step: Treat) -> treating.Treated:
    values = table.values.copy()
    touched: list[treating.Touched] = []
    transformed = ["none"] * len(table.columns)
    for year in table.years if step.each_year and table.times else (None,):
        rows = np.flatnonzero(np.asarray(table.times) == year) if year is not None else np.arange(len(values))
        found = treating.treat(
            values[rows], points=step.points, skew=step.skewness, kurt=step.kurtosis, otherwise=step.otherwise
        )
        values[rows] = found.values
        touched += [point.model_copy(update={"row": int(rows[point.row])}) for point in found.touched]
        transformed = [new if new != "none" else old for old, new in zip(transformed, found.transformed, strict=True)]
    return treating.Treated(values, tuple(touched), tuple(transformed))


def _em(table: Table, framework: Framework) -> Matrix:
    places = [table.place(node.code) for node in framework.indicators]
    values = table.values.copy()
    values[:, places] = imputing.impute_by_em(values[:, places])
    return values
