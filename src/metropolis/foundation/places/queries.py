"""How a place is found, and what is known of it."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cache
from typing import NamedTuple

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from metropolis.engine_kit import InvalidInput, NotFound
from metropolis.foundation.places.engine import (
    CityContextValue,
    Sourced,
    country_code,
    country_facts,
    country_name,
    fold,
    metropolitan_governments,
    metropolitan_populations,
    parts,
)
from metropolis.foundation.places.models import City, CityName

GEONAMES = "GeoNames, city proper"
CLIMATE_MAP = "Köppen-Geiger map of Rubel, Brugger, Haslinger and Auer (2017)"
LANGUAGES = "Unicode CLDR, official languages; regional ones from the statutes of autonomy"

_SHOWN = 8
#: A bare name may mean a city not called so when that has more than so many times the people of the one that is …
_FAR_LARGER = 3
#: … unless this one has so many people that its own name stands for it: Cancún is not Changchun.
_LARGE = 300_000
_LAST_LETTER = "\U0010ffff"
#: Numbers from here on no database keeps as an id: asking for one would be an error.
_ID_LIMIT = 2**63


def city(id: int) -> City:
    """The city with a GeoNames id. Raises NotFound."""
    found = cities_by_ids([id])
    if id not in found:
        raise NotFound(_("There is no city with the GeoNames id %(id)s.") % {"id": id}, field="city")
    return found[id]


def cities_by_ids(ids: Iterable[int]) -> dict[int, City]:
    """The cities with these GeoNames ids, by id, in one query; unknown ids are left out."""
    return City.objects.in_bulk({id for id in ids if id < _ID_LIMIT})


def find_city(text: str) -> City:
    """The one city meant by "Rosario, AR", "Rosario, Santa Fe, Argentina", "Росарио, AR" or its slug "rosario-ar".

    Any name in any script will do, with the country as a code or a name in any shipped language ("Rosario AR" does too
    where no city is called that), and with the division (state, province, region) where a country has several. A name
    alone is taken when only one city is called that. A city *called* so goes before one that merely has the name too,
    unless that one is far larger: "México" alone may mean the capital or a town in the Philippines, so it is asked
    which.

    Raises InvalidInput for no name, an unknown country and an ambiguous name (`data["candidates"]` has id, label, slug
    and population of each), NotFound with near spellings (`data["suggestions"]`) when there is no such city.
    """
    asked = _asked_for(text)
    named = _cities_named(asked)
    if not named:
        by_slug = City.objects.filter(slug=text.strip().casefold()).first()
        if by_slug:
            return by_slug
        with_comma = "" if asked.country else _with_comma(asked.name)
        if with_comma and _cities_named(_asked_for(with_comma)):
            return find_city(with_comma)
        raise _not_found(text, asked)
    within = [city for city in named if not asked.division or fold(asked.division) in _divisions(city)]
    if not within:
        message = _("No %(name)s is known in %(division)s. Known: %(labels)s.")
        details = {"name": asked.name, "division": asked.division, "labels": _labels(named)}
        raise NotFound(message % details, field="city", data={"candidates": _candidates(named)})
    matches = _meant(within, asked)
    if len(matches) > 1:
        message = _("Several cities are called %(name)s: %(labels)s. Write the one you mean.")
        details = {"name": asked.name, "labels": _labels(matches)}
        raise InvalidInput(message % details, field="city", data={"candidates": _candidates(matches)})
    return matches[0]


def suggest_cities(prefix: str, *, limit: int = 10) -> list[City]:
    """Cities with a name, in any script, that begins with `prefix`; "ros, ar" keeps to a country.

    Those called so come before those that merely have such a name too (Rosario before Los Angeles), larger ones first.
    What follows a comma but is no country yet is left aside, so that suggestions stay while one types it.
    """
    name, *rest = parts(prefix) or [""]
    if not fold(name):
        return []
    names = CityName.objects.filter(_begins(fold(name)))
    country = country_code(rest[-1]) if rest else None
    within = City.objects.filter(country=country) if country else City.objects.all()
    called = list(within.filter(id__in=names.filter(is_own=True).values("city"))[:limit])
    if len(called) == limit:
        return called
    also = within.filter(id__in=names.values("city")).exclude(id__in=[city.id for city in called])
    return [*called, *also[: limit - len(called)]]


@cache
def countries(language: str = "en") -> tuple[tuple[str, str], ...]:
    """Every country's two-letter code and name in a language, by name: what a form offers to choose from."""
    named = [(iso2, country_name(iso2, language)) for iso2 in country_facts()]
    return tuple(sorted(named, key=lambda country: fold(country[1])))


def city_context(city: City) -> CityContextValue:
    """What is known of a city's situation, each figure with year and source; what is not known is None.

    Asks no database, so it can be called for every row of a list.
    """
    country = country_facts()[city.country]
    return CityContextValue(
        city_id=city.id,
        label=city.label,
        country=city.country,
        continent=country.continent,
        region=country.region or None,
        latitude=city.latitude,
        longitude=city.longitude,
        population=Sourced[int](value=city.population, source=GEONAMES) if city.population else None,
        metropolitan_population=metropolitan_populations().get(city.id),
        income_group=country.income_group,
        climate=Sourced[str](value=city.climate, source=CLIMATE_MAP) if city.climate else None,
        languages=Sourced[tuple[str, ...]](value=tuple(city.languages), source=LANGUAGES) if city.languages else None,
        metropolitan_government=metropolitan_governments().get(city.id),
    )


class _Asked(NamedTuple):
    name: str
    division: str
    country: str


def _asked_for(text: str) -> _Asked:
    pieces = parts(text)
    if not pieces or not fold(pieces[0]):
        raise InvalidInput(_("Give a city and its country, such as “Rosario, AR”."), field="city")
    if len(pieces) == 1:
        return _Asked(pieces[0], "", "")
    country = country_code(pieces[-1])
    if country is None:
        message = _("“%(country)s” is not a country known here. Give the city with its country, such as “Rosario, AR”.")
        raise InvalidInput(message % {"country": pieces[-1]}, field="city")
    # "Misato, Saitama" is one city's name; whatever stands before the division belongs to the name.
    name, division = (pieces[:-2], pieces[-2]) if len(pieces) > 2 else (pieces[:1], "")  # noqa: PLR2004
    return _Asked(", ".join(name), division, country)


def _with_comma(text: str) -> str:
    """A name with its country behind it, "rosario ar", as one writes it; "" when it ends with no country."""
    words = text.split()
    ends = ((" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words)))
    return next((f"{name}, {country}" for name, country in ends if country_code(country)), "")


def _cities_named(asked: _Asked) -> list[City]:
    cities = City.objects.filter(names__folded=fold(asked.name))
    return list(cities.filter(country=asked.country) if asked.country else cities)


def _meant(cities: list[City], asked: _Asked) -> list[City]:
    """Those called so before those that have the name too, except where these are far larger."""
    called = [city for city in cities if fold(city.name) == fold(asked.name)]
    people = max((city.population or 0 for city in called), default=0)
    if not called or asked.country or people >= _LARGE:
        return called or cities
    return [city for city in cities if city in called or (city.population or 0) > _FAR_LARGER * people]


def _divisions(city: City) -> set[str]:
    return {fold(city.division), fold(city.admin1)} - {""}


def _candidates(cities: Iterable[City]) -> list[dict[str, object]]:
    return [{"id": city.id, "label": city.label, "slug": city.slug, "population": city.population} for city in cities]


def _labels(cities: Sequence[City]) -> str:
    """Two cities of one name in one division are told apart by their slugs."""
    labels = [city.label for city in cities]
    shown = [
        f"{label} ({city.slug})" if labels.count(label) > 1 else label
        for city, label in zip(cities[:_SHOWN], labels, strict=False)
    ]
    more = len(cities) - len(shown)
    return "; ".join([*shown, _("and %(more)s more") % {"more": more}] if more else shown)


def _not_found(text: str, asked: _Asked) -> NotFound:
    wanted = fold(asked.name)
    names = CityName.objects.filter(_begins(wanted[: 1 if asked.country else 2]))
    if asked.country:
        names = names.filter(city__country=asked.country)
    near = get_close_matches(wanted, names.values_list("folded", flat=True), n=_SHOWN, cutoff=0.75)
    cities = City.objects.filter(Q(country=asked.country) if asked.country else Q(), names__folded__in=near).distinct()
    labels = [city.label for city in cities[:_SHOWN]]
    message = _("No city called %(text)s is known.") % {"text": text.strip()}
    if labels:
        message = f"{message} " + _("Did you mean %(labels)s?") % {"labels": "; ".join(labels)}
    return NotFound(message, field="city", data={"suggestions": labels})


def _begins(prefix: str) -> Q:
    # SQLite's LIKE leaves the index aside, and PostgreSQL's order depends on the database's locale: each gets the form
    # for which it uses its index.
    if connection.vendor == "sqlite":
        return Q(folded__gte=prefix, folded__lt=prefix + _LAST_LETTER)
    return Q(folded__startswith=prefix)
