"""Telling people from programs, by eye or by ear."""

from django.apps import AppConfig


class HumanCheckConfig(AppConfig):
    """The room of the human check."""

    name = "metropolis.foundation.human_check"
    label = "human_check"
