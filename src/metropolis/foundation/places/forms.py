"""The form field of a city."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from metropolis.engine_kit import MetropolisError
from metropolis.foundation.pages.forms import CityInput
from metropolis.foundation.places.models import City
from metropolis.foundation.places.queries import find_city


class CityField(forms.CharField):
    """A city written "Rosario, AR"; gives the `City`, or None when it may be left out and was."""

    widget = CityInput

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("With its country, such as Rosario, AR."))
        super().__init__(max_length=250, **options)

    def prepare_value(self, value: Any) -> Any:
        """Show a city as it can be written."""
        return value.label if isinstance(value, City) else value

    def clean(self, value: Any) -> Any:
        """Find the city; an unknown or ambiguous name is an error that says which there are."""
        text = super().clean(value)
        try:
            return find_city(text) if text else None
        except MetropolisError as error:
            raise ValidationError(error.message) from error
