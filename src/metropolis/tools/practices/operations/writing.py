"""How practices reach the database: the same few statements for one practice as for a thousand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from metropolis.engine_kit import MetropolisError
from metropolis.foundation.places.models import City
from metropolis.foundation.places.queries import find_city
from metropolis.foundation.taxonomy.models import Term
from metropolis.foundation.taxonomy.queries import terms_by_code
from metropolis.tools.practices.models import BuildingBlock, KeyDate, Practice, Result, Source, Supporter
from metropolis.tools.practices.queries import COLUMNS, practice_completeness
from metropolis.tools.practices.values import PracticeInput

_PARTS: tuple[type[models.Model], ...] = (
    *(Result, Source, BuildingBlock, KeyDate, Supporter),
    *(Practice.terms.through, Practice.adopters.through),
)
_VOCABULARIES = {"themes": "theme", "topics": "topic", "sdgs": "sdg"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A practice ready to be saved: its columns are filled, everything it names has been found."""

    row: Practice
    content: PracticeInput
    terms: tuple[Term, ...]
    adopters: tuple[City, ...]

    def normal(self) -> PracticeInput:
        """The content as it will be read back: cities by their full label, terms in the vocabulary's order."""
        ordered = sorted(self.terms, key=lambda term: term.position)
        codes = {
            name: tuple(term.code for term in ordered if term.vocabulary == vocabulary)
            for name, vocabulary in _VOCABULARIES.items()
        }
        adopters = tuple(city.label for city in self.adopters)
        return self.content.model_copy(update={"city": self.row.city.label, "adopters": adopters, **codes})


@dataclass(slots=True)
class Lookups:
    """What contents name, each looked up once: cities by their text, terms by their code."""

    cities: dict[str, City | MetropolisError] = field(default_factory=dict)
    terms: dict[tuple[str, str], Term] = field(default_factory=dict)

    def city(self, text: str) -> City:
        """The city; raises what `find_city` raises."""
        if text not in self.cities:
            try:
                self.cities[text] = find_city(text)
            except MetropolisError as error:
                self.cities[text] = error
        found = self.cities[text]
        if isinstance(found, MetropolisError):
            raise found
        return found

    def terms_of(self, content: PracticeInput) -> tuple[Term, ...]:
        """The terms of all vocabularies; `InvalidInput` naming the field and the codes that do not exist."""
        found: list[Term] = []
        for name, vocabulary in _VOCABULARIES.items():
            codes: tuple[str, ...] = getattr(content, name)
            missing = [code for code in codes if (vocabulary, code) not in self.terms]
            if missing:
                self.terms |= {(vocabulary, term.code): term for term in terms_by_code(vocabulary, missing, field=name)}
            found += [self.terms[vocabulary, code] for code in dict.fromkeys(codes)]
        return tuple(found)

    def unfound(self, told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """The fields that name a city or term there is not, each with why, of what need not be a whole practice."""
        cities = {"city": told.get("city"), "adopters": told.get("adopters")}
        for name, named in cities.items():
            for text in [named] if isinstance(named, str) else named or ():
                try:
                    self.city(str(text))
                except MetropolisError as error:
                    yield name, error.message
        for name, vocabulary in _VOCABULARIES.items():
            codes = told.get(name)
            try:
                terms_by_code(vocabulary, map(str, codes if isinstance(codes, list | tuple) else ()), field=name)
            except MetropolisError as error:
                yield name, error.message


def drafted(row: Practice, content: PracticeInput, lookups: Lookups) -> Draft:
    """Fill a new or changed practice's columns without saving it.

    Raises `InvalidInput` or `NotFound` naming the field for a city that is unknown or ambiguous, or an unknown term.
    """
    if not row._state.adding:  # noqa: SLF001 - Django's public name for it
        # What the practice has already needs no finding: two cities of one division may share name and label.
        lookups.cities |= {city.label: city for city in (row.city, *row.adopters.all())}
    row.city = lookups.city(content.city)
    adopters = tuple(dict.fromkeys(lookups.city(name) for name in content.adopters))
    terms = lookups.terms_of(content)
    for name in COLUMNS:
        setattr(row, name, getattr(content, name))
    row.links = [link.model_dump() for link in content.links]
    told = practice_completeness(content)
    row.completeness, row.is_transferable = told.share, told.is_transferable
    return Draft(row, content, terms, adopters)


def save_drafts(drafts: Sequence[Draft]) -> None:
    """Write practices with all their parts, in a number of statements that does not grow with their number.

    Practices that are there already are updated one by one, and their parts replaced. Call it in a transaction.
    """
    new = [draft.row for draft in drafts if draft.row._state.adding]  # noqa: SLF001 - Django's public name for it
    old = [draft.row for draft in drafts if not draft.row._state.adding]  # noqa: SLF001
    Practice.objects.bulk_create(new)
    for row in old:
        row.save()
    if old:
        for kind in _PARTS:
            kind._default_manager.filter(practice__in=old).delete()  # noqa: SLF001
    _save_links(Practice.terms.through, "term", ((draft.row, draft.terms) for draft in drafts))
    _save_links(Practice.adopters.through, "city", ((draft.row, draft.adopters) for draft in drafts))
    _save_parts(drafts)


def _save_links(
    through: type[models.Model], name: str, links: Iterable[tuple[Practice, tuple[models.Model, ...]]]
) -> None:
    rows = [through(practice=row, **{name: target}) for row, targets in links for target in targets]
    through._default_manager.bulk_create(rows)  # noqa: SLF001


def _save_parts(drafts: Sequence[Draft]) -> None:
    sources = {
        draft.row.pk: [Source(practice=draft.row, **dict(item)) for item in draft.content.sources] for draft in drafts
    }
    Source.objects.bulk_create(source for listed in sources.values() for source in listed)
    results = []
    for draft in drafts:
        for item in draft.content.results:
            source = None if item.source is None else sources[draft.row.pk][item.source]
            results.append(Result(practice=draft.row, **dict(item) | {"source": source}))
    Result.objects.bulk_create(results)
    kinds: tuple[tuple[type[models.Model], str], ...] = (
        (BuildingBlock, "building_blocks"),
        (KeyDate, "key_dates"),
        (Supporter, "partners"),
    )
    for kind, name in kinds:
        kind._default_manager.bulk_create(  # noqa: SLF001
            kind(practice=draft.row, **dict(item)) for draft in drafts for item in getattr(draft.content, name)
        )
