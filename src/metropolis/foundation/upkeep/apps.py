"""What the secretariat sees of the machinery: the queue, its workers, the mails and the state of the tools."""

from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    """The room of those who look after the site; it holds no data."""

    name = "metropolis.foundation.upkeep"
    label = "upkeep"
