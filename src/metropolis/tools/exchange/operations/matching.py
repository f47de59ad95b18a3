"""Finding what answers a need, and keeping it as an alert for its author; and the other way round, for an offer."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from metropolis.engine_kit import InvalidInput
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.following.operations import notify
from metropolis.foundation.history.operations import note_changes
from metropolis.foundation.records.values import Findable, Reference
from metropolis.tools.exchange.engine import Query
from metropolis.tools.exchange.models import Match, Need
from metropolis.tools.exchange.operations.saved import match_search
from metropolis.tools.exchange.queries import (
    answers,
    index,
    is_built,
    need,
    open_among,
    searches_to_try,
    slugs_to_match,
)
from metropolis.tools.exchange.queries.needs import overdue
from metropolis.tools.exchange.values import Answer, Question

#: What may answer a need, and what an offer.
SOUGHT = {
    "need": ("practice", "initiative", "expert", "offer", "publication", "barometer"),
    "offer": ("need", "initiative"),
}
#: Matches kept for a need, and the least relevance (0 to 1) they have.
KEPT = 12
LEAST = 0.3
#: Needs that a new record is tried on.
TRIED = 5


def match_need(*, slug: str) -> list[Answer]:
    """Seek what answers a public need or offer and keep it; what was found before and set aside stays so.

    `NotFound` when there is no such public need, `Conflict` while the index is built for the first time.
    """
    row, _workspace = need(slug, None)
    question = Question(text=f"{row.title}. {row.text}"[:800], city_id=row.city_id, kinds=SOUGHT[row.kind], limit=KEPT)
    likely = answers(question, language=row.language, most_cities=0).answers
    found = [answer for answer in likely if answer.score >= LEAST]
    _keep(row, found)
    return found


@transaction.atomic
def _keep(row: Need, found: Iterable[Answer]) -> None:
    for answer in found:
        _match, is_new = Match.objects.update_or_create(
            need=row,
            kind=answer.reference.kind,
            key=answer.reference.key,
            defaults={
                "score": answer.score,
                "fit": answer.fit.overall if answer.fit else None,
                "quote": answer.quote,
                "quote_language": answer.quote_language,
            },
        )
        if is_new and row.matched_at is not None:  # what is found at first is on the page
            _tell(row, answer.reference)
    Need.objects.filter(pk=row.pk).update(matched_at=timezone.now())


def _tell(row: Need, found: Reference) -> None:
    if row.author_id is not None:
        why = Reference(kind=row.kind, key=row.slug)
        notify(person=row.author_id, reference=found, why=why, key=f"match {why} {found}")


def match_arrivals(found: Iterable[Findable]) -> None:
    """Try records that are new in the index on the open needs and offers they are nearest to."""
    near: set[str] = set()
    for item in found:
        near |= _needs_near(item)
    for slug in sorted(open_among(near)):
        match_need(slug=slug)


def _needs_near(item: Findable) -> set[str]:
    asked_for = tuple(kind for kind, sought in SOUGHT.items() if item.reference.kind in sought)
    if not asked_for:
        return set()
    text = item.texts[0]
    query = Query(text=f"{text.title}. {text.summary}"[:800], kinds=asked_for, limit=TRIED)
    return {Reference.parse(hit.id).key for hit in index().search(query).hits}


def match_waiting(*, limit: int = 20) -> int:
    """Seek what answers needs, offers and saved searches for which that waits to be sought; how many that were.

    Those whose time is over leave the index.
    """
    _leave_overdue()
    slugs, searches = slugs_to_match(limit), searches_to_try(limit)
    for slug in slugs:
        match_need(slug=slug)
    for search in searches:
        match_search(search=search)
    return len(slugs) + len(searches)


def _leave_overdue() -> None:
    """Note the needs and offers that the index still holds as open: no deed tells that a day is past."""
    over = [Reference(kind=row.kind, key=row.slug) for row in overdue()]
    held = set(index().ids({"status": (Need.Status.OPEN,)})) if over and is_built() else set()
    note_changes(references=[reference for reference in over if str(reference) in held])


@transaction.atomic
def mark_match(*, slug: str, actor: Person, reference: Reference, state: str) -> None:
    """Keep a match or set it aside; only for who may change the need."""
    row, workspace = need(slug, actor)
    workspace.require("exchange.change_need", author=row.author)
    if state not in Match.State.values:
        message = f"A match is {', '.join(Match.State.values)}, not {state!r}."
        raise InvalidInput(message, field="state")
    now = timezone.now()
    row.matches.filter(kind=reference.kind, key=reference.key).update(state=state, seen_at=now)


def see_matches(*, slug: str, actor: Person) -> None:
    """Note that the author has looked at what was found; writes nothing when somebody else looks or nothing is new.

    That may follow from reading the page (a GET): it changes nothing but what the author is told is new.
    """
    row, _workspace = need(slug, actor)
    unseen = row.matches.filter(seen_at=None)
    if row.author == actor and unseen.exists():
        unseen.update(seen_at=timezone.now())
