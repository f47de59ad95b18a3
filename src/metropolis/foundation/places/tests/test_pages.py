import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from metropolis.foundation.places.models import City, CityName

pytestmark = pytest.mark.django_db


def add_city(id: int, name: str, *, division: str, country: str, population: int) -> None:
    city = City.objects.create(
        id=id, slug=f"city-{id}", name=name, division=division, country=country, population=population,
        latitude=0, longitude=0,
    )  # fmt: skip
    CityName.objects.create(city=city, folded=name.casefold(), is_own=True)


def test_suggestions_tell_two_cities_of_a_name_apart_in_the_readers_language(client: Client):
    add_city(1, "Rosario", division="Santa Fe", country="AR", population=1_276_000)
    add_city(2, "Rosario", division="", country="PH", population=110_000)
    answer = client.get(reverse("places:suggest"), {"q": "ros"}, headers={"Accept-Language": "es"})
    assert answer.json() == {
        "cities": [
            {"value": "Rosario, Santa Fe, AR", "name": "Rosario", "place": "Santa Fe, Argentina"},
            {"value": "Rosario, PH", "name": "Rosario", "place": "Filipinas"},
        ]
    }


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": " , "}, {"q": "%"}])
def test_nothing_typed_suggests_nothing(client: Client, query: dict[str, str]):
    assert client.get(reverse("places:suggest"), query).json() == {"cities": []}


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_cities(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
):
    for number in range(count):
        add_city(number, "Rosario", division=f"Province {number}", country="AR", population=1_000 + number)
    with django_assert_num_queries(2):
        assert len(client.get(reverse("places:suggest"), {"q": "ros"}).json()["cities"]) == count
