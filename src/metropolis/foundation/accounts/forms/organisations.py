"""The shape of what people fill in about organisations."""

from django import forms
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.accounts.models import Organisation
from metropolis.foundation.places.forms import CityField


class OrganisationForm(forms.Form):
    """A body that leads, supports or takes part."""

    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Organisation.Kind.choices)
    city = CityField(label=_("City"), required=False)
    website = forms.URLField(label=_("Website"), max_length=200, required=False, assume_scheme="https")


class OrganisationsForm(forms.Form):
    """What to look for among organisations."""

    q = forms.CharField(label=_("Name"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("All")), *Organisation.Kind.choices], required=False)
