"""Places: cities, their countries and what is known of each city's context."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlacesConfig(AppConfig):
    """The app that holds the gazetteer."""

    name = "metropolis.foundation.places"
    verbose_name = _("Places")
