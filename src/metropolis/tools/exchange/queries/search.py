"""Answering a question from the index: records that answer, each with its fit, quote and reason, and their cities."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import ngettext, override

from metropolis.engine_kit import Conflict
from metropolis.foundation.places.models import City
from metropolis.foundation.places.queries import cities_by_ids
from metropolis.foundation.places.queries import city as city_by_id
from metropolis.foundation.records.values import Findable, Reference, TextVersion
from metropolis.foundation.workspaces.cards import visible_references
from metropolis.tools.exchange.engine import CityContext, Fit, Hit, Query
from metropolis.tools.exchange.queries.documents import shown
from metropolis.tools.exchange.queries.facets import FACETS
from metropolis.tools.exchange.queries.fits import context_of, fit_between, fit_of, reason
from metropolis.tools.exchange.queries.index import index, not_taken_in
from metropolis.tools.exchange.values import (
    ANSWERS,
    CITY,
    MEASURED,
    POOL,
    Answer,
    Answers,
    CityAnswer,
    Involvement,
    Question,
)

#: Cities of a record named in an answer.
_NAMED = 3


class _Reader(NamedTuple):
    """Who asks what, for which city, and reads which language; of what is `stale` the index's words are not shown."""

    question: Question
    city: CityContext | None
    language: str
    stale: set[Reference]


def answers(question: Question, *, language: str | None, most_cities: int = POOL) -> Answers:
    """The answers to a question, best first, with titles and reasons in the reader's `language` where there are any.

    Without a `language` the reader is taken to read that of the question. Of the cities the first `most_cities` are
    told of.
    `Conflict` while the index is built for the first time; `NotFound` for a city that does not exist.
    """
    asker = None if question.city_id is None else city_by_id(question.city_id)
    by_fit = question.sort == "fit" and asker is not None
    last = question.offset + question.limit
    kinds = tuple(kind for kind in question.kinds if kind != CITY)
    ranks = range(POOL) if by_fit else range(question.offset, last)
    query = _query(question, kinds or ANSWERS, ranks, reader=language, quoted=not by_fit)
    page = index().search(query)
    # Cities come of every kind of record: that one wants the same is told by its need.
    every = _query(question, kinds, range(POOL), reader=language, quoted=False, counted=())
    pool = index().search(every) if most_cities else None
    reader = _Reader(question, context_of(asker) if asker else None, language or page.language, not_taken_in())
    hits, around = _public((page.hits, pool.hits if pool else ()))
    places = _places((*hits, *around))
    if by_fit:
        hits = index().quoted(query, _by_fit(hits, places, reader)[question.offset : last])
    with override(reader.language):  # for the names of countries and what tools say of their records
        found = [] if question.kinds == (CITY,) else _answers(hits, places, reader)
        count, cities = _cities(around, places, reader, most_cities)
    return Answers(
        total=page.total,
        answers=tuple(found),
        city_total=count,
        cities=tuple(cities),
        facets=page.facets,
        language=page.language,
    )


def warm_up() -> None:
    """Open the index and the models by a first question, which takes a second that nobody then waits for."""
    with suppress(Conflict):  # where there is no index yet, the first question finds none either
        answers(Question(text="water"), language="en")


def suggestions(text: str, *, language: str, limit: int = 5) -> tuple[Answer, ...]:
    """The records nearest to what somebody has typed so far."""
    return answers(Question(text=text, limit=limit), language=language, most_cities=0).answers


def _query(
    question: Question,
    kinds: tuple[str, ...],
    places: range,
    *,
    reader: str | None,
    quoted: bool = True,
    counted: tuple[str, ...] = tuple(FACETS),
) -> Query:
    return Query(
        text=question.text,
        reader=(reader or "en").partition("-")[0],
        filters=question.filters,
        kinds=kinds,
        limit=len(places),
        offset=places.start,
        quoted=quoted,
        counted=counted,
    )


def _fit_first(fit: Fit | None, score: float) -> tuple[bool, float, float]:
    overall = fit.overall if fit else None
    return overall is None, -(overall or 0), -score


def _public(lists: Iterable[Iterable[Hit]]) -> list[list[Hit]]:
    """Of each list of hits those that are public now.

    The index was read before the database is: what was unpublished in between is left out.
    """
    told = [[(Reference.parse(hit.id), hit) for hit in hits] for hits in lists]
    public = visible_references(None, {reference for pairs in told for reference, _hit in pairs})
    return [[hit for reference, hit in pairs if reference in public] for pairs in told]


def _places(hits: Sequence[Hit]) -> dict[int, City]:
    """The cities of hits, and those that adopted them."""
    adopters = (int(city) for hit in hits for city in hit.facets.get("adopter", ()))
    return cities_by_ids({*adopters, *(place for hit in hits for place in hit.place_ids)})


def _by_fit(hits: Iterable[Hit], cities: Mapping[int, City], reader: _Reader) -> list[Hit]:
    """The hits, the best fit first.

    What the records take is left out until they are read: no city's powers are known to judge it by.
    """

    def order(hit: Hit) -> tuple[bool, float, float]:
        own = [cities[place] for place in hit.place_ids if place in cities]
        return _fit_first(_fit(hit, own, hit.languages, {}, reader), hit.score)

    return sorted(hits, key=order)


def _fit(
    hit: Hit, cities: Sequence[City], languages: Sequence[str], requires: Mapping[str, str], reader: _Reader
) -> Fit | None:
    if reader.city is None:
        return None
    score = hit.score if reader.question.text else None
    weights = reader.question.weights
    return fit_of(score=score, city=reader.city, cities=cities, languages=languages, requires=requires, weights=weights)


def _answers(hits: Iterable[Hit], cities: Mapping[int, City], reader: _Reader) -> list[Answer]:
    found = {Reference.parse(hit.id): hit for hit in hits}
    items = shown(found, reader.stale)
    moved = {city for item in items.values() for city in item.city_ids} - cities.keys()
    places = {**cities, **cities_by_ids(moved)} if moved else cities
    return [_answer(hit, items[reference], places, reader) for reference, hit in found.items() if reference in items]


def _answer(hit: Hit, item: Findable, cities: Mapping[int, City], reader: _Reader) -> Answer:
    language = reader.language
    own = [cities[place] for place in item.city_ids if place in cities]
    fit = _fit(hit, own, [text.language for text in item.texts], item.requires, reader)
    shown = text_in(item, language)
    return Answer(
        reference=item.reference,
        title=shown.title,
        line=shown.summary.partition("\n")[0],
        language=shown.language,
        url=item.url,
        city=_first_of(own),
        city_ids=item.city_ids,
        score=hit.score,
        fit=fit,
        quote="" if item.reference in reader.stale else hit.quote,
        quote_language=hit.quote_language,
        reason=reason(fit, hit, involvement=item.involvement, cities=own, language=language),
        involvement=item.involvement,
        status=item.status,
        year=item.year,
        topics=item.topics,
        is_demonstration=item.is_demonstration,
    )


def _first_of(cities: Sequence[City]) -> str:
    """The first three cities, and how many others there are."""
    named = "; ".join(city.title for city in cities[:_NAMED])
    if (more := len(cities) - _NAMED) <= 0:
        return named
    message = ngettext("%(cities)s and %(count)s other", "%(cities)s and %(count)s others", more)
    return message % {"cities": named, "count": more}


def text_in(item: Findable, language: str) -> TextVersion:
    """The version of a record in the reader's language, else its original."""
    return next((text for text in item.texts if text.language == language and text.title), item.texts[0])


def _cities(
    hits: Iterable[Hit], cities: Mapping[int, City], reader: _Reader, most: int
) -> tuple[int, list[CityAnswer]]:
    """How many cities there are, and the first `most` of them."""
    involved: dict[int, list[tuple[Hit, str]]] = {}
    for hit in hits:
        if Reference.parse(hit.id) in reader.stale:
            continue
        own = hit.facets.get("involvement", ("",))[0]
        if own == MEASURED:
            continue
        adopters = ((int(city), "adopted") for city in hit.facets.get("adopter", ()))
        for place, involvement in (*((place, own) for place in hit.place_ids), *adopters):
            involved.setdefault(place, []).append((hit, involvement))
    if reader.city is not None:
        involved.pop(reader.city.place_id, None)
    # Hits come best first, so the first record of a city is its best, and so do the cities.
    found = [(cities[place], records) for place, records in involved.items() if place in cities]
    if reader.question.sort == "fit" and reader.city is not None:
        found.sort(key=lambda one: _fit_first(_city_fit(one[0], one[1], reader), one[1][0][0].score))
    return len(found), [_city_answer(city, records, reader) for city, records in found[:most]]


def _city_fit(city: City, found: list[tuple[Hit, str]], reader: _Reader) -> Fit | None:
    if reader.city is None:
        return None
    score = found[0][0].score if reader.question.text else None
    return fit_between(reader.city, city, score=score, weights=reader.question.weights)


def _city_answer(city: City, found: list[tuple[Hit, str]], reader: _Reader) -> CityAnswer:
    best, involvement = found[0]
    fit = _city_fit(city, found, reader)
    return CityAnswer(
        city_id=city.id,
        title=city.title,
        label=city.label,
        url=reverse("exchange:city", args=[city.id, city.slug]),
        latitude=city.latitude,
        longitude=city.longitude,
        score=best.score,
        fit=fit,
        reason=reason(fit, best, involvement=involvement, cities=[city], language=reader.language),
        involvements=tuple(
            Involvement(
                involvement=how, reference=Reference.parse(hit.id), title=hit.title, language=hit.quote_language
            )
            for hit, how in found
        ),
    )
