"""Loading the gazetteer can be repeated and interrupted without doubling or losing anything."""

import pytest

from metropolis.foundation.places import operations
from metropolis.foundation.places.models import City, CityName, Gazetteer
from metropolis.foundation.places.operations import load_places
from metropolis.foundation.places.queries import find_city

pytestmark = pytest.mark.django_db

LARGE = 1_000_000


def test_loading_twice_writes_once():
    written = load_places(smallest=LARGE)
    names = CityName.objects.count()
    assert written == City.objects.count() > 400
    assert load_places(smallest=LARGE) == 0
    assert (City.objects.count(), CityName.objects.count()) == (written, names)


def test_another_edition_brings_cities_up_to_date_and_keeps_their_slugs():
    load_places(smallest=LARGE)
    before = dict(City.objects.values_list("id", "slug"))
    City.objects.filter(id=232422).update(name="Old name", population=1)
    CityName.objects.filter(city=232422).delete()
    Gazetteer.objects.update(fingerprint="an older edition")

    assert load_places(smallest=LARGE) == len(before)

    assert dict(City.objects.values_list("id", "slug")) == before
    assert find_city("Кампала, UG").name == "Kampala"
    assert Gazetteer.objects.count() == 1


def test_a_city_gone_from_the_data_stays_with_its_names():
    load_places(smallest=LARGE)
    gone = City.objects.create(id=1, slug="gone-ar", name="Gone", country="AR", latitude=0, longitude=0)
    CityName.objects.create(city=gone, folded="gone", is_own=True)
    Gazetteer.objects.update(fingerprint="an older edition")

    load_places(smallest=LARGE)

    assert find_city("Gone, AR") == gone


def test_more_cities_can_be_loaded_later():
    few = load_places(smallest=5_000_000)
    assert load_places(smallest=LARGE) == City.objects.count() > few


def test_progress_ends_at_the_number_of_cities():
    seen: list[tuple[int, int]] = []
    written = load_places(smallest=LARGE, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (written, written)


def test_a_load_that_fails_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch):
    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(operations, "_BATCH", 100)
    with pytest.raises(KeyboardInterrupt):
        load_places(smallest=LARGE, progress=stop)
    assert City.objects.count() == Gazetteer.objects.count() == 0
    assert load_places(smallest=LARGE) > 0
