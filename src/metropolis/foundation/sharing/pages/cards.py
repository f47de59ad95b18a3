"""A record as a picture, and as a card that other sites may show."""

from functools import lru_cache

from django.http import HttpRequest, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from metropolis.foundation.sharing import queries
from metropolis.foundation.sharing.engine import Picture, draw
from metropolis.foundation.sharing.pages.answering import address_in, interface_language, lasting, reading_language
from metropolis.foundation.sharing.values import FROM_RIGHT, PublicPage

KEPT = 3600
#: The one kind of page that others may put into theirs: it can do nothing but be read and lead here.
EMBEDDED = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
)

_drawn = lru_cache(maxsize=200)(draw)


@require_safe
def image(request: HttpRequest, path: str) -> HttpResponseBase:
    """The share image of a public page; whether it is still public is asked each time, the picture itself is kept."""
    address, language = address_in(request, path), reading_language(request)
    with override(interface_language(language)):
        if queries.kinds_at(address.page):
            page = queries.page_at(address, language)
            language, picture, colours = page.language, _picture(page), queries.picture_colours(page.themes)
        else:
            # Not what was asked: nobody is to have words of their own written under our name.
            title = str(queries.listing_at(address).title)
            language = interface_language(language)
            picture = _titled(title, language)
            colours = queries.picture_colours()
    return lasting(request, _drawn(picture, colours), "image/png", seconds=KEPT, language=language)


def _titled(title: str, language: str) -> Picture:
    return Picture(kind=_("Where cities find what worked"), title=title, from_right=language in FROM_RIGHT)


def _picture(page: PublicPage) -> Picture:
    kind = page.kind_label
    if page.is_demonstration:
        kind = pgettext("kind of record", "%(kind)s, invented for the demonstration") % {"kind": kind}
    place = " · ".join(page.places[:2]) if page.title not in page.places else ""
    return Picture(kind=kind, title=page.title, place=place, from_right=page.language in FROM_RIGHT)


@xframe_options_exempt
@require_safe
def embed(request: HttpRequest, path: str) -> HttpResponseBase:
    """A public page as a card for other sites: no script, no cookie, no session."""
    language = reading_language(request)
    with override(interface_language(language)):
        page = queries.page_at(address_in(request, path), language)
        # Rendered without the request: nothing here may depend on who asks.
        body = render_to_string("sharing/embed.html", {"page": page, "url": request.build_absolute_uri(page.url)})
    response = lasting(request, body, "text/html; charset=utf-8", seconds=KEPT, language=interface_language(language))
    response.headers["Content-Security-Policy"] = EMBEDDED
    return response
