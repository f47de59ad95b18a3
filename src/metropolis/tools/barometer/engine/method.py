"""The usual choices of a method as words, the recipe and variation they make, and back."""

from typing import NamedTuple

from metropolis.engine_kit import InvalidInput
from metropolis.tools.barometer.engine.framework import Framework
from metropolis.tools.barometer.engine.normalising import ByRank, MinMax, Normalisation, ToGoalposts, ZScore
from metropolis.tools.barometer.engine.recipe import (
    Aggregate,
    Denominate,
    Impute,
    Normalise,
    Recipe,
    Step,
    Treat,
    Weigh,
)
from metropolis.tools.barometer.engine.varying import StepOptions, Variation, WeightNoise, usual_variation
from metropolis.tools.barometer.engine.weighting import ByComponent, ByFactors, ByInfluence, Equal, Weighting

#: Means of which no part may be zero.
_POSITIVE = {"geometric", "harmonic"}
_WEIGHTINGS: dict[str, Weighting] = {
    "equal": Equal(),
    "target": ByInfluence(),
    "first-component": ByComponent(),
    "factors": ByFactors(),
}
_TREATMENTS = {"winsorise": Treat(otherwise="none"), "winsorise-log": Treat()}
_UNTREATED = Treat(points=0, otherwise="none")


class Choices(NamedTuple):
    """A method in words: "none" and "framework" leave a step out; `least` is a share of a node's parts by weight.

    `root` is the mean that makes the index, `pillars` that of all nodes beneath it.
    """

    imputation: str = "none"
    least: float = 0.5
    outliers: str = "none"
    normalisation: str = "goalposts"
    weights: str = "framework"
    pillars: str = "arithmetic"
    root: str = "arithmetic"
    varies: tuple[str, ...] = ("weights", "leave-out")


USUAL = Choices()


def recipe_of(framework: Framework, choices: Choices) -> Recipe:
    """The recipe that choices make for a framework; `InvalidInput` names one that does not go with the others.

    Scales begin at 1 where a mean is taken that cannot be taken of zero.

    >>> from metropolis.tools.barometer.engine.framework import Node
    >>> tree = Framework(nodes=[Node(code="a", parent="i"), Node(code="i")])
    >>> [step.do for step in recipe_of(tree, Choices(imputation="mean", weights="equal")).steps]
    ['impute', 'normalise', 'weigh', 'aggregate']
    """
    means = {choices.pillars, choices.root} | ({"geometric"} if "aggregation" in choices.varies else set())
    lower = 1.0 if means & _POSITIVE else 0.0
    if lower and choices.normalisation not in {"goalposts", "min-max"}:
        message = "A geometric or harmonic mean needs a scale above zero: take goalposts or least to greatest value."
        raise InvalidInput(message, field="normalisation")
    steps: list[Step] = []
    if any(node.denominator for node in framework.nodes):
        steps.append(Denominate())
    if choices.imputation != "none":
        steps.append(Impute.model_validate({"method": choices.imputation}))
    if choices.outliers != "none":
        steps.append(_TREATMENTS[choices.outliers])
    steps.append(_normalise(framework, choices.normalisation, lower))
    if choices.weights != "framework":
        steps.append(Weigh(how=_WEIGHTINGS[choices.weights]))
    but = {} if choices.root == choices.pillars else {framework.root.code: choices.root}
    steps.append(Aggregate.model_validate({"method": choices.pillars, "but": but, "least": choices.least}))
    return Recipe(steps=tuple(steps))


def _normalise(framework: Framework, method: str, lower: float) -> Normalise:
    plain: Normalisation = MinMax(lower=lower)
    if method == "goalposts":
        without = [node.code for node in framework.indicators if node.goalposts is None]
        if len(without) < len(framework.indicators):
            return Normalise(how=ToGoalposts(lower=lower), but=dict.fromkeys(without, plain))
        return Normalise(how=plain)
    others: dict[str, Normalisation] = {"z-score": ZScore(), "percentile": ByRank(method="percentile")}
    return Normalise(how=others.get(method, plain))


def variation_of(framework: Framework, recipe: Recipe, choices: Choices) -> Variation:
    """What varies of a recipe by choices; `InvalidInput` for what the recipe has no step of, and for nothing.

    >>> from metropolis.tools.barometer.engine.example import example
    >>> chosen = Choices(varies=("weights",))
    >>> framework = example()[1]
    >>> [one.name for one in variation_of(framework, recipe_of(framework, chosen), chosen).inputs]
    ['Weights']
    """
    usual = usual_variation(framework).inputs
    steps = {step.do: place for place, step in enumerate(recipe.steps)}
    inputs = [one for one in usual if ("weights" if isinstance(one, WeightNoise) else "leave-out") in choices.varies]
    if "imputation" in choices.varies:
        if choices.imputation == "none":
            raise InvalidInput("Gaps are left: there is no other way to fill them.", field="varies")
        other = Impute(method="median" if choices.imputation == "mean" else "mean")
        inputs.append(_either("Gaps", recipe, steps["impute"], other))
    if "outliers" in choices.varies:
        if choices.outliers == "none":
            raise InvalidInput("Outliers are left as they are already.", field="varies")
        inputs.append(_either("Outliers", recipe, steps["treat"], _UNTREATED))
    if "aggregation" in choices.varies:
        place = steps["aggregate"]
        step = recipe.steps[place]
        mean = "arithmetic" if choices.root == "geometric" else "geometric"
        but = {} if mean == choices.pillars else {framework.root.code: mean}
        other_mean = Aggregate.model_validate({**step.model_dump(), "but": but})
        inputs.append(_either("Aggregation", recipe, place, other_mean))
    if not inputs:
        raise InvalidInput("Choose something that varies: else nobody knows how sure the ranking is.", field="varies")
    return Variation(inputs=tuple(inputs))


def _either(name: str, recipe: Recipe, place: int, other: Step) -> StepOptions:
    return StepOptions(name=name, step=place, options=(recipe.steps[place], other))


def choices_of(framework: Framework, recipe: Recipe, variation: Variation | None) -> Choices | None:
    """The choices that make a recipe and what varies of it; None for a method that no choices make.

    >>> from metropolis.tools.barometer.engine.framework import Node
    >>> tree = Framework(nodes=[Node(code="a", parent="i"), Node(code="b", parent="i"), Node(code="i")])
    >>> chosen = Choices("mean", 0.5, "winsorise", "min-max", "equal", "median", "geometric", ("weights", "outliers"))
    >>> made = recipe_of(tree, chosen)
    >>> choices_of(tree, made, variation_of(tree, made, chosen)) == chosen
    True
    """
    if recipe == Recipe() and variation is None:
        return USUAL
    found = _read(framework, recipe)
    varying = variation or usual_variation(framework)
    names = {"Weights": "weights", "Leaving out": "leave-out", "Gaps": "imputation"}
    names |= {"Outliers": "outliers", "Aggregation": "aggregation"}
    chosen = found._replace(varies=tuple(names.get(one.name, "") for one in varying.inputs))
    try:
        made = recipe_of(framework, chosen)
        same = made == recipe and variation_of(framework, made, chosen) == varying
    except (InvalidInput, KeyError, ValueError):
        return None
    return chosen if same else None


def _read(framework: Framework, recipe: Recipe) -> Choices:
    told: dict[str, object] = {}
    for step in recipe.steps:
        if isinstance(step, Impute):
            told["imputation"] = step.method
        elif isinstance(step, Treat):
            told["outliers"] = next((name for name, one in _TREATMENTS.items() if one == step), "other")
        elif isinstance(step, Normalise):
            told["normalisation"] = step.how.method
        elif isinstance(step, Weigh):
            told["weights"] = step.how.method
        elif isinstance(step, Aggregate):
            root = step.but.get(framework.root.code, step.method)
            told |= {"least": step.least, "pillars": step.method, "root": root}
    return USUAL._replace(**told)  # type: ignore[arg-type]
