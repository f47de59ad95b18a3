"""Who did what, when; and what the search index has still to take in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.records.values import PersonalData


class HistoryConfig(AppConfig):
    """The room of the history."""

    name = "metropolis.foundation.history"
    label = "history"
    personal_data = (
        PersonalData("history.Entry.actor", _("What you did"), ("at", "verb", "kind", "key", "workspace")),
    )
