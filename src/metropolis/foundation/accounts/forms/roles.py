"""The shape of giving a role in the network."""

from django import forms
from django.utils.translation import gettext_lazy as _

from metropolis.foundation.accounts.models import NetworkRole


class NetworkRoleForm(forms.Form):
    """Somebody with an account, and a role in the network."""

    email = forms.EmailField(label=_("E-mail address"), help_text=_("The one the person signs in with."))
    role = forms.TypedChoiceField(
        label=_("Role"), choices=NetworkRole.choices, coerce=NetworkRole, initial=NetworkRole.EDITOR
    )
