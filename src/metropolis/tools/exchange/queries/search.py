"""Answering a question from the index: records that answer, each with its fit, quote and reason, and their cities."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import override

from metropolis.foundation.places.models import City
from metropolis.foundation.places.queries import cities_by_ids
from metropolis.foundation.places.queries import city as city_by_id
from metropolis.foundation.records.values import Findable, Reference, TextVersion
from metropolis.foundation.workspaces.cards import visible_references
from metropolis.tools.exchange.engine import Hit, Query, Results
from metropolis.tools.exchange.queries.documents import findables
from metropolis.tools.exchange.queries.fits import fit_between, fit_of, reason
from metropolis.tools.exchange.queries.index import index, not_taken_in
from metropolis.tools.exchange.values import CITY, POOL, Answer, Answers, CityAnswer, Involvement, Question


class _Reader(NamedTuple):
    """Who asks what, for which city, and reads which language; of what is `stale` the index's words are not shown."""

    question: Question
    city: City | None
    language: str
    stale: set[Reference]


def answers(question: Question, *, language: str | None, with_cities: bool = True) -> Answers:
    """The answers to a question, best first, with titles and reasons in the reader's `language` where there are any.

    Without a `language` the reader is taken to read that of the question.
    `Conflict` while the index is built for the first time; `NotFound` for a city that does not exist.
    """
    asker = None if question.city_id is None else city_by_id(question.city_id)
    by_fit = question.sort == "fit" and asker is not None
    pool = _search(question, limit=POOL, offset=0) if by_fit or with_cities else None
    last = question.offset + question.limit
    if pool is None or (last > POOL and not by_fit):
        page = _search(question, limit=question.limit, offset=question.offset)
        hits = page.hits
    else:
        page = pool
        hits = pool.hits if by_fit else pool.hits[question.offset : last]
    reader = _Reader(question, asker, language or page.language, not_taken_in())
    with override(reader.language):  # for the names of countries and what tools say of their records
        found = [] if question.kinds == (CITY,) else _answers(hits, reader)
        cities = _cities(pool.hits, reader) if pool else []
    if by_fit:
        found = sorted(found, key=_by_fit)[question.offset : last]
    return Answers(
        total=page.total,
        answers=tuple(found),
        cities=tuple(cities),
        facets=page.facets,
        language=page.language,
    )


def suggestions(text: str, *, language: str, limit: int = 5) -> tuple[Answer, ...]:
    """The records nearest to what somebody has typed so far."""
    return answers(Question(text=text, limit=limit), language=language, with_cities=False).answers


def _search(question: Question, *, limit: int, offset: int) -> Results:
    kinds = tuple(kind for kind in question.kinds if kind != CITY)
    return index().search(Query(text=question.text, filters=question.filters, kinds=kinds, limit=limit, offset=offset))


def _by_fit(answer: Answer | CityAnswer) -> tuple[bool, float, float]:
    overall = answer.fit.overall if answer.fit else None
    return overall is None, -(overall or 0), -answer.score


def _answers(hits: Sequence[Hit], reader: _Reader) -> list[Answer]:
    # The index is read before the database: what was unpublished in between is not among the findables any more.
    items = findables(Reference.parse(hit.id) for hit in hits)
    cities = cities_by_ids(city for item in items.values() for city in item.city_ids)
    pairs = ((hit, items.get(Reference.parse(hit.id))) for hit in hits)
    return [_answer(hit, item, cities, reader) for hit, item in pairs if item is not None]


def _answer(hit: Hit, item: Findable, cities: Mapping[int, City], reader: _Reader) -> Answer:
    question, asker, language, stale = reader
    fit = None
    if asker is not None:
        fit = fit_of(item, hit, city=asker, cities=cities, weights=question.weights, asked=bool(question.text))
    own = [cities[place] for place in item.city_ids if place in cities]
    shown = text_in(item, language)
    return Answer(
        reference=item.reference,
        title=shown.title,
        line=shown.summary.partition("\n")[0],
        language=shown.language,
        url=item.url,
        city="; ".join(city.title for city in own[:3]),
        city_ids=item.city_ids,
        score=hit.score,
        fit=fit,
        quote="" if item.reference in stale else hit.quote,
        quote_language=hit.quote_language,
        reason=reason(fit, hit, involvement=item.involvement, cities=own, language=language),
        involvement=item.involvement,
        status=item.status,
        year=item.year,
        topics=item.topics,
        facts=item.facts,
        is_demonstration=item.is_demonstration,
    )


def text_in(item: Findable, language: str) -> TextVersion:
    """The version of a record in the reader's language, else its original."""
    return next((text for text in item.texts if text.language == language and text.title), item.texts[0])


def _cities(hits: Sequence[Hit], reader: _Reader) -> list[CityAnswer]:
    involved: dict[int, list[tuple[Hit, str]]] = {}
    public = visible_references(None, (Reference.parse(hit.id) for hit in hits)) - reader.stale
    for hit in hits:
        if Reference.parse(hit.id) not in public:
            continue
        own = hit.facets.get("involvement", ("",))[0]
        adopters = ((int(city), "adopted") for city in hit.facets.get("adopter", ()))
        for place, involvement in (*((place, own) for place in hit.place_ids), *adopters):
            involved.setdefault(place, []).append((hit, involvement))
    cities = cities_by_ids(involved)
    # Hits come best first, so the first record of a city is its best, and so do the cities.
    found = [
        _city_answer(cities[place], records, reader)
        for place, records in involved.items()
        if place in cities and (reader.city is None or place != reader.city.id)
    ]
    return sorted(found, key=_by_fit) if reader.question.sort == "fit" else found


def _city_answer(city: City, found: list[tuple[Hit, str]], reader: _Reader) -> CityAnswer:
    question, asker, language, _stale = reader
    best, involvement = found[0]
    score = best.score if question.text else None
    fit = None if asker is None else fit_between(asker, city, score=score, weights=question.weights)
    return CityAnswer(
        city_id=city.id,
        title=city.title,
        label=city.label,
        url=reverse("exchange:city", args=[city.id, city.slug]),
        latitude=city.latitude,
        longitude=city.longitude,
        score=best.score,
        fit=fit,
        reason=reason(fit, best, involvement=involvement, cities=[city], language=language),
        involvements=tuple(
            Involvement(involvement=how, reference=Reference.parse(hit.id), title=hit.title, language=hit.language)
            for hit, how in found
        ),
    )
