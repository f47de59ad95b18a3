"""Work that waits its turn in the queue and is done by workers beside the server."""

from django.apps import AppConfig


class BackgroundConfig(AppConfig):
    """The room of the queue."""

    name = "metropolis.foundation.background"
    label = "background"
