"""Files and publications."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """The room of publications."""

    name = "metropolis.foundation.documents"
    label = "documents"
