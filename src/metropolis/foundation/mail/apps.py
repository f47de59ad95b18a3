"""Mails to people, delivered by the background workers."""

from django.apps import AppConfig


class MailConfig(AppConfig):
    """The room of the mails that are on their way."""

    name = "metropolis.foundation.mail"
    label = "mail"
