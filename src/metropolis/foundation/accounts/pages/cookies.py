"""What a browser keeps of somebody who signed in there."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

#: The cookie by which a device is known on which a person has signed in before; it gives no right at all.
KNOWN_DEVICE = "known_device"

_A_YEAR = 365 * 24 * 3600


def is_known_device(request: HttpRequest, email: str) -> bool:
    """Whether whoever signs in with `email` has done so in this browser within the last year."""
    try:
        known = signing.loads(request.COOKIES.get(KNOWN_DEVICE, ""), salt=KNOWN_DEVICE, max_age=_A_YEAR)
    except signing.BadSignature:
        return False
    return bool(known == email.lower())


def remember_device(response: HttpResponse, email: str) -> None:
    """Let the browser be known to belong to whoever signs in with `email`."""
    value = signing.dumps(email.lower(), salt=KNOWN_DEVICE)
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(KNOWN_DEVICE, value, _A_YEAR, httponly=True, samesite="Lax", secure=secure)


def remember_language(response: HttpResponse, language: str) -> None:
    """Show the pages in `language`, where one is chosen."""
    if language:
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, _A_YEAR, samesite="Lax", secure=secure)
