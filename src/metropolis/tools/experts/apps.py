"""The card of the experts tool."""

from django.apps import AppConfig


class ExpertsConfig(AppConfig):
    """Who knows what, in which languages, and may be asked."""

    name = "metropolis.tools.experts"
    label = "experts"
