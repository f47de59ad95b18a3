"""Beginning, changing, publishing and deleting a barometer."""

from django.db import transaction

from metropolis.engine_kit import Conflict
from metropolis.foundation.accounts.models import Person
from metropolis.foundation.history.operations import record
from metropolis.foundation.records.operations import forget_record, require_valid
from metropolis.foundation.records.queries import free_slug
from metropolis.foundation.records.values import Reference, Visibility
from metropolis.foundation.taxonomy.models import Term
from metropolis.foundation.taxonomy.queries import terms_by_code
from metropolis.foundation.workspaces.access import Workspace, open_workspace
from metropolis.tools.barometer.models import Barometer
from metropolis.tools.barometer.queries import TOOL, barometer
from metropolis.tools.barometer.values import BarometerInput

#: Addresses beside those of barometers.
RESERVED_SLUGS = frozenset({"add", "questionnaire"})
_VOCABULARIES = {"themes": "theme", "topics": "topic", "sdgs": "sdg"}


@transaction.atomic
def add_barometer(*, initiative: str, actor: Person, content: BarometerInput, slug: str = "") -> Barometer:
    """Begin a barometer in an initiative, as a draft without editions.

    `NotAllowed` without the right; `InvalidInput` names a term that does not exist; `Conflict` for a slug in use.
    """
    workspace = open_workspace(initiative, viewer=actor, tool=TOOL)
    workspace.require("barometer.add_barometer")
    row = Barometer(initiative=workspace.initiative, author=actor)
    row.slug = slug or free_slug(Barometer, content.title, reserved=RESERVED_SLUGS)
    if slug and Barometer.objects.filter(slug=slug).exists():
        message = f"There is a barometer {slug!r} already."
        raise Conflict(message, field="slug")
    _write(row, content)
    _record(row, workspace, "add_barometer")
    return row


@transaction.atomic
def change_barometer(*, slug: str, actor: Person, content: BarometerInput) -> Barometer:
    """Replace what a barometer says of itself; its editions stay as they are."""
    row, workspace = barometer(slug, actor)
    workspace.require("barometer.change_barometer", author=row.author)
    before = {"title": row.title, "one_line": row.one_line, "summary": row.summary}
    _write(row, content)
    changed = {name: [text, getattr(row, name)] for name, text in before.items() if text != getattr(row, name)}
    _record(row, workspace, "change_barometer", changed=changed)
    return row


@transaction.atomic
def set_barometer_visibility(*, slug: str, actor: Person, visibility: Visibility) -> Barometer:
    """Show a barometer and its published editions to everybody, to the initiative's members, or take it back."""
    row, workspace = barometer(slug, actor)
    workspace.require("barometer.publish_barometer", author=row.author)
    if row.visibility == visibility:
        return row
    row.visibility = visibility
    row.save(update_fields=["visibility", "updated_at"])
    _record(row, workspace, "set_barometer_visibility", visibility=str(visibility))
    return row


@transaction.atomic
def delete_barometer(*, slug: str, actor: Person) -> None:
    """Delete a barometer with its editions for good; `Conflict` once an edition was published: others may cite it."""
    row, workspace = barometer(slug, actor)
    workspace.require("barometer.delete_barometer", author=row.author)
    if row.editions.exclude(published_at=None).exists():
        message = (
            "An edition of this barometer is published and may be cited: take the barometer back to a draft instead."
        )
        raise Conflict(message)
    reference = reference_to(row)
    row.delete()
    forget_record(reference=reference)
    record(actor=actor, verb="delete_barometer", reference=reference, workspace=workspace.initiative.slug)


def reference_to(row: Barometer) -> Reference:
    """The address of a barometer for the rest of the house."""
    return Reference(kind="barometer", key=row.slug)


def _write(row: Barometer, content: BarometerInput) -> None:
    found: list[Term] = []
    for name, vocabulary in _VOCABULARIES.items():
        found += terms_by_code(vocabulary, getattr(content, name), field=name)
    row.title, row.one_line, row.summary = content.title, content.one_line, content.summary
    row.language = content.language
    require_valid(row, exclude=["author"])
    row.save()
    row.terms.set(found)


def _record(row: Barometer, workspace: Workspace, verb: str, **data: object) -> None:
    record(
        actor=workspace.viewer, verb=verb, reference=reference_to(row), workspace=workspace.initiative.slug, data=data
    )
