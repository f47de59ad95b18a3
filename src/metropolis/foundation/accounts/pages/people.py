"""One's account, where one is signed in, and signing out."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from metropolis.foundation.accounts import operations, queries
from metropolis.foundation.accounts.forms import NameForm
from metropolis.foundation.accounts.pages.cookies import remember_language
from metropolis.foundation.accounts.queries import signed_in
from metropolis.foundation.records.forms import refusals_in

show_and_take = require_http_methods(["GET", "HEAD", "POST"])


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; with `cancel`, give up signing in half way."""
    logout(request)
    if request.POST.get("cancel"):
        return redirect("accounts:sign_in")
    messages.success(request, _("You are signed out."))
    return redirect(settings.LOGOUT_REDIRECT_URL)


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
            response = redirect("accounts:account")
            remember_language(response, person.language)
            return response
    context = {"form": form, "person": person, "memberships": queries.memberships(person)}
    return render(request, "accounts/account.html", context)


@never_cache
@show_and_take
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; ends one of these sessions, or all the others."""
    person = signed_in(request.user)
    current = request.session.session_key or ""
    if request.method == "POST":
        session = request.POST.get("session", "")
        if session.isdecimal():
            operations.end_session(person=person, session=int(session))
            messages.success(request, _("You are signed out there."))
        else:
            operations.end_other_sessions(person=person, keep=current)
            messages.success(request, _("You are signed out everywhere else."))
        return redirect("accounts:sessions")
    return render(request, "accounts/sessions.html", {"sessions": queries.sessions(person, current=current)})
