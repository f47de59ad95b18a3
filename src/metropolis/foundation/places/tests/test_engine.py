"""Names fold alike whatever the script; the shipped facts are complete and consistent."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metropolis.foundation.places.engine import (
    city_facts,
    country_code,
    country_facts,
    country_name,
    fold,
    language_name,
    region_name,
)
from metropolis.foundation.places.values import CLIMATES, INCOME_GROUPS

DATA = Path(__file__).resolve().parent.parent / "data"


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(name: str):
    assert fold(fold(name)) == fold(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("São Paulo", "SAO  PAULO"),
        ("Łódź", "lodz"),
        ("İstanbul", "istanbul"),
        ("Diyarbakır", "Diyarbakir"),
        ("Bogotá", "Bogota\u0301"),
        ("Ｔｏｋｙｏ", "Tokyo"),
        ("Saint-Denis", "saint denis"),
        ("Straße", "strasse"),
        ("Йошкар-Ола", "Иошкар Ола"),
        ("القَاهِرَة", "القاهرة"),
        ("تهران", "تهران"),
        ("کراچی", "كراچي"),
        ("Αθήνα", "ΑΘΗΝΑ"),
    ],
)
def test_spellings_of_one_name_fold_alike(one: str, other: str):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("ガ", "カ"), ("दिल्ली", "दल्ल"), ("กา", "ก่า")])
def test_marks_that_make_another_letter_stay(one: str, other: str):
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("text", "code"),
    [("GB", "GB"), ("gbr", "GB"), ("UK", "GB"), ("Regne Unit", "GB"), ("المملكة المتحدة", "GB"), ("Atlantis", None)],
)
def test_a_country_goes_by_code_or_name(text: str, code: str | None):
    assert country_code(text) == code


def test_every_country_is_found_by_its_codes_and_by_its_name_in_six_languages():
    for iso2, facts in country_facts().items():
        names = [country_name(iso2, language) for language in ("en", "es", "fr", "pt", "ca", "ar")]
        assert {country_code(text) for text in (iso2, facts.iso3, *names)} == {iso2}


def test_names_come_in_the_readers_language():
    assert country_name("DE", "ca") == "Alemanya"
    assert region_name("005", "fr") == "Amérique du Sud"
    assert language_name("ca", "es") == "catalán"
    assert country_name("ZZZ") == "ZZZ"


def test_every_income_group_is_one_of_four_and_of_a_known_country():
    with (DATA / "income_groups.csv").open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert {row["income_group"] for row in rows} == set(INCOME_GROUPS)
    assert {row["iso3"] for row in rows} <= {facts.iso3 for facts in country_facts().values()}
    assert len({row["iso3"] for row in rows}) == len(rows) == 217


def test_every_shipped_city_has_a_country_a_place_on_earth_and_a_known_climate_or_none():
    cities = list(city_facts())
    assert len(cities) > 30_000
    assert len({city.id for city in cities}) == len(cities)
    for city in cities:
        assert city.country in country_facts()
        assert city.own_name
        assert abs(city.latitude) <= 90
        assert abs(city.longitude) <= 180
        assert city.climate == "" or city.climate in CLIMATES
    assert sum(bool(city.climate) for city in cities) / len(cities) > 0.99
