"""Changing practices."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from metropolis.engine_kit import Conflict, InvalidInput
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.history.operations import record
from metropolis.foundation.places.queries import find_city
from metropolis.foundation.records.operations import save_translation
from metropolis.foundation.records.queries import free_slug
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.taxonomy.models import Term
from metropolis.foundation.taxonomy.queries import terms_by_code
from metropolis.foundation.workspaces.access import open_workspace
from metropolis.tools.practices.models import BuildingBlock, KeyDate, Practice, Result, Source, Supporter
from metropolis.tools.practices.queries import TOOL, TRANSLATABLE, practice, practice_completeness
from metropolis.tools.practices.values import PracticeInput

Row = TypeVar("Row", bound=models.Model)

#: Parts of the input that are rows or links of their own and not columns of the practice.
PARTS = {"city", "themes", "topics", "sdgs", "adopters", "building_blocks", "sources", "results", "key_dates", "partners"}


@transaction.atomic
def add_practice(
    *, initiative: str, actor: Person, content: PracticeInput, slug: str = "", import_key: str = ""
) -> Practice:
    """Add a practice to an initiative as a draft.

    `NotAllowed` without the right to contribute; `InvalidInput` naming the field for a city that is unknown or
    ambiguous, a term that does not exist, or a stopped practice that does not say why.
    """
    workspace = open_workspace(initiative, viewer=actor, tool=TOOL)
    workspace.require("practices.add_practice")
    row = Practice(
        initiative=workspace.initiative,
        author=actor,
        slug=slug or free_slug(Practice, content.title),
        import_key=import_key,
    )
    _write(row, content)
    record(actor=actor, verb="add_practice", reference=_reference(row), workspace=initiative)
    return row


@transaction.atomic
def change_practice(
    *, slug: str, actor: Person, content: PracticeInput, updating_note: str = "", version: int | None = None
) -> Practice:
    """Replace what a practice says; the record before is kept in the history.

    `Conflict` when `version` is given and somebody has changed the practice since it was read.
    """
    row, workspace = practice(slug, actor)
    workspace.require("practices.change_practice", author=row.author)
    if version is not None and version != row.version:
        raise Conflict(_("Somebody has changed this practice since you opened it; reload it and try again."))
    before = {name: str(getattr(row, name)) for name in TRANSLATABLE}
    row.version += 1
    row.updating_note = updating_note
    _write(row, content)
    data = {"before": before, "version": row.version}
    record(actor=actor, verb="change_practice", reference=_reference(row), workspace=workspace.initiative.slug, data=data)
    return row


@transaction.atomic
def set_practice_visibility(*, slug: str, actor: Person, visibility: Visibility) -> Practice:
    """Publish a practice, keep it to the initiative's members, or take it back to a draft."""
    row, workspace = practice(slug, actor)
    workspace.require("practices.publish_practice", author=row.author)
    row.visibility = visibility
    row.save(update_fields=["visibility", "updated_at"])
    data = {"visibility": str(visibility)}
    record(
        actor=actor,
        verb="set_practice_visibility",
        reference=_reference(row),
        workspace=workspace.initiative.slug,
        data=data,
    )
    return row


@transaction.atomic
def delete_practice(*, slug: str, actor: Person) -> None:
    """Delete a practice for good; its history keeps that it was there and who deleted it."""
    row, workspace = practice(slug, actor)
    workspace.require("practices.delete_practice", author=row.author)
    reference = _reference(row)
    row.delete()
    record(actor=actor, verb="delete_practice", reference=reference, workspace=workspace.initiative.slug)


@transaction.atomic
def review_practice(*, slug: str, actor: Person, reviewed_on: date, review_due_on: date) -> Practice:
    """Note that an editor has checked a practice against its sources, and until when that holds."""
    row, workspace = practice(slug, actor)
    workspace.require("practices.review_practice")
    if review_due_on <= reviewed_on:
        raise InvalidInput(_("The next review must come after this one."), field="review_due_on")
    row.reviewer, row.reviewed_on, row.review_due_on = actor, reviewed_on, review_due_on
    row.save(update_fields=["reviewer", "reviewed_on", "review_due_on"])
    record(actor=actor, verb="review_practice", reference=_reference(row), workspace=workspace.initiative.slug)
    return row


@transaction.atomic
def translate_practice(*, slug: str, actor: Person, language: str, fields: Mapping[str, str], origin: str) -> None:
    """Keep a translation of some of a practice's fields, with its origin and the hash of its source."""
    row, workspace = practice(slug, actor)
    workspace.require("practices.translate_practice", author=row.author)
    if language == row.language:
        raise InvalidInput(_("This is the language of the original."), field="language")
    originals = {name: str(getattr(row, name)) for name in TRANSLATABLE}
    save_translation(
        reference=_reference(row), language=language, fields=fields, originals=originals, origin=origin, author=actor
    )
    record(
        actor=actor,
        verb="translate_practice",
        reference=_reference(row),
        workspace=workspace.initiative.slug,
        data={"language": language},
    )


def _reference(row: Practice) -> Reference:
    return Reference(kind="practice", key=row.slug)


def _write(row: Practice, content: PracticeInput) -> None:
    for name, value in content:
        if name not in PARTS:
            setattr(row, name, value)
    row.city = find_city(content.city)
    try:
        row.full_clean(exclude=["initiative", "author", "reviewer"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        name = "stopped_why" if field == "__all__" else field
        raise InvalidInput(f"{name}: {messages[0]}", field=name) from error
    adopters = [find_city(name) for name in content.adopters]
    terms = _terms(content)
    row.save()
    row.terms.set(terms)
    row.adopters.set(adopters)
    _write_parts(row, content)
    result = practice_completeness(row)
    row.completeness, row.is_transferable = result.share, result.is_transferable
    row.save(update_fields=["completeness", "is_transferable"])


def _terms(content: PracticeInput) -> list[Term]:
    return [
        *terms_by_code("theme", content.themes, field="themes"),
        *terms_by_code("topic", content.topics, field="topics"),
        *terms_by_code("sdg", content.sdgs, field="sdgs"),
    ]


def _write_parts(row: Practice, content: PracticeInput) -> None:
    sources = _replace(Source, row, (item.model_dump() for item in content.sources))
    for result in content.results:
        if result.source is not None and result.source >= len(sources):
            message = _("results: source %(number)s is not in the list of sources, which is counted from 0.")
            raise InvalidInput(message % {"number": result.source}, field="results")
    _replace(
        Result,
        row,
        (
            item.model_dump() | {"source": None if item.source is None else sources[item.source]}
            for item in content.results
        ),
    )
    _replace(BuildingBlock, row, (item.model_dump() for item in content.building_blocks))
    _replace(KeyDate, row, (item.model_dump() for item in content.key_dates))
    _replace(Supporter, row, (item.model_dump() for item in content.partners))


def _replace(kind: type[Row], row: Practice, items: Iterable[dict[str, Any]]) -> list[Row]:
    kind._default_manager.filter(practice=row).delete()  # noqa: SLF001 - Django's public name for it
    return kind._default_manager.bulk_create(  # noqa: SLF001
        [kind(practice=row, **item) for item in items]
    )
