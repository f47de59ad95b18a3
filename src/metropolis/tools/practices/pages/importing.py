"""The pages on which a coordinator takes in a file of practices."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from metropolis.foundation.accounts.queries import signed_in, viewer_of
from metropolis.foundation.records.forms import refusals_in
from metropolis.tools.practices import operations, queries
from metropolis.tools.practices.forms import ImportForm

_SHOWN_PROBLEMS = 100
#: Seconds after which the page of an import that goes on is asked for again.
_AGAIN_AFTER = 3


@require_http_methods(["GET", "HEAD", "POST"])
def import_file(request: HttpRequest) -> HttpResponse:
    """The form for a file and its mapping."""
    viewer = viewer_of(request.user)
    initiatives = queries.initiatives_to_import_to(viewer)
    form = ImportForm(request.POST or None, request.FILES or None, initiatives=initiatives)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            return redirect(operations.start_import(actor=signed_in(request.user), **form.cleaned_data))
    return render(request, "practices/import.html", {"form": form, "imports": queries.imports_of(viewer)})


@require_safe
def import_progress(request: HttpRequest, id: int) -> HttpResponse:
    """How far an import is, and what became of each row; asked for again by itself until it is over."""
    row = queries.queued_import(id, viewer_of(request.user))
    is_given_up = queries.is_given_up(row)
    goes_on = row.state == row.State.WAITING and not is_given_up
    refreshes = goes_on and "still" not in request.GET
    context = {
        "row": row,
        "is_given_up": is_given_up,
        "goes_on": goes_on,
        "refreshes": refreshes,
        "share": row.done / row.total if row.total else 1,
        "counts": _counts(row.counts),
        "columns": [{"label": label} for label in (_("Row"), _("Key"), _("Field"), _("Reason"))],
        "page": Paginator(row.problems, _SHOWN_PROBLEMS).get_page(request.GET.get("page")),
    }
    response = render(request, "practices/import_progress.html", context)
    if refreshes:
        response.headers["Refresh"] = str(_AGAIN_AFTER)
    return response


def _counts(counts: dict[str, int]) -> list[dict[str, Any]]:
    titles = {
        "added": pgettext("rows", "Added"),
        "changed": pgettext("rows", "Changed"),
        "published": pgettext("rows", "Published"),
        "unchanged": _("There already"),
        "kept": _("Changed here since the last import, and kept so"),
        "rejected": pgettext("rows", "Rejected"),
    }
    return [{"value": counts[name], "label": title} for name, title in titles.items() if counts.get(name)]


@require_POST
def cancel_import(request: HttpRequest, id: int) -> HttpResponse:
    """Stop an import; what is in already stays."""
    row = operations.cancel_import(id=id, actor=viewer_of(request.user))
    messages.success(request, _("The import was cancelled. What it had taken in stays."))
    return redirect(row)
