"""Closed vocabularies in several languages: themes, topics and the Sustainable Development Goals."""

from django.apps import AppConfig


class TaxonomyConfig(AppConfig):
    """The room of vocabularies."""

    name = "metropolis.foundation.taxonomy"
    label = "taxonomy"
