"""Where a person is signed in."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from metropolis.engine_kit import Value
from metropolis.foundation.accounts.models import Person

#: What browsers and systems call themselves, by what is in no other's description of itself before it.
_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "Firefox": "Firefox"}
_BROWSERS |= {"Chrome": "Chrome", "Safari": "Safari"}
_SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS X": "macOS"}
_SYSTEMS |= {"CrOS": "ChromeOS", "Linux": "Linux"}


class OpenSession(Value):
    """A browser in which somebody is signed in; `device` is empty when it does not say what it is."""

    id: int
    device: str
    address: str
    began_at: datetime
    is_current: bool


def sessions(person: Person, *, current: str) -> list[OpenSession]:
    """A person's sessions, the latest first; `current` is the key of the one that asks."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    rows = UserSession.objects.filter(user=person, session_key__in=alive).order_by("-created_at", "-pk")
    return [
        OpenSession(
            id=row.pk,
            device=device_of(row.user_agent),
            address=row.ip,
            began_at=row.created_at,
            is_current=row.session_key == current,
        )
        for row in rows
    ]


def device_of(description: str) -> str:
    """Browser and system in few words, from what a browser says of itself.

    >>> device_of("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0")
    'Firefox, Android'
    """
    known = (next((name for word, name in names.items() if word in description), "") for names in (_BROWSERS, _SYSTEMS))
    return ", ".join(filter(None, known))
