"""Counting attempts."""

from datetime import datetime, timedelta
from math import ceil

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from metropolis.engine_kit import TooMany
from metropolis.foundation.limits.models import Allowance

#: Expired rows that one attempt clears away at most.
_PURGED_AT_ONCE = 100
#: The longest wait that is told in minutes; longer ones are in hours.
LONGEST_IN_MINUTES = 120


@transaction.atomic(durable=True)
def spend(*, limit: str, key: str, most: int, within: timedelta) -> None:
    """Count one attempt of `key` (an address, an account) at `limit` (such as `sign-in`).

    `TooMany`, with the seconds to wait, when there were `most` attempts `within` the time before now; what is refused
    is not counted. Durable: call it outside any transaction, or a refusal would take the count back with it.
    """
    now = timezone.now()
    _purge(now)
    row, _ = Allowance.objects.select_for_update().get_or_create(
        key=_hash_of(limit, key), defaults={"expires_at": now + within}
    )
    since = (now - within).timestamp()
    recent = [moment for moment in row.moments if moment > since]
    if len(recent) >= most:
        raise _refusal(ceil(recent[-most] - since))
    row.moments = [*recent, now.timestamp()]
    row.expires_at = now + within
    row.save()


@transaction.atomic
def refund(*, limit: str, key: str) -> None:
    """Take back the latest attempt, such as when it turned out to be right."""
    row = Allowance.objects.select_for_update().filter(key=_hash_of(limit, key)).first()
    if row is not None:
        row.moments = row.moments[:-1]
        row.save()


def _hash_of(limit: str, key: str) -> str:
    return salted_hmac("limits", f"{limit}\n{key}", algorithm="sha256").hexdigest()


def _purge(now: datetime) -> None:
    """Clear away what has expired, passing over what another process holds, so that nobody waits for anybody."""
    expired = Allowance.objects.select_for_update(skip_locked=True).filter(expires_at__lte=now)
    ids = list(expired.values_list("pk", flat=True)[:_PURGED_AT_ONCE])
    if ids:
        Allowance.objects.filter(pk__in=ids).delete()


def _refusal(seconds: int) -> TooMany:
    minutes = ceil(seconds / 60)
    if minutes > LONGEST_IN_MINUTES:
        hours = ceil(minutes / 60)
        message = ngettext(
            "This was tried too often. Wait %(hours)s hour, then try again.",
            "This was tried too often. Wait %(hours)s hours, then try again.",
            hours,
        )
        return TooMany(message % {"hours": hours}, data={"retry_after": seconds})
    message = ngettext(
        "This was tried too often. Wait a minute, then try again.",
        "This was tried too often. Wait %(minutes)s minutes, then try again.",
        minutes,
    )
    return TooMany(message % {"minutes": minutes}, data={"retry_after": seconds})
