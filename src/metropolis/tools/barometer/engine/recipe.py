"""A recipe: every step of a result with its parameters, as data, so that the result can be rebuilt and varied."""

import json
import sys
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, ValidationError, model_validator

from metropolis.engine_kit import InvalidInput, Value
from metropolis.tools.barometer.engine.aggregating import Aggregation
from metropolis.tools.barometer.engine.normalising import MinMax, Normalisation
from metropolis.tools.barometer.engine.weighting import Weighting

Kind = TypeVar("Kind", bound=Value)


class Denominate(Value):
    """Divide each indicator by its denominator."""

    do: Literal["denominate"] = "denominate"


class Screen(Value):
    """Keep units of which this share of the indicators is known, and this share of those is not zero."""

    do: Literal["screen"] = "screen"
    least: float = Field(default=0.0, ge=0, le=1)
    least_nonzero: float = Field(default=0.0, ge=0, le=1)


class Impute(Value):
    """Fill gaps.

    "mean" and "median" are the column's, within a `group` if given; "within-pillar" takes the unit's other indicators
    beneath the same node of a `height`; "last" and "linear" its other years; "em" all there is.
    """

    do: Literal["impute"] = "impute"
    method: Literal["mean", "median", "within-pillar", "last", "linear", "em"] = "mean"
    group: str | None = None
    height: int = Field(default=2, ge=2)


class Treat(Value):
    """Winsorise at most `points` values of a column that has outliers; transform it `otherwise`.

    With several years, outliers are looked for in each year alone, as COINr does, or in all together.
    """

    do: Literal["treat"] = "treat"
    points: int = Field(default=5, ge=0)
    skewness: float = Field(default=2.0, gt=0)
    kurtosis: float = 3.5
    otherwise: Literal["log", "box-cox", "none"] = "log"
    each_year: bool = True


class Ends(Value):
    """The least and the most that counts; either may be left out."""

    least: float | None = None
    most: float | None = None


class Transform(Value):
    """Replace some indicators by a function of them, before anything is compared; goalposts and targets with them.

    In this order, each by code: what lies beyond the ends of `clip` is cut to them, `plus` is added, and the (natural)
    `log`arithm or a `power` above zero is taken. Goalposts and targets are not cut.
    """

    do: Literal["transform"] = "transform"
    log: tuple[str, ...] = ()
    plus: dict[str, float] = {}
    power: dict[str, Annotated[float, Field(gt=0)]] = {}
    clip: dict[str, Ends] = {}

    @property
    def codes(self) -> tuple[str, ...]:
        """The indicators it is about."""
        return tuple(dict.fromkeys((*self.clip, *self.plus, *self.log, *self.power)))

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        both = set(self.log) & self.power.keys()
        if both:
            raise InvalidInput(f"{min(both)!r} cannot be its logarithm and a power at once.", field="transform")
        if not self.codes:
            raise InvalidInput("The step 'transform' names no indicator.", field="transform")
        return self


class Normalise(Value):
    """Put all indicators on one scale; `but` says otherwise for some, by code."""

    do: Literal["normalise"] = "normalise"
    how: Normalisation = MinMax()
    but: dict[str, Normalisation] = {}


class Weigh(Value):
    """Replace the framework's weights beneath every node of one `height` of aggregates, or beneath all."""

    do: Literal["weigh"] = "weigh"
    how: Weighting
    height: int | None = Field(default=None, ge=2)


class Aggregate(Value):
    """Form the aggregates by `method`; `but` says otherwise for some nodes, by code.

    No score is given where less than the share `least` of the parts' weight is known; `least_of` says otherwise for
    some nodes, by code. `power` is the exponent of the "power" mean, `bounds` are the least and greatest share of the
    weight that "benefit-of-the-doubt" gives a part.
    """

    do: Literal["aggregate"] = "aggregate"
    method: Aggregation = "arithmetic"
    but: dict[str, Aggregation] = {}
    least: float = Field(default=0.0, ge=0, le=1)
    least_of: dict[str, Annotated[float, Field(ge=0, le=1)]] = {}
    power: float = Field(default=2.0, ge=-100, le=100)
    bounds: tuple[float, float] = (0.0, 1.0)

    def needed(self, code: str) -> float:
        """The share of the weight of a node's parts that must be known for a score; never none at all."""
        return max(self.least_of.get(code, self.least), sys.float_info.min)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.power == 0:
            raise InvalidInput("A power mean with exponent 0 is the geometric mean: name that.", field="power")
        if not 0 <= self.bounds[0] < self.bounds[1] <= 1:
            raise InvalidInput("The bounds are two shares from 0 to 1, the lower one first.", field="bounds")
        return self


_SEARCHED = frozenset({"kemeny", "benefit-of-the-doubt"})

Step = Annotated[
    Denominate | Screen | Impute | Treat | Transform | Normalise | Weigh | Aggregate, Field(discriminator="do")
]


def takes_long(step: Step) -> bool:
    """Whether a step solves a problem for every unit or gap: a hundred times of it are too many for an answer at once.

    >>> takes_long(Impute(method="em")), takes_long(Aggregate())
    (True, False)
    """
    if isinstance(step, Impute):
        return step.method == "em"
    if isinstance(step, Weigh):
        return step.how.method == "target"
    return isinstance(step, Aggregate) and is_outranked_or_solved(step)


def is_outranked_or_solved(step: Step) -> bool:
    """Whether the aggregates of a step are found anew for other weights, each by a search of its own.

    >>> is_outranked_or_solved(Aggregate(but={"Index": "kemeny"}))
    True
    """
    return isinstance(step, Aggregate) and not {step.method, *step.but.values()}.isdisjoint(_SEARCHED)


class Recipe(Value):
    """The steps in the order they are done; there is one that normalises and, at the end, one that aggregates.

    >>> Recipe().steps[0].how.method, Recipe().steps[1].method
    ('min-max', 'arithmetic')
    """

    steps: tuple[Step, ...] = (Normalise(), Aggregate())

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        try:
            json.dumps(self.model_dump(), allow_nan=False)
        except ValueError as error:
            raise InvalidInput("A number in a recipe is neither infinite nor missing.", field="steps") from error
        kinds = [step.do for step in self.steps]
        if kinds.count("normalise") != 1 or kinds.count("aggregate") != 1 or kinds[-1] != "aggregate":
            message = "A recipe has one step that normalises and, as its last one, one that aggregates"
            raise InvalidInput(f"{message}; this one does: {', '.join(kinds) or 'nothing'}.", field="steps")
        late = set(kinds[kinds.index("normalise") + 1 : -1]) - {"weigh", "impute"}
        if late:
            raise InvalidInput(f"{min(late)!r} comes after normalising; put it before.", field="steps")
        return self


def read_recipe(path: Path) -> Recipe:
    """The recipe in a TOML or JSON file; `InvalidInput` names the step and field that is wrong.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "recipe.toml"
    ...     _ = path.write_text('steps = [{ do = "normalise" }, { do = "aggregate", method = "geometric" }]')
    ...     read_recipe(path).steps[1].method
    'geometric'
    """
    return read_as(Recipe, path)


def read_as(kind: type[Kind], path: Path) -> Kind:
    """A value in a TOML or JSON file; `InvalidInput` names the field that is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path.name} cannot be read: {error}.", field="file") from error
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(f"{path.name}, {place}: {first['msg']}.", field=place) from error
