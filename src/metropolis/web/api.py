"""The API: the tools' routers under one roof, with one shape for every error."""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from metropolis import __version__
from metropolis.engine_kit import MetropolisError
from metropolis.foundation.workspaces.api import router as initiatives
from metropolis.tools.exchange.api import router as exchange
from metropolis.tools.experts.api import router as experts
from metropolis.tools.practices.api import router as practices
from metropolis.web.errors import error_body, with_wait

api = NinjaAPI(
    title="Metropolis",
    version=__version__,
    description="Find what worked in other cities and whom to ask. Reading what is public needs no account.",
    urls_namespace="api",
)
api.add_router("/", exchange)
api.add_router("/initiatives", initiatives)
api.add_router("/practices", practices)
api.add_router("/experts", experts)


@api.exception_handler(MetropolisError)
def refuse(request: HttpRequest, error: MetropolisError) -> HttpResponse:
    """Answer a refusal with its own status."""
    body = error_body(error.code, error.message, field=error.field, data=error.data)
    return with_wait(api.create_response(request, body, status=error.status), error)


@api.exception_handler(ValidationError)
def refuse_input(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer input of the wrong form, naming each field."""
    problems = [{"field": ".".join(map(str, item["loc"][1:])), "message": item["msg"]} for item in error.errors]
    first = problems[0] if problems else {"field": "", "message": "The input is not of the right form."}
    body = error_body("invalid_input", first["message"], field=first["field"] or None, data={"problems": problems})
    return api.create_response(request, body, status=422)


@api.exception_handler(AuthenticationError)
def refuse_stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:  # noqa: ARG001 - ninja's form
    """Answer who has to sign in first."""
    body = error_body("not_allowed", "Sign in first: this is for members.", data={"sign_in": True})
    return api.create_response(request, body, status=403)


@api.exception_handler(HttpError)
def refuse_request(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer what the framework itself refuses, such as a request from another site or one that cannot be read."""
    return api.create_response(request, error_body("refused", error.message), status=error.status_code)
