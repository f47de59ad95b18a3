"""Telling people what happened, once, and only of what they may see."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from metropolis.foundation.following.models import WAITING, Notice
from metropolis.foundation.following.queries import followers
from metropolis.foundation.following.values import What, what_of
from metropolis.foundation.history.models import Entry
from metropolis.foundation.history.operations import settle_untold
from metropolis.foundation.history.queries import entries, untold_entries
from metropolis.foundation.records.operations import forget_followers
from metropolis.foundation.records.values import Findable, Reference
from metropolis.foundation.taxonomy.queries import ancestors
from metropolis.foundation.workspaces.cards import findables

#: Deeds told of in one turn, and notices after which a turn begins no further deed: nobody else writes meanwhile.
TURN = 200
MOST_NOTICES = 5000
#: How long notices are kept.
KEPT = timedelta(days=180)


class _News(NamedTuple):
    """What a deed is to those who are told of it: the same `key` is told once."""

    reference: Reference
    what: What
    key: str
    actor: int | None


@transaction.atomic
def tell_news(*, limit: int = TURN) -> int:
    """Tell followers of the oldest deeds nobody has been told of; how many deeds that were, of up to `limit`.

    Told is what concerns a public record: its own followers and those of its initiative, cities, topics (with those
    above them) and themes, each person once, and nobody of their own deeds. Deeds are struck off the list in the same
    transaction.
    """
    found = {entry.pk: entry for entry in untold_entries(limit)}
    for entry in found.values():
        if entry.verb.startswith("delete_"):
            _forget(Reference(kind=entry.kind, key=entry.key))
    news = {pk: one for pk, entry in found.items() if (one := _news(entry)) is not None}
    records = findables({one.reference for one in news.values()})
    above = ancestors("topic")
    concerned = {reference: _concerned(item, above) for reference, item in records.items()}
    following = followers({target for targets in concerned.values() for target in targets})
    rows: list[Notice] = []
    told: list[int] = []
    for pk in found:
        if len(rows) >= MOST_NOTICES:
            break
        told.append(pk)
        if pk in news:
            rows += _notices(news[pk], concerned.get(news[pk].reference, ()), following)
    _tell(rows)
    settle_untold(ids=told)
    return len(told)


def _news(entry: Entry) -> _News | None:
    reference = Reference(kind=entry.kind, key=entry.key)
    what = what_of(entry.verb)
    if what is None:
        return None
    key = f"{what} {reference}" if what == What.NEW else f"{what} {reference} {entry.pk}"
    return _News(reference, what, key, entry.actor_id)


def _notices(
    news: _News, targets: Iterable[Reference], following: Mapping[Reference, Iterable[int]]
) -> Iterator[Notice]:
    """One for each follower of the targets, for the first of them that the person follows."""
    people: dict[int, Reference] = {}
    for target in targets:
        for person in following.get(target, ()):
            people.setdefault(person, target)
    return (_notice(news, person, why) for person, why in people.items() if person != news.actor)


def _forget(reference: Reference) -> None:
    """The address of a deleted record may be another one's some day: nobody follows that, nor was told of it."""
    forget_followers(reference=reference)
    Notice.objects.filter(record_kind=reference.kind, record_key=reference.key).delete()


def _concerned(item: Findable, above: Mapping[str, tuple[str, ...]]) -> tuple[Reference, ...]:
    """Whose followers are told of a record; the nearest first, as it is the reason they are given."""
    targets = [item.reference]
    if item.workspace:
        targets.append(Reference(kind="initiative", key=item.workspace))
    targets += [Reference(kind="city", key=str(city)) for city in (*item.city_ids, *item.adopter_city_ids)]
    topics = (*item.topics, *(broader for code in item.topics for broader in above.get(code, ())))
    targets += [Reference(kind="topic", key=code) for code in topics]
    targets += [Reference(kind="theme", key=code) for code in item.themes]
    return tuple(dict.fromkeys(targets))


def _notice(news: _News, person: int, why: Reference) -> Notice:
    return Notice(
        person_id=person,
        key=news.key,
        what=news.what,
        record_kind=news.reference.kind,
        record_key=news.reference.key,
        why_kind=why.kind,
        why_key=why.key,
    )


def _tell(rows: Iterable[Notice]) -> None:
    """Write notices; who has one of the same record still waiting is told by that one."""
    fresh = list(rows)
    keys = {row.record_key for row in fresh}
    waiting = Notice.objects.filter(WAITING, person__in={row.person_id for row in fresh}, record_key__in=keys)
    known = set(waiting.values_list("person_id", "record_kind", "record_key"))
    chosen: list[Notice] = []
    for row in fresh:
        place = (row.person_id, row.record_kind, row.record_key)
        if place not in known:
            known.add(place)
            chosen.append(row)
    Notice.objects.bulk_create(chosen, ignore_conflicts=True, batch_size=500)


def notify(*, person: int, reference: Reference, why: Reference, key: str, what: What = What.MATCH) -> None:
    """Tell one person, by id, of a public record that was found for them; the same `key` tells them once.

    Does nothing for a record that is not public or whose last deed was their own.
    """
    last = entries(reference=reference, limit=1)
    if findables([reference]) and not (last and last[0].actor_id == person):
        _tell([_notice(_News(reference, what, key, None), person, why)])


def forget_old_notices(*, now: datetime) -> int:
    """Delete what was told long ago; how many notices."""
    return Notice.objects.filter(told_at__lt=now - KEPT).delete()[0]
