"""The picture, the sound and the token of a new one."""

import re
from random import Random

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from metropolis.foundation.human_check.engine import draw, speak
from metropolis.foundation.human_check.operations import show_challenge
from metropolis.foundation.human_check.values import Challenge
from metropolis.foundation.limits.values import callers


@never_cache
@require_safe
def picture(request: HttpRequest, token: str) -> HttpResponse:
    """The characters to see: a PNG."""
    challenge = show_challenge(token=token, shown_to=callers(request))
    return HttpResponse(draw(challenge.answer, random=challenge.hand), content_type="image/png")


@never_cache
@require_safe
def sound(request: HttpRequest, token: str) -> HttpResponse:
    """The characters to hear, in the reader's language: a WAV, or the part of it a player asks for."""
    challenge = show_challenge(token=token, shown_to=callers(request))
    language = (get_language() or "en").split("-")[0]
    spoken = speak(challenge.answer, language=language, random=Random())  # noqa: S311 - only pauses and noise
    return _in_parts(request, HttpResponse(spoken, content_type="audio/wav", headers={"Accept-Ranges": "bytes"}))


@never_cache
@require_safe
def new(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - Django's signature
    """Another challenge, for the script that exchanges the picture in the page."""
    token = Challenge.new().token
    addresses = {name: reverse(f"human_check:{name}", args=[token]) for name in ("picture", "sound")}
    return JsonResponse({"token": token} | addresses)


def _in_parts(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Answer a request for a part, without which Safari plays nothing; one for no part at all gets the whole."""
    asked = re.fullmatch(r"bytes=(\d{0,12})-(\d{0,12})", request.headers.get("Range", ""))
    size = len(response.content)
    if asked is None or not (asked[1] or asked[2]):
        return response
    if asked[1]:
        first, last = int(asked[1]), min(int(asked[2] or size), size - 1)
    else:  # so many of the last
        first, last = max(size - int(asked[2]), 0), size - 1
    if first > last:
        return response
    response.content = response.content[first : last + 1]
    response.status_code = 206
    response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response
