"""Keeping searches, and telling their owners what comes to answer them.

None of it is noted in the history: what somebody looks for is nobody else's concern.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict, InvalidInput
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.following.operations import follow, notify, unfollow
from metropolis.foundation.following.queries import is_following
from metropolis.foundation.records.values import Reference
from metropolis.tools.exchange.engine import Document
from metropolis.tools.exchange.models import SavedSearch
from metropolis.tools.exchange.queries import is_built, nearest, saved_search, saved_searches, searches_for
from metropolis.tools.exchange.values import Question

#: Searches one person keeps at most.
MOST = 50
#: The first answers, among which a record has to come to be told of, and the least relevance (0 to 1) it has.
FIRST = 20
LEAST = 0.3
#: Records remembered as known to a search.
REMEMBERED = 1000


def _reference(row: SavedSearch) -> Reference:
    return Reference(kind="search", key=str(row.pk))


@transaction.atomic
def save_search(*, person: Person, name: str, query: str, question: Question) -> SavedSearch:
    """Keep a search under a name, and have the person told of what comes to answer it.

    `query` is that of its page's address, `question` what it asks. `Conflict` when the person keeps `MOST` already.
    """
    if saved_searches(person).count() >= MOST:
        raise Conflict(_("You keep %(most)s searches already; delete one of them first.") % {"most": MOST})
    row = SavedSearch(person=person)
    _write(row, name)
    _ask(row, query, question)
    follow(person=person, reference=_reference(row))
    return row


@transaction.atomic
def change_search(
    *, search: int, person: Person, name: str, query: str = "", question: Question | None = None
) -> SavedSearch:
    """Give a saved search another name and, with a `question`, have it ask something else from now on."""
    row = saved_search(search, person)
    _write(row, name)
    if question is not None:
        _ask(row, query, question)
    return row


def _write(row: SavedSearch, name: str) -> None:
    row.name = name.strip()[:120]
    if not row.name:
        raise InvalidInput(_("Give the search a name."), field="name")
    if row.pk:
        row.save(update_fields=["name", "updated_at"])


def _ask(row: SavedSearch, query: str, question: Question) -> None:
    """What answers it by now is known: it is on the page. Where that cannot be looked up yet, it is later."""
    row.query = query
    row.question = question.model_dump(mode="json", exclude={"limit", "offset"})
    row.known, row.matched_at = None, None
    row.save()
    if is_built():
        match_search(search=row.pk)


@transaction.atomic
def delete_search(*, search: int, person: Person) -> None:
    """Keep a search no longer."""
    row = saved_search(search, person)
    unfollow(person=person, reference=_reference(row))
    row.delete()


def note_arrivals(documents: Iterable[Document]) -> None:
    """Have the searches tried again that documents new in the index may answer."""
    if found := searches_for(documents):
        SavedSearch.objects.filter(pk__in=found).update(matched_at=None)


@transaction.atomic
def match_search(*, search: int) -> None:
    """Tell the owner of a saved search of the records that have come among its first answers.

    The row is kept until the end, so that what arrives meanwhile has it tried again. `Conflict` while the index is
    built for the first time.
    """
    row = SavedSearch.objects.select_for_update(of=("self",)).select_related("person").filter(pk=search).first()
    if row is None:
        return
    question = Question.model_validate(row.question)
    found = nearest(question)
    likely = [reference for reference, score in found[:FIRST] if score >= LEAST or not question.text]
    why = _reference(row)
    if row.known is not None and is_following(why, row.person):
        for reference in likely:
            if str(reference) not in row.known:
                notify(person=row.person_id, reference=reference, why=why, key=f"match {why} {reference}")
    seen = [str(reference) for reference, _score in found]
    row.known = list(dict.fromkeys([*seen, *(row.known or ())]))[:REMEMBERED]
    row.matched_at = timezone.now()
    row.save(update_fields=["known", "matched_at"])
