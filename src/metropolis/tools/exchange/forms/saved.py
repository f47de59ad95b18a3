"""The form in which a search is kept."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class SavedSearchForm(forms.Form):
    """A name, and the search it takes the place of where there are any."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("What you call it in your inbox and mails."))
    instead_of = forms.ChoiceField(
        label=_("Instead of"),
        required=False,
        help_text=_("Choose one of your searches to have it ask this from now on."),
    )

    def __init__(self, *args: Any, kept: Iterable[tuple[int, str]] = (), **given: Any) -> None:
        """Offer the searches `kept`, by id and name."""
        super().__init__(*args, **given)
        choices = [(str(number), name) for number, name in kept]
        field = self.fields["instead_of"]
        if choices and isinstance(field, forms.ChoiceField):
            field.choices = [("", _("a new one")), *choices]
        else:
            del self.fields["instead_of"]
