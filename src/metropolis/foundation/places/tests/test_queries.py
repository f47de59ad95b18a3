"""A city is found by any of its names, and its context says what is known and from where."""

import csv
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from metropolis.engine_kit import InvalidInput, NotFound
from metropolis.foundation.places.engine import fold
from metropolis.foundation.places.models import City
from metropolis.foundation.places.queries import (
    cities_by_ids,
    city,
    city_context,
    countries,
    find_city,
    suggest_cities,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gazetteer")]

DATA = Path(__file__).resolve().parent.parent / "data"
ROSARIO, SANTIAGO, KAMPALA, MADRID, MEXICO_CITY = 3838583, 3871336, 232422, 3117735, 3530597


def shipped(file: str, **wanted: str) -> Mapping[str, str]:
    with (DATA / file).open(encoding="utf-8", newline="") as text:
        return next(row for row in csv.DictReader(text) if all(row[key] == value for key, value in wanted.items()))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Rosario, AR", ROSARIO),
        ("rosario, arg", ROSARIO),
        ("ROSARIO, Argentina", ROSARIO),
        ("Rosario, Santa Fe, AR", ROSARIO),
        ("Росарио, AR", ROSARIO),
        ("罗萨里奥, AR", ROSARIO),
        ("rosario-ar", ROSARIO),
        ("Santiago, Chile", SANTIAGO),
        ("Сантьяго, CL", SANTIAGO),
        ("Santiago de Xile, Xile", SANTIAGO),
        ("مدريد", MADRID),
        ("مدريد، إسبانيا", MADRID),
        ("Madrid, Espagne", MADRID),
        ("北京", 1816670),
        ("東京", 1850147),
        ("Sao Paulo, BR", 3448439),
        ("SÃO PAULO, Brasil", 3448439),
        ("Cidade do México, MX", MEXICO_CITY),
        ("Munchen, DE", 2867714),
        ("Xi’an, CN", 1790630),
        ("Xian, CN", 1790630),
        ("Sant Feliu de Llobregat, ES", 3110642),
        ("Kampala", KAMPALA),
        ("Londres, GB", 2643743),
        ("Springfield, Illinois, US", 4250542),
        ("Springfield, IL, US", 4250542),
        ("Cancún", 3531673),
        ("rosario ar", ROSARIO),
        ("Sao Paulo Brasil", 3448439),
        ("london united kingdom", 2643743),
        ("St. Petersburg, US", 4171563),
    ],
)
def test_a_city_is_found_by_any_of_its_names_in_any_script(text: str, found: int):
    assert find_city(text).id == found


def test_a_bare_ambiguous_name_lists_its_candidates_largest_first():
    with pytest.raises(InvalidInput, match="Rosario, Santa Fe, AR; Rosario, Calabarzon, PH") as caught:
        find_city("Rosario")
    candidates = caught.value.data["candidates"]
    assert candidates[0] == {
        "id": ROSARIO,
        "label": "Rosario, Santa Fe, AR",
        "slug": "rosario-ar",
        "population": city(ROSARIO).population,
    }
    assert caught.value.field == "city"


@pytest.mark.parametrize(
    ("text", "largest", "called_so"),
    [
        ("México", "Mexico City, Mexico City, MX", "Mexico, Central Luzon, PH"),
        ("Calcutta", "Kolkata, West Bengal, IN", "Calcutta, Mpumalanga, ZA"),
        ("pekin", "Beijing, Beijing, CN", "Pekin, Illinois, US"),
        ("st petersburg", "Saint Petersburg, St.-Petersburg, RU", "St. Petersburg, Florida, US"),
    ],
)
def test_a_town_called_like_another_name_of_a_far_larger_city_is_not_taken_silently(
    text: str, largest: str, called_so: str
):
    with pytest.raises(InvalidInput) as caught:
        find_city(text)
    labels = [candidate["label"] for candidate in caught.value.data["candidates"]]
    assert labels[0] == largest
    assert called_so in labels
    assert [find_city(label).label for label in labels] == labels


def test_a_name_borne_twice_in_a_country_asks_for_the_division():
    with pytest.raises(InvalidInput) as caught:
        find_city("Springfield, US")
    labels = [candidate["label"] for candidate in caught.value.data["candidates"]]
    assert "Springfield, Illinois, US" in labels
    assert all(find_city(label).label == label for label in labels)


def test_two_cities_of_one_name_in_one_division_are_told_apart_by_their_slugs():
    with pytest.raises(InvalidInput, match=r"\(dondo-ao\).*\(dondo-cuanza-norte-ao\)") as caught:
        find_city("Dondo, Cuanza Norte, AO")
    assert [find_city(row["slug"]).id for row in caught.value.data["candidates"]] == [
        row["id"] for row in caught.value.data["candidates"]
    ]


def test_an_unknown_name_suggests_near_spellings():
    with pytest.raises(NotFound, match="Did you mean Kampala, Central Region, UG") as caught:
        find_city("Kampla, UG")
    assert caught.value.data["suggestions"][0] == "Kampala, Central Region, UG"


def test_a_name_like_no_other_suggests_nothing():
    with pytest.raises(NotFound) as caught:
        find_city("Zzyzxq AR")
    assert caught.value.data["suggestions"] == []


def test_a_wrong_division_names_the_known_ones():
    with pytest.raises(NotFound, match="Known: Rosario, Santa Fe, AR"):
        find_city("Rosario, Mendoza, AR")


def test_an_unknown_country_says_how_to_write_it():
    with pytest.raises(InvalidInput, match="“Texas” is not a country"):
        find_city("Paris, Texas")


@pytest.mark.parametrize("text", ["", "  ", ",", " , AR", "!?"])
def test_no_name_is_refused(text: str):
    with pytest.raises(InvalidInput):
        find_city(text)


def test_a_city_in_another_country_is_not_taken_for_the_one_asked():
    with pytest.raises(NotFound):
        find_city("Kampala, AR")


def test_every_city_is_found_by_its_own_label_or_where_two_share_it_by_its_slug():
    cities = list(City.objects.all())
    shared = Counter(fold(each.label) for each in cities)
    for each in cities[::85]:
        assert find_city(each.label if shared[fold(each.label)] == 1 else each.slug) == each


def test_finding_a_city_asks_one_query(django_assert_num_queries: DjangoAssertNumQueries):
    with django_assert_num_queries(1):
        find_city("Rosario, AR")


@pytest.mark.parametrize("ids", [[ROSARIO], [ROSARIO, SANTIAGO, KAMPALA]])
def test_contexts_of_one_and_of_three_cities_ask_one_query(
    ids: list[int], django_assert_num_queries: DjangoAssertNumQueries
):
    with django_assert_num_queries(1):
        contexts = [city_context(city) for city in cities_by_ids(ids).values()]
    assert {context.city_id for context in contexts} == set(ids)


def test_unknown_ids_are_left_out_of_many_and_refused_alone():
    assert set(cities_by_ids([ROSARIO, 1])) == {ROSARIO}
    with pytest.raises(NotFound):
        city(1)


def test_suggestions_begin_with_cities_called_so_and_then_larger_ones():
    labels = [city.label for city in suggest_cities("ros", limit=5)]
    assert labels[:2] == ["Rostov-on-Don, Rostov, RU", "Rosario, Santa Fe, AR"]
    assert len(labels) == 5


def test_suggestions_go_by_names_in_any_script():
    assert suggest_cities("мадр")[0].id == MADRID
    assert suggest_cities("北京")[0].id == 1816670


def test_suggestions_keep_to_the_country_once_it_is_written():
    assert {city.country for city in suggest_cities("san, ar")} == {"AR"}
    assert suggest_cities("rosario, a")[0].id == ROSARIO


@pytest.mark.parametrize("prefix", ["", " ", "%", "_"])
def test_nothing_suggests_nothing(prefix: str):
    assert suggest_cities(prefix) == []


@pytest.mark.parametrize("limit", [1, 3])
def test_suggestions_ask_at_most_two_queries(limit: int, django_assert_num_queries: DjangoAssertNumQueries):
    with django_assert_num_queries(1):
        assert len(suggest_cities("san", limit=limit)) == limit
    with django_assert_num_queries(2):
        assert len(suggest_cities("сант", limit=limit)) == limit


@pytest.mark.parametrize(
    ("found", "iso3", "expected"),
    [
        (SANTIAGO, "CHL", ("005", "BSk", ("es",), "high")),
        (ROSARIO, "ARG", ("005", "Cfa", ("es",), "upper_middle")),
        (KAMPALA, "UGA", ("014", "Af", ("sw", "en"), "low")),
    ],
)
def test_a_context_equals_its_sources(found: int, iso3: str, expected: tuple[str, str, tuple[str, ...], str]):
    context = city_context(city(found))
    income = shipped("income_groups.csv", iso3=iso3)
    metropolitan = shipped("metropolitan_populations.csv", geonameid=str(found))
    assert context.climate is not None
    assert context.languages is not None
    assert context.income_group is not None
    values = (context.region, context.climate.value, context.languages.value, context.income_group.value)
    assert values == expected
    assert context.income_group.value == income["income_group"]
    assert str(context.income_group.year) == income["fiscal_year"]
    assert context.metropolitan_population is not None
    assert str(context.metropolitan_population.value) == metropolitan["population"]
    assert str(context.metropolitan_population.year) == metropolitan["year"]
    assert metropolitan["definition"] in context.metropolitan_population.source


def test_a_regional_language_is_spoken_in_its_region_only():
    def spoken(text: str) -> Any:
        languages = city_context(find_city(text)).languages
        return languages and languages.value

    assert spoken("Barcelona, ES") == ("es", "ca")
    assert spoken("Bilbao, ES") == ("es", "eu")
    assert spoken("Sevilla, ES") == ("es",)


def test_what_is_not_known_stays_unknown():
    context = city_context(find_city("Addis Ababa, ET"))
    assert context.income_group is None  # the World Bank has not classified Ethiopia since FY26
    assert context.metropolitan_population is None
    assert context.metropolitan_government is None
    assert city_context(find_city("Praia, CV")).climate is None  # the climate map leaves small islands out


def test_a_form_of_government_names_its_body_and_where_there_is_none_says_so():
    stuttgart = city_context(find_city("Stuttgart, DE")).metropolitan_government
    assert stuttgart is not None
    assert (stuttgart.value.form, stuttgart.value.body) == ("elected", "Verband Region Stuttgart")
    buenos_aires = city_context(find_city("Buenos Aires, AR")).metropolitan_government
    assert buenos_aires is not None
    assert (buenos_aires.value.form, buenos_aires.value.body) == ("none", "")


@pytest.mark.parametrize("file", ["metropolitan_populations.csv", "metropolitan_governments.csv"])
def test_every_metropolitan_row_means_the_city_it_names_and_has_a_source(file: str):
    with (DATA / file).open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            assert find_city(row["city"]).id == int(row["geonameid"])
            assert row["source"]
            assert row["address"].startswith("http")


def test_a_metropolitan_area_has_more_people_than_its_city_proper():
    with (DATA / "metropolitan_populations.csv").open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            population = city(int(row["geonameid"])).population
            assert population is not None
            assert int(row["population"]) > population, row["city"]


def test_countries_are_named_and_sorted_in_the_language_asked():
    assert ("DE", "Alemanya") in countries("ca")
    assert countries("es")[0] == ("AF", "Afganistán")
    assert len(countries()) == 250
