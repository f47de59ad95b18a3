"""What is refused before anything else, and what every answer carries."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.translation import gettext as _

from metropolis.web.errors import error_page

Handler = Callable[[HttpRequest], HttpResponse]


def content_security_policy(get_response: Handler) -> Handler:
    """Send the Content-Security-Policy of the settings with every answer."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY)
        return response

    return handle


class CompressTexts(GZipMiddleware):
    """Compress what is text; pictures and documents are compressed already.

    Django adds random bytes, so that the length of a page does not tell what is secret in it (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress pages, feeds and JSON."""
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        is_text = kind.startswith("text/") or kind.endswith(("json", "xml"))
        return super().process_response(request, response) if is_text else response


def keep_private(get_response: Handler) -> Handler:
    """Let no cache on the way keep a page that was made for somebody in particular."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and "Cache-Control" not in response:
            response.headers["Cache-Control"] = "private, no-cache"
        return response

    return handle


def refuse_nul(get_response: Handler) -> Handler:
    """Answer 400 to an address with the character NUL: no page has one, and PostgreSQL fails at it."""

    def handle(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return error_page(request, 400)
        return get_response(request)

    return handle


def refuse_large_bodies(get_response: Handler) -> Handler:
    """Answer 413 before a body is read that no form of ours sends: one with more than two of the largest files.

    A body of untold length is answered 411: no browser sends one, and nobody knows when it ends.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        if request.headers.get("Transfer-Encoding"):
            return error_page(request, 411, _("Say how long it is: send a Content-Length."))
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > 2 * settings.UPLOAD_LIMIT + settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return error_page(request, 413, _("What you sent is too large. Nothing was saved."))
        return get_response(request)

    return handle
