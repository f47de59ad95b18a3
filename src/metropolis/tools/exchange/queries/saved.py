"""Reaching saved searches, and what they find."""

import json
from collections.abc import Iterable, Mapping

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.records.values import Reference
from metropolis.foundation.workspaces.cards import visible_references
from metropolis.tools.exchange.engine import Document, Query
from metropolis.tools.exchange.models import SavedSearch
from metropolis.tools.exchange.queries.index import index
from metropolis.tools.exchange.values import ANSWERS, CITY, POOL, Question


def saved_searches(person: Person) -> QuerySet[SavedSearch]:
    """The searches a person keeps, by name."""
    return SavedSearch.objects.filter(person=person).defer("known")


def saved_search(id: int, person: Person) -> SavedSearch:
    """One search a person keeps; `NotFound` when there is none, or it is another's."""
    found = saved_searches(person).filter(pk=id).first()
    if found is None:
        raise NotFound(_("You have no such saved search."), field="search")
    return found


def searches_to_try(limit: int) -> list[int]:
    """The ids of searches that wait to be tried, oldest first."""
    rows = SavedSearch.objects.filter(matched_at=None, person__is_active=True).order_by("id")
    return list(rows.values_list("pk", flat=True)[:limit])


def searches_for(found: Iterable[Document]) -> list[int]:
    """The ids of the searches whose kinds and filters one of these documents fits, whatever their words are."""
    traits = [
        {"kind": {document.kind}, "language": {text.language for text in document.texts}}
        | {name: set(values) for name, values in document.facets.items()}
        for document in found
    ]
    if not traits:
        return []
    rows = SavedSearch.objects.order_by("id").values_list("pk", "question__kinds", "question__filters")
    alike: dict[str, list[int]] = {}  # many ask for the same, most of them for nothing in particular
    for pk, kinds, filters in rows.iterator():
        alike.setdefault(json.dumps(filters | {"kind": _sought(kinds)}), []).append(pk)
    wanted = ((json.loads(filters), searches) for filters, searches in alike.items())
    return [pk for filters, searches in wanted if any(_fits(filters, one) for one in traits) for pk in searches]


def _fits(filters: Mapping[str, Iterable[str]], traits: Mapping[str, set[str]]) -> bool:
    return all(not traits.get(name, set()).isdisjoint(values) for name, values in filters.items())


def _sought(kinds: Iterable[str]) -> tuple[str, ...]:
    return tuple(kind for kind in kinds if kind != CITY) or ANSWERS


def nearest(question: Question) -> list[tuple[Reference, float]]:
    """The `POOL` public records that answer a question best, each with its relevance (0 to 1), best first.

    `Conflict` while the index is built for the first time.
    """
    query = Query(
        text=question.text,
        filters=question.filters,
        kinds=_sought(question.kinds),
        limit=POOL,
        quoted=False,
        counted=(),
    )
    found = [(Reference.parse(hit.id), hit.score) for hit in index().search(query).hits]
    public = visible_references(None, (reference for reference, _score in found))
    return [(reference, score) for reference, score in found if reference in public]
