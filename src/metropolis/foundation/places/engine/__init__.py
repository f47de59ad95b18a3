"""What is known of places without a database: how names compare, and the facts shipped with the project."""

from metropolis.foundation.places.engine.countries import (
    NAME_LANGUAGES,
    country_code,
    country_facts,
    country_name,
    language_name,
    region_name,
)
from metropolis.foundation.places.engine.gazetteer import SMALLEST, CityFacts, city_facts, fingerprint
from metropolis.foundation.places.engine.metropolitan import metropolitan_governments, metropolitan_populations
from metropolis.foundation.places.engine.names import fold, parts
from metropolis.foundation.places.engine.values import CityContextValue, CountryFacts, MetropolitanGovernment, Sourced

__all__ = [
    "NAME_LANGUAGES",
    "SMALLEST",
    "CityContextValue",
    "CityFacts",
    "CountryFacts",
    "MetropolitanGovernment",
    "Sourced",
    "city_facts",
    "country_code",
    "country_facts",
    "country_name",
    "fingerprint",
    "fold",
    "language_name",
    "metropolitan_governments",
    "metropolitan_populations",
    "parts",
    "region_name",
]
