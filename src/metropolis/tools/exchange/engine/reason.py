"""Why a result is shown: one plain sentence in the reader's language, from the templates in `data/reasons.json`."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from metropolis.tools.exchange.engine.fit import CityContext, Factor, Fit

ENOUGH = 0.6
LITTLE = 0.35
#: The factors that are about a candidate itself; the others compare cities.
OF_THE_CANDIDATE = ("need", "preconditions")


class Phrases(NamedTuple):
    """How one language says it: what a city does, and for each factor what speaks for it, against, and its name."""

    frame: str
    comma: str
    semicolon: str
    opening: Mapping[str, str]
    does: Mapping[str, str]
    yes: Mapping[str, str]
    no: Mapping[str, str]
    nouns: Mapping[str, str]


def explain(fit: Fit, language: str = "en", *, names: Mapping[str, str] | None = None, involvement: str = "") -> str:
    """What speaks for a candidate in the city of `fit`, what against, and what is not known, in one sentence.

    `language` is the reader's (en es fr pt ca de ar zh; another is answered in English), `names` the countries as the
    reader calls them, by their code ({"AR": "Argentina"}), `involvement` what the candidate's city has to do with it
    ("runs", "ran", "wants", "knows", "offers", "adopted", "measured"). Factors without weight are passed over, and so
    are those that speak neither way. Of what is the city's own it is not said how like the city is to itself.

    >>> from metropolis.tools.exchange.engine.fit import Candidate, fit_to_city
    >>> lima = CityContext(place_id=1, name="Lima", country="PE", languages=("es",))
    >>> quito = CityContext(place_id=2, name="Quito", country="EC", languages=("es",), region="South America")
    >>> explain(fit_to_city(lima, Candidate(need=0.9, cities=(quito,))), names={"EC": "Ecuador"})
    'From Quito (Ecuador), for Lima: it answers what was asked and a shared language; not known: size, climate,
    income level, part of the world, distance and what it takes.'
    >>> explain(fit_to_city(lima, Candidate(need=0.9, cities=(lima,))), involvement="runs")
    'For Lima: the city runs this; it answers what was asked; not known: what it takes.'
    """
    say = _phrases(language)
    opening = say.opening
    own = fit.closest is not None and fit.closest.place_id == fit.city.place_id
    there = _named(fit.closest, names or {}) if fit.closest and not own else ""
    where = opening["from" if there else "for"].format(there=there, here=fit.city.name)
    done = say.does.get(involvement, opening["own"] if own else "")
    weighed = [factor for factor in fit.factors if getattr(fit.weights, factor.name) > 0]
    judged = [factor for factor in weighed if not own or factor.name in OF_THE_CANDIDATE]
    said = [] if own and not any(factor.known for factor in judged) else _judged(judged, say)
    return say.frame.format(where=where, reasons=say.semicolon.join(filter(None, (done, *said))))


def _judged(factors: Sequence[Factor], say: Phrases) -> list[str]:
    known = [factor for factor in factors if factor.known]
    if not known:
        return [say.opening["nothing"]]
    speaking = [_phrase(say.yes, factor) for factor in known if (factor.value or 0) >= ENOUGH]
    against = [_phrase(say.no, factor) for factor in known if (factor.value or 0) <= LITTLE]
    unknown = [say.nouns[factor.name] for factor in factors if not factor.known]
    # "But" needs something before it to contradict.
    first = [_list(speaking, say), _clause("against", against, say)] if speaking else [_list(against, say)]
    return [*(first if speaking or against else [say.opening["middling"]]), _clause("unknown", unknown, say)]


@lru_cache(maxsize=1)
def _templates() -> dict[str, dict[str, str | dict[str, str]]]:
    return dict(json.loads((files(__package__) / "data" / "reasons.json").read_text(encoding="utf-8")))


@lru_cache(maxsize=32)
def _phrases(language: str) -> Phrases:
    templates = _templates()
    words = templates.get(language.partition("-")[0].lower(), templates["en"])
    tables = {name: value for name, value in words.items() if isinstance(value, dict)}
    texts = {name: value for name, value in words.items() if isinstance(value, str)}
    return Phrases(texts["frame"], texts["comma"], texts["semicolon"], texts, **tables)


def _phrase(phrases: Mapping[str, str], factor: Factor) -> str:
    return phrases[factor.name].format(km=f"{factor.evidence.get('km', 0):,}".replace(",", "\u202f"))


def _clause(name: str, items: Sequence[str], say: Phrases) -> str:
    return say.opening[name].format(list=_list(items, say)) if items else ""


def _list(items: Sequence[str], say: Phrases) -> str:
    if len(items) < 2:  # noqa: PLR2004 one item stands alone
        return "".join(items)
    return say.comma.join(items[:-1]) + say.opening["and"] + items[-1]


def _named(city: CityContext, names: Mapping[str, str]) -> str:
    country = names.get(city.country or "", city.country or "")
    return f"{city.name} ({country})" if country else city.name
