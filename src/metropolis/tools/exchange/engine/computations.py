"""The engine's functions in the form doors derive from: one value in, one value out."""

from pathlib import Path

from metropolis.engine_kit import Computation, Value
from metropolis.tools.exchange.engine.evaluate import Evaluation, Profile, evaluate_collection
from metropolis.tools.exchange.engine.fit import Candidate, CityContext, Fit, Weights, fit_to_city
from metropolis.tools.exchange.engine.language import detect_language
from metropolis.tools.exchange.engine.reason import explain


class FitQuestion(Value):
    """A city, what might be copied there, how much each factor counts, and the language of the reason."""

    city: CityContext
    candidate: Candidate
    weights: Weights = Weights()
    language: str = "en"


class FitAnswer(Value):
    """How well it fits, and why in one sentence."""

    fit: Fit
    reason: str


class Text(Value):
    """A text, and the language it is likely to be in."""

    text: str
    likely: str = "en"


class DetectedLanguage(Value):
    """An ISO 639 code, "und" if the text holds no letters."""

    language: str


class EvaluationQuestion(Value):
    """A directory in the BEIR layout, which encoders and which bank, and where to keep vectors."""

    directory: Path
    profile: Profile = "default"
    bank: str = "folds"
    cache: Path | None = None


def fit(question: FitQuestion) -> FitAnswer:
    """How well something that ran elsewhere fits a city, factor by factor, and why."""
    found = fit_to_city(question.city, question.candidate, question.weights)
    return FitAnswer(fit=found, reason=explain(found, question.language))


def language(question: Text) -> DetectedLanguage:
    """Which language a text is written in."""
    return DetectedLanguage(language=detect_language(question.text, question.likely))


def evaluation(question: EvaluationQuestion) -> Evaluation:
    """How good the search is on a collection of queries whose answers are known."""
    return evaluate_collection(question.directory, profile=question.profile, bank=question.bank, cache=question.cache)


COMPUTATIONS = (
    Computation(name="fit-to-city", title="Fit to a city", function=fit, input=FitQuestion, output=FitAnswer),
    Computation(
        name="detect-language", title="Language of a text", function=language, input=Text, output=DetectedLanguage
    ),
    Computation(
        name="evaluate-search",
        title="Evaluation of the search",
        function=evaluation,
        input=EvaluationQuestion,
        output=Evaluation,
    ),
)
