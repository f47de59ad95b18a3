"""Signing up, signing in, and the passkeys, codes and passwords that takes: django-allauth's views in our design."""

from http import HTTPStatus
from typing import Any, cast

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.socialaccount import views as socialaccount
from allauth.socialaccount.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from metropolis.engine_kit import TooMany
from metropolis.foundation.accounts import operations
from metropolis.foundation.accounts.forms import SignUpByMailForm
from metropolis.foundation.accounts.pages.confirming import asking_once_more
from metropolis.foundation.accounts.pages.cookies import is_known_device
from metropolis.foundation.accounts.queries import signed_in
from metropolis.foundation.human_check.forms import with_human_check
from metropolis.foundation.limits.values import address_of

_STEP = "accounts/step.html"
_CODE = "accounts/code.html"
_PASSKEY = "accounts/passkey.html"


def _texts(title: Any, line: Any = "", submit: Any = "", cancel: Any = "") -> dict[str, Any]:
    """What a page says; `cancel` is the address it leads back to."""
    return {"title": title, "line": line, "submit": submit or title, "cancel_url": cancel}


class _TriedCodes:
    """Counts each mailed code that is tried."""

    def post(self, *args: Any, **options: Any) -> HttpResponse:
        """Spend a try before the code is looked at; asking for another code is none."""
        if getattr(self, "_action", "verify") == "verify":
            operations.spend_try(address=address_of(self.request))  # type: ignore[attr-defined]
        answer: HttpResponse = super().post(*args, **options)  # type: ignore[misc]
        return answer

    def form_valid(self, form: Any) -> HttpResponse:
        """Give the try back: it was right."""
        if getattr(self, "_action", "verify") == "verify":
            operations.refund_try(address=address_of(self.request))  # type: ignore[attr-defined]
        answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return answer


class _AskForCode:
    """Counts the codes that an address is sent; after some it asks whether a person is there.

    So programs fill nobody's mailbox, and keep nobody from getting a code.
    """

    request: HttpRequest

    def get_form_class(self) -> Any:
        """The form, with the human check once there were too many."""
        form = super().get_form_class()  # type: ignore[misc]
        return with_human_check(form, request=self.request) if self._is_checked else form

    @property
    def _is_checked(self) -> bool:
        return "human_check_token" in self.request.POST

    def form_valid(self, form: Any) -> HttpResponse:
        """Send the code, or ask for the human check first."""
        email = form.cleaned_data["email"]
        try:
            if not self._is_checked:
                operations.spend_code(email=email, is_known_device=is_known_device(self.request, email))
        except TooMany:
            text = gettext("Several codes were sent to this address. Show first that you are human.")
            messages.warning(self.request, text)
            view: Any = self
            checked = with_human_check(type(form), request=self.request)(initial={"email": email})
            return cast(HttpResponse, view.render_to_response(view.get_context_data(form=checked)))
        answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return answer


class _AskForSignInCode(_AskForCode, account.RequestLoginCodeView):
    pass


class _ForgottenPassword(_AskForCode, account.PasswordResetView):
    pass


class _SignIn(account.LoginView):
    """Also offers the identity providers there are, and the other ways in once a password was guessed too often."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """Say what is wrong, with how long to wait where that is what it takes."""
        response: HttpResponse = super().form_invalid(form)
        if form.retry_after:
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
            response.headers["Retry-After"] = str(form.retry_after)
        return response

    def get_context_data(self, **options: Any) -> dict[str, Any]:
        """The providers by name, with their addresses."""
        providers = get_adapter().list_providers(self.request)
        next_too: Any = self.passthrough_next_url
        found = [(one.name, next_too(one.get_login_url(self.request))) for one in providers]
        return super().get_context_data(**options) | {"providers": found}


class _SignUp(account.SignupView):
    """Asks whether a person is there."""

    def get_form_class(self) -> Any:
        """The form with the human check."""
        form = super().get_form_class()  # type: ignore[no-untyped-call]
        return with_human_check(form, request=self.request)

    def form_invalid(self, form: Any) -> HttpResponse:
        """Say that the password, which is never sent back, is wanted again."""
        password = form["password1"]
        if form.data.get("password1") and "password1" not in form.errors:
            password.help_text = format_lazy("{} {}", _("Type your password again."), password.help_text)
        answer: HttpResponse = super().form_invalid(form)
        return answer


class _SignUpUnchecked:
    """Lets in who can neither see nor hear, and so by the mailed code alone; a few of them, for programs come too."""

    def form_valid(self, form: Any) -> HttpResponse:
        operations.spend_unchecked_sign_up(address=address_of(self.request))  # type: ignore[attr-defined]
        answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return answer


class _SignUpByMail(_SignUpUnchecked, account.SignupView):
    def get_form_class(self) -> Any:
        """The form without a password."""
        return SignUpByMailForm


class _SignUpByPasskey(_SignUpUnchecked, account.SignupByPasskeyView):
    pass


class _EmailCode(_TriedCodes, account.ConfirmEmailVerificationCodeView):
    pass


class _SignInCode(_TriedCodes, account.ConfirmLoginCodeView):
    def form_valid(self, form: Any) -> HttpResponse:
        """Let the owner of the address in alone: a stranger may have opened the account, and know its password."""
        if self._action == "verify" and operations.void_unproven_ways_in(person=signed_in(self._process.user)):
            text = gettext("The password was chosen before this address was confirmed, so it is void. Choose another.")
            messages.warning(self.request, text)
        return super().form_valid(form)


class _ForgottenPasswordCode(_TriedCodes, account.ConfirmPasswordResetCodeView):
    def form_valid(self, form: Any) -> HttpResponse:
        """Let the owner of the address in alone, also when no other password is chosen after all."""
        process: Any = self._process
        operations.void_unproven_ways_in(person=signed_in(process.user))
        return super().form_valid(form)


class _AddPasskey(webauthn.AddWebAuthnView):
    """Asks the device for a key that stands in for a password: one that it keeps, and that checks who uses it."""

    def get_context_data(self, **options: Any) -> dict[str, Any]:
        """What the device is asked for."""
        context = super().get_context_data(**options)
        # After allauth has asked for a key of any kind.
        context["js_data"] = {"creation_options": begin_registration(signed_in(self.request.user), passwordless=True)}
        return context


sign_in = _SignIn.as_view(template_name="accounts/sign_in.html")
sign_up = _SignUp.as_view(template_name="accounts/sign_up.html")
sign_up_by_mail = _SignUpByMail.as_view(template_name="accounts/sign_up.html")
sign_up_by_passkey = _SignUpByPasskey.as_view(template_name="accounts/sign_up.html")

_account = reverse_lazy("accounts:account")
_sign_in = reverse_lazy("accounts:sign_in")
_security = reverse_lazy("mfa_index")

ask_for_code = _AskForSignInCode.as_view(
    template_name=_STEP,
    extra_context=_texts(
        _("Sign in by e-mail"), _("We send you a code, which you type in here."), _("Send me a code"), _sign_in
    ),
)
sign_in_code = _SignInCode.as_view(template_name=_CODE, extra_context=_texts(_("Sign in by e-mail")))
confirm_email = _EmailCode.as_view(template_name=_CODE, extra_context=_texts(_("Confirm your e-mail address")))

forgotten_password = _ForgottenPassword.as_view(
    template_name=_STEP,
    extra_context=_texts(
        _("Forgotten password"), _("We send you a code with which you choose another."), _("Send me a code"), _sign_in
    ),
)
forgotten_password_code = _ForgottenPasswordCode.as_view(
    template_name=_CODE, extra_context=_texts(_("Forgotten password"))
)
new_password = account.CompletePasswordResetView.as_view(
    template_name=_STEP, extra_context=_texts(_("Choose another password"), submit=_("Save"))
)

password = account.PasswordChangeView.as_view(
    template_name=_STEP,
    extra_context=_texts(_("Change your password"), _("Your other sessions end with it."), cancel=_account),
)
first_password = asking_once_more(
    account.PasswordSetView.as_view(
        template_name=_STEP, extra_context=_texts(_("Choose a password"), submit=_("Save"), cancel=_account)
    )
)
email = asking_once_more(account.EmailView.as_view(template_name="accounts/email.html"))

_CONFIRM = _texts(_("Is it you?"), _("Show it once more before you go on."), _("Go on"), _account)
confirm_by_password = account.ReauthenticateView.as_view(template_name=_STEP, extra_context=_CONFIRM)
confirm_by_code = mfa.ReauthenticateView.as_view(template_name=_STEP, extra_context=_CONFIRM)
confirm_by_passkey = webauthn.ReauthenticateWebAuthnView.as_view(template_name=_PASSKEY, extra_context=_CONFIRM)

second_step = mfa.AuthenticateView.as_view(template_name="accounts/second_step.html")
sign_in_by_passkey = webauthn.LoginWebAuthnView.as_view()
first_passkey = webauthn.SignupWebAuthnView.as_view(
    template_name=_PASSKEY,
    extra_context=_texts(
        _("Make your passkey"), _("Your device keeps it and asks for your finger, face or PIN when you sign in.")
    ),
)

security = mfa.IndexView.as_view(template_name="accounts/security.html")
add_passkey = asking_once_more(
    _AddPasskey.as_view(
        template_name=_PASSKEY,
        extra_context=_texts(
            _("Add a passkey"),
            _("Your device keeps it and asks for your finger, face or PIN when you sign in."),
            cancel=_security,
        ),
    )
)
remove_passkey = webauthn.RemoveWebAuthnView.as_view(
    template_name=_STEP,
    success_url=_security,
    extra_context=_texts(_("Remove the passkey"), _("You cannot sign in with it any more."), cancel=_security),
)
add_authenticator_app = asking_once_more(totp.ActivateTOTPView.as_view(template_name="accounts/authenticator_app.html"))
remove_authenticator_app = totp.DeactivateTOTPView.as_view(
    template_name=_STEP,
    extra_context=_texts(
        _("Remove the authenticator app"), _("You are not asked for its codes any more."), cancel=_security
    ),
)
show_recovery_codes = recovery_codes.ViewRecoveryCodesView.as_view(template_name="accounts/recovery_codes.html")
make_recovery_codes = recovery_codes.GenerateRecoveryCodesView.as_view(
    template_name=_STEP,
    extra_context=_texts(_("Make new recovery codes"), _("The ones you have now work no longer."), cancel=_security),
)

provider_failed = socialaccount.LoginErrorView.as_view(template_name="socialaccount/authentication_error.html")
provider_cancelled = socialaccount.LoginCancelledView.as_view(template_name="socialaccount/authentication_error.html")
