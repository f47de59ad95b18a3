"""Answers that may be kept, and asked for again in vain."""

from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from metropolis.foundation.sharing.queries import address_of
from metropolis.foundation.sharing.values import READ_IN, Address


def address_in(request: HttpRequest, path: str) -> Address:
    """The address a request is about: behind its own word, with its own query but for the language."""
    query = request.GET.copy()
    query.pop(READ_IN, None)
    return address_of(f"/{path}", query)


def reading_language(request: HttpRequest) -> str:
    """The language the address asks for, of whatever people write in."""
    return request.GET.get(READ_IN, settings.LANGUAGE_CODE)


def interface_language(language: str) -> str:
    """The language of our own words that goes with one that people write in."""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def lasting(
    request: HttpRequest,
    body: bytes | str,
    content_type: str,
    *,
    seconds: int,
    language: str = "",
    changed_at: datetime | None = None,
) -> HttpResponseBase:
    """An answer any cache may keep for so many `seconds`; 304 to who has it already."""
    response = HttpResponse(body, content_type=content_type)
    etag = f'"{sha256(response.content).hexdigest()[:32]}"'
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    if language:
        response.headers["Content-Language"] = language
    stamp = int(changed_at.timestamp()) if changed_at else None
    if stamp is not None:
        response.headers["Last-Modified"] = http_date(stamp)
    return get_conditional_response(request, etag=etag, last_modified=stamp, response=response) or response
