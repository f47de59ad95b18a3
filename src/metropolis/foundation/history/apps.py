"""Who did what, when; and what the search index has still to take in."""

from django.apps import AppConfig


class HistoryConfig(AppConfig):
    """The room of the history."""

    name = "metropolis.foundation.history"
    label = "history"
