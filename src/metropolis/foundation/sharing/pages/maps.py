"""Any map on a page of its own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from metropolis.engine_kit import NotFound
from metropolis.foundation.accounts.queries import viewer_of
from metropolis.foundation.sharing import queries
from metropolis.foundation.sharing.pages.answering import address_in


@require_safe
def larger_map(request: HttpRequest, path: str) -> HttpResponse:
    """What a page shows on its map, as large as the window, with the filters of the page's own address."""
    address = address_in(request, path)
    points = queries.listing_at(address).points
    if points is None:
        raise NotFound(_("The page at this address has no map."), field="path")
    context = {
        "title": queries.list_title(address, get_language() or "en"),
        "points": points(viewer_of(request.user), address.query, **address.arguments),
        "back_url": f"{address.url}?{address.query.urlencode()}".rstrip("?"),
    }
    return render(request, "sharing/map.html", context)
