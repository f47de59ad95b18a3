"""How often something may be tried, counted for all processes together."""

from django.apps import AppConfig


class LimitsConfig(AppConfig):
    """The room of the limits."""

    name = "metropolis.foundation.limits"
    label = "limits"
