"""Writing to the people behind the network, and reporting what is wrong with a record."""

from django.apps import AppConfig


class ContactConfig(AppConfig):
    """The room of messages and reported problems."""

    name = "metropolis.foundation.contact"
    label = "contact"
