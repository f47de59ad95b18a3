"""What the tools offer to search, as the index takes it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from metropolis.foundation.places.models import City
from metropolis.foundation.places.queries import cities_by_ids, city_context
from metropolis.foundation.records.values import Findable, Reference
from metropolis.foundation.taxonomy.queries import ancestors
from metropolis.foundation.workspaces.cards import findables, record_kinds
from metropolis.tools.exchange.engine import Document, Hit, LanguageText

__all__ = ["documents", "every_findable", "findables"]

#: Raised when documents made of the same records would differ, so that an index of before is built anew.
FORMAT = 4
#: Upper bounds of the classes of city size, in people of the city proper; the last class has none.
SIZES = {"small": 100_000, "medium": 500_000, "large": 1_000_000, "very-large": 5_000_000, "mega": None}

_BATCH = 500


def shown(hits: Mapping[Reference, Hit], stale: Collection[Reference]) -> dict[Reference, Findable]:
    """What lists show of public hits, as the index has it; what is `stale` there is read from the database."""
    late = {reference for reference, hit in hits.items() if reference in stale or not hit.payload}
    held = {
        reference: Findable.model_validate_json(hit.payload) for reference, hit in hits.items() if reference not in late
    }
    return held | findables(late)


def every_findable() -> Iterator[Findable]:
    """What every public record of every tool offers to search."""
    for kind in record_kinds().values():
        yield from kind.findable(None)


def documents(found: Iterable[Findable]) -> Iterator[Document]:
    """The index's documents of what the tools offer, with the facets that follow from their cities and topics."""
    rest, above = iter(found), ancestors("topic")
    while batch := list(islice(rest, _BATCH)):
        cities = cities_by_ids(city for item in batch for city in item.city_ids)
        for item in batch:
            yield _document(item, [cities[city] for city in item.city_ids if city in cities], above)


def _document(item: Findable, cities: Sequence[City], above: Mapping[str, tuple[str, ...]]) -> Document:
    texts = tuple(
        LanguageText(
            language=text.language,
            title=text.title,
            summary=text.summary,
            keywords=text.keywords,
            body=text.paragraphs,
        )
        for text in item.texts
    )
    facets = {
        "theme": item.themes,
        # Who looks for water finds what is on drinking water; the record itself says only its own topics.
        "topic": (*item.topics, *(broader for code in item.topics for broader in above.get(code, ()))),
        "status": (item.status,),
        "year": (str(item.year or ""),),
        "workspace": (item.workspace,),
        "involvement": (item.involvement,),
        "city": tuple(map(str, item.city_ids)),
        "adopter": tuple(map(str, item.adopter_city_ids)),
        **_of_cities(cities),
    }
    told = {name: tuple(dict.fromkeys(filter(None, values))) for name, values in facets.items()}
    return Document(
        id=str(item.reference),
        kind=item.reference.kind,
        texts=texts,
        facets={name: values for name, values in told.items() if values},
        place_ids=item.city_ids,
        payload=_as_shown(item).model_dump_json(exclude_defaults=True),
    )


def _as_shown(item: Findable) -> Findable:
    """What lists show of it: not all its text, and no facts, whose words depend on the reader's language."""
    texts = (text.model_copy(update={"paragraphs": ()}) for text in item.texts)
    return item.model_copy(update={"texts": tuple(texts), "facts": ()})


def _of_cities(cities: Sequence[City]) -> dict[str, tuple[str, ...]]:
    contexts = [city_context(city) for city in cities]
    return {
        "country": tuple(city.country for city in cities),
        "region": tuple(context.region or "" for context in contexts),
        "size": tuple(size_class(city.population) for city in cities),
        # The main groups of Köppen's classes; the classes themselves are too fine to choose among.
        "climate": tuple(city.climate[:1] for city in cities),
    }


def size_class(population: int | None) -> str:
    """The class of city size a population falls in, or "" when it is not known.

    >>> size_class(90_000), size_class(1_200_000), size_class(None)
    ('small', 'very-large', '')
    """
    if population is None:
        return ""
    return next(name for name, bound in SIZES.items() if bound is None or population < bound)
