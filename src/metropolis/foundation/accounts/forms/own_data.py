"""The shape of what it takes to delete an account."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ClosingForm(forms.Form):
    """The password, which may be left out shortly after signing in."""

    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("You can leave it empty if you signed in within the last ten minutes."),
    )
