"""How well an answer fits a city, and why, said to the reader."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metropolis.foundation.places.engine import country_name
from metropolis.foundation.places.models import City
from metropolis.foundation.places.queries import city_context
from metropolis.tools.exchange.engine import Candidate, CityContext, Fit, Hit, Weights, explain, fit_to_city

#: What the involvement of a city in a record is called, with a place for the city.
INVOLVEMENTS = {
    "runs": gettext_lazy("%(city)s runs this"),
    "ran": gettext_lazy("%(city)s ran this"),
    "wants": gettext_lazy("%(city)s wants this"),
    "knows": gettext_lazy("Somebody in %(city)s knows about this"),
    "offers": gettext_lazy("%(city)s offers this"),
    "adopted": gettext_lazy("%(city)s adopted this"),
    "measured": gettext_lazy("This measures %(city)s"),
}


def context_of(city: City) -> CityContext:
    """What is known of a city, as the engine weighs it."""
    known = city_context(city)
    return CityContext.model_validate(
        {
            "place_id": city.id,
            "name": city.name,
            "country": known.country,
            "population": known.population and known.population.value,
            "metropolitan_population": known.metropolitan_population and known.metropolitan_population.value,
            "latitude": known.latitude,
            "longitude": known.longitude,
            "region": known.region,
            "income_group": known.income_group and known.income_group.value.replace("_", "-"),
            "climate": known.climate and known.climate.value,
            "languages": known.languages and known.languages.value,
        }
    )


def fit_of(
    *,
    score: float | None,
    city: CityContext,
    cities: Iterable[City],
    languages: Iterable[str],
    requires: Mapping[str, str],
    weights: Weights,
) -> Fit:
    """How well a record of these cities fits a city; `score` is None when nothing was asked."""
    takes = tuple(line.strip() for text in requires.values() for line in text.splitlines() if line.strip())
    candidate = Candidate(
        need=score, cities=tuple(map(context_of, cities)), languages=tuple(languages), powers=takes or None
    )
    return fit_to_city(city, candidate, weights)


def fit_between(city: CityContext, other: City, *, score: float | None, weights: Weights) -> Fit:
    """How like another city is, and how near."""
    known = context_of(other)
    candidate = Candidate(need=score, cities=(known,), languages=known.languages or ())
    return fit_to_city(city, candidate, weights)


def reason(fit: Fit | None, hit: Hit, *, involvement: str, cities: Sequence[City], language: str) -> str:
    """Why an answer is shown, in one sentence: by its fit to the city asked for, else by what was found."""
    if fit is not None:
        codes = {context.country for context in (fit.city, fit.closest) if context is not None and context.country}
        names = {code: country_name(code, language) for code in codes}
        return explain(fit, language, names=names, involvement=involvement)
    who, why = _who(involvement, cities), _why(hit)
    return _("%(who)s, and %(why)s.") % {"who": who, "why": why} if who and why else _sentence(who or why)


def _who(involvement: str, cities: Iterable[City]) -> str:
    names = [city.name for city in cities]
    if not names or involvement not in INVOLVEMENTS:
        return ""
    more = _("%(first)s and others") % {"first": names[0]}
    return str(INVOLVEMENTS[involvement]) % {"city": more if len(names) > 1 else names[0]}


def _why(hit: Hit) -> str:
    if hit.lexical and hit.semantic:
        return _("it says what you asked in much the same words")
    if hit.lexical:
        return _("it holds the words you asked for")
    if hit.semantic:
        return _("it says what you asked in other words")
    return ""


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""
