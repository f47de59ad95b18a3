"""The shape of what people fill in about themselves."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


def _password(label: Any, *, new: bool = False) -> forms.CharField:
    purpose = "new-password" if new else "current-password"
    widget = forms.PasswordInput(attrs={"autocomplete": purpose})
    help_text = _("At least ten characters; several words are easy to remember.") if new else ""
    return forms.CharField(label=label, max_length=200, strip=False, widget=widget, help_text=help_text)


class SignInForm(forms.Form):
    """An e-mail address and a password."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = _password(_("Password"))


class NameForm(forms.Form):
    """Who somebody is, and in which language they read."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(
        label=_("Language of the pages"), choices=[("", _("As the browser says")), *settings.LANGUAGES], required=False
    )


class SignUpForm(NameForm):
    """What an account takes."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = _password(_("Password"), new=True)
    field_order = ("name", "email", "password", "language")


class PasswordForm(forms.Form):
    """Another password."""

    password = _password(_("Present password"))
    new_password = _password(_("New password"), new=True)
