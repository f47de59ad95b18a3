"""What the exchange's pages list, for whoever follows, maps or shares them."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language

from metropolis.engine_kit import InvalidInput
from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.places.engine import country_facts
from metropolis.foundation.records.queries import any_language
from metropolis.foundation.records.values import Filter, Reference, any_text, any_year, one_of
from metropolis.foundation.taxonomy.queries import labels
from metropolis.foundation.workspaces.cards import record_kinds
from metropolis.tools.exchange.forms import asked
from metropolis.tools.exchange.operations import keep_up
from metropolis.tools.exchange.queries import FACETS, answers, city_records, facet_values, need_statuses, needs, points
from metropolis.tools.exchange.values import CITY, Question

_TERMS: dict[str, Filter] = {name: one_of(partial(labels, name)) for name in ("theme", "topic")}
_COUNTRY = one_of(country_facts)
#: The filters that the address of each list may have; a city that is not found is told of by the search itself.
OF_SEARCH: dict[str, Filter] = {
    **{name: one_of(partial(facet_values, name)) for name in FACETS},
    **_TERMS,
    "country": _COUNTRY,
    "year": any_year,
    "language": any_language,
    "kind": one_of(lambda: {*record_kinds(), CITY}),
    "q": any_text,
    "city": any_text,
    "sort": one_of(lambda: ("relevance", "fit")),
}
OF_NEEDS: dict[str, Filter] = {
    "kind": one_of(lambda: ("need", "offer")),
    "status": one_of(need_statuses),
    "topic": _TERMS["topic"],
    "country": _COUNTRY,
}
OF_CITY: dict[str, Filter] = {"language": any_language}


def newest(query: QueryDict, most: int) -> list[Reference]:  # noqa: ARG001 - a list's form
    """What is newest in the network."""
    return _found(Question(limit=most))


def found(query: QueryDict, most: int) -> list[Reference]:
    """What answers the question of an address: the most relevant, or the newest where no words are asked."""
    read = asked(query)
    if read.trouble:
        raise InvalidInput(read.trouble, field="city")
    return _found(read.question.model_copy(update={"limit": most, "offset": 0}))


def _found(question: Question) -> list[Reference]:
    keep_up()
    return [answer.reference for answer in answers(question, language=get_language(), most_cities=0).answers]


def of_city(query: QueryDict, most: int, city_id: int, slug: str) -> Iterable[Reference]:  # noqa: ARG001 - a list's form
    """What a city runs, wants, knows and offers."""
    keep_up()
    records = (record for section in city_records(city_id).values() for record in section)
    return [Reference.parse(record.reference) for record in records]


def latest_needs(query: QueryDict, most: int) -> list[Reference]:
    """The public needs and offers an address of the list asks for, newest first."""
    rows = needs(None, **{name: query.get(name, "") for name in ("kind", "status", "topic", "country")})
    return [Reference(kind=row.kind, key=row.slug) for row in rows[:most]]


def points_found(viewer: Viewer, query: QueryDict) -> dict[str, Any]:  # noqa: ARG001 - a list's form
    """Where what answers the question of an address happens."""
    keep_up()
    return points(asked(query).question)


def points_of_city(viewer: Viewer, query: QueryDict, city_id: int, slug: str) -> dict[str, Any]:  # noqa: ARG001 - likewise
    """Where the records of a city are."""
    keep_up()
    return points(Question(filters={"city": (str(city_id),)}))
