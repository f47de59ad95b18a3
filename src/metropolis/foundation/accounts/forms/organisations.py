"""The shape of what people fill in about organisations."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from metropolis.foundation.accounts.models import Organisation
from metropolis.foundation.accounts.operations.joining import LONGEST_MESSAGE
from metropolis.foundation.places.forms import CityField


class OrganisationForm(forms.Form):
    """A body that leads, supports or takes part."""

    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Organisation.Kind.choices)
    city = CityField(label=_("City"), required=False)
    website = forms.URLField(label=_("Website"), max_length=200, required=False, assume_scheme="https")


class NewOrganisationForm(OrganisationForm):
    """An organisation to register; `shown` is the name whose other bearers its maker was shown before."""

    shown = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)


class OrganisationsForm(forms.Form):
    """What to look for among organisations."""

    q = forms.CharField(label=_("Name"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("All")), *Organisation.Kind.choices], required=False)
    confirmed = forms.ChoiceField(
        label=_("Confirmed"), choices=[("", _("All")), ("yes", _("Yes")), ("no", _("No"))], required=False
    )


class JoinForm(forms.Form):
    """A message to the stewards of an organisation."""

    message = forms.CharField(
        label=_("Message to its stewards"),
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea,
        help_text=_("What you do there, so that they know you. They see your name and your e-mail address."),
    )


class DecisionForm(forms.Form):
    """Yes, or no with a reason."""

    reason = forms.CharField(
        label=_("Reason, if you decline"),
        max_length=LONGEST_MESSAGE,
        required=False,
        widget=forms.Textarea,
        help_text=_("The person reads it."),
    )


ROLES = [
    ("", pgettext_lazy("in an organisation", "Member")),
    ("steward", pgettext_lazy("in an organisation", "Steward")),
]


class InvitationForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=ROLES,
        required=False,
        help_text=_("Stewards decide who belongs to the organisation and what it says of itself."),
    )


class DomainForm(forms.Form):
    """A domain of an organisation."""

    domain = forms.CharField(
        label=_("Domain"), max_length=253, help_text=_("What stands after the @ in your addresses: rosario.gob.ar.")
    )
