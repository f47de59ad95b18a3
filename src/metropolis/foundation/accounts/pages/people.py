"""Signing in, and one's account."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from metropolis.foundation.accounts import operations, queries
from metropolis.foundation.accounts.forms import NameForm, PasswordForm, SignInForm, SignUpForm
from metropolis.foundation.accounts.queries import signed_in
from metropolis.foundation.records.forms import refusals_in

#: The cookie by which a device is known on which a person has signed in before; it gives no right at all.
KNOWN_DEVICE = "known_device"


A_YEAR = 365 * 24 * 3600


show_and_take = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@sensitive_post_parameters("password")
@show_and_take
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in, and go on to `next` where that is a page of this site."""
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"].lower()
        with refusals_in(form):
            person = operations.check_sign_in(
                email=email,
                password=form.cleaned_data["password"],
                address=_address(request),
                is_known_device=_known_device(request) == email,
            )
            login(request, person)
            response = _remember_language(redirect(_next(request, settings.LOGIN_REDIRECT_URL)), person.language)
            return _remember_device(response, email)
    return render(request, "accounts/sign_in.html", {"form": form})


def _next(request: HttpRequest, otherwise: str) -> str:
    """Where to go after signing in: only ever a page of this site."""
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else resolve_url(otherwise)


def _address(request: HttpRequest) -> str | None:
    """The address a request comes from; behind a proxy that we trust, the last one the proxy names."""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        return forwarded or request.META.get("REMOTE_ADDR")
    return request.META.get("REMOTE_ADDR")


def _known_device(request: HttpRequest) -> str | None:
    try:
        return str(signing.loads(request.COOKIES.get(KNOWN_DEVICE, ""), salt=KNOWN_DEVICE, max_age=A_YEAR))
    except signing.BadSignature:
        return None


def _remember_device(response: HttpResponse, email: str) -> HttpResponse:
    value = signing.dumps(email, salt=KNOWN_DEVICE)
    response.set_cookie(
        KNOWN_DEVICE, value, A_YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


def _remember_language(response: HttpResponse, language: str) -> HttpResponse:
    if language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    messages.success(request, _("You are signed out."))
    return redirect(settings.LOGOUT_REDIRECT_URL)


@never_cache
@sensitive_post_parameters("password")
@show_and_take
def sign_up(request: HttpRequest) -> HttpResponse:
    """Open an account, sign in, and go on to `next` as after signing in."""
    form = SignUpForm(request.POST or None, initial={"language": get_language()})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            person = operations.open_account(**form.cleaned_data)
            login(request, person)
            messages.success(request, _("Your account is open."))
            return _remember_language(redirect(_next(request, "accounts:account")), person.language)
    return render(request, "accounts/sign_up.html", {"form": form})


@never_cache
@show_and_take
def account(request: HttpRequest) -> HttpResponse:
    """One's name, language and organisations."""
    person = signed_in(request.user)
    form = NameForm(request.POST or None, initial={"name": person.name, "language": person.language})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            operations.change_account(person=person, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return _remember_language(redirect("accounts:account"), person.language)
    context = {"form": form, "person": person, "memberships": queries.memberships(person)}
    return render(request, "accounts/account.html", context)


@never_cache
@sensitive_post_parameters("password", "new_password")
@show_and_take
def password(request: HttpRequest) -> HttpResponse:
    """Set another password."""
    person = signed_in(request.user)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            operations.change_password(person=person, **form.cleaned_data)
            update_session_auth_hash(request, person)
            messages.success(request, _("Your password is changed; your other sessions have ended."))
            return redirect("accounts:account")
    return render(request, "accounts/password.html", {"form": form})
