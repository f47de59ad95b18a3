"""The units of an edition: which cities they are, where they lie, and which are like one another."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from django.utils.translation import get_language

from metropolis.foundation.places.engine import CityContextValue, country_name, region_name
from metropolis.foundation.places.models import City
from metropolis.foundation.places.queries import city_context
from metropolis.tools.barometer.engine.explaining import peers
from metropolis.tools.barometer.engine.table import Table
from metropolis.tools.barometer.models import Edition

#: Cities in a peer group beside the one it is made for.
PEERS = 8


class Place(NamedTuple):
    """One unit: its `name` in the reader's language and, where it is a city we know, the city and its situation."""

    code: str
    name: str
    city: City | None
    context: CityContextValue | None

    @property
    def short(self) -> str:
        """The name in a sentence, without the country."""
        return self.city.name if self.city else self.name

    @property
    def region(self) -> str:
        """The code of the region of the world it lies in, "" where that is not known."""
        return (self.context.region or "") if self.context else ""

    @property
    def country(self) -> str:
        """The code of its country, "" where that is not known."""
        return self.city.country if self.city else ""


def places(row: Edition) -> dict[str, Place]:
    """Every unit of an edition by its code, in one query."""
    units = row.units.select_related("city")
    return {unit.code: _place(unit.code, unit.name, unit.city) for unit in units}


def _place(code: str, name: str, city: City | None) -> Place:
    if city is None:
        return Place(code, name, None, None)
    return Place(code, city.title, city, city_context(city))


def regions(found: Mapping[str, Place]) -> list[tuple[str, str]]:
    """The code and name of every region the units lie in, by name."""
    language = get_language() or "en"
    codes = {place.region for place in found.values()} - {""}
    return sorted(((code, region_name(code, language)) for code in codes), key=lambda one: one[1])


def countries(found: Mapping[str, Place]) -> list[tuple[str, str]]:
    """The code and name of every country the units lie in, by name."""
    language = get_language() or "en"
    codes = Counter(place.country for place in found.values())
    return sorted(((code, country_name(code, language)) for code in codes if code), key=lambda one: one[1])


def peers_of(found: Mapping[str, Place], code: str) -> tuple[str, ...]:
    """The units most like one in population, region, income of the country and climate, the nearest first.

    None for a unit whose city is not known.
    """
    known = [(place, place.context) for place in found.values() if place.context is not None]
    if code not in {place.code for place, _context in known}:
        return ()
    people = [context.population.value if context.population else np.nan for _place, context in known]
    sizes = np.log(np.array(people, dtype=np.float64))[:, None]
    told = 1 if np.isfinite(sizes).any() else 0
    table = Table(
        units=tuple(place.code for place, _context in known),
        columns=("population",)[:told],
        values=sizes[:, :told],
        groups={
            "region": tuple(context.region or "" for _place, context in known),
            "income": tuple(context.income_group.value if context.income_group else "" for _place, context in known),
            "climate": tuple(context.climate.value[:1] if context.climate else "" for _place, context in known),
        },
    )
    return peers(table, code, PEERS)
