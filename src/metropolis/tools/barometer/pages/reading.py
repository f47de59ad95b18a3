"""The pages on which barometers and their editions are read."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from metropolis.foundation.accounts.queries import viewer_of
from metropolis.tools.barometer import queries
from metropolis.tools.barometer.pages.frame import opened

_PER_PAGE = 20


@require_safe
def barometers(request: HttpRequest) -> HttpResponse:
    """The list of barometers."""
    rows = queries.barometers(viewer_of(request.user))
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "barometer/barometers.html", {"page": page})


@require_safe
def barometer(request: HttpRequest, slug: str) -> HttpResponse:
    """A barometer: its last edition and the earlier ones."""
    viewer = viewer_of(request.user)
    row, _workspace = queries.barometer(slug, viewer)
    context = {"barometer": row, "editions": queries.editions(row, viewer)}
    return render(request, "barometer/barometer.html", context)


@require_safe
def edition(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """One edition: its map and its ranking."""
    found = opened(request, slug, label)
    return render(request, "barometer/edition.html", found.context("edition"))
