"""What is told, and how often mails tell it."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from metropolis.engine_kit import Value

#: The hour at which the day of a digest begins, in the site's time zone.
MORNING = 6


class What(models.TextChoices):
    """What happened to a record."""

    NEW = "new", pgettext_lazy("notice", "New")
    CHANGED = "changed", pgettext_lazy("notice", "Changed")
    MATCH = "match", pgettext_lazy("notice", "Found for you")


class Frequency(models.TextChoices):
    """How often somebody is sent a mail, when there is something to tell."""

    IMMEDIATELY = "immediately", _("At once")
    DAILY = "daily", _("Once a day")
    WEEKLY = "weekly", _("Once a week")
    NEVER = "never", _("Never; the inbox is enough")


class Described(Value):
    """What is followed or told of, as pages and mails show it: `kind` in words, `title` in `language`."""

    title: str
    url: str
    kind: str
    language: str = ""


def what_of(verb: str) -> What | None:
    """What a deed of the history is to those who follow the record; None when they are not told.

    That a record is published tells of it as new: who may see it is asked apart.

    >>> what_of("add_practice"), what_of("set_need_visibility"), what_of("translate_initiative"), what_of("set_role")
    (What.NEW, What.NEW, What.CHANGED, None)
    """
    deed = verb.partition("_")[0]
    if deed in {"add", "start", "import"} or verb.endswith("_visibility"):
        return What.NEW
    return What.CHANGED if deed in {"change", "translate", "publish", "stop", "close"} else None


def last_moment(frequency: Frequency, now: datetime) -> datetime | None:
    """The last moment before `now` (with the site's time zone) to which a digest gathers the news; None for never.

    >>> now = datetime(2026, 11, 24, 5, 30)  # a Tuesday
    >>> for frequency in Frequency:
    ...     print(frequency, last_moment(frequency, now))
    immediately 2026-11-24 05:30:00
    daily 2026-11-23 06:00:00
    weekly 2026-11-23 06:00:00
    never None
    """
    if frequency == Frequency.NEVER:
        return None
    if frequency == Frequency.IMMEDIATELY:
        return now
    morning = (now - timedelta(hours=MORNING)).replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return morning if frequency == Frequency.DAILY else morning - timedelta(days=morning.weekday())
