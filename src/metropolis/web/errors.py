"""How a refusal or a failure is answered: one table and one JSON shape for pages and API."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict, MetropolisError

log = logging.getLogger(__name__)


def error_body(code: str, message: str, *, field: str | None = None, data: dict[str, Any] | None = None) -> Any:
    """The one JSON shape of every error the API gives."""
    return {"error": {"code": code, "message": message, "field": field, "data": data or {}}}


def answer_errors(get_response: Callable[[HttpRequest], HttpResponse]) -> "AnswerErrors":
    """Turn the refusals of operations and queries into answers."""
    return AnswerErrors(get_response)


class AnswerErrors:
    """The middleware itself: Django asks its `process_exception` for whatever a view raised."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; a method that the address does not take gets a page too."""
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            page = error_page(request, 405)
            response.content, response.headers["Content-Type"] = page.content, page.headers["Content-Type"]
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a refusal; leave anything else to Django."""
        if isinstance(error, IntegrityError) and _is_twin(error):
            # Not the error itself: PostgreSQL tells the values in it, such as somebody's address.
            log.warning(
                "Two requests saved the same at once: %s", request.resolver_match and request.resolver_match.route
            )
            error = Conflict(_("Somebody saved the same at the same moment. Go back and try again."))
        if not isinstance(error, MetropolisError):
            return None
        if error.data.get("sign_in") and request.method == "GET":
            query = urlencode({"next": request.get_full_path()})
            return HttpResponseRedirect(f"{reverse('accounts:sign_in')}?{query}")
        return with_wait(error_page(request, error.status, error.message), error)


def _is_twin(error: IntegrityError) -> bool:
    """Whether a row that has to be unique is there already, as PostgreSQL or SQLite says it."""
    cause = error.__cause__
    said = {getattr(cause, "sqlstate", None), getattr(cause, "sqlite_errorname", None)}
    return not said.isdisjoint({"23505", "SQLITE_CONSTRAINT_UNIQUE"})


def with_wait(response: HttpResponse, error: MetropolisError) -> HttpResponse:
    """Add to the answer how many seconds to wait, where the error says it."""
    if "retry_after" in error.data:
        response.headers["Retry-After"] = str(error.data["retry_after"])
    return response


def error_page(request: HttpRequest, status: int, message: str = "") -> HttpResponse:
    """The page for a status, in the design of the site, saying no more than `message`."""
    titles = {
        400: _("This request could not be read"),
        403: _("You may not do this"),
        404: _("There is nothing here"),
        405: _("This address cannot be used in this way"),
        409: _("This cannot be done now"),
        413: _("This is too large"),
        422: _("Something needs correcting"),
        429: _("This was tried too often"),
        500: _("Something went wrong on our side"),
    }
    title = titles.get(status, HTTPStatus(status).phrase)
    if request.path.startswith("/api/"):
        return JsonResponse(error_body(HTTPStatus(status).name.lower(), message or title), status=status)
    context = {"status": status, "title": title, "message": message}
    return render(request, "pages/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer 400 without repeating what was sent."""
    return error_page(request, 400)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer 403."""
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer 404 without naming what was looked for."""
    return error_page(request, 404)


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer 429 where a part we took over counts by itself."""
    return error_page(request, 429, _("Wait some minutes, then try again."))


def failed(request: HttpRequest) -> HttpResponse:
    """Answer 500; the log has the details, the page has none."""
    if request.path.startswith("/api/"):
        return JsonResponse(error_body("internal_error", "Something went wrong on our side."), status=500)
    return render(request, "pages/500.html", status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that was not sent from our own page."""
    log.warning("A form was refused: %s", reason)
    return error_page(request, 403, _("The form had expired or came from another site. Go back, reload and try again."))
