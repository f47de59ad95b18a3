"""Mails that gather the news."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from metropolis.engine_kit import InvalidInput
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.background.operations import enqueue
from metropolis.foundation.following.models import WAITING, Delivery, Notice
from metropolis.foundation.following.queries import Told, due_digests, frequency_of, told, unsubscribe_token
from metropolis.foundation.following.values import Frequency
from metropolis.foundation.mail.operations import send_mail

#: Notices told one by one in a mail; it counts the others.
MOST = 30
#: Notices that are looked at for these: some are of records that are not public any more.
LOOKED_AT = 100


def choose_frequency(*, person: Person, frequency: str) -> None:
    """Have a person sent mails at once, daily, weekly or never.

    What was told while mails were off is not mailed when they are on again. `InvalidInput` for any other choice.
    """
    if frequency not in Frequency.values:
        raise InvalidInput(f"frequency: choose one of {', '.join(Frequency.values)}.", field="frequency")
    if frequency_of(person) == Frequency.NEVER:
        Notice.objects.filter(WAITING, person=person).update(mailed_at=timezone.now())
    Delivery.objects.update_or_create(person=person, defaults={"frequency": frequency})


def unsubscribe(*, person: Person) -> None:
    """Send a person no more digests; what they follow stays, and so does their inbox."""
    choose_frequency(person=person, frequency=Frequency.NEVER)


def plan_digests(*, now: datetime) -> int:
    """Put the digests that are due in the queue, one task each; how many were not there yet."""
    return sum(
        enqueue("metropolis.foundation.following.tasks.send_digest", key=f"digest {person} {latest}", person=person)
        for person, latest in due_digests(timezone.localtime(now)).items()
    )


@transaction.atomic
def send_digest(*, person: int) -> None:
    """Write the mail that tells a person all that is waiting; nothing when that is nothing.

    Asked again here is whether they want mails, and what of it is still public. The mail and the note that it tells of
    these are written in one transaction, so that neither is without the other.
    """
    reader = Person.objects.select_for_update(no_key=True).filter(pk=person, is_active=True).first()
    if reader is None or frequency_of(reader) == Frequency.NEVER:
        return
    waiting = Notice.objects.filter(WAITING, person=reader)
    rows = list(waiting.order_by("-pk")[:LOOKED_AT])
    if not rows:
        return
    latest = rows[0].pk
    waiting = waiting.filter(pk__lte=latest)
    language = reader.language or settings.LANGUAGE_CODE
    with translation.override(language):
        items = [one for one in told(reader, rows) if one.record is not None]
    if items:
        _write(reader, language, items, count=waiting.count() - len(rows) + len(items), latest=latest)
    waiting.update(mailed_at=timezone.now())


def _write(reader: Person, language: str, items: list[Told], *, count: int, latest: int) -> None:
    address = reverse("following:unsubscribe", args=[unsubscribe_token(reader)])
    send_mail(
        to=reader.email,
        template="following/mail/digest",
        context={
            "reader": reader,
            "items": items[:MOST],
            "others": count - 1,
            "rest": max(0, count - MOST),
            "stop": address,
        },
        language=language,
        key=f"digest {reader.pk} {latest}",
        headers={
            "List-Unsubscribe": f"<{settings.SITE_ADDRESS}{address}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
