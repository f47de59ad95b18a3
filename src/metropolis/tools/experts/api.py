"""The API of the tool: what a page shows, for programs."""

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from metropolis.foundation.accounts.queries import viewer_of
from metropolis.foundation.records.values import Visibility
from metropolis.tools.experts import queries
from metropolis.tools.experts.values import ExpertFilters, ShownExpert

router = Router(tags=["Experts"])


class TopicOut(Schema):
    """A topic with the level that counts today, from 1 (novice) to 4 (leading)."""

    code: str
    label: str
    level: int
    declared_level: int
    is_validated: bool
    has_expired: bool
    validated_on: date | None
    expires_on: date | None


class LanguageOut(Schema):
    """A language (BCP 47) and how well it is spoken (A2 to C2, native)."""

    language: str
    level: str


class ExpertCityOut(Schema):
    """A city by its GeoNames id, and its country by ISO 3166-1 code."""

    id: int
    title: str
    country: str


class EvidenceOut(Schema):
    """A record that shows the expert's work: reference (kind:key), title and page."""

    reference: str
    title: str
    url: str
    note: str

    @staticmethod
    def resolve_reference(row: object) -> str:
        """The reference as kind:key."""
        return str(getattr(row, "reference", ""))


class ExpertOut(Schema):
    """A profile. What the expert does not share with you is empty, as is what was never told.

    `text_language` is that of role, bio, methods, availability_note and conflicts, where one of them is shared.
    """

    slug: str
    url: str
    title: str
    initiative: str
    topics: list[TopicOut]
    text_language: Annotated[str, Field(validation_alias="language")]
    is_fictional: bool
    visibility: Visibility
    takes_requests: bool
    name: str
    role: str
    organisation: str
    city: ExpertCityOut | None
    bio: str
    languages: list[LanguageOut]
    methods: str
    regions: list[str]
    availability: str
    availability_note: str
    fee_kind: str
    conflicts: str


class ExpertWithEvidenceOut(ExpertOut):
    """A profile with the records that show the expert's work."""

    evidence: list[EvidenceOut]


class ExpertsOut(Schema):
    """A part of the list, and how many experts there are in all."""

    count: int
    items: list[ExpertOut]


Code = Annotated[str, Field(pattern=r"^[\w-]{1,40}$")]


class FiltersIn(Schema):
    """Any of the values of each filter, all of the filters given."""

    topic: list[Code] = Field([], description="Codes of topics.")
    language: list[Code] = Field([], description="Languages spoken, such as es.")
    region: list[Code] = Field([], description="UN M49 codes of regions worked in, such as 005.")
    country: list[Code] = Field([], description="ISO 3166-1 codes of the countries they live in, such as AR.")
    availability: list[Code] = Field([], description="available, limited or not_now.")


@router.get("", response=ExpertsOut, summary="Experts")
def experts(
    request: HttpRequest,
    filters: Query[FiltersIn],
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> dict[str, object]:
    """The experts you may see, latest changed first. A filter finds only those who share that part with you."""
    found = queries.experts(viewer_of(request.user), ExpertFilters(**{k: tuple(v) for k, v in filters.dict().items()}))
    return {"count": len(found), "items": found[offset : offset + limit]}


@router.get("/{slug:slug}", response=ExpertWithEvidenceOut, summary="An expert")
def expert(request: HttpRequest, slug: str) -> ShownExpert:
    """One expert, with what they share with you. An e-mail address is never given: write through the platform."""
    return queries.expert(slug, viewer_of(request.user))
