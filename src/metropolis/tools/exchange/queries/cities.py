"""What the network knows of a city: its situation, and what it runs, wants, knows, offers and has adopted."""

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple, TypeVar

from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from metropolis.foundation.history.queries import deeds_so_far, kept, pending_changes
from metropolis.foundation.places.engine import (
    MetropolitanGovernment,
    Sourced,
    country_name,
    language_name,
    region_name,
)
from metropolis.foundation.places.models import City
from metropolis.foundation.places.queries import city as city_by_id
from metropolis.foundation.places.queries import city_context
from metropolis.foundation.places.values import CLIMATES, INCOME_GROUPS, METROPOLITAN_FORMS
from metropolis.foundation.records.values import Findable, Reference
from metropolis.tools.exchange.engine import Query
from metropolis.tools.exchange.queries.documents import findables
from metropolis.tools.exchange.queries.index import index
from metropolis.tools.exchange.queries.points import points as points_of
from metropolis.tools.exchange.queries.search import text_in
from metropolis.tools.exchange.values import Question

_SECTIONS = {
    "runs": gettext_lazy("It runs"),
    "ran": gettext_lazy("It ran"),
    "adopted": gettext_lazy("It adopted from others"),
    "wants": gettext_lazy("It wants"),
    "offers": gettext_lazy("It offers"),
    "knows": gettext_lazy("It knows"),
    "measured": gettext_lazy("It is measured in"),
}
_MOST = 200

Known = TypeVar("Known")


class CityFact(NamedTuple):
    """One fact of a city's situation; `value` is None where it is not known, `note` tells source and year."""

    label: str
    value: str | None
    note: str = ""


class CityRecord(NamedTuple):
    """A record a city has to do with, as a card shows it."""

    kind: str
    title: str
    language: str
    url: str
    line: str
    reference: str


class CityProfile(NamedTuple):
    """A city, its situation, and its records by what it has to do with them."""

    city: City
    facts: list[CityFact]
    sections: list[tuple[str, list[CityRecord]]]
    points: dict[str, Any]


def _known() -> Hashable:
    # What was done may be in the index a moment later.
    return deeds_so_far(), tuple(pending_changes(1))


@kept(50, follows=_known)
def city_profile(city_id: int) -> CityProfile:
    """All that the network knows of a city; `NotFound` when there is no such city."""
    city = city_by_id(city_id)
    sections = [(str(_SECTIONS.get(name, name)), records) for name, records in city_records(city_id).items()]
    return CityProfile(city, city_facts(city), sections, points_of(Question(filters={"city": (str(city_id),)})))


def city_records(city_id: int) -> dict[str, list[CityRecord]]:
    """The public records of a city by what it has to do with them: runs, ran, wants, is measured in and so on."""
    own, adopted = _hits("city", city_id), _hits("adopter", city_id)
    items = findables([*own, *adopted])
    sections: dict[str, list[CityRecord]] = {name: [] for name in _SECTIONS}
    for reference, how in [*((key, "") for key in own), *((key, "adopted") for key in adopted)]:
        if item := items.get(reference):
            sections.setdefault(how or item.involvement, []).append(_record(item))
    return {name: records for name, records in sections.items() if records}


def _record(item: Findable) -> CityRecord:
    text = text_in(item, get_language() or "en")
    line = text.summary.partition("\n")[0]
    return CityRecord(item.reference.kind, text.title, text.language, item.url, line, str(item.reference))


def _hits(facet: str, city_id: int) -> list[Reference]:
    query = Query(filters={facet: (str(city_id),)}, limit=_MOST)
    return [Reference.parse(hit.id) for hit in index().search(query).hits]


def city_facts(city: City) -> list[CityFact]:
    """What is known of a city's situation, each fact with its source and year."""
    known = city_context(city)
    language = get_language() or "en"
    government = known.metropolitan_government
    return [
        CityFact(_("Country"), country_name(city.country, language)),
        CityFact(_("Region"), region_name(known.region, language) if known.region else None),
        _people(_("Population of the city proper"), known.population),
        _people(_("Population of the metropolitan area"), known.metropolitan_population),
        _fact(_("Income group of the country"), known.income_group, lambda code: str(INCOME_GROUPS.get(code, code))),
        _fact(_("Climate zone (Köppen-Geiger)"), known.climate, _climate),
        _fact(
            _("Languages"), known.languages, lambda codes: ", ".join(language_name(code, language) for code in codes)
        ),
        _fact(_("Metropolitan government"), government, _government),
        CityFact(_("Coordinates"), f"{city.latitude:.3f}, {city.longitude:.3f}", "GeoNames"),
    ]


def _fact(label: str, fact: Sourced[Known] | None, said: Callable[[Known], str]) -> CityFact:
    if fact is None:
        return CityFact(label, None)
    return CityFact(label, said(fact.value), f"{fact.source}, {fact.year}" if fact.year else fact.source)


def _people(label: str, fact: Sourced[int] | None) -> CityFact:
    return _fact(label, fact, lambda people: number_format(people, force_grouping=True))


def _climate(code: str) -> str:
    return f"{code}, {CLIMATES[code]}" if code in CLIMATES else code


def _government(government: MetropolitanGovernment) -> str:
    form = str(METROPOLITAN_FORMS[government.form])
    return f"{form}: {government.body}" if government.body else form
