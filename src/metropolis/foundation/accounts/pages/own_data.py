"""My data: seeing it, taking it along, and deleting one's account."""

from tempfile import SpooledTemporaryFile

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from metropolis.foundation.accounts import operations, queries
from metropolis.foundation.accounts.forms import ClosingForm
from metropolis.foundation.accounts.pages.confirming import ask_once_more, is_fresh
from metropolis.foundation.accounts.queries import signed_in
from metropolis.foundation.records.forms import refusals_in

show_and_take = require_http_methods(["GET", "HEAD", "POST"])
PER_PAGE = 20
IN_MEMORY = 2_000_000


@never_cache
@require_safe
def own_data(request: HttpRequest) -> HttpResponse:
    """All that is held of a person, by sort."""
    person = signed_in(request.user)
    context = {
        "holdings": queries.holdings(person),
        "archives": queries.data_exports(person),
        "closing": queries.closing_of(person),
        "lasts": operations.ARCHIVE_LASTS.days,
    }
    return render(request, "accounts/own_data.html", context)


@never_cache
@require_safe
def own_rows(request: HttpRequest, key: str) -> HttpResponse:
    """What is held of a person of one sort, row by row."""
    person = signed_in(request.user)
    holding = queries.holding(key, person)
    page = Paginator(range(holding.count), PER_PAGE).get_page(request.GET.get("page"))
    rows = queries.facts_of(holding.data, person, start=max(page.start_index() - 1, 0), stop=page.end_index())
    return render(request, "accounts/own_rows.html", {"holding": holding, "page": page, "rows": rows})


@never_cache
@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """Give a zip of all that is held of a person, or have it made where that takes long."""
    person = signed_in(request.user)
    if not is_fresh(request):
        return ask_once_more(request, then=reverse("accounts:own_data"))
    if queries.is_large(person):
        operations.ask_for_archive(person=person)
        messages.success(request, _("Your data is being packed. You get a mail when it is ready."))
        return redirect("accounts:own_data")
    packed = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    operations.export_data(person=person, to=packed)
    packed.seek(0)
    return FileResponse(packed, as_attachment=True, filename=f"metropolis-{timezone.localdate()}.zip")


@never_cache
@require_safe
def archive(request: HttpRequest, export_id: int) -> HttpResponseBase:
    """Give an archive that was made in the background."""
    found = queries.data_export(export_id, signed_in(request.user))
    if not is_fresh(request):
        return ask_once_more(request, then=reverse("accounts:own_data"))
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=f"metropolis-{found.asked_at:%Y-%m-%d}.zip")


@never_cache
@sensitive_post_parameters("password")
@show_and_take
def close(request: HttpRequest) -> HttpResponse:
    """Say what becomes of everything, and have the account deleted."""
    person = signed_in(request.user)
    form = ClosingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            password = form.cleaned_data["password"]
            closing = operations.ask_to_close_account(person=person, password=password, is_fresh=is_fresh(request))
            message = _("Your account will be deleted on %(day)s. Until then you can come back.")
            messages.success(request, message % {"day": timezone.localdate(closing.due_at)})
            return redirect("accounts:own_data")
    holdings = queries.holdings(person)
    context = {
        "form": form,
        "closing": queries.closing_of(person),
        "goes": [holding for holding in holdings if holding.goes],
        "stays": [holding for holding in holdings if not holding.goes],
        "stewardships": queries.sole_stewardships(person),
        "grace": operations.GRACE.days,
    }
    return render(request, "accounts/close.html", context)


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Come back: the account is not deleted."""
    operations.keep_account(person=signed_in(request.user))
    messages.success(request, _("Your account stays."))
    return redirect("accounts:own_data")
