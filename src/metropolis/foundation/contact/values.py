"""What people write about."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

#: Characters of a message at most.
LONGEST_MESSAGE = 5000


class Topic(models.TextChoices):
    """What a message is about, by which it finds its readers."""

    JOIN = "join", _("Taking part as a city or a partner")
    CONTENT = "content", _("What the records say")
    HELP = "help", _("Help with using the site")
    FAULT = "fault", _("Something does not work")
    ACCESS = "access", _("Accessibility")
    PRIVACY = "privacy", _("Personal data")
    PRESS = "press", pgettext_lazy("topic of a message", "Press")
    OTHER = "other", _("Something else")


class Reason(models.TextChoices):
    """What is wrong with a record."""

    WRONG = "wrong", _("A fact is wrong")
    OUTDATED = "outdated", _("It is out of date")
    SOURCE = "source", _("A source or link is missing or broken")
    TRANSLATION = "translation", _("The translation is wrong")
    PERSONAL = "personal", _("It shows personal data it should not")
    COPYRIGHT = "copyright", _("It infringes copyright")
    OFFENSIVE = "offensive", _("It is offensive or harmful")
    ADVERTISING = "advertising", _("It is advertising or spam")
    ACCESS = "access", _("It cannot be used by everybody")
    OTHER = "other", _("Something else")


class Outcome(models.TextChoices):
    """What became of a reported problem."""

    OPEN = "open", pgettext_lazy("reported problem", "Open")
    RESOLVED = "resolved", pgettext_lazy("reported problem", "Resolved")
    DISMISSED = "dismissed", pgettext_lazy("reported problem", "Dismissed")
