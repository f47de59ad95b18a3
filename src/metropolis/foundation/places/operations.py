"""What changes the gazetteer: loading the shipped data."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from django.db import connection, transaction
from django.utils.text import slugify

from metropolis.foundation.places.engine import SMALLEST, CityFacts, city_facts, fingerprint, fold
from metropolis.foundation.places.models import City, CityName, Gazetteer

_BATCH = 2_000


@transaction.atomic
def load_places(*, smallest: int = SMALLEST, progress: Callable[[int, int], None] | None = None) -> int:
    """Load the shipped cities of `smallest` people and more, or bring them up to date; the number of cities written.

    Nothing is written, and 0 returned, when the tables already hold this edition. Cities keep their id and slug; one
    that a newer edition no longer has stays, since others may refer to it. `progress` gets cities done and in all.
    """
    gazetteer, _created = Gazetteer.objects.select_for_update().get_or_create(id=1)
    edition = {"fingerprint": fingerprint(), "smallest": smallest}
    if edition == {field: getattr(gazetteer, field) for field in edition}:
        return 0
    facts = list(city_facts(smallest))
    slugs = dict(City.objects.values_list("id", "slug"))
    vanished = slugs.keys() - {fact.id for fact in facts}
    CityName.objects.exclude(city__in=vanished).delete()
    done = 0
    for batch in _batches(facts):
        _write(batch, slugs)
        done += len(batch)
        if progress:
            progress(done, len(facts))
    Gazetteer.objects.update(**edition)
    if connection.vendor == "postgresql":
        # Until it has counted them, PostgreSQL takes the tables for empty and looks through all of them for every city.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE places_city, places_cityname")
    return done


def _batches(facts: Iterable[CityFacts]) -> Iterator[list[CityFacts]]:
    rest = iter(facts)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _write(batch: list[CityFacts], slugs: dict[int, str]) -> None:
    taken = set(slugs.values())
    for fact in batch:
        if fact.id not in slugs:
            slugs[fact.id] = next(slug for slug in _slugs(fact) if slug not in taken)
            taken.add(slugs[fact.id])
    columns = ("name", "country", "admin1", "division", "population", "latitude", "longitude", "climate", "languages")
    City.objects.bulk_create(
        [
            City(id=fact.id, slug=slugs[fact.id], **{column: getattr(fact, column) for column in columns})
            for fact in batch
        ],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=columns,
    )
    names = [(fact.id, name, name == fact.own_name) for fact in batch for name in (fact.own_name, *fact.other_names)]
    # There are hundreds of thousands, of which the tables take twice as many a second without a model in between.
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO places_cityname (city_id, folded, is_own) VALUES (%s, %s, %s)", names)


def _slugs(fact: CityFacts) -> Iterator[str]:
    """Addresses for a city, shortest first: rosario-ar, rosario-santa-fe-ar, rosario-santa-fe-ar-3838583."""
    for words in ((fact.name, fact.country), (fact.name, fact.division, fact.country)):
        yield slugify(" ".join(map(fold, words)))
    yield slugify(f"{fold(fact.name)} {fold(fact.division)} {fact.country} {fact.id}")
