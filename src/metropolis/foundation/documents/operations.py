"""Changing publications."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.template.defaultfilters import filesizeformat

from metropolis.engine_kit import InvalidInput
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.background.operations import enqueue
from metropolis.foundation.documents.engine import PdfText, clean_picture, read_pdf
from metropolis.foundation.documents.models import Publication
from metropolis.foundation.documents.queries import TRANSLATABLE, publication
from metropolis.foundation.documents.values import REFUSALS, PublicationInput
from metropolis.foundation.history.operations import note_changes, record
from metropolis.foundation.records.operations import forget_record, require_translation, save_translation
from metropolis.foundation.records.queries import free_slug
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.taxonomy.queries import terms_by_code
from metropolis.foundation.workspaces.access import open_workspace

#: Seconds after which the rest of a text is left to a worker, and those that it takes at most.
_SECONDS = 2
_WORKER_SECONDS = 300


class _Files(NamedTuple):
    """A file and a cover that were looked into and found good."""

    pdf: bytes | None
    read: PdfText | None
    picture: bytes | None


def add_publication(
    *,
    initiative: str,
    actor: Person,
    content: PublicationInput,
    file: bytes | None = None,
    cover: bytes | None = None,
    slug: str = "",
) -> Publication:
    """Add a publication to an initiative as a draft; the text of its PDF is taken out for search, a long one later.

    `NotAllowed` without the right to contribute; `InvalidInput` naming `file` or `cover` and the reason for a file that
    is not what it should be, or naming the field for a term that does not exist.
    """
    workspace = open_workspace(initiative, viewer=actor)
    workspace.require("documents.add_publication")
    # Before the transaction, for it may take seconds in which nobody else could write.
    files = _looked_into(file, cover)
    with transaction.atomic():
        row = Publication(
            initiative=workspace.initiative,
            author=actor,
            slug=slug or free_slug(Publication, content.title, reserved={"add"}),
        )
        _write(row, content, files)
        record(actor=actor, verb="add_publication", reference=_reference(row), workspace=initiative)
    return row


def change_publication(
    *, slug: str, actor: Person, content: PublicationInput, file: bytes | None = None, cover: bytes | None = None
) -> Publication:
    """Replace what a publication says of itself, and its file and cover where others are given."""
    row, workspace = publication(slug, actor)
    workspace.require("documents.change_publication", author=row.author)
    files = _looked_into(file, cover)
    with transaction.atomic():
        row = publication(slug, actor)[0]  # as it is by now
        before = {name: str(getattr(row, name)) for name in TRANSLATABLE}
        _write(row, content, files)
        record(
            actor=actor,
            verb="change_publication",
            reference=_reference(row),
            workspace=workspace.initiative.slug,
            data={"before": before},
        )
    return row


@transaction.atomic
def set_publication_visibility(*, slug: str, actor: Person, visibility: Visibility) -> Publication:
    """Publish a publication, keep it to the initiative's members, or take it back to a draft."""
    row, workspace = publication(slug, actor)
    workspace.require("documents.publish_publication", author=row.author)
    row.visibility = visibility
    row.save(update_fields=["visibility", "updated_at"])
    record(
        actor=actor,
        verb="set_publication_visibility",
        reference=_reference(row),
        workspace=workspace.initiative.slug,
        data={"visibility": str(visibility)},
    )
    return row


@transaction.atomic
def translate_publication(*, slug: str, actor: Person, language: str, fields: Mapping[str, str], origin: str) -> None:
    """Keep a translation of a publication's title and summary, with its origin and the hash of its source."""
    row, workspace = publication(slug, actor)
    workspace.require("documents.translate_publication", author=row.author)
    require_translation(row, language=language, fields=fields, origin=origin)
    originals = {name: str(getattr(row, name)) for name in TRANSLATABLE}
    save_translation(
        reference=_reference(row), language=language, fields=fields, originals=originals, origin=origin, author=actor
    )
    record(
        actor=actor,
        verb="translate_publication",
        reference=_reference(row),
        workspace=workspace.initiative.slug,
        data={"language": language},
    )


@transaction.atomic
def delete_publication(*, slug: str, actor: Person) -> None:
    """Delete a publication with its file and cover for good; its history keeps that it was there."""
    row, workspace = publication(slug, actor)
    workspace.require("documents.delete_publication", author=row.author)
    reference = _reference(row)
    _forget(row.file)
    _forget(row.cover)
    row.delete()
    forget_record(reference=reference)
    record(actor=actor, verb="delete_publication", reference=reference, workspace=workspace.initiative.slug)


def _reference(row: Publication) -> Reference:
    return Reference(kind="publication", key=row.slug)


def _looked_into(file: bytes | None, cover: bytes | None) -> _Files:
    """Both files read, as far as they are given; `InvalidInput` with a clear reason for one that will not do."""
    for field, data in (("file", file), ("cover", cover)):
        if data is not None and len(data) > settings.UPLOAD_LIMIT:
            message = REFUSALS["too-large"] % {"limit": filesizeformat(settings.UPLOAD_LIMIT)}
            raise InvalidInput(message, field=field, data={"reason": "too-large"})
    try:
        return _Files(
            pdf=file,
            read=None if file is None else read_pdf(file, seconds=_SECONDS),
            picture=None if cover is None else clean_picture(cover),
        )
    except InvalidInput as error:
        raise InvalidInput(str(REFUSALS[error.data["reason"]]), field=error.field, data=error.data) from error


def _write(row: Publication, content: PublicationInput, files: _Files) -> None:
    for name, value in content:
        if name not in {"themes", "topics"}:
            setattr(row, name, value)
    terms = [
        *terms_by_code("theme", content.themes, field="themes"),
        *terms_by_code("topic", content.topics, field="topics"),
    ]
    # Names of our own: nothing of what the sender calls a file reaches the disk.
    if files.pdf and files.read:
        _forget(row.file)
        row.file.save(f"{uuid4().hex}.pdf", ContentFile(files.pdf), save=False)
        row.text, row.pages = files.read.text, files.read.pages
    if files.picture:
        _forget(row.cover)
        row.cover.save(f"{uuid4().hex}.webp", ContentFile(files.picture), save=False)
    row.save()
    row.terms.set(terms)
    if files.read and not files.read.is_whole:
        name = str(row.file.name)
        enqueue("metropolis.foundation.documents.tasks.read_text", key=f"text {name}", id=row.pk, file=name)


def read_text(*, id: int, file: str) -> None:
    """Take the whole text out of a publication's PDF, for search; nothing when it has another file by now."""
    row = Publication.objects.filter(pk=id, file=file).first()
    if row is None:
        return
    with row.file.open() as opened:
        found = read_pdf(opened.read(), seconds=_WORKER_SECONDS, at_most=2 * _WORKER_SECONDS)
    with transaction.atomic():
        if Publication.objects.filter(pk=id, file=file).update(text=found.text):
            note_changes(references=[_reference(row)])


def _forget(file: FieldFile) -> None:
    """Take a file off the disk once it is certain that nothing points to it any more."""
    if file:
        storage, name = file.storage, str(file.name)
        transaction.on_commit(lambda: storage.delete(name))
