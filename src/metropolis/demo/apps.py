"""The demonstration network."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Initiatives, practices, experts and needs to try the platform with."""

    name = "metropolis.demo"
    label = "demo"
