"""The API: the tools' routers under one roof, with one shape for every error."""

from functools import cached_property
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from metropolis import __version__
from metropolis.engine_kit import InvalidInput, MetropolisError
from metropolis.foundation.accounts.queries import viewer_of
from metropolis.foundation.workspaces.api import router as initiatives
from metropolis.tools.barometer.api import router as barometers
from metropolis.tools.exchange.api import router as exchange
from metropolis.tools.experts.api import router as experts
from metropolis.tools.practices.api import router as practices
from metropolis.web.errors import error_body, with_wait


class Problem(Schema):
    """What is wrong: a word for programs, a sentence for people, the field it is about, and what helps to mend it."""

    code: str
    message: str
    field: str | None
    data: dict[str, Any]


class Refusal(Schema):
    """The shape of every error."""

    error: Problem


class NoNul(Parser):
    """Reads JSON without the character NUL: forms refuse it too, and PostgreSQL fails at it."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body of a request."""
        if rb"\u0000" in request.body:
            raise InvalidInput(r"The character NUL (\u0000) is in the text; take it out.")
        return super().parse_body(request)


class Api(NinjaAPI):
    """The API with its errors described at every route, in their one shape."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:  # noqa: ARG002 - ninja's signature
        """The description of the API, which is at one place only; made once, because it takes as long as ten pages."""
        return self._description

    @cached_property
    def _description(self) -> OpenAPISchema:
        schema = super().get_openapi_schema()
        shapes = Refusal.model_json_schema(ref_template="#/components/schemas/{model}")
        schema["components"]["schemas"] |= shapes.pop("$defs") | {"Refusal": shapes}
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
        refused = {"description": "What is wrong, and how to put it right", "content": content}
        for methods in schema["paths"].values():
            for route in methods.values():
                route["responses"]["4XX"] = refused
        return schema


api = Api(
    title="Metropolis",
    version=__version__,
    description="Find what worked in other cities and whom to ask. Reading what is public needs no account.",
    urls_namespace="api",
    parser=NoNul(),
)
api.add_router("/", exchange)
api.add_router("/initiatives", initiatives)
api.add_router("/practices", practices)
api.add_router("/experts", experts)
api.add_router("/barometers", barometers)


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
def refuse_stranger(
    request: HttpRequest,
    error: AuthenticationError | None = None,  # noqa: ARG001 - ninja's form
) -> HttpResponse:
    """Answer who has to sign in first."""
    body = error_body("not_allowed", "Sign in first: this is for members.", data={"sign_in": True})
    response = api.create_response(request, body, status=401)
    response.headers["WWW-Authenticate"] = 'Session realm="Metropolis"'
    return response


@api.exception_handler(HttpError)
def refuse_request(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer what the framework itself refuses, such as a request from another site or one that cannot be read."""
    if isinstance(error.__cause__, MetropolisError):
        return refuse(request, error.__cause__)
    if error.status_code == HTTPStatus.FORBIDDEN and viewer_of(request.user) is None:
        # Only routes for members ask for a token; to have one would not help who has not signed in.
        return refuse_stranger(request)
    return api.create_response(request, error_body("refused", error.message), status=error.status_code)
