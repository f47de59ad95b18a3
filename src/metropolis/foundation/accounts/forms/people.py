"""The shape of what people fill in about themselves, and on their way in.

Where django-allauth has a form its work is taken from there, and its fields are ours.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from typing import Any

from allauth.account import forms as allauth
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from metropolis.engine_kit import TooMany
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.records.values import validate_name


class _EmailField(forms.EmailField):
    """An address in small letters, as addresses are kept."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").lower()


def _email(*, label: Any = None, purpose: str = "username") -> Any:
    widget = forms.EmailInput(attrs={"autocomplete": purpose})
    return _EmailField(label=label or _("E-mail address"), max_length=254, widget=widget)


def _password(label: Any = None, *, new: bool = False) -> Any:
    purpose = "new-password" if new else "current-password"
    widget = forms.PasswordInput(attrs={"autocomplete": purpose})
    help_text = _("At least ten characters; several words are easy to remember.") if new else ""
    label = label or _("Password")
    return forms.CharField(label=label, max_length=200, strip=False, widget=widget, help_text=help_text)


def _code(help_text: Any = "") -> Any:
    widget = forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false"})
    return forms.CharField(
        label=pgettext_lazy("of a few letters or digits", "Code"), max_length=40, widget=widget, help_text=help_text
    )


def _mailed_code() -> Any:
    return _code(_("As it stands in the mail; small letters will do."))


class SignInForm(allauth.LoginForm):
    """An e-mail address and a password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields = {"email": _email(), "password": _password()}

    #: Seconds to wait, once the password was guessed too often.
    retry_after = 0

    def clean(self) -> Any:
        """Sign in with the address under the name that allauth gives it."""
        self.cleaned_data["login"] = self.cleaned_data.get("email", "")
        try:
            return super().clean()  # type: ignore[no-untyped-call]
        except TooMany as refusal:
            self.retry_after = refusal.data["retry_after"]
            minutes = ceil(self.retry_after / 60)
            message = ngettext(
                "The password was tried too often, so for a minute the right one is refused too. "
                "Have a code sent to you by e-mail, or use a passkey: both work at once.",
                "The password was tried too often, so for %(minutes)s minutes the right one is refused too. "
                "Have a code sent to you by e-mail, or use a passkey: both work at once.",
                minutes,
            )
            raise ValidationError(message % {"minutes": minutes}) from refusal


class NameForm(forms.Form):
    """Who somebody is, and in which language they read."""

    # Checked here too: an address that is taken never gets as far as the model, and the answers have to be the same.
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        validators=[validate_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=_("Language of the pages"), choices=[("", _("As the browser says")), *settings.LANGUAGES], required=False
    )


class SignUpForm(allauth.SignupForm, NameForm):
    """What an account takes; for one with a passkey no password is asked for."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"] = _email()
        if "password1" in self.fields:
            self.fields["password1"] = _password(new=True)
        self.fields["language"].initial = get_language()
        self.order_fields(["name", "email", "password1", "language"])

    def try_save(self, request: HttpRequest) -> tuple[Person | None, HttpResponse | None]:
        """Open the account, or write to its owner when there is one, in as much time, so that nobody can tell."""
        if self.account_already_exists:
            make_password(self.cleaned_data.get("password1"))
        saved: tuple[Person | None, HttpResponse | None] = super().try_save(request)
        return saved


class SignUpByMailForm(SignUpForm):
    """What an account takes that is got into by mailed codes; a password can be set later."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["password1"]


class PasswordForm(allauth.ChangePasswordForm):
    """Another password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _ask_for_one_password(self, _("New password"))
        self.fields["oldpassword"] = _password(_("Present password"))


class FirstPasswordForm(allauth.SetPasswordForm):
    """A password for an account that had none."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _ask_for_one_password(self, _("Password"))


class NewPasswordForm(allauth.ResetPasswordKeyForm):
    """A password in the place of a forgotten one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _ask_for_one_password(self, _("New password"))


def _ask_for_one_password(form: forms.Form, label: Any) -> None:
    """Keep allauth's field, which checks the password, and leave out its twin: managers and paste fill it in anyway."""
    new, look = form.fields["password1"], _password(label, new=True)
    new.label, new.help_text, new.widget = label, look.help_text, look.widget
    del form.fields["password2"]


class ForgottenPasswordForm(allauth.ResetPasswordForm):
    """Where to send a code with which to choose another password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"] = _email()


class AskForCodeForm(allauth.RequestLoginCodeForm):
    """Where to send a code to sign in with."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"] = _email()


class SignInCodeForm(allauth.ConfirmLoginCodeForm):
    """The mailed code to sign in with."""

    code = _mailed_code()


class EmailCodeForm(allauth.ConfirmEmailVerificationCodeForm):
    """The mailed code that shows that an address is one's own."""

    code = _mailed_code()


class ForgottenPasswordCodeForm(allauth.ConfirmPasswordResetCodeForm):
    """The mailed code with which to choose another password."""

    code = _mailed_code()


class EmailForm(allauth.AddEmailForm):
    """Another e-mail address."""

    email = _email(label=_("New e-mail address"), purpose="email")


class ConfirmForm(allauth.ReauthenticateForm):
    """The password once more, before something is changed that would let somebody else in."""

    password = _password()


@contextmanager
def _take_unreadable_for_wrong() -> Iterator[None]:
    """The library that reads what a device answers falls over what no device would answer."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise ValidationError(_("This is no passkey. Try again.")) from error


class _NewPasskey(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("of a passkey", "Name"),
        max_length=60,
        required=False,
        help_text=_("Such as the device it is kept on."),
    )

    def clean(self) -> Any:
        with _take_unreadable_for_wrong():
            return super().clean()


class PasskeyForm(_NewPasskey, webauthn.AddWebAuthnForm):
    """A new passkey, with a name to know it by."""

    # The page asks for keys that need no password, and for no others.
    passwordless: Any = None


class FirstPasskeyForm(_NewPasskey, webauthn.SignupWebAuthnForm):
    """The passkey with which an account is opened."""


class _ShownPasskey(forms.Form):
    def clean_credential(self) -> Any:
        with _take_unreadable_for_wrong():
            return super().clean_credential()  # type: ignore[misc]


class SignInByPasskeyForm(_ShownPasskey, webauthn.LoginWebAuthnForm):
    """A passkey to sign in with."""


class SecondStepByPasskeyForm(_ShownPasskey, webauthn.AuthenticateWebAuthnForm):
    """A passkey that is asked after the password."""


class ConfirmByPasskeyForm(_ShownPasskey, webauthn.ReauthenticateWebAuthnForm):
    """A passkey, before something is changed that would let somebody else in."""


_SECOND_STEP = _("From your authenticator app, or one of your recovery codes.")


class SecondStepForm(AuthenticateForm):
    """What is asked after the password when an account has a passkey or an authenticator app."""

    code = _code(_SECOND_STEP)


class ConfirmByCodeForm(ReauthenticateForm):
    """A code of the app, or a recovery code, before something is changed that would let somebody else in."""

    code = _code(_SECOND_STEP)


class AuthenticatorAppForm(ActivateTOTPForm):
    """The first code that a new authenticator app shows."""

    code = _code()
