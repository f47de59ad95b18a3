"""The API of practices: reading needs no account, writing needs a session and its CSRF token."""

from datetime import date, datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from ninja.security import django_auth
from pydantic import Field

from metropolis.foundation.accounts.queries import signed_in, viewer_of
from metropolis.foundation.records.values import Visibility
from metropolis.tools.practices.operations import (
    add_practice,
    change_practice,
    set_practice_visibility,
    translate_practice,
)
from metropolis.tools.practices.queries import (
    Reading,
    listed_practices,
    practice_versions,
    reading,
)
from metropolis.tools.practices.values import PracticeFilter, PracticeInput

router = Router(tags=["Practices"])
Slug = Annotated[str, Field(max_length=120)]


class PracticeItem(Schema):
    """A practice in a list, in its original language; `city` is "Rosario, Santa Fe, AR", `city_id` its GeoNames id."""

    slug: str
    url: Annotated[str, Field(validation_alias="get_absolute_url")]
    title: str
    one_line: str
    language: str
    city: str
    city_id: int
    status: str
    started_on: str
    completeness: float
    visibility: Visibility
    updated_at: datetime

    @staticmethod
    def resolve_city(row: object) -> str:
        """The city's full label, which the API also takes."""
        return str(getattr(row, "city", ""))


class PracticePage(Schema):
    """A slice of the practices that match, and how many match in all."""

    items: list[PracticeItem]
    count: int


class SectionOut(Schema):
    """A section of the template: the share of its fields that are told, from 0 to 1, and the ones that are not."""

    name: str
    weight: int
    share: float
    missing: list[str]


class PracticeOut(Schema):
    """A whole practice. `content` is in the original language; `version` is what a change has to name.

    `texts` holds the fields that can be translated in the language asked for, or in the original where one is not.
    """

    slug: str
    url: str
    initiative: str
    visibility: Visibility
    version: int
    updated_at: datetime
    reviewed_on: date | None
    review_due_on: date | None
    completeness: float
    is_transferable: bool
    sections: list[SectionOut]
    language: str
    languages: list[str]
    translation_origin: str
    translation_is_stale: bool
    texts: dict[str, str]
    content: PracticeInput


class PracticeAdded(Schema):
    """What to add, and to which initiative."""

    initiative: Slug
    content: PracticeInput


class PracticeChanged(Schema):
    """The whole new content; `version` is the version that was read, so that nobody's change is lost."""

    content: PracticeInput
    version: int
    updating_note: str = Field(default="", max_length=240)


class VisibilityChanged(Schema):
    """Who may see the practice: draft, internal or public."""

    visibility: Visibility


class TranslatedText(Schema):
    """A translated field, who made it, and whether the original has changed since."""

    text: str
    origin: str
    is_stale: bool


class TranslationChanged(Schema):
    """The fields of a translation by name; an empty text takes its translation away."""

    origin: Literal["author", "translator", "machine", "machine_checked"]
    fields: dict[str, str]


@router.get("", response=PracticePage, summary="List practices")
def list_practices(
    request: HttpRequest,
    wanted: Query[PracticeFilter],
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> dict[str, object]:
    """The practices you may see, filtered and sorted as on the page."""
    rows = listed_practices(viewer_of(request.user), wanted)
    return {"items": list(rows[offset : offset + limit]), "count": rows.count()}


@router.get("/{slug}", response=PracticeOut, summary="Read a practice")
def read_practice(request: HttpRequest, slug: str, language: str = "") -> dict[str, object]:
    """One practice, in the language asked for where it is translated; 404 for one you may not see."""
    return _shown(reading(slug, viewer_of(request.user), language))


@router.post("", response={201: PracticeOut}, auth=django_auth, summary="Add a practice")
def post_practice(request: HttpRequest, added: PracticeAdded) -> Status[dict[str, object]]:
    """Add a practice to an initiative as a draft."""
    actor = signed_in(request.user)
    row = add_practice(initiative=added.initiative, actor=actor, content=added.content)
    return Status(201, _shown(reading(row.slug, actor)))


@router.put("/{slug}", response=PracticeOut, auth=django_auth, summary="Change a practice")
def put_practice(request: HttpRequest, slug: str, changed: PracticeChanged) -> dict[str, object]:
    """Replace the whole content; 409 when somebody has changed it since the version you name."""
    actor = signed_in(request.user)
    change_practice(
        slug=slug, actor=actor, content=changed.content, version=changed.version, updating_note=changed.updating_note
    )
    return _shown(reading(slug, actor))


@router.put("/{slug}/visibility", response=PracticeOut, auth=django_auth, summary="Publish or withdraw a practice")
def put_visibility(request: HttpRequest, slug: str, changed: VisibilityChanged) -> dict[str, object]:
    """Publish a practice, keep it to the initiative's members, or make it a draft again."""
    actor = signed_in(request.user)
    set_practice_visibility(slug=slug, actor=actor, visibility=changed.visibility)
    return _shown(reading(slug, actor))


@router.get("/{slug}/translations", response=dict[str, dict[str, TranslatedText]], summary="Read the translations")
def read_translations(request: HttpRequest, slug: str) -> dict[str, dict[str, dict[str, object]]]:
    """Every translated field by language and name."""
    return {
        language: {
            name: {"text": text, "origin": origin, "is_stale": stale} for name, (text, origin, stale) in fields.items()
        }
        for language, fields in practice_versions(slug, viewer_of(request.user)).items()
    }


@router.put("/{slug}/translations/{language}", response=PracticeOut, auth=django_auth, summary="Translate a practice")
def put_translation(request: HttpRequest, slug: str, language: str, changed: TranslationChanged) -> dict[str, object]:
    """Keep the translation of some fields, with its origin."""
    actor = signed_in(request.user)
    translate_practice(slug=slug, actor=actor, language=language, fields=changed.fields, origin=changed.origin)
    return _shown(reading(slug, actor))


def _shown(found: Reading) -> dict[str, object]:
    row, told = found.practice, found.completeness
    return {
        "slug": row.slug,
        "url": row.get_absolute_url(),
        "initiative": found.workspace.initiative.slug,
        "visibility": row.visibility,
        "version": row.version,
        "updated_at": row.updated_at,
        "reviewed_on": row.reviewed_on,
        "review_due_on": row.review_due_on,
        "completeness": told.share,
        "is_transferable": told.is_transferable,
        "sections": [section.model_dump() for section in told.sections],
        "language": found.version.language,
        "languages": [version.language for version in found.versions],
        "translation_origin": found.version.origin,
        "translation_is_stale": found.version.is_stale,
        "texts": {name: text.text for name, text in found.texts.items()},
        "content": found.content,
    }
