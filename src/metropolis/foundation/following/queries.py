"""Reaching what people follow and what they were told."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.core import signing
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.accounts.queries import Viewer
from metropolis.foundation.following.cards import followable_kinds
from metropolis.foundation.following.models import WAITING, Delivery, Notice
from metropolis.foundation.following.values import Described, Frequency, What, last_moment
from metropolis.foundation.records.models import Follow
from metropolis.foundation.records.values import Findable, Reference
from metropolis.foundation.workspaces.cards import findables, record_kinds

#: What signs the links that end the mails.
SALT = "following.unsubscribe"
#: More unread notices than this are not counted.
MOST_COUNTED = 99


class Followed(NamedTuple):
    """Something a person follows; without title and page when it is no longer there for them."""

    reference: Reference
    described: Described | None


class Told(NamedTuple):
    """A notice with what it is shown by; `record` is None when it is no longer public."""

    notice: Notice
    what: What
    record: Described | None
    why: Described | None


def described(viewer: Viewer, references: Iterable[Reference]) -> dict[Reference, Described]:
    """Those of the references that can be followed, with their titles in the reader's language: a query or two a kind.

    Of records these are the public ones; of other things, those the viewer may know of.
    """
    wanted = set(references)
    found = {reference: _of_record(item) for reference, item in findables(wanted).items()}
    for kind, followable in followable_kinds().items():
        keys = [reference.key for reference in wanted if reference.kind == kind]
        shown = followable.described(viewer, keys) if keys else {}
        found |= {Reference(kind=kind, key=key): one for key, one in shown.items()}
    return found


def _of_record(item: Findable) -> Described:
    language = get_language() or "en"
    text = next((text for text in item.texts if text.language == language and text.title), item.texts[0])
    kind = str(record_kinds()[item.reference.kind].title)
    title = " ".join(text.title.split())  # in a mail, a second line would pass for ours
    return Described(title=title, url=item.url, kind=kind, language=text.language)


def is_following(reference: Reference, viewer: Viewer) -> bool:
    """Whether the viewer follows this."""
    return viewer is not None and bool(following_among([reference], viewer))


def following_among(references: Iterable[Reference], person: Person) -> set[Reference]:
    """Those of the references that a person follows, in one query."""
    wanted = set(references)
    rows = Follow.objects.filter(person=person, key__in={reference.key for reference in wanted})
    return wanted & {Reference(kind=kind, key=key) for kind, key in rows.values_list("kind", "key")}


def own_follows(person: Person) -> QuerySet[Follow]:
    """All that a person follows, the latest first."""
    return Follow.objects.filter(person=person).order_by("-pk")


def followed(person: Person, rows: Iterable[Follow]) -> list[Followed]:
    """What these rows say that a person follows, with what it is shown by."""
    references = [Reference(kind=row.kind, key=row.key) for row in rows]
    shown = described(person, references)
    return [Followed(reference, shown.get(reference)) for reference in references]


def followers(references: Iterable[Reference]) -> dict[Reference, set[int]]:
    """The ids of the people with an account who follow each of these: one query a kind."""
    keys: dict[str, set[str]] = {}
    for reference in references:
        keys.setdefault(reference.kind, set()).add(reference.key)
    found: dict[Reference, set[int]] = {}
    for kind, wanted in keys.items():
        rows = Follow.objects.filter(kind=kind, key__in=wanted, person__is_active=True)
        for key, person in rows.values_list("key", "person_id"):
            found.setdefault(Reference(kind=kind, key=key), set()).add(person)
    return found


def notices(person: Person) -> QuerySet[Notice]:
    """Everything a person was told, the latest first."""
    return Notice.objects.filter(person=person).order_by("-pk")


def told(person: Person, rows: Iterable[Notice]) -> list[Told]:
    """Notices with what they are shown by, as far as the person may see it now."""
    rows = list(rows)
    shown = described(person, {reference for row in rows for reference in (row.reference, row.why)})
    return [Told(row, What(row.what), shown.get(row.reference), shown.get(row.why)) for row in rows]


def unread_count(person: Person) -> int:
    """How many notices a person has not read, up to one more than `MOST_COUNTED`: one query, by an index."""
    return Notice.objects.filter(person=person, read_at=None)[: MOST_COUNTED + 1].count()


def frequency_of(person: Person) -> Frequency:
    """How often a person is sent a mail."""
    row = Delivery.objects.filter(person=person).first()
    return Frequency(row.frequency) if row else Frequency.DAILY


def due_digests(now: datetime) -> dict[int, int]:
    """The people whose digest is due at `now` (with the site's time zone), each with the id of their latest news."""
    chosen = Delivery.objects.filter(person=OuterRef("person")).values("frequency")
    moments = {each: moment for each in Frequency if (moment := last_moment(each, now))}
    due = Q()
    for each, moment in moments.items():
        due |= Q(frequency=each, told_at__lte=moment)
    rows = Notice.objects.filter(WAITING, person__is_active=True)
    rows = rows.annotate(frequency=Coalesce(Subquery(chosen), Value(Frequency.DAILY))).filter(due)
    return dict(rows.values_list("person_id").annotate(Max("pk")).order_by())


def unsubscribe_token(person: Person) -> str:
    """What stands in the link that ends a person's mails: it works without signing in, and for nothing else."""
    return signing.Signer(salt=SALT).sign(str(person.pk))


def person_of_token(token: str) -> Person:
    """Whose mails a link ends; `NotFound` when it is not one of ours or the account is gone."""
    try:
        found = Person.objects.filter(pk=int(signing.Signer(salt=SALT).unsign(token))).first()
    except signing.BadSignature:
        found = None
    if found is None:
        raise NotFound(_("This link does not work; change the mails you get in your account."), field="token")
    return found
