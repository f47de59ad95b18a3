"""Adding, changing, publishing, checking, translating and deleting one practice."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict, InvalidInput
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.history.operations import record
from metropolis.foundation.records.operations import forget_record, require_translation, save_translation
from metropolis.foundation.records.queries import free_slug
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.workspaces.access import open_workspace
from metropolis.tools.practices.models import Practice
from metropolis.tools.practices.operations.writing import Lookups, drafted, save_drafts
from metropolis.tools.practices.queries import TOOL, TRANSLATABLE, practice, practice_content
from metropolis.tools.practices.values import PracticeInput

#: Addresses beside those of practices.
RESERVED_SLUGS = frozenset({"add", "import"})


@transaction.atomic
def add_practice(
    *, initiative: str, actor: Person, content: PracticeInput, slug: str = "", import_key: str = ""
) -> Practice:
    """Add a practice to an initiative as a draft.

    `NotAllowed` without the right to contribute; `InvalidInput` or `NotFound` naming the field for a city that is
    unknown or ambiguous, or a term that does not exist; `Conflict` when the slug or the import key is taken, the
    latter with the slug of the practice that has it as `data["practice"]`.
    """
    workspace = open_workspace(initiative, viewer=actor, tool=TOOL)
    workspace.require("practices.add_practice")
    row = Practice(initiative=workspace.initiative, author=actor, import_key=import_key)
    row.slug = _free(slug) if slug else free_slug(Practice, content.title, reserved=RESERVED_SLUGS)
    twin = Practice.objects.filter(initiative=row.initiative, import_key=import_key).first() if import_key else None
    if twin is not None:
        message = _("A practice with this import key is in the initiative already.")
        raise Conflict(message, field="import_key", data={"practice": twin.slug})
    save_drafts([drafted(row, content, Lookups())])
    record(actor=actor, verb="add_practice", reference=reference_to(row), workspace=initiative)
    return row


@transaction.atomic
def change_practice(
    *, slug: str, actor: Person, content: PracticeInput, updating_note: str = "", version: int | None = None
) -> Practice:
    """Replace what a practice says; what each changed field said before and says now is kept in the history.

    Content equal to what is there makes no new version. `Conflict` when `version` is given and somebody has changed
    the practice since it was read (`data["version"]` is the present one); otherwise as `add_practice`.
    """
    row, workspace = practice(slug, actor)
    workspace.require("practices.change_practice", author=row.author)
    if version is not None and version != row.version:
        message = _("Somebody has changed this practice since you opened it.")
        raise Conflict(message, data={"version": row.version})
    before = practice_content(row)
    draft = drafted(row, content, Lookups())
    changed = _changed(before, draft.normal())
    if not changed:
        return row
    row.version += 1
    row.updating_note = updating_note
    save_drafts([draft])
    row.refresh_from_db()
    data = {"changed": changed, "version": row.version, "note": updating_note}
    record(
        actor=actor,
        verb="change_practice",
        reference=reference_to(row),
        workspace=workspace.initiative.slug,
        data=data,
    )
    return row


@transaction.atomic
def set_practice_visibility(*, slug: str, actor: Person, visibility: Visibility) -> Practice:
    """Publish a practice, keep it to the initiative's members, or take it back to a draft; or leave it as it is."""
    row, workspace = practice(slug, actor)
    workspace.require("practices.publish_practice", author=row.author)
    if row.visibility == visibility:
        return row
    row.visibility = visibility
    row.save(update_fields=["visibility", "updated_at"])
    record(
        actor=actor,
        verb="set_practice_visibility",
        reference=reference_to(row),
        workspace=workspace.initiative.slug,
        data={"visibility": str(visibility), "note": str(Visibility(visibility).label)},
    )
    return row


@transaction.atomic
def delete_practice(*, slug: str, actor: Person) -> None:
    """Delete a practice with its translations for good; the history keeps that it was there and who deleted it."""
    row, workspace = practice(slug, actor)
    workspace.require("practices.delete_practice", author=row.author)
    reference = reference_to(row)
    row.delete()
    forget_record(reference=reference)
    record(actor=actor, verb="delete_practice", reference=reference, workspace=workspace.initiative.slug)


@transaction.atomic
def review_practice(*, slug: str, actor: Person, reviewed_on: date, review_due_on: date) -> Practice:
    """Note that somebody has checked a practice against its sources, and until when that holds."""
    row, workspace = practice(slug, actor)
    workspace.require("practices.review_practice")
    if review_due_on <= reviewed_on:
        raise InvalidInput(_("The next review must come after this one."), field="review_due_on")
    row.reviewer, row.reviewed_on, row.review_due_on = actor, reviewed_on, review_due_on
    row.save(update_fields=["reviewer", "reviewed_on", "review_due_on"])
    record(actor=actor, verb="review_practice", reference=reference_to(row), workspace=workspace.initiative.slug)
    return row


@transaction.atomic
def translate_practice(*, slug: str, actor: Person, language: str, fields: Mapping[str, str], origin: str) -> None:
    """Keep a translation of some of a practice's fields, with its origin and the hash of its source.

    An empty text takes the translation of its field away. `InvalidInput` for the original's language, an unknown
    origin or a field that cannot be translated.
    """
    row, workspace = practice(slug, actor)
    workspace.require("practices.translate_practice", author=row.author)
    reference = reference_to(row)
    told = {name: text.strip() for name, text in fields.items()}
    require_translation(row, language=language, fields=told, origin=origin)
    save_translation(
        reference=reference,
        language=language,
        fields=told,
        originals={name: str(getattr(row, name)) for name in TRANSLATABLE},
        origin=origin,
        author=actor,
    )
    record(
        actor=actor,
        verb="translate_practice",
        reference=reference,
        workspace=workspace.initiative.slug,
        data={"language": language, "note": language},
    )


def reference_to(row: Practice) -> Reference:
    """The address of a practice for the rest of the house."""
    return Reference(kind="practice", key=row.slug)


def _free(slug: str) -> str:
    if slug != slugify(slug, allow_unicode=True) or slug in RESERVED_SLUGS:
        raise InvalidInput(_("A slug is lower-case words joined by hyphens."), field="slug")
    if Practice.objects.filter(slug=slug).exists():
        raise Conflict(_("There is a practice with this slug already."), field="slug")
    return slug


def _changed(before: PracticeInput, after: PracticeInput) -> dict[str, list[Any]]:
    """The fields that differ, each with what it said and says, as JSON."""
    was, now = before.model_dump(mode="json"), after.model_dump(mode="json")
    return {name: [was[name], now[name]] for name, value in before if value != getattr(after, name)}
