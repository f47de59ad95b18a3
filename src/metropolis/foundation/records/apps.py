"""What every record has, whatever tool it belongs to: a reference, links, translations, a visibility."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """The room of links and translations."""

    name = "metropolis.foundation.records"
    label = "records"
