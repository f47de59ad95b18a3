"""Up to four cities, or up to four records, side by side."""

from collections.abc import Sequence
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from metropolis.engine_kit import InvalidInput, NotFound
from metropolis.foundation.places.engine import language_name
from metropolis.foundation.places.queries import cities_by_ids
from metropolis.foundation.records.values import Findable, Reference
from metropolis.foundation.workspaces.cards import record_kinds
from metropolis.tools.exchange.queries.cities import city_facts
from metropolis.tools.exchange.queries.documents import findables
from metropolis.tools.exchange.queries.facets import facet_label
from metropolis.tools.exchange.queries.search import text_in
from metropolis.tools.exchange.values import CITY

MOST = 4


class Column(NamedTuple):
    """One of the things compared."""

    reference: str
    kind: str
    title: str
    url: str
    line: str


class Row(NamedTuple):
    """One fact of all of them; None is unknown."""

    label: str
    cells: list[str | None]


class Comparison(NamedTuple):
    """Things side by side."""

    columns: list[Column]
    rows: list[Row]


def comparison(references: Sequence[Reference]) -> Comparison:
    """Up to four cities, or up to four public records of any kinds, side by side.

    `InvalidInput` for more than four or for cities and records together, `NotFound` for what is not public.
    """
    wanted = list(dict.fromkeys(references))
    if len(wanted) > MOST:
        raise InvalidInput(_("Compare at most four things; take one off first."), field="item")
    cities = [reference for reference in wanted if reference.kind == CITY]
    if cities and len(cities) < len(wanted):
        raise InvalidInput(_("Compare cities with cities, and records with records."), field="item")
    return _of_cities(cities) if cities else _of_records(wanted)


def _of_cities(references: Sequence[Reference]) -> Comparison:
    found = cities_by_ids(int(reference.key) for reference in references if reference.key.isdecimal())
    cities = [found.get(int(reference.key)) if reference.key.isdecimal() else None for reference in references]
    columns, facts = [], []
    for city in cities:
        if city is None:
            raise NotFound(_("There is no such city."), field="item")
        url = reverse("exchange:city", args=[city.id, city.slug])
        columns.append(Column(f"{CITY}:{city.id}", CITY, city.title, url, ""))
        facts.append([(fact.label, _with_note(fact.value, fact.note)) for fact in city_facts(city)])
    return Comparison(columns, _rows(facts))


def _with_note(value: str | None, note: str) -> str | None:
    return f"{value} ({note})" if value and note else value


def _of_records(references: Sequence[Reference]) -> Comparison:
    found = findables(references)
    missing = [reference for reference in references if reference not in found]
    if missing:
        raise NotFound(_("There is no public record %(name)s.") % {"name": missing[0]}, field="item")
    items = [found[reference] for reference in references]
    cities = cities_by_ids(city for item in items for city in item.city_ids)
    names = {city.id: city.title for city in cities.values()}
    return Comparison([_column(item) for item in items], _rows([_facts(item, names) for item in items]))


def _column(item: Findable) -> Column:
    text = text_in(item, get_language() or "en")
    line = text.summary.partition("\n")[0]
    return Column(str(item.reference), item.reference.kind, text.title, item.url, line)


def _facts(item: Findable, cities: dict[int, str]) -> list[tuple[str, str | None]]:
    language = get_language() or "en"
    themes, topics = facet_label("theme"), facet_label("topic")
    return [
        (_("Kind"), str(record_kinds()[item.reference.kind].title)),
        (_("Cities"), "; ".join(cities[city] for city in item.city_ids if city in cities) or None),
        (_("Themes"), ", ".join(map(themes, item.themes)) or None),
        (_("Topics"), ", ".join(map(topics, item.topics)) or None),
        (_("Languages"), ", ".join(language_name(text.language, language) for text in item.texts)),
        *((fact.label, fact.text) for fact in item.facts),
    ]


def _rows(columns: Sequence[Sequence[tuple[str, str | None]]]) -> list[Row]:
    """One row a label, in the order in which the columns name them."""
    labels = dict.fromkeys(label for facts in columns for label, _value in facts)
    return [Row(label, [dict(facts).get(label) for facts in columns]) for label in labels]
