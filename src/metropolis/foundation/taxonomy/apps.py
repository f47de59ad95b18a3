"""Closed vocabularies in several languages: themes, topics and the Sustainable Development Goals."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.records.values import Listing, PersonalData


class TaxonomyConfig(AppConfig):
    """The room of vocabularies."""

    name = "metropolis.foundation.taxonomy"
    label = "taxonomy"
    listings = (Listing("taxonomy:topics", _("Topics")),)
    personal_data = (PersonalData("taxonomy.TermSuggestion.person", _("Terms you suggested")),)
