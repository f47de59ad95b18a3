"""The steps of a recipe, and what is varied of them, in plain words."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from metropolis.foundation.pages.values import look
from metropolis.tools.barometer.engine.framework import Framework
from metropolis.tools.barometer.engine.normalising import (
    ByRank,
    Categorical,
    MinMax,
    Normalisation,
    ToGoalposts,
    ToMaximum,
    ToReference,
    ToTarget,
    ZScore,
)
from metropolis.tools.barometer.engine.recipe import (
    Aggregate,
    Denominate,
    Impute,
    Normalise,
    Screen,
    Step,
    Transform,
    Treat,
    Weigh,
)
from metropolis.tools.barometer.engine.varying import DataNoise, Input, LeaveOut, StepOptions, WeightNoise, WeightSets
from metropolis.tools.barometer.engine.weighting import ByFactors, ByHierarchy, Weighting
from metropolis.tools.barometer.pages.frame import Opened
from metropolis.tools.barometer.queries.words import figure, listed


class Told(NamedTuple):
    """One step in words: its name, what it does, and exceptions for single nodes with their reason to be looked at."""

    title: str
    sentences: list[str]
    exceptions: list[tuple[str, str]]


_TITLES: Mapping[str, Promise] = {
    "denominate": gettext_lazy("Make figures comparable"),
    "screen": gettext_lazy("Leave out cities of which too little is known"),
    "impute": gettext_lazy("Fill gaps"),
    "treat": gettext_lazy("Tame outliers"),
    "transform": gettext_lazy("Transform"),
    "normalise": gettext_lazy("Put everything on one scale"),
    "weigh": gettext_lazy("Set weights"),
    "aggregate": gettext_lazy("Put it together"),
}
_IMPUTED: Mapping[str, Promise] = {
    "mean": gettext_lazy("A missing figure is taken to be the mean of the cities."),
    "median": gettext_lazy("A missing figure is taken to be the median of the cities."),
    "within-pillar": gettext_lazy("A missing figure is taken from the same city's other indicators of its pillar."),
    "last": gettext_lazy("A missing figure is taken from the city's last year before it."),
    "linear": gettext_lazy("A missing figure is taken from the city's years before and after, along a straight line."),
    "em": gettext_lazy(
        "A missing figure is estimated from all others, by expectation-maximisation of a normal distribution."
    ),
}
_OTHERWISE: Mapping[str, Promise] = {
    "log": gettext_lazy("Where that is not enough, the indicator's logarithm is taken instead."),
    "box-cox": gettext_lazy("Where that is not enough, a Box-Cox transformation is taken instead."),
    "none": gettext_lazy("Where that is not enough, the indicator is left as it is."),
}
_MEANS: Mapping[str, Promise] = {
    "arithmetic": gettext_lazy("the weighted mean: strong parts make up for weak ones"),
    "geometric": gettext_lazy("the weighted geometric mean: a weak part weighs more than a strong one makes good"),
    "harmonic": gettext_lazy("the weighted harmonic mean: a weak part pulls down strongly"),
    "power": gettext_lazy("a weighted power mean"),
    "median": gettext_lazy("the weighted median: half of the weight lies above it, half below"),
    "minimum": gettext_lazy("its weakest part"),
    "maximum": gettext_lazy("its strongest part"),
    "product": gettext_lazy("the product of its parts, each to the power of its weight"),
    "ratio": gettext_lazy("its first part divided by its second"),
    "copeland": gettext_lazy("Copeland's rule: how many cities it beats, less how many beat it, by pairs"),
    "kemeny": gettext_lazy("Kemeny's rule: the order that agrees best with all comparisons by pairs"),
    "benefit-of-the-doubt": gettext_lazy("benefit of the doubt: each city is weighed as suits it best"),
}
_WEIGHED: Mapping[str, Promise] = {
    "equal": gettext_lazy("All parts of a group weigh the same."),
    "given": gettext_lazy("Weights are set by the recipe."),
    "first-component": gettext_lazy("Weights are the loadings of the first principal component."),
    "factors": gettext_lazy("Weights come from rotated factors, each indicator in the factor it loads highest on."),
    "budget": gettext_lazy("Weights are the points that experts gave out, as shares, on average."),
    "ahp": gettext_lazy("Weights come from comparisons of every two parts (analytic hierarchy process)."),
    "target": gettext_lazy("Weights are such that each part has the influence it is meant to have."),
}
_DEFAULT_NAMES: Mapping[str, Promise] = {
    "Weights": gettext_lazy("Weights"),
    "Data": gettext_lazy("Errors of the data"),
    "Survey": gettext_lazy("Errors of the surveys"),
    "Leaving out": gettext_lazy("Leaving out an indicator"),
}


def step_words(step: Step, framework: Framework) -> Told:
    """One step in words, with the names of nodes for their codes."""
    sentences, exceptions = _WORDS[type(step)](step, framework)
    return Told(str(_TITLES[step.do]), sentences, exceptions)


def share(value: float | None) -> str:
    """A share of 1 as a whole percentage."""
    return look().share(value, 0)


def input_name(name: str) -> str:
    """What varies, by its name: those that the program gives by itself in the reader's language."""
    return str(_DEFAULT_NAMES.get(name, name))


def varied(one: Input, found: Opened) -> str:
    """How one input varies, in a sentence."""
    framework = found.framework
    if isinstance(one, WeightNoise):
        spread = {"share": share(one.spread)}
        return _("Every weight is up to %(share)s less or more, each by chance.") % spread
    if isinstance(one, WeightSets):
        count = len(one.sets)
        return ngettext("One of %(count)s set of weights.", "One of %(count)s sets of weights.", count) % {
            "count": count
        }
    if isinstance(one, DataNoise):
        told = {"count": len(one.errors)}
        return (
            ngettext(
                "The figures of %(count)s indicator are drawn anew within their standard errors.",
                "The figures of %(count)s indicators are drawn anew within their standard errors.",
                len(one.errors),
            )
            % told
        )
    if isinstance(one, LeaveOut):
        return ngettext(
            "Nothing is left out, or one of %(count)s part.", "Nothing is left out, or one of %(count)s parts.",
            len(one.codes),
        ) % {"count": len(one.codes)}  # fmt: skip
    return _options(one, framework)


def _options(one: StepOptions, framework: Framework) -> str:
    """The options of a step, each by its first sentence and its exceptions: by these they differ."""
    options = []
    for step in one.options:
        sentences, exceptions = _WORDS[type(step)](step, framework)
        options.append(" ".join([sentences[0], *(f"{label}: {words}." for label, words in exceptions)]))
    return " ".join([options[0], *(_("Or: %(option)s") % {"option": option} for option in options[1:])])


def _denominate(_step: Denominate, framework: Framework) -> tuple[list[str], list[tuple[str, str]]]:
    divided = [(node.label, node.denominator) for node in framework.indicators if node.denominator]
    said = [_("Indicators that depend on a city's size are divided by it.")]
    return said, [(label, _("divided by %(code)s") % {"code": code}) for label, code in divided]


def _screen(step: Screen, _framework: Framework) -> tuple[list[str], list[tuple[str, str]]]:
    said = [_("A city stays if at least %(share)s of its indicators are known.") % {"share": share(step.least)}]
    if step.least_nonzero:
        nonzero = {"share": share(step.least_nonzero)}
        said.append(_("And if at least %(share)s of these are not zero.") % nonzero)
    return said, []


def _impute(step: Impute, _framework: Framework) -> tuple[list[str], list[tuple[str, str]]]:
    said = [str(_IMPUTED[step.method])]
    if step.group:
        said.append(_("Only cities of the same group count for it: “%(group)s”.") % {"group": step.group})
    return said, []


def _treat(step: Treat, _framework: Framework) -> tuple[list[str], list[tuple[str, str]]]:
    told = {"skewness": figure(step.skewness), "kurtosis": figure(step.kurtosis)}
    points = ngettext(
        "The figure that stands furthest out is set to the next one (winsorised), at most %(count)s figure.",
        "The figures that stand furthest out are set to the next one (winsorised), at most %(count)s figures.",
        step.points,
    )
    return [
        _("An indicator has outliers if its skewness is at least %(skewness)s and its kurtosis at least %(kurtosis)s.")
        % told,
        points % {"count": step.points},
        str(_OTHERWISE[step.otherwise]),
    ], []


def _transform(step: Transform, framework: Framework) -> tuple[list[str], list[tuple[str, str]]]:
    said = [_("Some indicators are replaced by a function of themselves before anything is compared.")]
    return said, [(_label(framework, code), ", ".join(_function(step, code))) for code in step.codes]


def _function(step: Transform, code: str) -> Iterable[str]:
    if code in step.clip:
        ends = step.clip[code]
        if ends.least is not None:
            yield _("at least %(figure)s") % {"figure": figure(ends.least)}
        if ends.most is not None:
            yield _("at most %(figure)s") % {"figure": figure(ends.most)}
    if code in step.plus:
        yield _("plus %(figure)s") % {"figure": figure(step.plus[code])}
    if code in step.log:
        yield _("its logarithm")
    if code in step.power:
        yield _("to the power of %(figure)s") % {"figure": figure(step.power[code])}


def _normalise(step: Normalise, framework: Framework) -> tuple[list[str], list[tuple[str, str]]]:
    said = [_scaled(step.how), _("An indicator of which less is better is turned round: more is always better.")]
    return said, [(_label(framework, code), _scaled(how)) for code, how in step.but.items()]


def _scaled(how: Normalisation) -> str:
    if isinstance(how, MinMax | ToGoalposts):
        ends = {"lower": figure(how.lower), "upper": figure(how.upper)}
        if isinstance(how, MinMax):
            return _("The worst figure there is scores %(lower)s, the best %(upper)s.") % ends
        said = (
            _(
                "Each indicator has goalposts that stay the same over the years: "
                "the lower one scores %(lower)s, the upper one %(upper)s."
            )
            % ends
        )
        if how.percentiles is not None:
            lowest, highest = map(figure, how.percentiles)
            told = {"lowest": lowest, "highest": highest}
            said += " " + _("Where it has none, percentiles %(lowest)s and %(highest)s of the figures serve.") % told
        return said + " " + _("What lies beyond them is cut.") if how.cut else said
    if isinstance(how, ZScore):
        told = {"mean": figure(how.mean), "deviation": figure(how.deviation)}
        return _("The mean of the cities scores %(mean)s, a standard deviation counts %(deviation)s.") % told
    if isinstance(how, ToReference):
        return _("The score is how far a city is on the way to “%(unit)s”, which has 1.") % {"unit": how.unit}
    return str(_SCALES[type(how)])


_SCALES: Mapping[type, Promise] = {
    ByRank: gettext_lazy("The score is the city's rank among all, the lowest first."),
    ToTarget: gettext_lazy("The score is how far a city is on the way to the target, which has 1."),
    ToMaximum: gettext_lazy("The score is how far a city is on the way to the best figure, which has 1."),
    Categorical: gettext_lazy("The score is that of the class the city's percentile falls into."),
}


def _weigh(step: Weigh, framework: Framework) -> tuple[list[str], list[tuple[str, str]]]:
    said = [str(_WEIGHED[step.how.method]), *_details(step.how)]
    if step.height is not None:
        nodes = [node.label for node in framework.aggregates if framework.heights[node.code] == step.height]
        said.append(_("This is done within: %(names)s.") % {"names": listed(nodes)})
    return said, []


def _details(how: Weighting) -> Iterable[str]:
    if isinstance(how, ByHierarchy):
        yield _("Comparisons that contradict one another more than %(limit)s are refused.") % {
            "limit": figure(how.limit)
        }
    if isinstance(how, ByFactors):
        yield _("Factors with an eigenvalue above %(least)s are kept.") % {"least": figure(how.least)}


def _aggregate(step: Aggregate, framework: Framework) -> tuple[list[str], list[tuple[str, str]]]:
    said = [_("Each group is %(mean)s.") % {"mean": _MEANS[step.method]}]
    if "power" in {step.method, *step.but.values()}:
        said.append(_("The exponent of the power mean is %(power)s.") % {"power": figure(step.power)})
    if step.least:
        least = {"share": share(step.least)}
        said.append(_("A group has no score where less than %(share)s of its weight is known.") % least)
    others = [(_label(framework, code), str(_MEANS[method])) for code, method in step.but.items()]
    others += [
        (_label(framework, code), _("no score where less than %(share)s is known") % {"share": share(least)})
        for code, least in step.least_of.items()
    ]
    return said, others


_WORDS: Mapping[type, Callable[[Any, Framework], tuple[list[str], list[tuple[str, str]]]]] = {
    Denominate: _denominate,
    Screen: _screen,
    Impute: _impute,
    Treat: _treat,
    Transform: _transform,
    Normalise: _normalise,
    Weigh: _weigh,
    Aggregate: _aggregate,
}


def _label(framework: Framework, code: str) -> str:
    node = framework.by_code.get(code)
    return node.label if node else code
