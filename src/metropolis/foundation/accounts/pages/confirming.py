"""Asking once more who it is, before what would let somebody else in or give everything away."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from metropolis.foundation.accounts.queries import signed_in

#: For which a sign-in counts as fresh.
FRESH = timedelta(minutes=10)


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person signed in on this device, or showed once more who they are, just now."""
    moments = [record["at"] for record in get_authentication_records(request, signed_in(request.user))]
    return bool(moments) and timezone.now().timestamp() - max(moments) < FRESH.total_seconds()


def ask_once_more(request: HttpRequest, *, then: str) -> HttpResponseBase:
    """Lead to where a person shows once more who they are, and from there to `then`; without a password, to nowhere."""
    ways = get_adapter().get_reauthentication_methods(request.user)
    if not ways:
        message = _("You signed in a while ago. Sign out, sign in again and come back within ten minutes.")
        messages.error(request, message)
        return redirect("accounts:account")
    return redirect(f"{ways[0]['url']}?{urlencode({'next': then})}")


def asking_once_more(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Show a page to who signed in just now, and ask others to show who they are first."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        signed_in(request.user)
        return view(request, *args, **options) if is_fresh(request) else ask_once_more(request, then=request.path)

    return asked
