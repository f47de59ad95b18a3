"""The engine's functions in the form doors derive from: one value in, one value out, of a size a request can carry."""

from typing import Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from metropolis.engine_kit import Computation, InvalidInput, Value
from metropolis.tools.barometer.engine.answering import Case, Comparison, Explanation
from metropolis.tools.barometer.engine.building import build
from metropolis.tools.barometer.engine.checking import check
from metropolis.tools.barometer.engine.findings import Report
from metropolis.tools.barometer.engine.framework import Framework
from metropolis.tools.barometer.engine.material import StoredTable
from metropolis.tools.barometer.engine.questionnaire import Questionnaire, caring_city
from metropolis.tools.barometer.engine.reading import Meta
from metropolis.tools.barometer.engine.recipe import Recipe
from metropolis.tools.barometer.engine.uncertainty import simulate
from metropolis.tools.barometer.engine.varying import Variation, usual_variation
from metropolis.tools.barometer.engine.weighting import Hierarchy, hierarchy

#: Figures that one question may hold: 500 cities by 40 indicators, say.
MOST_FIGURES = 20_000
MOST_COMPARED = 16


class IndexQuestion(Value):
    """What an index is made of: the framework's nodes, the figures of the units, and the steps."""

    framework: Framework
    data: StoredTable
    recipe: Recipe = Recipe()

    @model_validator(mode="after")
    def _is_small(self) -> Self:
        figures = len(self.data.units) * len(self.data.columns)
        if figures > MOST_FIGURES:
            message = f"There are {figures} figures, at most {MOST_FIGURES} can be computed at once."
            raise InvalidInput(f"{message} Use the command line for more.", field="data")
        return self


class IndexAnswer(Value):
    """Scores and ranks, a row a unit and a column a node, indicators first and the index last; and weights used."""

    scores: StoredTable
    ranks: StoredTable
    weights: dict[str, float]


class UnitQuestion(IndexQuestion):
    """The same, and the unit to explain, in a year where there are several."""

    unit: str
    against: str | None = None
    since: int | None = None
    year: int | None = None


class ComparisonQuestion(IndexQuestion):
    """The same, and the units to compare; what varies is the usual if it is not given."""

    units: tuple[str, ...]
    year: int | None = None
    variation: Variation | None = None
    replications: int = Field(default=1000, ge=100, le=2000)
    seed: int = Field(default=0, ge=0)


class Comparisons(Value):
    """How many times as important each thing is as each other one: a square of numbers, 1 down its middle."""

    comparisons: tuple[tuple[Annotated[float, Field(gt=0)], ...], ...] = Field(min_length=2, max_length=MOST_COMPARED)


class DataQuestion(Value):
    """Figures to check, and the framework they are to be of."""

    framework: Framework
    data: StoredTable
    denominators: tuple[str, ...] = ()


class Nothing(Value):
    """There is nothing to say."""


def index(question: IndexQuestion) -> IndexAnswer:
    """Compute an index from figures, a framework and a recipe.

    >>> care = {"nodes": [{"code": "beds", "parent": "care"}, {"code": "care"}]}
    >>> figures = {"units": ["Lima", "Oslo", "Bari"], "columns": ["beds"], "values": [[2], [6], [3]]}
    >>> index(IndexQuestion(framework=care, data=figures)).scores.values
    ((0.0, 0.0), (100.0, 100.0), (25.0, 25.0))
    """
    found = build(question.data.table, question.framework, question.recipe)
    return IndexAnswer(
        scores=StoredTable.of(found.scores),
        ranks=StoredTable.of(found.ranks),
        weights={node.code: node.weight for node in found.framework.nodes},
    )


def unit_explanation(question: UnitQuestion) -> Explanation:
    """Explain a unit's score: exact parts, strengths and weaknesses, and what would bring it up.

    >>> care = {"nodes": [{"code": "beds", "parent": "care"}, {"code": "fear", "parent": "care", "direction": -1},
    ...     {"code": "care"}]}
    >>> figures = {"units": ["Lima", "Oslo"], "columns": ["beds", "fear"], "values": [[2, 30], [6, 10]]}
    >>> found = unit_explanation(UnitQuestion(framework=care, data=figures, unit="Lima", against="Oslo"))
    >>> found.against.gap, found.against.parts
    (-100.0, {'beds': -50.0, 'fear': -50.0})
    """
    table = question.data.table
    case = Case(table, build(table, question.framework, question.recipe), None, question.year)
    against = None if question.against is None else case.unit(question.against)
    return case.explanation(case.unit(question.unit), against=against, since=question.since)


def unit_comparison(question: ComparisonQuestion) -> Comparison:
    """Compare units: scores, ranks with intervals, and the probability of each to stand above each other.

    >>> care = {"nodes": [{"code": "beds", "parent": "care"}, {"code": "parks", "parent": "care"}, {"code": "care"}]}
    >>> figures = {"units": ["Lima", "Oslo", "Bari"], "columns": ["beds", "parks"], "values": [[2, 9], [6, 4], [3, 1]]}
    >>> found = unit_comparison(ComparisonQuestion(framework=care, data=figures, units=["Oslo", "Bari"]))
    >>> found.above["Oslo"]["Bari"]
    1.0
    """
    varied = question.variation or usual_variation(question.framework)
    found = simulate(
        question.data.table, question.framework, question.recipe,
        variation=varied, replications=question.replications, seed=question.seed,
    )  # fmt: skip
    case = Case(question.data.table, found.nominal, found, question.year)
    return case.comparison([case.unit(unit) for unit in question.units])


def data_check(question: DataQuestion) -> Report:
    """Check figures before an index is built of them: what is wrong, what may be, what is good to know.

    >>> care = {"nodes": [{"code": "beds", "parent": "care"}, {"code": "care"}]}
    >>> figures = {"units": ["Lima", "Oslo"], "columns": ["bed"], "values": [[2], [6]]}
    >>> [found.message for found in data_check(DataQuestion(framework=care, data=figures)).of("error")]
    ["The framework names 'beds', the data have no such column. Perhaps: bed."]
    """
    groups = tuple(question.data.groups)
    return check(question.data.table, Meta(question.framework, question.denominators, groups))


def compared_weights(question: Comparisons) -> Hierarchy:
    """Weights out of pairwise comparisons (Saaty 1980), with the consistency ratio, which should be at most 0.1.

    >>> found = compared_weights(Comparisons(comparisons=[[1, 3], [1/3, 1]]))
    >>> [round(weight, 4) for weight in found.weights]
    [0.75, 0.25]
    """
    sizes = {len(row) for row in question.comparisons}
    if sizes != {len(question.comparisons)}:
        message = "Each thing is compared with each: give as many rows as there are numbers in a row."
        raise InvalidInput(message, field="comparisons")
    return hierarchy(np.array(question.comparisons, dtype=np.float64))


def questionnaire(_: Nothing) -> Questionnaire:
    """The questionnaire of a caring city, in six languages: questions, answers and what is counted of them.

    >>> sorted(questionnaire(Nothing()).languages)
    ['ar', 'ca', 'en', 'es', 'fr', 'pt']
    """
    return caring_city()


COMPUTATIONS = (
    Computation(name="index", title="Index", function=index, input=IndexQuestion, output=IndexAnswer),
    Computation(
        name="explain", title="Explanation of a score", function=unit_explanation,
        input=UnitQuestion, output=Explanation,
    ),
    Computation(
        name="compare", title="Comparison of units", function=unit_comparison,
        input=ComparisonQuestion, output=Comparison,
    ),
    Computation(name="check", title="Check of figures", function=data_check, input=DataQuestion, output=Report),
    Computation(
        name="compared-weights", title="Weights from pairwise comparisons", function=compared_weights,
        input=Comparisons, output=Hierarchy,
    ),
    Computation(
        name="questionnaire", title="Questionnaire of a caring city", function=questionnaire,
        input=Nothing, output=Questionnaire,
    ),
)  # fmt: skip
