"""Pages as every visitor sees them, kept for a moment so that they are not made again for each."""

import time
from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from metropolis.foundation.history.queries import deeds_so_far
from metropolis.web.middleware import Handler

#: The rooms whose pages say what the database says, and change with what the history tells.
ROOMS = frozenset({"documents", "experts", "pages", "practices", "taxonomy", "workspaces"})
#: Pages that a process keeps: some tens of kilobytes each.
MOST = 300

Key = tuple[str, str, str]


class _Page(NamedTuple):
    version: Hashable
    until: float
    content: bytes
    headers: dict[str, str]

    def answer(self) -> HttpResponse:
        return HttpResponse(self.content, headers=self.headers)


def remember_pages(get_response: Handler) -> Handler:
    """Answer a visitor with the page another visitor got, as long as nobody has done anything since.

    Only who sends no cookie but that of a language is such a visitor, and only a page that sets none is kept. What
    happens outside the history is seen after `settings.PAGE_MEMORY` seconds; with 0, nothing is kept.
    """
    pages: OrderedDict[Key, _Page] = OrderedDict()
    lock = Lock()

    def handle(request: HttpRequest) -> HttpResponse:
        if not (settings.PAGE_MEMORY and _is_anybody(request)):
            return get_response(request)
        key = (request.build_absolute_uri(), request.headers.get("HX-Request", ""), get_language())
        version = deeds_so_far()  # before the page is made: what is done meanwhile makes it old
        page = pages.get(key)
        if page is not None and page.version == version and time.time() < page.until:
            return page.answer()
        response = get_response(request)
        if _is_for_anybody(request, response):
            patch_vary_headers(response, ["Cookie"])
            until = time.time() + settings.PAGE_MEMORY
            with lock:
                pages[key] = _Page(version, until, response.content, dict(response.headers))
                pages.move_to_end(key)
                while len(pages) > MOST:
                    pages.popitem(last=False)
        return response

    return handle


def _is_anybody(request: HttpRequest) -> bool:
    return request.method == "GET" and request.COOKIES.keys() <= {settings.LANGUAGE_COOKIE_NAME}


def _is_for_anybody(request: HttpRequest, response: HttpResponse) -> bool:
    match = request.resolver_match
    return (
        match is not None
        and match.namespace in ROOMS
        and response.status_code == 200  # noqa: PLR2004 - OK
        and not response.streaming
        and not response.cookies
        and response.headers.get("Content-Type", "").startswith("text/html")
        and "Cache-Control" not in response.headers
    )
