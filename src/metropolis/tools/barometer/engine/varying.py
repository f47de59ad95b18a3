"""What of an index is uncertain: choices of its recipe, weights, errors of the data, indicators left out."""

from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from metropolis.engine_kit import InvalidInput, Value
from metropolis.tools.barometer.engine.framework import Framework, Node
from metropolis.tools.barometer.engine.recipe import Recipe, Step, read_as
from metropolis.tools.barometer.engine.table import Matrix

Indices = NDArray[np.int64]
#: Numbers of one indicator computed together: they stay in the processor's cache.
TOGETHER = 100_000


class StepOptions(Value):
    """One step of the recipe, by its place from 0, done in one of several ways."""

    kind: Literal["step"] = "step"
    name: str
    step: int = Field(ge=0)
    options: tuple[Step, ...] = Field(min_length=2, max_length=100)

    @property
    def count(self) -> int:
        """How many options there are."""
        return len(self.options)


class WeightSets(Value):
    """Weights by code, one set or another; a node that a set leaves out keeps its own."""

    kind: Literal["weight-sets"] = "weight-sets"
    name: str = "Weights"
    sets: tuple[dict[str, float], ...] = Field(min_length=2)

    @property
    def count(self) -> int:
        """How many options there are."""
        return len(self.sets)


class WeightNoise(Value):
    """Every weight, or those beneath nodes of one `height`, times a number between 1 − `spread` and 1 + `spread`."""

    kind: Literal["weight-noise"] = "weight-noise"
    name: str = "Weights"
    spread: float = Field(default=0.25, gt=0, le=1)
    height: int | None = Field(default=None, ge=2)
    count: int = Field(default=10_000, ge=2, le=100_000)


Error = Annotated[float, Field(ge=0)]


class DataNoise(Value):
    """A normal error added to each value; `errors` are standard errors by indicator, one number or one a unit."""

    kind: Literal["data-noise"] = "data-noise"
    name: str = "Data"
    errors: dict[str, Error | tuple[Error, ...]]
    count: int = Field(default=10_000, ge=2)


class LeaveOut(Value):
    """Nothing left out, or one of these nodes."""

    kind: Literal["leave-out"] = "leave-out"
    name: str = "Leaving out"
    codes: tuple[str, ...] = Field(min_length=1)

    @property
    def count(self) -> int:
        """How many options there are, nothing left out among them."""
        return 1 + len(self.codes)


Input = Annotated[StepOptions | WeightSets | WeightNoise | DataNoise | LeaveOut, Field(discriminator="kind")]
#: Inputs whose options are drawn from a stream of random numbers: a replication takes the option of its number.
Noise = WeightNoise | DataNoise


class Variation(Value):
    """What varies, together; each input has a name of its own, and no two change the same step."""

    inputs: tuple[Input, ...] = Field(min_length=1, max_length=50)

    @model_validator(mode="after")
    def _apart(self) -> Self:
        names = [one.name for one in self.inputs]
        if len(set(names)) < len(names):
            raise InvalidInput(f"Two of the inputs {', '.join(names)} have the same name.", field="inputs")
        steps = [one.step for one in self.inputs if isinstance(one, StepOptions)]
        if len(set(steps)) < len(steps):
            raise InvalidInput("Two inputs vary the same step; give its options in one.", field="inputs")
        if sum(isinstance(one, DataNoise) for one in self.inputs) > 1:
            raise InvalidInput("Give all errors of the data in one input.", field="inputs")
        return self

    def recipe(self, recipe: Recipe, row: Indices) -> Recipe:
        """The recipe with the options of one replication's `row`, shape (inputs,), in place."""
        steps = list(recipe.steps)
        for place, one in enumerate(self.inputs):
            if isinstance(one, StepOptions):
                steps[one.step] = one.options[int(row[place])]
        return Recipe(steps=tuple(steps))

    def check(self, recipe: Recipe, framework: Framework) -> None:
        """Refuse inputs that do not go with the recipe or the framework."""
        for one in self.inputs:
            codes: set[str] = set()
            if isinstance(one, StepOptions) and one.step >= len(recipe.steps):
                raise InvalidInput(f"{one.name}: the recipe has no step {one.step}.", field="step")
            if isinstance(one, LeaveOut):
                codes = set(one.codes)
            if isinstance(one, DataNoise):
                codes = set(one.errors)
            if isinstance(one, WeightSets):
                codes = {code for given in one.sets for code in given}
            unknown = codes - framework.by_code.keys()
            if unknown:
                raise InvalidInput(f"{one.name}: {min(unknown)!r} is no node's code.", field="inputs")
            for code in one.codes if isinstance(one, LeaveOut) else ():
                if is_all_of_its_node(framework.by_code[code], framework):
                    message = f"{one.name}: without {code!r} nothing is left of its node; leave the node out instead."
                    raise InvalidInput(message, field="inputs")

    def draw(self, replications: int, seed: int) -> Indices:
        """The option of each input in each replication, shape (replications, inputs): all that makes a replication."""
        generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0,)))
        numbers = np.arange(replications)
        columns = [
            numbers % one.count if isinstance(one, Noise) else generator.integers(one.count, size=replications)
            for one in self.inputs
        ]
        return np.column_stack(columns).astype(np.int64)

    def chosen(self, points: Matrix) -> Indices:
        """The options that points of the unit cube stand for, shape (points, inputs): for Sobol's sequences."""
        counts = np.array([one.count for one in self.inputs])
        return np.asarray(np.minimum((points * counts).astype(np.int64), counts - 1))


def read_variation(path: Path) -> Variation:
    """What varies, in a TOML or JSON file: a list of `inputs`; `InvalidInput` names the field that is wrong.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "vary.toml"
    ...     _ = path.write_text('inputs = [{ kind = "weight-noise", spread = 0.5 }]')
    ...     read_variation(path).inputs[0].spread
    0.5
    """
    return read_as(Variation, path)


def is_all_of_its_node(node: Node, framework: Framework) -> bool:
    """Whether nothing that counts is left of a node's parent without it.

    >>> tree = Framework(nodes=[Node(code="a", parent="i"), Node(code="b", parent="i", weight=0), Node(code="i")])
    >>> is_all_of_its_node(tree.by_code["a"], tree)
    True
    """
    siblings = framework.children[node.parent] if node.parent is not None else ()
    return not any(one.weight for one in siblings if one.code != node.code)


def usual_variation(framework: Framework) -> Variation:
    """Every weight a quarter more or less, and each indicator left out that is not alone in its node.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> [one.name for one in usual_variation(example()[1]).inputs]
    ['Weights', 'Leaving out']
    """
    others = tuple(n.code for n in framework.indicators if n.weight and not is_all_of_its_node(n, framework))
    left_out = (LeaveOut(codes=others),) if others else ()
    return Variation(inputs=(WeightNoise(), *left_out))


def noisy_weights(one: WeightNoise, framework: Framework, seed: int, place: int) -> Matrix:
    """The factors of every option on every node's weight, shape (nodes, options)."""
    generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1, place)))
    moves = [
        node.parent is not None and one.height in {None, framework.heights[node.parent]} for node in framework.nodes
    ]
    factors = np.ones((len(moves), one.count))
    factors[moves] = generator.uniform(1 - one.spread, 1 + one.spread, size=(sum(moves), one.count))
    return factors


def block_size(units: int) -> int:
    """How many replications are computed, and their errors drawn, together."""
    return max(1, TOGETHER // units)


def errors_of(seed: int, block: int, shape: tuple[int, int, int]) -> NDArray[np.float32]:
    """Standard normal numbers of one block of options, shape (indicators, options, units)."""
    generator = np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(2, block))))  # the quickest
    return generator.standard_normal(size=shape, dtype=np.float32)
