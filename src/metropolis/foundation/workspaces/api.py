"""The API of initiatives: reading what the caller may see, which is what is public without an account."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema

from metropolis.foundation.accounts.queries import viewer_of
from metropolis.foundation.records.queries import follower_count
from metropolis.foundation.records.values import Reference
from metropolis.foundation.workspaces import queries

router = Router(tags=["Initiatives"])


class CityOut(Schema):
    """A city by its GeoNames id."""

    id: int
    name: str
    country: str


class PartnerOut(Schema):
    """A partner: a city, an organisation, or an organisation of a city."""

    organisation: str
    city: CityOut | None
    part: str


class InitiativeOut(Schema):
    """An initiative in short; texts are in `language`, the one they were written in. A status nobody told is ""."""

    slug: str
    title: str
    one_line: str
    language: str
    status: Literal["", "planned", "running", "ended", "stopped"]
    lead: str
    lead_city: CityOut | None
    started_on: str
    ended_on: str
    themes: list[str]
    topics: list[str]
    url: str


class WholeInitiativeOut(InitiativeOut):
    """Everything an initiative says of itself; `translations` are by language and field."""

    story: str
    stopped_why: str
    seeks: str
    offers: str
    contact_role: str
    working_languages: list[str]
    figures: list[dict[str, Any]]
    links: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    cities: list[CityOut]
    partners: list[PartnerOut]
    sdgs: list[str]
    tools: list[str]
    followers: int
    translations: dict[str, dict[str, str]]


class InitiativesOut(Schema):
    """One page of a list: `count` is how many there are in all."""

    count: int
    items: list[InitiativeOut]


class Filters(Schema):
    """Values of one filter are alternatives; different filters narrow each other."""

    theme: list[str] = []
    topic: list[str] = []
    status: list[str] = []
    country: list[str] = []
    tool: list[str] = []


@router.get("", response=InitiativesOut, summary="Initiatives, by title")
def initiatives(
    request: HttpRequest,
    filters: Query[Filters],
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> dict[str, Any]:
    """Up to `limit` initiatives from the `offset`-th on."""
    rows = queries.catalogue(viewer_of(request.user), filters.model_dump()).rows.order_by("title", "pk")
    return {"count": rows.count(), "items": [_short(row) for row in rows[offset : offset + limit]]}


@router.get("/{slug}", response=WholeInitiativeOut, summary="One initiative")
def initiative(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Everything an initiative says of itself; 404 when the caller may not see it."""
    workspace = queries.initiative(slug, viewer_of(request.user))
    row = workspace.initiative
    lists = {
        "cities": list(row.cities.all()),
        "partners": list(row.partners.all()),
        "sdgs": _codes(row, "sdg"),
        "tools": [use.tool for use in row.tools_in_use.all()],
        "followers": follower_count(Reference(kind="initiative", key=slug)),
        "translations": queries.initiative_translations(slug),
    }
    names = WholeInitiativeOut.model_fields.keys() - InitiativeOut.model_fields.keys() - lists.keys()
    return _short(row) | lists | {name: getattr(row, name) for name in names}


def _short(row: Any) -> dict[str, Any]:
    made = {"themes": _codes(row, "theme"), "topics": _codes(row, "topic"), "url": row.get_absolute_url()}
    return made | {name: getattr(row, name) for name in InitiativeOut.model_fields.keys() - made.keys()}


def _codes(row: Any, vocabulary: str) -> list[str]:
    return [term.code for term in row.terms.all() if term.vocabulary == vocabulary]
