"""What a person does: follow, stop following, read.

None of it is noted in the history: what somebody reads and follows is nobody else's concern.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict, NotFound
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.following.models import WAITING, Notice
from metropolis.foundation.following.queries import described
from metropolis.foundation.following.values import Described
from metropolis.foundation.records.models import Follow
from metropolis.foundation.records.values import Reference

#: Things one person can follow: more than anybody reads of, and few enough for one page.
MOST = 500


@transaction.atomic
def follow(*, person: Person, reference: Reference) -> Described:
    """Have a person told of a record, city, topic, initiative or saved search; twice is once.

    `NotFound` when there is no such thing or it is not public, `Conflict` when the person follows `MOST` already.
    """
    found = described(person, [reference]).get(reference)
    if found is None:
        raise NotFound(_("There is nothing of this name that can be followed."), field="reference")
    mine = Follow.objects.filter(person=person)
    if not mine.filter(kind=reference.kind, key=reference.key).exists() and mine.count() >= MOST:
        raise Conflict(_("You follow %(most)s things already; stop following one of them first.") % {"most": MOST})
    Follow.objects.get_or_create(person=person, kind=reference.kind, key=reference.key)
    return found


@transaction.atomic
def unfollow(*, person: Person, reference: Reference) -> None:
    """Tell a person no more of it, nor what is waiting to be told because of it; nothing when it is not followed."""
    Follow.objects.filter(person=person, kind=reference.kind, key=reference.key).delete()
    waiting = Notice.objects.filter(WAITING, person=person)
    waiting.filter(why_kind=reference.kind, why_key=reference.key).delete()


def mark_read(*, person: Person, ids: Iterable[int] | None = None) -> int:
    """Note that a person has read these notices, or all; how many were not read before."""
    rows = Notice.objects.filter(person=person, read_at=None)
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    return rows.update(read_at=timezone.now())
