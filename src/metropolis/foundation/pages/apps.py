"""The app that carries the templates, styles and scripts shared by all pages."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    """The pages room; it holds no data."""

    name = "metropolis.foundation.pages"
    label = "pages"
    verbose_name = _("Pages")
