"""What django-allauth leaves to the site: what it says, what it writes, whom it lets in."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from metropolis.engine_kit import InvalidInput, NotAllowed
from metropolis.foundation.accounts import operations
from metropolis.foundation.accounts.pages.confirming import is_fresh
from metropolis.foundation.accounts.pages.cookies import is_known_device, remember_device, remember_language
from metropolis.foundation.accounts.queries import signed_in
from metropolis.foundation.limits.values import address_of
from metropolis.foundation.mail.operations import send_mail

_TOO_MANY = gettext_lazy("This was tried too often. Wait some minutes, then try again.")
_WRONG_CODE = gettext_lazy("This is not the code.")

#: What allauth finds wrong with what is filled in.
_REFUSALS = {
    "duplicate_email": gettext_lazy("This is the address of your account already."),
    "email_password_mismatch": gettext_lazy("The e-mail address or the password is not right."),
    "email_taken": gettext_lazy("This address cannot be used; choose another one."),
    "enter_current_password": gettext_lazy("This is not your present password."),
    "incorrect_code": _WRONG_CODE,
    "incorrect_password": gettext_lazy("This is not your password."),
    "rate_limited": _TOO_MANY,
    "too_many_login_attempts": _TOO_MANY,
}

#: What it says when something was done; it is silent about the rest.
_MESSAGES = {
    "account/messages/email_confirmed.txt": gettext_lazy("Your e-mail address is confirmed."),
    "account/messages/email_confirmation_failed.txt": gettext_lazy("This address cannot be used; choose another one."),
    "account/messages/password_changed.txt": gettext_lazy("Your password is changed; your other sessions have ended."),
    "account/messages/password_set.txt": gettext_lazy("You have a password now."),
    "mfa/messages/webauthn_added.txt": gettext_lazy("You can sign in with this passkey from now on."),
    "mfa/messages/webauthn_removed.txt": gettext_lazy("The passkey is removed."),
    "mfa/messages/totp_activated.txt": gettext_lazy("Your authenticator app is asked from now on."),
    "mfa/messages/totp_deactivated.txt": gettext_lazy("Your authenticator app is not asked any more."),
    "mfa/messages/recovery_codes_generated.txt": gettext_lazy("These are your recovery codes; the old ones are gone."),
}

_CODE_SENT = {
    "account/messages/login_code_sent.txt": gettext_lazy("Another code is on its way to you."),
    "account/messages/email_confirmation_sent.txt": gettext_lazy("Another code is on its way to you."),
}
_MESSAGES |= _CODE_SENT

#: The changes it would write to the owner of an account about, as our operations name them. About a password, which
#: is set by an operation of ours, that one writes.
_SECURITY_CHANGES = {
    "account/email/email_changed": "change_email",
    "mfa/email/webauthn_added": "add_passkey",
    "mfa/email/webauthn_removed": "remove_passkey",
    "mfa/email/totp_activated": "add_authenticator_app",
    "mfa/email/totp_deactivated": "remove_authenticator_app",
    "mfa/email/recovery_codes_generated": "make_recovery_codes",
    "socialaccount/email/account_connected": "connect_identity_provider",
}


class AccountAdapter(DefaultAccountAdapter):
    """Signing up, signing in and out."""

    error_messages: dict[str, str | Promise] = DefaultAccountAdapter.error_messages | _REFUSALS

    def get_client_ip(self, request: HttpRequest) -> str:
        """The network address by which attempts are counted."""
        return address_of(request) or "0.0.0.0"  # noqa: S104 - stands for an unknown one

    def is_safe_url(self, url: str) -> bool:
        """Lead to pages of this site only."""
        request = self.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:  # noqa: ARG002 - allauth's signature
        """Ask nobody once more who signed in just now, as our own pages do not."""
        return not is_fresh(self.request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """The person with these credentials, as far as guesses at them are left."""
        email = credentials["email"].lower()
        try:
            return operations.check_sign_in(
                email=email,
                password=credentials["password"],
                address=address_of(request),
                is_known_device=is_known_device(request, email),
            )
        except InvalidInput:
            return None

    def save_user(
        self,
        request: HttpRequest,  # noqa: ARG002 - allauth's signature
        user: AbstractBaseUser,  # noqa: ARG002
        form: Any,
        commit: bool = True,  # noqa: ARG002, FBT001, FBT002
    ) -> AbstractBaseUser:
        """Open the account that was asked for."""
        told = form.cleaned_data
        return operations.open_account(
            email=told["email"], name=told["name"], password=told.get("password1", ""), language=told["language"]
        )

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Set another password."""
        operations.set_password(person=signed_in(user), password=password)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:  # noqa: ARG002 - as allauth
        """Let nobody into an account that was closed."""
        raise NotAllowed(_("This account is closed."))

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **options: Any) -> HttpResponse:
        """Keep that somebody is in, and know them and their language in this browser."""
        response = super().post_login(request, user, **options)
        person = signed_in(user)
        if not get_authentication_records(request, user):
            # Confirming the address of a new account is a sign-in as well, of which allauth keeps no record.
            record_authentication(request, user, method="sign-up")
        records = get_authentication_records(request, user)
        operations.note_sign_in(person=person, by=" + ".join(row["method"] for row in records))
        remember_device(response, person.email)
        remember_language(response, person.language)
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write a mail by our own templates, in the language of the page that it was asked on."""
        name = template_prefix.rpartition("/")[2].removesuffix("_signup")
        # The request and what hangs on it is no business of a mail.
        told = {key: context[key] for key in ("code",) if key in context}
        send_mail(to=email, template=f"accounts/mail/{name}", context=told, language=get_language() or "")

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,  # noqa: ARG002 - allauth's signature
        email: str | None = None,
    ) -> None:
        """Keep a change of the ways in, and write to the owner of the account."""
        verb = _SECURITY_CHANGES.get(template_prefix)
        if verb:
            operations.note_security_change(person=signed_in(user), verb=verb, email=email or "")

    def add_message(  # noqa: PLR0917 - allauth's signature
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,  # noqa: ARG002 - allauth's signature
        extra_tags: str = "",  # noqa: ARG002
        message: str | None = None,
    ) -> None:
        """Say it in our words, or not at all."""
        text = message or _MESSAGES.get(message_template or "")
        # Of the first code the page itself tells.
        is_told = message_template in _CODE_SENT and request.POST.get("action") != "resend"
        if text and not is_told:
            messages.add_message(request, level, str(text))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002 - allauth's signature
        """Back to one's account."""
        return reverse("accounts:account")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:  # noqa: ARG002 - allauth's signature
        """Back to one's account."""
        return reverse("accounts:account")


class MFAAdapter(DefaultMFAAdapter):
    """Passkeys, the authenticator app and recovery codes."""

    error_messages: dict[str, str | Promise] = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _WRONG_CODE,
        "unverified_email": gettext_lazy("Confirm your e-mail address first."),
        "cannot_generate_recovery_codes": gettext_lazy("Add a passkey or an authenticator app first."),
    }

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:  # noqa: ARG002 - as allauth
        """What a passkey without a name is called."""
        return _("Passkey")


class SocialAdapter(DefaultSocialAccountAdapter):
    """The identity providers of cities: each is believed for the e-mail addresses of its own domains, and no others."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:  # noqa: ARG002 - as allauth
        """Refuse who comes without an address, and believe nothing about an address of another domain."""
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            # We offer no such link: one from elsewhere may bring the number of somebody else.
            raise ImmediateHttpResponse(redirect("socialaccount_login_error"))
        if not sociallogin.email_addresses:
            raise NotAllowed(_("The identity provider did not tell your e-mail address, so you cannot sign in by it."))
        for address in sociallogin.email_addresses:
            address.verified = address.verified and self.can_authenticate_by_email(sociallogin, address.email)
        if sociallogin.is_existing and not sociallogin.account.pk:  # the account was found by the address alone
            operations.void_unproven_ways_in(person=signed_in(sociallogin.user))

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> Any:
        """Take over the name and the language of the page, and keep nothing else that the provider tells."""
        sociallogin.account.extra_data = {}
        person = super().populate_user(request, sociallogin, data)
        name = data.get("name") or f"{data.get('first_name') or ''} {data.get('last_name') or ''}".strip()
        person.name = (name or person.email.partition("@")[0])[:120]
        person.language = get_language() or ""
        return person

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> Any:  # noqa: ARG002
        """Open the account of somebody who comes for the first time."""
        new: Any = sociallogin.user
        sociallogin.user = operations.open_account(email=new.email, name=new.name, language=new.language)
        sociallogin.save(request)
        for address in sociallogin.email_addresses:
            if address.verified:
                operations.confirm_email(person=sociallogin.user, email=address.email)
        return sociallogin.user

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:
        """Let somebody into the account with this address that is there already."""
        return email.rpartition("@")[2].lower() in login.provider.app.settings["verified_email"]
